"""Without a limit to what is read, or with one bad input ending the run, the row about poisoned inputs fails."""

from __future__ import annotations

import pytest

from bench.faults.poison import poisoned
from bench.trust import run

ENDING = """
import kg.articles.reading as r
was = r.check_text
def checked(text, where):
    if text.startswith('""'):
        raise RuntimeError("nothing but quotes")
    return was(text, where)
r.check_text = checked
import kg.articles.decoding as d
d.check_text = checked
"""
GREEDY = "import kg.articles.reading as r; r.LARGEST = r.LARGEST_PAGE = 1 << 40"


@pytest.mark.slow
@pytest.mark.parametrize(("patch", "seen"), [(ENDING, "nothing but quotes"), (GREEDY, "bytes")], ids=["ending", "greedy"])
def test_the_row_fails_without_its_guard(patch: str, seen: str) -> None:
    """What was seen is the program's end, or how much memory it took."""
    result = run(poisoned, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
