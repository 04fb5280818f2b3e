"""The automatic annotators by name: an article in, an annotation out that no person has reviewed."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module

from kg.errors import ReadError, UsageError
from kg.model import Annotation, Article, Registry

Annotate = Callable[[Article, Registry], Annotation]
RULES = "rules"
MODELS = ("llm", "both")  # that need an endpoint, which only the command line knows: `kg.annotate.llm`
UNREAD = "passages unread"  # how the version of a reading ends that a model could not make of the whole article
ANNOTATORS = {RULES: ("kg.annotate.reading", "read_rules")}  # imported when it is to read: its word lists and weights are long
LONGEST = 1_500_000  # code points: more than any book, read in some 20 s; what is longer is no article
REPEATS, OVER = 20, 10_000  # times that a text of over so many code points is longer than zlib packs it; prose is 2 to 4 times


def require_article(article: Article, where: str) -> None:
    """Raises ReadError where a text is longer than an automatic annotator reads, or says the same again and again.

    >>> require_article(Article("a", "No, he said. " * 1000), "a.txt")
    Traceback (most recent call last):
    kg.errors.ReadError: the text repeats itself: its 13,000 characters pack into less than a 20th
      at: a.txt
      try: give the words once; an annotation by a person may be of any text
    """
    if len(article.text) > LONGEST:
        what = f"the text has {len(article.text):,} characters, and the annotator reads {LONGEST:,}"
        raise ReadError(what, where, "give each article a text of its own; an annotation by a person may be of any length")
    data = article.text.encode() if len(article.text) > OVER else b""
    if len(data) > REPEATS * len(zlib.compress(data, 1)):
        what = f"the text repeats itself: its {len(article.text):,} characters pack into less than a {REPEATS}th"
        raise ReadError(what, where, "give the words once; an annotation by a person may be of any text")


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
