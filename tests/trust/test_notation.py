"""With a common YAML loader in place of our own reading, the row about YAML fails."""

from __future__ import annotations

import pytest

from bench.faults.notation import notation
from bench.trust import run

COMMON = """
import yaml, kg.annotate.document as d
def read(path):
    return d.Document(str(path), yaml.safe_load(path.read_text("utf-8")), {})
import kg.annotate.from_file, kg.check
for module in (d, kg.annotate.from_file, kg.check):
    if hasattr(module, "read_document"):
        module.read_document = read
"""


@pytest.mark.slow
def test_the_row_fails_with_a_common_loader() -> None:
    """It takes keys that stand twice and has no lines."""
    result = run(notation, quick=True, patch=COMMON)
    assert result.passed < result.wanted and result.seen, result
