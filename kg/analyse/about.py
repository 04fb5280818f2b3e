"""All that is known of one thing, as a tree whose leaves are the exact words.

    name --find--> IRI --about--> Node --to_text--> what is printed

A node says what it is to the node above it: Germany has a `commitment`, which has a `statement`, which `requires` a
condition. What a statement attaches is shown as its own article has it, never as another article words it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from kg.analyse.told import CLASSES, Told
from kg.analyse.tree import Node, Value, Values, one_line, to_text
from kg.errors import UsageError
from kg.query import matching, names, nearest
from kg.store.embedded import Store
from kg.vocabulary import ID, OA, PROV, RDF, SCHEMA, SKOS, kg

__all__ = ["Node", "about", "to_text"]

SHOWN = 20  # candidates of an ambiguous name
DEMANDS = {"demands", "asks"}
LONGEST = 100  # links of a chain of conditions, or of parts, that are followed; an article can be written to have more

# Property -> what the thing at its other end is to this one; ^ where that one has the property.
BINDS = {"requires": "requires", "exceptIf": "except if", "triggeredBy": "triggered by"}
SAYS = {"saysMet": "says met", "saysFailed": "says failed", "saysKept": "says kept", "saysBroken": "says broken"}
HEARD = {"^speaker": "said", "^onBehalfOf": "said for it", "^possibleSpeaker": "may have said", "^addressee": "told"}
COMMITMENT = {"committer": "committer", "action": "action", "beneficiary": "for", "against": "against"}
CONDITION = {"circumstance": "circumstance", "decidedBy": "decided by", "^dependsOn": "needed by", "fulfilledBy": "fulfilled by"}
STATEMENT = {
    "speaker": "speaker", "possibleSpeaker": "possible speaker", "onBehalfOf": "on behalf of", "addressee": "addressee",
    "onlyIn": "only in", "notIn": "not in",
}  # fmt: skip

# What is shown of a thing in its own line: name -> property.
ARTICLE_VALUES = {
    "headline": SCHEMA + "headline", "outlet": SCHEMA + "publisher", "author": SCHEMA + "author", "published": SCHEMA + "datePublished",
    "published_inferred": "publishedInferred", "language": SCHEMA + "inLanguage", "url": SCHEMA + "url", "file": "rawFile",
}  # fmt: skip
CLAIM_VALUES = {"about": "about", "measure": "measure", "lowest": "lowest", "highest": "highest", "unit": "unit"}
HOW = {"stance": "stance", "strength": "strength", "force": "force", "mode": "mode", "channel": "channel", "said_on": "saidOn"}
SURE = {"inferred": "inferred", "confidence": "confidence", "found_by": "foundBy"}
READING = {"version": "annotatorVersion", "reviewed": "reviewed", "read": PROV + "endedAtTime", "ended": PROV + "invalidatedAtTime"}


def about(store: Store, name: str) -> Node:
    """All about what the name means: a label, another name, an id, an IRI; accents and capitals do not count.

    Of an actor and other things of one name the actor is meant. Raises UsageError where nothing is, or several are.

    >>> from kg.store.embedded import memory
    >>> about(memory(), "Germany")
    Traceback (most recent call last):
    kg.errors.UsageError: 'Germany' is not the name of anything in this store
      try: give the name of an actor, or the label or id of anything an answer shows
    """
    iri, cls, others = _find(store, name)
    reader = _Reader(store)
    found: Node = getattr(reader, cls.lower())(iri)
    same = [reader.thing(other, "same name", values=(("id", other.replace(ID, "id:")),)) for other in others]
    return replace(found, children=(*_note(reader.machine, found), *same, *found.children))


def _find(store: Store, name: str) -> tuple[str, str, list[str]]:
    """The IRI, its class, and the other things of that name."""
    known: set[str] = set()
    for classes in ([cls for cls in CLASSES if cls != "Statement"], ["Statement"]):
        named = {cls: names(store, cls, CLASSES[cls]) for cls in classes}
        class_of = {iri: cls for cls, pairs in named.items() for iri, _ in pairs}
        ends = {(iri, iri.rpartition("/")[2]) for iri in class_of}
        found = matching(set().union(ends, *named.values()), name)
        chosen = [iri for iri in found if class_of[iri] == "Actor"] if len(found) > 1 else found
        if len(chosen) == 1:
            return chosen[0], class_of[chosen[0]], [iri for iri in found if iri != chosen[0]]
        if found:
            raise _ambiguous(store, name, {iri: class_of[iri] for iri in found})
        known |= {one_line(pair[1]) for pairs in named.values() for pair in pairs}
    hint = nearest(name, known, "give the name of an actor, or the label or id of anything an answer shows")
    raise UsageError(f"{name!r} is not the name of anything in this store", "", hint)


def _ambiguous(store: Store, name: str, found: Mapping[str, str]) -> UsageError:
    labels = store.labels(found)
    shown = [f"{one_line(labels.get(i, i))} ({cls.lower()}, {i.replace(ID, 'id:')})" for i, cls in list(found.items())[:SHOWN]]
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return UsageError(f"{name!r} is the name of {len(found)} things", "", f"say which by its id: {'; '.join(shown)}{more}")


def _note(machine: set[str], node: Node) -> Iterator[Node]:
    """A sentence that says how many of the readings shown no person has reviewed; none where all were."""
    articles = {n.iri if n.kind == "article" else n.article for n in node.all() if n.article or n is node} - {""}
    count = len(articles & machine)
    if count or any(n.unreviewed for n in node.all()):
        yield Node(
            f"no person has reviewed {count} of the {len(articles)} readings this rests on"
            if count
            else "no person has reviewed the reading this rests on",
            "note",
        )


class _Reader(Told):
    """Makes the nodes: one method of its name for each of `CLASSES`, after those that make their parts."""

    # words

    def words(self, passage: str) -> dict[str, Any]:
        """The quote and offsets of a passage, as a node has them."""
        found = dict(self.values(passage, {"quote": OA + "exact", "start": OA + "start", "end": OA + "end"}))
        return {"quote": str(found.get("quote", ""))} | {k: v for k in ("start", "end") if isinstance(v := found.get(k), int)}

    def evidence(self, owner: str, of: str, article: str) -> dict[str, Any]:
        """The words in which an owner's mention names a condition or claim, and their article."""
        said = [m for m in self.links(owner, "mention", article) if of in self.links(m, "refersTo")]
        found = [self.words(m) for m in said if self.literals(m, "role") in (["condition"], ["claim"])]
        best = min(found, key=_start, default={})
        return {**best, "article": article, "article_label": self.label(article)} if best else {}

    def mentions(self, s: str) -> list[Node]:
        found = []
        for m in self.links(s, "mention"):
            to = next(iter(self.links(m, "refersTo")), "")
            values = self.values(m, {"names": "role", **SURE})
            found.append(Node(self.label(to) if to else "", "mention", "mention", m, values, **self.words(m)))
        return sorted(found, key=lambda n: (n.start or 0, n.end or 0, n.iri))

    # conditions and statements, as others have them

    def bound(self, c: str, role: str, article: str, owner: str, values: Values, seen: set[str]) -> Node:
        """A condition where its owner (a statement, or another condition) names it, with the chain it hangs on there."""
        below = list(self.things(c, {"decidedBy": "decided by"}))
        if c not in seen and len(seen) < LONGEST:
            below += self.needs(c, article, seen)
        elif self.links(c, "dependsOn", article):
            values = (*values, ("chain", "shown above" if c in seen else "too long to show"))
        return self.thing(c, role, [article], values=values, children=tuple(below), **self.evidence(owner, c, article))

    def needs(self, c: str, article: str, seen: set[str]) -> Iterator[Node]:
        """What a condition depends on, as one article says, or each that says so; `seen` are those whose chain is shown."""
        seen.add(c)
        for needed, graphs in self.links(c, "dependsOn", article).items():
            for graph in sorted(graphs):
                yield self.bound(needed, "depends on", graph, c, (), seen)

    def binding(self, s: str) -> Iterator[Node]:
        """The conditions a statement attaches, and how they bind."""
        groups = [list(self.links(group, "member")) for group in self.links(s, "anyOf")]
        seen: set[str] = set()
        for term, role in BINDS.items():
            for c in self.links(s, term):
                either = tuple(("one_of", tuple(map(self.label, group))) for group in groups if c in group)
                yield self.bound(c, role, self.source(s), s, either, seen)

    def source(self, s: str) -> str:
        return next(iter(self.links(s, "reportedIn")), "")

    def said(self, statements: Iterable[str], role: str = "statement", brief: bool = False) -> list[Node]:
        """Statements in the order of articles and of their text."""
        return sorted((self.statement(s, role, brief) for s in statements), key=lambda n: (n.article_label, n.article, n.start or 0, n.iri))

    def statement(self, s: str, role: str = "", brief: bool = False) -> Node:
        """A statement with its sentence; `brief` leaves out all but what it expresses, without a role nothing is left out."""
        article, whole = self.source(s), not role
        passages = sorted((self.words(p) for p in self.links(s, "passage")), key=_start)
        sentence = next((self.words(p) for p in self.links(s, "context")), None) or (passages[0] if passages else {"quote": ""})
        below = [Node("", "words", **w) for w in passages if not brief]
        for thing, graphs in self.links(s, "expresses").items():
            below.append(self.thing(thing, "expresses", graphs, **({} if brief else self.evidence(s, thing, article))))
        if not brief:
            below += [*self.things(s, STATEMENT), *self.binding(s)]
            below += [*self.said(self.links(s, "relayedBy"), "relayed by", True), *self.said(self.links(s, "^relayedBy"), "relays", True)]
        below += self.mentions(s) if whole else []
        values = (*self.values(s, HOW), *self.by_whom(s), *self.values(s, SURE))
        where = {**sentence, "article": article, "article_label": self.label(article)}
        return self.thing(s, role, [article], values=values, children=tuple(below), **where)

    def by_whom(self, s: str) -> Iterator[tuple[str, Value]]:
        """Whether a stance is the committer's own, by the rule of `queries/derive/first-hand.rq`."""
        committers = {actor for thing in self.links(s, "expresses") for actor in self.links(thing, "committer")}
        if committers and self.links(s, "stance"):
            own = committers & {*self.links(s, "speaker"), *self.links(s, "onBehalfOf")}
            yield "said_by", "the committer" if own else "others (ascribed)"

    def demands(self, c: str, asked: bool) -> list[str]:
        """The statements that express a commitment: those that ask for it, or all the others."""
        return [s for s in self.links(c, "^expresses") if asked == bool(DEMANDS.intersection(map(str, self.literals(s, "force"))))]

    # what can be shown

    def actor(self, iri: str) -> Node:
        made = list(self.links(iri, "^committer"))
        below = [*self.names(iri), *self.things(iri, {"memberOf": "member of", "^memberOf": "member"})]
        below += [*self.tenures(iri, "^holder", "officeOf", "office"), *self.tenures(iri, "^officeOf", "holder", "office-holder")]
        below += [self.commitment(c, "commitment") for c in made if self.demands(c, False) or not self.demands(c, True)]
        below += [node for c in made for node in self.said(self.demands(c, True), "demanded of it")]
        below += self.things(iri, {"^beneficiary": "for it", "^against": "against it"})
        below += [self.condition(c, "decides") for c in self.links(iri, "^decidedBy")]
        below += [node for term, role in HEARD.items() for node in self.said(self.links(iri, term), role, True)]
        return self.thing(iri, "", self.links(iri, RDF + "type").get(kg("Actor"), ()), children=tuple(below))

    def commitment(self, c: str, role: str = "") -> Node:
        below = [*self.things(c, COMMITMENT), *self.wholes(c, {c}), *self.things(c, {"^partOf": "part"})]
        said = [*self.said(self.demands(c, False)), *([] if role else self.said(self.demands(c, True), "demand"))]
        below += [replace(s, children=tuple(n for n in s.children if n.iri != c)) for s in said]  # what they express stands above
        return self.thing(c, role, children=(*below, *self.things(c, {"^fulfilledBy": "brings about"}), *self.reports(c)))

    def condition(self, c: str, role: str = "") -> Node:
        below = [*self.things(c, CONDITION), *self.needs(c, "", set())]
        below += [node for term, way in BINDS.items() for node in self.said(self.links(c, "^" + term), f"{way} it", True)]
        return self.thing(c, role, values=self.values(c, {"condition_kind": "kind"}), children=(*below, *self.reports(c)))

    def claim(self, iri: str) -> Node:
        below = [*self.things(iri, SAYS), *self.said(self.links(iri, "^expresses"))]
        return self.thing(iri, values=self.values(iri, CLAIM_VALUES), children=tuple(below))

    def article(self, iri: str) -> Node:
        below = [*self.readings(iri), *self.said(self.links(iri, "^reportedIn"))]
        return self.thing(iri, "", [iri], values=self.values(iri, ARTICLE_VALUES), children=tuple(below))

    def concept(self, iri: str, role: str = "", shown: set[str] | None = None) -> Node:
        """An action, circumstance or place, what uses it, and the same of all that is narrower."""
        below = [*self.names(iri), *self.things(iri, {SKOS + "broader": "broader", "^action": "commitment"})]
        below += [self.condition(c, "condition") for c in self.links(iri, "^circumstance")]
        below += [*self.said(self.links(iri, "^onlyIn"), "only in it", True), *self.said(self.links(iri, "^notIn"), "not in it", True)]
        shown = {iri} if shown is None else shown  # each once: a circle in a user's own registry does no harm
        for narrower in self.links(iri, "^" + SKOS + "broader"):
            if narrower not in shown:
                shown.add(narrower)
                below.append(self.concept(narrower, "narrower", shown))
        return self.thing(iri, role, children=tuple(below))

    action = circumstance = place = concept

    # their parts

    def names(self, iri: str) -> list[Node]:
        return [Node(str(name), "other name") for name in self.literals(iri, SKOS + "altLabel")]

    def tenures(self, iri: str, here: str, there: str, role: str) -> Iterator[Node]:
        for tenure in self.links(iri, here):
            values = self.values(tenure, {"office": "office", "since": "from", "until": "to"})
            yield from (replace(node, values=values) for node in self.things(tenure, {there: role}))

    def wholes(self, c: str, seen: set[str]) -> Iterator[Node]:
        """What a commitment is part of, with the conditions that bind the whole, since they bind its parts too."""
        for whole, graphs in self.links(c, "partOf").items():
            bound = [node for s in self.links(whole, "^expresses") if self.links(s, "stance") for node in self.binding(s)]
            shown = whole in seen or len(seen) > LONGEST
            seen.add(whole)
            above = [] if shown else list(self.wholes(whole, seen))
            yield replace(self.thing(whole, "part of", graphs), children=(*bound, *above))

    def reports(self, iri: str) -> list[Node]:
        """Statements that say a condition was met or failed, a commitment kept or broken."""
        told = [(q, role) for term, role in SAYS.items() for q in self.links(iri, "^" + term)]
        return [node for q, role in told for node in self.said(self.links(q, "^expresses"), role, True)]

    def readings(self, article: str) -> list[Node]:
        """Who read the article and when: the reading in force, then earlier ones, the newest first."""
        found = []
        for r in self.links(article, "^annotates"):
            values = self.values(r, READING)
            by = tuple(("replaced_by", self.label(later)) for later in self.links(r, "supersededBy"))
            who, role = " and ".join(map(str, self.literals(r, "annotator"))), "earlier reading" if "ended" in dict(values) else "reading"
            found.append(Node(who, role, "annotation", r, (*values, *by)))
        return sorted(sorted(found, key=lambda n: str(dict(n.values).get("read", "")), reverse=True), key=lambda n: n.role != "reading")


def _start(words: Mapping[str, Any]) -> tuple[int, int]:
    return words.get("start", 0), words.get("end", 0)
