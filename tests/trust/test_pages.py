"""Without escaping, or without the apostrophe, the row about pages fails; and Chromium runs each script that can run."""

from __future__ import annotations

import pytest

from bench.faults.pages import scripts
from bench.trust import run

UNESCAPED = """
import jinja2
was = jinja2.Environment.__init__
def made(self, *words, **more):
    was(self, *words, **more | {"autoescape": False})
jinja2.Environment.__init__ = made
"""
RUN_BY_SPREADSHEETS = "import kg.listing as l; l.FORMULA = (chr(0),)"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("patch", "seen"), [(UNESCAPED, "html: "), (RUN_BY_SPREADSHEETS, "would run: [")], ids=["unescaped", "run by spreadsheets"]
)
def test_the_row_fails_without_its_guard(patch: str, seen: str) -> None:
    """What was seen names the page, or the cell."""
    result = run(scripts, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
