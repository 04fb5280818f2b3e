"""What what-if costs: 10,000 commitments over hundreds of conditions, made from a seed.

    .venv/bin/python bench/whatif.py

CPU seconds of reading the store, of one scenario over all commitments, and of ranking what most hangs on; and of the
growth with the number of commitments, as an exponent.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from math import log10
from typing import Any

import pyoxigraph as ox

from kg.analyse.logic import Value
from kg.analyse.outcomes import outcomes
from kg.analyse.pivotal import pivots
from kg.analyse.readings import Readings
from kg.listing import listing
from kg.store.embedded import Store, memory
from kg.vocabulary import ID, OA, RDF, RDFS, kg

CONDITIONS, ACTORS, ARTICLES = 400, 60, 500


def world(commitments: int) -> Store:
    """A store of that many commitments, each told in one to three articles with up to four conditions; a third is part of another."""
    draw = random.Random(commitments)
    quads: list[ox.Quad] = []

    def tell(subject: str, term: str, value: str | int | bool, article: int = 0) -> None:
        to = (
            ox.NamedNode(value if value.startswith("http") else ID + value)
            if isinstance(value, str) and "/" in value
            else ox.Literal(value)
        )
        quads.append(ox.Quad(ox.NamedNode(ID + subject), ox.NamedNode(term), to, ox.NamedNode(f"{ID}article/{article}")))

    for n in range(CONDITIONS):
        c = f"condition/{n}"
        tell(c, RDF + "type", kg("Condition"))
        tell(c, RDFS + "label", f"condition {n}")
        tell(c, kg("circumstance"), f"circumstance/{n}")
        tell(c, kg("kind"), kg(f"kind-{draw.choice(['event', 'approval', 'reciprocity', 'finding', 'limit', 'time'])}"))
        tell(c, kg("decidedBy"), f"actor/{draw.randrange(ACTORS)}")
        if n and draw.random() < 0.3:
            tell(c, kg("dependsOn"), f"condition/{draw.randrange(n)}", draw.randrange(ARTICLES))
    number = 0
    for n in range(commitments):
        tell(f"commitment/{n}", kg("committer"), f"actor/{draw.randrange(ACTORS)}")
        if n and draw.random() < 0.3:
            tell(f"commitment/{n}", kg("partOf"), f"commitment/{draw.randrange(n)}")
        for article in draw.sample(range(ARTICLES), draw.choice([1, 1, 2, 3])):
            number += 1
            s = f"article/{article}/statement/{number}"
            for term, value in (
                ("expresses", f"commitment/{n}"), ("stance", kg(f"stance-{draw.choice(['pledged', 'pledged', 'open', 'refused'])}")),
                ("reportedIn", f"article/{article}"), ("firstHand", draw.random() < 0.6), ("context", f"{s}/context"),
            ):  # fmt: skip
                tell(s, kg(term), value, article)
            for term, words in (("exact", "words"), ("start", "0"), ("end", "5")):
                tell(f"{s}/context", OA + term, words, article)
            for c in draw.sample(range(CONDITIONS), draw.randrange(5)):
                tell(s, kg(draw.choice(["requires", "requires", "exceptIf", "triggeredBy"])), f"condition/{c}", article)
    return memory(quads)


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of some work, and what it gave."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def main() -> None:
    """Prints the figures."""
    rows: list[tuple[object, ...]] = []
    before: dict[str, float] = {}
    for count in (1000, 10_000):
        store = world(count)
        reading, readings = cpu(lambda store=store: Readings(store))  # type: ignore[misc]
        known = {f"{ID}condition/{n}": Value(n % 3) for n in range(0, CONDITIONS, 2)}
        scenario, found = cpu(lambda readings=readings, known=known: outcomes(readings, known))  # type: ignore[misc]
        pivotal, _ = cpu(lambda readings=readings: pivots(readings, {}))  # type: ignore[misc]
        spent = {"reading the store": reading, "one scenario": scenario, "pivotal": pivotal}
        for name, seconds in spent.items():
            growth = log10(seconds / before[name]) if name in before else None
            rows.append((f"{name}: {count} commitments, {len(found)} outcomes", round(seconds, 2), growth and round(growth, 2)))
        before = spent
    print(listing(("what", "CPU seconds", "growth (exponent)"), rows, "table"), end="")


if __name__ == "__main__":
    main()
