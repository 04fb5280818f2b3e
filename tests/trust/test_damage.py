"""Damage that is not looked for, or not put right, is found by the rows about it."""

from __future__ import annotations

import pytest

from bench.faults.damage import flipped, lost_tail, missing
from bench.faults.scorecard import Row
from bench.trust import run

UNCOMPARED = "import kg.store.verify as v; v.compare = lambda where, entries, there: iter(())"
UNREAD = "import kg.store.verify as v; v.inspect = lambda path: []"
BY_SUBJECT_ALONE = "import kg.store.scan as s; was = s.scan; s.scan = lambda place, indices=True: was(place, False)"
UNREPAIRED = "import kg.store.repair as r; r.repair = lambda path, when: []"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [
        (lost_tail, UNCOMPARED, "the loss was not found"),
        (flipped, UNREAD, "same False"),
        (flipped, BY_SUBJECT_ALONE, "verify 0"),
        (missing, UNREPAIRED, "repair 1"),
    ],
    ids=["uncompared", "unread", "by subject alone", "unrepaired"],
)
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """What was seen names the file, or what the store then held."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
