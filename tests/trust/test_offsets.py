"""With text that is composed on its way into the graph, the row about offsets fails."""

from __future__ import annotations

import pytest

from bench.faults.offsets import offsets
from bench.trust import run

# Letters and accents are put together in what is cited: no code point stands where it stood.
COMPOSED = """
import unicodedata, kg.triples.writing as w
was = w.Literal
w.Literal = lambda text, *more: was(unicodedata.normalize("NFKC", text), *more)
"""


@pytest.mark.slow
def test_the_row_fails_when_text_is_composed() -> None:
    """Those with accents, joined letters or signs of compatibility are found: refused by the checks, or by their words in the graph."""
    result = run(offsets, patch=COMPOSED)
    assert result.passed < result.wanted and ("rejected" in result.seen or "the text is another" in result.seen), result
