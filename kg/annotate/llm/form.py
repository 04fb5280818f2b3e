"""What a model is asked to say, as a JSON Schema, and how its answer becomes `Told`: words that stand in the passage, and no others.

The schema is the published one of annotation files, reduced to what a model should say: exact words with the number of the
occurrence in place of offsets, no ids, no actors, no concepts, no confidence, nothing about who reviewed what.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from kg.annotate.from_file import schema
from kg.annotate.llm.passages import Passage
from kg.annotate.rules.found import Deed, Outcome, Said, Use
from kg.annotate.telling import Told
from kg.annotate.telling.saying import day_of_saying
from kg.model import Span
from kg.text import is_whole, occurrences, quotations
from kg.vocabulary import FORCES_WITHOUT_STANCE

NAME = "llm"
SURE = 0.7  # that what a model says is so; which of its answers are right it does not know itself
MOST_STATEMENTS, MOST_PARTS = 24, 12  # of a passage; of each list in a statement
LONGEST = 100_000  # characters of an answer; to check a longer one would take seconds
MOST_OBJECTS = 8  # in one answer, that are looked at
_BEGINNING = re.compile(r'\{\s*"statements"\s*:')

Map = Mapping[str, Any]


@functools.cache
def answer_schema() -> Map:
    """The JSON Schema of an answer, its words for forces, stances and kinds those of the published one.

    >>> sorted(answer_schema()["properties"]["statements"]["items"]["properties"])
    ['commitments', 'content', 'cue', 'force', 'outcomes', 'speaker']
    """
    published = schema()["properties"]

    def words(things: str, key: str) -> list[str]:
        found: list[str] = published[things]["items"]["properties"][key]["enum"]
        return found

    uses = published["statements"]["items"]["properties"]["conditions"]["items"]["properties"]
    condition = _object(
        text=_ref("span"), marker=_or_null("span"), polarity={"enum": uses["polarity"]["enum"]}, kind={"enum": words("conditions", "kind")},
        by=_list("span"), **{"as": {"enum": uses["as"]["enum"]}},
    )  # fmt: skip
    commitment = _object(
        committer=_list("span"), action=_ref("span"), stance={"enum": [*words("statements", "stance"), None]},
        strength={"enum": [*words("statements", "strength"), None]}, beneficiary=_or_null("span"), against=_or_null("span"),
        only_in=_list("span"), not_in=_list("span"), conditions=_list("condition"),
    )  # fmt: skip
    statement = _object(
        speaker=_list("span"), cue=_or_null("span"), content=_list("span"), force={"enum": words("statements", "force")},
        commitments=_list("commitment"), outcomes=_list("outcome"),
    )  # fmt: skip
    outcome = _object(text=_ref("span"), conditions=_list("condition"))
    span = {"anyOf": [{"type": "string"}, _object(text={"type": "string"}, occurrence={"type": "integer"})]}
    defs = {"span": span, "condition": condition, "commitment": commitment, "outcome": outcome}
    return _object(statements={"type": "array", "items": statement}) | {"$defs": defs}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(properties), "properties": properties}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _or_null(name: str) -> dict[str, Any]:
    return {"anyOf": [_ref(name), {"type": "null"}]}


@functools.cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator  # heavy

    return Draft202012Validator(answer_schema())


def parse_answer(words: str) -> Map | None:
    """The answer in a model's words, None where no JSON of this form stands in them; of several the last.

    What stands round it, a fence, a sentence, what a model thinks aloud before it answers, is no part of it.

    >>> parse_answer('Sure!\\n```json\\n{"statements": []}\\n```'), parse_answer('{"statements": [{}]}'), parse_answer("Sure!")
    ({'statements': []}, None, None)
    """
    if len(words) > LONGEST:
        return None
    return next((value for value in reversed(list(_objects(words))) if _validator().is_valid(value)), None)


def _objects(words: str) -> Iterator[Any]:
    """The last JSON objects in some words that begin as an answer does, none within another."""
    decoder = json.JSONDecoder(parse_constant=_no_number)
    at = 0
    for start in [found.start() for found in _BEGINNING.finditer(words)][-MOST_OBJECTS:]:
        if start >= at:
            with suppress(ValueError, RecursionError):
                value, at = decoder.raw_decode(words, start)
                yield value


def _no_number(name: str) -> None:
    raise ValueError(name)


def read_answer(text: str, passage: Passage, answer: Map, dropped: Counter[str]) -> list[Told]:
    """What an answer tells of a passage of the text: all its words are exact slices of that passage. What is left out is counted by its reason.

    >>> dropped = Counter()
    >>> said = {"speaker": ["Bonn"], "cue": "says", "content": ["no", "never"], "force": "refuses", "commitments": [], "outcomes": []}
    >>> told = read_answer("Bonn says no.", Passage(0, 13), {"statements": [said]}, dropped)
    >>> told[0].said.content, dict(+dropped)
    ((Span(start=10, end=12, text='no'),), {'not in the text': 1})
    """
    reader = _Answer(text, passage, dropped)
    told = [one for statement in reader.some(answer["statements"], MOST_STATEMENTS) if (one := reader.statement(statement))]
    kept = {(one.said.content, one.said.cue, one.said.force, one.said.speakers): one for one in reversed(told)}
    dropped["said twice"] += len(told) - len(kept)
    return sorted(kept.values(), key=lambda one: one.said.content)


class _Answer:
    """Finds the words of one answer in its passage."""

    def __init__(self, text: str, passage: Passage, dropped: Counter[str]) -> None:
        self.text, self.passage, self.dropped = text, passage, dropped
        self.words = text[passage.start : passage.end]
        self.quoted = [(passage.start + a, passage.start + b) for a, b, _ in quotations(self.words)]

    def some(self, things: list[Any], most: int = MOST_PARTS) -> list[Any]:
        self.dropped["more than anybody says"] += max(0, len(things) - most)
        return things[:most]

    def span(self, told: Any) -> Span | None:
        """The words where they stand in the passage, whole; None, and counted, where they do not."""
        words, nth = (told, 1) if isinstance(told, str) else (told["text"], int(told["occurrence"]))  # 1.0 is a whole number too
        # A passage may be cut within a word: what is whole there must be whole in the text.
        starts = [
            at
            for at in occurrences(self.words, words)
            if is_whole(self.text, self.passage.start + at, self.passage.start + at + len(words))
        ]
        if 0 < nth <= len(starts) and words.strip():
            start = self.passage.start + starts[nth - 1]
            return Span(start, start + len(words), words)
        if not words.strip():
            self.dropped["empty"] += 1
        elif words not in self.words:
            self.dropped["not in the text"] += 1
        else:
            self.dropped["no such occurrence" if starts else "ends within a word"] += 1
        return None

    def spans(self, told: list[Any]) -> tuple[Span, ...]:
        found = (self.span(one) for one in self.some(told))
        return tuple(dict.fromkeys(span for span in found if span))

    def one(self, told: Any) -> Span | None:
        return None if told is None else self.span(told)

    def statement(self, told: Map) -> Told | None:
        content = _apart(sorted(self.spans(told["content"])))
        if not content:
            self.dropped["part of what was dropped"] += 1
            return None
        cue, force = self.one(told["cue"]), told["force"]
        said = Said(content, self.mode(content), force, cue, self.spans(told["speaker"]), None, None, SURE, NAME)
        said = replace(said, said_on=day_of_saying(self.text, said, content))
        deeds = [deed for one in self.some(told["commitments"]) if (deed := self.commitment(one, force))]
        outcomes = [outcome for one in self.some(told["outcomes"]) if (outcome := self.outcome(one))]
        return Told(said, tuple({**_by_words(outcomes), **_by_words(deeds)}.values()))

    def mode(self, content: Iterable[Span]) -> str:
        """Whether the words stand in quotation marks: all of them, none, or some."""
        inside = [any(a <= span.start and span.end <= b for a, b in self.quoted) for span in content]
        touched = any(a < span.end and span.start < b for span in content for a, b in self.quoted)
        return "direct" if all(inside) else "mixed" if touched else "indirect"

    def commitment(self, told: Map, force: str) -> Deed | None:
        action = self.span(told["action"])
        stance = told["stance"]
        if action is None or (stance is None and force not in FORCES_WITHOUT_STANCE):
            self.dropped["part of what was dropped" if action is None else "a commitment without a stance"] += 1
            return None
        strength = (told["strength"] or "intended") if stance == "pledged" else None
        only_in, not_in = self.spans(told["only_in"]), self.spans(told["not_in"])
        return Deed(
            self.spans(told["committer"]), action, stance or "", strength, self.one(told["beneficiary"]), self.one(told["against"]), only_in,
            tuple(span for span in not_in if span not in only_in), self.uses(told["conditions"]), SURE, NAME,
        )  # fmt: skip

    def outcome(self, told: Map) -> Outcome | None:
        text, uses = self.span(told["text"]), self.uses(told["conditions"])
        if text is None or not uses:
            self.dropped["part of what was dropped" if text is None else "an outcome without a condition"] += 1
            return None
        return Outcome(text, uses, confidence=SURE, found_by=NAME)

    def uses(self, told: list[Map]) -> tuple[Use, ...]:
        found: dict[Span, Use] = {}
        for one in self.some(told):
            text = self.span(one["text"])
            if text is None:
                self.dropped["part of what was dropped"] += 1
                continue
            role = one["as"] if one["polarity"] == "if" else "requirement"  # a trigger is a case that comes about
            use = Use(text, self.one(one["marker"]), one["polarity"], role, one["kind"], self.spans(one["by"]), None, SURE, NAME)
            found.setdefault(text, use)
        return tuple(found.values())


def _apart(spans: list[Span]) -> tuple[Span, ...]:
    """The spans without those that share words with one before."""
    kept: list[Span] = []
    for span in spans:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _by_words(deeds: Iterable[Deed | Outcome]) -> dict[Any, Deed | Outcome]:
    """One of each: what is done by the same, and what comes about in the same words."""
    return {(deed.action, deed.committer) if isinstance(deed, Deed) else deed.text: deed for deed in deeds}
