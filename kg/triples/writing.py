"""Annotation -> the triples of its article's graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from urllib.parse import quote

from kg.model import Annotation, Annotator, Article, Claim, Commitment, Concept, Condition, Reference, Registry, Span, Statement, slug
from kg.text import sentence_around
from kg.triples.registry import actor_triples, ancestors, broader_of, concept_triples
from kg.triples.terms import (
    LABEL_OF,
    TYPE,
    Iri,
    Literal,
    Term,
    Triple,
    article_iri,
    boolean,
    date_literal,
    hashed,
    integer,
    number_literal,
    short,
    sort_triples,
    thing_iri,
)  # fmt: skip
from kg.vocabulary import ID, OA, OPEN_SCHEMES, PROV, SCHEMA, XSD, concept, kg

_HAS_SOURCE, _EXACT, _START, _END, _PREFIX, _SUFFIX = (
    Iri(OA + term) for term in ("hasSource", "exact", "start", "end", "prefix", "suffix")
)
CONTEXT = 32  # code points of oa:prefix and oa:suffix, as many as the Web Annotation examples and Hypothesis use


def to_triples(article: Article, annotation: Annotation, registry: Registry) -> list[Triple]:
    """Everything read from one article, as the sorted triples of its named graph.

    `annotation` speaks of `article.text` (code points, half-open) and refers to actors and concepts by slug. Raises
    KeyError where it refers to an actor that neither it nor the registry has, or to an id it does not define.

    >>> from kg.triples import from_triples
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
    if len({(s.force, repr(_spans(s.content))) for s in annotation.statements}) == len(annotation.statements):
        return []
    writer = _Writer(article, annotation, registry)
    first: dict[str, str] = {}
    return [(first[iri], id) for id, iri in writer.says.items() if first.setdefault(iri, id) != id]


def annotation_triples(article: Article, annotator: Annotator, when: str, source: str, reading: str) -> list[Triple]:
    """What `kg:provenance` keeps of one reading: who read which text when, reviewed or not, and the kept files' hashes.

    `when` is an ISO dateTime with a zone; `source` and `reading` are hex SHA-256 of the source file and annotation file.
    """
    about = article_iri(article.id)
    node = Iri(f"{about}/annotation/{hashed(article.sha256, source, reading, when)}")
    reviewed = "reviewed" if annotator.reviewed else "not reviewed"
    pairs: list[tuple[str, Term]] = [
        (TYPE, Iri(kg("Annotation"))),
        (LABEL_OF, Literal(f"reading of {article.id} by {annotator.name}, {reviewed}")),
        (kg("annotates"), about),
        (kg("annotator"), Literal(annotator.name)),
        (kg("annotatorVersion"), Literal(annotator.version)),
        (kg("reviewed"), boolean(annotator.reviewed)),
        (kg("sha256"), Literal(article.sha256)),
        (kg("sourceSha256"), Literal(source)),
        (kg("annotationSha256"), Literal(reading)),
        (PROV + "endedAtTime", Literal(when, XSD + "dateTime")),
    ]
    return [(node, Iri(p), o) for p, o in pairs]


_iri = cache(Iri)  # of a property or a class, of which there are few


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
        entries: list[Commitment | Condition | Claim] = [*annotation.commitments, *annotation.conditions, *annotation.claims]
        self.things: dict[str, Iri] = {}
        for entry in entries:  # claims last: what a claim says was kept or met is part of what it is
            self.things[entry.id] = self._mint(entry)
        self.claimed: dict[Iri, str] = {}  # a claim -> its label, of entries in other capitals the first in the text
        for claim in sorted(annotation.claims, key=lambda claim: claim.text):
            self.claimed.setdefault(self.things[claim.id], self._label_of(claim))
        self.inside: list[str] = []  # the conditions whose needs are being written
        self.needs: dict[Iri, dict[Iri, Iri]] = defaultdict(dict)  # a condition -> what it depends on here, by the mention that names it
        self.says = {s.id: self._statement_iri(s) for s in annotation.statements}
        self.came_from |= {iri: id for id, iri in self.says.items()}
        for entry in sorted(entries, key=_says_nothing_of_others):  # of several entries of one thing that which could be at fault
            self.came_from.setdefault(self.things[entry.id], entry.id)

    def graph(self) -> list[Triple]:
        self._article()
        for actor in self.annotation.actors:
            self.out += actor_triples(actor)
        for commitment in self.annotation.commitments:
            self._commitment(commitment)
        for condition in self.annotation.conditions:
            self._condition(condition)
        for thing in self.needs:
            self._names_what(thing, thing)
        for claim in self.annotation.claims:
            self._claim(claim)
        for statement in self.annotation.statements:
            self._statement(statement)
        return sort_triples(self.out)

    def add(self, subject: Iri, property: str, value: Term | None) -> None:
        if value is not None:
            self.out.append((subject, _iri(property), value))

    def label(self, subject: Iri, words: str) -> None:
        self.add(subject, LABEL_OF, Literal(words))

    # identity: the natural keys of ontology.md

    def _mint(self, entry: Commitment | Condition | Claim) -> Iri:
        if isinstance(entry, Commitment):
            folder, key = "commitment", _commitment_key(entry)
        elif isinstance(entry, Condition):
            folder, key = "condition", _condition_key(entry)
        else:
            folder, key = "claim", (*_claim_key(entry), *self._said(entry))
        words = slug(self._label_of(entry))[:48].strip("-")
        return Iri(f"{ID}{folder}/{quote(words, safe='')}-{hashed(*key)[:10]}")

    def _said(self, claim: Claim) -> tuple[str, ...]:
        return (claim.says[0], self.things[claim.says[1]]) if claim.says else ()

    def _statement_iri(self, s: Statement) -> Iri:
        entry = self.things[s.expresses] if s.expresses else ""
        who = [sorted((r.target, _key(r.span)) for r in references) for references in (s.speaker, s.possible_speakers)]
        key = (_spans(s.content), _key(s.cue), who, s.force, entry)
        return Iri(f"{self.iri}/statement/{hashed(*key)}")

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
        return short(entry.text.text)

    def name(self, actor: str) -> str:
        return (self.actors.get(actor) or self.registry.actors[actor]).label

    def _concept_label(self, scheme: str, id: str) -> str:
        known = self.registry.concepts.get(scheme, {}).get(id)
        return known.label if known else id.replace("-", " ")

    # the parts

    def _article(self) -> None:
        a, iri = self.article, self.iri
        self.add(iri, TYPE, Iri(kg("Article")))
        self.label(iri, f"{short(a.title)} ({a.id})" if a.title else a.id)
        for property, value in ((SCHEMA + "headline", a.title), (SCHEMA + "publisher", a.outlet), (SCHEMA + "author", a.author),
                                (SCHEMA + "url", a.url), (SCHEMA + "inLanguage", a.language), (kg("rawFile"), a.file)):  # fmt: skip
            self.add(iri, property, None if value is None else Literal(value))
        self.add(iri, SCHEMA + "datePublished", date_literal(a.published) if a.published else None)
        self.add(iri, kg("publishedInferred"), boolean(True) if a.published_inferred else None)
        self.add(iri, kg("text"), Literal(a.text))
        self.add(iri, kg("sha256"), Literal(a.sha256))
        if a.range:
            self.add(iri, kg("rawStart"), integer(a.range[0]))
            self.add(iri, kg("rawEnd"), integer(a.range[1]))

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
            self.needs[iri][self.condition_mention(iri, self.conditions[needed])] = self.things[needed]
        self.add(iri, kg("fulfilledBy"), self.things[c.fulfilled_by] if c.fulfilled_by else None)

    def _claim(self, c: Claim) -> None:
        iri = self.things[c.id]
        self.add(iri, TYPE, Iri(kg("Claim")))
        self.label(iri, self.claimed[iri])
        self.add(iri, kg("passage"), self.passage(c.text))
        for property, words in (("about", c.about), ("measure", c.measure), ("unit", c.unit)):
            self.add(iri, kg(property), None if words is None else Literal(words))
        self.add(iri, kg("lowest"), None if c.lowest is None else number_literal(c.lowest))
        self.add(iri, kg("highest"), None if c.highest is None else number_literal(c.highest))
        if c.says:
            self.add(iri, kg("says" + c.says[0].capitalize()), self.things[c.says[1]])

    def _statement(self, s: Statement) -> None:
        iri = self.says[s.id]
        self.add(iri, TYPE, Iri(kg("Statement")))
        who = " and ".join(self.name(r.target) for r in s.speaker) or "The article"
        self.label(iri, f"{who} {s.force}: “{short(' … '.join(p.text for p in s.content))}”")
        self.add(iri, kg("reportedIn"), self.iri)
        self.add(iri, kg("force"), Iri(concept("forces", s.force)))
        self.add(iri, kg("mode"), Iri(concept("modes", s.mode)))
        for span in s.content:
            self.add(iri, kg("passage"), self.passage(span))
        if s.content:  # a statement without words is a fault, for a rule to find
            around = sentence_around(self.article.text, min(s.content).start, max(span.end for span in s.content))
            self.add(iri, kg("context"), self.passage(Span.of(self.article.text, *around)))
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
            self.add(iri, kg("saidOn"), date_literal(s.said_on.target) if s.said_on.target else None)
            self.refer(iri, "date", s.said_on, None)
        for property, scheme, bare in (
            ("channel", "channels", s.channel),
            ("stance", "stances", s.stance),
            ("strength", "strengths", s.strength),
        ):
            self.add(iri, kg(property), Iri(concept(scheme, bare)) if bare else None)
        self.add(iri, kg("relayedBy"), self.says[s.relayed_by] if s.relayed_by else None)
        self.add(iri, kg("confidence"), None if s.confidence is None else number_literal(s.confidence))
        self.add(iri, kg("foundBy"), None if s.found_by is None else Literal(s.found_by))
        self.add(iri, kg("inferred"), boolean(True) if s.inferred else None)
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
        self.mention(iri, "claim", claim.text, self.things[id], claim.confidence, claim.found_by, of=id)
        if claim.says and claim.says[1] in self.commitments:
            self.commitment_mentions(iri, self.commitments[claim.says[1]])
        elif claim.says:
            self.condition_mention(iri, self.conditions[claim.says[1]])

    def _attaches(self, iri: Iri, s: Statement) -> None:
        groups: dict[str, list[Iri]] = defaultdict(list)
        for use in s.conditions:
            condition, thing = self.conditions[use.id], self.things[use.id]
            ways = ["triggeredBy"] * (use.role == "trigger") + ["exceptIf"] * (
                use.polarity == "unless"
            )  # both: a fault, for a rule to find
            for way in ways or ["requires"]:
                self.add(iri, kg(way), thing)
            self.add(iri, kg("attaches"), thing)
            mention = self.condition_mention(iri, condition)
            marker, marks = use.marker, thing if use.marker else None
            if marker is None and (use.confidence is not None or use.found_by is not None):
                marker = condition.text  # no words mark it: how sure we are of the link stands on the condition's own
            marked = self.mention(iri, "marker", marker, marks, use.confidence, use.found_by, within=mention)
            self.add(mention, kg("mention"), marked)
            self._names_what(iri, thing)
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
            self.refer(owner, "committer", who, thing_iri("actor", who.target), c.id)
        self.refer(owner, "action", c.action, thing_iri("action", c.action.target), c.id)
        for role, reference in (("beneficiary", c.beneficiary), ("target", c.against)):
            if reference:
                self.refer(owner, role, reference, thing_iri("actor", reference.target), c.id)

    def _names_what(self, owner: Iri, condition: Iri) -> None:
        """The owner mentions whatever the condition depends on in this article, however deep, so that a query need not follow the chain."""
        below, seen = [condition], {condition}
        while below:
            for named, needed in self.needs.get(below.pop(), {}).items():
                self.add(owner, kg("mention"), named)
                if needed not in seen:
                    seen.add(needed)
                    below.append(needed)

    def condition_mention(self, owner: Iri, c: Condition) -> Iri:
        deciders = [(r.target, _key(r.span)) for r in c.by]
        made = self.mention(owner, "condition", c.text, self.things[c.id], c.confidence, c.found_by, within=deciders, of=c.id)
        assert made  # a condition always has words
        for who in c.by:
            actor = thing_iri("actor", who.target)
            self.add(
                made, kg("mention"), self.mention(owner, "decider", who.span, actor, who.confidence, who.found_by, within=made, of=c.id)
            )
        if c.id not in self.inside:  # a circle is a fault, for a rule to find
            self.inside.append(c.id)
            for needed in c.depends_on:
                self.add(made, kg("mention"), self.condition_mention(self.things[c.id], self.conditions[needed]))
            self.inside.pop()
        return made

    def refer(self, owner: Iri, role: str, reference: Reference, to: Iri | None, of: str = "") -> None:
        self.mention(owner, role, reference.span, to, reference.confidence, reference.found_by, of=of)

    def mention(self, owner: Iri, role: str, span: Span | None, to: Iri | None = None, confidence: float | None = None,
                found_by: str | None = None, within: object = "", of: str = "") -> Iri | None:  # fmt: skip
        """The Mention of `owner` with this role, None where no words carry it; `within` keeps apart what is alike, `of` is the
        local id of the entry these are the words of, where that is not the owner itself."""
        if span is None:
            return None
        iri = Iri(f"{self.iri}/mention/{hashed(owner, role, _key(span), to or '', within)}")
        self.came_from[iri] = of or self.came_from.get(owner, "")
        self.add(owner, kg("mention"), iri)
        self.add(iri, TYPE, _iri(kg("Mention")))
        self._selector(iri, span, f"{role}: ")
        self.add(iri, kg("role"), _iri(concept("roles", role)))
        self.add(iri, kg("refersTo"), to)
        self.add(iri, kg("confidence"), None if confidence is None else number_literal(confidence))
        self.add(iri, kg("foundBy"), None if found_by is None else Literal(found_by))
        return iri

    def passage(self, span: Span) -> Iri:
        iri = Iri(f"{self.iri}/passage/{span.start}-{span.end}")
        self._selector(iri, span)
        return iri

    def _selector(self, iri: Iri, span: Span, role: str = "") -> None:
        text = self.article.text
        self.out += (
            (iri, TYPE, _iri(kg("Passage"))),
            (iri, LABEL_OF, Literal(f"{role}“{short(span.text)}”")),
            (iri, _HAS_SOURCE, self.iri),
            (iri, _EXACT, Literal(span.text)),
            (iri, _START, integer(span.start)),
            (iri, _END, integer(span.end)),
            (iri, _PREFIX, Literal(text[max(0, span.start - CONTEXT) : span.start])),
            (iri, _SUFFIX, Literal(text[span.end : span.end + CONTEXT])),
        )

    def concept(self, scheme: str, id: str) -> Iri:
        folder = OPEN_SCHEMES[scheme]
        if id not in self.registry.concepts.get(scheme, {}):
            broader = () if scheme == "places" else broader_of(self.registry, scheme, id)
            made = Concept(id, id.replace("-", " "), broader=broader)
            self.out += concept_triples(scheme, folder, made, ancestors(self.registry, scheme, made))
        return thing_iri(folder.rstrip("/"), id)


def _says_nothing_of_others(entry: Commitment | Condition | Claim) -> bool:
    match entry:
        case Commitment():
            return not entry.part_of
        case Condition():
            return not (entry.depends_on or entry.fulfilled_by)
        case Claim():
            return not entry.says


def _commitment_key(c: Commitment) -> tuple[object, ...]:
    return (
        sorted({r.target for r in c.committer}),
        c.action.target,
        c.beneficiary.target if c.beneficiary else "",
        c.against.target if c.against else "",
    )


def _condition_key(c: Condition) -> tuple[object, ...]:
    return (c.circumstance, sorted({r.target for r in c.by}), c.kind)


def _claim_key(c: Claim) -> tuple[object, ...]:
    # The figures belong to the key: two numbers of one measure are two claims, or they could not contradict each other.
    words = "" if c.about and c.measure else " ".join(c.text.text.casefold().split())
    return (c.about or "", c.measure or "", repr(c.lowest), repr(c.highest), c.unit or "", words)


def _key(span: Span | None) -> list[int]:
    return [span.start, span.end] if span else []


def _spans(spans: Sequence[Span]) -> list[list[int]]:
    return [_key(s) for s in sorted(spans)]


def _interval(c: Claim) -> str:
    if c.lowest is not None and c.highest is not None:
        return f"{c.lowest}" if c.lowest == c.highest else f"{c.lowest} to {c.highest}"
    return f"at least {c.lowest}" if c.lowest is not None else f"at most {c.highest}" if c.highest is not None else "a number"
