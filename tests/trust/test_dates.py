"""With a day from the machine's clock the row about dates fails."""

from __future__ import annotations

import pytest

from bench.faults.dates import dates
from bench.trust import run

TODAY = "import kg.annotate.rules.dates as d; from datetime import date; d._day = lambda published: date.today()"


@pytest.mark.slow
def test_the_row_fails_with_the_machines_clock() -> None:
    """The two zones never have the same day, so the bytes differ."""
    result = run(dates, quick=True, patch=TODAY)
    assert result.passed == 0 and "the same under both clocks: False" in result.seen, result
