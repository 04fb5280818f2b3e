"""An `Annotation` -> the file that says it: the way back of `from_file`, as YAML to edit or JSON with the text inside."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import yaml

from kg import listing
from kg.model import Annotation, Article, Claim, Commitment, Condition, Reference, Span, Statement
from kg.text import is_whole, occurrences

Write = Callable[[Span], Any]


def to_json(article: Article, annotation: Annotation, *, indent: int | None = 2, reviewed: bool | None = None) -> str:
    """The annotation as JSON: all spans with offsets, the text as `article.text`.

    >>> from kg.model import Annotator
    >>> to_json(Article("a", "He said no."), Annotation(Annotator("me")), indent=None)[:31]
    '{"article": {"id": "a", "text_s'
    """
    return listing.to_json(to_document(article, annotation, reviewed=reviewed), indent)


def to_yaml(article: Article, annotation: Annotation, *, reviewed: bool | None = None) -> str:
    """The annotation as YAML for a person to edit beside the article: spans as their words, without the text."""
    return as_yaml(to_document(article, annotation, brief=True, reviewed=reviewed))


def as_yaml(document: dict[str, Any]) -> str:
    """The values of a document as YAML, or of a part of one."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=160, default_flow_style=None)


class _Dumper(yaml.SafeDumper):
    """Writes words as they are: the parser reads three rare line ends as spaces where no quotation marks stand around them."""


def _words(dumper: yaml.SafeDumper, words: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", words, style='"' if set("\x85\u2028\u2029") & set(words) else None)


_Dumper.add_representer(str, _words)


def to_document(article: Article, annotation: Annotation, *, brief: bool = False, reviewed: bool | None = None) -> dict[str, Any]:
    """The file that says this, as plain values in the order of the schema; what is unsaid is left out.

    All spans have their offsets and the article its text; `brief`, for people to edit, leaves the text out and writes a
    span as its exact words, with the occurrence where they stand several times. Whether a person has reviewed it is said
    where that is known.
    """
    write = functools.partial(_brief_span, article.text) if brief else _full_span
    names: dict[str, Any] = {
        "id": article.id, "title": article.title, "outlet": article.outlet, "author": article.author, "published": article.published,
        "published_inferred": article.published_inferred or None, "url": article.url, "language": article.language, "text_sha256": article.sha256,
        "file": article.file, "range": list(article.range) if article.range else None, "text": None if brief else article.text,
    }  # fmt: skip
    who = annotation.annotator
    actors = [
        {"id": a.id, "label": a.label, "kind": a.kind, "aliases": list(a.aliases), "member_of": list(a.member_of)}
        for a in annotation.actors
    ]
    return _said({
        "article": names, "annotator": {"name": who.name, "version": who.version, "reviewed": reviewed}, "actors": actors,
    }) | {"statements": [_statement(s, write) for s in annotation.statements]} | _said({
        "commitments": [_commitment(c, write) for c in annotation.commitments],
        "conditions": [_condition(c, write) for c in annotation.conditions], "claims": [_claim(c, write) for c in annotation.claims],
    })  # fmt: skip


def _said(value: dict[str, Any]) -> dict[str, Any]:
    """The same without keys that say nothing."""
    said: dict[str, Any] = _speaking(value)
    return said


def _speaking(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _speaking(v) for k, v in value.items() if v is not None and v != [] and v != "" and v != {}}
    return [_speaking(v) for v in value] if isinstance(value, list) else value


def _full_span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text}


def _brief_span(text: str, span: Span) -> Any:
    starts = occurrences(text, span.text) if is_whole(text, span.start, span.end) else []
    if span.start not in starts:
        return _full_span(span)
    return span.text if len(starts) == 1 else {"text": span.text, "occurrence": starts.index(span.start) + 1}


def _refer(r: Reference | None, name: str, write: Write) -> dict[str, Any] | None:
    if r is None:
        return None
    return {"span": write(r.span) if r.span else None, name: r.target or None, "confidence": r.confidence, "found_by": r.found_by}


def _statement(s: Statement, write: Write) -> Any:
    def people(references: tuple[Reference, ...], name: str = "actor") -> list[Any]:
        return [_refer(r, name, write) for r in references]

    uses = [
        {"id": u.id, "polarity": u.polarity, "as": u.role, "marker": write(u.marker) if u.marker else None, "any_of": u.any_of,
         "confidence": u.confidence, "found_by": u.found_by} for u in s.conditions
    ]  # fmt: skip
    return _said({
        "id": s.id, "speaker": people(s.speaker), "possible_speakers": people(s.possible_speakers), "on_behalf_of": people(s.on_behalf_of),
        "addressee": people(s.addressee), "cue": write(s.cue) if s.cue else None,
    }) | {"content": [write(span) for span in s.content]} | _said({
        "mode": s.mode, "force": s.force, "channel": s.channel, "said_on": _refer(s.said_on, "date", write), "relayed_by": s.relayed_by,
        "expresses": s.expresses, "stance": s.stance, "strength": s.strength, "only_in": people(s.only_in, "place"),
        "not_in": people(s.not_in, "place"), "conditions": uses, "confidence": s.confidence, "found_by": s.found_by, "inferred": s.inferred or None,
    })  # fmt: skip


def _commitment(c: Commitment, write: Write) -> dict[str, Any]:
    return {
        "id": c.id, "committer": [_refer(r, "actor", write) for r in c.committer], "action": _refer(c.action, "concept", write),
        "beneficiary": _refer(c.beneficiary, "actor", write), "against": _refer(c.against, "actor", write), "part_of": c.part_of,
    }  # fmt: skip


def _condition(c: Condition, write: Write) -> dict[str, Any]:
    return {
        "id": c.id, "text": write(c.text), "circumstance": c.circumstance, "kind": c.kind, "by": [_refer(r, "actor", write) for r in c.by],
        "depends_on": list(c.depends_on), "fulfilled_by": c.fulfilled_by, "confidence": c.confidence, "found_by": c.found_by,
    }  # fmt: skip


def _claim(c: Claim, write: Write) -> dict[str, Any]:
    return {
        "id": c.id, "text": write(c.text), "about": c.about, "measure": c.measure, "lowest": c.lowest, "highest": c.highest, "unit": c.unit,
        "says": {c.says[0]: c.says[1]} if c.says else None, "confidence": c.confidence, "found_by": c.found_by,
    }  # fmt: skip
