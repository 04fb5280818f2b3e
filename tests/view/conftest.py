"""Made-up rows in the manner of the seeds: `rows.json` is an answer of the chart's query as `--format json` prints it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.view.chart import Row
from kg.view.rows import chart_rows


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    """Nine actors, thirteen commitments, every stance, every attachment, every gate."""
    return chart_rows(json.loads((Path(__file__).parent / "rows.json").read_text("utf-8")))
