"""A thing and what hangs under it, as lines, a nested list or JSON."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Value = str | bool | int | float | tuple[str, ...]
Values = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the tree and what hangs under it. Text stands here as it was read; `to_text` makes it harmless.

    `role` says what it is to the node above, `kind` what it is. `start` and `end` are code points in the article, half-open:
    a statement's are those of its first words while its quote is the whole sentence; elsewhere they are the quote's.
    """

    label: str
    role: str = ""
    kind: str = ""
    iri: str = ""
    values: Values = ()
    quote: str = ""
    article: str = ""
    article_label: str = ""
    start: int | None = None
    end: int | None = None
    unreviewed: bool = False
    children: tuple[Node, ...] = ()

    def all(self) -> Iterator[Node]:
        """The node and all below it."""
        yield self
        for child in self.children:
            yield from child.all()


def to_text(node: Node, form: str, width: int | None = None) -> str:
    """The tree as `table` (indented lines, wrapped at a terminal's width), `md` (a nested list) or `json` (nested objects, what
    is empty left out).

    >>> print(to_text(Node("Norland", kind="state", children=(Node("Union", "member of"),)), "table"), end="")
    Norland – state
      member of: Union
    """
    if form == "json":
        made = json.dumps(_json(node), ensure_ascii=False, indent=1) + "\n"
        return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in made)
    lines = _lines(node, 0)
    if form == "md":
        return "".join("  " * depth + "- " + re.sub(r"([\\`*_\[\]<>|#&~])", r"\\\1", line) + "\n" for depth, line in lines)
    return "".join(_wrapped(line, depth, width) + "\n" for depth, line in lines)


def _wrapped(line: str, depth: int, width: int | None) -> str:
    if width is None:
        return "  " * depth + line
    margin = "  " * min(depth, 12)
    return textwrap.fill(
        line, max(40, width), initial_indent=margin, subsequent_indent=margin + "    ", break_long_words=False, break_on_hyphens=False
    )


def one_line(text: str) -> str:
    """The text on one line, without what would steer a terminal or turn the direction of what follows.

    >>> one_line("a\\x1b[2J\\n b")
    'a [2J b'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _json(node: Node) -> dict[str, Any]:
    made: dict[str, Any] = {"label": node.label, "role": node.role, "kind": node.kind, "iri": node.iri, **dict(node.values)}
    made |= {"quote": node.quote, "article": {"iri": node.article, "label": node.article_label} if node.article else None}
    made |= {"start": node.start, "end": node.end, "unreviewed": node.unreviewed or None}
    made["children"] = [_json(child) for child in node.children]
    return {key: value for key, value in made.items() if value is not None and value not in ("", [])}


def _lines(node: Node, depth: int) -> Iterator[tuple[int, str]]:
    """The lines of a node and all below it, each with its depth; bare leaves side by side that play one role share a line."""
    told = ", ".join(f"{name.replace('_', ' ')}: {_shown(value)}" for name, value in node.values)
    what = " – " + ", ".join(filter(None, (node.kind, node.iri))) if not node.role and (node.kind or node.iri) else ""
    mark = " [not reviewed]" if node.unreviewed else ""
    yield depth, one_line(f"{node.role + ': ' if node.role else ''}{node.label}{what}{f' ({told})' if told else ''}{mark}")
    if node.quote:
        place = f"{node.article_label}, " if node.article_label else ""
        yield depth + 1, one_line(f"“{node.quote}” – {place}{node.start}–{node.end}")
    for row in _rows(node.children):
        yield from _lines(replace(row[0], label="; ".join(n.label for n in row)), depth + 1)


def _rows(nodes: tuple[Node, ...]) -> list[list[Node]]:
    rows: list[list[Node]] = []
    for node in nodes:
        if rows and rows[-1][0].role == node.role and _bare(rows[-1][0]) and _bare(node):
            rows[-1].append(node)
        else:
            rows.append([node])
    return rows


def _bare(node: Node) -> bool:
    return not (node.values or node.quote or node.children or node.unreviewed)


def _shown(value: Value) -> str:
    return "; ".join(value) if isinstance(value, tuple) else ("yes" if value else "no") if isinstance(value, bool) else str(value)
