"""What a store tells of a thing: its links, literals and label, each with the graphs that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from kg.analyse.tree import Node, Value, Values
from kg.query import read_by_machine
from kg.store.embedded import Store, Term
from kg.vocabulary import ACTOR_KINDS, KG, RDF, RDFS, kg, word

Links = dict[str, set[str]]  # IRI -> the graphs that link it

# Class -> the folder of its ids: what can be shown. Statements are many, and looked up last.
CLASSES = {
    "Actor": "actor/", "Commitment": "commitment/", "Condition": "condition/", "Claim": "claim/", "Article": "article/",
    "Action": "action/", "Circumstance": "circumstance/", "Place": "place/", "Statement": "article/",
}  # fmt: skip


class Told:
    """A store, read thing by thing; `machine` are the articles of which no reading in force is known that a person has reviewed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._told: dict[str, list[tuple[str, Term, str]]] = {}
        self.machine, _ = read_by_machine(store)

    def out(self, iri: str, term: str) -> list[tuple[Term, str]]:
        """What a thing has for a property (an IRI, or a word of `kg:`), each with the graph that says so."""
        if iri not in self._told:
            rows = self.store.select(f"SELECT ?p ?o ?g {{ GRAPH ?g {{ {ox.NamedNode(iri)} ?p ?o }} }}")
            self._told[iri] = [(_text(p), o, _text(g)) for p, o, g in rows if o is not None]
        return [(o, g) for p, o, g in self._told[iri] if p == _property(term)]

    def links(self, iri: str, term: str, graph: str = "") -> Links:
        """The things a thing is linked to, or with ^ before the property is linked from, as one graph says or any."""
        if term.startswith("^"):
            text = f"SELECT ?s ?g {{ GRAPH ?g {{ ?s {ox.NamedNode(_property(term[1:]))} {ox.NamedNode(iri)} }} }}"
            pairs = [(s, _text(g)) for s, g in self.store.select(text)]
        else:
            pairs = [*self.out(iri, term)]
        found: Links = {}
        for thing, where in pairs:
            if isinstance(thing, ox.NamedNode) and graph in ("", where):
                found.setdefault(thing.value, set()).add(where)
        return dict(sorted(found.items(), key=lambda link: (self.label(link[0]), link[0])))

    def literals(self, iri: str, term: str) -> list[Value]:
        """The literals of a property, and the words of closed schemes, in order."""
        plain = {self.word(o.value) if isinstance(o, ox.NamedNode) else _plain(o) for o, _ in self.out(iri, term)}
        return sorted(plain, key=lambda value: (str(value).casefold(), str(value)))

    def values(self, iri: str, terms: Mapping[str, str]) -> Values:
        """Name and value of each property that has one; of several the first."""
        found = ((name, self.literals(iri, term)) for name, term in terms.items())
        return tuple((name, values[0]) for name, values in found if values and values[0] != "")

    def label(self, iri: str) -> str:
        return min((_text(o) for o, _ in self.out(iri, RDFS + "label")), default=iri)

    def word(self, iri: str) -> str:
        try:
            return word(iri)
        except ValueError:  # in another's data
            return self.label(iri)

    def thing(self, iri: str, role: str = "", graphs: Iterable[str] = (), **more: Any) -> Node:
        """A thing by its label; marked where every graph that says so is a reading no person has reviewed."""
        types, graphs = {t.removeprefix(KG) for t in self.links(iri, RDF + "type")}, set(graphs)
        kinds = [words for words, cls in ACTOR_KINDS.items() if cls in types]  # narrower ones come later
        kind = kinds[-1] if kinds else next((cls.lower() for cls in CLASSES if cls in types), "")
        return Node(self.label(iri), role, kind, iri, unreviewed=bool(graphs) and graphs <= self.machine, **more)

    def things(self, iri: str, roles: Mapping[str, str]) -> list[Node]:
        """What a thing is linked to, in the order of the roles."""
        return [self.thing(found, role, graphs) for term, role in roles.items() for found, graphs in self.links(iri, term).items()]


def _property(term: str) -> str:
    return term if ":" in term else kg(term)


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _plain(term: Term) -> Value:
    """A literal as Python has it; what is no number although it says so stays text."""
    kind = term.datatype.value.rpartition("#")[2] if isinstance(term, ox.Literal) else ""
    text = _text(term)
    try:
        return text == "true" if kind == "boolean" else int(text) if kind == "integer" else float(text) if kind == "decimal" else text
    except ValueError:
        return text
