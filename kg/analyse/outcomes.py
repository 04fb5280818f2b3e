"""What becomes of each commitment if some conditions are met and others fail, by each source's own reading.

    scenario --Scenario--> what is known of each condition --outcomes--> Outcome: stance, state, what decides it, what it waits for

Two columns that are never merged: the *stance* (what was said) and the *state* (what follows from the conditions):

    pledged, open   blocked        what it needs has failed            waits        what it needs is unknown
                    untriggered    in force, its case has not come     active       all holds
    refused         lapsed         what the refusal rests on failed    stands       else
    withdrawn       no state
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.analyse.logic import All, Either, Formula, Leaf, Not, Settled, Value, deciding, evaluate, smallest_sets
from kg.analyse.readings import Readings, Said, last_days

ACTIVE, UNTRIGGERED, WAITS, BLOCKED, STANDS, LAPSED = "active", "in force but untriggered", "waits", "blocked", "stands", "lapsed"
STATES = (ACTIVE, UNTRIGGERED, WAITS, BLOCKED, STANDS, LAPSED, "")
NEVER = "limit"  # bounds how much, not whether
NAMED_ONLY = "time"  # enters only where the scenario names it


@dataclass(frozen=True, slots=True)
class Outcome:
    """One commitment in one reading: `because` are the conditions that decide, `needs` the smallest sets that would make it active.

    `needs` is empty unless it waits or is untriggered, and None where there are too many to go through.
    """

    commitment: str
    stance: str
    reading: str
    state: str
    because: tuple[Leaf, ...]
    needs: tuple[Settled, ...] | None
    first_hand: bool
    said: tuple[Said, ...]


def outcomes(readings: Readings, known: Mapping[str, Value]) -> list[Outcome]:
    """The outcome of every commitment in every reading of it, by commitment and reading.

    `known` says of conditions (by IRI) what is known; a condition that is not in it is unknown.
    """
    found = []
    for commitment, by_reading in sorted(readings.by_commitment.items()):
        for reading in sorted(by_reading):
            for stance, said in standing(by_reading[reading]).items():
                found.append(_outcome(readings, commitment, reading, stance, said, known))
    return found


def standing(statements: Iterable[Said]) -> dict[str, list[Said]]:
    """The stances that stand in a reading, those of its `latest` statements, each with all its statements."""
    every = list(statements)
    stances = {said.stance for said in latest(every)}
    return {stance: [said for said in every if said.stance == stance] for stance in sorted(stances)}


def latest(statements: Sequence[Said]) -> list[Said]:
    """The latest first-hand statements, else the latest ascribed ones; of a tie all."""
    own = [said for said in statements if said.first_hand] or list(statements)
    days = last_days(said.date for said in own)
    return [said for said in own if said.date in days]


def _outcome(readings: Readings, commitment: str, reading: str, stance: str, said: list[Said], known: Mapping[str, Value]) -> Outcome:
    need, trigger = formulas(readings, commitment, reading, said, known)
    state, rests_on = _state(stance, need, trigger, known)
    needs: tuple[Settled, ...] | None = ()
    if state in (WAITS, UNTRIGGERED):
        sets = smallest_sets(All((need, trigger)), known)
        needs = None if sets is None else tuple(sets)
    first_hand = any(one.first_hand for one in said)
    return Outcome(commitment, stance, reading, state, tuple(deciding(rests_on, known)), needs, first_hand, tuple(said))


def _state(stance: str, need: Formula, trigger: Formula, known: Mapping[str, Value]) -> tuple[str, Formula]:
    """The state, and the formula it rests on."""
    value = evaluate(need, known)
    if stance == "withdrawn":
        return "", All(())
    if stance == "refused":
        return (LAPSED if value is Value.FAILED else STANDS), need
    if value is not Value.MET:
        return (BLOCKED if value is Value.FAILED else WAITS), need
    return (ACTIVE, All((need, trigger))) if evaluate(trigger, known) is Value.MET else (UNTRIGGERED, trigger)


# ---------------------------------------------------------------------------------------------------- conditions -> formulas


def formulas(
    readings: Readings, commitment: str, reading: str, said: Iterable[Said], known: Mapping[str, Value]
) -> tuple[Formula, Formula]:
    """What a commitment needs in a reading, and in which case it applies: its own conditions, and those of the wholes it is part of."""
    need: list[Formula] = []
    trigger: list[Formula] = []
    holders: list[tuple[tuple[str, ...], Said]] = [((), one) for one in said]
    for whole in readings.wholes.get(commitment, ()):
        holders += [((whole,), one) for one in readings.by_commitment.get(whole, {}).get(reading, ()) if one.stance != "withdrawn"]
    for above, one in holders:
        for way, into in (("requires", need), ("exceptIf", need), ("triggeredBy", trigger)):
            if not one.attached[way]:
                continue
            units = _units(readings, one, way, above, known)
            into += map(Not, units) if way == "exceptIf" else units
    return All(_once(need)), All(_once(trigger))


def _once(parts: list[Formula]) -> tuple[Formula, ...]:
    """Without those that say the same: two sentences of one article often attach one condition."""
    return tuple({_bare(part): part for part in reversed(parts)}.values())[::-1]


def _bare(formula: Formula) -> object:
    match formula:
        case Leaf(name):
            return name
        case Not(part):
            return "not", _bare(part)
        case All(parts) | Either(parts):
            return type(formula), tuple(map(_bare, parts))


def _units(readings: Readings, said: Said, way: str, above: tuple[str, ...], known: Mapping[str, Value]) -> Iterator[Formula]:
    """One formula for each condition a statement attaches in a way; members of a group together."""
    attached = said.attached[way]
    grouped: set[str] = set()
    for group in said.groups:
        members = [c for c in attached if c in group]
        grouped.update(members)
        parts = [part for c in members if (part := _bound(readings, said, c, above, known))]
        if parts:
            yield Either(tuple(parts))
    for c in attached:
        if c not in grouped and (part := _bound(readings, said, c, above, known)):
            yield part


def _bound(readings: Readings, said: Said, condition: str, above: tuple[str, ...], known: Mapping[str, Value]) -> Formula | None:
    """A condition and all it depends on in the reading, each once; None where it does not enter."""
    needed = readings.needed.get(said.article, {})
    chains = {condition: (*above, said.iri, condition)}
    order = [condition]
    for at in order:
        for other in needed.get(at, ()):
            if other not in chains:
                chains[other] = (*chains[at], other)
                order.append(other)
    parts = [Leaf(c, chains[c]) for c in order if _enters(readings, c, known)]
    return None if not _enters(readings, condition, known) else parts[0] if len(parts) == 1 else All(tuple(parts))


def _enters(readings: Readings, condition: str, known: Mapping[str, Value]) -> bool:
    kind = readings.conditions[condition].kind if condition in readings.conditions else ""
    return kind != NEVER and (kind != NAMED_ONLY or condition in known)
