"""The compiled schema lets pass what jsonschema does, and nothing else."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kg.annotate.document import read_document
from kg.annotate.from_file import schema
from kg.annotate.schema import compiled
from kg.errors import AnnotationError
from kg.resources import folder
from tests.support import READING

JUDGE = Draft202012Validator(schema())
VALUES: list[Any] = [
    None,
    "",
    "x",
    "pledged",
    "2026-01",
    "2026-13",
    "2026-01\n",
    0,
    1,
    -1,
    0.5,
    -0.0,
    True,
    False,
    [],
    ["x"],
    {},
    {"id": "x"},
    {"text": "x"},
    [{}],
    10**40,
    float("nan"),
]


def documents() -> list[Any]:
    """What the examples say, valid or not in meaning or form, and a reading that says a little of everything."""
    found = [READING]
    for path in sorted((folder("ontology") / "examples").rglob("*.yaml")):
        try:
            found.append(read_document(path).value)
        except AnnotationError:
            continue  # no document
    return found


def ways(value: Any) -> list[tuple[Any, Any]]:
    """Each map or list with each of its keys."""
    here = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    return [(value, key) for key, _ in here] + [way for _, below in here for way in ways(below)]


def damaged(value: Any, chance: random.Random) -> Any:
    """The document with one thing in it other than it was."""
    made = copy.deepcopy(value)
    within, key = chance.choice(ways(made))
    match chance.randrange(4):
        case 0:
            del within[key]
        case 1 if isinstance(within, dict):
            within[chance.choice(["x", "start", "end", "span", "concept", "kept", "occurrence", "confidence"])] = chance.choice(VALUES)
        case 2:
            within[key] = copy.deepcopy(chance.choice(ways(made))[0])
        case _:
            within[key] = copy.deepcopy(chance.choice(VALUES))
    return made


def test_it_finds_of_each_example_what_jsonschema_finds() -> None:
    """And some of them hold, some do not."""
    test = compiled(schema())
    found = [(test(value), JUDGE.is_valid(value)) for value in documents()]
    assert all(ours == theirs for ours, theirs in found) and {ours for ours, _ in found} == {True, False}


def test_damaged_documents_do_not_pass() -> None:
    """Three thousand, each with one thing other than it was: what passes holds, and what holds passes but for whole numbers with a point and numbers that are none."""
    test, chance, every = compiled(schema()), random.Random(7), [value for value in documents() if ways(value)]
    found = [0, 0]
    for _ in range(3_000):
        value = damaged(chance.choice(every), chance)
        ours, theirs = test(value), JUDGE.is_valid(value)
        assert ours == theirs or (theirs and any(isinstance(w[k], float) for w, k in ways(value))), value
        found[ours] += 1
    assert min(found) > 300


@pytest.mark.parametrize("value", VALUES)
def test_what_is_no_map_is_no_document(value: Any) -> None:
    """Nor one without statements."""
    assert not compiled(schema())(value)


@pytest.mark.parametrize("said", [
    {}, {"type": "string", "format": "date"}, {"type": "string", "minimum": 3}, {"type": "object", "properties": {}}, {"not": {}}, {"type": "number", "maximum": 1},
    {"type": "object", "additionalProperties": False, "properties": {}, "anyOf": [{"type": "object"}]}, {"$ref": "https://example.org"},
    {"$ref": "#/$defs/a", "minLength": 1}, {"type": "object", "additionalProperties": False, "properties": {"a": {"type": "string", "const": "b"}}},
])  # fmt: skip
def test_what_it_does_not_know_is_refused(said: dict[str, Any]) -> None:
    """Wherever it stands, so that no rule is passed over."""
    with pytest.raises(ValueError, match="not known here"):
        compiled(said)
