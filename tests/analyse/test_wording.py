"""Two wordings side by side: what differs, and what of it changes the meaning."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analyse.wording import changes, likeness, marked, rare_words, words_of

CASES = [
    ("We may send troops", "We will send troops", ["modal: may → will"]),
    ("We will send some 500 troops", "We will send 500 troops", ["hedge: some → "]),
    ("We will send 500 troops", "We will send 600 troops", ["number: 500 → 600"]),
    ("We will send troops", "We will not send troops", ["negation:  → not"]),
    ("We won't rule it out", "We will not rule it out", []),
    ("It can never mean surrender", "It cannot mean surrender", []),
    ("I can say that we will pay", "We will pay", []),
    ("We will pay", "We will pay, and if it rains tomorrow we may not pay a cent", []),
    ("We might pay", "We might pay", []),
]


@pytest.mark.parametrize(("one", "other", "told"), CASES, ids=str)
def test_what_changes_the_meaning(one: str, other: str, told: list[str]) -> None:
    """A modal, a hedge, a number, a negation; not another way to say it, nor a clause more."""
    assert [f"{d.kind}: {d.one} → {d.other}" for d in changes(one, other)] == told


@given(st.text("ab cd.“”'", max_size=30), st.text("ab cd.“”'", max_size=30))
def test_marks_hold_the_first_wording(one: str, other: str) -> None:
    """Without what is marked as the second's, the words of the first are left, in order; of one wording nothing is marked."""
    left = re.sub(r"\{\+.*?\+\}", "", marked(one, other)).replace("[-", "").replace("-]", "")
    assert left.split() == one.split()
    assert marked(one, one).split() == one.split() and changes(one, one) == []


def test_likeness_needs_telling_words() -> None:
    """It counts from the shorter one, and three words in common are enough only where they are half of the longer."""
    peace = rare_words(words_of("Putin is not showing he is ready for peace"))
    assert (
        likeness(peace, rare_words(words_of("For all his words Putin has not shown readiness; ready for peace he is not, Putin shows")))
        >= 0.6
    )
    assert likeness(peace, rare_words(words_of("We can only get to a peace deal if Putin is ready to make compromises"))) == 0
    assert likeness([], peace) == likeness(["peace"], peace) == 0
