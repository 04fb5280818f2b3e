"""The automatic annotators by name: an article in, an annotation out that no person has reviewed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from kg.errors import UsageError
from kg.model import Annotation, Article, Registry

Annotate = Callable[[Article, Registry], Annotation]
ANNOTATORS = {"rules": ("kg.annotate.reading", "read_rules")}  # imported when it is to read: its word lists and weights are long


def find_annotator(name: str) -> Annotate:
    """The function that reads an article; raises UsageError where there is none of this name.

    >>> find_annotator("rules").__name__
    'read_rules'
    """
    if name not in ANNOTATORS:
        raise UsageError(f"there is no annotator {name!r}", "option --annotator", f"one of file, {', '.join(ANNOTATORS)}")
    module, function = ANNOTATORS[name]
    found: Annotate = getattr(import_module(module), function)
    return found
