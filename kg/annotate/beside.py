"""Which annotation file goes with which article: by its stem or id, beside it or in the folder next door."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.annotate.document import read_document
from kg.articles import PAGES, TEXTS, read_articles
from kg.errors import AnnotationError, Finding, ReadError
from kg.model import Article

SUFFIXES = (".yaml", ".yml", ".json")
ARTICLES = (*TEXTS, *PAGES)  # files of one article each; a collection has many


def find_annotation(path: Path, article_id: str) -> Path | None:
    """The annotation file a person made for an article: same stem as the article's file or its id, in YAML or JSON, beside
    it, in `annotations/` below it, or in a sibling folder `annotations/`. A file without a byte is none: a shell makes one before
    what is to be written into it is there.

    Raises AnnotationError where there are two in one place.
    """
    for named in _named_for(path, article_id):
        found = [file for file in named if file.stat().st_size]
        if len(found) > 1:
            raise AnnotationError([Finding("duplicate-id", "error", f"keep one of {found[0].name} and {found[1].name}", str(found[1]))])
        if found:
            return found[0]
    return None


def empty_annotations(path: Path, article_id: str) -> list[Path]:
    """The files that would be an article's annotation, had they a byte."""
    return [file for named in _named_for(path, article_id) for file in named if not file.stat().st_size]


def _named_for(path: Path, article_id: str) -> Iterator[list[Path]]:
    """The files of each name that an article's annotation may have, the place that counts most first."""
    stem = path.stem if path.suffix.lower() in ARTICLES else ""  # not of a collection, which has many
    names = dict.fromkeys(name for name in (article_id, stem) if name and not set(name) & set("/\\"))
    for place in (path.parent, path.parent / "annotations", _above(path) / "annotations"):
        for name in names:
            yield [file for suffix in SUFFIXES if _is_there(file := place / (name + suffix))]


def _is_there(file: Path) -> bool:
    """Whether there is such a file; of a name that no file can have, as one that is too long, there is none."""
    return os.path.isfile(file)  # noqa: PTH113 - never raises


def find_article_for(path: Path) -> Article:
    """The article an annotation file speaks of; raises ReadError where there is none.

    It is the text inside the file, else the article with the file's `article.id` or of the same stem, beside it, in a
    sibling folder `articles/`, or in the folder above. A file that cannot be read gets an empty article, so that reading
    it can say where it breaks.
    """
    try:
        document = read_document(path).value
    except AnnotationError:
        return Article(path.stem, "")
    header = document.get("article") if isinstance(document, dict) else None
    header = header if isinstance(header, dict) else {}
    if isinstance(header.get("text"), str):
        return _article(header, path.stem)
    wanted = header.get("id", path.stem)
    first: Article | None = None
    for file in _article_files(path):
        for article in (reading.article for reading in read_articles(file) if reading.article):
            if article.id == wanted:
                return article
            first = first or (article if file.stem == path.stem else None)
    if not first:
        raise ReadError(
            "there is no article for this annotation", str(path), f"put {path.stem}.txt beside it or in a folder articles/ next door"
        )
    return first


def _above(path: Path) -> Path:
    """The folder above a file's own, also where the path is too short to name it."""
    return path.parent.parent if path.parent.name not in ("", "..") else path.parent / ".."


def _article(header: Mapping[str, object], stem: str) -> Article:
    """The article written inside an annotation file; what is no text there is left to `read_annotation` to complain of."""
    words = {key: value for key, value in header.items() if isinstance(value, str)}
    return Article(
        words.get("id", stem), words["text"], words.get("title"), words.get("outlet"), words.get("author"), words.get("published"),
        header.get("published_inferred") is True, words.get("url"), words.get("language"), words.get("file"),
    )  # fmt: skip


def _article_files(path: Path) -> Iterator[Path]:
    """The files of the same stem, then all other texts of these folders, one of which may hold several articles."""
    folders = (path.parent, _above(path) / "articles", _above(path))
    named = [place / (path.stem + suffix) for place in folders for suffix in ARTICLES]
    yield from (file for file in named if _is_there(file))
    yield from (
        file
        for place in folders[:2]
        if place.is_dir()
        for file in sorted(place.iterdir())
        if file.suffix in TEXTS and file.is_file() and file not in named
    )
