"""Readings as W3C Web Annotations (https://www.w3.org/TR/annotation-model/) in JSON-LD: a collection with one page.

    describing    what is about a whole article: its text, and as JSON what else is known of it
    classifying   a mark: its layer, its features as tags `key: value`, what it names by IRI; its words by position and by quote
    linking       a link: from the mark that is its target to the mark in its body, with the role as a tag

Positions are code points, as the standard has them. The W3C's context is named, never fetched: a file is read as the JSON that
the standard prescribes, so one that spells it in another way is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kg.annotate.document import Document, Keys, parse_document
from kg.errors import AnnotationError, Finding, ReadError
from kg.exchange.brat import IDS, about, read_about
from kg.exchange.marks import Foreign, Link, Mark, Marked, Range
from kg.model import slug
from kg.text import one_line
from kg.triples import Iri, article_iri, thing_id, thing_iri
from kg.vocabulary import ID

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 32  # code points of a quote's prefix and suffix
FOLDERS = {"actor": "actor", "place": "place", "concept": "action", "circumstance": "circumstance"}  # feature -> where its IRIs begin


# ---------------------------------------------------------------------------------------------------- out


def to_json(readings: Iterable[Marked]) -> bytes:
    """The collection of all annotations of some articles; the same bytes for the same readings."""
    items = [item for marked in readings for item in items_of(marked)]
    page = {"type": "AnnotationPage", "startIndex": 0, "items": items}
    told = {
        "@context": CONTEXT,
        "id": f"{ID}annotations",
        "type": "AnnotationCollection",
        "label": "Proviso",
        "total": len(items),
        "first": page,
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass") + b"\n"


def items_of(marked: Marked) -> Iterator[dict[str, Any]]:
    """The annotations that say what is known of an article and in it."""
    article = article_iri(marked.article.id)
    names = {mark.id: f"{article}/mark/{mark.id}" for mark in marked.marks}
    known = json.dumps(about(marked), ensure_ascii=False)
    bodies = [_words(marked.article.text, format="text/plain"), _words(known, format="application/json")]
    yield _annotation(f"{article}/mark/article", "describing", bodies, article)
    for mark in marked.marks:
        said = [_words(mark.layer, purpose="classifying"), *(_feature(mark, key, value) for key, value in mark.features)]
        yield _annotation(names[mark.id], "classifying", said, [_place(marked.article.text, article, span) for span in mark.spans])
    for number, link in enumerate(marked.links, 1):
        to = {"type": "SpecificResource", "purpose": "linking", "source": names[link.target]}
        yield _annotation(f"{article}/link/{number}", "linking", [_words(link.role, purpose="tagging"), to], names[link.source])


def _annotation(id: str, motivation: str, body: list[dict[str, Any]], target: Any) -> dict[str, Any]:
    return {"id": id, "type": "Annotation", "motivation": motivation, "body": body, "target": target}


def _words(value: str, **more: str) -> dict[str, Any]:
    return {"type": "TextualBody", "value": value, **more}


def _feature(mark: Mark, key: str, value: str) -> dict[str, Any]:
    if IDS.get(mark.layer) == key and thing_id(thing_iri(FOLDERS[key], value)) == value:
        return {"type": "SpecificResource", "purpose": "identifying", "source": thing_iri(FOLDERS[key], value)}
    return _words(f"{key}: {value}", purpose="tagging")


def _place(text: str, article: str, span: Range) -> dict[str, Any]:
    start, end = span
    quote = {"exact": text[start:end], "prefix": text[max(0, start - AROUND) : start], "suffix": text[end : end + AROUND]}
    position = {"type": "TextPositionSelector", "start": start, "end": end}
    return {"type": "SpecificResource", "source": article, "selector": [position, {"type": "TextQuoteSelector", **quote}]}


# ---------------------------------------------------------------------------------------------------- in


def read(source: Path, name: str = "") -> Iterator[Foreign | ReadError]:
    """Each article that a file's annotations are about, or why it cannot be read; `name` is what the file is called where not by its path."""
    name = name or str(source)
    try:
        data = source.read_bytes()
        document = parse_document(data, name, is_json=True)
    except AnnotationError as error:
        first = error.findings[0]
        yield ReadError(
            f"this is no JSON that can be read: {first.message}", f"{name}:{first.line}", "give what kg export wrote, or another tool"
        )
        return
    except OSError as error:
        yield ReadError(f"the file cannot be read: {error.strerror}", name, "give a file of Web Annotations")
        return
    found = dict(_annotations(document.value))
    if not found:
        yield ReadError("there are no annotations in it", name, 'give a collection, a page or a list of things of "type": "Annotation"')
    yield from _Reader(document, found).articles(data)


def _annotations(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    """The annotations of a collection, a page, a list, or the one that this is, by the way to each."""
    if isinstance(value, dict) and "Annotation" in _several(value.get("type")):
        yield keys, value
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _annotations(below, (*keys, index))
    elif isinstance(value, dict):
        for key in ("first", "items"):
            yield from _annotations(value.get(key), (*keys, key))


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_for(body: Any, purpose: str) -> bool:
    return isinstance(body, dict) and purpose in _several(body.get("purpose"))


def _name(value: Any) -> str:
    """The IRI of a thing that is written as its IRI, or as an object with one."""
    name = value.get("id") or value.get("source") if isinstance(value, dict) else value
    return name if isinstance(name, str) else _name(name) if isinstance(name, dict) else ""


@dataclass
class _Article:
    """What annotations say of one article, in the making."""

    text: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    told: list[Mapping[str, Any]] = field(default_factory=list)  # the annotations themselves


@dataclass
class _Reader:
    """Sorts annotations by the articles they are about; what cannot be understood is noted and left out."""

    document: Document
    found: Mapping[Keys, Mapping[str, Any]]
    by_iri: dict[str, _Article] = field(default_factory=dict)
    article_of: dict[str, str] = field(default_factory=dict)  # IRI of a mark -> of its article

    def articles(self, data: bytes) -> Iterator[Foreign | ReadError]:
        rest = []
        for keys, told in self.found.items():
            motivation = _several(told.get("motivation"))
            if "describing" in motivation:
                self._described(keys, told)
            else:
                rest.append((keys, told, "linking" in motivation))
        for keys, told, is_link in sorted(rest, key=lambda one: one[2]):
            (self._link if is_link else self._mark)(keys, told)
        for iri, one in self.by_iri.items():
            yield self._finished(iri, one, data)

    def _finished(self, iri: str, one: _Article, data: bytes) -> Foreign | ReadError:
        name = self.document.path
        if not iri:
            return ReadError("these annotations say of no article that they are about it", name, "name its IRI as their target")
        if one.text is None:
            hint = 'add an annotation of it with the motivation "describing" and a text/plain body'
            return ReadError(f"the text of {one_line(iri)} is not in the file", name, hint)
        id = thing_id(Iri(iri)) if iri.startswith(f"{ID}article/") else slug(iri)
        try:
            started = read_about(one.known, one.text, id, name)
        except ReadError as error:
            return error
        marked = replace(started, marks=tuple(one.marks), links=tuple(one.links))
        if len(self.by_iri) > 1:  # what is kept of an article holds no word of another
            data = json.dumps(one.told, indent=1).encode()
        return Foreign(marked, tuple(sorted(one.findings, key=lambda f: f.line)), name, data, data)

    def note(self, one: _Article, code: str, message: str, keys: Keys) -> None:
        one.findings.append(self.document.finding(code, message, keys))

    def _described(self, keys: Keys, told: Mapping[str, Any]) -> None:
        for iri in map(_name, _several(told.get("target")) or [""]):
            one = self.by_iri.setdefault(iri, _Article())
            one.told.append(told)
            self._known(one, keys, told)

    def _known(self, one: _Article, keys: Keys, told: Mapping[str, Any]) -> None:
        for body in _several(told.get("body")):
            value = body.get("value") if isinstance(body, dict) else None
            if isinstance(value, str) and body.get("format") == "text/plain":
                one.text = value
            elif isinstance(value, str) and body.get("format") == "application/json":
                try:
                    known = json.loads(value)
                except (ValueError, RecursionError):
                    known = None
                if isinstance(known, dict):
                    one.known = known
                else:
                    self.note(one, "line-syntax", "what is known of the article is no JSON object; take it out", keys)

    def _mark(self, keys: Keys, told: Mapping[str, Any]) -> None:
        places = _several(told.get("target"))
        iri = next((_name(place.get("source")) for place in places if isinstance(place, dict)), "") or next(map(_name, places), "")
        one = self.by_iri.setdefault(iri, _Article())
        one.told.append(told)
        id, line = str(told.get("id") or ".".join(map(str, keys))), self.document.line(keys)
        if one.text is None:
            return  # told once, of the article
        self.article_of[id] = iri
        spans = [_where(place, one.text) for place in places]
        if not spans or None in spans:
            self.note(one, "mark-off", f"{one_line(id)}: its words are not where it says, nor anywhere else alone; mark them again", keys)
            self.article_of[id] = ""
            return
        bodies = _several(told.get("body"))
        layers = [body["value"] for body in bodies if _is_for(body, "classifying") and isinstance(body.get("value"), str)]
        layer = layers[0] if layers else ""
        if len(set(layers)) > 1:
            self.note(one, "feature-twice", f"a mark is of one layer, not {' and '.join(map(one_line, layers))}; keep one", keys)
        names = IDS.get(layer, "id")
        features = []
        for body in bodies:
            value = body.get("value") if isinstance(body, dict) else None
            if isinstance(value, str) and _is_for(body, "classifying"):
                continue
            if isinstance(value, str) and ": " in value and (_is_for(body, "tagging") or not body.get("purpose")):
                key, _, words = value.partition(": ")
                features.append((key, words))
            elif _name(body).startswith(f"{ID}{FOLDERS[names]}/" if names in FOLDERS else ID):
                features.append((names, thing_id(Iri(_name(body)))))
            elif _name(body).startswith(ID):
                self.note(one, "feature-unknown", f"{one_line(_name(body))} is no {FOLDERS[names]}; name one", keys)
            else:
                one.findings.append(
                    Finding("line-syntax", "warning", "this body is not read, as it says no `key: value`", self.document.path, line)
                )
        one.marks.append(Mark(id, layer, tuple(sorted(span for span in spans if span)), tuple(features), line))

    def _link(self, keys: Keys, told: Mapping[str, Any]) -> None:
        source = next(map(_name, _several(told.get("target"))), "")
        bodies = [body for body in _several(told.get("body")) if isinstance(body, dict)]
        role = next((body["value"] for body in bodies if isinstance(body.get("value"), str)), "")
        target = next((_name(body) for body in bodies if "value" not in body), "")
        iri = self.article_of.get(source) or self.article_of.get(target)
        if self.article_of.get(source) == "" or self.article_of.get(target) == "":
            return  # its mark was noted already
        one = self.by_iri[iri] if iri else next(iter(self.by_iri.values()), _Article())
        one.told.append(told)
        one.links.append(Link(role, source, target, self.document.line(keys)))


def _where(place: Any, text: str) -> Range | None:
    """The code points a target speaks of: by position where its quote stands there, else by the quote where it stands once."""
    selectors = [s for s in _several(place.get("selector")) if isinstance(s, dict)] if isinstance(place, dict) else []
    quote = next((s for s in selectors if isinstance(s.get("exact"), str) and s["exact"]), None)
    for selector in selectors:
        start, end = selector.get("start"), selector.get("end")
        if type(start) is int and type(end) is int and 0 <= start < end <= len(text) and (not quote or text[start:end] == quote["exact"]):
            return start, end
    if not quote:
        return None
    before, after = (str(quote.get(key) or "") for key in ("prefix", "suffix"))
    found = [m.start() + len(before) for m in re.finditer(f"(?={re.escape(before + quote['exact'] + after)})", text)]
    return (found[0], found[0] + len(quote["exact"])) if len(found) == 1 else None
