"""An annotation file -> plain values, each with the line it stands on: YAML or JSON, read without guessing.

Nothing here knows what an annotation is, but for the few keys whose plain YAML words are numbers or truth values: all
other words are what stands there (`no` is a word, `2026-01` a date). Keys that stand twice, aliases, tags, a second document
and deep nesting are refused; so a file says what it looks as if it said, and cannot grow when it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import yaml

from kg.errors import AnnotationError, Finding, ReadError

LARGEST = 5_000_000  # bytes; the annotation of a long article has a tenth of that
DEPTH = 32  # levels; an annotation has six
NUMBERS = frozenset({"start", "end", "occurrence", "lowest", "highest", "confidence", "range"})
TRUTHS = frozenset({"published_inferred", "reviewed", "inferred"})
LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
TOKEN = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+')  # of a text that json.loads has read
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # as an escape, the half of a character or both

Keys = tuple[str | int, ...]  # the way to a value: keys of maps and indices of lists


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values, and for the way to each value the line (from 1) where its key or item begins.

    A key whose value is null is as good as absent, and is.
    """

    path: str
    value: Any
    lines: Mapping[Keys, int]

    def line(self, keys: Keys) -> int:
        """The line of a value, or of the nearest thing around it that has one."""
        while keys not in self.lines and keys:
            keys = keys[:-1]
        return self.lines.get(keys, 1)

    def finding(self, code: str, message: str, keys: Keys = (), severity: str = "error") -> Finding:
        """What is wrong at a value's line."""
        return Finding(code, severity, message, self.path, self.line(keys))


def read_document(path: Path) -> Document:
    """The values of a YAML or (suffix `.json`) JSON file.

    Raises ReadError where the file cannot be opened or is too large, and AnnotationError with one finding (`syntax`, `alias`,
    `duplicate-key`) where it cannot be read as it stands.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ReadError(f"the file is larger than {LARGEST:,} bytes", str(path), "one file holds the annotation of one article")
        source = path.read_bytes()
    except OSError as error:
        raise ReadError(f"the annotation file cannot be read: {error.strerror}", str(path), "give a YAML or JSON file") from error
    return parse_document(source, str(path), is_json=path.suffix == ".json")


def parse_document(source: bytes, name: str, *, is_json: bool = False) -> Document:
    """The values of the bytes of a file; raises as `read_document` does.

    >>> document = parse_document(b"a: no\\nb: [{start: 1}]", "x.yaml")
    >>> document.value, document.line(("b", 0))
    ({'a': 'no', 'b': [{'start': 1}]}, 2)
    """
    builder = _Builder(name)
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        builder.refuse("syntax", "save the file as UTF-8", source[: error.start].count(b"\n") + 1)
    if is_json:
        value, plain = _at_once(text)
        if plain:
            return Document(name, value, _Lines(text))
    return _taken(builder, (_json if is_json else _yaml)(text, builder))


def _taken(builder: _Builder, events: Iterator[Event]) -> Document:
    for event in events:
        builder.take(*event)
    return Document(builder.name, builder.root, builder.lines)


class _Lines(Mapping[Keys, int]):
    """The lines of a JSON text that can be read: found when one is asked for, which of most files nobody does."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _found(self) -> Mapping[Keys, int]:
        builder = _Builder("")
        return _taken(builder, _json(self._text, builder)).lines

    def __getitem__(self, keys: Keys) -> int:
        return self._found[keys]

    def __iter__(self) -> Iterator[Keys]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _at_once(text: str) -> tuple[Any, bool]:
    """What a JSON text says, and whether nothing in it could be refused; if not, it is to be read piece by piece."""
    try:
        value = json.loads(text, object_pairs_hook=_each_once, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None, False
    return value, not SURROGATE.search(text) and _is_flat(value)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A map without the keys that are null; raises ValueError where a key stands twice."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError
    return {key: value for key, value in pairs if value is not None} if None in made.values() else made


def _refused(_: str) -> NoReturn:
    raise ValueError


def _is_flat(value: Any) -> bool:
    """Whether there are no more than `DEPTH` containers in one another."""
    level = [value]
    for _ in range(DEPTH + 1):
        level = [one for one in level if isinstance(one, dict | list)]
        if not level:
            return True
        level = [below for one in level for below in (one.values() if isinstance(one, dict) else one)]
    return False


Event = tuple[str, Any, int]  # one of `{ [ end` or `scalar`, its value, its line; a map's keys are scalars


@dataclass
class _Builder:
    """Puts values together from a flat stream of events, however deep; remembers lines."""

    name: str
    root: Any = None
    lines: dict[Keys, int] = field(default_factory=dict)
    open: list[tuple[Any, Keys]] = field(default_factory=list)  # containers not yet ended, with the way to each
    key: list[str | None] = field(default_factory=list)  # for each of these, the key that waits for its value

    def refuse(self, code: str, message: str, line: int) -> NoReturn:
        raise AnnotationError([Finding(code, "error", message, self.name, line)])

    def take(self, event: str, value: Any, line: int) -> None:
        if event == "end":
            self.open.pop()
            self.key.pop()
            return
        container = self.open[-1][0] if self.open else None
        if isinstance(container, dict) and self.key[-1] is None:
            self._take_key(container, event, value, line)
            return
        keys = self._put({} if event == "{" else [] if event == "[" else value, line)
        if event != "scalar":
            if len(self.open) == DEPTH:
                self.refuse("syntax", f"an annotation is not nested {DEPTH} levels deep; look at the brackets and the indentation", line)
            self.open.append((self._at(keys), keys))
            self.key.append(None)

    def _take_key(self, container: dict[str, Any], event: str, value: Any, line: int) -> None:
        if event != "scalar":
            self.refuse("syntax", "a key is a word, not a list or a map", line)
        if (*self.open[-1][1], str(value)) in self.lines:
            self.refuse("duplicate-key", f"keep one of the two {value!r}", line)
        self.key[-1] = str(value)
        self.lines[(*self.open[-1][1], str(value))] = line

    def _put(self, value: Any, line: int) -> Keys:
        """Puts a value where it belongs, and returns the way to it."""
        if not self.open:
            self.root, self.lines[()] = value, line
            return ()
        container, keys = self.open[-1]
        if isinstance(container, list):
            container.append(value)
            self.lines[(*keys, len(container) - 1)] = line
            return (*keys, len(container) - 1)
        key = self.key[-1]
        self.key[-1] = None
        if value is not None:
            container[key] = value
        return (*keys, key or "")

    def _at(self, keys: Keys) -> Any:
        return self.root if not self.open else self.open[-1][0][keys[-1]]

    def nearest_key(self) -> str:
        """The key whose value comes next, or in whose list we are."""
        return next(
            (
                str(part)
                for part in (self.key[-1] if self.key else None, *reversed(self.open[-1][1] if self.open else ()))
                if isinstance(part, str)
            ),
            "",
        )


def _yaml(text: str, builder: _Builder) -> Iterator[Event]:
    documents = 0
    try:
        for event in yaml.parse(text, Loader=LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    builder.refuse("syntax", "one file holds one annotation; take the second document out", line)
            elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                builder.refuse("alias", "write the value out in place of the YAML anchor or alias", line)
            elif getattr(event, "tag", None) not in (None, "!"):
                builder.refuse("syntax", f"take the YAML tag {getattr(event, 'tag', '')} out", line)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                yield "{" if isinstance(event, yaml.MappingStartEvent) else "[", None, line
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                yield "end", None, line
            elif isinstance(event, yaml.ScalarEvent):
                yield "scalar", _plain(event.value, builder.nearest_key()) if not event.style else event.value, line
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "a character that YAML does not allow"
        builder.refuse("syntax", f"mend the YAML: {problem}", min(mark.line, text.count("\n")) + 1 if mark else 1)


def _plain(words: str, key: str) -> Any:
    if words in ("", "~", "null"):
        return None
    if key in NUMBERS and re.fullmatch(r"[-+]?\d{1,30}", words):
        return int(words)
    if key in NUMBERS and re.fullmatch(r"[-+]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][-+]?\d{1,2})?", words):
        return float(words)
    if key in TRUTHS and words in ("true", "false"):
        return words == "true"
    return words


def _json(text: str, builder: _Builder) -> Iterator[Event]:
    try:
        json.loads(text, parse_constant=lambda name: builder.refuse("syntax", f"JSON has no number {name}", 1))
    except json.JSONDecodeError as error:
        builder.refuse("syntax", f"mend the JSON: {error.msg}", error.lineno)
    except (RecursionError, ValueError):
        builder.refuse("syntax", "mend the JSON: it is nested too deep, or a number has too many digits", 1)
    line, at = 1, 0
    for token in TOKEN.finditer(text):
        line += text.count("\n", at, token.start())
        at = token.start()
        if token[0] in "{[":
            yield token[0], None, line
        elif token[0] in "}]":
            yield "end", None, line
        else:
            value = json.loads(token[0])
            if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
                builder.refuse("syntax", "take the half of a character (a lone surrogate) out", line)
            yield "scalar", value, line
