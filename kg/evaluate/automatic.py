"""Articles read by an automatic annotator, in the order given, on one process or several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from kg.annotate.automatic import Annotate, find_annotator
from kg.model import Annotation, Article, Registry

CHUNKS = 4  # a process takes about so many lots of articles: few, as the registry goes with each


def annotate_all(articles: Sequence[Article], name: str, registry: Registry, jobs: int = 1) -> Iterator[Annotation]:
    """What the annotator makes of each article; the same whatever the number of processes. Raises as `find_annotator`."""
    read = partial(_read, find_annotator(name), registry)
    if jobs == 1:
        yield from map(read, articles)
        return
    chunk = -(-len(articles) // (jobs * CHUNKS)) or 1
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield from pool.map(read, articles, chunksize=chunk)


def _read(annotate: Annotate, registry: Registry, article: Article) -> Annotation:
    return annotate(article, registry)
