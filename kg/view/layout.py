"""Where the boxes and lines of a chart lie: fixed columns, rows grouped by actor, no box on another and no line under one.

Columns run from left to right: actors, commitments, gates (as many columns as gates nest), conditions (as many as they hang
on each other), deciders. From the third column on, a box wants to lie at the mean height of what leads to it (its
barycentre), and gets the nearest free place in that order. A line that passes a column gets a free lane of its own there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Line = tuple[str, str, str]  # source, target, style
Point = tuple[float, float]
K = TypeVar("K")

KINDS = ("actor", "commitment", "gate", "condition", "decider")
MARGIN = 20.0
TOP = 48.0  # room for the headings
GAP = 12.0  # between two boxes of a column
GROUP_GAP = 26.0  # between the rows of two actors
BETWEEN = 46.0  # between two columns
LANE = 6.0  # the height of a line that passes a column


@dataclass(frozen=True, slots=True)
class Box:
    """What is to be placed: a key, its kind (one of `KINDS`), width and height in px, and its label, which breaks ties."""

    key: str
    kind: str
    w: float
    h: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """The centre of each box, the points of each line, the size of the whole and where the boxes begin."""

    centres: Mapping[str, Point]
    paths: Mapping[Line, tuple[Point, ...]]
    width: float
    height: float
    top: float = TOP


def arrange(boxes: Sequence[Box], lines: Sequence[Line]) -> Placed:
    """Place the boxes and route the lines; lines between boxes must not go in a circle.

    >>> placed = arrange([Box("a", "actor", 100, 40), Box("c", "commitment", 200, 40)], [("a", "c", "commits")])
    >>> placed.centres["a"], placed.paths["a", "c", "commits"]
    ((70.0, 68.0), ((120.0, 68.0), (166.0, 68.0)))
    """
    by_key = {box.key: box for box in boxes}
    column = _columns(boxes, lines)
    lefts, rights = _spans(boxes, column)
    heights = _rows([b for b in boxes if b.kind in KINDS[:2]], lines)
    lanes: dict[tuple[str, str, int], float] = {}  # target, style, column -> height
    for at in range(2, max(column.values(), default=0) + 1):
        _fill(at, [b for b in boxes if column[b.key] == at], lines, column, heights, lanes)
    centres = {key: ((lefts[column[key]] + rights[column[key]]) / 2, heights[key]) for key in by_key}
    paths = {}
    for line in lines:
        source, target = by_key[line[0]], by_key[line[1]]
        points = [(centres[source.key][0] + source.w / 2, centres[source.key][1])]
        for at in range(column[source.key] + 1, column[target.key]):
            lane = lanes[target.key, line[2], at]
            points += [(lefts[at], lane), (rights[at], lane)]
        paths[line] = (*points, (centres[target.key][0] - target.w / 2, centres[target.key][1]))
    bottom = max([heights[b.key] + b.h / 2 for b in boxes] + list(lanes.values()), default=TOP)
    return Placed(centres, paths, max(rights.values(), default=MARGIN) + MARGIN, bottom + MARGIN)


def _columns(boxes: Sequence[Box], lines: Sequence[Line]) -> dict[str, int]:
    """The column of each box: its kind's, and as far to the right in it as the lines between its like reach."""
    kinds = {box.key: box.kind for box in boxes}
    depth = dict.fromkeys(kinds, 0)
    inner = [(s, t) for s, t, _ in lines if kinds[s] == kinds[t]]
    moved = True
    while moved:
        moved = False
        for source, target in inner:
            if depth[target] <= depth[source]:
                depth[target], moved = depth[source] + 1, True
    column, base = {}, 0
    for kind in KINDS:
        members = [key for key in kinds if kinds[key] == kind]
        column.update({key: base + depth[key] for key in members})
        # Actors and commitments keep their columns even where there are none.
        base += max((depth[key] + 1 for key in members), default=int(kind in KINDS[:2]))
    return column


def _spans(boxes: Sequence[Box], column: Mapping[str, int]) -> tuple[dict[int, float], dict[int, float]]:
    """The left and right edge of each column."""
    widths: defaultdict[int, float] = defaultdict(float)
    for box in boxes:
        widths[column[box.key]] = max(widths[column[box.key]], box.w)
    lefts, rights, x = {}, {}, MARGIN
    for at in sorted(widths):
        lefts[at], rights[at] = x, x + widths[at]
        x = rights[at] + BETWEEN
    return lefts, rights


def _rows(boxes: Sequence[Box], lines: Sequence[Line]) -> dict[str, float]:
    """The heights of actors and commitments: who commits together stands together, who has conditions above who has none."""
    by_key = {box.key: box for box in boxes}
    of: defaultdict[str, list[str]] = defaultdict(list)  # commitment -> its actors
    for source, target, _ in lines:
        if source in by_key and target in by_key:
            of[target].append(source)
    conditioned = {source for source, target, _ in lines if target not in by_key}
    heights: dict[str, float] = {}
    top = TOP
    groups = _together([b.key for b in boxes if b.kind == "actor"], of)
    ranked = sorted(
        groups, key=lambda g: (not any(c in conditioned and set(of[c]) & set(g) for c in of), sorted((by_key[k].label, k) for k in g))
    )
    for group in ranked:
        actors = sorted(group, key=lambda k: (by_key[k].label, k))
        rank = {actor: at for at, actor in enumerate(actors)}
        theirs = [c for c in of if of[c][0] in rank]
        theirs.sort(key=lambda c: (sum(rank[a] for a in of[c]) / len(of[c]), c not in conditioned, by_key[c].label, c))
        tall = max(_stack([by_key[k].h for k in column]) for column in (actors, theirs))
        heights |= spread([(c, top + tall / 2, by_key[c].h) for c in theirs], top, keep=True)
        wish = {a: [heights[c] for c in theirs if a in of[c]] for a in actors}
        heights |= spread([(a, sum(wish[a]) / len(wish[a]), by_key[a].h) for a in actors], top)
        top = max(heights[k] + by_key[k].h / 2 for k in (*actors, *theirs)) + GROUP_GAP
    return heights


def _together(actors: Sequence[str], of: Mapping[str, list[str]]) -> list[frozenset[str]]:
    """The actors in groups: two are in one if a commitment is both theirs, directly or through others."""
    group = {actor: frozenset([actor]) for actor in actors}
    for members in of.values():
        joined = frozenset().union(*(group[actor] for actor in members))
        group.update(dict.fromkeys(joined, joined))
    return list(dict.fromkeys(group.values()))


def _stack(heights: Sequence[float]) -> float:
    """How high boxes of these heights are, one under the other."""
    return sum(heights) + GAP * max(0, len(heights) - 1)


def _fill(
    at: int,
    boxes: Sequence[Box],
    lines: Sequence[Line],
    column: Mapping[str, int],
    heights: dict[str, float],
    lanes: dict[tuple[str, str, int], float],
) -> None:
    """Place the boxes of one column, and the lanes of the lines that pass it, by their barycentres."""
    wishes: defaultdict[tuple[str, str], list[float]] = defaultdict(list)  # a box, or the target and style of a passing line
    for source, target, style in lines:
        if column[source] < at <= column[target]:
            height = heights[source] if column[source] == at - 1 else lanes[target, style, at - 1]
            wishes[(target, style) if column[target] > at else (target, "")].append(height)
    for box in boxes:
        wishes.setdefault((box.key, ""), [TOP])  # nothing leads to it
    sizes = {(box.key, ""): box.h for box in boxes}
    label = {(box.key, ""): box.label for box in boxes}
    items = [(key, sum(ys) / len(ys), sizes.get(key, LANE)) for key, ys in wishes.items()]
    items.sort(key=lambda item: (round(item[1], 3), label.get(item[0], ""), item[0]))
    placed = spread(items, TOP)
    heights |= {box.key: placed[box.key, ""] for box in boxes}
    lanes |= {(target, style, at): y for (target, style), y in placed.items() if style}


def spread(items: Sequence[tuple[K, float, float]], top: float, keep: bool = False) -> dict[K, float]:
    """Centres for boxes (key, wished centre, height) that overlap nowhere and lie as near to their wishes as can be.

    The boxes keep their order, which is that of their wishes unless `keep` says that it is already right; none lies above
    `top`. Least squares, by pooling adjacent violators.

    >>> spread([("a", 50, 40), ("b", 50, 40)], 0)
    {'a': 24.0, 'b': 76.0}
    """
    order = list(items) if keep else sorted(items, key=lambda item: item[1])
    stacked, y = [], top
    for _, _, height in order:
        stacked.append(y + height / 2)  # where the box lies if all are pushed to the top
        y += height + GAP
    pools: list[tuple[float, int]] = []  # the sum of the shifts wished for, of how many boxes
    for (_, wish, _), packed in zip(order, stacked, strict=True):
        pools.append((wish - packed, 1))
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            (total, count), (more, further) = pools[-2:]
            pools[-2:] = [(total + more, count + further)]
    shifts = [max(0.0, total / count) for total, count in pools for _ in range(count)]
    return {key: round(packed + shift, 2) for (key, _, _), packed, shift in zip(order, stacked, shifts, strict=True)}
