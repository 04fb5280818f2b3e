"""Any version taken for this one, copies without their sources, dumps without a graph: the rows about them fail."""

from __future__ import annotations

import pytest

from bench.faults.scorecard import Row
from bench.faults.versions import backups, dumps, formats
from bench.trust import run

ANY_VERSION = "import kg.store.folder as f; f.mark_of = lambda path, layout=3: None"
WITHOUT_SOURCES = """
import shutil, kg.store.backup as b
was = b._copy
def copy(path, place, name, size):
    was(path, place, name, size)
    shutil.rmtree(place / "sources")
b._copy = copy
"""
WITHOUT_A_GRAPH = """
import kg.exchange.rdf as r
was = r.dump
def dump(store, stream, form):
    was(r.memory(quad for graph in store.graphs()[:-1] for quad in store.quads(graph)), stream, form)
r.dump = dump
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [
        (formats, ANY_VERSION, "layout 2"),
        (backups, WITHOUT_SOURCES, "take another copy"),
        (dumps, WITHOUT_A_GRAPH, "nq: same False"),
    ],
    ids=["any version", "without sources", "without a graph"],
)
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """What was seen names the version, the copy or the form."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
