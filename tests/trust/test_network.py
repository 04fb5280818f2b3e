"""A program that asks somebody is found out."""

from __future__ import annotations

import pytest

from bench.faults.network import cut_off
from bench.trust import run

ASKING = """
import contextlib, os, urllib.request
if "http_proxy" in os.environ:
    with contextlib.suppress(OSError):
        urllib.request.urlopen("http://127.0.0.1:9/", timeout=2)
"""


@pytest.mark.slow
def test_the_row_fails_for_a_program_that_asks() -> None:
    """What was seen is the request."""
    result = run(cut_off, quick=True, patch=ASKING)
    assert result.passed < result.wanted and "came: ['GET http://127.0.0.1:9/" in result.seen, result
