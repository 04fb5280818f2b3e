"""The automatic annotators by name: an article in, an annotation out that no person has reviewed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from kg.errors import ReadError, UsageError
from kg.model import Annotation, Article, Registry

Annotate = Callable[[Article, Registry], Annotation]
RULES = "rules"
MODELS = ("llm", "both")  # that need an endpoint, which only the command line knows: `kg.annotate.llm`
ANNOTATORS = {RULES: ("kg.annotate.reading", "read_rules")}  # imported when it is to read: its word lists and weights are long
LONGEST = 1_500_000  # code points: more than any book, read in some 20 s; what is longer is no article


def require_length(article: Article, where: str) -> None:
    """Raises ReadError where a text is longer than an automatic annotator reads."""
    if len(article.text) > LONGEST:
        what = f"the text has {len(article.text):,} characters, and the annotator reads {LONGEST:,}"
        raise ReadError(what, where, "give each article a text of its own; an annotation by a person may be of any length")


def find_annotator(name: str) -> Annotate:
    """The function that reads an article; raises UsageError where there is none of this name.

    >>> find_annotator("rules").__name__
    'read_rules'
    """
    if name not in ANNOTATORS:
        raise UsageError(f"there is no annotator {name!r}", "option --annotator", f"one of file, {', '.join((*ANNOTATORS, *MODELS))}")
    module, function = ANNOTATORS[name]
    found: Annotate = getattr(import_module(module), function)
    return found
