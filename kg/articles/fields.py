"""What is known of an article besides its text: the header of a text file, and the check of each field, wherever it came from.

    ---
    id: 002b-rferl
    title: "Who pays?"
    published: 2026-01-07
    ---
    The text of the article …

One `key: value` a line; a value is plain or in quotation marks. One file may hold several articles, each begun by a header
with an id. A line `---` in a text (Markdown) begins a header only where one of the known keys follows it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice, zip_longest
from typing import NamedTuple

from kg.errors import ReadError
from kg.model import Article
from kg.text import one_line

HEADER_KEYS = ("id", "title", "outlet", "author", "published", "published_inferred", "url", "language", "file", "range")
MOST_LINES = 200_000  # a long book has a third of that; millions of empty ones would take gigabytes
LONGEST_ID = 200  # characters, of up to four bytes each: what names a file by an id shortens it

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_FIELD = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(.*))?$")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9].*")
_RANGE = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")


@dataclass(slots=True)
class Part:
    """One article of a text file: its fields, the line each stands on, where its text is (`start` to `end`), and all of it with its header
    (`first` to `last`); or what is wrong with that.
    """

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    start: int = 0
    end: int = 0
    first: int = 0
    last: int = 0
    error: ReadError | None = None


class _Line(NamedTuple):
    """One line of a file: where it begins and ends, and its words without the line end."""

    start: int
    end: int
    words: str


def iso_date(words: str) -> str | None:
    """The date in `words` as an ISO date, partial as it is; of a date with a time the day as written there; None for no date.

    >>> iso_date("2026-01"), iso_date("2026-01-06T23:30:00-05:00"), iso_date("2026-02-30")
    ('2026-01', '2026-01-06', None)
    """
    found = _DATE.fullmatch(words)
    try:
        if found:
            date(*(int(part or 1) for part in found.groups()))
        elif _TIME.fullmatch(words):
            datetime.fromisoformat(words)
        else:
            return None
    except ValueError:
        return None
    return words[:10]


def split(text: str, name: str) -> list[Part]:
    """The articles of a text file, in order; one without fields where the file has no header. Raises ReadError for too many lines.

    >>> text = "---\\nid: a\\n---\\nOne.\\n\\n---\\nid: b\\n---\\nTwo.\\n"
    >>> [(part.fields["id"], text[part.start:part.end]) for part in split(text, "f.txt")]
    [('a', 'One.'), ('b', 'Two.')]
    """
    lines = [_Line(m.start(), m.end(), m.group().rstrip("\r\n")) for m in islice(_LINE.finditer(text), MOST_LINES + 1)]
    if len(lines) > MOST_LINES:
        raise ReadError(f"the file has more than {MOST_LINES:,} lines", name, "give fewer articles a file, or a .jsonl collection")
    headers = _headers(lines)
    first = lines[headers[0][0]].start if headers else len(text)
    parts = [_part(text, 1, 0, first)] if text[:first].strip() or not headers else []
    for (opening, closing), (following, _) in zip_longest(headers, headers[1:], fillvalue=(len(lines), 0)):
        end = lines[following].start if following < len(lines) else len(text)
        part = _part(text, opening + 1, lines[min(closing, len(lines) - 1)].end, end)
        part.first, part.last = lines[opening].start, end
        _read_header(part, lines[opening + 1 : closing], name, closed=closing < len(lines))
        parts.append(part)
    return parts


def build(text: str, values: Mapping[str, str], place: Callable[[str], str]) -> Article:
    """The article of a text and its fields (keys of `HEADER_KEYS`); `place` says where a key stands, for errors (ReadError).

    >>> build("No.", {"id": "a", "published": "2026", "range": "3-6"}, str).range
    (3, 6)
    """
    known = {key: value.strip() for key, value in values.items() if value.strip()}
    for key, value in known.items():
        if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in value):
            raise ReadError(f"{key} holds a control character", place(key), "take it out")
    if len(known.get("id", "")) > LONGEST_ID:
        raise ReadError(f"the id is longer than {LONGEST_ID} characters", place("id"), "give a shorter one")
    return Article(
        known["id"], text, known.get("title"), known.get("outlet"), known.get("author"), _published(known, place), _inferred(known, place),
        known.get("url"), known.get("language"), known.get("file"), _range(known, place),
    )  # fmt: skip


def _published(known: Mapping[str, str], place: Callable[[str], str]) -> str | None:
    words = known.get("published")
    if words and not iso_date(words):
        raise ReadError(f"{one_line(words)} is no date", place("published"), "write it as 2026, 2026-01 or 2026-01-06")
    return iso_date(words) if words else None


def _inferred(known: Mapping[str, str], place: Callable[[str], str]) -> bool:
    words = known.get("published_inferred", "false").lower()
    if words not in ("true", "false"):
        raise ReadError(f"published_inferred is {one_line(words)}", place("published_inferred"), "write true or false")
    return words == "true"


def _range(known: Mapping[str, str], place: Callable[[str], str]) -> tuple[int, int] | None:
    if "range" not in known:
        return None
    found = _RANGE.fullmatch(known["range"])
    if not found or int(found[1]) >= int(found[2]):
        raise ReadError(f"{one_line(known['range'])} is no range", place("range"), "write start-end in code points, such as 470-6696")
    return int(found[1]), int(found[2])


# ---------------------------------------------------------------------------------------------------- headers


def _headers(lines: list[_Line]) -> list[tuple[int, int]]:
    """The lines that open and close a header; a header that nothing closes gets the number after the last line."""
    fences = [i for i, line in enumerate(lines) if line.words.rstrip() == "---"]
    top = next((i for i, line in enumerate(lines) if line.words.strip()), -1)
    found, used = [], -1
    for opening, closing in zip_longest(fences, fences[1:], fillvalue=len(lines)):
        if opening > used and _begins_header(lines, opening, opening == top and closing < len(lines)):
            found.append((opening, closing))
            used = closing
    return found


def _begins_header(lines: list[_Line], opening: int, at_top: bool) -> bool:
    """At the top of a file any key will do, so that a misspelt one is refused; further down it must be a known one."""
    following = _FIELD.match(lines[opening + 1].words) if opening + 1 < len(lines) else None
    return bool(following and (at_top or following.group(1) in HEADER_KEYS))


def _part(text: str, line: int, start: int, end: int) -> Part:
    """The text between two offsets less blank lines at either end and the last line's end."""
    body = text[start:end]
    first, last = len(body) - len(body.lstrip()), len(body.rstrip())
    start_of_line = max(body.rfind("\n", 0, first), body.rfind("\r", 0, first)) + 1
    ends = [at for at in (body.find("\n", last), body.find("\r", last)) if at >= 0]
    return Part(line, start=start + start_of_line, end=start + min(ends, default=len(body)))


def _read_header(part: Part, lines: list[_Line], name: str, closed: bool) -> None:
    try:
        if not closed:
            raise ReadError("the header is not closed", f"{name}:{part.line}", "end it with a line ---")
        for number, line in enumerate(lines, part.line + 1):
            if line.words.strip() and not line.words.startswith("#"):
                key, value = _field(line.words, f"{name}:{number}")
                if key in part.fields:
                    raise ReadError(f"{one_line(key)} stands twice in the header", f"{name}:{number}", "keep one of them")
                part.fields[key], part.lines[key] = value, number
    except ReadError as error:
        part.error = error


def _field(words: str, where: str) -> tuple[str, str]:
    found = _FIELD.match(words.rstrip())
    if not found:
        raise ReadError("this line of the header is no key and value", where, "write one `key: value` a line")
    key, value = found.group(1), (found.group(2) or "").strip()
    if key not in HEADER_KEYS:
        raise ReadError(f"the header key {one_line(key)} is unknown", where, f"use one of {', '.join(HEADER_KEYS)}")
    return key, _plain(value, where)


def _plain(value: str, where: str) -> str:
    """The value as YAML reads it where it is plain or quoted; its other shapes (lists, aliases, blocks) are refused."""
    try:
        if value[:1] == '"':
            read = json.loads(value)
        elif value[:1] == "'":
            read = value[1:-1].replace("''", "'") if re.fullmatch(r"'(?:[^']|'')*'", value) else None
        else:
            read = value if value[:1] not in tuple("&*!|>[]{}%@`") or not value else None
    except ValueError:
        read = None
    if not isinstance(read, str):
        raise ReadError("this value is neither plain words nor quoted", where, 'put it in quotation marks: "…"')
    return read
