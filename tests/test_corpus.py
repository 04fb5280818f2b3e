"""The corpora that figures are taken on are like what people read: spans hold, rules find nothing, one seed gives one corpus."""

from __future__ import annotations

from itertools import islice

import pytest

from bench.corpus import Corpus, graphs
from kg.actors import load_registry
from kg.check import check_reading
from kg.model import Annotation, Article, Registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The project's own."""
    return load_registry()


@pytest.fixture(scope="module")
def some(registry: Registry) -> list[tuple[Article, Annotation]]:
    """The first articles of a corpus."""
    return list(islice(Corpus(registry, 3).articles(), 30))


def test_every_span_is_its_slice(some: list[tuple[Article, Annotation]]) -> None:
    """Of contents and of conditions; some hang on others, some are told of by many."""
    for article, annotation in some:
        spans = [span for s in annotation.statements for span in s.content] + [c.text for c in annotation.conditions]
        assert spans and all(article.text[span.start : span.end] == span.text for span in spans)
    conditions = [c for _, annotation in some for c in annotation.conditions]
    assert any(c.depends_on for c in conditions) and len({c.circumstance for c in conditions}) < len(conditions)


def test_the_rules_find_nothing(some: list[tuple[Article, Annotation]], registry: Registry) -> None:
    """So figures are of graphs that a store would take."""
    assert [check_reading(*one, registry).findings for one in some[:2]] == [(), ()]


def test_one_seed_gives_one_corpus(registry: Registry) -> None:
    """Line by line; another seed gives another."""
    one, same, other = ([lines for _, _, lines in graphs(3000, registry, seed)] for seed in (1, 1, 2))
    assert one == same != other and sum(map(len, one)) >= 3000
