"""What the page on what-if reckons with: every commitment's formulas as lists, and what becomes of them in some scenarios.

    Readings --vectors--> JSON that `static/whatif.js` evaluates by the same rules as `kg.analyse.outcomes`

A formula is `["is", condition]`, `["all", …]`, `["any", …]`, `["not", formula]`, or `["chain", first, …]`: a condition and what it
depends on, which is not there at all where its first is not. A condition of kind time is there only where the scenario settles it.
"""

from __future__ import annotations

from typing import Any

from kg.analyse.logic import All, Either, Formula, Leaf, Not, Value
from kg.analyse.outcomes import NAMED_ONLY, formulas, standing
from kg.analyse.readings import Readings

Json = list[Any]


def vectors(readings: Readings) -> list[dict[str, Any]]:
    """A row for each commitment, reading and stance: its need and its trigger, by commitment, reading and stance."""
    timed = {c.iri: Value.UNKNOWN for c in readings.conditions.values() if c.kind == NAMED_ONLY}
    found = []
    for commitment, by_reading in sorted(readings.by_commitment.items()):
        for reading in sorted(by_reading):
            for stance, said in standing(by_reading[reading]).items():
                need, trigger = formulas(readings, commitment, reading, said, timed)
                found.append({
                    "commitment": commitment, "reading": reading, "stance": stance, "own": any(one.first_hand for one in said),
                    "need": _top(need), "trigger": _top(trigger),
                })  # fmt: skip
    return found


def _top(formula: Formula) -> Json:
    assert isinstance(formula, All)  # what `formulas` makes
    return ["all", *map(_json, formula.parts)]


def _json(formula: Formula) -> Json:
    match formula:
        case Leaf(name):
            return ["is", name]
        case Not(part):
            return ["not", _json(part)]
        case Either(parts):
            return ["any", *map(_json, parts)]
        case All(parts):
            return ["chain", *map(_json, parts)]
