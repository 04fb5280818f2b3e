"""With a scenario that YAML's own loader reads, the row about random bytes fails, and so it does with a process that dies."""

from __future__ import annotations

import pytest

from bench.faults.noise import noise
from bench.trust import run

COMMON = """
import yaml, kg.analyse.scenario as s
def read(path):
    told = yaml.safe_load(path.read_text("utf-8"))
    return list(told["met"]), list(told["failed"])
s.read_scenario = read
"""
DYING = "import os, kg.ask; kg.ask.ask = lambda *words, **more: os.abort()"


@pytest.mark.slow
@pytest.mark.parametrize(("patch", "seen"), [(COMMON, "that should not"), (DYING, "")], ids=["bug", "death"])
def test_the_row_fails_without_its_guard(patch: str, seen: str) -> None:
    """The others are tried all the same."""
    result = run(noise, quick=True, patch=patch)
    assert 0 < result.passed < result.wanted == result.tried and seen in result.seen, result
