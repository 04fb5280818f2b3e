"""A text -> passages that can each be read alone: a sentence, or the sentences that one quotation holds together.

A passage never reaches over the end of a line. One that is longer than a model should be asked at once is cut into pieces that
overlap, so that what stands at a cut stands whole in one of the two.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kg.text import sentences

MOST = 2_000  # code points of a passage
OVERLAP = 400  # code points that two pieces of a longer one share
_PAIRS = {"“": "“", "”": "“", "«": "«", "»": "«", "‘": "‘", "’": "‘", '"': '"'}
_MARK = re.compile('[“”«»‘’"]')
_OPENING = "“«‘"
_BESIDE = " \t\u00a0([{—–-“‘«"  # what stands before a mark that opens


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch `[start, end)` of an article; `continues` where it is nothing but a quotation, on the line of the passage before."""

    start: int
    end: int
    continues: bool = False


def passages(text: str) -> list[Passage]:
    """The passages of a text in order; every word stands in one, or in two pieces of one.

    >>> text = "“We go. They stay,” she said. “Both of us.” Bonn agrees."
    >>> [(text[p.start : p.end], p.continues) for p in passages(text)]
    [('“We go. They stay,” she said.', False), ('“Both of us.”', True), ('Bonn agrees.', False)]
    """
    return [piece for start, end, continues in _held_together(text) for piece in _pieces(text, start, end, continues)]


def _held_together(text: str) -> Iterator[tuple[int, int, bool]]:
    """Sentences of a line, those that a closed quotation reaches over as one."""
    for line, ends in _lines(text):
        words = text[line:ends]
        closed = _closed(words)
        joined: list[tuple[int, int]] = []
        reach, following = 0, 0  # how far the quotations go that begin in the last passage, and the first that begins after it
        for start, end in sentences(words):
            while joined and following < len(closed) and closed[following][0] < joined[-1][1]:
                reach = max(reach, closed[following][1])
                following += 1
            if joined and reach > start:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        for at, (start, end) in enumerate(joined):
            yield line + start, line + end, at > 0 and _is_quotation(words, closed, start, end)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line)
        start += len(line)


def _closed(words: str) -> list[tuple[int, int]]:
    """The quotations of a line between a mark that can only open and one that can only close, outermost ones alone.

    Stricter than `kg.text.quotations`, which guesses: a mark that somebody leaves open must not swallow the sentence beside it.
    """
    found: list[tuple[int, int]] = []
    open_: list[tuple[str, int]] = []
    waiting: Counter[str] = Counter()  # how many of each kind are open: who has none need not look through all others
    for mark in _MARK.finditer(words):
        at = mark.start()
        before, after = words[at - 1 : at], words[at + 1 : at + 2]
        kind = _PAIRS[mark[0]]
        if mark[0] in _OPENING or (mark[0] == '"' and (not before or before in _BESIDE) and after.strip()):
            open_.append((kind, at + 1))
            waiting[kind] += 1
        elif before.strip() and (mark[0] != "’" or before in ".,!?…") and (mark[0] != '"' or not after or not after.isalnum()):
            while waiting[kind]:
                opened, start = open_.pop()
                waiting[opened] -= 1
                if opened == kind:
                    found.append((start, at))
                    break
    outer: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not outer or start >= outer[-1][1]:
            outer.append((start, end))
    return outer


def _is_quotation(words: str, closed: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a passage is one quotation and nothing else."""
    at = bisect_right(closed, (start, len(words)))
    first, last = closed[at] if at < len(closed) else (end, end)
    return last < end and not any(c.isalnum() for c in words[start:first] + words[last:end])


def _pieces(text: str, start: int, end: int, continues: bool) -> Iterator[Passage]:
    """The passage, or where it is too long its pieces, cut at white space where there is some."""
    while end - start > MOST:
        cut = text.rfind(" ", start + MOST - OVERLAP // 2, start + MOST) + 1 or start + MOST
        yield Passage(start, cut, continues)
        start, continues = text.rfind(" ", cut - OVERLAP, cut - OVERLAP // 2) + 1 or cut - OVERLAP, False
    yield Passage(start, end, continues)
