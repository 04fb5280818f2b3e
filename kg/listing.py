"""Rows -> what is printed: the formats every listing comes in.

table   on a terminal: aligned, or a block a row where that is too wide, nothing cut; piped: tab-separated, one row a line
json    one array of objects, a row each, keyed by column
jsonl   the same, one object a line
csv     with a header; a cell that a spreadsheet would run gets an apostrophe, and one more where it had some before such a
        sign: take one away from a cell whose apostrophes stand before such a sign, and the words are as they were
md      a Markdown table
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from kg.errors import UsageError

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # how a cell begins that a spreadsheet would run
FORMATS = ("table", "json", "jsonl", "csv", "md")
_RARE = re.compile("[\x85\u2028\u2029]")  # line ends that JSON takes as they are
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
            lines = [to_json(dict(zip(columns, row, strict=True))) for row in rows]
            return "[" + ",\n ".join(lines) + "]\n" if form == "json" else "".join(line + "\n" for line in lines)
        case "csv":
            return _csv(columns, rows)
        case "md":
            cells = [list(columns), ["---"] * len(columns), *([_markdown(words(value)) for value in row] for row in rows)]
            return "".join("| " + " | ".join(row) + " |\n" for row in cells)
    raise UsageError(f"there is no format {form!r} here", "option --format", f"one of {', '.join(FORMATS)}")


def to_json(value: Any, indent: int | None = None) -> str:
    """A value as JSON; without `indent` one line to every reader, also to those that break lines at rarer signs than a newline.

    >>> to_json("“é” \\x85 \\u2028")
    '"“é” \\\\u0085 \\\\u2028"'
    """
    made = json.dumps(value, ensure_ascii=False, indent=indent)
    return _RARE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", made)


def words(value: Any) -> str:
    """A value as a person reads it: nothing for None, `yes` and `no` for booleans, a float without a tail of digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _table(columns: Sequence[str], rows: Rows, width: int | None) -> str:
    cells = [[words(value) for value in row] for row in rows]
    if width is None:
        return "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in [list(columns), *cells])
    cells = [[_visible(cell) for cell in row] for row in cells]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)] if cells else []
    if sum(widths) + 2 * len(widths) > width:
        return "\n".join(_record(columns, row, width) for row in cells)
    lines = [list(columns), *cells] if cells else []
    return "".join("  ".join(cell.ljust(n) for cell, n in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines)


def _record(columns: Sequence[str], row: Sequence[str], width: int) -> str:
    """One row as a block, a line for each column that says something, long ones wrapped beside their name."""
    margin = max(map(len, columns)) + 2
    gap = "\n" + margin * " "
    told = (
        (name, textwrap.wrap(cell, max(20, width - margin), break_on_hyphens=False))
        for name, cell in zip(columns, row, strict=True)
        if cell
    )
    return "".join(f"{name.ljust(margin)}{gap.join(lines)}\n" for name, lines in told)


def _visible(text: str) -> str:
    """The text without what would steer a terminal: control and direction characters show as a space."""
    return "".join(c if c.isprintable() else " " for c in text)


def _csv(columns: Sequence[str], rows: Rows) -> str:
    import csv
    from io import StringIO

    def line(cells: Iterable[Any]) -> str:
        out = StringIO(newline="")
        # The writer puts a cell in quotation marks that holds a sign of its line end, so that neither "\n" nor "\r" stands bare.
        csv.writer(out, lineterminator="\r\n").writerow(cells)
        return out.getvalue().removesuffix("\r\n") + "\n"

    return line(columns) + "".join(line("" if value is None else _inert(value) for value in row) for row in rows)


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.lstrip("'").startswith(FORMULA) else value


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))
