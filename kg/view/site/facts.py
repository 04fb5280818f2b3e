"""All that the pages show, read from a store at once: things by IRI, statements with their words.

Reading thing by thing asks the store tens of thousands of questions; here it is a dozen, whatever the size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.analyse.readings import Readings, many, pairs, rows
from kg.analyse.timeline import Moves
from kg.analyse.told import Told
from kg.store.embedded import Store
from kg.vocabulary import ACTOR_KINDS, KG, OA, RDF, RDFS, SCHEMA, SKOS, kg, word

Span = tuple[int, int]
LINKS = (
    "speaker", "possibleSpeaker", "onBehalfOf", "addressee", "onlyIn", "notIn", "requires", "exceptIf", "triggeredBy", "relayedBy",
)  # fmt: skip
WORDS = ("force", "mode", "channel", "stance", "strength", "saidOn", "confidence", "foundBy", "inferred", "firstHand")


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """An article: `text` with its code points as offsets count them, `date` ISO or "", `origin` the article it goes back to."""

    iri: str
    label: str
    text: str
    headline: str
    outlet: str
    author: str
    date: str
    inferred: bool
    url: str
    file: str
    origin: str
    reuse: str
    share: str
    source: str
    annotator: str
    reviewed: bool


@dataclass(slots=True)
class StatementFacts:
    """A statement: where it stands (`context` its sentence, `content` its words), who said it, what it expresses, on what it hangs."""

    iri: str
    article: str
    context: Span = (0, 0)
    content: list[Span] = field(default_factory=list)
    expresses: str = ""
    words: dict[str, str] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    mentions: list[tuple[int, int, str, str]] = field(default_factory=list)  # start, end, role, what it names

    @property
    def place(self) -> Span:
        """From the first of its words to the last."""
        return (self.content or [self.context])[0][0], (self.content or [self.context])[-1][1]


@dataclass(slots=True)
class Facts:
    """A store for the pages. Maps go from IRIs; what is not there has nothing to tell."""

    store: Store
    moves: Moves
    articles: dict[str, ArticleFacts]
    statements: dict[str, StatementFacts]
    label: dict[str, str]
    kind: dict[str, str]  # actor -> its kind in words
    committers: dict[str, list[str]]
    details: dict[str, dict[str, list[str]]]  # commitment, condition or claim -> property -> values
    aliases: dict[str, list[str]]
    tenures: dict[str, list[tuple[str, str, str, str]]]  # holder -> office, of, from, to
    expressed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # what is expressed -> statements in order
    heard: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # actor -> statements it made or that were made for it
    needed_by: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # condition -> statements that attach it
    parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # commitment -> those that are part of it
    dependent: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # condition -> those that depend on it
    decides: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # actor -> conditions

    @property
    def readings(self) -> Readings:
        """What each source makes a commitment hang on."""
        return self.moves.readings

    def name(self, iri: str) -> str:
        """What a thing is called."""
        return self.label.get(iri, iri.rpartition("/")[2])

    def names(self, iris: Iterable[str]) -> str:
        """What some things are called, joined."""
        return ", ".join(map(self.name, iris))


def read_facts(store: Store) -> Facts:
    """Reads a store for the pages."""
    told = Told(store)
    articles = _articles(store, told.machine)
    statements = _statements(store)
    label = dict(reversed(pairs(store, f"?a <{RDFS}label> ?b")))
    facts = Facts(
        store, Moves(store), articles, statements, label, _kinds(store), many(pairs(store, f"?a <{kg('committer')}> ?b")), _details(store),
        many(pairs(store, f"?a <{SKOS}altLabel> ?b")), _tenures(store),
    )  # fmt: skip
    for s in sorted(
        statements.values(),
        key=lambda s: (
            (articles[s.article].date, s.article, s.context, s.iri) if s.article in articles else ("", s.article, s.context, s.iri)
        ),
    ):
        if s.expresses:
            facts.expressed[s.expresses].append(s.iri)
        for actor in dict.fromkeys([*s.links["speaker"], *s.links["onBehalfOf"], *s.links["possibleSpeaker"]]):
            facts.heard[actor].append(s.iri)
        for way in ("requires", "exceptIf", "triggeredBy"):
            for c in s.links[way]:
                facts.needed_by[c].append(s.iri)
    for c, condition in sorted(facts.readings.conditions.items()):
        for actor in condition.by:
            facts.decides[actor].append(c)
    for term, found in (("partOf", facts.parts), ("dependsOn", facts.dependent)):
        for thing, held in sorted(facts.details.items()):
            for other in held.get(term, ()):
                found[other].append(thing)
    return facts


def _articles(store: Store, machine: set[str]) -> dict[str, ArticleFacts]:
    text = dict(pairs(store, f"?a <{kg('text')}> ?b"))
    of: dict[str, dict[str, str]] = defaultdict(dict)
    terms = {
        "headline": SCHEMA + "headline", "outlet": SCHEMA + "publisher", "author": SCHEMA + "author", "date": SCHEMA + "datePublished",
        "inferred": kg("publishedInferred"), "url": SCHEMA + "url", "file": kg("rawFile"), "origin": kg("origin"), "share": kg("share"),
        "copy": kg("copyOf"), "paraphrase": kg("paraphraseOf"), "label": RDFS + "label",
    }  # fmt: skip
    for name, term in terms.items():
        for a, value in rows(store, f"SELECT DISTINCT ?a ?v {{ ?a a <{kg('Article')}> ; <{term}> ?v }} ORDER BY ?a ?v"):
            of[a].setdefault(name, value)
    read_by = dict(pairs(store, f"?r <{kg('annotates')}> ?a ; <{kg('annotator')}> ?b"))
    found = {}
    for a, words in sorted(text.items()):
        t = of[a]
        reuse = "copy" if "copy" in t else "paraphrase" if "paraphrase" in t else ""
        found[a] = ArticleFacts(
            a, t.get("label", a.rpartition("/")[2]), words, t.get("headline", ""), t.get("outlet", ""), t.get("author", ""),
            t.get("date", ""), t.get("inferred") == "true", t.get("url", ""), t.get("file", ""), t.get("origin", a), reuse,
            t.get("share", ""), t.get(reuse, ""), read_by.get(a, ""), a not in machine,
        )  # fmt: skip
    return found


def _statements(store: Store) -> dict[str, StatementFacts]:
    found = {s: StatementFacts(s, a) for s, a in rows(store, f"SELECT DISTINCT ?s ?a {{ ?s <{kg('reportedIn')}> ?a }}")}
    placed = f"<{OA}start> ?start ; <{OA}end> ?end"
    for s, start, end in rows(store, f"SELECT DISTINCT ?s ?start ?end {{ ?s <{kg('context')}> ?p . ?p {placed} }}"):
        found[s].context = (int(start), int(end))
    for s, start, end in rows(store, f"SELECT DISTINCT ?s ?start ?end {{ ?s <{kg('passage')}> ?p . ?p {placed} }}"):
        if s in found:
            found[s].content.append((int(start), int(end)))
    for term in LINKS:
        for s, thing in rows(store, f"SELECT DISTINCT ?s ?o {{ ?s <{kg(term)}> ?o }} ORDER BY ?s ?o"):
            if s in found:
                found[s].links[term].append(thing)
    for term in WORDS:
        for s, value in rows(store, f"SELECT DISTINCT ?s ?o {{ ?s <{kg(term)}> ?o }} ORDER BY ?s ?o"):
            if s in found:
                found[s].words.setdefault(term, _word(value))
    for s, thing in rows(store, f"SELECT DISTINCT ?s ?o {{ ?s <{kg('expresses')}> ?o }} ORDER BY ?s ?o"):
        found[s].expresses = thing
    mentions = f"?s <{kg('mention')}> ?m . ?m <{kg('role')}> ?role ; {placed} . OPTIONAL {{ ?m <{kg('refersTo')}> ?of }}"
    for s, start, end, role, of in rows(store, f"SELECT DISTINCT ?s ?start ?end ?role ?of {{ {mentions} }}"):
        if s in found:
            found[s].mentions.append((int(start), int(end), _word(role), of))
    for one in found.values():
        one.content.sort()
        one.mentions.sort()
    return found


def _word(value: str) -> str:
    try:
        return word(value) if value.startswith(KG) else value
    except ValueError:
        return value


def _kinds(store: Store) -> dict[str, str]:
    found: dict[str, str] = {}
    for words, cls in ACTOR_KINDS.items():  # narrower ones come later
        found |= {a: words for (a,) in rows(store, f"SELECT DISTINCT ?a {{ ?a <{RDF}type> <{kg(cls)}> }}")}
    return found


def _details(store: Store) -> dict[str, dict[str, list[str]]]:
    terms = (
        "action", "beneficiary", "against", "partOf", "circumstance", "kind", "decidedBy", "dependsOn", "fulfilledBy", "opposedBy", "about", "measure",
        "lowest", "highest", "unit", "memberOf",
    )  # fmt: skip
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for term in terms:
        for s, value in rows(store, f"SELECT DISTINCT ?s ?o {{ ?s <{kg(term)}> ?o }} ORDER BY ?s ?o"):
            found[s][term].append(_word(value))
    return found


def _tenures(store: Store) -> dict[str, list[tuple[str, str, str, str]]]:
    found: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    told = f"""SELECT DISTINCT ?who ?office ?of ?from ?to {{ ?t <{kg("holder")}> ?who ; <{kg("office")}> ?office ; <{kg("officeOf")}> ?of .
      OPTIONAL {{ ?t <{kg("from")}> ?from }} OPTIONAL {{ ?t <{kg("to")}> ?to }} }}"""
    for who, office, of, since, until in rows(store, told):
        found[who].append((office, of, since, until))
    return {who: sorted(some, key=lambda one: (one[2], one)) for who, some in found.items()}
