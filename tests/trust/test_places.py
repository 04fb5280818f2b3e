"""A program that makes a store wherever it is pointed at fails the row about places; every command is tried there."""

from __future__ import annotations

import pytest

from bench.faults.places import no_store
from bench.trust import run

MADE = """
import kg.store.folder as f
was = f.mark_of
def mark_of(path, layout=3):
    if not path.exists():
        from kg.store.embedded import create
        create(path)
    was(path, layout)
f.mark_of = mark_of
"""


@pytest.mark.slow
def test_the_row_fails_without_its_guard() -> None:
    """What was seen names a command that went on."""
    result = run(no_store, quick=True, patch=MADE)
    assert result.passed < result.wanted and "query on" in result.seen, result
