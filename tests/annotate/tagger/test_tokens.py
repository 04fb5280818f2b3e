"""A text becomes tokens and windows that cover all of it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.annotate.tagger.tokens import LONGEST_WINDOW, Pieces, tokenize, windows


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab'’s.,“”\" \n\r1é́😀ثU_-"), max_size=400))
def test_tokens_stand_in_order_and_cover_what_is_no_space(text: str) -> None:
    """No token overlaps another, and only white space stands between them."""
    tokens = tokenize(text)
    last = 0
    for start, end in zip(tokens.starts, tokens.ends, strict=True):
        assert not text[last:start].strip() and start < end
        last = end
    assert not text[last:].strip()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["word", "Word.", "a", "\n", "Mr.", "“", "”", "x y."]), max_size=900).map(" ".join))
def test_windows_cover_each_token_once_and_are_short(text: str) -> None:
    """However long a line, no window is longer than what is read at once."""
    tokens = tokenize(text)
    covered = [at for first, stop in windows(tokens) for at in range(first, stop)]
    assert covered == list(range(len(tokens.starts)))
    assert all(stop - first <= LONGEST_WINDOW for first, stop in windows(tokens))


def test_a_long_line_is_cut_between_sentences() -> None:
    """Where the sentences fit, none is broken."""
    text = " ".join(f"Sentence {n} has exactly seven words here." for n in range(60))
    tokens = tokenize(text)
    assert all(tokens.word(stop - 1) == "." for _, stop in windows(tokens))


def test_the_depth_in_quotation_marks_is_known() -> None:
    """Outside 0, in a quotation 1, in one inside it 2."""
    tokens = tokenize("He said: “She told us ‘no way’ twice.”")
    assert [tokens.depths[at] for at in range(len(tokens.starts)) if tokens.word(at) in ("He", "told", "way")] == [0, 1, 2]


def test_a_very_long_token_costs_nothing() -> None:
    """What no word is as long as has no pieces that are looked for."""
    assert Pieces({"a": 1}, 0).of("a" * 100_000) == (0,)
