"""Plain text: where sentences begin and end, what stands in quotation marks, where exact words occur.

Everything here speaks in code points, half-open `[start, end)`, and only points into a text; nothing changes it.
All of it takes time in proportion to the text, whatever the text is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

_LINE_END = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")  # what str.splitlines ends a line at
# One to several stops, with the marks and footnotes that belong to them. Possessive, so that a long run costs no more than a short one.
_STOP = re.compile(r"(?<![.!?…‼⁇⁈⁉‽])[.!?…‼⁇⁈⁉‽]++[\"'”’“‘»›)\]}]*+(?:\[\d{1,3}\])*+(?=\s)")
_WORD = re.compile(r"[^\W_][\w.'’-]*")
_BEFORE = re.compile(r"[\w.&’'-]{1,24}$")


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words whose full stop belongs to them. Titles: a name follows. Numbered: a number follows. The others may end a sentence.
_TITLES = _words(
    "mr mrs ms mx dr prof rev fr gen lt col maj capt cpl sgt cmdr adm brig sen rep gov pres amb hon st ste mt messrs supt det insp"
)
_NUMBERED = _words("no nos art arts sec para pp p vol fig ch jan feb mar apr jun jul aug sep sept oct nov dec approx ca c")
_SHORTENED = _words("etc inc co corp ltd plc llc bros jr sr vs v al est dept mins cf ave blvd rd ph.d")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")  # J. or U.S. or a.m.
# After U.S. or Inc. a capital may be a name; these words are none, so they begin a sentence.
_STARTERS = _words(
    "the a an he she it they we i you this that these those there his her its their our but and or so yet if in on at as after before when while "
    "for from by with although however meanwhile since what who how why no not both some many most all one two according"
)
# `"Will they come?" the minister asked` and `"Never!" Macron said` go on after the mark.
_GOES_ON = re.compile(
    r"\s+(?:[\w.’'-]+\s+){1,4}?(?:said|says|asked|asks|told|tells|added|adds|wrote|writes|replied|continued|warned|insisted|stressed|declared|demanded|wondered|shouted|exclaimed)\b"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of a text, in order, without the white space around them; the end of a line always ends one.

    >>> text = "Gen. J. Caine left the U.S. on Jan. 6. “Who pays 3.5 billion?” he asked."
    >>> [text[start:end] for start, end in sentences(text)]
    ['Gen. J. Caine left the U.S. on Jan. 6.', '“Who pays 3.5 billion?” he asked.']
    """
    return list(_split(text))


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The smallest run of whole sentences that covers `[start, end)`: one sentence, or all that the span reaches into.

    It always contains the span, also one made of white space between sentences. Raises ValueError where the span is
    empty or outside the text.

    >>> sentence_around("He left. She will stay in Kyiv. They wait.", 13, 22)
    (9, 31)
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"no span [{start}, {end}) in a text of {len(text)} characters")
    spans = _split(text)
    first = bisect_right(spans, start, key=lambda span: span[1])
    last = bisect_left(spans, end, key=lambda span: span[0])
    within = spans[first:last] or ((start, end),)
    return min(start, within[0][0]), max(end, within[-1][1])


def one_line(words: str, length: int = 60) -> str:
    """Words of a text, fit to be shown: one line, cut to a length, without control and direction characters.

    >>> one_line("He said\u202e  that it would", 12)
    'He said tha…'
    """
    words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return words if len(words) <= length else words[: length - 1] + "…"


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether neither edge of `[start, end)` lies inside a word or cuts an accent from its letter.

    >>> is_whole("Ukrainian troops", 0, 7), is_whole("Ukraine's troops", 0, 7)
    (False, True)
    """
    return _edge(text, start) and _edge(text, end)


def occurrences(text: str, words: str) -> list[int]:
    """The offsets at which exactly these words begin, as whole words; overlapping ones too.

    >>> occurrences("The UK, not the Ukraine; the UK.", "UK")
    [4, 29]
    """
    found, at = [], text.find(words) if words else -1
    while at >= 0:
        if is_whole(text, at, at + len(words)):
            found.append(at)
        at = text.find(words, at + 1)
    return found


def quotations(text: str) -> list[tuple[int, int, int]]:
    """What stands between quotation marks, in text order: start, end, and how many other quotations it stands in.

    Marks and the white space beside them are left out. A quotation that is not closed goes to the end of its line, unless the
    first mark of its kind after that closes it. A paragraph that opens it again is a span of its own.

    >>> text = "“He told me ‘no’,” she said. \\"It's over,\\" he said."
    >>> [(text[start:end], depth) for start, end, depth in quotations(text)]
    [('He told me ‘no’,', 0), ('no', 1), ("It's over,", 0)]
    """
    return _Quotations(text).read()


# ---------------------------------------------------------------------------------------------------- sentences


@lru_cache(maxsize=4)  # each of an article's statements asks for its sentence
def _split(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(span for start, end in _lines(text) for span in _sentences_of_line(text, start, end))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _LINE_END.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _sentences_of_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in _STOP.finditer(text, start, end):
        if _ends_here(text, start, found, end):
            yield from _trimmed(text, start, found.end())
            start = found.end()
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    words = text[start:end]
    if words.strip():
        yield start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def _ends_here(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    after = _next_word(text, stop.end(), end)
    if after[:1].islower():
        return False
    mark = stop.group()
    if mark[0] in "?!" and mark[-1] in "\"'”’»“‘":
        return not _GOES_ON.match(text, stop.end(), min(end, stop.end() + 120))
    return mark != "." or not _belongs_to_word(text, start, stop.start(), after)


def _next_word(text: str, at: int, end: int) -> str:
    found = _WORD.search(text, at, min(end, at + 60))
    return found.group() if found else ""


def _belongs_to_word(text: str, start: int, stop: int, after: str) -> bool:
    """Whether the full stop at `stop` is part of the word before it: Gen., J., U.S., No. 5, or the number of a list."""
    found = _BEFORE.search(text[max(start, stop - 24) : stop])
    word = found.group().lstrip("'’-") if found else ""
    bare = word.lower()
    if word.isdigit():
        return not text[start : stop - len(word)].strip()
    if bare in _TITLES or (bare in _NUMBERED and after[:1].isdigit()):
        return True
    return bool(after) and after.lower() not in _STARTERS and (bare in _SHORTENED or bool(_INITIALS.fullmatch(word)))


# ---------------------------------------------------------------------------------------------------- edges of words


def _edge(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return True
    if unicodedata.category(text[at])[0] == "M" or "\u200d" in text[at - 1 : at + 1]:
        return False
    return not (_is_word(text, at - 1) and _is_word(text, at))


def _is_word(text: str, at: int) -> bool:
    return text[at].isalnum() or text[at] == "_" or unicodedata.category(text[at])[0] == "M"


# ---------------------------------------------------------------------------------------------------- quotation marks

_MARK = re.compile(r"[\"“”„‟«»‹›‘’‚‛']|" + _LINE_END.pattern)
# An opening mark -> the marks that close it; ” and » open only where they cannot close (Swedish, German books).
_CLOSERS = {
    '"': '"',
    "“": "”",
    "„": "“”",
    "‟": "”",
    "«": "»",
    "‹": "›",
    "”": "”",
    "»": "«",
    "›": "‹",
    "‘": "’'",
    "‛": "’",
    "‚": "‘’",
    "'": "'’",
}
_SINGLE = "‘’‚‛'"
_DEEPEST = 8  # no text quotes deeper; what opens beyond that is noise and would cost time


@dataclass(slots=True)
class _Open:
    """An opened quotation: its mark, where its words begin, and the end of its line once that is passed."""

    mark: str
    start: int
    line_end: int | None = None


class _Quotations:
    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[_Open] = []
        self.found: list[tuple[int, int]] = []

    def read(self) -> list[tuple[int, int, int]]:
        marks = [m for m in _MARK.finditer(self.text) if m.group() not in _SINGLE or not self._inside_word(m.start())]
        for here, following in zip_longest(marks, marks[1:]):
            if _LINE_END.match(here.group()):
                self._end_line(here.start(), following)
            else:
                self._mark(here.group(), here.start(), following)
        self._end_line(len(self.text), None)
        for left in self.open:
            self._close(left, left.line_end or 0)
        return list(_nested(self.found))

    def _inside_word(self, at: int) -> bool:
        return 0 < at < len(self.text) - 1 and _is_word(self.text, at - 1) and _is_word(self.text, at + 1)

    def _mark(self, mark: str, at: int, following: re.Match[str] | None) -> None:
        carried = self.open[0].line_end is not None if self.open else False
        level = next((i for i in range(len(self.open) - 1, -1, -1) if mark in _CLOSERS[self.open[i].mark]), -1)
        if (
            level >= 0
            and self._can_close(mark, at, following)
            and not (carried and mark == self.open[level].mark and self._can_open(mark, at))
        ):
            for left in self.open[level + 1 :]:
                if left.mark not in _SINGLE:  # a single mark that nothing closes was an apostrophe
                    self._close(left, at)
            self._close(self.open[level], at)
            for around in self.open[:level]:
                if around.line_end is not None and self.open[level].start < around.line_end:
                    around.line_end = at  # what stands in it reached further than its line
            del self.open[level:]
        elif self._can_open(mark, at):
            self._drop_carried(mark)
            if len(self.open) < _DEEPEST:
                self.open.append(_Open(mark, at + 1))

    def _can_close(self, mark: str, at: int, following: re.Match[str] | None) -> bool:
        if mark not in _SINGLE:
            return True
        if at == 0 or self.text[at - 1].isspace():
            return False
        if self.text[at - 1] not in "sS" or following is None or following.group() not in "’'":
            return True
        sure = self.text[following.start() - 1] not in "sS" and not self._can_open(following.group(), following.start())
        return not sure  # ‘the allies’ plan’: where the next mark surely closes, this one belongs to the word before it

    def _can_open(self, mark: str, at: int) -> bool:
        before, after = self.text[at - 1 : at] if at else "", self.text[at + 1 : at + 2]
        if mark in "“„‟«‹‚":
            return True
        free = not before or before.isspace() or before in "([{—–-/:" or before in _CLOSERS
        if mark == '"':
            return free or bool(after and (after.isalnum() or after in _CLOSERS))
        return mark != "’" and free and bool(after) and not after.isspace() and not (mark in _SINGLE and after.isdigit())

    def _end_line(self, at: int, following: re.Match[str] | None) -> None:
        """Singles that stay open were apostrophes, unless the next line opens them again; others wait for their mark."""
        again = following.group() if following else ""
        self.open = [left for left in self.open if left.mark not in _SINGLE or (left.mark == "‘" and again == "‘")]
        for left in self.open:
            left.line_end = left.line_end or at

    def _drop_carried(self, mark: str) -> None:
        """A new mark of the kind shows that what an earlier line left open ended with that line."""
        for left in [left for left in self.open if left.line_end is not None]:
            if left.mark == mark:
                below = self.open.index(left)
                for ended in self.open[below:]:
                    self._close(ended, ended.line_end or 0)
                del self.open[below:]
                return

    def _close(self, quote: _Open, end: int) -> None:
        inside = self.text[quote.start : end]
        if inside.strip():
            self.found.append((quote.start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())))


def _nested(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """The spans in text order, each with the number of spans around it."""
    around: list[int] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        while around and around[-1] <= start:
            around.pop()
        yield start, end, len(around)
        around.append(end)
