"""The forms in which news agencies tell who said what, who would act and on what it hangs, in sentences of our own."""

from __future__ import annotations

import pytest

from kg.actors import load_registry
from kg.annotate.reading import read_rules
from kg.model import Annotation, Article

REGISTRY = load_registry()


def read(text: str, id: str = "a") -> Annotation:
    """What the rules read in a text of one day."""
    return read_rules(Article(id, text, published="2026-01-15"), REGISTRY)


def committers(text: str) -> list[list[str]]:
    """Who would act, commitment by commitment."""
    return [[reference.target for reference in commitment.committer] for commitment in read(text).commitments]


def conditions(text: str) -> list[tuple[str, str]]:
    """Each condition a statement attaches: its polarity and its words."""
    found = read(text)
    words = {condition.id: condition.text.text for condition in found.conditions}
    return [(use.polarity, words[use.id]) for statement in found.statements for use in statement.conditions]


@pytest.mark.parametrize(
    ("text", "words", "actor"),
    [
        ("President Emmanuel Macron on Wednesday pledged to send troops to Ukraine.", "President Emmanuel Macron", "emmanuel-macron"),
        ("NATO on Friday said it would send troops.", "NATO", "nato"),
        ("Trump Friday said he would sign the bill.", "Trump", "donald-trump"),
        ("Trump in an interview with NBC said he would sign the bill.", "Trump", "donald-trump"),
        ("Prime Minister Keir Starmer on Jan. 6 said Britain would send troops.", "Prime Minister Keir Starmer", "keir-starmer"),
        (
            "Germany's chancellor on Thursday in a speech to the Bundestag vowed to raise spending.",
            "Germany's chancellor",
            "friedrich-merz",
        ),
    ],
)
def test_a_day_or_an_interview_between_a_source_and_its_verb_is_no_source(text: str, words: str, actor: str) -> None:
    """Whoever stands before it speaks."""
    (speaker,) = read(text).statements[0].speaker
    assert (speaker.span and speaker.span.text, speaker.target) == (words, actor)


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("NATO on Friday said it would send troops.", ["nato"]),
        ("Trump in a post said he would sign the bill.", ["united-states"]),
        ("Greer said Washington would raise tariffs.", ["united-states"]),
        ("Prime Minister Keir Starmer on Jan. 6 said Britain would send troops.", ["united-kingdom"]),
        ("The leader of Hamas said it would not disarm.", ["hamas"]),
    ],
)
def test_whoever_would_act_is_the_subject_of_what_is_said_or_else_the_speaker_whole(text: str, actors: list[str]) -> None:
    """Neither both of them, nor a speaker cut short."""
    assert committers(text) == [actors]


@pytest.mark.parametrize(
    "text",
    [
        'Only if Russian troops leave will Kyiv sign the deal, Zelenskiy said. "We will free the prisoners," a Hamas official said.',
        "Trump said he would travel to Beijing in April. \"If I don't like what I see, I won't sign,\" he told reporters.",
    ],
)
def test_a_condition_in_somebodys_next_sentence_bounds_no_act_of_another(text: str) -> None:
    """Each act has at most what its own statement attaches."""
    found = read(text)
    places = {condition.id: condition.text.start for condition in found.conditions}
    bound = [(s, use) for s in found.statements for use in s.conditions]
    assert bound
    assert all(abs(places[use.id] - s.content[0].start) < 60 for s, use in bound)


@pytest.mark.parametrize(
    ("text", "force", "stance"),
    [
        ("Netanyahu has vowed not to end the war until Hamas is disarmed.", "refuses", "refused"),
        ("Hamas said it would under no circumstances give up its weapons.", "refuses", "refused"),
        ("Kyiv is not ready to sign the deal, Zelenskiy said.", "refuses", "refused"),
        ("Shell said it was dropping its target of cutting emissions by 2035.", "withdraws", "withdrawn"),
        ("Hungary will veto the sanctions unless Ukraine reopens the pipeline, Szijjarto said.", "threatens", "pledged"),
        ("Orban said Hungary would block the loan as long as oil deliveries were halted.", "threatens", "pledged"),
        ("Volkswagen warned it may shut two plants unless unions accept pay cuts.", "threatens", "open"),
        ("Lutnick warned that Washington would double the duties on lumber if there was no agreement by June 30.", "threatens", "pledged"),
    ],
)
def test_the_force_goes_with_the_stance_and_the_act(text: str, force: str, stance: str) -> None:
    """A refusal refuses, whatever its cue; a veto or a duty that is announced in case of something threatens."""
    statement = read(text).statements[0]
    assert (statement.force, statement.stance) == (force, stance)


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("if Parliament agrees", "approval"),
        ("if Congress grants it new powers", "approval"),
        ("once the budget committee gives its blessing", "approval"),
        ("if lawmakers back the plan", "approval"),
        ("if the Storting says yes", "approval"),
        ("provided that regulators sign off on the plan", "approval"),
        ("subject to the agreement of both militaries", "approval"),
        ("if Sweden adopts a carbon price", "event"),
        ("if it finds a partner", "event"),
    ],
)
def test_what_an_institution_lets_pass_is_approval(condition: str, kind: str) -> None:
    """What a state adopts for itself, or somebody finds, is none."""
    assert [found.kind for found in read(f"Norway said it would send the money {condition}.").conditions] == [kind]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Only when the Bundestag votes can Germany send troops, Merz said.", [("if", "the Bundestag votes")]),
        ("Not until the troops leave will Kyiv sign the deal, he said.", [("unless", "the troops leave")]),
        ("Iran will attack should the United States board another tanker.", [("if", "the United States board another tanker")]),
        ("Norway said it would act were Russia to attack.", [("if", "Russia to attack")]),
        ("The US will raise tariffs absent a deal, Greer said.", [("unless", "a deal")]),
        ("Iran will not talk while sanctions remain in place.", [("if", "sanctions remain in place")]),
        ("The IMF said it would pay after its executive board completes the review.", [("if", "its executive board completes the review")]),
        ('"We\'ll send the money when the invoice arrives," joked the minister.', [("if", "the invoice arrives")]),
        ("Kyiv said it could delay the tax by a year.", []),
        ("The union could walk out as soon as Oct. 16 if no deal is reached.", [("if", "no deal is reached")]),
        ("Merz said Berlin would provide aid, without naming a figure.", []),
    ],
)
def test_which_words_are_a_condition(text: str, expected: list[tuple[str, str]]) -> None:
    """Turned round and rarer forms are; what only dates, measures or remarks is none."""
    assert conditions(text) == expected


def test_after_a_turned_condition_the_act_is_whose_the_verb_stands_before() -> None:
    """*Can Germany send troops*: Germany's act, left open."""
    found = read("Only when the Bundestag votes can Germany send troops, Merz said.")
    assert [(c.committer[0].target, c.action.span and c.action.span.text) for c in found.commitments] == [("germany", "send troops")]
    assert found.statements[0].stance == "open"


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("The company said it would invest depending on the outcome of the talks.", "invest"),
        ("Lawmakers will vote on the request on Tuesday, the speaker said.", "vote on the request"),
        ("The council will waive business rates for up to five years.", "waive business rates"),
    ],
)
def test_an_act_ends_before_its_condition_and_with_a_word_that_can_end_it(text: str, action: str) -> None:
    """No marker, preposition or article stands at its end."""
    assert [c.action.span and c.action.span.text for c in read(text).commitments] == [action]


@pytest.mark.parametrize(
    "text",
    ["Ireland's government will fall if the Greens pull out, the Taoiseach warned.", '"If the money dries up, people will die," he said.'],
)
def test_what_nobody_decides_on_is_no_commitment(text: str) -> None:
    """What comes about on a condition is a claim."""
    found = read(text)
    assert not found.commitments
    assert len(found.claims) == 1


def test_what_others_foresee_is_nothing_that_is_said() -> None:
    """*Is projected to* commits nobody."""
    found = read("Opposition leader Ann Lowell is projected to become the next prime minister.")
    assert not found.statements and not found.commitments


def test_that_which_will_not_happen_is_the_subject() -> None:
    """*That* before a verb belongs to what is said."""
    assert read("She said that will not happen.").statements[0].content[0].text == "that will not happen"


@pytest.mark.parametrize(
    ("words", "label", "kind"),
    [
        ("Gov. Ann Lowell", "Ann Lowell", "person"),
        ("Sen. Ann Lowell", "Ann Lowell", "person"),
        ("EU enlargement commissioner Ann Lowell", "Ann Lowell", "person"),
        ("A spokesperson for Rishi Sunak", "spokesperson for Rishi Sunak", "unnamed source"),
        ("Their spokesman, Jan Novak,", "Jan Novak", "person"),
    ],
)
def test_who_is_behind_a_title(words: str, label: str, kind: str) -> None:
    """Short titles are titles, who speaks for somebody is not that one, and a name in apposition is the name."""
    found = read(f"{words} said the group would pay.")
    speaker = found.statements[0].speaker[0].target
    assert [(actor.label, actor.kind) for actor in found.actors if actor.id == speaker] == [(label, kind)]


def test_common_nouns_are_an_articles_own_actors() -> None:
    """The government of one article is not that of the next; a name is the same in both."""
    first, second = (
        [s.speaker[0].target for s in read(f"The government said it would pay. Ann Lowell said the bill would {no}.", id).statements]
        for id, no in (("one", "pass"), ("two", "fail"))
    )
    assert first[0] != second[0]
    assert first[1] == second[1] == "ann-lowell"


@pytest.mark.parametrize("words", ["Its leader", "Lawmakers", "She"])
def test_a_capital_that_is_a_sentences_makes_no_name(words: str) -> None:
    """Such words are an article's own actor at the beginning of a sentence too."""
    assert read(f"{words} said the union would strike.").statements[0].speaker[0].target.endswith("-a")


@pytest.mark.parametrize(
    "words",
    [
        "Brazil, which holds the G20 presidency, would not join the boycott",
        "If the Senate rejects the treaty, we will go back to the drawing board",
    ],
)
def test_what_only_a_comma_parts_is_one_statement(words: str) -> None:
    """Of one cue, in one piece."""
    found = read(f"{words}, Foreign Minister Penny Wong said.")
    assert [s.content[0].text for s in found.statements] == [words]


def test_a_source_that_is_described_is_no_relative_pronoun() -> None:
    """The official speaks, not *who*."""
    text = "A senior official, who spoke on condition of anonymity, said Washington was open to lifting sanctions."
    (speaker,) = read(text).statements[0].speaker
    assert speaker.span and speaker.span.text == "A senior official"


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Saudi Arabia's foreign minister reiterated that the kingdom will not normalise ties with Israel.", "saudi-arabia"),
        ('"I\'m not going to sign anything that hurts farmers," said Sen. Chuck Grassley.', "chuck-grassley"),
    ],
)
def test_who_a_stand_in_or_a_contraction_means(text: str, actor: str) -> None:
    """The state the speaker acts for, and the speaker."""
    assert committers(text) == [[actor]]
