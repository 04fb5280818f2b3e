"""Which conditions, and whose word, most commitments hang on.

For each condition: what is blocked if it fails, and in how many smallest activating sets it stands. For each actor: what is
blocked if it says no to all it decides or can withhold. First comes what most sources hang something on, then what would
block most: a pledge counts before what was only left open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.analyse.logic import All, Formula, Value, evaluate, leaves, smallest_sets
from kg.analyse.outcomes import BLOCKED, Outcome, formulas, outcomes
from kg.analyse.readings import Readings

COLUMNS = ("what", "name", "sources", "blocks", "blocks_open", "in_sets", "withheld_by", "commitments")


@dataclass(frozen=True, slots=True)
class Pivot:
    """A condition or an actor: the readings in which something is blocked without it, and what; the actors it can be withheld by.

    `pledged` and `open` are commitments (IRIs), each once. `in_sets` counts the smallest sets it stands in, of every commitment
    in every reading; for an actor those with a condition of its.
    """

    what: str
    iri: str
    readings: frozenset[str]
    pledged: tuple[str, ...]
    open: tuple[str, ...]
    in_sets: int
    withheld_by: tuple[str, ...]


def pivots(readings: Readings, known: Mapping[str, Value]) -> list[Pivot]:
    """The conditions, then the actors, each the weightiest first; those that block nothing and stand in no set are left out."""
    before = [one for one in outcomes(readings, known) if one.stance in ("pledged", "open") and one.state != BLOCKED]
    uses: dict[str, list[int]] = {}
    sets: dict[str, list[int]] = {}
    needs: list[Formula] = []
    for at, one in enumerate(before):
        need, trigger = formulas(readings, one.commitment, one.reading, one.said, known)
        needs.append(need)
        for name in {leaf.name for leaf in leaves(All((need, trigger)))}:
            uses.setdefault(name, []).append(at)
        for number, found in enumerate(smallest_sets(All((need, trigger)), known) or ()):
            for name, _ in found:
                sets.setdefault(name, []).append(at * 10_000 + number)
    weigh = _Weighing(readings, known, before, needs, uses, sets)
    can: dict[str, set[str]] = {}
    for condition in uses:
        for actor in weigh.withheld_by(condition):
            can.setdefault(actor, set()).add(condition)
    every = [weigh.pivot("condition", condition, [condition]) for condition in uses]
    every += [weigh.pivot("actor", actor, sorted(conditions)) for actor, conditions in can.items()]
    return sorted((one for one in every if one.pledged or one.open or one.in_sets), key=_weight)


def _weight(pivot: Pivot) -> tuple[object, ...]:
    return pivot.what != "condition", -len(pivot.readings), -len(pivot.pledged), -len(pivot.open), -pivot.in_sets, pivot.iri


@dataclass(slots=True)
class _Weighing:
    readings: Readings
    known: Mapping[str, Value]
    before: list[Outcome]
    needs: list[Formula]  # of each of them
    uses: Mapping[str, list[int]]
    sets: Mapping[str, list[int]]

    def withheld_by(self, condition: str) -> list[str]:
        told = self.readings.conditions.get(condition)
        return sorted({*self.readings.withheld_by.get(condition, ()), *(told.by if told else ())})

    def pivot(self, what: str, iri: str, conditions: Iterable[str]) -> Pivot:
        failing = list(conditions)
        without = {**self.known, **dict.fromkeys(failing, Value.FAILED)}
        places = sorted({at for condition in failing for at in self.uses.get(condition, ())})
        blocked = [self.before[at] for at in places if evaluate(self.needs[at], without) is Value.FAILED]
        pledged = sorted({one.commitment for one in blocked if one.stance == "pledged"})
        left_open = sorted({one.commitment for one in blocked if one.stance == "open"} - set(pledged))
        in_sets = len({number for condition in failing for number in self.sets.get(condition, ())})
        by = tuple(self.withheld_by(iri)) if what == "condition" else ()
        return Pivot(what, iri, frozenset(one.reading for one in blocked), tuple(pledged), tuple(left_open), in_sets, by)
