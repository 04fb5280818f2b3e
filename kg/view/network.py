"""A network as a picture: dots with their labels under them, placed in Python so that a browser only has to draw.

Up to `SMALL` nodes no two labels overlap and none is left out; above, the page shows the labels of the largest dots, and more as one zooms in. Positions come from a
spring model whose springs reach only as far as the next cells of a grid, so a step costs as much as there are nodes and
edges. The steps get fewer as the network grows. (networkx's own spring layout needs numpy, whose last bits differ
between machines; this one needs nothing and gives the same picture everywhere.)
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import networkx as nx

from kg.view.shapes import LINE, SMALL, STYLES, Edge, Legend, Node, Picture, cut, text_width, wrap

MARKS = ("circle", "square", "diamond", "triangle", "star", "hexagon", "cross", "bar", "down", "bowtie")  # a kind's mark, beside its colour
_ROOM = 104.0  # px between two linked nodes, as the springs would have it
_WORK = 80_000  # nodes and edges, over all steps: about half a second
_LABEL = 150.0  # px a label may be wide
_PAD = 8.0  # px between two labels
_GOLDEN = math.pi * (3 - math.sqrt(5))

Points = list[tuple[float, float]]


def network_picture(graph: nx.Graph[str]) -> Picture:
    """The picture of a network made by `kg.analyse.network.network`: dots by kind and degree, arrows by weight; lines where it has no direction.

    >>> from kg.analyse.network import Link, network
    >>> picture = network_picture(network([Link("i:a", "i:b", "refuses", 1, "A", "B")]))
    >>> [node.label for node in picture.nodes], picture.summary
    (['A', 'B'], '2 nodes · 1 link')
    """
    keys = list(graph)
    count = Counter(graph.nodes[key].get("kind", "") for key in keys)
    kinds = sorted(count, key=lambda kind: (-count[kind], kind))  # the commonest gets the calmest mark
    look = {kind: at % len(MARKS) for at, kind in enumerate(kinds)}
    dots = [_dot(graph, key, look[graph.nodes[key].get("kind", "")]) for key in keys]
    index = {key: at for at, key in enumerate(keys)}
    pairs = [(index[s], index[t]) for s, t in graph.edges if s != t]
    points = springs(len(keys), pairs)
    if len(keys) <= SMALL:
        points = part(points, [(dot.w + _PAD, dot.h + _PAD) for dot in dots])
    left = min((x - dot.w / 2 for (x, _), dot in zip(points, dots, strict=True)), default=0) - 20
    top = min((y - dot.h / 2 for (_, y), dot in zip(points, dots, strict=True)), default=0) - 20
    nodes = tuple(replace(dot, x=round(x - left, 2), y=round(y - top, 2)) for dot, (x, y) in zip(dots, points, strict=True))
    directed = graph.is_directed()
    edges = tuple(_line(nodes[index[s]], nodes[index[t]], said["label"], said["weight"], directed) for s, t, said in graph.edges(data=True))
    width, height = max((n.x + n.w / 2 for n in nodes), default=0) + 20, max((n.y + n.h / 2 for n in nodes), default=0) + 20
    legend = tuple(Legend(kind, colour=_colour(look[kind]), mark=MARKS[look[kind]]) for kind in kinds if kind)
    summary = " · ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in ((len(nodes), "node"), (len(edges), "link")))
    legend += (Legend(f"{'links to' if directed else 'linked'}; the wider, the more often", style="link"),) * bool(edges)
    title, notes = graph.graph.get("title", "Network"), tuple(graph.graph.get("notes", "").splitlines())
    return Picture("network", title, width, height, nodes, edges, legend, notes, summary, directed)


def _dot(graph: nx.Graph[str], key: str, look: int) -> Node:
    """A dot, larger the more is linked to it, with its label under it, not yet placed."""
    label, kind = graph.nodes[key].get("label") or key, graph.nodes[key].get("kind", "")
    radius = round(min(22.0, 7 + 2.2 * math.sqrt(graph.degree(key))), 2)
    lines = cut(wrap(label, _LABEL), 3)
    width = max(2 * radius, *(text_width(line) for line in lines))
    height = 2 * radius + 4 + LINE * len(lines)
    return Node(key, kind, label, 0, 0, round(width, 2), height, lines, colour=_colour(look), mark=MARKS[look], detail=kind, radius=radius)


def _colour(look: int) -> str:
    return f"kind{look % 6}"


def _line(source: Node, target: Node, label: str, weight: float, directed: bool) -> Edge:
    """A straight line from the middle of one dot to the rim of the other, of an arrow short of it; heavier ones are drawn wider."""
    x0, y0, x1, y1 = source.x, _middle(source), target.x, _middle(target)
    far = math.hypot(x1 - x0, y1 - y0) or 1.0
    rim = min(1.0, (target.radius + 3 * directed) / far)
    end = (round(x1 - (x1 - x0) * rim, 2), round(y1 - (y1 - y0) * rim, 2))
    return Edge(source.id, target.id, "link", ((x0, y0), end), label or STYLES["link"].words, weight)


def _middle(dot: Node) -> float:
    """The height of the dot's own middle; the node's is that of dot and label together."""
    return round(dot.y - dot.h / 2 + dot.radius, 2)


def springs(count: int, pairs: Sequence[tuple[int, int]]) -> Points:
    """Places for `count` nodes, linked ones near each other, all others apart; the same for the same input.

    It starts from a sunflower in which neighbours follow each other, then lets springs pull along the pairs and nodes
    push each other off within twice `_ROOM`.

    >>> (a, b, c) = springs(3, [(0, 1)])
    >>> math.dist(a, b) < math.dist(a, c)
    True
    """
    points = [(0.0, 0.0)] * count
    for place, node in enumerate(_walk(count, pairs)):
        reach, turn = _ROOM * 0.75 * math.sqrt(place + 0.5), place * _GOLDEN
        points[node] = (reach * math.cos(turn), reach * math.sin(turn))
    steps = max(10, min(160, _WORK // (count + len(pairs) + 1)))
    for step in range(steps):
        points = _step(points, pairs, _ROOM * 0.6 * (1 - step / steps))
    return points


def _walk(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """All nodes, each network of its own in one piece, from its best linked node outwards."""
    near: defaultdict[int, list[int]] = defaultdict(list)
    for a, b in pairs:
        near[a].append(b)
        near[b].append(a)
    seen: dict[int, None] = {}
    for start in sorted(range(count), key=lambda n: (-len(near[n]), n)):
        queue = [start] if start not in seen else []
        for node in queue:  # grows as it is walked
            if node not in seen:
                seen[node] = None
                queue += near[node]
    return list(seen)


def _step(points: Points, pairs: Sequence[tuple[int, int]], most: float) -> Points:
    """One step of the springs; no node moves farther than `most`."""
    force_x, force_y = [-0.02 * x for x, _ in points], [-0.02 * y for _, y in points]  # a slight pull to the middle
    cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for at, (x, y) in enumerate(points):
        cells[int(x // (2 * _ROOM)), int(y // (2 * _ROOM))].append(at)
    for (column, row), members in cells.items():
        around = [n for dx in (-1, 0, 1) for dy in (-1, 0, 1) for n in cells.get((column + dx, row + dy), ())]
        for a in members:
            ax, ay = points[a]
            for b in around:
                x, y = ax - points[b][0], ay - points[b][1]
                square = x * x + y * y
                if 0 < square < 4 * _ROOM * _ROOM:
                    push = _ROOM * _ROOM / square
                    force_x[a] += x * push
                    force_y[a] += y * push
    for a, b in pairs:
        x, y = points[b][0] - points[a][0], points[b][1] - points[a][1]
        pull = math.sqrt(x * x + y * y) / _ROOM
        force_x[a] += x * pull
        force_y[a] += y * pull
        force_x[b] -= x * pull
        force_y[b] -= y * pull
    moved = []
    for (x, y), fx, fy in zip(points, force_x, force_y, strict=True):
        length = math.sqrt(fx * fx + fy * fy)
        share = min(most, length * 0.1) / length if length else 0.0
        moved.append((x + fx * share, y + fy * share))
    return moved


def part(points: Points, sizes: Sequence[tuple[float, float]]) -> Points:
    """The points moved apart until no two boxes of these sizes around them overlap; as little as that takes.

    Boxes that overlap push each other off along the shorter way; if that does not come to rest, everything is drawn a
    little larger and it starts again, which ends, since places only grow.

    >>> part([(0.0, 0.0), (1.0, 0.0)], [(10, 10), (10, 10)])
    [(-4.75, 0.0), (5.75, 0.0)]
    """
    points = [(x + at * 1e-6, y) for at, (x, y) in enumerate(points)] if len(set(points)) < len(points) else list(points)
    while True:
        for _ in range(120):
            if not _push(points, sizes):
                return [(round(x, 2), round(y, 2)) for x, y in points]
        points = [(x * 1.15, y * 1.15) for x, y in points]


def _push(points: Points, sizes: Sequence[tuple[float, float]]) -> bool:
    """Push each overlapping pair off; whether there was one."""
    found = False
    for a in range(len(points)):
        for b in range(a + 1, len(points)):
            x, y = points[b][0] - points[a][0], points[b][1] - points[a][1]
            over_x = (sizes[a][0] + sizes[b][0]) / 2 - abs(x)
            over_y = (sizes[a][1] + sizes[b][1]) / 2 - abs(y)
            if over_x <= 0 or over_y <= 0:
                continue
            found = True
            move_x, move_y = (over_x / 2 + 0.25, 0.0) if over_x < over_y else (0.0, over_y / 2 + 0.25)
            move_x, move_y = math.copysign(move_x, x), math.copysign(move_y, y)
            points[a] = (points[a][0] - move_x, points[a][1] - move_y)
            points[b] = (points[b][0] + move_x, points[b][1] + move_y)
    return found
