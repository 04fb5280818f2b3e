"""The same utterance or fact across sources, as rows: other wordings, what cannot all be right, what a copy made of its source.

Contrast (disagreements.py), Retold (retelling.py) --compare--> rows of COLUMNS
"""

from __future__ import annotations

from typing import Any

from kg.analyse.disagreements import KINDS, Contrast, Side, find_contrasts
from kg.analyse.readings import Passage
from kg.analyse.retelling import Retold, find_retold
from kg.analyse.timeline import Moves
from kg.analyse.wording import marked

COLUMNS = (
    "kind", "about", "differs", "speaker", "quote", "article", "start", "end", "other_speaker", "other_quote", "other_article", "other_start",
    "other_end", "wording",
)  # fmt: skip
MARKED = ("wording", "speaker")


def compare(moves: Moves, structured: bool = False) -> list[tuple[Any, ...]]:
    """All that sources say otherwise of one thing, by `COLUMNS`: other wordings, what cannot all be right, what was told again otherwise.

    `differs` names what changes the meaning: a modal, a hedge, a negation, a number, a condition, with the words of either side.

    >>> from kg.store.embedded import memory
    >>> compare(Moves(memory()))
    []
    """
    found = [_contrast(moves, one) for one in find_contrasts(moves)] + [_retold(moves, one) for one in find_retold(moves.readings.store)]
    return [tuple(_shown(row.get(column), structured) for column in COLUMNS) for row in found]


def _contrast(moves: Moves, one: Contrast) -> dict[str, Any]:
    things = [moves.thing(iri) if iri.startswith("http") else iri for iri in one.about]
    words = marked(one.one.passage.quote, one.other.passage.quote) if one.kind in MARKED else None
    about = things if one.kind == KINDS[0] else things[0]
    return {"kind": one.kind, "about": about, "differs": list(one.differs), **_side(moves, one.one), **_side(moves, one.other, "other_"), "wording": words}  # fmt: skip


def _retold(moves: Moves, one: Retold) -> dict[str, Any]:
    about = moves.thing(one.article)
    found: dict[str, Any] = {"kind": one.kind, "about": about, "differs": list(one.differs)}
    if one.source_words:
        found |= _place(moves, one.source_words)
    if one.words:
        found |= _place(moves, one.words, "other_")
    if one.source_words and one.words:
        found["wording"] = marked(one.source_words.quote, one.words.quote)
    return found


def _side(moves: Moves, side: Side, name: str = "") -> dict[str, Any]:
    return {name + "speaker": [moves.thing(who) for who in side.speakers] or None, **_place(moves, side.passage, name)}


def _place(moves: Moves, passage: Passage, side: str = "") -> dict[str, Any]:
    return {side + "quote": passage.quote, side + "article": moves.thing(passage.article), side + "start": passage.start, side + "end": passage.end}  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(value["label"])
    return "; ".join(map(_text, value)) if isinstance(value, list) else "" if value is None else str(value)


def _shown(value: Any, structured: bool) -> Any:
    return value if structured or isinstance(value, int) or value is None else _text(value)
