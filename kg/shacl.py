"""Shapes -> what breaks them: the part of SHACL Core that `ontology/shapes.ttl` uses, compiled once, asked of plain triples.

    shapes.ttl --read_shapes--> [Shape]        Facts(triples), [Shape] --broken--> (shape, node that breaks it)

pySHACL, which stays the judge in the tests, takes 40 ms of CPU for an article of 900 triples where this takes 2. A shape that says
what is not known here is refused when it is read, so that no rule is passed over. Within a shape the first thing that is wrong is
enough: each shape is one rule with one message.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.triples import Iri, Literal, Triple
from kg.vocabulary import RDF, RDFS, XSD

SH = "http://www.w3.org/ns/shacl#"
TYPE, SUBCLASS = RDF + "type", RDFS + "subClassOf"
Term = Iri | Literal
Test = Callable[["Facts", Term], bool]  # whether a focus node holds to one thing a shape says
Walk = Callable[["Facts", Term], set[Term]]
Said = Mapping[str, list["ox.NamedNode | ox.BlankNode | ox.Literal"]]  # of one node of the shapes graph: property -> values

_NUMBERS = {
    XSD + name: re.compile(pattern, re.ASCII)
    for name, pattern in (
        ("integer", r"[+-]?\d+"), ("decimal", r"[+-]?(\d+(\.\d*)?|\.\d+)"), ("double", r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    )
}  # fmt: skip
_DATES = {
    XSD + name: re.compile(rf"({pattern})(Z|[+-]\d\d:\d\d)?", re.ASCII)
    for name, pattern in (("date", r"\d{4}-\d\d-\d\d"), ("gYearMonth", r"\d{4}-\d\d"), ("gYear", r"\d{4}"))
}


class Facts:
    """A graph, to be looked up from both ends (of a literal no shape asks whose it is)."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.objects: defaultdict[str, defaultdict[Term, set[Term]]] = defaultdict(lambda: defaultdict(set))
        self._subjects: dict[str, defaultdict[Term, set[Term]]] = {}
        self._instances: dict[str, set[Term]] = {}
        objects = self.objects
        for s, p, o in triples:
            objects[p][s].add(o)

    def subjects(self, property: str) -> Mapping[Term, set[Term]]:
        """The values of a property, each with whose it is: turned round when first asked for, as few properties are."""
        if property not in self._subjects:
            found = self._subjects[property] = defaultdict(set)
            for subject, values in self.objects[property].items():
                for value in values:
                    if isinstance(value, Iri):
                        found[value].add(subject)
        return self._subjects[property]

    def instances(self, cls: str) -> set[Term]:
        """What is of a class, or of one below it."""
        if cls not in self._instances:
            found: set[Term] = set()
            below, done = [Iri(cls)], set[Term]()
            while below:
                name = below.pop()
                if name not in done:
                    done.add(name)
                    found |= self.subjects(TYPE).get(name, set())
                    below += (Iri(str(narrower)) for narrower in self.subjects(SUBCLASS).get(name, ()))
            self._instances[cls] = found
        return self._instances[cls]


class Shape(NamedTuple):
    """One shape with targets: its IRI, the instances and the subjects it looks at, what these must hold to, and all that is said of it."""

    iri: str
    classes: tuple[str, ...]
    properties: tuple[str, ...]
    test: Test
    said: Said


def read_shapes(path: Path) -> list[Shape]:
    """The shapes in a Turtle file that have targets; raises ValueError where one says what is not known here."""
    said: defaultdict[object, defaultdict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
        said[quad.subject][quad.predicate.value].append(quad.object)
    return list(_Reader(said).shapes())


def broken(facts: Facts, shapes: Iterable[Shape]) -> Iterator[tuple[str, str]]:
    """The IRI of each shape with each node that breaks it.

    >>> from kg.resources import folder
    >>> claim = (Iri("x:c"), Iri(TYPE), Iri("https://w3id.org/proviso#Claim"))
    >>> [shape.partition("#")[2] for shape, _ in broken(Facts([claim]), read_shapes(folder("ontology") / "shapes.ttl"))]
    ['claim-unexpressed', 'no-label']
    """
    for shape in shapes:
        instances = {node for cls in shape.classes for node in facts.instances(cls)}
        for node in instances.union(*(facts.objects[property] for property in shape.properties)):
            if not shape.test(facts, node):
                yield shape.iri, node.value if isinstance(node, Literal) else node


class _Reader:
    """A shapes graph on its way to tests."""

    def __init__(self, said: Mapping[object, Said]) -> None:
        self.said = said

    def shapes(self) -> Iterator[Shape]:
        """Those with targets, by IRI."""
        for node in sorted((n for n in self.said if isinstance(n, ox.NamedNode)), key=str):
            said = self.said[node]
            classes, properties = (tuple(t.value for t in said.get(SH + name, ())) for name in ("targetClass", "targetSubjectsOf"))
            if classes or properties:
                yield Shape(node.value, classes, properties, self._shape(node), said)

    def _shape(self, node: object) -> Test:
        """What a shape says: of the node itself, or where it has a path, of all that is at its end."""
        said = dict(self.said[node])
        find = self._path(said.pop(SH + "path")[0]) if SH + "path" in said else lambda facts, focus: {focus}
        tests: list[Callable[[Facts, Term, set[Term]], bool]] = []
        for name, values in said.items():
            if name.startswith(SH) and name.removeprefix(SH) not in _ASIDE:
                make = getattr(self, "on" + re.sub("^|[A-Z]", lambda m: "_" + m[0].lower(), name.removeprefix(SH)), None)
                if not make:
                    raise ValueError(f"{node} says {name}, which is not known here")
                tests += [make(value, said) for value in values]

        def holds(facts: Facts, focus: Term) -> bool:
            values = find(facts, focus)
            for test in tests:  # noqa: SIM110  all that is checked goes through here, and a generator takes half as long again
                if not test(facts, focus, values):
                    return False
            return True

        return holds

    def _path(self, node: ox.NamedNode | ox.BlankNode | ox.Literal) -> Walk:
        if isinstance(node, ox.NamedNode):
            property = node.value
            return lambda facts, focus: facts.objects[property].get(focus, set())
        said = self.said[node]
        if list(said) == [SH + "alternativePath"]:
            ways = [self._path(one) for one in self._list(said[SH + "alternativePath"][0])]
            return lambda facts, focus: set().union(*(way(facts, focus) for way in ways))
        if list(said) == [SH + "inversePath"]:
            return self._inverse(said[SH + "inversePath"][0])
        raise ValueError(f"a path with {', '.join(said)} is not known here")

    def _inverse(self, node: ox.NamedNode | ox.BlankNode | ox.Literal) -> Walk:
        names = [node] if isinstance(node, ox.NamedNode) else self._list(self.said[node][SH + "alternativePath"][0])
        properties = [name.value for name in names if isinstance(name, ox.NamedNode)]
        if len(properties) < len(names):
            raise ValueError("the inverse of a path of paths is not known here")
        return lambda facts, focus: set().union(*(facts.subjects(property).get(focus, ()) for property in properties))

    def _list(self, head: object) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        found = []
        while head != ox.NamedNode(RDF + "nil"):
            found += self.said[head][RDF + "first"]
            head = self.said[head][RDF + "rest"][0]
        return found

    # What a shape can say, each under its name in SHACL: the value said -> a test of a focus node and the values at its path's end.

    def on_min_count(self, value: ox.Literal, _: Said) -> Callable[..., bool]:
        least = int(value.value)
        return lambda facts, focus, values: len(values) >= least

    def on_max_count(self, value: ox.Literal, _: Said) -> Callable[..., bool]:
        most = int(value.value)
        return lambda facts, focus, values: len(values) <= most

    def on_min_inclusive(self, value: ox.Literal, _: Said) -> Callable[..., bool]:
        least = _term(value)
        return lambda facts, focus, values: all(_ordered(least, v, True) for v in values)

    def on_max_inclusive(self, value: ox.Literal, _: Said) -> Callable[..., bool]:
        most = _term(value)
        return lambda facts, focus, values: all(_ordered(v, most, True) for v in values)

    def on_less_than(self, other: ox.NamedNode, _: Said) -> Callable[..., bool]:
        find = self._path(other)
        return lambda facts, focus, values: all(_ordered(v, o, False) for v in values for o in find(facts, focus))

    def on_less_than_or_equals(self, other: ox.NamedNode, _: Said) -> Callable[..., bool]:
        find = self._path(other)
        return lambda facts, focus, values: all(_ordered(v, o, True) for v in values for o in find(facts, focus))

    def on_disjoint(self, other: ox.NamedNode, _: Said) -> Callable[..., bool]:
        find = self._path(other)
        return lambda facts, focus, values: values.isdisjoint(find(facts, focus))

    def on_equals(self, other: ox.NamedNode, _: Said) -> Callable[..., bool]:
        find = self._path(other)
        return lambda facts, focus, values: values == find(facts, focus)

    def on_in(self, head: object, _: Said) -> Callable[..., bool]:
        allowed = {_term(one) for one in self._list(head)}
        return lambda facts, focus, values: values <= allowed

    def on_has_value(self, value: ox.NamedNode | ox.Literal, _: Said) -> Callable[..., bool]:
        wanted = _term(value)
        return lambda facts, focus, values: wanted in values

    def on_class(self, cls: ox.NamedNode, _: Said) -> Callable[..., bool]:
        name = cls.value
        return lambda facts, focus, values: values <= facts.instances(name)

    def on_datatype(self, datatype: ox.NamedNode, _: Said) -> Callable[..., bool]:
        if datatype.value not in (*_DATES, *_NUMBERS):
            raise ValueError(f"the values of {datatype.value} are not known here")
        return lambda facts, focus, values: all(_is(v, datatype.value) for v in values)

    def on_or(self, head: object, _: Said) -> Callable[..., bool]:
        some = [self._shape(one) for one in self._list(head)]
        return lambda facts, focus, values: all(any(test(facts, v) for test in some) for v in values)

    def on_not(self, shape: object, _: Said) -> Callable[..., bool]:
        test = self._shape(shape)
        return lambda facts, focus, values: not any(test(facts, v) for v in values)

    def on_property(self, shape: object, _: Said) -> Callable[..., bool]:
        test = self._shape(shape)

        def holds(facts: Facts, focus: Term, values: set[Term]) -> bool:
            for value in values:  # noqa: SIM110  as in `_shape`
                if not test(facts, value):
                    return False
            return True

        return holds

    def on_qualified_min_count(self, value: ox.Literal, said: Said) -> Callable[..., bool]:
        test, least = self._shape(said[SH + "qualifiedValueShape"][0]), int(value.value)
        return lambda facts, focus, values: sum(test(facts, v) for v in values) >= least

    def on_qualified_max_count(self, value: ox.Literal, said: Said) -> Callable[..., bool]:
        test, most = self._shape(said[SH + "qualifiedValueShape"][0]), int(value.value)
        return lambda facts, focus, values: sum(test(facts, v) for v in values) <= most


_ASIDE = ("targetClass", "targetSubjectsOf", "severity", "message", "qualifiedValueShape")  # said of a shape, and no test by itself


def _term(value: ox.NamedNode | ox.BlankNode | ox.Literal) -> Term:
    return Literal(value.value, value.datatype.value) if isinstance(value, ox.Literal) else Iri(value.value)


def _is(value: Term, datatype: str) -> bool:
    """Whether this is a well-formed value of the datatype."""
    return isinstance(value, Literal) and value.datatype == datatype and (_number(value) is not None or _day(value) is not None)


def _ordered(low: Term, high: Term, equal: bool) -> bool:
    """Whether the one comes before the other, or where `equal` is said is the same; what cannot be compared does not."""
    for read in (_number, _day, _string):
        one, other = read(low), read(high)
        if one is not None and other is not None:
            return one < other or (equal and one == other)  # type: ignore[operator]  # both of one kind
    return False


@lru_cache(10_000)
def _number(value: Term) -> Decimal | None:
    form = _NUMBERS.get(value.datatype) if isinstance(value, Literal) else None
    return Decimal(value.value) if form and isinstance(value, Literal) and form.fullmatch(value.value) else None


@lru_cache(10_000)
def _day(value: Term) -> date | None:
    """The first day of a date, a month or a year."""
    form = _DATES.get(value.datatype) if isinstance(value, Literal) else None
    found = form.fullmatch(value.value) if form and isinstance(value, Literal) else None
    try:
        return date.fromisoformat((found[1] + "-01-01")[:10]) if found else None
    except ValueError:
        return None


def _string(value: Term) -> str | None:
    return value.value if isinstance(value, Literal) and value.datatype == XSD + "string" else None
