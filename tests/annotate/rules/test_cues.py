"""Which words attribute."""

from __future__ import annotations

import pytest

from kg.annotate.rules.cues import find_verbs, forms, nouns, verbs
from kg.annotate.rules.words import read_words
from kg.vocabulary import FORCES


@pytest.mark.parametrize(
    ("lemma", "past"), [("say", "said said"), ("deny", ""), ("admit", ""), ("announce", ""), ("slam", ""), ("teach", "taught taught")]
)
def test_verbs_are_inflected_as_english_spells_them(lemma: str, past: str) -> None:
    """Final y, doubled letters and silent e are spelled right."""
    spelled = {
        "say": "say says saying said",
        "deny": "deny denies denying denied",
        "admit": "admit admits admitting admitted",
        "announce": "announce announces announcing announced",
        "slam": "slam slams slamming slammed",
        "teach": "teach teaches teaching taught",
    }
    assert list(forms(lemma, past)) == spelled[lemma].split()


def test_every_cue_gives_a_force_of_the_vocabulary() -> None:
    """The lists and the vocabulary agree."""
    senses = [sense for rows in verbs().values() for _, _, sense in rows] + list(nouns().values())
    assert len({sense.lemma for sense in senses}) > 200
    assert {sense.force for sense in senses} <= set(FORCES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Iran has signaled it will wait.", [("has signaled", "finite")]),
        ("He was told to go, adding that he would.", [("told", "passive"), ("adding", "ing")]),
        ("She will say that.", []),
        ("He did not say that.", []),
        ("They point out that it failed.", [("point out", "finite")]),
    ],
)
def test_the_form_of_a_cue_is_seen(text: str, expected: list[tuple[str, str]]) -> None:
    """Helping words belong to the cue; negated and future ones are none."""
    words = read_words(text, 0, len(text))
    assert [(" ".join(w.low for w in words[c.first : c.last + 1]), c.form) for c in find_verbs(words)] == expected
