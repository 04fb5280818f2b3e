"""What a model is told: the guide, a few read examples, and a passage as data."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

from kg.annotate.llm.form import answer_schema

DATA = Path(__file__).parent / "data"


@functools.cache
def _before() -> tuple[dict[str, str], ...]:
    """The guide and the examples, the same before every passage, so that an endpoint need read them once."""
    made = [{"role": "system", "content": (DATA / "guide.md").read_text("utf-8")}]
    for line in (DATA / "examples.jsonl").read_text("utf-8").splitlines():
        example = json.loads(line)
        made.append({"role": "user", "content": _as_data(example["text"])})
        made.append({"role": "assistant", "content": json.dumps(example["answer"], ensure_ascii=False)})
    return tuple(made)


def messages(words: str, told: bool = False) -> list[dict[str, Any]]:
    """The messages that ask about a passage; the passage stands in a JSON string, which none of its words can end.

    With `told` the schema is told in words, for an endpoint that is not given it apart.

    >>> messages('Bonn said “no”.')[-1]
    {'role': 'user', 'content': '{"passage": "Bonn said “no”."}'}
    """
    guide, *examples = _before()
    if told:
        guide = {**guide, "content": f"{guide['content']}\nThe schema of an answer: {json.dumps(answer_schema())}\n"}
    return [guide, *examples, {"role": "user", "content": _as_data(words)}]


def _as_data(words: str) -> str:
    return json.dumps({"passage": words}, ensure_ascii=False)


@functools.cache
def prompt_hash() -> str:
    """The first hex digits of the SHA-256 of all that stands before a passage, and of the schema: a reading says by which it was made."""
    return hashlib.sha256(json.dumps([_before(), answer_schema()], ensure_ascii=False).encode()).hexdigest()[:12]
