"""What derived graphs cost: all of them at once, by rule, and after one article more.

    .venv/bin/python bench/derive.py ARTICLES                 so many of bench/corpus.py, entangled as no news are
    .venv/bin/python bench/derive.py ARTICLES --items DIR     so many dated items (JSON lines with `id`, `date` and `text`), read by the rules

CPU seconds of this process.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.corpus import graphs
from kg.actors import load_registry
from kg.analyse.derive import derivations, derive
from kg.annotate.automatic import find_annotator
from kg.articles import Reading
from kg.ingest import add
from kg.listing import listing
from kg.model import Article, Registry
from kg.store.embedded import Replacement, Writer, create, writer
from kg.triples import article_iri, registry_triples
from kg.vocabulary import REGISTRY_GRAPH

WHEN = "2026-06-01T12:00:00Z"
TOGETHER = 50  # articles that are stored at once


def made(registry: Registry) -> Iterator[Replacement]:
    """Graphs of made articles, without end."""
    return (Replacement(article_iri(article.id), lines, {}) for article, _, lines in graphs(10**9, registry))


def items(folder: Path) -> Iterator[Reading]:
    """Dated items as articles."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            item = json.loads(line)
            yield Reading(Article(item["id"], item["text"], published=item["date"]), line.encode(), name=f"{item['id']}.txt")


def derived(store: Writer, what: str) -> tuple[str, float]:
    """CPU seconds of deriving."""
    begun = time.process_time()
    derive(store, WHEN)
    return what, round(time.process_time() - begun, 2)


def by_rule(store: Writer) -> Iterator[tuple[str, float]]:
    """CPU seconds of each rule from all."""
    for name, make in derivations(store).items():
        begun = time.process_time()
        make()
        yield f"  {name}", round(time.process_time() - begun, 2)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("articles", type=int)
    parser.add_argument("--items", type=Path, help="a folder of dated items")
    given = parser.parse_args()
    registry, rules = load_registry(), find_annotator("rules")
    with tempfile.TemporaryDirectory() as place:
        create(Path(place, "store"))
        with writer(Path(place, "store"), "bench", WHEN) as store:
            store.replace_graph(REGISTRY_GRAPH, registry_triples(registry), when=WHEN)
            read, come = (items(given.items), iter(())) if given.items else (iter(()), made(registry))

            def more(count: int) -> None:
                list(add(store, itertools.islice(read, count), registry, WHEN, rules))
                for first in range(0, count, TOGETHER):
                    if some := list(itertools.islice(come, min(count - first, TOGETHER))):
                        store.replace_graphs(some, when=WHEN)

            more(given.articles)
            rows = [derived(store, f"all, {given.articles} articles"), *by_rule(store)]
            for what in ("after one more", "after another", "after one more again"):
                more(1)
                rows.append(derived(store, what))
            rows.append(derived(store, "where nothing has changed"))
    print(listing(("what", "CPU s"), rows, "table"), end="")


if __name__ == "__main__":
    main()
