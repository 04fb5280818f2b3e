"""An invented world of three articles, full of traps: `world/*.yaml`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from kg.actors import load_registry
from kg.analyse.derive import derivations
from kg.annotate.from_file import read_annotation
from kg.model import Article
from kg.query import ask_store, load_query, to_text_rows
from kg.store.embedded import Store, memory, quads
from kg.triples import annotation_triples, article_iri, registry_triples, to_triples
from kg.vocabulary import DERIVED_GRAPH, PROVENANCE_GRAPH, REGISTRY_GRAPH

Ask = Callable[..., set[str]]


@pytest.fixture(scope="session")
def world() -> Store:
    """The three articles and the registry in one store, with the derived graphs that questions ask."""
    registry = load_registry()
    found = list(quads(REGISTRY_GRAPH, registry_triples(registry)))
    for path in sorted((Path(__file__).parent / "world").glob("*.yaml")):
        header = yaml.safe_load(path.read_text("utf-8"))["article"]
        article = Article(header["id"], header["text"], header.get("title"), header.get("outlet"), published=str(header["published"]))
        annotation = read_annotation(path, article, registry).annotation
        found += quads(article_iri(article.id), to_triples(article, annotation, registry))
        read = annotation_triples(article, annotation.annotator, "2026-07-01T00:00:00Z", "0" * 64, "0" * 64)
        found += quads(PROVENANCE_GRAPH, read)
    for rule in ("first-hand", "standing", "origin", "utterance", "disagreement"):
        found += quads(DERIVED_GRAPH + rule, derivations(memory(found))[rule]())
    return memory(found)


@pytest.fixture(scope="session")
def ask(world: Store) -> Ask:
    """`ask(name, columns, **values)`: the rows of a named query in words, the columns joined by ` | `."""

    def asked(name: str, columns: str, **values: str) -> set[str]:
        answer = ask_store(world, load_query(name), values)
        at = [answer.columns.index(column) for column in columns.split()]
        return {" | ".join(row[i] for i in at) for row in to_text_rows(world, answer)}

    return asked
