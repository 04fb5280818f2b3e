"""The named queries of `queries/`: a file each, with a header of `#+` lines in YAML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import UsageError
from kg.resources import folder

FOLDERS = ("questions", "counts", "networks", "derive", "checks")


class Parameter(NamedTuple):
    """A named query's parameter: its variable, one of `TYPES`, its default as a person would type it, what it means."""

    name: str
    type: str
    default: str = ""
    means: str = ""


class NamedQuery(NamedTuple):
    """A query file: its name (the file's stem), its header, and its whole text. `number` is 0 where it has none."""

    name: str
    path: Path
    question: str
    number: int
    parameters: tuple[Parameter, ...]
    draw: str
    text: str
    header: Mapping[str, Any]

    def asked(self, given: Mapping[str, str] | None = None) -> str:
        """The question in words, each `{parameter}` shown with the value given for it, or its default."""
        words = {p.name: p.default for p in self.parameters} | dict(given or {})
        return re.sub(r"\{([\w-]+)\}", lambda m: words.get(m[1], m[0]), self.question)


def list_queries(kind: str | None = None) -> list[NamedQuery]:
    """All named queries, or those of one folder (`questions`, `counts`, `networks`, `derive`, `checks`), sorted by name."""
    return [_read(path) for path in sorted(_files(kind), key=lambda p: p.stem)]


def list_questions() -> list[NamedQuery]:
    """The questions in the order of their numbers; those without one come last."""
    return sorted(list_queries("questions"), key=lambda query: (not query.number, query.number, query.name))


def load_query(name: str) -> NamedQuery:
    """The named query; raises UsageError with the nearest known names where there is none.

    >>> load_query("condition-cycle").question
    'Which conditions depend on themselves?'
    """
    found = next((path for path in _files() if path.stem == name), None)
    if not found:
        raise UsageError(f"there is no query called {name!r}", "", nearest(name, (p.stem for p in _files()), "kg queries lists them"))
    return _read(found)


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """A hint that names up to three known words like this one, else `otherwise`."""
    from difflib import get_close_matches

    by_fold = {name.casefold(): name for name in sorted(known, reverse=True)}  # of two spellings the capital
    close = get_close_matches(word.casefold()[:200], by_fold, n=3, cutoff=0.6)
    return f"did you mean {', '.join(by_fold[c] for c in close)}?" if close else otherwise


def _files(kind: str | None = None) -> Iterator[Path]:
    top = folder("queries")
    for name in (kind,) if kind else FOLDERS:
        yield from (top / name).glob("*.rq")


def _read(path: Path) -> NamedQuery:
    text = path.read_text("utf-8")
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    header = _plain(lines)
    if header is None:
        import yaml

        header = yaml.load("\n".join(lines), Loader=yaml.BaseLoader)
    given = header.get("parameters") or {}
    parameters = tuple(Parameter(name, p.get("type", "text"), p.get("default", ""), p.get("means", "")) for name, p in given.items())
    number = int(header.get("number", 0))
    return NamedQuery(path.stem, path, header.get("question", ""), number, parameters, header.get("draw", "table"), text, header)


# What YAML calls plain and quoted scalars, as far as they need no unescaping; inside braces a comma ends a plain one.
_QUOTED = r"""\"([^"\\]*)\"|'([^']*)'"""
_FIRST = r"""[^\s"'\[\]{}#&*!|>%@`?:,-]"""
_PLAIN = rf"{_FIRST}(?:(?!:\s|:$|\s\#).)*"
_INNER = rf"{_FIRST}(?:(?!:\s|\s\#)[^,{{}}[\]])*"
_LINE = re.compile(rf"(\s*)([\w-]+):(?:\s+(?:{_QUOTED}|({_PLAIN})|\{{(.*)\}}))?\s*")
_ITEM = re.compile(rf"\s*([\w-]+):\s+(?:{_QUOTED}|({_INNER}))\s*(?:,|$)")


def _plain(lines: Sequence[str]) -> dict[str, Any] | None:
    """A header in the few forms of YAML that ours have; None where it needs the real parser, which is slow to import."""
    header: dict[str, Any] = {}
    inside = header
    for line in lines:
        found = _LINE.fullmatch(line)
        if not found:
            return None
        indent, key, *scalars, flow = found.groups()
        words = next((s.rstrip() for s in scalars if s is not None), None)
        value = _flow(flow) if flow is not None else words
        if not indent:
            inside = header
        elif inside is header:
            return None
        if value is not None:
            inside[key] = value
        elif indent or flow is not None:
            return None
        else:
            inside = header[key] = {}
    return header


def _flow(text: str) -> dict[str, str] | None:
    items, done = {}, 0
    while done < len(text):
        found = _ITEM.match(text, done)
        if not found:
            return None
        items[found[1]] = next(s for s in found.groups()[1:] if s is not None).rstrip()
        done = found.end()
    return items
