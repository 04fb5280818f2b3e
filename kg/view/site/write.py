"""A folder of pages, written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from kg.errors import UsageError
from kg.view.site.maker import Page

MARK = ".proviso-site"  # the file that says a folder is a site of ours, which a new one may replace


def write_site(folder: Path, pages: Iterable[Page]) -> int:
    """Writes the pages into a folder that is new, empty, or a site already; the old one stands until the new one is whole.

    Returns how many files there are. Raises UsageError for a folder with something else in it, and OSError as writing does.
    """
    target = folder.resolve()
    if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not (target / MARK).exists())):
        raise UsageError("there is something else already", str(folder), "name a new folder, an empty one, or one that kg site has made")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside, old = (target.with_name(f".{target.name[:80]}.{os.getpid()}.{what}") for what in ("tmp", "old"))
    try:
        count = _write(beside, pages)
        if target.exists():
            target.rename(old)
        try:
            beside.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        return count
    finally:
        for left in (beside, old):
            shutil.rmtree(left, ignore_errors=True)


def _write(folder: Path, pages: Iterable[Page]) -> int:
    folder.mkdir()
    (folder / MARK).write_bytes(b"")
    count = 0
    for name, make in pages:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(make())
        count += 1
    return count
