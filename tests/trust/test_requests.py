"""Without the check of the Host, the row about requests fails."""

from __future__ import annotations

import pytest

from bench.faults.requests import asked_by_others
from bench.trust import run

ANY_HOST = "import kg.serve as s; s.TrustedHostMiddleware = lambda app, **more: app"


@pytest.mark.slow
def test_the_row_fails_without_its_guard() -> None:
    """What was seen names the Host that was answered."""
    result = run(asked_by_others, quick=True, patch=ANY_HOST)
    assert result.tried == result.wanted > result.passed and "evil.example" in result.seen, result
