"""What is derived from the articles, a named graph for each rule: all of it, or what the articles that changed can touch.

    store --derivations--> rule -> its triples --derive--> kg:derived/RULE

The rules are queries in `queries/derive/` and, where texts are compared, which no query does, code in `kg/analyse`. What has changed
since all was derived is told by the journal; a graph then keeps what `kg.analyse.touched` does not name, and gets the rest anew.
The outcome is the same as from all, triple by triple; a test holds it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from kg.analyse.disagreements import disagreement_triples, disagreements_near
from kg.analyse.origins import origin_triples
from kg.analyse.readings import among
from kg.analyse.touched import Touched, origins_told, touch
from kg.analyse.utterances import find_uttered, utterance_triples, utterances_near
from kg.query import list_queries
from kg.store.embedded import Replacement, Store, Writer, digest_of_lines, lines_of
from kg.vocabulary import DERIVED_GRAPH

FEW = 4  # articles may have changed up to one in so many; of more all is derived
ONLY = "# VALUES ?commitment"  # in a rule: where it can be asked of some commitments alone


def derive(store: Writer, when: str) -> list[str]:
    """Brings each derived graph up to date; returns the names of those that changed. `when` is an ISO dateTime with a zone."""
    rules = _rules()
    before = store.since_derived(rules)
    if before is not None and not before:
        return []
    few = before is not None and FEW * len(before) <= sum(not name.startswith(DERIVED_GRAPH) for name in store.graphs())
    made = derivations(store, before if few else None)
    changed = []
    for name, make in made.items():
        graph = DERIVED_GRAPH + name
        lines = lines_of(graph, make())
        if digest_of_lines(lines) != store.digest(graph):
            store.replace_graphs([Replacement(graph, lines, {})], when=when)
            changed.append(name)
    for graph in store.graphs():
        if graph.startswith(DERIVED_GRAPH) and graph.removeprefix(DERIVED_GRAPH) not in made:
            store.remove_graph(graph, when=when)  # by a rule that is no more
    store.derived(rules)
    return changed


def derivations(store: Store, before: Mapping[str, list[bytes]] | None = None) -> dict[str, Callable[[], Iterable[ox.Triple]]]:
    """What makes the triples of each derived graph, in the order of the rules: each may rest on those before, which are to be in the store by then.

    `before` has the lines, as they were when all was derived, of the graphs that have changed since; None where all is to be derived.
    """
    origins = origins_told(store) if before else {}
    touched = functools.cache(lambda: touch(store, before, origins) if before else None)
    statements = functools.cache(lambda: list(find_uttered(store)))  # read once, with the first rule that compares them

    def utterances() -> Iterable[ox.Triple]:
        return utterances_near(store, near) if (near := touched()) else utterance_triples(store, statements())

    def disagreements() -> Iterable[ox.Triple]:
        return disagreements_near(store, near) if (near := touched()) else disagreement_triples(store, statements())

    rules = sorted(list_queries("derive"), key=lambda rule: (bool(rule.header.get("after")), rule.name))  # a rule may follow others
    asked = {rule.name: functools.partial(_asked, store, rule.name, rule.text, touched) for rule in rules}
    return {"origin": lambda: origin_triples(store), **asked, "utterance": utterances, "disagreement": disagreements}


def _asked(store: Store, name: str, text: str, touched: Callable[[], Touched | None]) -> Iterable[ox.Triple]:
    """The triples of a rule that is a query."""
    near = touched() if ONLY in text else None
    if not near:
        return _constructed(store, text)
    anew = near.commitments | near.about
    kept = {quad.triple for quad in store.quads(DERIVED_GRAPH + name) if getattr(quad.subject, "value", "") not in anew}
    return kept.union(_constructed(store, text.replace(ONLY, among("commitment", near.commitments))))


def _constructed(store: Store, text: str) -> list[ox.Triple]:
    answer = store.query(text)
    assert isinstance(answer, ox.QueryTriples)  # a rule is a CONSTRUCT; a test holds it
    return list(answer)


@functools.cache
def _rules() -> str:
    """What the rules are, as a digest of their texts: what other rules have derived is derived again."""
    code = sorted(Path(__file__).parent.glob("*.py"))
    return sha256(b"\0".join([*(path.read_bytes() for path in code), *(rule.text.encode() for rule in list_queries("derive"))])).hexdigest()
