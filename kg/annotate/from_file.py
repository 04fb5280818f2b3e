"""A person's annotation file -> an `Annotation`: ids and spans resolved, all that is wrong found at once.

    file --read_document--> values --schema--> values of the right shape --_Resolver--> Annotation

What a file may say is published as `ontology/annotation.schema.json`; `annotation.md` says what counts. A span is looked
for by its exact words; an actor by its id in the registry or among the file's `actors`; an action, circumstance or place
by any of its names in the registry, and minted from its words where it has none.
"""

from __future__ import annotations

import datetime
import difflib
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kg.annotate.document import Document, Keys, read_document
from kg.annotate.schema import Test, compiled
from kg.errors import AnnotationError, Finding
from kg.model import (
    Actor,
    Annotation,
    Annotator,
    Article,
    Claim,
    Commitment,
    Condition,
    ConditionUse,
    Reference,
    Registry,
    Span,
    Statement,
    slug,
)  # fmt: skip
from kg.resources import folder
from kg.text import occurrences, one_line

if TYPE_CHECKING:
    from jsonschema import ValidationError

# Every code of a finding about a file; each has its example in ontology/examples/invalid.
FILE_CODES = (
    "actor-clash", "alias", "bad-date", "confidence-nowhere", "duplicate-id", "duplicate-key", "missing-key", "other-article", "span-ambiguous", "span-mismatch",
    "span-missing", "span-word", "statement-twice", "syntax", "text-changed", "unknown-actor", "unknown-id", "unknown-key", "unknown-value",
    "wrong-type",
)  # fmt: skip

Map = Mapping[str, Any]
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class AnnotationFile:
    """What a file says, the way to each entry by its local id, and what of it was left out with a warning."""

    annotation: Annotation
    ways: Mapping[str, Keys]
    warnings: tuple[Finding, ...] = ()


@functools.cache
def schema() -> Map:
    """The published JSON Schema of annotation files.

    >>> schema()["required"]
    ['statements']
    """
    read: Map = json.loads((folder("ontology") / "annotation.schema.json").read_text("utf-8"))
    return read


def read_annotation(path: Path, article: Article, registry: Registry) -> AnnotationFile:
    """The annotation a file holds of this article.

    Raises ReadError where the file cannot be opened and AnnotationError with every finding (`FILE_CODES`) where it says
    something impossible.
    """
    return resolve(read_document(path), article, registry)


def resolve(document: Document, article: Article, registry: Registry) -> AnnotationFile:
    """As `read_annotation`, from the values of a document.

    >>> from kg.annotate.document import parse_document
    >>> source = b'{"statements": [{"id": "a", "content": ["no"], "mode": "indirect", "force": "asserts"}]}'
    >>> resolve(parse_document(source, "x.json", is_json=True), Article("x", "He said no."), Registry()).annotation.statements[0].content
    (Span(start=8, end=10, text='no'),)
    """
    findings = sorted(set(_misshapen(document)), key=lambda f: f.line)
    if findings:
        raise AnnotationError(findings)
    resolver = _Resolver(document, article, registry)
    made = resolver.file()
    found = sorted(set(resolver.findings), key=lambda f: (f.line, f.code, f.message))
    if any(finding.severity == "error" for finding in found):
        raise AnnotationError(found)
    return replace(made, warnings=tuple(found))


# ---------------------------------------------------------------------------------------------------- shape


@functools.cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator  # heavy

    return Draft202012Validator(schema())


@functools.cache
def _plainly() -> Test:
    return compiled(schema())


def _misshapen(document: Document) -> Iterator[Finding]:
    value = _respelt(document.value)
    if _plainly()(value):
        return
    for error in _validator().iter_errors(value):
        yield from _finding(document, error)


def _respelt(value: Any) -> Any:
    """`unnamed_source` and `unnamed-source` are `unnamed source`, and so for channels."""
    if isinstance(value, dict):
        for key, below in value.items():
            value[key] = (
                " ".join(below.replace("_", " ").replace("-", " ").split())
                if key in ("kind", "channel") and isinstance(below, str)
                else _respelt(below)
            )
    elif isinstance(value, list):
        for below in value:
            _respelt(below)
    return value


def _finding(document: Document, error: ValidationError) -> Iterator[Finding]:
    keys: Keys = tuple(error.absolute_path)
    rule: Any = error.schema
    allowed: Any = error.validator_value
    instance: Any = error.instance
    name = str(next((part for part in reversed(keys) if isinstance(part, str)), "the file"))
    match error.validator:
        case "additionalProperties":
            known = list(rule["properties"])
            for key in sorted(set(instance) - set(known)):
                yield document.finding("unknown-key", f"there is no key {key!r} here; {_near(key, known, 'known are')}", (*keys, key))
        case "required" | "dependentRequired" | "anyOf" | "minProperties":
            missing = error.message.split("'")[1] if error.validator == "required" else None
            either = "say its span, or what it names" if error.validator == "anyOf" else "start and end go together"
            yield document.finding("missing-key", f"{name}: give the key {missing!r}" if missing else f"{name}: {either}", keys)
        case "enum":
            yield document.finding("unknown-value", f"{instance!r} is no {name}; {_near(str(instance), allowed, 'one of')}", keys)
        case "pattern" if "date" in name or name in ("date", "published"):
            yield document.finding("bad-date", f"{instance!r}: write a day, a month or a year: 2026-01-06, 2026-01, 2026", keys)
        case _:
            wanted = rule.get("type", "another value")
            wanted = " or ".join(wanted) if isinstance(wanted, list) else wanted
            kinds = {
                "array": "a list",
                "object": "a map of keys",
                "string": "a text",
                "number": "a number",
                "integer": "a whole number",
                "boolean": "true or false",
            }
            yield document.finding(
                "wrong-type",
                f"{name}: give {kinds.get(wanted, wanted)}, not {one_line(json.dumps(instance, ensure_ascii=False))}",
                keys,
            )


def _near(word: str, known: list[str], before: str) -> str:
    close = difflib.get_close_matches(word, known, 2)
    return f"did you mean {' or '.join(close)}?" if close else f"{before}: {', '.join(known)}"


# ---------------------------------------------------------------------------------------------------- meaning


class _Resolver:
    """Turns the values of one file into model values; what cannot be resolved is noted in `findings` and left out."""

    def __init__(self, document: Document, article: Article, registry: Registry) -> None:
        self.document, self.article, self.registry = document, article, registry
        self.findings: list[Finding] = []
        self.value: Map = document.value
        self.actors: dict[str, str] = {}  # id in the file -> id in the graph
        self.minted: dict[str, Actor] = {}
        self.ids = {kind: self._ids(*lists) for kind, lists in (
            ("statement", ("statements",)), ("condition", ("conditions",)), ("commitment", ("commitments",)), ("claim", ("claims",)),
            ("commitment or claim", ("commitments", "claims")),
        )}  # fmt: skip

    def note(self, code: str, message: str, keys: Keys) -> None:
        self.findings.append(self.document.finding(code, message, keys))

    def file(self) -> AnnotationFile:
        self._same_article()
        for index, entry in enumerate(self.value.get("actors", [])):
            self._actor(entry, ("actors", index))
        ways: dict[str, Keys] = {}
        for name in ("statements", "commitments", "conditions", "claims"):
            for index, entry in enumerate(self.value.get(name, [])):
                ways.setdefault(entry["id"], (name, index))
        who = self.value.get("annotator", {})
        annotation = Annotation(
            Annotator(who.get("name", "a person"), who.get("version", ""), who.get("reviewed", True)),
            self._entries("statements", self._statement), self._entries("commitments", self._commitment),
            self._entries("conditions", self._condition), self._entries("claims", self._claim),
        )  # fmt: skip
        return AnnotationFile(replace(annotation, actors=tuple(sorted(self.minted.values(), key=lambda a: a.id))), ways)

    def _entries(self, name: str, build: Callable[[Map, Keys], Entry]) -> tuple[Entry, ...]:
        return tuple(build(entry, (name, index)) for index, entry in enumerate(self.value.get(name, [])))

    def _same_article(self) -> None:
        header: Map = self.value.get("article", {})
        if header.get("id", self.article.id) != self.article.id:
            self.note("other-article", f"this file is about {header['id']!r}, the article is {self.article.id!r}", ("article", "id"))
        told = header.get("text_sha256", self.article.sha256)
        if told != self.article.sha256 or header.get("text", self.article.text) != self.article.text:
            self.note(
                "text-changed", "the text has changed since this was written: read it again, then renew the sum", ("article", "text_sha256")
            )
        self._date(header.get("published"), ("article", "published"))

    # ids

    def _ids(self, *lists: str) -> frozenset[str]:
        """The ids of the entries of some lists, which are one space: each may stand once."""
        seen: set[str] = set()
        for name in lists:
            for index, entry in enumerate(self.value.get(name, [])):
                if entry["id"] in seen:
                    self.note("duplicate-id", f"two entries have the id {entry['id']!r}; give one of them another", (name, index))
                seen.add(entry["id"])
        return frozenset(seen)

    def _known(self, kind: str, id: str | None, keys: Keys) -> str | None:
        if id is not None and id not in self.ids[kind]:
            self.note("unknown-id", f"the file has no {kind} {id!r}; add it, or take this out", keys)
        return id

    def _actor(self, entry: Map, keys: Keys) -> None:
        """An actor of the file: one that the registry knows, or a new one."""
        kind, label = entry["kind"], entry["label"]
        aliases, members = (
            tuple(entry.get("aliases", ())),
            tuple(self._actor_id(id, (*keys, "member_of")) for id in entry.get("member_of", ())),
        )
        id, known = self._who(entry)
        made = Actor(id, known.label if known else label, kind, tuple(sorted(set(aliases))), tuple(sorted(set(members))))
        clash = entry["id"] in self.actors or (entry["id"] in self.registry.actors and not known)
        if clash or self.minted.get(id, made) != made:
            self.note(
                "actor-clash", f"another actor has the id or the name of {label!r}; keep one, or give it an id and name of its own", keys
            )
        self.actors[entry["id"]] = id
        if not known or set(aliases) - {known.label, *known.aliases} or set(members) - set(known.member_of):
            self.minted[id] = made

    def _who(self, entry: Map) -> tuple[str, Actor | None]:
        """The id in the graph of an actor of the file, and whom of the registry it is.

        An id that is made of the name, as a reading that is written out has it, is that actor's own, whomever else the registry knows by
        the name. Any other is the file's word for whom the registry knows by name and kind, or for one whose id is made of the name.
        """
        id, label, kind = entry["id"], entry["label"], entry["kind"]
        same, name = self.registry.actors.get(id), slug(label)
        if same and same.kind == kind and name in _names(same):
            return id, same
        if not same and (id == name or id.startswith(f"{name}-")):
            return id, None
        known = self.registry.find_actor(label, kind)
        if known:
            return known.id, known
        return f"{name}-{slug(kind)}" if name in self.registry.actors else name, None

    def _actor_id(self, id: str, keys: Keys) -> str:
        if id in self.actors:
            return self.actors[id]
        later = next((entry for entry in self.value.get("actors", []) if entry["id"] == id), None)
        if later:  # a body named before its own entry
            return self._who(later)[0]
        if id not in self.registry.actors:
            near = difflib.get_close_matches(id, [*self.actors, *self.registry.actors], 3)
            hint = f"did you mean {' or '.join(near)}? else " if near else ""
            self.note("unknown-actor", f"nobody is called {id!r}; {hint}add it to the file's actors: {{id, label, kind}}", keys)
        return id

    def _concept(self, scheme: str, id: str | None, span: Span | None) -> str:
        if id:
            return self.registry.concept_id(scheme, id)
        assert span  # the schema requires one of the two
        return self.registry.concept_of(scheme, span)

    # spans and dates

    def _span(self, value: Any, keys: Keys) -> Span | None:
        if value is None:
            return None
        told: Map = {"text": value} if isinstance(value, str) else value
        words, text = told["text"], self.article.text
        if "start" in told:
            start, end = int(told["start"]), int(told["end"])  # 1.0 is a whole number too
            if text[start:end] != words:
                self.note("span-mismatch", f"[{start}, {end}) is “{one_line(text[start:end])}”, not “{one_line(words)}”; mend either", keys)
            return Span(start, end, words)
        starts = occurrences(text, words)
        wanted = int(told["occurrence"]) if "occurrence" in told else None
        if not starts:
            self._note_missing(words, keys)
        elif wanted is None and len(starts) > 1:
            self.note(
                "span-ambiguous", f"“{one_line(words)}” stands in the text {len(starts)} times; give more words, or the occurrence", keys
            )
        elif wanted is not None and wanted > len(starts):
            self.note("span-missing", f"“{one_line(words)}” stands in the text {len(starts)} times, not {wanted}", keys)
        else:
            start = starts[(wanted or 1) - 1]
            return Span(start, start + len(words), words)
        return Span(0, max(1, len(words)), words)  # not seen by anybody: the finding above stops the file

    def _note_missing(self, words: str, keys: Keys) -> None:
        if words in self.article.text:
            self.note("span-word", f"“{one_line(words)}” ends within a word; give whole words", keys)
            return
        alike = _alike(self.article.text, words)
        self.note(
            "span-missing",
            f"“{one_line(words)}” is not in the text" + (f", which writes “{one_line(alike)}”" if alike else "; copy the exact words"),
            keys,
        )

    def _date(self, iso: str | None, keys: Keys) -> str | None:
        if iso and len(iso) == 10:
            try:
                datetime.date.fromisoformat(iso)
            except ValueError:
                self.note("bad-date", f"there is no day {iso}; write one that is in the calendar, or as much as the text gives", keys)
        return iso

    def _reference(self, entry: Map | None, keys: Keys, scheme: str = "") -> Reference | None:
        """A span and what it names: an actor, or where `scheme` says so a concept."""
        if entry is None:
            return None
        span = self._span(entry.get("span"), (*keys, "span"))
        target = (
            self._concept(scheme, entry.get("concept") or entry.get("place"), span)
            if scheme
            else self._actor_id(entry["actor"], (*keys, "actor"))
        )
        return Reference(target, span, *self._found(entry, span, keys))

    def _found(self, entry: Map, span: Span | None, keys: Keys) -> tuple[float | None, str | None]:
        """How sure an entry is and who found it; in the graph both stand with its words, so without words they are left out."""
        told = (entry.get("confidence"), entry.get("found_by"))
        if span is None and told != (None, None):
            message = "say confidence and found_by of the statement: here are no words they could stand with"
            self.findings.append(self.document.finding("confidence-nowhere", message, keys, "warning"))
            return None, None
        return told

    def _references(self, entry: Map, name: str, keys: Keys, scheme: str = "") -> tuple[Reference, ...]:
        found = (self._reference(part, (*keys, name, index), scheme) for index, part in enumerate(entry.get(name, [])))
        return tuple(sorted((r for r in found if r), key=lambda r: (r.span is None, r.span or Span(0, 0, ""), r.target)))

    # entries

    def _statement(self, e: Map, keys: Keys) -> Statement:
        def people(name: str) -> tuple[Reference, ...]:
            return self._references(e, name, keys)

        said = e.get("said_on")
        said_on: Reference | None = None
        if said:
            span = self._span(said.get("span"), (*keys, "said_on", "span"))
            date = self._date(said.get("date"), (*keys, "said_on", "date"))
            said_on = Reference(date or "", span, *self._found(said, span, (*keys, "said_on")))
        content = [self._span(span, (*keys, "content", index)) for index, span in enumerate(e["content"])]
        uses = self._uses(e.get("conditions", []), (*keys, "conditions"))
        return Statement(
            e["id"], tuple(sorted(span for span in content if span)), e["mode"], e["force"], people("speaker"), people("possible_speakers"),
            people("on_behalf_of"), people("addressee"), self._span(e.get("cue"), (*keys, "cue")), e.get("channel"), said_on or None,
            self._known("statement", e.get("relayed_by"), (*keys, "relayed_by")),
            self._known("commitment or claim", e.get("expresses"), (*keys, "expresses")), e.get("stance"), e.get("strength"),
            self._references(e, "only_in", keys, "places"), self._references(e, "not_in", keys, "places"), uses,
            e.get("confidence"), e.get("found_by"), e.get("inferred", False),
        )  # fmt: skip

    def _uses(self, entries: Sequence[Map], keys: Keys) -> tuple[ConditionUse, ...]:
        ways = [(e["id"], e.get("polarity", "if"), e.get("as", "requirement")) for e in entries]  # in two ways: a rule's to find
        for index, way in enumerate(ways):
            if way in ways[:index]:
                self.note("duplicate-id", f"the statement lists the condition {way[0]!r} twice; keep one", (*keys, index))
        return tuple(self._use(e, (*keys, index)) for index, e in enumerate(entries))

    def _use(self, e: Map, keys: Keys) -> ConditionUse:
        self._known("condition", e["id"], (*keys, "id"))
        marker = self._span(e.get("marker"), (*keys, "marker"))
        return ConditionUse(
            e["id"], e.get("polarity", "if"), e.get("as", "requirement"), marker, e.get("any_of"), e.get("confidence"), e.get("found_by")
        )

    def _commitment(self, e: Map, keys: Keys) -> Commitment:
        action = self._reference(e["action"], (*keys, "action"), "actions")
        assert action  # the schema requires it
        return Commitment(
            e["id"], self._references(e, "committer", keys), action, self._reference(e.get("beneficiary"), (*keys, "beneficiary")),
            self._reference(e.get("against"), (*keys, "against")), self._known("commitment", e.get("part_of"), (*keys, "part_of")),
        )  # fmt: skip

    def _condition(self, e: Map, keys: Keys) -> Condition:
        text = self._span(e["text"], (*keys, "text"))
        assert text  # the schema requires it
        needs = tuple(
            sorted({self._known("condition", id, (*keys, "depends_on", index)) or "" for index, id in enumerate(e.get("depends_on", []))})
        )
        return Condition(
            e["id"], text, self._concept("circumstances", e.get("circumstance"), text), e["kind"], self._references(e, "by", keys), needs,
            self._known("commitment", e.get("fulfilled_by"), (*keys, "fulfilled_by")), e.get("confidence"), e.get("found_by"),
        )  # fmt: skip

    def _claim(self, e: Map, keys: Keys) -> Claim:
        text = self._span(e["text"], (*keys, "text"))
        assert text  # the schema requires it
        says = next(iter(e.get("says", {}).items()), None)
        if says:
            self._known("condition" if says[0] in ("met", "failed") else "commitment", says[1], (*keys, "says", says[0]))
        return Claim(
            e["id"], text, e.get("about"), e.get("measure"), e.get("lowest"), e.get("highest"), e.get("unit"), says,
            e.get("confidence"), e.get("found_by"),
        )  # fmt: skip


def _names(actor: Actor) -> set[str]:
    return {slug(name) for name in (actor.label, *actor.aliases)}


def _alike(text: str, words: str) -> str:
    """Where the text has these words but for letter case, kinds of quotation marks and dashes, and white space, its own way."""
    marks = {**dict.fromkeys("'‘’‚`", "['‘’‚`]"), **dict.fromkeys('"“”„«»', '["“”„«»]'), **dict.fromkeys("-‐–—−", "[-‐–—−]")}
    pattern = r"\s+".join("".join(marks.get(c, re.escape(c)) for c in word) for word in words.split())
    found = re.search(pattern, text, re.IGNORECASE) if pattern else None
    return found[0] if found else ""
