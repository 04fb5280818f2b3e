"""A consistent copy of a store while others write on, and its way back. A copy is a store itself: `--store` reads it.

It holds what the newest snapshot stands for: the engine's files, the journal up to there, every kept file with its hash checked.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, suppress
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import folder
from kg.store.embedded import catch_up, current, snapshot

_TRIES = 20  # a writer may take away the snapshot that is being copied


def backup(path: Path, target: Path) -> None:
    """Copies the store at `path` to a new or empty folder, whole or not at all; never waits for a writer.

    Raises StoreError where there is no store, where something is at `target`, or that is in the store, where a kept file is damaged.
    """
    folder.mark_of(path)
    if target.resolve().is_relative_to(path.resolve()):
        raise StoreError("a copy in the store would go with it", str(target), "give a folder outside of it")
    with suppress(StoreError):  # a writer is at work, or this place may only be read: the last snapshot is whole
        catch_up(path)
    folder.lay_out(target, lambda place: _fill(path, place))


def _fill(path: Path, place: Path) -> None:
    for _ in range(_TRIES):
        before = current(path)
        try:
            _copy(path, place, *before)
        except FileNotFoundError as error:
            if current(path) == before:
                raise StoreError(f"the store is damaged: {error.filename} is gone", str(path), "kg verify says more") from error
        else:
            if current(path) == before:
                break
        shutil.rmtree(place / folder.GRAPH, ignore_errors=True)
    else:
        raise StoreError("the store changes too fast to be copied", str(path), "try again when less is being written")
    engine = ox.Store(str(place / folder.GRAPH))
    snapshot(place, engine)


def _copy(path: Path, place: Path, name: str, size: int) -> None:
    (place / folder.GRAPH).mkdir()
    with ExitStack() as stack:  # all are opened before the first is copied: what is open stays, whatever a writer takes away
        files = [stack.enter_context(file.open("rb")) for file in (path / folder.SNAPSHOTS / name).iterdir()]
        for file in files:
            with (place / folder.GRAPH / Path(file.name).name).open("xb") as copy:
                shutil.copyfileobj(file, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
    folder.sync_folder(place / folder.GRAPH)
    folder.write_synced(place / folder.JOURNAL, (path / folder.JOURNAL).read_bytes()[:size])
    for kept in sorted((path / folder.SOURCES).glob("??/*")):
        if kept.name.endswith(".tmp"):  # of a writer at work, who may have renamed it by now, or of one that was killed
            continue
        if folder.keep(place, kept.read_bytes()) != kept.name:
            raise StoreError("a kept file is damaged, so no copy was made", str(kept), "kg repair, then copy again")
