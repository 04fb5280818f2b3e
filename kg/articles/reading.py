"""Paths -> files -> readings: which files are articles, and what each holds."""

from __future__ import annotations

import codecs
import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from kg.articles.archives import Page, pages
from kg.articles.decoding import check_text, decode
from kg.articles.fields import Part, build, iso_date, split
from kg.articles.pages import extract
from kg.errors import ReadError
from kg.model import Article
from kg.resources import STORE_MARK

TEXTS, PAGES, COLLECTIONS, ARCHIVES = (".txt", ".md"), (".html", ".htm"), (".jsonl",), (".warc", ".warc.gz")
MANY = (*COLLECTIONS, *ARCHIVES)  # whose size says nothing of an article's
SUFFIXES = (*TEXTS, *PAGES, *MANY)
STDIN = "-"
LARGEST = 4_000_000  # bytes of one article: more than the longest books
LARGEST_PAGE = 10_000_000  # of a web page, most of which is no text

_KEYS = ("title", "outlet", "author", "date", "published", "url", "language")  # of a collection's item, besides its id and text
_NO_WORDS = re.compile(rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff|\0")  # byte order marks, and every other byte of UTF-16
_PAGE = re.compile(rb"(?:<!doctype html|<html|<\?xml[^>]{0,200}>\s*<(?:!doctype )?html)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """One article of a file, or why there is none.

    `source` is the bytes it was read from (of a collection its line, of an archive its record, of a text file with several articles its part, in UTF-8,
    else the whole file: no word of another article) and `name` the path as it was given:
    `read_bytes(source, name)` reads it again. `id` is the article's id, also where reading it failed, as far as it is known.
    `notes` say what a reader should know of the text. A page that was read with `later` has neither article nor error before
    `finish`.
    """

    article: Article | None
    source: bytes = b""
    error: ReadError | None = None
    notes: tuple[str, ...] = ()
    name: str = ""
    id: str = ""


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files to read: a file as it is given, of a folder all that are articles, sorted, also in folders below.

    Hidden files, folders named `annotations` and links that lead out of the folder are left out. A path that is not there
    is handed on, and so is a folder that cannot be read or has no articles, a pipe or a link to nowhere, for `read_articles` to say so.
    """
    for path in paths:
        yield from (_in_folder(path) or [path]) if os.path.isdir(path) else [path]  # noqa: PTH112 - never raises


def read_articles(path: Path, raw: bool = False, later: bool = False) -> Iterator[Reading]:
    """The articles of one file, at least one reading; `raw` takes a text as it is, `later` leaves it to `finish` to find the
    article in a page, which takes a process and half a second.

    >>> [reading] = read_articles(Path("no/such.txt"))
    >>> print(reading.error)
    there is no such file
      at: no/such.txt
      try: check the path
    """
    name = _printable(str(path))
    try:
        _check_file(path, name)
        if _kind(name, b"") in MANY:
            with path.open("rb") as stream:
                yield from _many(stream, _kind(name, b""), name, raw, later)
        else:
            yield from read_bytes(path.read_bytes(), name, raw, later)
    except ReadError as error:
        yield Reading(None, b"", error, (), name, path.stem)
    except OSError as error:
        yield Reading(
            None, b"", ReadError(f"it cannot be read: {error.strerror}", name, "check the path and its permissions"), (), name, path.stem
        )


def read_bytes(data: bytes, name: str = STDIN, raw: bool = False, later: bool = False) -> Iterator[Reading]:
    """The articles in some bytes; `name` says by its suffix what they are, `-` (stdin) leaves that to their beginning.

    >>> [reading] = read_bytes(b"Macron said no.", "a.txt")
    >>> reading.article.id, reading.article.text, reading.article.range
    ('a', 'Macron said no.', (0, 15))
    """
    kind = _kind(name, data)
    try:
        if kind in MANY:
            yield from _many(io.BytesIO(data), kind, name, raw, later)
            return
        if kind not in (*TEXTS, *PAGES):
            raise ReadError(f"no article file: {kind or 'no suffix'}", name, f"give a file that ends in {' '.join(SUFFIXES)}")
        if kind in PAGES and later and not raw:
            yield Reading(None, data, None, (), name, _stem(name))
            return
        text, notes = decode(data, name, kind in PAGES)
        yield from _page(text, notes, data, name) if kind in PAGES and not raw else _text(text, notes, data, name, raw)
    except ReadError as error:
        yield Reading(None, data, error, (), name, _stem(name))


def read_stream(stream: BinaryIO, raw: bool = False, later: bool = False) -> Iterator[Reading]:
    """The articles that come on stdin: a collection line by line and an archive record by record, of any length; else one file, of a file's length.

    An archive is put into a temporary file, as reading it goes back where it is damaged.
    """
    first = _beginning(stream)
    whole = io.BufferedReader(_Whole(first, stream))
    kind = _kind(STDIN, first)
    if kind in COLLECTIONS:
        yield from _many(whole, kind, STDIN, raw, later)
        return
    if kind in ARCHIVES:
        with TemporaryFile() as file:
            try:
                shutil.copyfileobj(whole, file)
            except OSError as error:
                what, hint = f"it cannot be put into a temporary file: {error.strerror}", "save it as a file and give that"
                yield Reading(None, b"", ReadError(what, STDIN, hint), (), STDIN, _stem(STDIN))
                return
            yield from _many(file, kind, STDIN, raw, later)
        return
    data = whole.read(LARGEST_PAGE + 1)
    try:
        _check_size(len(data), _kind(STDIN, data), STDIN)
    except ReadError as error:
        yield Reading(None, b"", error, (), STDIN, _stem(STDIN))
    else:
        yield from read_bytes(data, STDIN, raw, later)


def _beginning(stream: BinaryIO) -> bytes:
    """A stream to the end of the first line that is not empty, which says what it is."""
    lines = io.BytesIO()
    while lines.tell() < LARGEST and (line := stream.readline(LARGEST)):
        lines.write(line)
        if _NO_WORDS.sub(b"", line).strip():
            break
    return lines.getvalue()


class _Whole(io.RawIOBase):
    """A stream from its beginning, which was read already."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first, self._rest = first, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._first[: len(buffer)] or self._rest.read(len(buffer))
        self._first = self._first[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def finish(reading: Reading) -> Reading:
    """The same with the article that is in its page, or why there is none; a reading that has either is returned as it is."""
    if reading.article or reading.error:
        return reading
    (done,) = read_bytes(reading.source, reading.name)
    return done


# ---------------------------------------------------------------------------------------------------- files


def _in_folder(root: Path) -> list[Path]:
    inside = root.resolve()
    found: list[Path] = []
    unread: list[Path] = []
    for folder, folders, files in os.walk(root, onerror=lambda error: unread.append(Path(error.filename))):
        if STORE_MARK in files:  # a store of ours, whose journal is no article
            folders[:], files = [], []
        folders[:] = sorted(f for f in folders if f != "annotations" and not f.startswith("."))
        here = (Path(folder, f) for f in files if not f.startswith("."))
        # realpath never raises, where resolve does for a link too long to follow.
        found += [f for f in here if _kind(f.name, b"") in SUFFIXES and Path(os.path.realpath(f)).is_relative_to(inside)]
    return sorted(found + unread)


def _check_file(path: Path, name: str) -> None:
    if path.is_dir():
        os.scandir(path).close()  # a folder that may not be read says so
        raise ReadError("there are no articles in this folder", name, f"give a folder with files that end in {' '.join(SUFFIXES)}")
    if not path.exists():
        raise ReadError("there is no such file", name, "check the path")
    if not path.is_file():  # a pipe or a device may never end
        raise ReadError("this is no plain file", name, "save it as a file, or give it on stdin with -")
    _check_size(path.stat().st_size, _kind(name, b""), name)


def _check_size(size: int, kind: str, name: str) -> None:
    largest = LARGEST_PAGE if kind in PAGES else LARGEST
    if size > largest and kind not in MANY:
        raise ReadError(f"the file is larger than {largest:,} bytes", name, "give one article a file, or a .jsonl collection")


def _kind(name: str, data: bytes) -> str:
    if name != STDIN:
        packed = name.lower().endswith(ARCHIVES[1])
        return ARCHIVES[1] if packed else PurePath(name).suffix.lower()
    if data.startswith((b"WARC/1.", b"\x1f\x8b\x08")):
        return ARCHIVES[0]
    words = _NO_WORDS.sub(b"", data[:10_000]).lstrip()
    if _PAGE.match(words):
        return ".html"
    return ".jsonl" if words.startswith(b"{") else ".txt"  # also where the first line is damaged, which is then told as of a file


def _stem(name: str) -> str:
    return (
        "stdin" if name == STDIN else PurePath(name).name[: -len(ARCHIVES[1])] if _kind(name, b"") == ARCHIVES[1] else PurePath(name).stem
    )


def _printable(name: str) -> str:
    """A path that can be written anywhere, also where its bytes are no UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


# ---------------------------------------------------------------------------------------------------- kinds


def _text(text: str, notes: tuple[str, ...], data: bytes, name: str, raw: bool) -> Iterator[Reading]:
    parts = [Part(1, end=len(text))] if raw else split(text, name)
    seen: set[str] = set()
    for part in parts:
        source = data if len(parts) == 1 else text[part.first : part.last].encode()
        reading = Reading(None, source, None, notes, name, part.fields.get("id") or (_stem(name) if len(parts) == 1 else ""))
        yield _attempt(reading, partial(_article, text, part, name, len(parts) > 1), seen, f"{name}:{part.line}")


def _article(text: str, part: Part, name: str, several: bool) -> Article:
    def place(key: str) -> str:
        return f"{name}:{part.lines.get(key, part.line)}"

    if part.error:
        raise part.error
    if several and not part.fields.get("id"):
        what = "the header gives no id" if part.fields else "there is text before the first header"
        raise ReadError(what, place("id"), "begin each of several articles in a file with a header that has an id")
    body = text[part.start : part.end]
    check_text(body, place("id"))
    values = {"id": _stem(name)} | {key: value for key, value in part.fields.items() if value}
    if name != STDIN and "file" not in values:
        values = {"range": f"{part.start}-{part.end}"} | _file(name) | values
    return build(body, values, place)


def _page(text: str, notes: tuple[str, ...], data: bytes, name: str) -> Iterator[Reading]:
    body, fields, more = extract(text, name)
    values = fields | {"id": _stem(name)} | _file(name)
    reading = Reading(None, data, None, (*notes, *more), name, _stem(name))
    yield _attempt(reading, lambda: build(body, values, lambda _: name), set(), name)


def _many(stream: BinaryIO, kind: str, name: str, raw: bool, later: bool) -> Iterator[Reading]:
    seen: set[str] = set()
    if kind in COLLECTIONS:
        yield from _collection(stream, name, seen)
    else:
        yield from (_record(page, name, raw, later, seen) for page in pages(stream, name))


def _record(page: Page, name: str, raw: bool, later: bool, seen: set[str]) -> Reading:
    """One record of an archive; what its page does not say of itself, the record does."""
    reading = Reading(None, page.source, page.error, (), name, page.id)
    is_page = page.kind in PAGES
    if page.error:
        return reading
    if is_page and later and not raw and page.id not in seen:
        seen.add(page.id)
        return reading
    try:
        text, notes = decode(page.body, page.where, is_page, page.charset)
        text, fields, more = extract(text, page.where) if is_page and not raw else (text, {}, ())
    except ReadError as error:
        return replace(reading, error=error)
    day = iso_date(page.fetched) or ""
    values = {"url": page.url, "published": day, "published_inferred": str("published" not in fields and bool(day))}
    values |= {key: value for key, value in fields.items() if value} | {"id": page.id} | _file(name)
    return _attempt(replace(reading, notes=(*notes, *more)), lambda: build(text, values, lambda _: page.where), seen, page.where)


def _collection(stream: BinaryIO, name: str, seen: set[str]) -> Iterator[Reading]:
    empty = True
    lines = iter(partial(stream.readline, LARGEST), b"")  # a longer line comes in pieces, none of which is JSON
    for number, line in enumerate(lines, 1):
        if (line := line.removeprefix(codecs.BOM_UTF8)).strip():
            empty = False
            yield _item(line.rstrip(b"\r\n"), name, number, seen)
    if empty:
        yield Reading(None, b"", ReadError("the collection is empty", name, "give one JSON object a line"), (), name, _stem(name))


def _item(line: bytes, name: str, number: int, seen: set[str]) -> Reading:
    where = f"{name}:{number}"
    item = _object(line)
    id = item.get("id") if item else None
    id = str(id).strip() if _is_word(id) else ""
    reading = Reading(None, line, None, (), name, id)
    text = item.get("text") if item else None
    if not id or not isinstance(text, str):
        missing = "this line is no JSON object" if item is None else "the item has no text" if id else "the item has no id"
        return replace(reading, error=ReadError(missing, where, "give one JSON object in UTF-8 a line, with an id and a text"))
    try:
        reading = replace(reading, notes=check_text(text, where))
    except ReadError as error:
        return replace(reading, error=error)
    assert item is not None  # it has a text
    odd = [key for key in _KEYS if item.get(key) is not None and not _is_word(item[key])]
    reading = replace(reading, notes=(*reading.notes, *(f"{key} is no text, and is left out" for key in odd)))
    return _attempt(reading, partial(build, text, _values(item, id, name), lambda _: where), seen, where)


def _values(item: Mapping[str, object], id: str, name: str) -> dict[str, str]:
    """What a collection's item says of its article, as in a header; `date` is another word for `published`, other keys are ignored."""
    words = {key: str(value) for key in _KEYS if _is_word(value := item.get(key))}  # 2026 may stand there as a number
    words["published"] = words.get("published") or words.pop("date", "")
    return words | {"id": id, "published_inferred": str(item.get("published_inferred") is True)} | _file(name)


def _is_word(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _file(name: str) -> dict[str, str]:
    return {} if name == STDIN else {"file": PurePath(name).name}


def _object(line: bytes) -> Mapping[str, object] | None:
    try:
        found = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _attempt(reading: Reading, make: Callable[[], Article], seen: set[str], where: str) -> Reading:
    """The reading with its article, or with the error that making it raised; an id that was seen before is one."""
    try:
        article = make()
        if article.id in seen:
            raise ReadError(f"the id {article.id} stands twice in the file", where, "give each article an id of its own")
    except ReadError as error:
        return replace(reading, error=error)
    seen.add(article.id)
    return replace(reading, article=article, id=article.id)
