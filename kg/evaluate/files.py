"""Files -> what is scored: annotation files, folders with a file an article, collections of a line an article, GUM.

    gold --read_readings--> readings ┐
                                     ├--score--> Report
    files or an annotator  --------> ┘

Where either side is in the flat form (`flat.py`), the other is seen the same way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.annotate.automatic import Annotate
from kg.annotate.beside import SUFFIXES, find_article_for
from kg.annotate.document import parse_document
from kg.annotate.from_file import read_annotation, resolve
from kg.errors import ReadError
from kg.evaluate.automatic import annotate_all
from kg.evaluate.flat import flatten, read_item
from kg.evaluate.gum import is_gum, read_gum, score_gum
from kg.evaluate.layers import Layers, items
from kg.evaluate.scoring import Report, score
from kg.model import Annotation, Article, Registry

COLLECTION = ".jsonl"


@dataclass(frozen=True, slots=True)
class Reading:
    """An article and what is said of it: an annotation, or what a flat item says."""

    article: Article
    said: Annotation | Layers


def compare_files(gold: Path, annotations: Path, registry: Registry) -> Report:
    """Scores files against others of the same articles: two files, two folders, two collections, or one against another.

    Raises ReadError for a file without its article or a line that is no reading, AnnotationError for one that says something
    impossible, and UsageError where the two sides do not hold the same articles.
    """
    if is_gum(gold):
        documents = read_gum(gold)
        given = read_readings(annotations, registry, {d.article.id: d.article for d in documents})
        return score_gum(documents, [_flat(reading, places=False) for reading in given])
    wanted = read_readings(gold, registry)
    given = read_readings(annotations, registry, {reading.article.id: reading.article for reading in wanted})
    if _is_one(gold) != _is_one(annotations):  # a file stands for its article alone
        common = {reading.article.id for reading in wanted} & {reading.article.id for reading in given}
        wanted, given = ([reading for reading in side if reading.article.id in common] for side in (wanted, given))
    return compare_readings(wanted, given)


def compare_annotator(gold: Path, annotator: str | Annotate, registry: Registry, jobs: int = 1) -> Report:
    """Scores what an automatic annotator, or the one of this name, makes of the gold's articles.

    Raises as `compare_files` does, and UsageError where there is no such annotator.
    """
    if is_gum(gold):
        documents = read_gum(gold)
        read = annotate_all([d.article for d in documents], annotator, registry, jobs)
        return score_gum(documents, [flatten(d.article, said, places=False) for d, said in zip(documents, read, strict=True)])
    wanted = read_readings(gold, registry)
    articles = [reading.article for reading in wanted]
    return compare_readings(
        wanted, [Reading(*pair) for pair in zip(articles, annotate_all(articles, annotator, registry, jobs), strict=True)]
    )


def compare_readings(gold: Sequence[Reading], predicted: Sequence[Reading]) -> Report:
    """The report on some readings of the same articles as the gold's, in the flat form where either side is."""
    flat = any(isinstance(reading.said, Layers) for reading in (*gold, *predicted))
    ours, theirs = ([_flat(reading) if flat else _whole(reading) for reading in side] for side in (gold, predicted))
    return score(ours, theirs)


def _flat(reading: Reading, *, places: bool = True) -> Layers:
    return reading.said if isinstance(reading.said, Layers) else flatten(reading.article, reading.said, places=places)


def _whole(reading: Reading) -> Layers:
    assert isinstance(reading.said, Annotation)
    return items(reading.article, reading.said)


def _is_one(path: Path) -> bool:
    return not path.is_dir() and path.suffix != COLLECTION


def read_readings(path: Path, registry: Registry, articles: Mapping[str, Article] | None = None) -> list[Reading]:
    """The readings of an annotation file, a folder of them, or a collection.

    A line of a collection is a flat item, or what `kg annotate --format jsonl` prints; where that has no text (one that
    failed) it is of the article of this id among `articles`. Raises as `compare_files` does.
    """
    if not path.exists():
        raise ReadError("there is no such file", str(path), "give an annotation file, a folder of them, or a collection (.jsonl)")
    if path.suffix == COLLECTION and path.is_file():
        return _read_collection(path, registry, articles or {})
    files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES) if path.is_dir() else [path]
    if not files:
        raise ReadError("there are no annotation files in this folder", str(path), f"they end in {', '.join(SUFFIXES)}")
    return [_read(file, registry) for file in files]


def _read(file: Path, registry: Registry) -> Reading:
    article = find_article_for(file)
    return Reading(article, read_annotation(file, article, registry).annotation)


def _read_collection(path: Path, registry: Registry, articles: Mapping[str, Article]) -> list[Reading]:
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"this collection cannot be read: {error}", str(path), "save it as UTF-8, a JSON object a line") from error
    return [_read_line(line, f"{path}:{number}", registry, articles) for number, line in enumerate(lines, 1) if line.strip()]


def _read_line(line: str, where: str, registry: Registry, articles: Mapping[str, Article]) -> Reading:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ReadError(f"this line is no JSON: {error}", where, "a JSON object a line") from error
    header = value.get("article") if isinstance(value, dict) else None
    if not isinstance(header, dict):
        return Reading(*read_item(value if isinstance(value, dict) else {}, where))
    article = _article(header, where, articles)
    return Reading(
        article, resolve(parse_document(line.encode("utf-8", "surrogatepass"), where, is_json=True), article, registry).annotation
    )


def _article(header: Mapping[str, Any], where: str, articles: Mapping[str, Article]) -> Article:
    id, text = header.get("id"), header.get("text")
    if isinstance(id, str) and isinstance(text, str):
        return Article(id, text)
    if id in articles:
        return articles[str(id)]
    raise ReadError("this line does not say its article", where, "kg annotate --format jsonl writes article.id and article.text")
