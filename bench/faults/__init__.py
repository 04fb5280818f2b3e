"""The rows of the scorecard, a module for each kind of fault; `bench/trust.py` runs them."""

from __future__ import annotations

import importlib
import pkgutil

from bench.faults.scorecard import Row


def rows() -> tuple[Row, ...]:
    """Every row of every module here, in the order of its number."""
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Row)]
    return tuple(sorted(found, key=lambda row: row.number))
