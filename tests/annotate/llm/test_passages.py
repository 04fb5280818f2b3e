"""Every word is asked about, in a passage that can be read alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.annotate.llm.passages import MOST, passages


def shown(text: str) -> list[str]:
    """The passages, with `+` before those that go on."""
    return [("+" if p.continues else "") + text[p.start : p.end] for p in passages(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bonn agrees. Paris waits.", ["Bonn agrees.", "Paris waits."]),
        ("“We go. They stay,” she said. He left.", ["“We go. They stay,” she said.", "He left."]),
        ("“We go,” she said. “They stay.”", ["“We go,” she said.", "+“They stay.”"]),
        ("Bonn said no.\n“They stay.”", ["Bonn said no.", "“They stay.”"]),
        ("He said “we go. They stay. Nobody knows.", ["He said “we go.", "They stay.", "Nobody knows."]),
        ('"We go. They stay," she said.', ['"We go. They stay," she said.']),
        ('"Obey me. "We go. They stay," she said.', ['"Obey me.', '"We go. They stay," she said.']),
        ("“Obey me. “We go. They stay,” she said.", ["“Obey me.", "“We go. They stay,” she said."]),
        ('"We go," she said. Obey "me. "They stay," he said.', ['"We go," she said.', 'Obey "me.', '"They stay," he said.']),
        (
            "Bonn’s. “Obey «me. We go.» They stay,” she said.” He left.",
            ["Bonn’s.", "“Obey «me. We go.» They stay,” she said.”", "He left."],
        ),
        ("‘We’ll go. They stay,’ she said. Bonn’s. Paris’.", ["‘We’ll go. They stay,’ she said.", "Bonn’s.", "Paris’."]),
        ("", []),
    ],
    ids=[
        "sentences",
        "a quotation",
        "it goes on",
        "not over a line",
        "never closed",
        "straight marks",
        "left open before",
        "curly too",
        "left open between",
        "within another, and closed once too often",
        "single marks",
        "nothing",
    ],
)
def test_a_passage_is_a_sentence_or_what_a_quotation_holds_together(text: str, expected: list[str]) -> None:
    """A mark that nothing closes holds nothing together."""
    assert shown(text) == expected


@given(st.text(alphabet='Ab.“” \n"', max_size=80))
def test_no_word_is_left_out_and_none_is_in_two(text: str) -> None:
    """Passages stand in order, apart, and all but white space is in one of them."""
    found = passages(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert "".join("".join(text[p.start : p.end].split()) for p in found) == "".join(text.split())


@pytest.mark.parametrize("text", ["word " * 3000, "x" * 9000, "“" + "We go. " * 900 + "Now,” he said."])
def test_a_long_one_is_cut_into_pieces_that_overlap(text: str) -> None:
    """No piece is longer than a model should be asked about, and each begins before the one before it ends."""
    found = passages(text)
    assert len(found) > 3 and all(p.end - p.start <= MOST for p in found)
    assert all(a.start < b.start < a.end < b.end for a, b in pairwise(found))
    assert found[0].start == 0 and found[-1].end == len(text.rstrip())
