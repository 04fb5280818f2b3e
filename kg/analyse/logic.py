"""Three-valued logic (strong Kleene) over named circumstances, and the smallest sets that would settle what is unknown.

    formula --evaluate--> Value          formula --deciding--> the leaves that make it so
                                         formula --smallest_sets--> what would have to hold, or to fail, for it to hold

Strong Kleene: *all* is worth the least of its parts, *either* the most, *not* the reverse (S. C. Kleene, Introduction to
Metamathematics, 1952, § 64). So learning a fact never turns what was settled into the unknown.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import product

MOST_SETS = 1000  # combinations of sets that are gone through at each step; prose has a handful


class Value(IntEnum):
    """What is known of a circumstance."""

    FAILED = 0
    UNKNOWN = 1
    MET = 2


@dataclass(frozen=True, slots=True)
class Leaf:
    """A circumstance, and through which others it stands in the formula: a chain from the outermost one to itself."""

    name: str
    chain: tuple[Hashable, ...] = ()


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold; of no parts, it holds."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One part is enough; of no parts, it fails."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It must not hold."""

    part: Formula


Formula = Leaf | All | Either | Not
Known = Mapping[str, Value]
Settled = frozenset[tuple[str, Value]]  # what each of some circumstances would have to be


def evaluate(formula: Formula, known: Known) -> Value:
    """What a formula is worth; a leaf that is not in `known` is unknown.

    >>> evaluate(All((Leaf("ceasefire"), Not(Leaf("veto")))), {"ceasefire": Value.MET}).name
    'UNKNOWN'
    """
    match formula:
        case Leaf(name):
            return known.get(name, Value.UNKNOWN)
        case All(parts):
            return min((evaluate(part, known) for part in parts), default=Value.MET)
        case Either(parts):
            return max((evaluate(part, known) for part in parts), default=Value.FAILED)
        case Not(part):
            return Value(Value.MET - evaluate(part, known))


def deciding(formula: Formula, known: Known) -> list[Leaf]:
    """The leaves that a formula's value rests on, in its order: those that fail it, leave it unknown, or hold it up.

    >>> formula = All((Leaf("ceasefire"), Leaf("consent"), Leaf("money")))
    >>> [leaf.name for leaf in deciding(formula, {"ceasefire": Value.MET, "consent": Value.FAILED})]
    ['consent']
    """
    return list(dict.fromkeys(_deciding(formula, known, evaluate(formula, known))))


def _deciding(formula: Formula, known: Known, value: Value) -> Iterator[Leaf]:
    match formula:
        case Leaf():
            yield formula
        case Not(part):
            yield from _deciding(part, known, Value(Value.MET - value))
        case All(parts) | Either(parts):
            for part in parts:
                if evaluate(part, known) == value:
                    yield from _deciding(part, known, value)


def leaves(formula: Formula) -> Iterator[Leaf]:
    """All leaves, in order.

    >>> [leaf.name for leaf in leaves(Either((Leaf("a"), Not(Leaf("b")))))]
    ['a', 'b']
    """
    match formula:
        case Leaf():
            yield formula
        case Not(part):
            yield from leaves(part)
        case All(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)


def smallest_sets(formula: Formula, known: Known) -> list[Settled] | None:
    """The smallest sets of what would have to be met, or to fail, beyond what is known, for a formula to hold.

    No set where nothing can make it hold, one empty set where it holds; the smallest come first. None where there are too many
    to go through (`MOST_SETS`): alternatives multiply, n groups of m members have m to the n-th.

    >>> formula = All((Leaf("ceasefire"), Either((Leaf("vote"), Leaf("decree"))), Not(Leaf("veto"))))
    >>> for found in smallest_sets(formula, {"ceasefire": Value.MET}): print(sorted((n, v.name) for n, v in found))
    [('decree', 'MET'), ('veto', 'FAILED')]
    [('veto', 'FAILED'), ('vote', 'MET')]
    """
    found = _sets(formula, known, Value.MET)
    return None if found is None else sorted(found, key=lambda one: (len(one), sorted(one)))


def _sets(formula: Formula, known: Known, wanted: Value) -> set[Settled] | None:
    match formula:
        case Leaf(name):
            value = known.get(name, Value.UNKNOWN)
            if value is Value.UNKNOWN:
                return {frozenset([(name, wanted)])}
            return {frozenset()} if value == wanted else set()
        case Not(part):
            return _sets(part, known, Value(Value.MET - wanted))
        case All(parts) | Either(parts):
            together = isinstance(formula, All) == (wanted is Value.MET)  # all fails where one part does
            found: set[Settled] = {frozenset()} if together else set()
            for part in parts:
                ways = _sets(part, known, wanted)
                if ways is None or (len(found) * len(ways) if together else len(found) + len(ways)) > MOST_SETS:
                    return None
                found = _smallest({a | b for a, b in product(found, ways)} if together else found | ways)
            return found


def _smallest(sets: Iterable[Settled]) -> set[Settled]:
    """Those that hold no other and do not contradict themselves."""
    kept: list[Settled] = []
    for found in sorted(sets, key=len):
        if len({name for name, _ in found}) == len(found) and not any(other <= found for other in kept):
            kept.append(found)
    return set(kept)
