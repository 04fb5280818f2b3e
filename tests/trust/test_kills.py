"""Without one transaction, its journal line at the right moment, or what is made beside and renamed, the rows about kills fail."""

from __future__ import annotations

import re

import pytest

from bench.faults.kills import by_signal, in_bulk_load, in_ingest, in_replace, in_snapshot
from bench.faults.scorecard import Row
from bench.trust import run

COUNTED_FIRST = """
import time, kg.store.folder as f
was = f.write_pending
def pending(path, entries):
    was(path, entries)
    f.append_journal(path, entries)
    time.sleep(0.3)
f.write_pending = pending
"""
UNSETTLED = """
import time, kg.store.embedded as e, kg.store.folder as f
was = f.append_journal
def append(path, entries):
    time.sleep(0.5)
    was(path, entries)
f.append_journal, e.Writer.settle = append, lambda self: None
"""
STEP_BY_STEP = """
import time, kg.store.embedded as e
class Engine:
    def __init__(self, engine):
        self.engine = engine
    def __getattr__(self, name):
        return getattr(self.engine, name)
    def __contains__(self, quad):
        return quad in self.engine
    def update(self, text):
        for operation in text.split(" ;\\n"):
            self.engine.update(operation)
            time.sleep(0.2)
was = e._engine
e._engine = lambda path: Engine(was(path))
"""
BUILT_IN_PLACE = """
import shutil, time, kg.store.embedded as e
def build(path):
    shutil.rmtree(path / "graph")
    fresh = e.ox.Store(str(path / "graph"))
    time.sleep(3)
    fresh.bulk_load(path=path / "graph.nq", format=e.ox.RdfFormat.N_QUADS)
    fresh.flush()
e.build = build
"""
NAMED_FIRST = """
import time, kg.store.embedded as e, kg.store.folder as f
was = e.snapshot
def snapshot(path, engine):
    next = max([int(p.name) for p in (path / "snapshots").iterdir() if p.name.isdecimal()], default=0) + 1
    f.replace_synced(path / "snapshots" / "current", f"{next} {f.journal_size(path)}\\n".encode())
    time.sleep(0.3)
    was(path, engine)
e.snapshot = snapshot
"""
DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [
        (in_ingest, COUNTED_FIRST, ""),
        (in_ingest, UNSETTLED, "graph-"),
        (in_replace, STEP_BY_STEP, "partial: |graph-changed"),
        (in_bulk_load, BUILT_IN_PLACE, "graph-lost"),
        (in_snapshot, NAMED_FIRST, "cannot be read"),
        (by_signal, DEAF, "ended with"),
    ],
    ids=["counted first", "unsettled", "step by step", "built in place", "named first", "deaf"],
)
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """What was seen is what the kill left, or that it did not end."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and re.search(seen, result.seen), result
