"""A text cut into flat pieces, each under whatever spans cover it: what HTML can nest no other way.

text, spans --cut--> Piece, ...   joined, the pieces are the text again
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that stands in a text: `start`, `end` (code points, half-open), a layer, the thing it is of, what to say of it."""

    start: int
    end: int
    layer: str
    thing: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text with the marks that cover it, the smallest first."""

    start: int
    text: str
    marks: tuple[Mark, ...]


def cut(text: str, marks: Iterable[Mark], first: int = 0, last: int | None = None) -> list[Piece]:
    """The pieces of `text[first:last]`, in order; marks that lie outside it are left out.

    >>> [(p.text, [m.layer for m in p.marks]) for p in cut("abcd", [Mark(1, 3, "x", ""), Mark(0, 2, "y", "")])]
    [('a', ['y']), ('b', ['y', 'x']), ('c', ['x']), ('d', [])]
    """
    end = len(text) if last is None else last
    within = [mark for mark in marks if mark.start < end and first < mark.end and mark.start < mark.end]
    edges = sorted({first, end, *(max(mark.start, first) for mark in within), *(min(mark.end, end) for mark in within)})
    opening: dict[int, list[Mark]] = {}
    for mark in within:
        opening.setdefault(max(mark.start, first), []).append(mark)
    pieces: list[Piece] = []
    current: list[Mark] = []
    for start, stop in pairwise(edges):
        current = [mark for mark in current if mark.end > start] + opening.get(start, [])
        pieces.append(Piece(start, text[start:stop], tuple(sorted(current, key=_size))))
    return pieces


def paragraphs(text: str, pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces by the lines of the text; line ends are in no piece. A piece that goes over a line end is cut there."""
    found: list[list[Piece]] = [[]]
    for piece in pieces:
        start = piece.start
        for n, line in enumerate(piece.text.split("\n")):
            if n:
                found.append([])
            if line:
                found[-1].append(Piece(start, line, piece.marks))
            start += len(line) + 1
    return [line for line in found if any(piece.text.strip() for piece in line)]


def _size(mark: Mark) -> tuple[int, int, str, str]:
    return mark.end - mark.start, mark.start, mark.layer, mark.thing
