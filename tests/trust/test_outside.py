"""Without names made safe, a loader that runs nothing, and parsers that fetch nothing, the rows about what leads elsewhere fail."""

from __future__ import annotations

import pytest

from bench.faults.outside import led_elsewhere, rdf_refused, yaml_refused
from bench.faults.scorecard import Row
from bench.trust import run

AS_IT_STANDS = "import re, kg.view.site.addresses as a; a._SAFE = re.compile('.*')"
UNSAFE = """
import contextlib, yaml, kg.annotate.document as d
was = d.parse_document
def parsed(source, name, **more):
    with contextlib.suppress(Exception):
        yaml.unsafe_load(source)
    return was(source, name, **more)
d.parse_document = parsed
"""
FETCHING = """
import re, urllib.request, kg.exchange.rdf as r
was = r._parse
def parsed(source, form):
    for url in re.findall(r"http://127[^\\"<>]*", source.read_text()):
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2)
        except Exception:
            pass
    return was(source, form)
r._parse = parsed
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "patch", "seen"),
    [(led_elsewhere, AS_IT_STANDS, "files have word"), (yaml_refused, UNSAFE, "ran-by-yaml"), (rdf_refused, FETCHING, "came: ['GET /c")],
    ids=["led elsewhere", "yaml", "rdf"],
)
def test_a_row_fails_without_its_guard(row: Row, patch: str, seen: str) -> None:
    """What was seen names the file, what was run, or who was asked."""
    result = run(row, quick=True, patch=patch)
    assert result.passed < result.wanted and seen in result.seen, result
