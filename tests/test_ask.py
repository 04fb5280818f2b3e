"""Questions in plain words: what is understood, what is answered, what is refused, and that words never become query text."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.actors import load_registry
from kg.ask import Understood, ask, to_query, understand
from kg.ask.compose import columns
from kg.ask.reading import LONGEST
from kg.ask.words import Lexicon, grammar, stem, tokens
from kg.errors import UsageError
from kg.model import Actor, Annotation, Annotator, Article, Claim, Commitment, Condition, ConditionUse, Reference, Span, Statement
from kg.query import Answer, ask_store, load_query, run, to_json_rows
from kg.store import sparql
from kg.store.embedded import Store, memory, open_store, quads
from kg.triples import article_iri, registry_triples, to_triples
from kg.vocabulary import ACTOR_KINDS, KG, RDFS, REGISTRY_GRAPH, SCHEMES

FIRST = (
    "France and the United Kingdom will deploy troops in Ukraine after a ceasefire, they said in a signed declaration. "
    "Friedrich Merz said Germany could send troops if the Bundestag consents. "
    "Emmanuel Macron said that Turkey would join with maritime support. "
    "Giorgia Meloni said Italy will not send troops. "
    "Volodymyr Zelenskyy demanded security guarantees from the United States. "
    "The obligation to assist Ukraine would require approval by Congress, European officials said. "
    "Vladimir Putin threatened to attack Ukraine unless there is a peace deal. "
    "Spain was represented by Pedro Sánchez, who spoke of 27 leaders in the room. "
    "France will withdraw sanctions no longer. "
    "Poland will build hubs once a monitoring mechanism works, which hangs on a ceasefire."
)
SECOND = "Keir Starmer said the UK will deploy troops only in Ukraine. Norland, said Ola Lind, left drone patrols open in neighbouring countries."


class Writer:
    """An article under annotation: spans by their words, ids by number."""

    def __init__(self, id: str, text: str, outlet: str, published: str) -> None:
        self.article = Article(id, text, id, outlet, published=published)
        self.statements: list[Statement] = []
        self.commitments: list[Commitment] = []
        self.conditions: list[Condition] = []
        self.claims: list[Claim] = []

    def span(self, words: str) -> Span:
        start = self.article.text.index(words)
        return Span(start, start + len(words), words)

    def refer(self, id: str, words: str = "") -> Reference:
        return Reference(id, self.span(words) if words else None)

    def condition(self, words: str, circumstance: str, kind: str, by: str = "", depends_on: tuple[str, ...] = ()) -> str:
        id = f"k{len(self.conditions) + 1}"
        self.conditions.append(Condition(id, self.span(words), circumstance, kind, (self.refer(by),) if by else (), depends_on))
        return id

    def says(
        self, words: str, force: str, speaker: Sequence[str] = (), *, who: Sequence[str] = (), action: str = "", stance: str | None = None,
        uses: Sequence[ConditionUse] = (), beneficiary: str = "", against: str = "", behalf: Sequence[str] = (), channel: str | None = None,
        only_in: str = "", not_in: str = "", claim: Claim | None = None, possible: Sequence[str] = (), relayed_by: str | None = None,
    ) -> str:  # fmt: skip
        id, expresses = f"s{len(self.statements) + 1}", claim.id if claim else None
        if action:
            expresses = f"c{len(self.commitments) + 1}"
            committers = tuple(Reference(w) for w in who)
            for_whom, whom = (Reference(x) if x else None for x in (beneficiary, against))
            self.commitments.append(Commitment(expresses, committers, self.refer(action, words), for_whom, whom))
        if claim:
            self.claims.append(claim)
        self.statements.append(
            Statement(
                id, (self.span(words),), "indirect", force, tuple(Reference(s) for s in speaker), tuple(Reference(s) for s in possible),
                tuple(Reference(b) for b in behalf), channel=channel, expresses=expresses, stance=stance, relayed_by=relayed_by,
                strength="firm" if stance == "pledged" else None, conditions=tuple(uses), inferred=True,
                only_in=(Reference(only_in),) if only_in else (), not_in=(Reference(not_in),) if not_in else (),
            )
        )  # fmt: skip
        return id

    def annotation(self, *actors: Actor) -> Annotation:
        parts = (tuple(part) for part in (self.statements, self.commitments, self.conditions, self.claims))
        return Annotation(Annotator("test"), *parts, actors)  # type: ignore[arg-type, call-arg]  # parts of whatever kinds a case has


def first() -> Writer:
    """The article with one statement of every sort."""
    w = Writer("first", FIRST, "Euronews", "2026-01-06")
    truce = w.condition("a ceasefire", "ceasefire", "event")
    vote = w.condition("the Bundestag consents", "approval-by-parliament", "approval", "bundestag")
    congress = w.condition("approval by Congress", "approval-by-parliament", "approval", "us-congress")
    peace = w.condition("a peace deal", "peace-agreement", "event")
    watch = w.condition("a monitoring mechanism works", "ceasefire-monitoring", "event", depends_on=(truce,))
    w.says("will deploy troops in Ukraine", "pledges", ["emmanuel-macron", "keir-starmer"], who=["france", "united-kingdom"], action="deploy-troops",
           stance="pledged", uses=[ConditionUse(truce)], channel="signed document", only_in="ukraine", beneficiary="ukraine")  # fmt: skip
    w.says("Germany could send troops", "offers", ["friedrich-merz"], who=["germany"], action="deploy-troops", stance="open",
           uses=[ConditionUse(vote)], behalf=["germany"], not_in="ukraine")  # fmt: skip
    w.says(
        "Turkey would join with maritime support",
        "asserts",
        ["emmanuel-macron"],
        who=["turkey"],
        action="maritime-support",
        stance="pledged",
    )
    w.says(
        "Italy will not send troops",
        "refuses",
        ["giorgia-meloni"],
        who=["italy"],
        action="deploy-troops",
        stance="refused",
        behalf=["italy"],
    )
    w.says(
        "security guarantees",
        "demands",
        ["volodymyr-zelenskyy"],
        who=["united-states"],
        action="security-guarantees",
        beneficiary="ukraine",
    )
    w.says("obligation to assist Ukraine", "asserts", ["european-officials"], who=["united-states"], action="assist-if-attacked", stance="pledged",
           uses=[ConditionUse(congress)], beneficiary="ukraine", channel="through an unnamed source")  # fmt: skip
    w.says("attack Ukraine", "threatens", ["vladimir-putin"], who=["russia"], action="attack", stance="pledged", against="ukraine",
           uses=[ConditionUse(peace, "unless")])  # fmt: skip
    w.says(
        "27 leaders",
        "asserts",
        ["pedro-sanchez"],
        claim=Claim("q1", w.span("27 leaders"), "Paris meeting", "leaders attending", 27, 27, "leaders"),
    )
    w.says("withdraw sanctions no longer", "withdraws", [], who=["france"], action="lift-sanctions", stance="withdrawn")
    w.says(
        "Poland will build hubs",
        "pledges",
        [],
        who=["poland"],
        action="establish-military-hubs",
        stance="pledged",
        uses=[ConditionUse(watch)],
    )
    return w


def second() -> Writer:
    """An article of another outlet, with an actor and an action that the registry lacks."""
    w = Writer("second", SECOND, "RFE/RL", "2026-01-07")
    w.says(
        "the UK will deploy troops",
        "pledges",
        ["keir-starmer"],
        who=["united-kingdom"],
        action="deploy-troops",
        stance="pledged",
        only_in="ukraine",
    )
    w.says("drone patrols", "offers", ["ola-lind"], possible=["emmanuel-macron"], who=["norland"], action="fly-drone-patrols", stance="open",
           only_in="countries-neighbouring-ukraine")  # fmt: skip
    return w


@pytest.fixture(scope="module")
def store() -> Store:
    """Two articles and the registry."""
    registry = load_registry()
    norland = (Actor("norland", "Norland", "state", ("Nørland",)), Actor("ola-lind", "Ola Lind", "person", (), ("norland",)))
    found = [*quads(REGISTRY_GRAPH, registry_triples(registry))]
    for w, actors in ((first(), ()), (second(), norland)):
        found += quads(article_iri(w.article.id), to_triples(w.article, w.annotation(*actors), registry))
    return memory(found)


def cells(store: Store, answer: Answer, *names: str) -> set[tuple[str, ...]]:
    """Some columns of an answer, labels for IRIs."""
    rows = to_json_rows(store, answer)
    return {tuple(str(v["label"] if isinstance(v := row[name], dict) else v) for name in names) for row in rows}


def actors(store: Store, question: str, column: str = "actor") -> set[str]:
    """Who answers a question."""
    return {cell for (cell,) in cells(store, ask(store, question), column)}


# What is answered

ANSWERS = [
    ("who conditioned troops on parliament", "actor", {"Germany"}),
    ("Who conditioned TROOPS on Parliament?", "speaker", {"Friedrich Merz"}),
    ("who made sending soldiers depend on a parliament", "actor", {"Germany"}),
    ("whose troops depend on parliament", "actor", {"Germany"}),
    ("who needs the Bundestag's consent for troops", "actor", {"Germany"}),
    ("who needs Congress's consent for troops", "actor", set()),
    ("who needs the approval of Congress", "actor", {"United States"}),
    ("which states pledged troops after a ceasefire", "actor", {"France", "United Kingdom", "Poland"}),
    ("who refused troops", "actor", {"Italy"}),
    ("who won't send soldiers", "actor", {"Italy"}),
    ("who will not send soldiers", "actor", {"Italy"}),
    ("who has not refused troops", "actor", {"France", "United Kingdom", "Germany", "Turkey", "Poland"}),
    ("who did not pledge troops", "actor", {"Germany", "Italy"}),
    ("what did Germany leave open", "commitment", {"Germany: deploy troops"}),
    ("what did Merz leave open", "commitment", {"Germany: deploy troops"}),
    ("who left it open", "actor", {"Germany", "Norland"}),
    ("what did Macron pledge", "actor", {"France"}),
    ("who demanded security guarantees", "speaker", {"Volodymyr Zelenskyy"}),
    ("what does Russia threaten", "commitment", {"Russia: attack against Ukraine"}),
    ("who threatened Ukraine", "actor", {"Russia"}),
    ("who threatened Poland", "actor", set()),
    ("who pledged what according to Macron", "actor", {"France", "United Kingdom", "Turkey"}),
    ("who pledged what according to Euronews", "actor", {"France", "United Kingdom", "Turkey", "United States", "Russia", "Poland"}),
    ("who pledged troops according to RFE/RL", "actor", {"United Kingdom"}),
    ("what hangs on the ceasefire", "actor", {"France", "United Kingdom", "Poland"}),
    ("what depends on a peace deal", "actor", {"Russia"}),
    ("who pledged troops after a ceasefire or a peace deal", "actor", {"France", "United Kingdom", "Poland"}),
    ("what hangs on a peace deal or on parliament", "actor", {"Russia", "Germany", "United States"}),
    ("what happens unless Congress ratifies", "actor", {"United States"}),
    ("what happens if Congress refuses", "actor", {"United States"}),
    ("who threatened what if there is no peace deal", "actor", {"Russia"}),
    ("what must Congress approve", "actor", {"United States"}),
    ("who left troops open but needs parliament", "actor", {"Germany"}),
    ("what conditions did Germany attach to troops", "condition", {"approval by parliament (approval by Bundestag)"}),
    ("what did the RFE/RL article report", "article", {"second (second)"}),
    ("what commitments need no parliament and no ceasefire", "actor", {"Turkey", "Italy", "Russia", "Norland", "France", "United Kingdom", "United States"}),
    ("who threatened what unless there is a peace deal", "actor", {"Russia"}),
    ("who pledged troops unless there is a ceasefire", "actor", set()),
    ("who pledged troops without a ceasefire", "actor", {"Turkey"}),
    ("what has France or the UK signed", "actor", {"France", "United Kingdom"}),
    ("who said Turkey would join", "speaker", {"Emmanuel Macron"}),
    ("what did Turkey say", "speaker", set()),
    ("what did Germany say", "speaker", {"Friedrich Merz"}),
    ("what did Norland say", "speaker", {"Ola Lind"}),
    ("what did Nörland leave open", "actor", {"Norland"}),
    ("what did unnamed officials say", "speaker", {"European officials"}),
    ("who pledged troops in Ukraine", "actor", {"France", "United Kingdom"}),
    ("who refused or left troops open", "actor", {"Italy", "Germany"}),
    ("who left troops open outside Ukraine", "actor", {"Germany"}),
    ("who withdrew sanctions relief", "actor", {"France"}),
    ("who pledged to assist Ukraine", "actor", {"United States"}),
    ("which parliaments must approve troops", "condition", {"approval by parliament (approval by Bundestag)"}),
    ("who left drone patrols open", "actor", {"Norland"}),
    ("when did Italy refuse troops", "date", {"2026-01-06"}),
    ("where did Norland leave patrols open", "only_in", {"countries neighbouring Ukraine"}),
    ("how many leaders are attending", "highest", {"27"}),
    ("which state is silent on troops", "actor", {"Ukraine", "United States", "Russia", "Norland"}),
    ("who is against troops", "actor", {"Italy"}),
    ("who pledged not to send troops", "actor", {"Italy"}),
    ("who pledged no troops", "actor", {"Italy"}),
    ("who would send troops", "actor", {"France", "United Kingdom", "Germany"}),
    ("who sends troops", "actor", {"France", "United Kingdom", "Germany"}),
    ("who would send troops unless parliament refuses", "actor", {"Germany"}),
    ("who would send troops if parliament does not refuse", "actor", {"Germany"}),
    ("who would send troops if parliament refuses", "actor", set()),
    ("who would send troops if parliament does not agree", "actor", set()),
    ("who conditioned troops on parliament but not on a ceasefire", "actor", {"Germany"}),
    ("who conditioned troops on a ceasefire but not on parliament", "actor", {"France", "United Kingdom", "Poland"}),
    ("who conditioned troops on national parliaments", "actor", set()),
    ("who refused troops in countries neighbouring Ukraine", "actor", {"Italy"}),
    ("who refused troops in Ukraine", "actor", {"Italy"}),
    ("who refused troops outside Ukraine", "actor", set()),
    ("where may German troops not stand", "not_in", {"Ukraine"}),
    ("where can't German troops stand", "not_in", {"Ukraine"}),
    ("who pledged what, said Macron", "speaker", {"Emmanuel Macron", "Keir Starmer"}),
    ("who refused troops, and when", "date", {"2026-01-06"}),
    ("who refused a ceasefire", "actor", set()),
    ("who backs troops", "actor", set()),
    ("which parliaments must agree", "decider", {"Bundestag", "US Congress"}),
    ("which parliaments must approve troops", "decider", {"Bundestag"}),
]  # fmt: skip


@pytest.mark.parametrize(("question", "column", "expected"), ANSWERS, ids=[q for q, _, _ in ANSWERS])
def test_a_question_is_answered(store: Store, question: str, column: str, expected: set[str]) -> None:
    """With those of whom the articles say it, and nobody else."""
    assert actors(store, question, column) == expected


def test_what_another_article_says_a_condition_hangs_on_is_not_found() -> None:
    """That one has the ceasefire hang on Congress makes nobody else's pledge hang on it who has it hang on the ceasefire."""
    third = Writer("third", "Spain will send troops after a ceasefire, which hangs on approval by Congress.", "AFP", "2026-01-08")
    vote = third.condition("approval by Congress", "approval-by-parliament", "approval", "us-congress")
    truce = third.condition("a ceasefire", "ceasefire", "event", depends_on=(vote,))
    third.says("Spain will send troops", "pledges", who=["spain"], action="deploy-troops", stance="pledged", uses=[ConditionUse(truce)])
    registry = load_registry()
    found = [*quads(REGISTRY_GRAPH, registry_triples(registry))]
    for w in (first(), third):
        found += quads(article_iri(w.article.id), to_triples(w.article, w.annotation(), registry))
    both = memory(found)
    assert actors(both, "Who conditioned troops on parliament?") == {"Germany", "Spain"}
    assert actors(both, "Who conditioned troops on a ceasefire?") == {"France", "Poland", "Spain", "United Kingdom"}
    chart = ask_store(both, load_query("who-what-only-if"), {"circumstance": "approval by parliament", "action": "deploy troops"})
    assert {row["actor"]["label"] for row in to_json_rows(both, chart)} == {"Germany", "Spain"}
    paths = ask_store(both, load_query("evidence_paths"), {"condition": "approval by parliament", "action": "deploy troops"})
    assert {row["actor"]["label"] for row in to_json_rows(both, paths)} == {"Germany", "Spain"}


# What is shown

SHOWN = [
    ("who conditioned troops on parliament", "who conditioned [military presence (+8 narrower)] on [any Parliament]"),
    ("who needs the Bundestag's consent for troops", "who conditioned [military presence (+8 narrower)] on [approval] by [Bundestag]"),
    ("who has not refused sanctions", "who not: refused [impose sanctions]"),
    ("what happens unless Congress ratifies", "what happens unless [approval] by [US Congress]"),
    ("who pledged annexation if there is a ceasefire or a peace deal", "who pledged [annex territory] if [ceasefire or peace agreement]"),
    ("what did France or Britain sign", "what [France or United Kingdom] in a signed document"),
    ("how many attended", "How many are there of each measure, and which figures cannot all be true"),
    ("where may German troops stand", "Where may each actor have its military presence, and where not (actor [Germany])"),
    ("which commitments need no parliament", "Which parts need no parliament"),
    ("who refused a ceasefire", "who refused [agree to a ceasefire or monitor a ceasefire]"),
    ("who refused talks", "who refused [negotiate (+4 narrower)]"),
    ("who backs sanctions", "who praises [impose sanctions]"),
    ("who conditioned sanctions on the consent of parliament", "who conditioned [impose sanctions] on [any Parliament]"),
    ("who conditioned sanctions on national parliaments", "who conditioned [impose sanctions] on [approval] by [national parliaments]"),
    (
        "who pledged sanctions subject to parliamentary approval",
        "who pledged or left open conditioned [impose sanctions] on [any Parliament]",
    ),
    ("who pledged sanctions after a ceasefire", "who pledged [impose sanctions] after [ceasefire]"),
    (
        "who conditioned sanctions on parliament but not on a ceasefire",
        "who conditioned [impose sanctions] on [any Parliament] but not on [ceasefire]",
    ),
    ("who will impose sanctions unless parliament refuses", "who pledged or left open [impose sanctions] if [any Parliament]"),
    ("what would make Germany send troops", "what conditioned [deploy troops] of, for or against [Germany]"),
    ("what is needed for France to send troops", "what conditioned [deploy troops] of, for or against [France]"),
    ("where may German troops not stand", "where [Germany] not [military presence (+8 narrower)]"),
]


@pytest.mark.parametrize(("question", "shown"), SHOWN)
def test_what_was_understood_is_shown(store: Store, question: str, shown: str) -> None:
    """In words made from what will be asked, each name as its thing is called."""
    assert str(understand(store, question)) == f"understood: {shown}"


def test_every_word_is_accounted_for(store: Store) -> None:
    """The parts of a composed question are its words, all of them, in order."""
    question = "Which states, please, have pledged to send troops after a ceasefire, according to Macron?"
    understood = understand(store, question)
    assert " ".join(part.words for part in understood.parts).split() == list(tokens(question))
    assert ("send troops", "deploy troops") in {(part.words, part.means) for part in understood.parts}


def test_the_longest_name_wins(store: Store) -> None:
    """A short name within a long one is not read; what was chosen is shown."""
    assert "[European Parliament]" in understand(store, "what did the European Parliament say").sentence
    assert "[deploy troops]" in understand(store, "who refused to send troops").sentence


ACTIONS = [
    "send long range missiles to ukraine", "send no missiles", "send missile parts", "send missiles home", "return missiles", "send fighters and missiles",
    "rebuild the old harbour of odessa", "supply arms", "supply heavy arms",
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("who would send missiles", "who pledged or left open [send long range missiles to ukraine]"),
        ("what would make anyone send range missiles", "what conditioned [send long range missiles to ukraine]"),
        ("what is needed to rebuild a harbour", "what conditioned [rebuild the old harbour of odessa]"),
        ("who refused to supply arms", "who refused [supply arms or supply heavy arms]"),
        ("who returned missiles", "who pledged or left open [return missiles]"),
    ],
)
def test_an_action_is_found_by_its_verb_and_noun(question: str, shown: str) -> None:
    """With other words between them, and none that undoes it; what was taken is shown. Neither the verb nor the noun is another's."""
    words = "".join(f"<x:{n}> a <{KG}Action> ; <{RDFS}label> '{name}' .\n" for n, name in enumerate(ACTIONS))
    store = memory(ox.Quad(*triple.triple) for triple in ox.parse(words, format=ox.RdfFormat.TURTLE))
    assert understand(store, question).sentence == shown
    with pytest.raises(UsageError, match="'close' is not known"):
        understand(store, "who would close the harbour")


# Named queries


@pytest.mark.parametrize("name", ["demands_made", "places_allowed", "commitments_refused", "speakers_for-whom", "statements_nested"])
def test_a_named_querys_own_question_is_that_query(store: Store, name: str) -> None:
    """Asked in its own words, with its defaults, it is the query as it stands in its file."""
    query = load_query(name)
    understood = understand(store, query.asked())
    assert (understood.query, understood.frame) == (name, None)
    assert run(store, to_query(understood)) == run(store, query.text)


def test_a_named_query_gets_what_was_named(store: Store) -> None:
    """The actor of the question is the query's parameter."""
    understood = understand(store, "where may German troops stand")
    assert understood.query == "places_allowed"
    assert "id/actor/germany>" in sparql.values(understood.text, "actor")


@pytest.mark.slow
def test_every_form_of_the_grammar_finds_its_query(store: Store) -> None:
    """With Germany, troops and a ceasefire in its places."""
    fill = {"{actor}": "Germany", "{action}": "troops", "{circumstance}": "ceasefire", "{place}": "Ukraine"}
    for form in grammar()["form"]:
        for say in form["say"]:
            question = " ".join(fill.get(word, word) for word in say.split())
            found = understand(store, question).query
            assert found and load_query(found).number == form["number"], question


# What is refused

UNKNOWN = [
    ("who pledgd troops", "pledgd", "pledged"),
    ("who conditioned troops on parliment", "parliment", "parliament"),
    ("what did Makron say", "makron", "Macron"),
    ("who refused zzzzzz", "zzzzzz", "kg queries"),
    ("who refused oil", "oil", "did you mean sell oil?"),
    ("who refused aid", "aid", "military aid"),
    ("who refused a ban", "ban", "kg queries"),
    ("who refused war", "war", "end the war"),
    ("who pledged anything unless the mines are cleared", "mines", "clear mines"),
    ("who refused troops banana", "banana", ""),
]


@pytest.mark.parametrize(("question", "word", "hint"), UNKNOWN)
def test_an_unknown_word_gets_the_nearest_known_ones(store: Store, question: str, word: str, hint: str) -> None:
    """And exit code 2; no content word is left out in silence."""
    with pytest.raises(UsageError, match=f"'{word}'") as refused:
        understand(store, question)
    assert hint in refused.value.hint and refused.value.exit_code == 2


@pytest.mark.parametrize(
    "question",
    ["", "   ", "?!", "who", "what is it", "who has not said troops", "who refused troops sanctions", "who pledged refused troops", "troops " * (LONGEST + 1)],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_refused(store: Store, question: str) -> None:
    """Nothing to look for, two things that cannot both be, or no end of words; never a guess."""
    with pytest.raises(UsageError) as refused:
        understand(store, question)
    assert refused.value.hint


BEYOND = [
    ("who conditioned troops on anything but a ceasefire", "anything but"), ("who refused troops and pledged hubs", "refused and pledged"),
    ("who refused troops or pledged hubs", "establish military hubs"), ("who left troops open but refused hubs", "open and refused"),
    ("who demanded security guarantees and refused troops", "demands and refused"), ("who left troops open unless", "unless"),
    ("who conditioned troops on the Bundestag, and who refused", "who refused"), ("who refused troops to", "to"), ("who refused troops and", "and"),
    ("who said that Russia is not ready for peace", "not one circumstance"), ("who said that Russia is not", "not"), ("who approves troops", "approves"),
    ("who has parliament's approval", "approval"), ("who demanded not to send troops", "not to send troops"),
    ("who did not pledge not to send troops", "not to send troops"), ("who conditioned troops on parliament or not on a ceasefire", "not on a ceasefire"),
    ("who pledged a UN mandate", "un mandate"), ("who refused troops outside NATO", "outside"),
    ("who pledged troops unless Russia agrees to a ceasefire", "agreement with Russia ceasefire"), ("who refused troops except Italy", "except"),
    ("who pledged troops unless Poland sends weapons", "transfer weapons"), ("who pledged troops unless after a ceasefire", "unless"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "part"), BEYOND, ids=[q for q, _ in BEYOND])
def test_what_the_grammar_cannot_say_is_refused(store: Store, question: str, part: str) -> None:
    """With the part that is at fault and exit code 2: no half of a question is answered, none is turned round."""
    with pytest.raises(UsageError) as refused:
        understand(store, question)
    assert part in refused.value.what and refused.value.exit_code == 2 and refused.value.hint


def test_a_row_of_who_has_a_who() -> None:
    """What comes about on a condition in the article's own voice is nobody's answer."""
    w = Writer("bare", FIRST, "Euronews", "2026-01-06")
    w.says(
        "27 leaders",
        "asserts",
        claim=Claim("q1", w.span("27 leaders")),
        uses=[ConditionUse(w.condition("a ceasefire", "ceasefire", "event"))],
    )
    store = memory(quads(article_iri("bare"), to_triples(w.article, w.annotation(), load_registry())))
    assert not ask(store, "who conditioned what").rows


# The seeds


@pytest.fixture(scope="module")
def corpus(seeds: Path) -> Store:
    """The five seed articles."""
    return open_store(seeds)


CONDITIONED = [
    "who conditioned troops on the consent of parliament", "who made their troops contingent on parliament's consent",
    "who tied its troops to parliament's approval", "who would send troops only with parliament's approval", "who tied troops to the Bundestag",
    "who linked troops to parliament", "what did Germany make conditional on the Bundestag", "what did Merz make dependent on parliament",
    "who will only send troops if parliament agrees", "who pledged troops subject to parliamentary approval",
    "who conditioned troops on parliament but not on a ceasefire",
]  # fmt: skip


@pytest.mark.parametrize("question", CONDITIONED)
def test_a_condition_is_found_in_whatever_words(corpus: Store, question: str) -> None:
    """Merz for Germany on the Bundestag, in three reports, and nobody else."""
    answer = ask(corpus, question)
    assert cells(corpus, answer, "speaker", "actor") == {("Friedrich Merz", "Germany")}
    assert len(cells(corpus, answer, "article")) == 3


REFUSED = [
    "who refuses troops", "who refuses to send troops", "who refuses boots on the ground", "who rejects troops", "who says no to troops",
    "who, if anyone, refused troops?", "who refused to send troops to Ukraine", "who refused troops in Ukraine",
    "which states will not send troops to Ukraine", "who pledged not to send troops", "who is against troops",
]  # fmt: skip


@pytest.mark.parametrize("question", REFUSED)
def test_a_refusal_is_found_in_whatever_words(corpus: Store, question: str) -> None:
    """Italy and Poland, and nobody else."""
    assert actors(corpus, question) == {"Italy", "Poland"}


def test_who_would_act_is_not_who_refused(corpus: Store) -> None:
    """Nor who welcomes it; and a refusal of a ceasefire is found by the word for the circumstance."""
    assert {"France", "Germany"} <= actors(corpus, "who would send troops") and not {"Italy", "Poland"} & actors(
        corpus, "who would send troops"
    )
    assert actors(corpus, "who backs troops") == set()
    assert actors(corpus, "who refused a ceasefire") == actors(corpus, "who refused talks") == {"Russia"}


def test_the_parliaments_that_must_agree_are_shown(corpus: Store) -> None:
    """In a column of their own."""
    assert actors(corpus, "which parliaments must agree", "decider") == {"Bundestag", "US Congress", "national parliaments"}


# Words never become query text

HOSTILE = [
    "who refused troops } UNION { ?s ?p ?o", "who refused troops # ", "who refused troops\n} DROP ALL #", "who refused 'troops'", 'who refused "troops"',
    "who refused <x:troops>", "who refused troops \\u0022", "who refused {troops}", "?who refused ?troops", "who refused troops;;;", "who $refused troops",
    "who\x00refused\ttroops", "who refused troops\u2028", "<script>", "who refused troops SERVICE <http://127.0.0.1:1/>", "who refused troops' OR '1'='1",
    "who refused {actor}", "{action}", "%s %d who refused", "who refused troops ){(", "who refused " + "x" * 5000, "\ud800 who refused troops", "who refused troops } }",
]  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE)
def test_hostile_words_change_nothing(store: Store, question: str) -> None:
    """Signs fall away before anything is looked up, so the query, or the refusal, is that of the bare words."""
    plain = " ".join(tokens(question))
    try:
        expected = to_query(understand(store, plain))
    except UsageError:
        with pytest.raises(UsageError):
            understand(store, question)
        return
    assert to_query(understand(store, question)) == expected
    assert not any(sign in plain for sign in "<>{}#$?;'\"\\")


def test_a_question_with_signs_around_its_words_is_asked(store: Store) -> None:
    """And gets the query of the plain one: the hostile list above is not refused as a whole."""
    plain = to_query(understand(store, "who refused troops"))
    for question in (
        "who refused 'troops'",
        "who refused troops ){(",
        "who $refused troops;;;",
        "?who refused ?troops",
        "who refused <troops> #",
    ):
        assert to_query(understand(store, question)) == plain


def test_hostile_names_in_the_store_are_terms() -> None:
    """Names are only compared; what goes into the query are IRIs, serialised, and words of measures, as literals."""
    registry = load_registry()
    w = Writer("x", "Somebody said 27 of them.", "O", "2026")
    w.says("27 of them", "asserts", ["evil"], claim=Claim("q1", w.span("27"), "a", 'heads" } DROP ALL #', 27, 27, "u"))
    annotation = w.annotation(Actor("evil", "Evil } UNION { ?s ?p ?o", "state", ("'>;drop",)))
    store = memory(quads(article_iri("x"), to_triples(w.article, annotation, registry)))
    assert len(ask(store, "what did evil union s p o say").rows) == 1
    assert len(ask(store, "what did drop say").rows) == 1
    assert len(ask(store, "how many heads drop all").rows) == 1


# The query


def test_the_query_can_be_read_and_run_by_anyone(store: Store) -> None:
    """It passes the guard, names its columns in the order of the contract, and gives the quote with its place."""
    text = to_query(understand(store, "who conditioned troops on parliament"))
    answer = run(store, text)
    assert answer.columns == (
        "speaker",
        "possible_speaker",
        "actor",
        "commitment",
        "stance",
        "condition",
        "quote",
        "article",
        "start",
        "end",
    )
    (row,) = to_json_rows(store, answer)
    assert row["quote"] == "Friedrich Merz said Germany could send troops if the Bundestag consents." == FIRST[row["start"] : row["end"]]
    assert row["stance"]["label"] == "open" and row["article"]["label"] == "first (first)"


@pytest.mark.parametrize("question", [q for q, _, _ in ANSWERS[::6]])
def test_the_same_question_makes_the_same_query(store: Store, question: str) -> None:
    """Whatever the order in which the store gives its names; and its columns are those announced."""
    understood = understand(store, question)
    assert understood == understand(store, question)
    if understood.frame:
        assert ask(store, question).columns == columns(understood.frame)


# The grammar and the words


def test_the_keys_of_the_grammar_are_of_the_vocabulary() -> None:
    """Stances, forces, channels, kinds and classes are written as the ontology has them."""
    tables = grammar()
    for table, scheme in (
        ("stance", "stances"),
        ("strength", "strengths"),
        ("force", "forces"),
        ("channel", "channels"),
        ("kind", "condition-kinds"),
    ):
        assert set(tables[table]) <= set(SCHEMES[scheme][1]), table
    assert set(tables["class"]) <= set(ACTOR_KINDS.values())
    assert set(tables["ways"]) == set(tables["marker"])


def test_no_word_of_the_grammar_stands_twice_in_one_reading() -> None:
    """A phrase is in one table; stance and consent share some, and where the question stands decides."""
    seen: dict[tuple[str, ...], str] = {}
    for table, keys in grammar().items():
        if table in ("endings", "contractions", "ways", "form", "approval", "assent"):
            continue
        for key, phrases in keys.items():
            for phrase in phrases:
                if "…" not in phrase:
                    assert seen.setdefault(tokens(phrase), f"{table}.{key}") == f"{table}.{key}", phrase


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pledges", "pledged"),
        ("threatens", "threaten"),
        ("allies", "ally"),
        ("planning", "plan"),
        ("agrees", "agreed"),
        ("forces", "force"),
    ],
)
def test_regular_forms_meet(one: str, other: str) -> None:
    """Plural and verb endings fall away."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["us", "is", "paris", "congress", "need", "thing", "as"])
def test_what_only_looks_like_an_ending_stays(word: str) -> None:
    """But for a doubled last letter."""
    assert stem(word) in (word, word[:-1]) and len(stem(word)) >= min(len(word), 3) - 1


def test_names_without_accents_are_found(store: Store) -> None:
    """Typed on a keyboard that lacks them."""
    lexicon = Lexicon(store)
    assert {e.value for e in lexicon.at(tokens("Pedro Sanchez"))} == {e.value for e in lexicon.at(tokens("PEDRO SÁNCHEZ"))} != set()


def test_importing_is_light() -> None:
    """Asking loads no library that only other commands need."""
    code = "import sys, kg.ask; print([m for m in ('rdflib', 'networkx', 'yaml', 'jsonschema', 'pyshacl') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_understood_is_a_value(store: Store) -> None:
    """Equal for equal questions, and printed as the line to show."""
    assert isinstance(understand(store, "who refused"), Understood) and hash(understand(store, "who refused"))
