"""Without the guards of queries, the rows about them fail: each is taken away by a patch."""

from __future__ import annotations

import pytest

from bench.faults.queries import DISGUISED, elsewhere, nesting, runaway, truncated
from bench.faults.scorecard import Row
from bench.trust import run

UNGUARDED = "import kg.store.sparql as s; s.guard = lambda text, *_, **__: text"
UNORDERED = "import kg.store.sparql as s; s._in_one_order = lambda text, found: text"
UNWEIGHED = "import kg.store.sparql as s; s._weigh = lambda found, text: None"
LATE = "import kg.store.worker as w; was = w._receive; w._receive = lambda process, seconds: was(process, seconds + 1)"
UNSAID = "import kg.serve as s; s.MOST_BYTES = 1 << 40"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [
        (elsewhere, UNGUARDED, ""),
        (runaway, LATE, "after 2."),
        (nesting, UNWEIGHED, "exit -"),
        (nesting, UNORDERED, "exit -6"),
        (truncated, UNSAID, "/sparql: 200"),
    ],
    ids=["elsewhere", "runaway", "nesting", "order", "truncated"],
)
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """All its cases are tried, one does not end as expected, and what was seen says which."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result


def test_every_disguise_is_one() -> None:
    """The engine alone takes each as a query or an update, so that nothing but the guard refuses it."""
    import pyoxigraph as ox

    for text in DISGUISED:
        taken = []
        for engine in (ox.Store().query, ox.Store().update):
            try:
                engine(text.replace("<U>", "<x:y>").replace("http:REST", "x:y").replace("\\u0068ttp:REST", "x:y"))
                taken.append(True)
            except SyntaxError:
                taken.append(False)
            except OSError:  # it tried to ask
                taken.append(True)
        assert any(taken), text
