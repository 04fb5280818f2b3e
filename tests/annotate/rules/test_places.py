"""Where an act is bound to, and where it is not."""

from __future__ import annotations

import pytest

from kg.annotate.rules.places import only_where


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("be based in neighbouring countries, not inside Ukraine", ["neighbouring countries"], ["Ukraine"]),
        ("limited the deployment of troops to countries neighbouring Borduria.", ["countries neighbouring Borduria"], []),
        ("will patrol only in the Red Sea if asked", ["Red Sea"], []),
        ("will not be in doubt, only in part", [], []),
        ("send troops to Borduria", [], []),
    ],
)
def test_places_are_named_or_of_a_kind(text: str, inside: list[str], outside: list[str]) -> None:
    """Only where the words bound the act."""
    assert [[span.text for span in spans] for spans in only_where(text, 0, len(text))] == [inside, outside]
