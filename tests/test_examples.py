"""The narrated examples: every rule has one that trips it and nothing else, at the marked place; the valid ones trip none."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.annotate.beside import find_article_for
from kg.annotate.from_file import FILE_CODES
from kg.check import check_annotation, check_store, rules
from kg.errors import Finding
from kg.model import Registry
from kg.resources import folder
from kg.store.embedded import Store
from kg.triples import Iri, registry_triples
from kg.vocabulary import ID, REGISTRY_GRAPH

EXAMPLES = folder("ontology") / "examples"
VALID = sorted((EXAMPLES / "valid").glob("*.yaml"))
INVALID = sorted((EXAMPLES / "invalid").glob("*.yaml"))
GRAPHS = sorted((EXAMPLES / "invalid").glob("*.trig"))
MARK = "# <- here"


def check(path: Path) -> tuple[Finding, ...]:
    article = find_article_for(path)
    assert article
    return check_annotation(path, article, Registry()).findings


def marked(path: Path) -> dict[int, str]:
    """The lines that end in the mark, by number."""
    return {n: line for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if line.rstrip().endswith(MARK)}


def store(path: Path) -> Store:
    """A TriG file in memory, beside the concepts every store has."""
    made = ox.Store()
    made.load(path=path, format=ox.RdfFormat.TRIG)
    for s, p, o in registry_triples(Registry()):
        value = ox.NamedNode(o) if isinstance(o, Iri) else ox.Literal(o.value, datatype=ox.NamedNode(o.datatype))
        made.add(ox.Quad(ox.NamedNode(s), ox.NamedNode(p), value, ox.NamedNode(REGISTRY_GRAPH)))
    return Store(made)


def test_there_are_examples() -> None:
    """A folder that lost its files does not pass for one whose files are all right."""
    assert len(VALID) >= 3 and len(INVALID) >= 25 and GRAPHS


def test_every_rule_has_its_example_and_every_example_its_rule() -> None:
    """One file per code, named by it, nothing else in the folder."""
    names = sorted(p.stem for p in (EXAMPLES / "invalid").iterdir())
    assert names == sorted([*rules(), *FILE_CODES])


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_valid_examples_trip_nothing(path: Path) -> None:
    """No finding, not even a warning."""
    assert check(path) == ()


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_invalid_examples_trip_their_rule_where_they_say(path: Path) -> None:
    """Exactly the code the file is named by, at exactly the marked lines."""
    findings = check(path)
    assert {f.code for f in findings} == {path.stem}, findings
    assert {f.line for f in findings} == set(marked(path))
    assert all(f.file == str(path) for f in findings)


@pytest.mark.parametrize("path", GRAPHS, ids=lambda p: p.stem)
def test_invalid_graphs_trip_their_rule_at_the_marked_node(path: Path) -> None:
    """Exactly the code the file is named by, at the thing the marked line names."""
    findings = check_store(store(path))
    assert {f.code for f in findings} == {path.stem}, findings
    (line,) = marked(path).values()
    assert all(f"<{f.node.removeprefix(ID)}>" in line for f in findings)


@pytest.mark.parametrize("path", [*INVALID, *GRAPHS], ids=lambda p: p.name)
def test_invalid_examples_say_the_remedy(path: Path) -> None:
    """Each begins with a comment that says what is wrong and what to do."""
    head = [line for line in path.read_text("utf-8").splitlines()[:6] if line.startswith("#")]
    assert len(head) >= 2 and "Remedy: " in "\n".join(head)
