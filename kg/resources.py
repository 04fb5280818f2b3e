"""Where the files that travel with the package are: in the wheel under `kg/data`, in a checkout at its top."""

from __future__ import annotations

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
