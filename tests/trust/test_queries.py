"""Without the guards of queries, the rows about them fail: each is taken away by a patch."""

from __future__ import annotations

import pytest

from bench.faults.queries import elsewhere, nesting, runaway, truncated
from bench.faults.scorecard import Row
from bench.trust import run

UNGUARDED = "import kg.store.sparql as s; s.guard = lambda text: text"
UNWEIGHED = "import kg.store.sparql as s; s._weigh = lambda found, text: None"
LATE = "import kg.store.worker as w; was = w._receive; w._receive = lambda process, seconds: was(process, seconds + 1)"
UNSAID = "import kg.serve as s; s.MOST_BYTES = 1 << 40"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [(elsewhere, UNGUARDED, ""), (runaway, LATE, "after 2."), (nesting, UNWEIGHED, "exit -"), (truncated, UNSAID, "/sparql: 200")],
    ids=["elsewhere", "runaway", "nesting", "truncated"],
)
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """All its cases are tried, one does not end as expected, and what was seen says which."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
