"""Articles that are stored again, overwritten or left in part: the rows about them fail."""

from __future__ import annotations

import pytest

from bench.faults.articles import changed, takedown, twice
from bench.faults.scorecard import Row
from bench.trust import run

NEVER_THE_SAME = "import kg.ingest as i; i._same = lambda store, graph, triples: False"
NEVER_ELSEWHERE = "import kg.ingest as i; i._elsewhere = lambda before, now: False"
NOT_REBUILT = "import kg.store.embedded as e; e.Writer._rebuild = lambda self: None"
CHANGES_KEPT = """
import kg.store.embedded as e
was = e.Writer._forgotten
e.Writer._forgotten = lambda self, graph, gone: (was(self, graph, gone)[0], [])
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [
        (twice, NEVER_THE_SAME, "superseded"),
        (changed, NEVER_ELSEWHERE, "made-0001: superseded"),
        (takedown, NOT_REBUILT, " in graph/"),
        (takedown, CHANGES_KEPT, " in sources/"),
    ],
    ids=["never the same", "never elsewhere", "not rebuilt", "changes kept"],
)
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """What was seen names the article, or the file that holds it still."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
