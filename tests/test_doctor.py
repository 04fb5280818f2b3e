"""What the machine must have, tried: each thing that is amiss is said by its own trial, with what to do."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg.doctor as doctor
from kg.model import Annotation, Annotator
from kg.store import remote
from kg.store.embedded import create, writer
from tests.store.test_remote import filled

WHEN = "2026-01-08T00:00:00Z"


def reads_nothing(*_: Any) -> Any:
    """An annotator that finds nothing in anything."""
    return lambda article, registry: Annotation(Annotator("none"))


@pytest.mark.parametrize(
    ("trial", "place", "broken", "seen"),
    [
        (doctor._python, "kg.doctor.WANTED", (99, 0), "use 99.0 or later"),
        (doctor._libraries, "importlib.metadata.requires", lambda _: ["typer>=0", "no-such-library>=1", "x; extra == 'y'"], "not installed: no-such-library;"),
        (doctor._data, "kg.doctor.folder", lambda name: Path("nowhere"), "the ontology or the queries are not there"),
        (doctor._engine, "importlib.metadata.version", lambda _: "99.1", "the engine is oxigraph 99.1"),
        (doctor._annotator, "kg.annotate.automatic.find_annotator", reads_nothing, "finds nothing in a plain sentence"),
        (doctor._disk, "kg.store.embedded.create", lambda _: 1 / 0, "ZeroDivisionError"),
    ],
)  # fmt: skip
def test_what_is_amiss_is_said_and_what_to_do(
    trial: Callable[[], str], place: str, broken: object, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each trial fails alone, in words, whatever is broken; none raises."""
    monkeypatch.setattr(place, broken)
    found = doctor._tried("it", trial)
    assert (found.trial, found.outcome) == ("it", "fails") and seen in found.seen


def test_what_is_there_works() -> None:
    """Every library of the package by its version; the engine and the data by what they are."""
    for trial, words in (
        (doctor._python, "Python"),
        (doctor._libraries, "pyoxigraph"),
        (doctor._data, "files in ontology"),
        (doctor._engine, "answers"),
    ):
        found = doctor._tried("it", trial)
        assert found.outcome == "works" and (words in found.seen or trial is doctor._python), found
    assert importlib.metadata.version("pyoxigraph") in doctor._libraries()


def test_a_store_is_told_by_what_it_holds(tmp_path: Path) -> None:
    """In a folder, or at an address; a journal with a damaged line makes the trial fail."""
    place = tmp_path / "store"
    create(place)
    with writer(place, "add", WHEN) as held:
        held.replace_graph("x:g", [], when=WHEN)
    assert f"{place}: 0 quads in 0 graphs, 1 lines of journal" in doctor._store(place)
    endpoint = filled()
    assert (
        doctor._store(endpoint)
        == f"{endpoint.address}: 20 quads in 1 graphs, {len(remote.read_journal(endpoint).entries)} lines of journal"
    )
    (place / "journal.jsonl").write_bytes(b"nonsense\n" + (place / "journal.jsonl").read_bytes())
    found = doctor._tried("store", lambda: doctor._store(place))
    assert (found.outcome, found.seen.partition(";")[0]) == ("fails", "1 lines of the journal are damaged")
