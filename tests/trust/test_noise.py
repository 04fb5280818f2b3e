"""A parser that lets an error through is found by noise."""

from __future__ import annotations

import pytest

from bench.faults.noise import noise
from bench.trust import run

UNCAUGHT = """
import kg.annotate.document as d
was = d.parse_document
def parsed(source, name, **more):
    source.decode()
    return was(source, name, **more)
d.parse_document = parsed
"""
MISPLACED = "import kg.text as t; import kg.annotate.to_file as f; was = f.to_json; f.to_json = lambda article, annotation, **more: was(article, annotation, **more).replace('\"start\": 1', '\"start\": 2')"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("patch", "seen"), [(UNCAUGHT, "UnicodeDecodeError"), (MISPLACED, "not in the text")], ids=["uncaught", "misplaced"]
)
def test_the_row_fails_without_its_guard(patch: str, seen: str) -> None:
    """What was seen is the error, or the words that stand elsewhere."""
    result = run(noise, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
