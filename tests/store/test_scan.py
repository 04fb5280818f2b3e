"""The engine's files read from end to end: all that is there, and an end in words whatever the reading process does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.store import scan as scanning
from kg.store.embedded import Store
from kg.store.scan import Found, Scan, main, scan

GRAPHS = (ox.NamedNode("x:g"), ox.NamedNode("x:h"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two graphs as the engine keeps them: words, the numbers 250 to 520, and things that both have."""
    engine = ox.Store(str(tmp_path / "graph"))
    for graph in GRAPHS:
        engine.extend(ox.Quad(ox.NamedNode(f"x:s{i % 7}"), ox.NamedNode("x:p"), ox.Literal(250 + i), graph) for i in range(271))
    engine.add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:q"), ox.Literal("é"), GRAPHS[0]))
    engine.flush()
    return tmp_path / "graph"


def told(place: Path, indices: bool, printed: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What the reading process says, line by line."""
    main(str(place), indices)
    return [json.loads(line) for line in printed.readouterr().out.splitlines()]


def test_each_graph_is_told_and_then_the_end(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its quads and sums, as the store has them; with the indices there are signs of life between."""
    graphs, all_ = told(place, False, capsys), told(place, True, capsys)
    store = Store(ox.Store.read_only(str(place)))
    assert [(line["graph"], line["quads"]) for line in graphs[:-1]] == [("x:g", 272), ("x:h", 271)]
    assert [line["sha256"] for line in graphs[:-1]] == [store.digest(graph.value) for graph in GRAPHS]
    assert graphs[-1] == {"end": True}
    assert all_ == [*graphs[:-1], *[{}] * 6, {"end": True}]


def test_an_engine_that_cannot_be_opened_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, and no end."""
    (line,) = told(tmp_path / "nothing", True, capsys)
    assert line.keys() == {"error"} and line["error"]


@pytest.mark.parametrize(("at", "name"), [(0, "subject"), (1, "predicate"), (2, "object")])
def test_an_index_that_lacks_a_quad_is_named(
    place: Path, at: int, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It and the others must hold as many."""
    count = scanning._count
    monkeypatch.setattr(
        scanning, "_count", lambda engine, by, term, graph: count(engine, by, term, graph) - (by == at and graph is not None)
    )
    assert told(place, True, capsys)[-1] == {"error": f"the indices by {name} do not hold what the others hold"}


@pytest.mark.parametrize(
    ("does", "found"),
    [
        ('print(\'{"graph": "x:g", "quads": 1, "sha256": "a", "sum": "b"}\', flush=True); os._exit(7)', "the engine broke off (exit 7)"),
        ('print(\'{"graph": "x:g", "quads": 1, "sha256": "a", "sum": "b"}\', flush=True); sys.stdin.read()', "the engine has hung for 1 s"),
    ],
    ids=["it crashes", "it hangs"],
)
def test_an_engine_that_crashes_or_hangs_ends_the_scan_in_words(
    does: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had told before counts."""
    if "hung" in found:
        monkeypatch.setattr(scanning, "STALL", 0.51)
        does = does.replace("sys.stdin.read()", "import signal; signal.pause()")
    monkeypatch.setattr(scanning, "_BOOT", f"import os, sys; {does}")
    assert scan(tmp_path) == Scan({"x:g": Found(1, "a", "b")}, found)
