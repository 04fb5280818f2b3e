"""What this program needs of the machine, tried: each trial says whether it works here, and with what."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg import __version__
from kg.errors import ProvisoError
from kg.resources import folder

if TYPE_CHECKING:
    from kg.store.embedded import Store
    from kg.store.endpoint import Endpoint

WANTED = (3, 11)  # the Python this program is written for


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that was tried: `outcome` is `works` or `fails`, `seen` says with what, or why not and what to try."""

    trial: str
    outcome: str
    seen: str


def examine(store: Path | Endpoint, more: Mapping[str, Callable[[], str]] | None = None) -> list[Trial]:
    """Tries everything, the store in a folder or at an address, and what more there is; raises nothing, makes nothing but what it takes away again.

    >>> [trial.outcome for trial in examine(Path("nowhere")) if trial.trial == "store"]
    ['fails']
    """
    trials: list[tuple[str, Callable[[], str]]] = [
        ("python", _python), ("libraries", _libraries), ("data", _data), ("engine", _engine), ("annotator", _annotator),
        ("processes", _processes), ("disk", _disk), ("store", lambda: _store(store)), *(more or {}).items(),
    ]  # fmt: skip
    return [_tried(name, trial) for name, trial in trials]


def _tried(name: str, trial: Callable[[], str]) -> Trial:
    try:
        return Trial(name, "works", trial())
    except ProvisoError as error:
        return Trial(name, "fails", f"{error.what}; {error.hint}")
    except Exception as error:  # whatever is broken here is what was asked for
        return Trial(name, "fails", f"{type(error).__name__}: {error}")


def _python() -> str:
    if sys.version_info < WANTED:
        raise ProvisoError(f"this is Python {sys.version.split()[0]}", "", f"use {'.'.join(map(str, WANTED))} or later")
    return f"{sys.version.split()[0]}; kg {__version__} in {Path(__file__).parent}"


def _libraries() -> str:
    found = dict(_versions(importlib.metadata.requires("proviso-kg") or []))
    missing = [name for name, version in found.items() if not version]
    if missing:
        raise ProvisoError(f"not installed: {', '.join(missing)}", "", "install proviso-kg again")
    return ", ".join(f"{name} {version}" for name, version in found.items())


def _versions(requirements: list[str]) -> Iterator[tuple[str, str]]:
    for requirement in requirements:
        if "extra ==" not in requirement:
            name = re.split(r"[^\w.-]", requirement)[0]
            try:
                yield name, importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                yield name, ""


def _data() -> str:
    counts = {name: len([file for file in folder(name).rglob("*") if file.suffix in (".ttl", ".rq")]) for name in ("ontology", "queries")}
    if not all(counts.values()):
        raise ProvisoError("the ontology or the queries are not there", "", "install proviso-kg again")
    return ", ".join(f"{count} files in {name}" for name, count in counts.items())


def _engine() -> str:
    from kg.store.embedded import memory
    from kg.store.folder import ENGINE

    said = importlib.metadata.version("pyoxigraph")
    if not f"oxigraph {said}".startswith(ENGINE):
        raise ProvisoError(f"the engine is oxigraph {said}, stores are of {ENGINE}", "", "install pyoxigraph of that version")
    memory().select("SELECT (1 AS ?one) {}")
    return f"oxigraph {said} answers"


def _annotator() -> str:
    from kg.actors import load_registry
    from kg.annotate.automatic import find_annotator
    from kg.model import Article

    text = "Germany said on Monday that it would send troops to the border if its parliament agrees to a mandate for them."
    read = find_annotator("rules")(Article("doctor", text, "Doctor", ""), load_registry(None))
    if not read.statements:
        raise ProvisoError("the automatic annotator finds nothing in a plain sentence", "", "install proviso-kg again")
    return f"{read.annotator.name} {read.annotator.version} reads"


def _processes() -> str:
    from kg.store.embedded import memory
    from kg.store.worker import Worker

    with Worker(memory()) as worker:
        worker.ask("ASK {}", 10)
    return "a query runs in a process of its own"


def _disk() -> str:
    from kg.store.embedded import create, open_store, writer

    with tempfile.TemporaryDirectory(prefix="kg-doctor-") as place:
        create(Path(place, "store"))
        with writer(Path(place, "store"), "doctor", ""):
            pass
        open_store(Path(place, "store"))
        free = shutil.disk_usage(place).free
    return f"a store can be made and locked in {tempfile.gettempdir()}, {free >> 20:,} MB are free"


def _store(path: Path | Endpoint) -> str:
    from kg.store.embedded import open_store

    if not isinstance(path, Path):
        from kg.store.remote import open_remote

        store: Store = open_remote(path)
        return f"{path.address}: {store.count():,} quads in {len(store.graphs())} graphs, {len(store.journal().entries)} lines of journal"
    store = open_store(path)
    journal = store.journal()
    if journal.damaged:
        raise ProvisoError(f"{len(journal.damaged)} lines of the journal are damaged", "", f"kg verify --store {path} says which")
    free = shutil.disk_usage(path).free
    return (
        f"{path}: {store.count():,} quads in {len(store.graphs())} graphs, {len(journal.entries)} lines of journal, {free >> 20:,} MB free"
    )
