"""Without its locks a store is not shared: the rows about several at once fail."""

from __future__ import annotations

import pytest

from bench.faults.scorecard import Row
from bench.faults.sharing import readers, second, threads
from bench.trust import run

UNLOCKED = "import fcntl; fcntl.flock = lambda *given: None"
NO_TURNS = "import contextlib, types, kg.store.embedded as e; e.threading = types.SimpleNamespace(RLock=contextlib.nullcontext)"
LIVE = "import kg.store.embedded as e; e.open_store = lambda path: e.Store(e.ox.Store.read_only(str(path / 'graph')), path)"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [
        (second, UNLOCKED, "held by another program"),
        (threads, NO_TURNS, "graph-changed"),
        (readers, LIVE, "error"),
    ],
    ids=["unlocked", "no turns", "live"],
)
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """What was seen is what a second one met."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
