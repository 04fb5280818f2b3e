"""Utterances in quotation marks: who said them, by the words beside the quotation; split ones are put together again.

Only quotations that are utterances of their own are read here: those an attribution follows (*“…,” he said*), those a cue
and a comma or colon lead to (*He added: “…”*), and whole quoted sentences that go on with what was said before. Words in
quotation marks inside a sentence (*said it was “a mistake”*) are left to `statements.py`.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from kg.annotate.rules import speakers
from kg.annotate.rules.cues import Cue, find_verbs
from kg.annotate.rules.found import Said
from kg.annotate.rules.words import Word, read_words
from kg.model import Span
from kg.text import quotations

OPENING = "\"“”„‟«»‹›‘‚‛'’"
ENDS = ".!?…,—–-"
MARK_WORDS = frozenset("'’‘‛‚")
NEAR = 22  # words between the end of a quotation and the verb that attributes it


@dataclass(slots=True)
class Quote:
    """A quotation among the words of its line: its offsets, and the words `first` to `stop` that are its own, without marks."""

    start: int
    end: int
    first: int
    stop: int


@dataclass(slots=True)
class Line:
    """One paragraph: its words, with those in quotation marks flagged, and its quotations that are not in others."""

    start: int
    end: int
    words: list[Word]
    quotes: list[Quote] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)

    def cues_in(self, first: int, stop: int) -> list[Cue]:
        """The cues whose verb is one of the words `first` to `stop`, in order."""
        low, high = (bisect_left(self.cues, at, key=lambda cue: cue.head) for at in (first, stop))
        return self.cues[low:high]


def read_lines(text: str) -> list[Line]:
    """The paragraphs of a text with their words, quotations and cues.

    >>> [(len(line.words), len(line.quotes)) for line in read_lines("“No,” he said.\\n\\nHe left.")]
    [(7, 1), (3, 0)]
    """
    spans = [(start, end) for start, end, depth in quotations(text) if not depth]
    lines, at, next_span = [], 0, 0
    for raw in text.splitlines(keepends=True) or [""]:
        bare = raw.rstrip()
        if bare.strip():
            line = Line(at, at + len(bare), read_words(text, at, at + len(bare)))
            while next_span < len(spans) and spans[next_span][1] <= line.start:
                next_span += 1
            _flag(line, spans, next_span)
            line.cues = find_verbs(line.words)
            lines.append(line)
        at += len(raw)
    return lines


def _flag(line: Line, spans: list[tuple[int, int]], span: int) -> None:
    word = 0
    words = line.words
    while span < len(spans) and spans[span][0] < line.end:
        start, end = max(spans[span][0], line.start), min(spans[span][1], line.end)
        while word < len(words) and words[word].start < start:
            word += 1
        first = word
        while word < len(words) and words[word].end <= end:
            words[word].quoted = True
            word += 1
        if word > first:
            line.quotes.append(Quote(start, end, first, word))
        span += 1


def find_direct(text: str, lines: list[Line]) -> tuple[list[Said], set[int]]:
    """The utterances in quotation marks, and the starts of the quotations they are made of.

    >>> text = "“We will go,” Macron said, “and soon. They know.” He left."
    >>> [said], used = find_direct(text, read_lines(text))
    >>> [span.text for span in said.content], said.speakers[0].text, said.cue.text, sorted(used)
    (['We will go,', 'and soon. They know.'], 'Macron', 'said', [1, 28])
    """
    found: list[Said] = []
    used: set[int] = set()
    last: Said | None = None
    for line in lines:
        at, last_in_line = 0, None
        while at < len(line.quotes):
            said, at_next = _read(text, line, at, last_in_line, last)
            if said:
                found.append(said)
                used |= {line.quotes[i].start for i in range(at, at_next)}
                last_in_line = last = said if said.speakers else last
            at = at_next
        if not line.quotes:
            last = None
    return found, used


def _read(text: str, line: Line, at: int, here: Said | None, earlier: Said | None) -> tuple[Said | None, int]:
    quote = line.quotes[at]
    if not (_speech_like(text, line, quote)):
        return None, at + 1
    after = _attribution_after(line, quote)
    if after:
        speaker, cue, stop = after
        pieces, at_next = _continued(text, line, at, stop)
        return _said(text, line, pieces, speaker, cue, "quote then cue"), at_next
    led = _attribution_before(line, quote)
    if led:
        return _said(text, line, [quote], *led, "cue then quote"), at + 1
    if _sentence_of_its_own(text, line, quote):
        source = here or earlier
        whole = _starts_line(line, quote)
        known = source.speakers if source and (here or whole) else ()
        return Said((_span(text, quote),), "direct", "asserts", None, known, None, None, 0.5 if known else 0.4, "quote alone"), at + 1
    return None, at + 1


def _span(text: str, quote: Quote) -> Span:
    return Span.of(text, quote.start, quote.end)


def _said(text: str, line: Line, pieces: list[Quote], speaker: speakers.Range | None, cue: Cue | None, how: str) -> Said:
    words = line.words
    who = (Span.of(text, words[speaker[0]].start, words[speaker[1] - 1].end),) if speaker else ()
    by = Span.of(text, words[cue.first].start, words[cue.last].end) if cue else None
    force = cue.sense.force if cue else "asserts"
    return Said(tuple(_span(text, q) for q in pieces), "direct", force, by, who, None, None, 0.9 if who else 0.5, how)


def _starts_line(line: Line, quote: Quote) -> bool:
    return quote.first <= 1


def _speech_like(text: str, line: Line, quote: Quote) -> bool:
    """Whether a quotation is an utterance by its look: it ends like one, or a comma or colon leads to it."""
    inside = text[quote.start : quote.end]
    size = quote.stop - quote.first
    led = _mark_before(line, quote) in (",", ":")
    comma_after = _next_low(line, quote) == ","
    ended = inside[-1] in ENDS
    if led and _mark_before(line, quote) == ":" and inside[0].isupper():
        return True
    return (
        (ended and (size >= 3 or inside[-1] in "!?,"))
        or ((led or comma_after) and size >= 3 and (inside[0].isupper() or led))
        or (size >= 6 and inside[0].isupper())
    )


def _mark_before(line: Line, quote: Quote) -> str:
    at = quote.first - 1
    while (at >= 0 and line.words[at].tag == "Q") or (at >= 0 and line.words[at].low in OPENING):
        at -= 1
    return line.words[at].low if at >= 0 else ""


def _after_mark(line: Line, quote: Quote) -> int:
    at = quote.stop
    while at < len(line.words) and line.words[at].low in OPENING:
        at += 1
    return at


def _next_low(line: Line, quote: Quote) -> str:
    at = _after_mark(line, quote)
    return line.words[at].low if at < len(line.words) else ""


def _attribution_after(line: Line, quote: Quote) -> tuple[speakers.Range, Cue | None, int] | None:
    """Speaker, cue and the word after the attribution, where one follows the quotation: *he said*, *said Merz, …*."""
    words, at = line.words, _after_mark(line, quote)
    if words[quote.stop - 1].low in (".", "…") and at < len(words) and not _lower(words[at]):
        return None
    if at < len(words) and words[at].low == ",":
        at += 1
    if at + 1 >= len(words):
        return None
    if words[at].low == "according" and words[at + 1].low == "to":
        who = speakers.after(words, at + 2)
        return (who, None, who[1]) if who else None
    for cue in line.cues_in(at, at + NEAR + 8):
        if cue.first < at:
            continue
        if cue.first > at + NEAR or any(
            (w.low in (".", ";") and w.tag == ",")
            or w.quoted
            or ((w.low in ("that", "and", "but", "after", "because")) and cue.form != "noun" and i < 1)
            for i, w in enumerate(words[at : cue.first])
        ):
            return None
        if cue.form not in ("finite", "ing"):
            continue
        if cue.first == at:
            who = speakers.after(words, cue.last + 1) if cue.form == "finite" else speakers.subject(words, cue.first)
        else:
            who = speakers.before(words, cue.first)
        if who and (who[0] >= at or cue.form == "ing") and (cue.first == at or who[0] <= at + 1):
            return who, cue, max(cue.last + 1, who[1])
        return None
    return None


def _lower(word: Word) -> bool:
    return word.tag not in "P" and word.low not in ("he", "she", "they", "the", "a", "it", "but", "in", "and")


def _attribution_before(line: Line, quote: Quote) -> tuple[speakers.Range | None, Cue | None] | None:
    """Speaker and cue where they lead to the quotation: *Merz said on Friday: “…*, *he added, “…*, *Merz: “…*."""
    words = line.words
    mark = quote.first - 1
    while mark >= 0 and words[mark].low in OPENING:
        mark -= 1
    if mark < 0 or words[mark].low not in (",", ":"):
        return None
    for cue in reversed(line.cues_in(max(0, mark - 20), mark)):
        if cue.first >= mark:
            continue
        if any((w.low in (".", "?", "!", ";") and w.tag == ",") or w.quoted for w in words[cue.last : mark]) or mark - cue.last > 16:
            break
        if words[mark].low == "," and any(w.tag in "ZDX" for w in words[cue.last + 1 : mark]):
            break
        who = (
            speakers.before(words, cue.first)
            if cue.form != "ing"
            else speakers.before(words, cue.first) or speakers.subject(words, cue.first)
        )
        who = who or speakers.subject(words, cue.first)
        return who, cue
    if words[mark].low == ":":
        who = speakers.phrase_before(words, mark)
        if (
            who
            and (who[0] == 0 or words[who[0] - 1].low in (".", "?", "!") or words[who[0] - 1].tag == "Q")
            and any(w.tag == "P" for w in words[who[0] : who[1]])
        ):
            return who, None
    return None


def _continued(text: str, line: Line, at: int, stop: int) -> tuple[list[Quote], int]:
    """The quotation and those that go on after its attribution: after a comma at once, after a full stop as whole sentences."""
    pieces, at_next = [line.quotes[at]], at + 1
    while at_next < len(line.quotes):
        quote = line.quotes[at_next]
        between = line.words[stop : quote.first]
        ends = [i for i, w in enumerate(between) if w.low in (".", "?", "!") and w.tag == ","]
        rest = between[ends[0] + 1 :] if ends else []
        if any(w.low not in OPENING for w in rest) or len(ends) > 1 or len(between) > 14:
            break
        if any(cue.first > stop for cue in line.cues_in(stop, quote.first)) or (not ends and _mark_before(line, quote) != ","):
            break
        if ends and not _speech_like(text, line, quote):
            break
        if ends and _attribution_after(line, quote):
            break
        pieces.append(quote)
        at_next += 1
        stop = _after_mark(line, quote)
    return pieces, at_next


def _sentence_of_its_own(text: str, line: Line, quote: Quote) -> bool:
    """Whether the quotation is whole sentences: it begins where a sentence begins and ends with a full stop."""
    size = quote.stop - quote.first
    before = _mark_before(line, quote)
    return (
        size >= 4
        and before in ("", ".", "!", "?")
        and (text[quote.end - 1] in ".!?…" or _next_low(line, quote) in (".", ""))
        and text[quote.start].isupper()
    )
