"""Every query runs on any SPARQL 1.1 engine: what engines do differently (trust.md) is not used."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from rdflib.plugins.sparql import prepareQuery

from kg.query import NamedQuery, list_queries, run
from kg.store import sparql
from kg.store.embedded import memory
from kg.vocabulary import PREFIXES

QUERIES = [query for folder in ("questions", "counts", "networks", "derive") for query in list_queries(folder)]
# Keywords that fetch, mint or depend on the moment; a graph's name is the engine's business.
FORBIDDEN = {
    "SERVICE",
    "LOAD",
    "FROM",
    "NAMED",
    "GRAPH",
    "BNODE",
    "UUID",
    "STRUUID",
    "IRI",
    "URI",
    "NOW",
    "RAND",
    "SAMPLE",
    "LIMIT",
    "OFFSET",
}
MAY_BE_HEADED = {"question", "number", "parameters", "draw", "rule", "after", "reached"}

each_query = pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)


def words(query: NamedQuery) -> list[str]:
    """The tokens of a query, keywords in capitals."""
    return [t.text.upper() if t.kind == "word" else t.text for t in sparql.tokens(query.text)]


def blocks(found: list[str], opener: str) -> list[list[str]]:
    """What stands between the braces after each `opener`."""
    out = []
    for start in (i for i, word in enumerate(found) if word == opener):
        depth, inside = 0, []
        for word in found[start + 1 :]:
            depth += (word == "{") - (word == "}")
            inside.append(word)
            if not depth:
                break
        out.append(inside)
    return out


def paths(found: list[str]) -> list[str]:
    """The signs in a stretch of a pattern that make a property path; `|` and `/` between terms, `+` after one."""
    return [w for before, w in pairwise(found) if w in ("/", "|", "^") or (w == "+" and (":" in before or before == ")"))]


@each_query
def test_it_parses_everywhere(query: NamedQuery) -> None:
    """Under both parsers at hand, and the guard lets it pass."""
    run(memory(), query.text)
    prepareQuery(query.text)


@each_query
def test_it_uses_nothing_engines_disagree_on(query: NamedQuery) -> None:
    """One graph of all, no keyword that fetches or mints, no function of an engine's own, no `*` path, none in OPTIONAL."""
    found = words(query)
    assert not FORBIDDEN & set(found)
    assert not [a.text for a, b in pairwise(sparql.tokens(query.text)) if a.kind in ("name", "iri") and b.text == "("], (
        "an engine's own function"
    )
    assert "*" not in found
    assert not [path for inside in blocks(found, "OPTIONAL") for path in paths(inside)]


@each_query
def test_its_rows_have_one_order(query: NamedQuery) -> None:
    """Distinct or grouped, and ordered by every column but words that follow from where they stand; a CONSTRUCT is a set."""
    found = words(query)
    if "CONSTRUCT" in found:
        assert "[" not in found and not [w for w in found if w.startswith("_:")], "no blank nodes"
        return
    head = found[: found.index("WHERE")]
    assert "DISTINCT" in head or ("GROUP" in found and "COUNT" in head)
    ordered = set(re.findall(r"\?(\w+)", query.text.rpartition("ORDER BY")[2]))
    assert set(run(memory(), query.text).columns) - ordered <= {"quote", "otherQuote", "words", "before", "after"}
    assert not [w for i, w in enumerate(found) if w == "COUNT" and found[i + 2] != "DISTINCT"], "a union may hold a triple twice"


@each_query
def test_its_header_is_whole(query: NamedQuery) -> None:
    """A question that names its parameters, what each means, and how to draw it; prefixes as everywhere, all used."""
    assert query.question.endswith("?") and set(query.header) <= MAY_BE_HEADED
    assert query.draw in ("table", "tree", "chart", "network")
    assert set(re.findall(r"\{(\w+)\}", query.question)) <= {p.name for p in query.parameters}
    for parameter in query.parameters:
        assert parameter.means
        assert (sparql.values(query.text, parameter.name) == "UNDEF") == (parameter.default == "any")
    declared = dict(re.findall(r"^PREFIX (\w+): <([^>]+)>$", query.text, re.MULTILINE))
    for name, iri in declared.items():
        assert PREFIXES.get(name, f"{PREFIXES['id']}{name}/") == iri
        assert query.text.count(f"{name}:") > 1, f"PREFIX {name} is not used"


def test_a_rule_is_named_like_its_file() -> None:
    """And comes after a rule there is."""
    rules = {query.name: query.header for query in list_queries("derive")}
    assert rules and all(header["rule"] == name for name, header in rules.items())
    assert all(header["after"] in rules for header in rules.values() if "after" in header)


def test_a_network_selects_what_a_network_needs() -> None:
    """`?source ?target ?label ?weight`, the weight a number."""
    networks = list_queries("networks")
    assert [query.name for query in networks if query.name == "commitments"]
    for query in networks:
        assert run(memory(), query.text).columns == ("source", "target", "label", "weight")


@pytest.mark.parametrize("query", list_queries("questions"), ids=lambda q: q.name)
def test_rows_about_statements_lead_to_their_words(query: NamedQuery) -> None:
    """The quote, its article, and where in it; a count over statements has none."""
    columns = set(run(memory(), query.text).columns)
    counts = {"actors_awaited"}
    copied = {"articles_copied"}
    if query.name not in counts:
        assert {"quote", "start", "end"} <= columns and ("article" in columns)
    assert query.name in counts | copied or "speaker" in columns or "role" in columns
