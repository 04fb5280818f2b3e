"""Annotation -> triples -> annotation: the same input gives the same graph, and the graph gives the file back whole.

Identifiers are minted from natural keys (`ontology.md`, Identity), so two articles meet in the actors, commitments and
conditions they share; a statement and its mentions belong to one article. An entry's words become Mentions of the
statement (or parent condition) that uses it, which is how entries in different words come back as different entries:

    statement --mention--> condition's Mention --mention--> its marker's and deciders' Mentions
    condition --mention--> the Mention of a condition it depends on

There are no blank nodes, and only what the registry lacks is described in the article's own graph.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from kg.model import (
    Actor, Annotation, Annotator, Article, Claim, Commitment, Concept, Condition, ConditionUse, Number, Reference,
    Registry, Span, Statement, Tenure, slug,
)  # fmt: skip
from kg.text import sentence_around
from kg.vocabulary import (
    ACTOR_KINDS, ID, KG, OA, OPEN_SCHEMES, PROV, RDF, RDFS, SCHEMA, SCHEMES, SKOS, SUPERCLASSES, XSD, concept, kg, word,
)  # fmt: skip

CONTEXT = 32  # code points of oa:prefix and oa:suffix, as many as the Web Annotation examples and Hypothesis use
LABEL = 80  # code points of a label made from a text's words

# A minted action that undoes its object is no narrower kind of it: withdrawing troops is not deploying them.
UNDOING = frozenset("abandon against ban block cancel cut deny end expel forbid freeze halt limit no not oppose out prevent reduce refuse reject remove stop suspend withdraw withdrawing withdrawal".split())  # fmt: skip


class Iri(str):
    """An absolute IRI."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal: its lexical form and the IRI of its datatype."""

    value: str
    datatype: str = XSD + "string"


Term = Iri | Literal
Entry = TypeVar("Entry", Commitment, Condition, Claim)
Triple = tuple[Iri, Iri, Term]

TYPE, LABEL_OF = Iri(RDF + "type"), Iri(RDFS + "label")


def article_iri(article_id: str) -> Iri:
    """The IRI of an article and of its named graph; any id is safe in it.

    >>> article_iri("a <b>")
    'https://w3id.org/proviso/id/article/a%20%3Cb%3E'
    """
    return Iri(f"{ID}article/{quote(article_id, safe='')}")


def thing_iri(folder: str, id: str) -> Iri:
    """The IRI of an actor, action, circumstance, place or tenure by its slug; `thing_id` is the way back."""
    return Iri(f"{ID}{folder}/{quote(id, safe='')}")


def thing_id(iri: str) -> str:
    """The slug of an actor, action, circumstance or place, or the id of an article, by its IRI."""
    return unquote(iri.rsplit("/", 1)[1])


def to_triples(article: Article, annotation: Annotation, registry: Registry) -> list[Triple]:
    """Everything read from one article, as the sorted triples of its named graph.

    `annotation` speaks of `article.text` (code points, half-open) and refers to actors and concepts by slug. Raises
    KeyError where it refers to an actor that neither it nor the registry has, or to an id it does not define.

    >>> article = Article("a", "Macron said no.")
    >>> said = Statement("s1", (Span(12, 14, "no"),), "indirect", "asserts", cue=Span(7, 11, "said"))
    >>> graph = to_triples(article, Annotation(Annotator("me"), (said,)), Registry())
    >>> from_triples(graph)[1].statements[0].cue
    Span(start=7, end=11, text='said')
    """
    return _Writer(article, annotation, registry).graph()


def nodes(article: Article, annotation: Annotation, registry: Registry) -> dict[str, str]:
    """The IRI of each statement, commitment, condition, claim and of their mentions -> the local id it came from."""
    writer = _Writer(article, annotation, registry)
    writer.graph()
    return writer.came_from


def same_statements(article: Article, annotation: Annotation, registry: Registry) -> list[tuple[str, str]]:
    """Pairs of local ids of statements that are one thing: same words, speaker, force and what they express."""
    writer = _Writer(article, annotation, registry)
    return [(writer.came_from[iri], id) for id, iri in writer.says.items() if writer.came_from[iri] != id]


def annotation_triples(article: Article, annotator: Annotator, when: str, source: str, reading: str) -> list[Triple]:
    """What `kg:provenance` keeps of one reading: who read which text when, reviewed or not, and the kept files' hashes.

    `when` is an ISO dateTime with a zone; `source` and `reading` are hex SHA-256 of the source file and annotation file.
    """
    about = article_iri(article.id)
    node = Iri(f"{about}/annotation/{_hash(article.sha256, source, reading, when)}")
    reviewed = "reviewed" if annotator.reviewed else "not reviewed"
    pairs: list[tuple[str, Term]] = [
        (TYPE, Iri(kg("Annotation"))),
        (LABEL_OF, Literal(f"reading of {article.id} by {annotator.name}, {reviewed}")),
        (kg("annotates"), about),
        (kg("annotator"), Literal(annotator.name)),
        (kg("annotatorVersion"), Literal(annotator.version)),
        (kg("reviewed"), _boolean(annotator.reviewed)),
        (kg("sha256"), Literal(article.sha256)),
        (kg("sourceSha256"), Literal(source)),
        (kg("annotationSha256"), Literal(reading)),
        (PROV + "endedAtTime", Literal(when, XSD + "dateTime")),
    ]
    return [(node, Iri(p), o) for p, o in pairs]


def registry_triples(registry: Registry) -> list[Triple]:
    """The registry as the sorted triples of `kg:registry`: actors, tenures, concepts of open and closed schemes.

    `skos:broaderTransitive` is written out, reflexive, so that no query needs a `*` path.
    """
    out: list[Triple] = []
    for actor in registry.actors.values():
        out += _actor(actor)
    for scheme, folder in OPEN_SCHEMES.items():
        for found in registry.concepts.get(scheme, {}).values():
            out += _concept(scheme, folder, found, _ancestors(registry, scheme, found))
    for scheme, (_, words) in SCHEMES.items():
        for bare in words:
            iri = Iri(concept(scheme, bare))
            out += [(iri, TYPE, Iri(SKOS + "Concept")), (iri, LABEL_OF, Literal(bare)), (iri, Iri(SKOS + "prefLabel"), Literal(bare))]
            out += [(iri, Iri(SKOS + "inScheme"), Iri(kg(scheme)))]
    for tenure in registry.tenures:
        out += _tenure(registry, tenure)
    return sort_triples(out)


def from_triples(triples: Iterable[Triple]) -> tuple[Article, Annotation]:
    """The article and its annotation back from its graph (and, where given, its annotation's provenance).

    Ids come back as s1, c1, k1, q1, … in text order; entries that are equal come back once. Raises KeyError or
    ValueError on a graph that `to_triples` did not write.
    """
    return _Reader(triples).read()


def sort_triples(triples: Iterable[Triple]) -> list[Triple]:
    """The triples without duplicates, in one fixed order."""
    return sorted(set(triples), key=lambda t: (t[0], t[1], isinstance(t[2], Literal), *_sortable(t[2])))


# ---------------------------------------------------------------------------------------------------- writing


class _Writer:
    """Collects the triples of one article; `came_from` remembers the local id behind each minted IRI."""

    def __init__(self, article: Article, annotation: Annotation, registry: Registry) -> None:
        self.article, self.annotation, self.registry = article, annotation, registry
        self.iri = article_iri(article.id)
        self.out: list[Triple] = []
        self.came_from: dict[str, str] = {}
        self.actors = {a.id: a for a in annotation.actors}
        self.commitments = {c.id: c for c in annotation.commitments}
        self.conditions = {c.id: c for c in annotation.conditions}
        self.claims = {c.id: c for c in annotation.claims}
        self.statements = {s.id: s for s in annotation.statements}
        self.things = {e.id: self._mint(e) for e in (*annotation.commitments, *annotation.conditions, *annotation.claims)}
        self.says = {s.id: self._statement_iri(s) for s in annotation.statements}
        self.came_from |= {iri: id for id, iri in (*self.things.items(), *self.says.items())}

    def graph(self) -> list[Triple]:
        self._article()
        for actor in self.annotation.actors:
            self.out += _actor(actor)
        for commitment in self.annotation.commitments:
            self._commitment(commitment)
        for condition in self.annotation.conditions:
            self._condition(condition)
        for claim in self.annotation.claims:
            self._claim(claim)
        for statement in self.annotation.statements:
            self._statement(statement)
        return sort_triples(self.out)

    def add(self, subject: Iri, property: str, value: Term | None) -> None:
        if value is not None:
            self.out.append((subject, Iri(property), value))

    def label(self, subject: Iri, words: str) -> None:
        self.add(subject, LABEL_OF, Literal(words))

    # identity: the natural keys of ontology.md

    def _mint(self, entry: Commitment | Condition | Claim) -> Iri:
        if isinstance(entry, Commitment):
            folder, key = "commitment", _commitment_key(entry)
        elif isinstance(entry, Condition):
            folder, key = "condition", _condition_key(entry)
        else:
            folder, key = "claim", _claim_key(entry)
        words = slug(self._label_of(entry))[:48].strip("-")
        return Iri(f"{ID}{folder}/{quote(words, safe='')}-{_hash(*key)[:10]}")

    def _statement_iri(self, s: Statement) -> Iri:
        entry = self.things[s.expresses] if s.expresses else ""
        key = (_spans(s.content), _key(s.cue), [(r.target, _key(r.span)) for r in (*s.speaker, *s.possible_speakers)], s.force, entry)
        return Iri(f"{self.iri}/statement/{_hash(*key)}")

    def _label_of(self, entry: Commitment | Condition | Claim) -> str:
        if isinstance(entry, Commitment):
            who = " and ".join(sorted(self.name(r.target) for r in entry.committer))
            for_whom = f" for {self.name(entry.beneficiary.target)}" if entry.beneficiary else ""
            against = f" against {self.name(entry.against.target)}" if entry.against else ""
            return f"{who}: {self._concept_label('actions', entry.action.target)}{for_whom}{against}"
        if isinstance(entry, Condition):
            by = " and ".join(sorted({self.name(r.target) for r in entry.by}))
            return f"{self._concept_label('circumstances', entry.circumstance)} ({entry.kind}{' by ' + by if by else ''})"
        if entry.about and entry.measure:
            unit = f" {entry.unit}" if entry.unit and entry.unit != entry.measure else ""
            return f"{entry.about}: {_interval(entry)}{unit} ({entry.measure})"
        return _short(entry.text.text)

    def name(self, actor: str) -> str:
        return (self.actors.get(actor) or self.registry.actors[actor]).label

    def _concept_label(self, scheme: str, id: str) -> str:
        known = self.registry.concepts.get(scheme, {}).get(id)
        return known.label if known else id.replace("-", " ")

    # the parts

    def _article(self) -> None:
        a, iri = self.article, self.iri
        self.add(iri, TYPE, Iri(kg("Article")))
        self.label(iri, f"{_short(a.title)} ({a.id})" if a.title else a.id)
        for property, value in ((SCHEMA + "headline", a.title), (SCHEMA + "publisher", a.outlet), (SCHEMA + "author", a.author),
                                (SCHEMA + "url", a.url), (SCHEMA + "inLanguage", a.language), (kg("rawFile"), a.file)):  # fmt: skip
            self.add(iri, property, None if value is None else Literal(value))
        self.add(iri, SCHEMA + "datePublished", _date(a.published) if a.published else None)
        self.add(iri, kg("publishedInferred"), _boolean(True) if a.published_inferred else None)
        self.add(iri, kg("text"), Literal(a.text))
        self.add(iri, kg("sha256"), Literal(a.sha256))
        if a.range:
            self.add(iri, kg("rawStart"), _integer(a.range[0]))
            self.add(iri, kg("rawEnd"), _integer(a.range[1]))

    def _commitment(self, c: Commitment) -> None:
        iri = self.things[c.id]
        self.add(iri, TYPE, Iri(kg("Commitment")))
        self.label(iri, self._label_of(c))
        for who in c.committer:
            self.add(iri, kg("committer"), thing_iri("actor", who.target))
        self.add(iri, kg("action"), self.concept("actions", c.action.target))
        self.add(iri, kg("beneficiary"), thing_iri("actor", c.beneficiary.target) if c.beneficiary else None)
        self.add(iri, kg("against"), thing_iri("actor", c.against.target) if c.against else None)
        self.add(iri, kg("partOf"), self.things[c.part_of] if c.part_of else None)

    def _condition(self, c: Condition) -> None:
        iri = self.things[c.id]
        self.add(iri, TYPE, Iri(kg("Condition")))
        self.label(iri, self._label_of(c))
        self.add(iri, kg("circumstance"), self.concept("circumstances", c.circumstance))
        self.add(iri, kg("kind"), Iri(concept("condition-kinds", c.kind)))
        self.add(iri, kg("passage"), self.passage(c.text))
        for who in c.by:
            self.add(iri, kg("decidedBy"), thing_iri("actor", who.target))
        for needed in c.depends_on:
            self.add(iri, kg("dependsOn"), self.things[needed])
            self.condition_mention(iri, self.conditions[needed])
        self.add(iri, kg("fulfilledBy"), self.things[c.fulfilled_by] if c.fulfilled_by else None)

    def _claim(self, c: Claim) -> None:
        iri = self.things[c.id]
        self.add(iri, TYPE, Iri(kg("Claim")))
        self.label(iri, self._label_of(c))
        self.add(iri, kg("passage"), self.passage(c.text))
        for property, words in (("about", c.about), ("measure", c.measure), ("unit", c.unit)):
            self.add(iri, kg(property), None if words is None else Literal(words))
        self.add(iri, kg("lowest"), None if c.lowest is None else _number(c.lowest))
        self.add(iri, kg("highest"), None if c.highest is None else _number(c.highest))
        if c.says:
            self.add(iri, kg("says" + c.says[0].capitalize()), self.things[c.says[1]])

    def _statement(self, s: Statement) -> None:
        iri = self.says[s.id]
        self.add(iri, TYPE, Iri(kg("Statement")))
        who = " and ".join(self.name(r.target) for r in s.speaker) or "The article"
        self.label(iri, f"{who} {s.force}: “{_short(' … '.join(p.text for p in s.content))}”")
        self.add(iri, kg("reportedIn"), self.iri)
        self.add(iri, kg("force"), Iri(concept("forces", s.force)))
        self.add(iri, kg("mode"), Iri(concept("modes", s.mode)))
        for span in s.content:
            self.add(iri, kg("passage"), self.passage(span))
        self.add(iri, kg("context"), self.passage(Span.of(self.article.text, *sentence_around(self.article.text, s.content[0].start, s.content[0].end))))
        for property, role, references in (("speaker", "speaker", s.speaker), ("possibleSpeaker", "possible speaker", s.possible_speakers),
                                           ("onBehalfOf", "on behalf of", s.on_behalf_of), ("addressee", "addressee", s.addressee)):  # fmt: skip
            for reference in references:
                self.add(iri, kg(property), thing_iri("actor", reference.target))
                self.refer(iri, role, reference, thing_iri("actor", reference.target))
        for property, places in (("onlyIn", s.only_in), ("notIn", s.not_in)):
            for reference in places:
                self.add(iri, kg(property), self.concept("places", reference.target))
                self.refer(iri, "place", reference, thing_iri("place", reference.target))
        self.mention(iri, "cue", s.cue)
        if s.said_on:
            self.add(iri, kg("saidOn"), _date(s.said_on.target) if s.said_on.target else None)
            self.refer(iri, "date", s.said_on, None)
        for property, scheme, bare in (("channel", "channels", s.channel), ("stance", "stances", s.stance), ("strength", "strengths", s.strength)):
            self.add(iri, kg(property), Iri(concept(scheme, bare)) if bare else None)
        self.add(iri, kg("relayedBy"), self.says[s.relayed_by] if s.relayed_by else None)
        self.add(iri, kg("confidence"), None if s.confidence is None else _number(s.confidence))
        self.add(iri, kg("foundBy"), None if s.found_by is None else Literal(s.found_by))
        self.add(iri, kg("inferred"), _boolean(True) if s.inferred else None)
        self._expresses(iri, s.expresses)
        self._attaches(iri, s)

    def _expresses(self, iri: Iri, id: str | None) -> None:
        if id is None:
            return
        self.add(iri, kg("expresses"), self.things[id])
        if id in self.commitments:
            self.commitment_mentions(iri, self.commitments[id])
            return
        claim = self.claims[id]
        self.mention(iri, "claim", claim.text, self.things[id], claim.confidence, claim.found_by)
        if claim.says and claim.says[1] in self.commitments:
            self.commitment_mentions(iri, self.commitments[claim.says[1]])
        elif claim.says:
            self.condition_mention(iri, self.conditions[claim.says[1]])

    def _attaches(self, iri: Iri, s: Statement) -> None:
        groups: dict[str, list[Iri]] = defaultdict(list)
        for use in s.conditions:
            condition, thing = self.conditions[use.id], self.things[use.id]
            way = "triggeredBy" if use.role == "trigger" else "requires" if use.polarity == "if" else "exceptIf"
            self.add(iri, kg(way), thing)
            self.add(iri, kg("attaches"), thing)
            mention = self.condition_mention(iri, condition)
            marker = use.marker
            if marker is None and (use.confidence is not None or use.found_by is not None):
                marker = condition.text  # no words mark it: how sure we are of the link stands on the condition's own
            marked = self.mention(iri, "marker", marker, thing, use.confidence, use.found_by, within=mention)
            self.add(mention, kg("mention"), marked)
            if use.any_of:
                groups[use.any_of].append(thing)
        for number, members in enumerate(groups.values(), 1):
            group = Iri(f"{iri}/any-of/{number}")
            self.came_from[group] = s.id
            self.add(iri, kg("anyOf"), group)
            self.add(group, TYPE, Iri(kg("ConditionGroup")))
            self.label(group, f"any of {len(members)} conditions")
            for member in members:
                self.add(group, kg("member"), member)

    def commitment_mentions(self, owner: Iri, c: Commitment) -> None:
        for who in c.committer:
            self.refer(owner, "committer", who, thing_iri("actor", who.target))
        self.refer(owner, "action", c.action, thing_iri("action", c.action.target))
        for role, reference in (("beneficiary", c.beneficiary), ("target", c.against)):
            if reference:
                self.refer(owner, role, reference, thing_iri("actor", reference.target))

    def condition_mention(self, owner: Iri, c: Condition) -> Iri:
        deciders = [(r.target, _key(r.span)) for r in c.by]
        made = self.mention(owner, "condition", c.text, self.things[c.id], c.confidence, c.found_by, within=deciders)
        assert made  # a condition always has words
        for who in c.by:
            actor = thing_iri("actor", who.target)
            self.add(made, kg("mention"), self.mention(owner, "decider", who.span, actor, who.confidence, who.found_by, within=made))
        return made

    def refer(self, owner: Iri, role: str, reference: Reference, to: Iri | None) -> None:
        self.mention(owner, role, reference.span, to, reference.confidence, reference.found_by)

    def mention(self, owner: Iri, role: str, span: Span | None, to: Iri | None = None, confidence: float | None = None,
                found_by: str | None = None, within: object = "") -> Iri | None:  # fmt: skip
        """The Mention of `owner` with this role, None where no words carry it; `within` keeps apart what is alike."""
        if span is None:
            return None
        iri = Iri(f"{self.iri}/mention/{_hash(owner, role, _key(span), to or '', within)}")
        self.came_from[iri] = self.came_from.get(owner, "")
        self.add(owner, kg("mention"), iri)
        self.add(iri, TYPE, Iri(kg("Mention")))
        self._selector(iri, span, f"{role}: ")
        self.add(iri, kg("role"), Iri(concept("roles", role)))
        self.add(iri, kg("refersTo"), to)
        self.add(iri, kg("confidence"), None if confidence is None else _number(confidence))
        self.add(iri, kg("foundBy"), None if found_by is None else Literal(found_by))
        return iri

    def passage(self, span: Span) -> Iri:
        iri = Iri(f"{self.iri}/passage/{span.start}-{span.end}")
        self._selector(iri, span)
        return iri

    def _selector(self, iri: Iri, span: Span, role: str = "") -> None:
        text = self.article.text
        self.add(iri, TYPE, Iri(kg("Passage")))
        self.label(iri, f"{role}“{_short(span.text)}”")
        self.add(iri, OA + "hasSource", self.iri)
        self.add(iri, OA + "exact", Literal(span.text))
        self.add(iri, OA + "start", _integer(span.start))
        self.add(iri, OA + "end", _integer(span.end))
        self.add(iri, OA + "prefix", Literal(text[max(0, span.start - CONTEXT) : span.start]))
        self.add(iri, OA + "suffix", Literal(text[span.end : span.end + CONTEXT]))

    def concept(self, scheme: str, id: str) -> Iri:
        folder = OPEN_SCHEMES[scheme]
        if id not in self.registry.concepts.get(scheme, {}):
            broader = () if scheme == "places" else _broader(self.registry, scheme, id)
            made = Concept(id, id.replace("-", " "), broader=broader)
            self.out += _concept(scheme, folder, made, _ancestors(self.registry, scheme, made))
        return thing_iri(folder.rstrip("/"), id)


def _commitment_key(c: Commitment) -> tuple[object, ...]:
    return (sorted({r.target for r in c.committer}), c.action.target, c.beneficiary.target if c.beneficiary else "", c.against.target if c.against else "")


def _condition_key(c: Condition) -> tuple[object, ...]:
    return (c.circumstance, sorted({r.target for r in c.by}), c.kind)


def _claim_key(c: Claim) -> tuple[object, ...]:
    # The figures belong to the key: two numbers of one measure are two claims, or they could not contradict each other.
    words = "" if c.about and c.measure else " ".join(c.text.text.casefold().split())
    return (c.about or "", c.measure or "", repr(c.lowest), repr(c.highest), c.unit or "", words)


def _actor(actor: Actor) -> list[Triple]:
    iri, kind = thing_iri("actor", actor.id), ACTOR_KINDS[actor.kind]
    out: list[Triple] = [(iri, TYPE, Iri(kg(name))) for name in (kind, *SUPERCLASSES[kind])]
    out += [(iri, LABEL_OF, Literal(actor.label)), (iri, Iri(SKOS + "prefLabel"), Literal(actor.label))]
    out += [(iri, Iri(SKOS + "altLabel"), Literal(name)) for name in actor.aliases]
    return out + [(iri, Iri(kg("memberOf")), thing_iri("actor", body)) for body in actor.member_of]


def _concept(scheme: str, folder: str, made: Concept, ancestors: Iterable[str]) -> list[Triple]:
    place = folder.rstrip("/")
    iri = thing_iri(place, made.id)
    out: list[Triple] = [(iri, TYPE, Iri(kg(place.capitalize()))), (iri, TYPE, Iri(SKOS + "Concept")), (iri, Iri(SKOS + "inScheme"), Iri(kg(scheme)))]
    out += [(iri, LABEL_OF, Literal(made.label)), (iri, Iri(SKOS + "prefLabel"), Literal(made.label))]
    out += [(iri, Iri(SKOS + "altLabel"), Literal(name)) for name in made.aliases]
    out += [(iri, Iri(SKOS + "broader"), thing_iri(place, id)) for id in made.broader]
    return out + [(iri, Iri(SKOS + "broaderTransitive"), thing_iri(place, id)) for id in (made.id, *ancestors)]


def _tenure(registry: Registry, tenure: Tenure) -> list[Triple]:
    iri = thing_iri("tenure", slug(f"{tenure.holder} {tenure.office} {tenure.of} {tenure.start or ''}"))
    label = f"{registry.actors[tenure.holder].label}, {tenure.office} of {registry.actors[tenure.of].label}"
    out: list[Triple] = [(iri, TYPE, Iri(kg("Tenure"))), (iri, LABEL_OF, Literal(label)), (iri, Iri(kg("office")), Literal(tenure.office))]
    out += [(iri, Iri(kg("holder")), thing_iri("actor", tenure.holder)), (iri, Iri(kg("officeOf")), thing_iri("actor", tenure.of))]
    return out + [(iri, Iri(kg(end)), _date(day)) for end, day in (("from", tenure.start), ("to", tenure.end)) if day]


def _ancestors(registry: Registry, scheme: str, found: Concept) -> list[str]:
    """Ids of all broader concepts, nearest first; a cycle in the registry does no harm."""
    seen: list[str] = []
    queue = list(found.broader)
    while queue:
        id = queue.pop(0)
        if id not in seen:
            seen.append(id)
            queue += registry.concepts[scheme][id].broader if id in registry.concepts[scheme] else ()
    return seen


def _broader(registry: Registry, scheme: str, id: str) -> tuple[str, ...]:
    """The registry concept whose name the words of an unknown one contain, the longest name first: *send peacekeepers*
    is narrower than whatever bears *peacekeepers*. An action that undoes its object is not."""
    words = id.split("-")
    if UNDOING & set(words):
        return ()
    best: tuple[int, str] = (0, "")
    for known in registry.concepts.get(scheme, {}).values():
        for name in (known.label, *known.aliases):
            part = slug(name).split("-")
            if len(part) > best[0] and any(words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1)):
                best = (len(part), known.id)
    return (best[1],) if best[0] else ()


# ---------------------------------------------------------------------------------------------------- reading


@dataclass
class _Reader:
    """Finds the entries again by following each statement's mentions."""

    triples: Iterable[Triple]
    index: dict[str, dict[str, list[Term]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for s, p, o in self.triples:
            self.index.setdefault(s, {}).setdefault(p, []).append(o)
        self.commitments: dict[Commitment, Iri] = {}  # entry with IRIs in place of local ids -> its thing
        self.conditions: dict[Condition, Iri] = {}
        self.claims: dict[Claim, Iri] = {}

    def read(self) -> tuple[Article, Annotation]:
        article = self._article()
        statements = [self._statement(s) for s in self._of_type("Statement")]
        return article, _renumbered(self._annotator(), statements, self.commitments, self.conditions, self.claims, self._actors())

    def _of_type(self, name: str) -> Iterator[Iri]:
        return (Iri(s) for s, properties in self.index.items() if Iri(kg(name)) in properties.get(TYPE, ()))

    def iris(self, subject: str, property: str) -> list[Iri]:
        return [o for o in self.index.get(subject, {}).get(property, ()) if isinstance(o, Iri)]

    def values(self, subject: str, property: str) -> list[str]:
        return [o.value for o in self.index.get(subject, {}).get(property, ()) if isinstance(o, Literal)]

    def value(self, subject: str, property: str) -> str | None:
        return next(iter(self.values(subject, property)), None)

    def number(self, subject: str, property: str) -> Number | None:
        text = self.value(subject, property)
        return None if text is None else float(text) if "." in text else int(text)

    def bare(self, subject: str, property: str) -> str | None:
        return next((word(o) for o in self.iris(subject, property)), None)

    def _article(self) -> Article:
        iri = next(self._of_type("Article"))
        start, end = self.number(iri, kg("rawStart")), self.number(iri, kg("rawEnd"))
        return Article(
            thing_id(iri), self.value(iri, kg("text")) or "", self.value(iri, SCHEMA + "headline"), self.value(iri, SCHEMA + "publisher"),
            self.value(iri, SCHEMA + "author"), self.value(iri, SCHEMA + "datePublished"), bool(self.value(iri, kg("publishedInferred"))),
            self.value(iri, SCHEMA + "url"), self.value(iri, SCHEMA + "inLanguage"), self.value(iri, kg("rawFile")),
            None if start is None or end is None else (int(start), int(end)),
        )  # fmt: skip

    def _annotator(self) -> Annotator:
        for node in self._of_type("Annotation"):
            if not self.iris(node, kg("supersededBy")):
                return Annotator(self.value(node, kg("annotator")) or "", self.value(node, kg("annotatorVersion")) or "", self.value(node, kg("reviewed")) == "true")
        return Annotator("")

    def _actors(self) -> tuple[Actor, ...]:
        kinds = {kg(name): kind for kind, name in ACTOR_KINDS.items()}
        out = []
        for iri in self._of_type("Actor"):
            types = [kinds[t] for t in self.iris(iri, TYPE) if t in kinds]
            kind = "institution" if set(types) == {"institution"} else next(k for k in sorted(types) if k != "institution")
            aliases = tuple(sorted(self.values(iri, SKOS + "altLabel")))
            out.append(Actor(thing_id(iri), self.value(iri, LABEL_OF) or "", kind, aliases, tuple(sorted(map(thing_id, self.iris(iri, kg("memberOf")))))))
        return tuple(sorted(out, key=lambda a: a.id))

    def _span(self, mention: Iri) -> Span:
        start, end = self.number(mention, OA + "start"), self.number(mention, OA + "end")
        return Span(int(start or 0), int(end or 0), self.value(mention, OA + "exact") or "")

    def mentions(self, owner: Iri, role: str) -> list[Iri]:
        return sorted((m for m in self.iris(owner, kg("mention")) if self.bare(m, kg("role")) == role), key=lambda m: (self._span(m), m))

    def _span_of(self, owner: Iri, role: str) -> Span | None:
        return next((self._span(m) for m in self.mentions(owner, role)), None)

    def _reference(self, mention: Iri) -> Reference:
        target = next((thing_id(o) for o in self.iris(mention, kg("refersTo"))), "")
        return Reference(target, self._span(mention), self._confidence(mention), self.value(mention, kg("foundBy")))

    def _confidence(self, node: Iri) -> float | None:
        sure = self.number(node, kg("confidence"))
        return None if sure is None else float(sure)

    def references(self, owner: Iri, role: str, targets: Sequence[Iri]) -> tuple[Reference, ...]:
        """The mentions of these targets in text order, then the targets no words name."""
        wanted = {thing_id(t) for t in targets}
        worded = [r for r in map(self._reference, self.mentions(owner, role)) if r.target in wanted]
        return (*worded, *(Reference(t) for t in sorted(wanted - {r.target for r in worded})))

    def _statement(self, iri: Iri) -> tuple[Iri, Statement]:
        def people(role: str, property: str) -> tuple[Reference, ...]:
            return self.references(iri, role, self.iris(iri, kg(property)))

        date = self.value(iri, kg("saidOn"))
        dated = next((replace(self._reference(m), target=date or "") for m in self.mentions(iri, "date")), Reference(date) if date else None)
        thing = next(iter(self.iris(iri, kg("expresses"))), None)
        return iri, Statement(
            "", tuple(sorted(map(self._span, self.iris(iri, kg("passage"))))), self.bare(iri, kg("mode")) or "", self.bare(iri, kg("force")) or "",
            people("speaker", "speaker"), people("possible speaker", "possibleSpeaker"), people("on behalf of", "onBehalfOf"), people("addressee", "addressee"),
            self._span_of(iri, "cue"), self.bare(iri, kg("channel")), dated, next(iter(self.iris(iri, kg("relayedBy"))), None),
            self._expressed(iri, thing) if thing else None, self.bare(iri, kg("stance")), self.bare(iri, kg("strength")),
            people("place", "onlyIn"), people("place", "notIn"), self._uses(iri), self._confidence(iri), self.value(iri, kg("foundBy")),
            self.value(iri, kg("inferred")) == "true",
        )  # fmt: skip

    def _expressed(self, owner: Iri, thing: Iri) -> str:
        if Iri(kg("Commitment")) in self.iris(thing, TYPE):
            return self._entry_key(self.commitments, self._commitment(owner, thing), thing)
        mention = self.mentions(owner, "claim")[0]
        says = next(((verb, o) for verb in ("met", "failed", "kept", "broken") for o in self.iris(thing, kg("says" + verb.capitalize()))), None)
        if says and says[0] in ("kept", "broken"):
            self._entry_key(self.commitments, self._commitment(owner, says[1]), says[1])
        elif says:
            for m in self._condition_mentions(owner, says[1]):
                self._condition(m)
        claim = Claim(
            "", self._span(mention), self.value(thing, kg("about")), self.value(thing, kg("measure")), self.number(thing, kg("lowest")),
            self.number(thing, kg("highest")), self.value(thing, kg("unit")), says, self._confidence(mention), self.value(mention, kg("foundBy")),
        )  # fmt: skip
        return self._entry_key(self.claims, claim, thing)

    def _commitment(self, owner: Iri, thing: Iri) -> Commitment:
        def one(role: str, property: str) -> Reference | None:
            return next(iter(self.references(owner, role, self.iris(thing, kg(property)))), None)

        action = one("action", "action")
        assert action  # a commitment always has its action
        committers = self.references(owner, "committer", self.iris(thing, kg("committer")))
        whole = next(iter(self.iris(thing, kg("partOf"))), None)
        return Commitment("", committers, action, one("beneficiary", "beneficiary"), one("target", "against"), whole)

    def _condition_mentions(self, owner: Iri, thing: Iri) -> list[Iri]:
        return [m for m in self.mentions(owner, "condition") if thing in self.iris(m, kg("refersTo"))]

    def _condition(self, mention: Iri) -> str:
        thing = self.iris(mention, kg("refersTo"))[0]
        fulfilled = next(iter(self.iris(thing, kg("fulfilledBy"))), None)
        known = self.bare(thing, kg("kind")) or ""
        by = self.references(mention, "decider", self.iris(thing, kg("decidedBy")))
        needed = tuple(sorted(self.iris(thing, kg("dependsOn"))))
        circumstance = thing_id(self.iris(thing, kg("circumstance"))[0])
        made = Condition("", self._span(mention), circumstance, known, by, needed, fulfilled, self._confidence(mention), self.value(mention, kg("foundBy")))
        if made not in self.conditions:
            self.conditions[made] = thing
            for child in self.mentions(thing, "condition"):
                self._condition(child)
        return self._entry_key(self.conditions, made, thing)

    def _uses(self, iri: Iri) -> tuple[ConditionUse, ...]:
        ways = {kg("requires"): ("if", "requirement"), kg("exceptIf"): ("unless", "requirement"), kg("triggeredBy"): ("if", "trigger")}
        groups = {member: group for group in self.iris(iri, kg("anyOf")) for member in self.iris(group, kg("member"))}
        out = []
        for property, (polarity, role) in ways.items():
            for thing in self.iris(iri, property):
                for mention in self._condition_mentions(iri, thing):
                    marked = next(iter(self.mentions(mention, "marker")), None)
                    marker = self._span(marked) if marked else None
                    if marker == self._span(mention):  # only there to carry how sure the link is
                        marker = None
                    sure, found = (self._confidence(marked), self.value(marked, kg("foundBy"))) if marked else (None, None)
                    out.append((self._span(mention), ConditionUse(self._condition(mention), polarity, role, marker, groups.get(thing), sure, found)))
        return tuple(use for _, use in sorted(out, key=lambda pair: (pair[0], pair[1].id)))

    @staticmethod
    def _entry_key(table: dict[Entry, Iri], entry: Entry, thing: Iri) -> str:
        """A stand-in for the entry's local id until `_renumbered` gives it one: its repr, unique to its words."""
        table[entry] = thing
        return repr(entry)


def _renumbered(annotator: Annotator, statements: list[tuple[Iri, Statement]], commitments: dict[Commitment, Iri], conditions: dict[Condition, Iri],
                claims: dict[Claim, Iri], actors: tuple[Actor, ...]) -> Annotation:  # fmt: skip
    """Local ids in text order in place of the readers' stand-ins; what names a thing (not an entry) names its first entry."""

    def number(prefix: str, table: dict[Entry, Iri], first: Callable[[Entry], Any]) -> tuple[dict[str, str], dict[str, str], list[Entry]]:
        ordered = sorted(table, key=lambda e: (first(e), repr(e)))
        by_entry = {repr(e): f"{prefix}{n}" for n, e in enumerate(ordered, 1)}
        by_thing: dict[str, str] = {}
        for e in ordered:
            by_thing.setdefault(table[e], by_entry[repr(e)])
        return by_entry, by_thing, ordered

    def start(c: Commitment) -> tuple[bool, int]:
        spans = [r.span for r in (*c.committer, c.action, c.beneficiary, c.against) if r and r.span]
        return (not spans, min((s.start for s in spans), default=0))

    c_entry, c_thing, c_list = number("c", commitments, start)
    k_entry, k_thing, k_list = number("k", conditions, lambda c: c.text)
    q_entry, _, q_list = number("q", claims, lambda c: c.text)
    ordered = sorted(statements, key=lambda pair: (pair[1].content, repr(replace(pair[1], relayed_by=None)), pair[0]))
    s_thing = {iri: f"s{n}" for n, (iri, _) in enumerate(ordered, 1)}
    either = {**c_entry, **q_entry}

    def regroup(uses: tuple[ConditionUse, ...]) -> tuple[ConditionUse, ...]:
        names: dict[str | None, str | None] = {None: None}
        for use in uses:
            names.setdefault(use.any_of, f"g{len(names)}")
        return tuple(replace(use, id=k_entry[use.id], any_of=names[use.any_of]) for use in uses)

    return Annotation(
        annotator,
        tuple(
            replace(s, id=s_thing[iri], relayed_by=s_thing[s.relayed_by] if s.relayed_by else None, expresses=either[s.expresses] if s.expresses else None,
                    conditions=regroup(s.conditions))
            for iri, s in ordered
        ),
        tuple(replace(c, id=c_entry[repr(c)], part_of=c_thing[c.part_of] if c.part_of else None) for c in c_list),
        tuple(
            replace(c, id=k_entry[repr(c)], depends_on=tuple(sorted(k_thing[d] for d in c.depends_on)), fulfilled_by=c_thing[c.fulfilled_by] if c.fulfilled_by else None)
            for c in k_list
        ),
        tuple(replace(c, id=q_entry[repr(c)], says=(c.says[0], {**k_thing, **c_thing}[c.says[1]]) if c.says else None) for c in q_list),
        actors,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------- small things


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()[:16]


def _key(span: Span | None) -> list[int]:
    return [span.start, span.end] if span else []


def _spans(spans: Sequence[Span]) -> list[list[int]]:
    return [_key(s) for s in sorted(spans)]


def _sortable(term: Term) -> tuple[str, str]:
    return (term.value, term.datatype) if isinstance(term, Literal) else (term, "")


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= LABEL else words[: LABEL - 1].rstrip() + "…"


def _interval(c: Claim) -> str:
    if c.lowest is not None and c.highest is not None:
        return f"{c.lowest}" if c.lowest == c.highest else f"{c.lowest} to {c.highest}"
    return f"at least {c.lowest}" if c.lowest is not None else f"at most {c.highest}" if c.highest is not None else "a number"


def _boolean(value: bool) -> Literal:
    return Literal("true" if value else "false", XSD + "boolean")


def _integer(value: int) -> Literal:
    return Literal(str(value), XSD + "integer")


def _number(value: Number) -> Literal:
    return _integer(value) if isinstance(value, int) else Literal(f"{Decimal(repr(value)):f}", XSD + "decimal")


def _date(iso: str) -> Literal:
    """A partial ISO date as the XSD type of its precision: xsd:date, xsd:gYearMonth or xsd:gYear."""
    return Literal(iso, XSD + {10: "date", 7: "gYearMonth", 4: "gYear"}[len(iso)])
