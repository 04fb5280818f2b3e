"""Without the refusal of what is no text, and without notes on guesses, the rows about files and encodings fail."""

from __future__ import annotations

import pytest

from bench.faults.files import coded, odd
from bench.faults.scorecard import Row
from bench.trust import run

ANYTHING = "import kg.articles.reading as r; r.decode = lambda data, where, page=False: (data.decode('latin-1') or 'x', ())"
SILENT = "import kg.articles.reading as r; was = r.decode; r.decode = lambda data, where, page=False: (was(data, where, page)[0], ())"


@pytest.mark.slow
@pytest.mark.parametrize(("row", "patch", "seen"), [(odd, ANYTHING, "empty.txt"), (coded, SILENT, "western.txt")], ids=["odd", "coded"])
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """What was seen names the first file of which it is so."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
