"""Where the files that travel with the package are: in the wheel under `kg/data`, in a checkout at its top."""

from __future__ import annotations

import os
from pathlib import Path

STORE_MARK = "proviso.json"  # the file that makes a folder a store

_HERE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `ontology` or `queries`, whether this runs from a wheel or a checkout.

    >>> (folder("ontology") / "kg.ttl").exists()
    True
    """
    packed = _HERE / "data" / name
    return packed if packed.is_dir() else _HERE.parent / name


def write_atomically(path: Path, data: bytes) -> None:
    """Writes a file so that `path` always holds its old bytes or the new ones, whole; through a symbolic link, where it points.

    Raises OSError as `Path.write_bytes` does; nothing is left behind then.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():  # a pipe or a device is written to, never replaced
        target.write_bytes(data)
        return
    beside = target.with_name(f".{target.name[:80]}.{os.getpid()}.tmp")
    try:
        with beside.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
