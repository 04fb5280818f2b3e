"""What travels with the package is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import resources
from kg.resources import folder


@pytest.mark.parametrize(("name", "file"), [("ontology", "kg.ttl"), ("ontology", "annotation.schema.json"), ("queries", "checks")])
def test_a_checkout_has_its_folders_at_the_top(name: str, file: str) -> None:
    """Here, the folders are those one sees."""
    assert folder(name) == Path(__file__).parents[1] / name
    assert (folder(name) / file).exists()


def test_a_wheel_has_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package holds its own copy, that one is taken, whatever lies beside the package."""
    (tmp_path / "kg" / "data" / "ontology").mkdir(parents=True)
    (tmp_path / "ontology").mkdir()
    monkeypatch.setattr(resources, "_HERE", tmp_path / "kg")
    assert folder("ontology") == tmp_path / "kg" / "data" / "ontology"
    assert folder("queries") == tmp_path / "queries"
