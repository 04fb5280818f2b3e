"""Without serialised terms, or with rows that are lost on the way, the rows about injection fail."""

from __future__ import annotations

import pytest

from bench.faults.hostile import PAYLOADS, SCRIPTS
from bench.faults.injection import everywhere, injected
from bench.faults.scorecard import Row
from bench.trust import run

UNESCAPED = """import kg.query.parameters as q; q._literal = lambda parameter, value: f'"{value}"'"""
LOSING = "import kg.store.worker as w; was = w.Worker.ask; w.Worker.ask = lambda self, text, seconds: was(self, text + ' LIMIT 1', seconds)"
CUT = """import kg.store.remote as r; was = r.RemoteStore.query
r.RemoteStore.query = lambda self, text, dataset=None: was(self, text + (' LIMIT 1' if '#+' in text and 'ORDER BY' in text else ''), dataset)"""
GONE = "import bench.servers as s; s.OXIGRAPH = 'no-such-program'"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [
        (injected, UNESCAPED, "figures_compared"), (everywhere, LOSING, "in a process"), (everywhere, CUT, "on a server"),
        (everywhere, GONE, "cannot run here: oxigraph is not in this environment"),
    ],
    ids=["injected", "everywhere", "cut", "gone"],
)  # fmt: skip
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """What was seen names the query, or the place that lost rows."""
    result = run(row, quick=True, seed=2, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result


def test_payloads_are_as_many_as_is_said() -> None:
    """And all different, so that each names one thing."""
    assert (len(set(PAYLOADS)), len(set(SCRIPTS))) == (32, 40)
