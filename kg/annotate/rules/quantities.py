"""Counted things: *27 heads of state*, *almost 30 countries*, *15,000-20,000 troops*, *90 percent*, *more than $3.5 billion*."""

from __future__ import annotations

import re

from kg.annotate.rules.found import Outcome
from kg.annotate.rules.lexicon import word_set
from kg.annotate.rules.phrases import is_date
from kg.annotate.rules.words import Word, read_words
from kg.model import Number, Span

_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "bn": 10**9,
    "m": 10**6,
    "k": 1000,
}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_QUANTITY = re.compile(
    r"(?<![\w.,$€£-])(?:(?P<bound>(?:more|fewer|less) than|at least|at most|up to|no more than|over|under|almost|nearly|about|around|some|roughly|approximately|between|as many as) )?"
    rf"(?P<sign>(?:US|A|C|HK|NZ)?\$|€|£|¥)? ?(?P<low>{_NUMBER}|{'|'.join(_WORDS)})(?: ?(?:[-–]|to|and) ?(?P<high>{_NUMBER}|{'|'.join(_WORDS)}))?"
    rf"(?:[- ](?P<scale>{'|'.join(_SCALES)}))?\b(?P<percent>%| ?per ?cent(?:age points?)?\b)?",
    re.IGNORECASE,
)
_UPWARD = frozenset(("more than", "at least", "over"))
_DOWNWARD = frozenset(("fewer than", "less than", "at most", "up to", "no more than", "under", "as many as"))
_TIMES = word_set("a.m p.m am pm percent gmt utc o'clock st nd rd th")
_OF = word_set("heads head members percent barrels tonnes tons pieces units cases rounds dozens hundreds thousands square cubic metric")


def find_quantities(text: str, start: int, end: int) -> list[Outcome]:
    """The counted things of a stretch, in order: the words, what is counted, the lowest and highest value, the unit.

    Bounds the text leaves open are None: *more than 40* has no highest. Dates, ages of laws and clock times are none.

    >>> [(q.text.text, q.about, q.lowest, q.highest) for q in find_quantities("He met 27 heads of state and almost 15,000-20,000 troops.", 0, 57)]
    [('27 heads of state', 'heads of state', 27, 27), ('almost 15,000-20,000 troops', 'troops', 15000, 20000)]
    """
    found: list[Outcome] = []
    for match in _QUANTITY.finditer(text, start, end):
        if not found or match.start() >= found[-1].text.end:
            found += _read(text, match, end)
    return found


def _read(text: str, match: re.Match[str], end: int) -> list[Outcome]:
    bound = (match["bound"] or "").lower()
    low, high = _value(match["low"], match["scale"]), _value(match["high"] or match["low"], match["scale"])
    if (bound == "between" and not match["high"]) or low > high or re.match(r"[-\w–/:]|[.,]\d", text[match.end() : match.end() + 2]):
        return []
    sign, percent = match["sign"], match["percent"]
    words = read_words(text, match.end(), min(end, match.end() + 80))
    last = _counted(words, bool(percent))
    if not sign and not percent and (last == 0 or _is_year(match, words) or _not_counted(words, text, match)):
        return []
    begin = match.start() + (len(match[0]) - len(match[0].lstrip()))
    stop = words[last - 1].end if last and not (sign and words[0].low != "in") else match.end()
    about = text[words[0].start : words[last - 1].end] if last and not sign else None
    return [
        Outcome(
            Span.of(text, begin, stop), about=about, measure="share" if percent else "amount" if sign else "number",
            lowest=None if bound in _DOWNWARD else low, highest=None if bound in _UPWARD else high,
            unit="percent" if percent else sign or None, confidence=0.7 if sign or percent else 0.6, found_by="quantity",
        )
    ]  # fmt: skip


def _value(words: str, scale: str | None) -> Number:
    plain = words.lower().replace(",", "")
    number: Number = _WORDS[plain] if plain in _WORDS else float(plain) if "." in plain else int(plain[:30])
    made = number * (_SCALES[scale.lower()] if scale else 1)
    return int(made) if float(made).is_integer() else made


def _counted(words: list[Word], percent: bool) -> int:
    """How many words after the number name what is counted: adjectives and nouns, and `of state` after some nouns."""
    last, place = 0, 0
    if percent and words and words[0].low == "of":
        place = 1
        while place < len(words) and words[place].tag == "T":
            place += 1
    while place < len(words) and words[place].tag in "NPJEGQ" and place < 7 and words[place].low not in ("more", "less"):
        if words[place].tag in "NP":
            last = place + 1
        place += 1
    if last and words[last - 1].low in _OF and last + 1 < len(words) and words[last].low == "of":
        return last + 1 + max(0, _counted(words[last + 1 :], False))
    return last


def _is_year(match: re.Match[str], words: list[Word]) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", match["low"])) and not match["bound"]


def _not_counted(words: list[Word], text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 12) : match.start()].rstrip().rpartition(" ")[2]
    return words[0].low.rstrip(".") in _TIMES or is_date(words, 0, len(words)) > 0 or before.lower().rstrip(".") in _MONTHS


_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec no"
)
