"""What a condition bounds: the act it follows or leads to, all the acts of one stance, or else an outcome."""

from __future__ import annotations

from bisect import bisect_left

from kg.annotate.rules.conditions import Bound
from kg.annotate.rules.found import Outcome, Use
from kg.annotate.rules.phrases import noun_start, trimmed
from kg.annotate.rules.words import Word
from kg.model import Span

NEAR = 10  # acts and conditions on either side that are looked at
REACH = 60  # words between an act and its condition
Place = tuple[int, int, int]  # where the stance of an act begins, where the act begins and ends


def uses_of(words: list[Word], bounds: list[Bound], acts: list[Place]) -> tuple[set[int], dict[int, list[Use]]]:
    """Which conditions bound an act, and the conditions of each act, both by their index; `acts` in the order they begin."""
    taken: set[int] = set()
    uses: dict[int, list[Use]] = {}
    begins = [act[1] for act in acts]
    for at, bound in enumerate(bounds):
        here = bisect_left(begins, bound.first)
        near = range(max(0, here - NEAR), min(len(acts), here + NEAR))
        others = [other for other in bounds[max(0, at - NEAR) : at + NEAR] if other is not bound]
        bounded = [] if bound.outcome else _bounded(words, bound, others, acts, near)
        if bounded:
            taken.add(at)
        for act in bounded:
            uses.setdefault(act, []).append(bound.use)
    return taken, uses


def _bounded(words: list[Word], bound: Bound, others: list[Bound], acts: list[Place], near: range) -> list[int]:
    if bound.use.found_by == "marker deadline of":
        return [at for at in near if acts[at][1] > bound.last][:1]
    if bound.leading:
        stance = next((acts[at][0] for at in near if acts[at][1] >= bound.last), -1)
        return [
            at for at in near if stance >= 0 and (acts[at][0] == stance or (acts[at][0] > stance and _joined(words, stance, acts[at][0])))
        ]
    inside = next((other for other in others if other.first < bound.first < other.last), None)
    lowest = inside.first if inside else bound.first - REACH
    before = [at for at in near if lowest < acts[at][1] < bound.first and not _walled(words, acts[at][2], bound.first)]
    if not inside:  # an act inside another condition is bounded only from inside
        before = [at for at in before if not any(other.first < acts[at][1] < other.last for other in others)]
    if not before:
        return []
    nearest = acts[before[-1]][0]
    wide = bound.use.kind not in ("time", "limit")
    return [at for at in before if acts[at][0] == nearest or (wide and _joined(words, acts[at][0], nearest))]


def _walled(words: list[Word], first: int, last: int) -> bool:
    """Whether a clause of its own stands between an act and a condition."""
    return any(
        word.low in (";", "while", "but", "which", "who", "whereas")
        or (word.low == "that" and words[max(0, first + at - 1)].low != "provided")
        for at, word in enumerate(words[first:last])
    )


def _joined(words: list[Word], first: int, second: int) -> bool:
    """Whether two stances stand in one coordination: `will leave and will not return`."""
    between = words[first:second]
    return any(word.low == "and" for word in between) and not any(
        word.tag == "Z" or word.low in ("that", ";", "while", "but") for word in between
    )


def outcomes_of(text: str, words: list[Word], bounds: list[Bound], floor: int) -> list[Outcome]:
    """What the conditions that bound no act bound: the words of their own clause; conditions of one outcome together."""
    found: dict[tuple[int, int], list[Use]] = {}
    for bound in bounds:
        first, last = bound.outcome or _clause(words, bound, floor)
        first, last = trimmed(words, first, last) if last > first else (first, last)
        if first < last and bound.use.kind not in ("time", "limit"):
            found.setdefault((first, last), []).append(bound.use)
    return [
        Outcome(Span.of(text, words[first].start, words[last - 1].end), tuple(uses), confidence=0.5, found_by="outcome")
        for (first, last), uses in found.items()
    ]


def _clause(words: list[Word], bound: Bound, floor: int) -> tuple[int, int]:
    if bound.leading:
        start = bound.last
        while start < len(words) and words[start].tag in ",RC":
            start += 1
        return start, next(
            (
                at
                for at in range(start, min(start + 40, len(words)))
                if (words[at].low in (".", ";") and at + 1 >= len(words)) or words[at].low in (",", ";")
            ),
            len(words),
        )
    for place in range(bound.first - 1, max(floor, bound.first - 40) - 1, -1):
        word = words[place]
        if word.tag == "X":
            subject = noun_start(words, place, floor)
            return (subject if subject < place else place + 1), bound.first
        if word.tag in "ZD" or (word.tag == "G" and words[place - 1].low == ","):
            subject = noun_start(words, place, floor)
            told = floor > 0 and subject < place and words[place].tag != "G"
            return (subject if told else place + (1 if word.tag == "G" else 0)), bound.first
    return max(floor, bound.first - 40), bound.first
