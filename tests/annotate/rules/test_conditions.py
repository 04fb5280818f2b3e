"""What the rules read as a condition: the words without the marker, polarity, kind, who decides."""

from __future__ import annotations

import pytest

from kg.annotate.rules.conditions import find_conditions
from kg.annotate.rules.found import Use


def read(text: str) -> list[Use]:
    return [bound.use for bound in find_conditions(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It will leave if Iran attacks Israel.", ("Iran attacks Israel", "if", "event")),
        ("It will not pay unless Russia returns the children.", ("Russia returns the children", "unless", "reciprocity")),
        ("The airport remains closed until the strike ends.", ("the strike ends", "unless", "event")),
        ("It will halt flights until April 30 due to the war.", ("April 30", "unless", "time")),
        ("It will halt flights until further notice.", ("further notice", "unless", "time")),
        ("Spain will send troops after a ceasefire.", ("a ceasefire", "if", "event")),
        ("He will resign once a new leader is chosen.", ("a new leader is chosen", "if", "event")),
        ("Germany could help, subject to the approval of the Bundestag.", ("the approval of the Bundestag", "if", "approval")),
        ("He will free prisoners in exchange for a fee.", ("a fee", "if", "reciprocity")),
        ("They will sign provided that Kyiv agrees.", ("Kyiv agrees", "if", "reciprocity")),
        ("He will not sign without security guarantees.", ("security guarantees", "if", "event")),
        ("Malta will recognize Palestine by the end of 2025.", ("the end of 2025", "if", "time")),
        ("The treaty will apply only if ratified by parliament.", ("ratified by parliament", "if", "approval")),
        ("It will grant permits to up to 25,000 immigrants.", ("25,000 immigrants", "if", "limit")),
        ("It will answer if sabotage is proven.", ("sabotage is proven", "if", "finding")),
        ("Guinea suspends the study pending an ethics review.", ("an ethics review", "unless", "approval")),
        ("The deal would require parliamentary approval.", ("parliamentary approval", "if", "approval")),
    ],
)
def test_conditions(text: str, expected: tuple[str, str, str]) -> None:
    """Each marker gives its polarity, the words end where the clause ends, the kind follows from the words."""
    if "without" in text:
        expected = (expected[0], "unless", expected[2])  # it holds unless there are guarantees
    assert [(use.text.text, use.polarity, use.kind) for use in read(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "It will leave even if Iran waits.",
        "He asked if Iran would wait.",
        "She left after the vote.",
        "Mali will act after its army was attacked.",
        "He will speak after leading the party for years.",
        "A powerful, if discreet, ally will help.",
        "It will decide whether to leave.",
        "Peru will reopen its embassy after 17 years.",
        "He ruled from 1990 and governed until his death.",
    ],
)
def test_no_condition(text: str) -> None:
    """Concessions, questions and what lies in the past are no conditions."""
    assert read(text) == []


def test_leading_condition_ends_at_the_main_clause() -> None:
    """What opens the sentence ends at the comma."""
    assert [use.text.text for use in read("If Kyiv agrees, Moscow will stop.")] == ["Kyiv agrees"]


def test_who_decides() -> None:
    """The subject that can act, or the agent of a passive or of a consent."""
    assert [use.by[0].text for use in read("It will stay unless the United States lifts its tariffs.")] == ["the United States"]
    assert [use.by[0].text for use in read("It will pay if approved by the courts.")] == ["the courts"]
    assert [use.by[0].text for use in read("It will act subject to the consent of the Bundestag.")] == ["the Bundestag"]


def test_or_joins_a_group() -> None:
    """Conditions joined by *or* share a group, those joined by *and* have none."""
    first, second = read("It will leave if Iran attacks or if Israel agrees.")
    assert first.group and first.group == second.group
    first, second = read("It will join if a truce holds and if Israel agrees.")
    assert first.group is None and second.group is None
