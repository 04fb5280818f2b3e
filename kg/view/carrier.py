"""A picture as a pyvis network: the data model of the page, and vis-network's own options; nothing of pyvis's HTML."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from kg.view.shapes import BEND, STYLES, Edge, Node, Picture, Quote, number


def carrier(picture: Picture) -> Any:
    """The picture as a pyvis `Network`: its nodes and edges in pyvis's own form, at their places, and vis-network's options.

    Lines end on ports, nodes without size at the edges of the boxes, since vis-network aims at the middle. What only our
    page reads stands under `draw`; of an edge that is the whole line it is a piece of.
    """
    from pyvis.edge import Edge as Line  # imported here: pyvis takes most of a second, and only the page needs it
    from pyvis.network import Network
    from pyvis.node import Node as Dot

    held = Network(directed=picture.directed)
    quotes = {quote: at for at, quote in enumerate(quotes_of(picture))}
    # pyvis looks each node up in a list, which is quadratic: its Node and Edge are made here and put where it keeps them.
    for node in picture.nodes:
        title = {"title": node.label} if node.radius else {}
        middle = node.y - node.h / 2 + node.radius if node.radius else node.y
        held.nodes.append(
            Dot(node.id, "custom", node.label, x=node.x, y=middle, size=node.radius, draw=_drawn(node, quotes), **title).options
        )
    ports: dict[tuple[float, float], str] = {}
    for edge in picture.edges:
        stops = [edge.source, edge.target]
        if picture.kind == "chart":
            stops = [ports.setdefault(point, f"port {number(point[0])} {number(point[1])}") for point in edge.points]
        style = STYLES[edge.style]
        thick = thickness(picture, edge)
        said = {"source": edge.source, "target": edge.target, "style": edge.style, "words": edge.label, "thick": thick}
        for at, (start, end) in enumerate(pairwise(stops)):
            arrows = {"to": {"enabled": picture.directed and at == len(stops) - 2, "scaleFactor": 0.55}}
            held.edges.append(Line(start, end, picture.directed, arrows=arrows, dashes=list(style.dashes) or False, draw=said).options)
    for (x, y), name in ports.items():
        held.nodes.append(Dot(name, "dot", " ", x=x, y=y, size=0.1, opacity=0).options)
    held.node_ids = [node["id"] for node in held.nodes]
    held.node_map = {node["id"]: node for node in held.nodes}
    held.set_options(json.dumps(_options(picture)))
    return held


def _options(picture: Picture) -> dict[str, Any]:
    """vis-network's options: nothing moves by itself, nothing is looked for."""
    smooth = {"enabled": True, "type": "cubicBezier", "forceDirection": "horizontal", "roundness": BEND}
    return {
        "autoResize": False,
        "layout": {"improvedLayout": False, "randomSeed": 1},
        "physics": {"enabled": False},
        "interaction": {
            "dragNodes": False,
            "selectable": False,
            "hover": False,
            "keyboard": False,
            "hideEdgesOnDrag": len(picture.edges) > 3000,
        },
        "nodes": {"shape": "custom", "chosen": False},
        "edges": {"smooth": smooth if picture.kind == "chart" else False, "chosen": False, "selectionWidth": 0},
    }


def _drawn(node: Node, quotes: Mapping[Quote, int]) -> dict[str, Any]:
    """What the page needs to draw and explain a node; quotes by their number."""
    said = asdict(node)
    for name in ("id", "x", "y"):
        del said[name]
    return said | {"quotes": [quotes[quote] for quote in node.quotes]}


def quotes_of(picture: Picture) -> list[Quote]:
    """Every quote of the picture once, by article and place."""
    return sorted({quote for node in picture.nodes for quote in node.quotes})


def thickness(picture: Picture, edge: Edge) -> float:
    """How wide a line is drawn, in px: in a chart as its style says, in a network by its weight."""
    return STYLES[edge.style].width if picture.kind == "chart" else round(1 + math.log1p(max(0.0, edge.weight - 1)), 2)
