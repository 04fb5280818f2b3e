"""Sentences, quotation marks and exact words: right on what newspapers print, total on everything else."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.text import is_whole, occurrences, quotations, sentence_around, sentences
from tests.readings import TEXTS


def split(text: str) -> list[str]:
    """The sentences as words."""
    return [text[start:end] for start, end in sentences(text)]


def quoted(text: str) -> list[tuple[str, int]]:
    """The quotations as words and depth."""
    return [(text[start:end], depth) for start, end, depth in quotations(text)]


@pytest.mark.parametrize(
    "marked",
    [
        "Mr. Smith met Gen. J. Caine in the U.S. on Jan. 6.|The talks went on.",
        "He came from the U.S.|The talks went on.",
        "The U.S. Senate voted at 5 p.m. Monday.|At 6 p.m. he left.",
        "It grew by 3.5 percent.|2026 begins.",
        "“We go.”|Starmer left.",
        'He said "Go."|Then he left.',
        '"Will it hold?" he asked.|"Yes!" Macron said.|Nobody answered.',
        "“Will it hold?” the French president asked.|He waited.",
        "“Will it hold?”|The talks went on.",
        "And so… it was.|And then …|Nothing.",
        "(He left.)|Nobody knew why.[2]|It was late.",
        "No.|We won't.|No. 5 is next.",
        "1. First point.|2. Second point",
        'compromises, "Starmer said.|"For all his words, no."|Next.',
        "A headline without a stop\n|The first sentence.\r\n\r\n|The second,\n|a line.",
    ],
)
def test_sentences_end_where_a_reader_ends_them(marked: str) -> None:
    """`|` stands where a sentence ends and nowhere else; the white space between them belongs to none."""
    assert split(marked.replace("|", " ")) == [part.strip() for part in marked.split("|")]


@settings(deadline=None)  # two slow cores are no fault
@given(TEXTS)
def test_sentences_hold_every_word_once_in_order(text: str) -> None:
    """They are trimmed, ascending, do not overlap, and what they leave out is white space; none reaches over a line end."""
    rest, last = text, 0
    for start, end in sentences(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert len(text[start:end].splitlines()) == 1
        last = end
        rest = rest[:start] + " " * (end - start) + rest[end:]
    assert not rest.strip()


@settings(deadline=None)  # two slow cores are no fault
@given(TEXTS, st.data())
def test_a_sentence_around_holds_the_span(text: str, data: st.DataObject) -> None:
    """For any span of any text: it contains the span, is not empty, and its edges are those of sentences or of the span."""
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    lower, upper = sentence_around(text, start, end)
    assert 0 <= lower <= start < end <= upper <= len(text)
    assert lower in {start, *(s for s, _ in sentences(text))}
    assert upper in {end, *(e for _, e in sentences(text))}


@settings(deadline=None)  # two slow cores are no fault
@given(TEXTS, st.data())
def test_a_sentence_around_is_the_smallest_run(text: str, data: st.DataObject) -> None:
    """Around a sentence it is that sentence; around words of two it is both and what is between."""
    spans = sentences(text)
    if not spans:
        return
    first = data.draw(st.integers(0, len(spans) - 1))
    last = data.draw(st.integers(first, len(spans) - 1))
    assert sentence_around(text, spans[first][1] - 1, spans[last][0] + 1 if first < last else spans[last][1]) == (
        spans[first][0],
        spans[last][1],
    )


def test_a_sentence_around_white_space_is_the_white_space() -> None:
    """Where no sentence is touched the span itself comes back."""
    assert sentence_around("  \n  ", 1, 3) == (1, 3)
    assert sentence_around("One.   Two.", 5, 6) == (5, 6)


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 2), (-1, 2), (0, 5)])
def test_a_span_outside_the_text_is_refused(start: int, end: int) -> None:
    """Empty, backwards, before the text, beyond it: ValueError, as `Span.of`."""
    with pytest.raises(ValueError, match="no span"):
        sentence_around("Four", start, end)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“a ‘b “c” d’ e” f", [("a ‘b “c” d’ e", 0), ("b “c” d", 1), ("c", 2)]),
        ("said: \"She told me 'go' and 'stay'.\" ok", [("She told me 'go' and 'stay'.", 0), ("go", 1), ("stay", 1)]),
        ("« mot », „ja“, »nein«, ‚so‘, ‹a›", [("mot", 0), ("ja", 0), ("nein", 0), ("so", 0), ("a", 0)]),
        ("‘The allies’ plan’ is Russia’s", [("The allies’ plan", 0)]),
        ("“He said ‘yes’ to the allies’ plan”", [("He said ‘yes’ to the allies’ plan", 0), ("yes", 1)]),
        ("The workers' union didn't 'go' in the '90s", [("go", 0)]),
        ('"We can, "Starmer said. "For all that, no."', [("We can,", 0), ("For all that, no.", 0)]),
        ('a 6" pipe and "b"', [("b", 0)]),
        ("“A” and “B", [("A", 0), ("B", 0)]),
        ('He said "we go\nand then "no".', [("we go", 0), ("no", 0)]),
        ("“”, “ ” and ”", []),
        ("“one.\n\n“two.\n\n“three,” he said. “four”", [("one.", 0), ("two.", 0), ("three,", 0), ("four", 0)]),
        ("“one.\n\ntwo.\n\nthree,” he said.", [("one.\n\ntwo.\n\nthree,", 0)]),
        ('"one.\n\n"two," he said.', [("one.", 0), ("two,", 0)]),
        ('"one.\n\ntwo," he said. "three"', [("one.\n\ntwo,", 0), ("three", 0)]),
        ("‘one.\n\n‘two,’ he said.", [("one.", 0), ("two,", 0)]),
    ],
)
def test_quotations_are_what_stands_in_the_marks(text: str, expected: list[tuple[str, int]]) -> None:
    """Curly, straight, single, low, guillemets; nested, unbalanced, over paragraphs; apostrophes and inches are none."""
    assert quoted(text) == expected


@settings(deadline=None)  # two slow cores are no fault
@given(TEXTS)
def test_quotations_nest(text: str) -> None:
    """Of two spans one holds the other or they do not meet; the depth counts those around; no edge is white space."""
    found = quotations(text)
    assert found == sorted(found, key=lambda span: (span[0], -span[1]))
    for i, (start, end, depth) in enumerate(found):
        assert text[start:end] == text[start:end].strip() != ""
        others = [(s, e) for j, (s, e, _) in enumerate(found) if j != i]
        assert all(e <= start or end <= s or (s <= start and end <= e) or (start <= s and e <= end) for s, e in others)
        assert depth == sum(s <= start and end <= e for s, e, _ in found[:i])


def test_occurrences_are_whole_words() -> None:
    """A word beside the edge refuses it, also one that only ends in an accent of its own; a mark or an apostrophe does not."""
    text = "UK, Ukraine, UKs, the UK’s “UK”, UK_2, GB-UK"
    assert [text[at - 1 : at + 3] for at in occurrences(text, "UK")[1:]] == [" UK’", "“UK”", "-UK"]
    assert occurrences("cafe\u0301 cafe", "cafe") == [6]
    assert occurrences("👩\u200d🚒 👩", "👩") == [4]
    assert occurrences("a a a", "a a") == [0, 2]
    assert occurrences("words", "") == []


@settings(deadline=None)  # two slow cores are no fault
@given(TEXTS, TEXTS)
def test_occurrences_are_all_of_them(text: str, words: str) -> None:
    """Every offset where the words stand whole, and no other."""
    text = text + " " + words + " " + text
    expected = [at for at in range(len(text)) if words and text.startswith(words, at) and is_whole(text, at, at + len(words))]
    assert occurrences(text, words) == expected


@settings(deadline=None)  # two slow cores are no fault
@given(TEXTS)
def test_no_accent_is_cut_from_its_letter(text: str) -> None:
    """An edge before a combining mark is never whole."""
    for at, c in enumerate(text):
        if at and unicodedata.category(c) == "Mn":
            assert not is_whole(text, 0, at)


@pytest.mark.parametrize(
    "piece",
    [".", '."', "“", '"\n', "s' ", "“»", "A.", "U.S. ", "‘a’ ", "?” a b c d ", "“\na", ".[1]", "' ", "\r", "”“", "Mr. ", "‼"],
    ids=repr,
)
def test_time_grows_with_the_text_only(piece: str) -> None:
    """100 KB of the worst pieces take well under two seconds (a rule that looks back over all of it takes minutes)."""
    text = piece * (100_000 // len(piece))
    begun = time.process_time()
    sentences(text)
    quotations(text)
    assert time.process_time() - begun < 2
