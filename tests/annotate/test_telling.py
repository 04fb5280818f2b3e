"""What the network finds becomes statements with modes, dates, places and what they express."""

from __future__ import annotations

import pytest

from kg.annotate.rules.found import Deed, Said, Use
from kg.annotate.telling import Told, tell_by_network, tell_by_patterns
from kg.annotate.telling.acting import qualified
from kg.annotate.telling.places import Pieces
from kg.annotate.telling.saying import with_shared_speakers, with_sources
from kg.model import Span


def only(text: str) -> Told:
    [told] = tell_by_network(text)
    return told


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("“We will pay for it,” the minister said.", "direct"),
        ("The minister said that the ministry would pay for it.", "indirect"),
        ("The minister said that the plan was “a very bad joke”.", "mixed"),
    ],
)
def test_the_mode_follows_from_the_quotation_marks(text: str, mode: str) -> None:
    """All words in marks, none, or some."""
    assert only(text).said.mode == mode


def test_content_has_no_marks_at_its_edges() -> None:
    """Neither quotation marks nor the comma before the speaker."""
    assert only("“We will pay for it,” the minister said.").said.content[0].text == "We will pay for it"


def test_the_day_beside_the_cue_is_the_day_of_speaking() -> None:
    """Not a day that is part of what is said."""
    said = only("The minister said on Tuesday that the ministry would pay on Friday.").said
    assert said.said_on and said.said_on.text == "Tuesday"


def test_a_deed_is_told_by_the_statement_that_holds_it() -> None:
    """The innermost one."""
    told = tell_by_network("President Lee said that Minister Roe had told him that Ruritania would send troops.")
    homes = [[deed.action.text for deed in one.deeds if isinstance(deed, Deed)] for one in told]
    assert sum(map(len, homes)) == 1 and homes[-1]


def test_patterns_alone_tell_too() -> None:
    """The other design stays there to be compared with."""
    [told] = tell_by_patterns("The minister said that Ruritania would send troops if parliament agrees.")
    assert isinstance(told.deeds[0], Deed) and isinstance(told.said, Said) and isinstance(told.deeds[0].uses[0], Use)


def test_narration_is_told_by_nobody() -> None:
    """A sentence of the article that commits somebody is a statement without a speaker."""
    told = tell_by_network("The government will close the port on 1 March unless the union calls off its strike.")
    assert told and all(isinstance(span, Span) for one in told for span in one.said.content)
    assert any(isinstance(deed, Deed) for one in told for deed in one.deeds)


def test_calling_for_is_not_calling_names() -> None:
    """What a thing is called is no demand."""
    assert only("The opposition leader called the plan reckless.").said.force != "demands"
    assert only("The opposition leader called for an election.").said.force == "demands"


def test_a_source_that_will_not_be_named_asks_nothing() -> None:
    """It is said of the source."""
    told = tell_by_network("The port will close, said an official, who asked not to be named.")
    assert not any("named" in span.text for one in told for span in one.said.content)


@pytest.mark.parametrize(("words", "kind"), [("40 million crowns", "limit"), ("the Senate ratifies the treaty", "approval")])
def test_the_words_of_a_condition_overrule_its_kind_where_they_tell_more(words: str, kind: str) -> None:
    """A sum of money shows no kind of its own, so the network's stays; a ratification is an approval."""
    use = Use(Span(0, len(words), words), kind="limit", found_by="condition limit")
    assert qualified(words, use).kind == kind


def test_a_cue_found_in_part_has_the_speaker_of_the_whole() -> None:
    """And its cue: the patterns name the farmers for *are demanding*, of which the network found *are*."""
    text = "The mayor saw farmers who are demanding a refund."

    def said(cue: str, speaker: str) -> Said:
        content, of, by = (Span(at := text.index(words), at + len(words), words) for words in ("a refund", cue, speaker))
        return Said((content,), "indirect", cue=of, speakers=(by,))

    [one] = with_sources(text, [said("are", "The mayor")], [said("are demanding", "farmers")])
    assert one.cue and (one.cue.text, one.speakers[0].text) == ("are demanding", "farmers")


def test_statements_of_one_cue_that_are_put_together_leave_the_others() -> None:
    """The patterns find one piece for the cue, which joins what stands in it, and takes nothing that stands elsewhere."""
    text = "If it fails, we go, Roe said. We never wanted it."

    def said(words: str) -> Said:
        content, cue, by = (Span(at := text.index(some), at + len(some), some) for some in (words, "said", "Roe"))
        return Said((content,), "indirect", cue=cue, speakers=(by,))

    found = [said(words) for words in ("If it fails", "we go", "We never wanted it")]
    told = with_sources(text, found, [said("If it fails, we go")])
    assert [one.content[0].text for one in told] == ["If it fails, we go", "We never wanted it"]


def test_a_condition_inside_another_statement_binds_no_act_outside() -> None:
    """What would make prices rise is not what the ports wait for; and it is told once."""
    told = tell_by_network("Ruritania says it will close its ports and warns that prices will rise if the strike goes on.")
    uses = [(one.said.cue.text, use.text.text) for one in told if one.said.cue for deed in one.deeds for use in deed.uses]
    assert uses == [("warns", "the strike goes on")]


def test_a_condition_cut_off_from_what_it_bounds_is_not_inside_another_statement() -> None:
    """The words before *she said* are no statement of their own that keeps the condition from the act after them."""
    text = "If they agree, she said, she would go. Roe said: if they agree, we stay."

    def span(words: str) -> Span:
        return Span(at := text.index(words), at + len(words), words)

    pieces = Pieces([Said((span(words),), "indirect") for words in ("If they agree", "she would go", "if they agree, we stay")])
    uses = [Use(Span(marker.end + 1, marker.end + 11, "they agree"), marker) for marker in (span("If"), span("if"))]
    assert [pieces.apart(text, use, Deed((), span("go"), "pledged")) for use in uses] == [False, True]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("Roe asked for a boycott and warned of fines.", ["Roe", "Roe"]),
        ("Roe said that ministers asked for a boycott and warned of fines.", ["Roe", None]),
        ("Roe asked for a boycott. Some went and warned of fines.", ["Roe", None]),
    ],
)
def test_a_cue_after_and_shares_the_speaker(text: str, speakers: list[str | None]) -> None:
    """Of two cues of one subject the second has it too; not where a clause between them, or a sentence, has its own."""

    def said(cue: str, content: str, *speakers: str) -> Said:
        what, of, *by = (Span(at := text.index(words), at + len(words), words) for words in (content, cue, *speakers))
        return Said((what,), "indirect", cue=of, speakers=tuple(by))

    found = [said("said" if "said" in text else "asked", "a boycott", "Roe"), said("warned", "fines")]
    assert [next((span.text for span in one.speakers), None) for one in with_shared_speakers(text, found)] == speakers


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("The Revolutionary Harbour Guard warns of a stronger answer than in May if new strikes against the port erupt.", "threatens"),
        ("The weather service warns of storms.", "warns"),
    ],
)
def test_who_warns_of_an_act_of_its_own_threatens(text: str, force: str) -> None:
    """What the speaker does not control it only warns of."""
    assert only(text).said.force == force
