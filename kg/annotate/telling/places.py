"""Where words stand in a text: spans that share characters, the pieces of statements round a place, spans without marks at their edges."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from kg.annotate.rules.found import Deed, Outcome, Said, Use
from kg.model import Span
from kg.text import sentence_around

_EDGES = " \t\"“”„‟«»‹›‘’‚‛'`,;:–—-."
FAR = 300  # code points beside an act that are looked at for a place
NEAR = 16  # statements or acts before a place that may hold it
Found = TypeVar("Found")


def is_within(one: Span, other: Span) -> bool:
    """Whether all of one span stands in another.

    >>> is_within(Span(1, 3, "ay"), Span(0, 3, "say"))
    True
    """
    return other.start <= one.start and one.end <= other.end


class Meeting(Generic[Found]):
    """Things by their words, to find those that share a character with a span."""

    def __init__(self, things: Iterable[tuple[Span, Found]]) -> None:
        self.things = sorted(things, key=lambda thing: thing[0])

    def with_span(self, span: Span) -> Iterator[Found]:
        """Those that share a character with a span, in the order of the text."""
        stop = bisect_left(self.things, span.end, key=lambda thing: thing[0].start)
        for other, thing in self.things[max(0, stop - NEAR) : stop]:
            if span.start < other.end:
                yield thing


def without_marks(text: str, span: Span) -> Span | None:
    """A span without marks at its edges; brackets and the full stop of an abbreviation stay."""
    start, end = span.start, span.end
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES and not re.search(r"\b(?:\w\.){1,4}$", text[max(start, end - 8) : end]):
        end -= 1
    return Span.of(text, start, end) if start < end else None


class Pieces:
    """The pieces of content of all statements, to find those round a place."""

    def __init__(self, said: Sequence[Said]) -> None:
        self.pieces = sorted((span.start, -span.end, at) for at, one in enumerate(said) for span in one.content)

    def around(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Where the pieces begin and end that hold a stretch, the narrowest first, and whose they are."""
        stop = bisect_right(self.pieces, (start, 0, 0))
        found = [(-over - first, first, -over, at) for first, over, at in self.pieces[max(0, stop - NEAR) : stop] if -over >= end]
        return [(first, over, at) for _, first, over, at in sorted(found)]

    def apart(self, text: str, use: Use, deed: Deed) -> bool:
        """Whether a condition is part of what other statements say and of none that an act stands in; of the act's own sentence a piece
        of its own was cut off.
        """
        start, end = sentence_around(text, deed.action.start, deed.action.end)
        cut_off = (begin_of(use), use.text.end) if start <= use.text.start < end else ()
        others = {at for first, over, at in self.around(use.text.start, use.text.end) if (first, over) != cut_off}
        return bool(others) and others.isdisjoint(at for _, _, at in self.around(deed.action.start, deed.action.start + 1))


def begin_of(use: Use) -> int:
    """Where a condition begins, or its marker, if that stands before it."""
    return min(use.text.start, use.marker.start) if use.marker else use.text.start


def place_of(deed: Deed | Outcome) -> Span:
    """The words of what is done, or of what comes about."""
    return deed.action if isinstance(deed, Deed) else deed.text


def touches(covered: Sequence[tuple[int, int]], span: Span) -> bool:
    """Whether a span shares a character with one of the sorted ranges."""
    at = bisect_left(covered, (span.end, 0))
    return any(start < span.end and span.start < end for start, end in covered[max(0, at - 8) : at])
