"""Statements of a text: quotations and indirect speech, found by cues, with their words, speakers and modes.

Two passes, linear in the text: utterances in quotation marks paragraph by paragraph (`quotes.py`), then every cue outside of
them sentence by sentence, with the clause, infinitive or phrase it takes. What is told inside another statement is relayed by it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from kg.annotate.rules.cues import Cue
from kg.annotate.rules.dates import date_near
from kg.annotate.rules.force import force_of
from kg.annotate.rules.found import Said
from kg.annotate.rules.indirect import Sentence
from kg.annotate.rules.objects import Reported
from kg.annotate.rules.quotes import MARK_WORDS, Line, find_direct, read_lines
from kg.annotate.rules.words import Word
from kg.model import Span
from kg.text import sentences

NEAR = 60  # characters between what somebody said and a quotation that goes on with it
LONGEST = 250  # words read as one sentence; longer ones are no prose, and reading them whole would cost time
MARKS = "".join(MARK_WORDS)


def find_statements(text: str, lines: list[Line] | None = None) -> list[Said]:
    """What the text attributes to somebody, in the order of the text; spans always equal their slice.

    `lines` are those of the text (`read_lines`), where they have been read.

    >>> text = "Merz said on Tuesday that Germany would send troops after a ceasefire, adding that nobody had “ever” asked."
    >>> for said in find_statements(text): print(said.speakers[0].text, said.cue.text, said.mode, said.content[0].text, sep=" | ")
    Merz | said | indirect | Germany would send troops after a ceasefire
    Merz | adding | mixed | nobody had “ever” asked
    """
    lines = read_lines(text) if lines is None else lines
    direct, used = find_direct(text, lines)
    found = [*direct]
    bounds = sentences(text)
    for line in lines:
        taken = {at for quote in line.quotes if quote.start in used for at in range(quote.first, quote.stop)}
        _open_partial(line, used)
        for first, stop in _sentence_words(line, bounds):
            found += _in_sentence(text, line, first, stop, taken)
    found.sort(key=lambda said: (min(said.content[0].start, said.cue.start if said.cue else said.content[0].start), said.content[0].start))
    return relay([replace(said, force=force_of(text, said)) for said in _go_on(text, found)])


def _go_on(text: str, found: list[Said]) -> Iterator[Said]:
    """A quoted sentence that nobody is named for is said by whoever was just reported: *He called it bad. “It hurts people.”*"""
    last: Said | None = None
    for said in found:
        if said.found_by == "quote alone" and not said.speakers and last and last.speakers:
            between = text[last.content[-1].end : said.content[0].start]
            if len(between) < NEAR and "\n" not in between:
                said = replace(said, speakers=last.speakers, confidence=0.6)
        last = said
        yield said


def _open_partial(line: Line, used: set[int]) -> None:
    """Words quoted inside a sentence stay flagged; a very long partial quotation is read like any other words."""
    for quote in line.quotes:
        if quote.start not in used and quote.stop - quote.first > 60:
            for word in line.words[quote.first : quote.stop]:
                word.quoted = False


def _sentence_words(line: Line, bounds: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The word ranges of a line's sentences; one that ends inside a quotation goes on to the end of it."""
    ranges, first = [], 0
    words = line.words
    at = bisect_left(bounds, line.start, key=lambda bound: bound[1])
    for place in range(at, len(bounds)):
        end = bounds[place][1]
        stop = bisect_left(words, end, lo=first, key=lambda word: word.start)
        if stop > first and not (stop < len(words) and words[stop].quoted and words[stop - 1].quoted):
            ranges.append((first, stop))
            first = stop
        if end >= line.end:
            break
    if first < len(words):
        ranges.append((first, len(words)))
    return [(at, min(at + LONGEST, stop)) for first, stop in ranges for at in range(first, stop, LONGEST)]


def _in_sentence(text: str, line: Line, first: int, stop: int, taken: set[int]) -> list[Said]:
    words = line.words[first:stop]
    cues = [
        Cue(c.first - first, c.head - first, c.last - first, c.sense, c.form)
        for c in line.cues_in(first, stop)
        if first <= c.first and c.last < stop
    ]
    blocked = {at - first for at in range(first, stop) if at in taken}
    reader = Sentence(words, cues, blocked)
    return [said for reported in reader.read() if (said := _said(text, words, reported))]


def _said(text: str, words: list[Word], reported: Reported) -> Said | None:
    content = tuple(span for first, stop in reported.pieces if (span := _bare(text, words, first, stop)))
    if not content:
        return None
    cue = Span.of(text, words[reported.cue_range[0]].start, words[reported.cue_range[1]].end) if reported.cue_range[1] >= 0 else None
    who = tuple(Span.of(text, words[a].start, words[b - 1].end) for a, b in reported.who)
    force = reported.cue.sense.force if reported.cue else "asserts"
    said_on = date_near(text, words, reported.cue_range[0], reported.cue_range[1], [(p[0], p[1]) for p in reported.pieces])
    return Said(content, mode_of(text, words, reported.pieces), force, cue, who, said_on, None, reported.sure, reported.how)


def _bare(text: str, words: list[Word], first: int, stop: int) -> Span | None:
    """The words from `first` to `stop` without quotation marks and commas at their edges."""
    while first < stop and (
        words[first].tag == "Q"
        or (words[first].tag == "," and words[first].low not in "([$€£¥#@+-" + MARKS)
        or (words[first].low in MARK_WORDS and first + 1 < stop and words[first + 1].quoted)
    ):
        first += 1
    while stop > first and (
        words[stop - 1].tag == "Q"
        or words[stop - 1].low in (",", ":", ".")
        or (words[stop - 1].low in MARK_WORDS and words[stop - 2].quoted)
    ):
        if words[stop - 1].low == "." and words[stop - 1].tag == "P":
            break
        stop -= 1
    return Span.of(text, words[first].start, words[stop - 1].end) if stop > first else None


def mode_of(text: str, words: list[Word], pieces: tuple[tuple[int, int], ...]) -> str:
    """`direct` where all words stand in quotation marks, `mixed` where some do, names of things aside."""
    inside = [word for first, stop in pieces for word in words[first:stop] if word.tag not in ",Q" and word.low not in MARK_WORDS]
    quoted = [word for word in inside if word.quoted]
    if quoted and len(quoted) == len(inside):
        return "direct"
    names = all(text[word.start].isupper() or not word.low.isalpha() or word.low in ("of", "the", "for", "and") for word in quoted)
    return "mixed" if quoted and not names else "indirect"


def relay(found: list[Said]) -> list[Said]:
    """Each statement that lies, cue and all, inside the content of an earlier one is relayed by the innermost such one.

    >>> words = Span(0, 30, "X" * 30), Span(20, 30, "X" * 10)
    >>> outer, inner = relay([Said((words[0],), "indirect"), Said((words[1],), "indirect", cue=Span(15, 18, "XXX"))])
    >>> inner.relayed_by
    0
    """
    made: list[Said] = []
    around: list[int] = []
    for at, said in enumerate(found):
        start = said.cue.start if said.cue else said.content[0].start
        around = [i for i in around if made[i].content[-1].end > start]
        holders = [i for i in around if any(span.start <= start < span.end for span in made[i].content)]
        made.append(replace(said, relayed_by=holders[-1]) if holders else said)
        around = [*around[-8:], at]
    return made
