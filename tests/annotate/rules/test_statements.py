"""Who said what: every way news attributes words, with the exact words, the speaker and the mode."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.annotate.rules.found import Said
from kg.annotate.rules.statements import find_statements


def read(text: str) -> list[tuple[str, str, list[str], str]]:
    """Speaker, cue, content and mode of every statement."""
    return [
        (" + ".join(s.text for s in said.speakers), said.cue.text if said.cue else "", [c.text for c in said.content], said.mode)
        for said in find_statements(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We will go,” Mr. Smith said.", ("Mr. Smith", "said", ["We will go,"], "direct")),
        ('"The deal is dead," said Steve Witkoff, the envoy.', ("Steve Witkoff", "said", ["The deal is dead,"], "direct")),
        ("“If they come,” she warned, “we will respond.”", ("she", "warned", ["If they come,", "we will respond."], "direct")),
        ("He added: “We have no plans to leave.”", ("He", "added", ["We have no plans to leave."], "direct")),
        ("Asked whether he would go, Starmer said: “No.”", ("Starmer", "said", ["No."], "direct")),
        ("“It is over. All of it,” according to KCNA.", ("KCNA", "", ["It is over. All of it,"], "direct")),
    ],
)
def test_utterances_in_quotation_marks(text: str, expected: tuple[str, str, list[str], str]) -> None:
    """Quotations are content without their marks, on either side of the cue, split ones in several spans."""
    assert expected in read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Merz said that Berlin would pay.", ("Merz", "said", ["Berlin would pay"], "indirect")),
        ("Officials estimate it will last three days.", ("Officials", "estimate", ["it will last three days"], "indirect")),
        ("She told reporters in Kyiv on Tuesday that it was over.", ("She", "told", ["it was over"], "indirect")),
        ("The talks have failed, officials said on Monday.", ("officials", "said", ["The talks have failed"], "indirect")),
        ("The deal is dead, said Ann Lee, an aide.", ("Ann Lee", "said", ["The deal is dead"], "indirect")),
        ("According to two officials, the plan is dead.", ("two officials", "According to", ["the plan is dead"], "indirect")),
        ("The plan is dead, according to the army.", ("the army", "according to", ["The plan is dead"], "indirect")),
        ("In a statement, the ministry said the war was over.", ("the ministry", "said", ["the war was over"], "indirect")),
        ("Katz says the talks “are very real”.", ("Katz", "says", ["the talks “are very real"], "mixed")),
        ("Iran threatens to retaliate if it is hit.", ("Iran", "threatens", ["retaliate if it is hit"], "indirect")),
        ("Spain urged Israel to stop the war.", ("Spain", "urged", ["Israel to stop the war"], "indirect")),
        ("Katz warned of a disaster.", ("Katz", "warned of", ["a disaster"], "indirect")),
        ("Trump announces a pause on tariffs.", ("Trump", "announces", ["a pause on tariffs"], "indirect")),
        ("Putin proposes holding talks in May.", ("Putin", "proposes", ["holding talks in May"], "indirect")),
        ("Trump repeated his threat to leave the pact.", ("Trump", "threat", ["leave the pact"], "indirect")),
        ("The plan, which is rejected by Katz, is dead.", ("Katz", "rejected", ["The plan"], "indirect")),
        ("It was announced that the school would close.", ("", "announced", ["the school would close"], "indirect")),
        ("Peru and Chile sign a pact that will lower tariffs.", ("Peru and Chile", "sign", ["lower tariffs"], "indirect")),
    ],
)
def test_words_told_without_quotation_marks(text: str, expected: tuple[str, str, list[str], str]) -> None:
    """Every construction of indirect speech gives its exact words, without *that*, *to* or the full stop."""
    assert expected in read(text)


@pytest.mark.parametrize(
    "text",
    [
        "The White House declined to comment.",
        "Police did not say how many were hurt.",
        "He will announce the result on Monday.",
        "The report was long and the claims were many.",
        "The army fired at the house and left.",
        "To say so is easy.",
    ],
)
def test_what_only_looks_like_a_report_is_none(text: str) -> None:
    """Nothing said, nothing said yet, and nouns that look like verbs give no statement."""
    assert read(text) == []


def test_a_second_cue_ends_what_the_first_tells_and_shares_its_speaker() -> None:
    """*…, adding that* and *and says* are statements of their own by the same speaker."""
    told = read("Macron states that France may act if aid is blocked, and says peace is possible, adding that he hopes so.")
    assert [(who, content) for who, _, content, _ in told] == [
        ("Macron", ["France may act if aid is blocked"]),
        ("Macron", ["peace is possible"]),
        ("Macron", ["he hopes so"]),
    ]


def test_the_speaker_is_named_with_the_title_and_without_the_insert() -> None:
    """*German Chancellor Friedrich Merz, who …, said* is German Chancellor Friedrich Merz."""
    assert read("German Chancellor Friedrich Merz, who has long opposed it, said he was open.")[0][0] == "German Chancellor Friedrich Merz"
    assert read("The United Kingdom, France and Poland threatened new sanctions.")[0][0] == "The United Kingdom, France and Poland"


def test_what_is_told_in_a_statement_is_relayed_by_it() -> None:
    """The inner of two nested statements points at the outer."""
    outer, inner = find_statements("Macron said that Turkey had told him that it would join the force.")
    assert (outer.relayed_by, inner.relayed_by) == (None, 0)
    assert inner.speakers[0].text == "Turkey"


def test_the_writers_tail_is_not_part_of_what_is_said() -> None:
    """*…, marking the first time* and what happened before it are the article's own words."""
    assert read("Peru says it will close the mine, marking a first.")[0][2] == ["it will close the mine"]
    assert read("Peru says it will close the mine after a court fined it.")[0][2] == ["it will close the mine"]


def test_a_quoted_sentence_goes_on_with_what_was_said_before() -> None:
    """After a report, a quotation alone belongs to the same speaker; with nobody in sight it has none."""
    assert read("Lee said it was a bad bill. “It hurts people every day.”")[1] == ("Lee", "", ["It hurts people every day."], "direct")
    assert read("“It hurts people every day.”") == [("", "", ["It hurts people every day."], "direct")]


def spans(said: Said) -> list[tuple[int, int, str]]:
    parts = [*said.content, *said.speakers, *([said.cue] if said.cue else []), *([said.said_on] if said.said_on else [])]
    return [(span.start, span.end, span.text) for span in parts]


WORDS = [
    "said",
    "says",
    "told",
    "that",
    "“",
    "”",
    '"',
    "'",
    ",",
    ".",
    ":",
    ";",
    "and",
    "if",
    "Merz",
    "the",
    "of",
    "on",
    "Tuesday",
    "according",
    "to",
    "(",
    ")",
    "reporters",
    "it",
    "who",
    "which",
    "rejected",
    "by",
    "adding",
    "—",
    "\n",
    "U.S.",
    "😀",
    "عرب",
    "é́",
    "…",
]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=50).map(" ".join), st.text(max_size=200)))
def test_every_span_is_its_slice_whatever_the_text(text: str) -> None:
    """No text crashes the reader, and what it points at stands there, not empty."""
    for said in find_statements(text):
        assert said.content
        for start, end, words in spans(said):
            assert text[start:end] == words
            assert words.strip()


@pytest.mark.parametrize("piece", ["said, ", "he said that it will go and ", "“a ", '"I will go," he said. ', "Anna and ", "x"])
def test_time_grows_with_the_text_alone(piece: str) -> None:
    """Texts made to hurt are read in bounded work: a sentence of any length is read in parts of some hundred words."""
    assert len(find_statements(piece * (20_000 // len(piece)))) <= 20_000 // len(piece) + 1
