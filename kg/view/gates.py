"""What a commitment needs, as lines through gates: ALL where everything must hold, ANY where one is enough, *reports differ*.

What one article says of a commitment is one reading. Within a reading conditions conjoin, across readings never: one that
says no more than another is not drawn again, and those that really differ hang on a gate of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

Line = tuple[str, str, str]  # source, target, style
Item = tuple[str, tuple[str, ...]]  # how it is attached, and the conditions of which one is enough
Reading = frozenset[Item]
Readings = dict[str, set[tuple[str, str, str]]]  # article -> how attached, group, condition


def gated(edges: Iterable[Line], readings_of: Mapping[str, Readings]) -> dict[Line, None]:
    """The lines of a chart, in an order that depends on the facts alone: those given, and those of what each commitment needs.

    >>> list(gated([], {"c": {"a1": {("requirement", "x", "x")}}}))
    [('c', 'x', 'requirement')]
    """
    lines = dict.fromkeys(sorted(edges))
    for commitment in sorted(readings_of):
        readings = _readings(readings_of[commitment].values())
        if len(readings) == 1:
            _attach(lines, commitment, readings[0])
            continue
        heads = [_head(lines, reading) for reading in readings]
        differ = _gate_key("DIFFER", heads)
        lines[commitment, differ, "differ"] = None
        for head, style in heads:
            lines[differ, head, style] = None
    return lines


def _readings(articles: Iterable[set[tuple[str, str, str]]]) -> list[Reading]:
    """The different readings that no other says more than, each as items: attachment, and conditions of which one is enough."""
    readings = set()
    for attached in articles:
        groups: dict[tuple[str, str], set[str]] = {}
        for attachment, group, condition in attached:
            groups.setdefault((attachment, group), set()).add(condition)
        readings.add(frozenset((attachment, tuple(sorted(members))) for (attachment, _), members in groups.items()))
    return sorted((r for r in readings if not any(r < other for other in readings)), key=sorted)


def _attach(lines: dict[Line, None], commitment: str, reading: Reading) -> None:
    """Draw the only reading of a commitment: what must all hold through one gate, each exception for itself."""
    for attachment in sorted({attachment for attachment, _ in reading}):
        heads = [_child(lines, item) for item in sorted(reading) if item[0] == attachment]
        if len(heads) > 1 and attachment != "exceptIf":
            heads = [(_all(lines, heads), attachment)]
        for head, style in heads:
            lines[commitment, head, style] = None


def _head(lines: dict[Line, None], reading: Reading) -> tuple[str, str]:
    """One node that stands for a whole reading, and the style of the line to it."""
    heads = [_child(lines, item) for item in sorted(reading)]
    return heads[0] if len(heads) == 1 else (_all(lines, heads), "differ")


def _child(lines: dict[Line, None], item: Item) -> tuple[str, str]:
    """The node for one item: the condition itself, or the ANY gate before several."""
    attachment, conditions = item
    if len(conditions) == 1:
        return conditions[0], attachment
    gate = _gate_key("ANY", [(condition, attachment) for condition in conditions])
    for condition in conditions:
        lines[gate, condition, attachment] = None
    return gate, attachment


def _all(lines: dict[Line, None], heads: list[tuple[str, str]]) -> str:
    """The ALL gate over these; the same for whoever needs the same."""
    gate = _gate_key("ALL", heads)
    for head, style in heads:
        lines[gate, head, style] = None
    return gate


def _gate_key(word: str, heads: list[tuple[str, str]]) -> str:
    """The key of a gate, made of what it joins, so that equal gates are one."""
    return f"gate {word} {hashlib.sha256(repr(sorted(heads)).encode()).hexdigest()[:12]}"


def find_circles(edges: set[Line]) -> list[Line]:
    """The edges to leave out so that none goes in a circle: of those on circles, the ones against the order of the keys."""
    left = set(edges)
    while True:
        sources, targets = {edge[0] for edge in left}, {edge[1] for edge in left}
        inner = {edge for edge in left if edge[0] in targets and edge[1] in sources}
        if inner == left:
            return sorted(edge for edge in left if edge[0] >= edge[1])
        left = inner
