"""An article with three statements that a machine has read, for the tests of a review."""

from __future__ import annotations

from pathlib import Path

from kg.actors import load_registry
from kg.annotate.llm.voting import DISAGREEMENT
from kg.annotate.reading import read_rules
from kg.model import Annotation, Article, Registry
from kg.review.files import Kept, open_review
from kg.review.session import Review

TEXT = (
    "Merz said Germany would send “troops” 🇩🇪 if the Bundestag agrees.\n"
    "“We will pay,” Macron said.\n"
    "Spain rejects the plan, Pedro Sánchez said, unless the Bundestag agrees.\n"
)
REGISTRY = load_registry()


def read_doubting(article: Article, registry: Registry) -> Annotation:
    """The rules' reading with doubts of our own: the second statement is one on which a model differs, the third the least sure."""
    from dataclasses import replace

    made = read_rules(article, registry)
    doubts = [(0.9, "cue"), (0.8, f"{DISAGREEMENT}asserts; llm: pledges"), *[(0.1, "cue")] * 9]
    statements = zip(made.statements, doubts, strict=False)
    return replace(made, statements=tuple(replace(s, confidence=sure, found_by=how) for s, (sure, how) in statements))


def begun(folder: Path, name: str = "talks.txt") -> tuple[Review, Kept]:
    """The review of the article in a folder, which is written there where it is not."""
    path = folder / name
    if not path.exists():
        path.write_text(TEXT, "utf-8")
    return open_review(path, REGISTRY, read_doubting)
