"""Annotation files -> what is scored: two files, or two folders with a file an article."""

from __future__ import annotations

from pathlib import Path

from kg.annotate.beside import SUFFIXES, find_article_for
from kg.annotate.from_file import read_annotation
from kg.errors import ReadError
from kg.evaluate.layers import Layers, items
from kg.evaluate.scoring import Report, score
from kg.model import Registry


def compare_files(gold: Path, annotations: Path, registry: Registry) -> Report:
    """Scores one file against another, or the files of a folder against those of the same article in another.

    Raises ReadError for a file without its article, AnnotationError for one that says something impossible, and UsageError
    where the two sides do not hold the same articles.
    """
    wanted = _layers(gold, registry)
    given = _layers(annotations, registry)
    if gold.is_dir() != annotations.is_dir():  # a file stands for its article alone
        common = {layers.article for layers in wanted} & {layers.article for layers in given}
        wanted, given = ([layers for layers in side if layers.article in common] for side in (wanted, given))
    return score(wanted, given)


def _layers(path: Path, registry: Registry) -> list[Layers]:
    if not path.exists():
        raise ReadError("there is no such file", str(path), "give an annotation file or a folder of them")
    files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES) if path.is_dir() else [path]
    if not files:
        raise ReadError("there are no annotation files in this folder", str(path), f"they end in {', '.join(SUFFIXES)}")
    return [_read(file, registry) for file in files]


def _read(file: Path, registry: Registry) -> Layers:
    article = find_article_for(file)
    if not article:
        raise ReadError("there is no article for this annotation", str(file), "put it beside it, or in a folder articles/ next door")
    return items(article, read_annotation(file, article, registry).annotation)
