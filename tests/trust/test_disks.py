"""Without syncs, or with errors that are swallowed, the rows about disks fail."""

from __future__ import annotations

import pytest

from bench.faults.disks import full, full_export, order, read_only
from bench.faults.scorecard import Row
from bench.trust import run

UNSYNCED = """
import kg.store.folder as f
def append(path, entries):
    with (path / "journal.jsonl").open("ab") as file:
        file.write(b"".join(map(f.line_of, entries)))
f.append_journal = append
"""
IN_PLACE = """
import kg.exchange.rdf as r, kg.exchange.formats as x
def replace(target, write):
    with target.open("wb") as stream:
        write(stream)
r.replace_file = x.replace_file = replace
"""
LOCKED = """
import kg.store.embedded as e
was = e.open_store
def opened(path):
    with e.writer(path, "open", ""):
        return was(path)
e.open_store = opened
"""
UNNAMED = "import kg.store.folder as f; f.failed = lambda what, path, error: RuntimeError(what)"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [
        (order, UNSYNCED, "pe"),
        (full, UNNAMED, "went wrong that should not"),
        (full_export, IN_PLACE, "same False"),
        (read_only, LOCKED, "query: exit 1"),
        (read_only, UNNAMED, "went wrong that should not"),
    ],
    ids=["unsynced", "full", "in place", "locked", "read only"],
)
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """What was seen is the order of the steps, or what the disk then held."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
