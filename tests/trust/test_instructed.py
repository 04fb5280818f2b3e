"""Where a model is shown the whole article at once, or believed about words that stand elsewhere, the row about hidden instructions fails."""

from __future__ import annotations

import pytest

from bench.faults.instructed import WAYS, instructed
from bench.trust import run

WHOLE = (
    "import kg.annotate.llm.reading as r; from kg.annotate.llm.passages import Passage; r.passages = lambda text: [Passage(0, len(text))]"
)
ANYWHERE = """
import kg.annotate.llm.reading as r
from kg.annotate.llm.passages import Passage
was = r.read_answer
r.read_answer = lambda text, place, answer, dropped: was(text, Passage(0, len(text)), answer, dropped)
"""


@pytest.mark.slow
@pytest.mark.parametrize("patch", [WHOLE, ANYWHERE], ids=["whole", "anywhere"])
def test_the_row_fails_without_its_guard(patch: str) -> None:
    """What was seen is a statement far from the sentence that holds the instruction."""
    result = run(instructed, quick=True, patch=patch)
    assert result.passed < result.wanted and "other statements" in result.seen, result


def test_every_way_of_obeying_is_another() -> None:
    """As many as the row says it tries."""
    made = {repr(way("Merz said no to it all.")) for way in WAYS}
    assert len(made) == len(WAYS) >= 16
