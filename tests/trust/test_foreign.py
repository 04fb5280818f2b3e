"""With a parser that fetches, the row about RDF from elsewhere fails: its listener is asked."""

from __future__ import annotations

import pytest

from bench.faults.foreign import foreign
from bench.trust import run

FETCHING = """
import warnings; warnings.simplefilter("ignore")
import kg.exchange.rdf as r
was = r._parse
def parse(source, form):
    if source.suffix == ".jsonld":
        import rdflib
        rdflib.Dataset().parse(str(source), format="json-ld")
    yield from was(source, form)
r._parse = parse
"""


@pytest.mark.slow
def test_the_row_fails_with_a_parser_that_fetches() -> None:
    """All fifteen: those with a remote context are asked for."""
    result = run(foreign, patch=FETCHING)
    assert result.passed < result.wanted and "remote" in result.seen, result
