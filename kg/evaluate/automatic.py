"""Articles read by an automatic annotator, in the order given, on one process or several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.annotate.automatic import Annotate, find_annotator
from kg.model import Annotation, Article, Registry
from kg.parallel import ordered


def annotate_all(articles: Sequence[Article], annotator: str | Annotate, registry: Registry, jobs: int = 1) -> Iterator[Annotation]:
    """What the annotator, or the one of this name, makes of each article; the same whatever the number of processes. Raises as `find_annotator`."""
    return ordered(_read, (find_annotator(annotator) if isinstance(annotator, str) else annotator, registry), articles, jobs)


def _read(shared: tuple[Annotate, Registry], article: Article) -> Annotation:
    annotate, registry = shared
    return annotate(article, registry)
