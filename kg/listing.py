"""Rows -> what is printed: the formats every listing comes in.

table   on a terminal: aligned, wrapped to its width, nothing cut; piped: tab-separated, one row a line
json    one array of objects, a row each, keyed by column
jsonl   the same, one object a line
csv     with a header; a cell that a spreadsheet would run gets an apostrophe
md      a Markdown table
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from kg.errors import UsageError

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run
FORMATS = ("table", "json", "jsonl", "csv", "md")
Rows = Sequence[Sequence[Any]]


def listing(columns: Sequence[str], rows: Rows, form: str, width: int | None = None) -> str:
    """The rows in one of `FORMATS`; values are text, numbers, booleans or None. `width` is a terminal's, None when piped.

    Raises UsageError for an unknown format.

    >>> print(listing(["name", "n"], [["a", 1]], "csv"), end="")
    name,n
    a,1
    """
    match form:
        case "table":
            return _table(columns, rows, width)
        case "json" | "jsonl":
            lines = [json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) for row in rows]
            return "[" + ",\n ".join(lines) + "]\n" if form == "json" else "".join(line + "\n" for line in lines)
        case "csv":
            return _csv(columns, rows)
        case "md":
            cells = [list(columns), ["---"] * len(columns), *([_markdown(words(value)) for value in row] for row in rows)]
            return "".join("| " + " | ".join(row) + " |\n" for row in cells)
    raise UsageError(f"there is no format {form!r} here", "option --format", f"one of {', '.join(FORMATS)}")


def words(value: Any) -> str:
    """A value as a person reads it: nothing for None, `yes` and `no` for booleans, a float without a tail of digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _table(columns: Sequence[str], rows: Rows, width: int | None) -> str:
    cells = [[words(value) for value in row] for row in rows]
    if width is None:
        return "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in [list(columns), *cells])
    from rich.box import SIMPLE_HEAD  # heavy, and only where somebody looks
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in cells:
        table.add_row(*(Text(_visible(cell)) for cell in row))
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as caught:
        console.print(table)
    return caught.get() if rows else ""


def _visible(text: str) -> str:
    """The text without what would steer a terminal: control and direction characters show as a space."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def _csv(columns: Sequence[str], rows: Rows) -> str:
    import csv
    from io import StringIO

    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(
            "'" + value if isinstance(value, str) and value.startswith(FORMULA) else "" if value is None else value for value in row
        )
    return out.getvalue()


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))
