"""The triples of an article's graph -> the annotation they were made from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from kg.model import Actor, Annotation, Annotator, Article, Claim, Commitment, Condition, ConditionUse, Number, Reference, Span, Statement
from kg.triples.terms import LABEL_OF, TYPE, Iri, Literal, Term, Triple, thing_id
from kg.vocabulary import ACTOR_KINDS, OA, SCHEMA, SKOS, kg, word

Entry = TypeVar("Entry", Commitment, Condition, Claim)


def from_triples(triples: Iterable[Triple]) -> tuple[Article, Annotation]:
    """The article and its annotation back from its graph (and, where given, its annotation's provenance).

    Ids come back as s1, c1, k1, q1, … in text order; entries that are equal come back once. Raises KeyError or
    ValueError on a graph that `to_triples` did not write.
    """
    return _Reader(triples).read()


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
        self.inside: list[Iri] = []  # the mentions of conditions whose needs are being read
        self.needed = {m for c in self._of_type("Condition") for m in self.iris(c, kg("mention"))}

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
                return Annotator(
                    self.value(node, kg("annotator")) or "",
                    self.value(node, kg("annotatorVersion")) or "",
                    self.value(node, kg("reviewed")) == "true",
                )
        return Annotator("")

    def _actors(self) -> tuple[Actor, ...]:
        kinds = {kg(name): kind for kind, name in ACTOR_KINDS.items()}
        out = []
        for iri in self._of_type("Actor"):
            types = [kinds[t] for t in self.iris(iri, TYPE) if t in kinds]
            kind = "institution" if set(types) == {"institution"} else next(k for k in sorted(types) if k != "institution")
            aliases = tuple(sorted(self.values(iri, SKOS + "altLabel")))
            out.append(
                Actor(
                    thing_id(iri),
                    self.value(iri, LABEL_OF) or "",
                    kind,
                    aliases,
                    tuple(sorted(map(thing_id, self.iris(iri, kg("memberOf"))))),
                )
            )
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
        worded = sorted(
            (r for r in map(self._reference, self.mentions(owner, role)) if r.target in wanted), key=lambda r: (r.span, r.target)
        )
        return (*worded, *(Reference(t) for t in sorted(wanted - {r.target for r in worded})))

    def _statement(self, iri: Iri) -> tuple[Iri, Statement]:
        def people(role: str, property: str) -> tuple[Reference, ...]:
            return self.references(iri, role, self.iris(iri, kg(property)))

        date = self.value(iri, kg("saidOn"))
        dated = next(
            (replace(self._reference(m), target=date or "") for m in self.mentions(iri, "date")), Reference(date) if date else None
        )
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
        says = next(
            ((verb, o) for verb in ("met", "failed", "kept", "broken") for o in self.iris(thing, kg("says" + verb.capitalize()))), None
        )
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

    def _condition_mentions(self, statement: Iri, thing: Iri) -> list[Iri]:
        """The words of a statement for a condition; not those that name what some condition depends on, which are that condition's too."""
        own = (m for m in self.mentions(statement, "condition") if m not in self.needed)
        return [m for m in own if thing in self.iris(m, kg("refersTo"))]

    def _condition(self, mention: Iri) -> str:
        thing = self.iris(mention, kg("refersTo"))[0]
        fulfilled = next(iter(self.iris(thing, kg("fulfilledBy"))), None)
        known = self.bare(thing, kg("kind")) or ""
        by = self.references(mention, "decider", self.iris(thing, kg("decidedBy")))
        if mention in self.inside:
            raise ValueError(f"{thing} depends on itself")
        self.inside.append(mention)
        needed = tuple(sorted(self._condition(child) for child in self.mentions(mention, "condition")))
        self.inside.pop()
        circumstance = thing_id(self.iris(thing, kg("circumstance"))[0])
        made = Condition(
            "",
            self._span(mention),
            circumstance,
            known,
            by,
            needed,
            fulfilled,
            self._confidence(mention),
            self.value(mention, kg("foundBy")),
        )
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
                    if marked and not self.iris(marked, kg("refersTo")):  # only there to carry how sure the link is
                        marker = None
                    sure, found = (self._confidence(marked), self.value(marked, kg("foundBy"))) if marked else (None, None)
                    out.append(
                        (
                            self._span(mention),
                            ConditionUse(self._condition(mention), polarity, role, marker, groups.get(thing), sure, found),
                        )
                    )
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

    def start(c: Commitment) -> float:
        """Where its first words are; after all others where it has none."""
        return min((r.span.start for r in (*c.committer, c.action, c.beneficiary, c.against) if r and r.span), default=math.inf)

    c_entry, c_thing, c_list = number("c", commitments, start)
    k_entry, k_thing, k_list = number("k", conditions, lambda c: c.text)
    q_entry, _, q_list = number("q", claims, lambda c: c.text)
    ordered = sorted(statements, key=lambda pair: (pair[1].content, repr(replace(pair[1], relayed_by=None)), pair[0]))
    s_thing: dict[str, str] = {iri: f"s{n}" for n, (iri, _) in enumerate(ordered, 1)}
    either = {**c_entry, **q_entry}
    either_thing: dict[str, str] = {**k_thing, **c_thing}

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
            replace(c, id=k_entry[repr(c)], depends_on=tuple(sorted(k_entry[d] for d in c.depends_on)), fulfilled_by=c_thing[c.fulfilled_by] if c.fulfilled_by else None)
            for c in k_list
        ),
        tuple(replace(c, id=q_entry[repr(c)], says=(c.says[0], either_thing[c.says[1]]) if c.says else None) for c in q_list),
        actors,
    )  # fmt: skip
