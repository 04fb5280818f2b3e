"""Words that name somebody lead to the actor, by the registry and by what was named before."""

from __future__ import annotations

import pytest

from kg.actors import load_registry
from kg.annotate.rules.naming import Naming
from kg.model import Span


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Fishermen in Nepal wait for the Supreme Court.", "supreme-court"),
        ("Fishermen in the United States wait for the Supreme Court.", "us-supreme-court"),
        ("Fishermen whom Trump met wait for the Supreme Court.", "us-supreme-court"),
        ("Voters in Kosovo wait for the Kuvendi.", "kuvendi"),
        ("Voters in Albania wait for the Kuvendi.", "parliament-of-albania"),
        ("Voters in Ukraine wait for the Bundestag.", "bundestag"),
    ],
)
def test_a_bare_name_is_a_state_s_court_or_parliament_where_the_text_tells_of_it(text: str, target: str) -> None:
    """By its name or by who holds an office there; a name that only one bears needs neither."""
    start = text.index("the ", text.index("wait"))
    assert Naming(load_registry(), "2025-10-05", text).link(Span.of(text, start, len(text) - 1)).target == target


@pytest.mark.parametrize(
    ("names", "pieces"),
    [
        ("The Democratic Republic of Congo and Rwanda", ["The Democratic Republic of Congo", "Rwanda"]),
        ("Ada Roe and Bo Krag", ["Ada Roe", "Bo Krag"]),
        ("the Ministry of Tides and Harbours", ["the Ministry of Tides and Harbours"]),
        ("Trinidad and Tobago", ["Trinidad and Tobago"]),
    ],
)
def test_names_are_split_where_each_piece_is_one(names: str, pieces: list[str]) -> None:
    """An *of* before the *and* may reach over it, unless the registry knows both; what it knows as a whole is one."""
    assert [piece.text for piece in Naming(load_registry(), None, names).split(Span(0, len(names), names))] == pieces
