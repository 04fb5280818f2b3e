"""How fast the annotator reads: articles of 3 kB a CPU second, how that grows, how it spreads, how much memory it takes.

    .venv/bin/python bench/annotate.py

The articles are made from the texts of bench/gold, joined to 3 kB each. The lexicons and patterns alone are measured in the
same run, on the same articles; CPU time of this process (and for `--jobs` wall time, as a ratio).
"""

from __future__ import annotations

import itertools
import json
import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from math import log10
from pathlib import Path

from kg.actors import load_registry
from kg.annotate.reading import read_patterns, read_rules
from kg.evaluate.automatic import annotate_all
from kg.listing import listing
from kg.model import Annotation, Article, Registry

TOP = Path(__file__).resolve().parents[1]
SIZE = 3000  # characters of an article
Read = Callable[[Article, Registry], Annotation]


def articles(count: int, size: int = SIZE) -> list[Article]:
    """Articles of about `size` characters, a paragraph an item of the gold."""
    texts = [json.loads(line)["text"] for line in (TOP / "bench" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()]
    return [Article(f"a{n}", "\n".join(_filled(texts, n * 7, size)), published="2025-06-01") for n in range(count)]


def _filled(texts: list[str], at: int, size: int) -> Iterator[str]:
    length = 0
    while length < size:
        text = texts[at % len(texts)]
        yield text
        length, at = length + len(text) + 1, at + 1


def cpu(read: Read, some: list[Article], registry: Registry) -> float:
    """CPU seconds of reading them."""
    begun = time.process_time()
    for article in some:
        read(article, registry)
    return time.process_time() - begun


def main() -> None:
    """Prints the figures."""
    registry, some = load_registry(), articles(60)
    rows: list[tuple[object, ...]] = []
    for name, read in (("network and patterns", read_rules), ("patterns alone", read_patterns)):
        cpu(read, some[:3], registry)
        spent = cpu(read, some, registry)
        rows.append(
            (f"{name}: articles of 3 kB a CPU second", round(len(some) / spent * sum(len(a.text) for a in some) / len(some) / SIZE, 1))
        )
    for name, grow in (("characters of one article", lambda times: articles(1, SIZE * times)), ("articles", articles)):
        spent_by = {times: cpu(read_rules, grow(times), registry) for times in (1, 10, 100, 1000 if name == "articles" else 300)}
        sizes = sorted(spent_by)
        for small, large in itertools.pairwise(sizes):
            exponent = log10(spent_by[large] / spent_by[small]) / log10(large / small)
            rows.append((f"growth with {name}, {small} to {large} times 3 kB, exponent", round(exponent, 2)))
    rows.append(("peak memory, MB", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
    many = articles(400)
    took = {jobs: _wall(partial(annotate_all, many, "rules", registry, jobs)) for jobs in (1, 2)}
    rows.append(("--jobs 2: times as fast as --jobs 1 (wall, 400 articles)", round(took[1] / took[2], 2)))
    print(listing(("what", "figure"), rows, "table"), end="")


def _wall(work: Callable[[], Iterator[Annotation]]) -> float:
    begun = time.perf_counter()
    for _ in work():
        pass
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
