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
    """Of all 40, those with accents, joined letters or signs of compatibility are found."""
    result = run(offsets, patch=COMPOSED)
    assert 0 < result.passed < result.wanted and "the text is another" in result.seen, result
