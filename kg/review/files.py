"""Where a review is kept: the annotation file beside the article, whole or not at all, and never over what a person wrote."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.annotate.automatic import Annotate, require_article
from kg.annotate.beside import SUFFIXES, find_annotation, find_article_for
from kg.annotate.from_file import read_annotation
from kg.annotate.language import require_english
from kg.annotate.to_file import to_json, to_yaml
from kg.articles import read_articles
from kg.errors import ReadError, UsageError
from kg.model import Article, Registry
from kg.review.session import Review


@dataclass
class Kept:
    """The file of a review: its path and the bytes it had when it was last read or written, None where there was none."""

    path: Path
    seen: bytes | None
    own: bool  # whether these bytes are of a review's own making

    def keep(self, review: Review) -> Path | None:
        """Writes what stands; reviewed is true where nothing is left to decide. Returns the copy that was made of what a person wrote in it.

        Raises ReadError where somebody else has written the file since, or it cannot be written.
        """
        try:
            return self._keep(review)
        except OSError as error:
            what = f"the annotation cannot be written: {error.strerror or error}"
            raise ReadError(what, str(self.path), "check the path, its permissions and the space left, then decide again") from None

    def _keep(self, review: Review) -> Path | None:
        now = self.path.read_bytes() if self.path.exists() else None
        if now != self.seen:
            what = (
                "somebody else has changed the annotation since it was read" if now is not None else "the annotation was taken away since"
            )
            raise ReadError(what, str(self.path), "nothing was written; run kg review again, it goes on from what stands there")
        copy = _copied(self.path, self.seen) if self.seen is not None and not self.own else None
        data = written(review, self.path)
        _write(self.path, data, new=self.seen is None)
        self.seen, self.own = data, True
        return copy


def written(review: Review, path: Path) -> bytes:
    """The bytes of the file that says what stands, in JSON or YAML as its name has it."""
    reviewed = not review.undecided()
    if path.suffix == ".json":
        return (to_json(review.article, review.annotation, reviewed=reviewed) + "\n").encode()
    return to_yaml(review.article, review.annotation, reviewed=reviewed).encode()


def open_review(path: Path, registry: Registry, annotate: Annotate | None) -> tuple[Review, Kept]:
    """The review of an article (or annotation) file: as it was left, or of what the annotator finds where nobody has written one.

    Raises ReadError where the article cannot be read, UsageError where a person's annotation is reviewed already or a file
    holds several articles, AnnotationError where the annotation cannot be read.
    """
    if path.suffix in SUFFIXES:
        article, file = find_article_for(path), path
        found: Path | None = path
    else:
        article = _one_article(path)
        found = find_annotation(path, article.id)
        file = found or path.with_suffix(".yaml")
    if found is None:
        if annotate is None:
            raise ReadError(f"the article {article.id} has no annotation", str(path), "let an annotator read it: --annotator rules")
        require_article(article, str(path))
        require_english(article)
        return Review(article, registry, annotate(article, registry)), Kept(file, None, True)
    annotation = read_annotation(found, article, registry).annotation
    if annotation.annotator.reviewed:
        hint = "to go through it again, write reviewed: false under annotator in it"
        raise UsageError("a person has reviewed this annotation", str(found), hint)
    review = Review(article, registry, annotation)
    seen = found.read_bytes()
    return review, Kept(file, seen, seen == written(review, file))


def _one_article(path: Path) -> Article:
    readings = list(read_articles(path))
    if len(readings) != 1:
        raise UsageError(f"{len(readings)} articles are not reviewed at once", str(path), "give a file of one article")
    if readings[0].error or not readings[0].article:
        raise readings[0].error or ReadError("there is no article here", str(path), "give a file with text")
    return readings[0].article


def _copied(path: Path, data: bytes) -> Path:
    """A copy of a file beside it, under a name that nothing has."""
    number = 0
    while True:
        copy = path.with_name(f"{path.name}.before{number or ''}")
        try:
            with copy.open("xb") as file:
                shutil.copymode(path, copy)
                file.write(data)
            return copy
        except FileExistsError:
            number += 1


def _write(path: Path, data: bytes, *, new: bool) -> None:
    """Puts the bytes in the file's place at once, through a symbolic link where it points; a new file never in the place of one that came meanwhile.

    Who may read and write a file that is there stays as it is.
    """
    path = path if new else path.resolve()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            if not new:
                shutil.copymode(path, part)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if new:
            os.link(part, path)
        else:
            part.replace(path)
    except FileExistsError as error:
        raise ReadError(
            "somebody else has written the annotation meanwhile", str(path), "nothing was written; run kg review again"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
