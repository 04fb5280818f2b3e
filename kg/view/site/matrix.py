"""Who stands how to what: actors × actions, in each cell the stances that stand and how many independent sources say so."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from kg.view.site.rows import Show
from kg.vocabulary import STANCES


@dataclass(frozen=True, slots=True)
class Cell:
    """The commitments of an actor to one action: the stances that stand, the number of sources, the commitments."""

    stances: tuple[str, ...]
    sources: int
    commitments: tuple[str, ...]
    ascribed: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Actors and actions by how much there is, and the cells that are not empty; `left_out` counts what did not fit."""

    actors: tuple[str, ...]
    actions: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    left_out: tuple[int, int]


def build_matrix(show: Show, most_actors: int, most_actions: int) -> Matrix:
    """The matrix of the actors and actions that have most; commitments that nobody states are not in it."""
    facts = show.facts
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for commitment in sorted(facts.readings.by_commitment):
        for actor in facts.committers.get(commitment, ()):
            for action in facts.details[commitment].get("action", ())[:1]:
                held[actor, action].append(commitment)
    by_actor, by_action = (Counter(pair[at] for pair in held) for at in (0, 1))
    actors, actions = (sorted(count, key=lambda iri: (-count[iri], facts.name(iri), iri)) for count in (by_actor, by_action))
    kept = set(actors[:most_actors]), set(actions[:most_actions])
    cells = {pair: _cell(show, some) for pair, some in held.items() if pair[0] in kept[0] and pair[1] in kept[1]}
    shown = [[iri for iri in order if any(pair[at] == iri for pair in cells)] for at, order in ((0, actors), (1, actions))]
    left = len(by_actor) - len(shown[0]), len(by_action) - len(shown[1])
    return Matrix(tuple(shown[0]), tuple(shown[1]), cells, left)


def _cell(show: Show, commitments: list[str]) -> Cell:
    stances = {stance for c in commitments for stance in show.stances(c)}
    statements = [said for c in commitments for said in show.latest(c)]
    ordered = tuple(stance for stance in STANCES if stance in stances)
    return Cell(
        ordered, show.origins([said.iri for said in statements]), tuple(commitments), not any(said.first_hand for said in statements)
    )
