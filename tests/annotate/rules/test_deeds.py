"""What the rules read as a commitment: who would act, what would be done, how far the actor binds itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.annotate.rules.deeds import find_deeds
from kg.annotate.rules.found import Deed, Outcome
from kg.model import Span


def read(text: str, content: str | None = None, speaker: str | None = None) -> list[tuple[str, str, str, str | None]]:
    """Committers, action, stance and strength of every commitment found in `content`, said by `speaker`."""
    start = text.index(content or text)
    speakers = (Span.of(text, text.index(speaker), text.index(speaker) + len(speaker)),) if speaker else ()
    found = find_deeds(text, start, start + len(content or text), speakers)
    return [(" + ".join(c.text for c in d.committer), d.action.text, d.stance, d.strength) for d in found if isinstance(d, Deed)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Germany will send troops to Ukraine.", ("Germany", "send troops to Ukraine", "pledged", "firm")),
        ("The junta vows to hold elections.", ("The junta", "hold elections", "pledged", "firm")),
        ("Iran plans to close the strait.", ("Iran", "close the strait", "pledged", "intended")),
        ("Spain could contribute soldiers to the force.", ("Spain", "contribute soldiers to the force", "open", None)),
        ("Egypt is ready to host talks.", ("Egypt", "host talks", "open", None)),
        ("Spain does not rule out sending troops.", ("Spain", "sending troops", "open", None)),
        ("Hungary will not join the mission.", ("Hungary", "join the mission", "refused", None)),
        ("The minister refuses to negotiate.", ("The minister", "negotiate", "refused", None)),
        ("Poland has no plans to send soldiers.", ("Poland", "send soldiers", "refused", None)),
        ("The government abandoned its plan to raise taxes.", ("The government", "raise taxes", "withdrawn", None)),
        ("Leaders condemned Israel's plan to occupy Gaza City.", ("Israel", "occupy Gaza City", "pledged", "intended")),
    ],
)
def test_stances(text: str, expected: tuple[str, str, str, str | None]) -> None:
    """Modals, verbs, adjectives and nouns each give the stance the guide gives them."""
    assert expected in read(text)


def test_pronoun_means_the_speaker() -> None:
    """Where the subject of what is said is a pronoun, whoever speaks would act."""
    text = "KLM says that it will resume flights to Dubai."
    assert read(text, "it will resume flights to Dubai", "KLM") == [("KLM", "resume flights to Dubai", "pledged", "firm")]


def test_somebody_else_may_act() -> None:
    """Macron said that Turkey would join: Turkey is committed."""
    text = "Macron said that Turkey would join the force."
    assert read(text, "Turkey would join the force", "Macron") == [("Turkey", "join the force", "pledged", "firm")]


def test_the_verb_may_stand_before_the_content() -> None:
    """`threatens to | invade`: the stance is outside of what is said, the act inside; each verb with its object is one."""
    text = "General Ali threatens to invade Chad and take control of Bunia unless local forces surrender."
    found = read(text, "invade Chad and take control of Bunia unless local forces surrender", "General Ali")
    assert found == [("General Ali", "invade Chad", "pledged", "firm"), ("General Ali", "take control of Bunia", "pledged", "firm")]


def test_passive_takes_the_whole_clause() -> None:
    """The thing done is the subject: the clause is the action, the speaker would act."""
    text = "Timor announces that Teves will be deported to Manila."
    assert read(text, "Teves will be deported to Manila", "Timor") == [("Timor", "Teves will be deported to Manila", "pledged", "firm")]


def test_parties_of_an_agreement() -> None:
    """Who signs with whom: both are committed."""
    assert read("Ukraine signs an agreement with France to buy jets.") == [("Ukraine + France", "buy jets", "pledged", "firm")]


@pytest.mark.parametrize(
    "text",
    [
        "The bridge will be a kilometre long.",
        "The parliament approved the budget.",
        "Prices will rise.",
        "Iran should release the hostages.",
        "The storm could hit Florida.",
        "The ministry declined to comment.",
    ],
)
def test_no_commitment(text: str) -> None:
    """Predictions, completed acts, demands and the weather commit nobody."""
    assert read(text) == []


def test_action_ends_before_its_adjuncts() -> None:
    """Dates, reasons and the writer's tail are no part of what would be done."""
    assert read("France will recognize Palestine in September, despite protests.")[0][1] == "recognize Palestine"
    assert read("Peru will close its embassy on Monday due to the war.")[0][1] == "close its embassy"


def test_condition_on_both_acts() -> None:
    """A condition after two coordinated acts stands on both; one at the beginning on what follows."""
    text = "She might remove all bases and cancel the treaty if Trump deports people."
    found = [d for d in find_deeds(text, 0, len(text)) if isinstance(d, Deed)]
    assert [[use.text.text for use in d.uses] for d in found] == [["Trump deports people"]] * 2
    text = "If Hamas does not release hostages, Israel will resume the offensive."
    (deed,) = find_deeds(text, 0, len(text))
    assert isinstance(deed, Deed) and deed.uses[0].text.text == "Hamas does not release hostages"


def test_condition_on_an_outcome() -> None:
    """Where nobody commits itself, the condition bounds the outcome."""
    text = "The reform would take effect if ratified by parliament."
    (outcome,) = find_deeds(text, 0, len(text))
    assert isinstance(outcome, Outcome)
    assert (outcome.text.text, outcome.uses[0].text.text) == ("The reform would take effect", "ratified by parliament")


WORDS = st.sampled_from(
    [
        "Trump",
        "will",
        "would",
        "not",
        "if",
        "unless",
        "until",
        "and",
        "or",
        ",",
        ".",
        "“",
        "”",
        '"',
        "(",
        ")",
        "that",
        "agrees",
        "to",
        "send",
        "sign",
        "deal",
        "troops",
        "Iran's",
        "plan",
        "threat",
        "it",
        "he",
        "may",
        "be",
        "ready",
        "deadline",
        "of",
        "2025",
        "by",
        "after",
        "the",
        "Bundestag",
        "votes",
        "only",
        "should",
        "in",
        "exchange",
        "for",
        "é",
        "🙂",
        "\n",
        "U.S.",
        "up",
        "27",
        "Merz,",
        "sent",
    ]
)


@given(st.lists(WORDS, max_size=40), st.integers(0, 60))
def test_spans_are_slices(words: list[str], cut: int) -> None:
    """Whatever the text, every span found equals its slice and lies inside the text."""
    text = " ".join(words)
    start = min(cut, len(text))
    for found in find_deeds(text, start, len(text), (Span(0, 1, "x"),)):
        spans = [found.action] if isinstance(found, Deed) else [found.text]
        for use in found.uses:
            spans += [use.text, *([use.marker] if use.marker else []), *use.by]
        assert all(text[span.start : span.end] == span.text for span in spans)
