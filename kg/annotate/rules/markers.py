"""Where the words stand that make a circumstance a condition, and whether they count there (`data/markers.tsv`)."""

from __future__ import annotations

from dataclasses import dataclass

from kg.annotate.rules.lexicon import phrases, word_class, word_set
from kg.annotate.rules.phrases import CLAUSE, is_date
from kg.annotate.rules.words import BE, HAVE, Word, possible

_NEVER_BEFORE = word_set(
    "test tested testing consider considers determine determined determines decide care cares examine examined discuss discussed matter even as what see know knew wonder wondered wonders ask asked asks asking unclear doubt question check whether tell sure"
)
_NEVER_AFTER = word_set("any not ever only anything at")
_AHEAD = word_set("will would may might could shall 'll 'd should must won't wouldn't ready willing prepared can")
_TURNS = word_set("look ask prefer remember")
_LENGTHS = word_set("second minute hour day week month quarter year decade")
_BACK = 40  # words; what governs a condition stands nearer


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker among words: `first` to `last` (past its end), what its row says, and whether the condition opens its clause."""

    first: int
    last: int
    polarity: str
    kind: str
    follows: str
    when: str
    confidence: float
    leading: bool


def find_markers(words: list[Word], floor: int = 0) -> list[Marker]:
    """The markers from word `floor` on, in order, that make a condition where they stand.

    >>> from kg.annotate.rules.words import read_words
    >>> text = "It will act even if Iran waits, unless talks begin."
    >>> words = read_words(text, 0, len(text))
    >>> [" ".join(word.low for word in words[m.first : m.last]) for m in find_markers(words)]
    ['unless']
    """
    found: list[Marker] = []
    place = 0
    while place < len(words):
        marker = _at(words, place, floor) if place >= floor - 2 else None
        if marker and marker.last < max(floor, 1):
            marker = None
        if marker:
            found.append(marker)
        place = marker.last if marker else place + 1
    return found


def _at(words: list[Word], at: int, floor: int) -> Marker | None:
    for rest, (polarity, kind, follows, when, confidence) in phrases("markers.tsv").get(words[at].low, ()):
        last = at + 1 + len(rest)
        if last < len(words) and all(words[at + 1 + n].low in part for n, part in enumerate(rest)):
            marker = Marker(at, last, polarity, "" if kind == "-" else kind, follows, when, float(confidence), opens(words, at, floor))
            if _counts(words, marker, floor):
                return marker
    return None


def opens(words: list[Word], at: int, floor: int) -> bool:
    """Whether a clause begins at `at`: nothing of its main clause stands before it."""
    before = at - 1
    while before >= floor and words[before].tag in "QR":
        before -= 1
    if before < floor:
        return True
    low = words[before].low
    if low in ("that", ":", ";", "but"):
        return True
    return (low == "," and before > floor and words[before - 1].low in ("that", "and", "but")) or (low == "and" and _main_after(words, at))


def _main_after(words: list[Word], at: int) -> bool:
    comma = next((place for place in range(at, min(at + 25, len(words))) if words[place].low == ","), -1)
    return comma > 0 and any(word.tag == "X" for word in words[comma : comma + 10])


def tense(words: list[Word], at: int, floor: int) -> str:
    """`ahead`, `past` or `present`: what the nearest verb before `at` says, back to the beginning of its statement."""
    for place in range(at - 1, max(floor, at - _BACK) - 1, -1):
        word, before = words[place], words[place - 1] if place else None
        if word.low in _AHEAD or word.low.endswith("'ll") or (word.tag == "B" and before is not None and before.low in ("to", "not")):
            return "ahead"
        if word.tag == "D" and before is not None and before.tag == "Z":
            continue  # remains closed
        if word.tag == "D" or (word.tag == "E" and before is not None and (before.low in HAVE or before.low in ("was", "were"))):
            if not any(later.low in _AHEAD for later in words[max(floor, place - 4) : place]):
                return "past"
        elif word.tag == "Z" and word.low not in ("is",):
            return "present"
    return "none"


def _tense_after(words: list[Word], at: int, limit: int = 0) -> str:
    ahead = any(
        words[place].low in _AHEAD or (words[place].tag == "B" and words[place - 1].low == "to")
        for place in range(at, min(at + 30, limit or len(words)))
    )
    return "ahead" if ahead else "present"


def _counts(words: list[Word], marker: Marker, floor: int) -> bool:
    before = words[marker.first - 1].low if marker.first else ""
    after = words[marker.last]
    first = words[marker.first].low
    if first == "if" and (
        before in _NEVER_BEFORE or (after.low in _NEVER_AFTER and words[min(marker.last + 1, len(words) - 1)].tag in ",C")
    ):
        return False
    if first == "if" and _no_clause(words, marker):
        return False
    if before == "for" and first == "as":
        return False
    if first in ("until", "till", "unless") and after.low in ("now", "recently", "then", "lately", "today"):
        return False
    if marker.follows == "clause" and (after.tag == "," or marker.last + 1 >= len(words)):
        return False
    return _WHEN[marker.when](words, marker, floor)


def _no_clause(words: list[Word], marker: Marker) -> bool:
    """`a powerful, if discreet, ally` concedes; `if I may`, `if you look at it` are turns of speech."""
    at = marker.last
    lows = [word.low for word in words[at : at + 3]]
    if lows[:1] in (["i"], ["we"], ["you"]) and len(lows) > 1 and lows[1] in _TURNS | ({"may", "could"} if lows[0] == "i" else set()):
        return True
    for place in range(at, min(at + 25, len(words))):
        word = words[place]
        if (
            word.tag in "ZDBXEOG"
            or (place > at and set(possible(word.low)) & set("ZDB"))
            or word.low in BE
            or word.low in ("needed", "necessary", "possible", "so")
        ):
            return False
        if word.low in ",.;" and place > at:
            break
    return True


def _always(words: list[Word], marker: Marker, floor: int) -> bool:
    return words[marker.first].low not in ("until", "till") or marker.leading or tense(words, marker.first, floor) != "past"


def _ahead(words: list[Word], marker: Marker, floor: int) -> bool:
    if (
        words[marker.first - 1].low in ("even", "shortly", "soon", "hours", "days", "weeks", "months", "years", "day", "year", "only")
        and marker.first > floor
    ):
        return False
    governed = _tense_after(words, marker.last + 3) if marker.leading else tense(words, marker.first, floor)
    return governed == "ahead" and _looks_forward(words, marker)


def _looks_forward(words: list[Word], marker: Marker) -> bool:
    after = words[marker.last]
    if after.tag in "G,IQR" or after.low in ("being", "he'd") or _only_date(words, marker.last):
        return False
    if after.low in ("his", "her", "their", "its"):  # after its defeat, but after its board completes the review
        return any(word.tag == "Z" for word in words[marker.last + 2 : marker.last + 8])
    shifted = any(word.low in ("would", "could", "might") for word in words[max(0, marker.first - 20) : marker.first])
    for place in range(marker.last, min(marker.last + 20, len(words))):
        word = words[place]
        if word.low in BE or word.low in ("has", "have") or word.tag in "ZX" or (word.tag == "B" and words[place - 1].tag in "NPO"):
            return word.low not in ("was", "were") or shifted
        if word.tag == "D" or word.low == "had":
            return shifted
        if word.low in ",.;" or (word.low in CLAUSE and place > marker.last):
            break
    noun = [word.low for word in words[marker.last : marker.last + 7]]
    return words[marker.first].low != "when" and after.tag in "TNPJ" and any(low in word_class("events_ahead") for low in noun)


def _only_date(words: list[Word], at: int) -> bool:
    length = is_date(words, at, len(words))
    return length > 0 and (at + length >= len(words) or words[at + length].tag not in "NJP")


def _clause_follows(words: list[Word], marker: Marker, floor: int) -> bool:
    before = words[marker.first - 1] if marker.first > floor else None
    verbal = any(word.tag in "ZX" or word.low in BE for word in words[marker.last + 1 : marker.last + 12])
    return verbal and (before is None or before.tag == ",") and words[marker.last].tag in "TONPJ"


def _dated(words: list[Word], marker: Marker, floor: int) -> bool:
    first = words[marker.first].low
    if first == "by" and words[marker.last].tag in "TM" and words[min(marker.last + 1, len(words) - 1)].low.rstrip("s") in _LENGTHS:
        return False  # by a year: how much, not until when
    return is_date(words, marker.last, len(words)) > 0 and (first == "deadline" or tense(words, marker.first, floor) in ("ahead", "none"))


def _numbered(words: list[Word], marker: Marker, floor: int) -> bool:
    return (
        words[marker.last].tag == "M"
        and _tense_after(words, max(floor, marker.first - 25), marker.first) == "ahead"
        and marker.last + 1 < len(words)
        and words[marker.last + 1].tag in "PNJM"
    )


def _lasting(words: list[Word], marker: Marker, floor: int) -> bool:
    return words[marker.last].tag in "MTJ" and _dated(words, marker, floor)


def _refused(words: list[Word], marker: Marker, floor: int) -> bool:
    lows = [word.low for word in words[max(floor, marker.first - 15) : marker.first]]
    negated = any(low in ("not", "never", "no", "won't", "wouldn't", "refuses", "refused", "cannot", "can't") for low in lows)
    return (
        negated
        and tense(words, marker.first, floor) == "ahead"
        and words[marker.last].tag in "TNPJG"
        and not is_date(words, marker.last, len(words))
    )


def _inverted(words: list[Word], marker: Marker, floor: int) -> bool:
    at = marker.last
    agent = words[at].tag in "OPT" or words[at].tag in "NJ"
    before = words[marker.first - 1] if marker.first > floor else None
    free = before is None or before.low in (",", "that", "and") or tense(words, marker.first, floor) == "ahead"
    return agent and free and any(word.tag == "B" for word in words[at + 1 : at + 8])


def _were(words: list[Word], marker: Marker, floor: int) -> bool:
    at = marker.last
    return words[at].tag in "OPTNJ" and any(
        one.low == "to" and other.tag == "B" for one, other in zip(words[at + 1 : at + 6], words[at + 2 : at + 7], strict=False)
    )


def _absent(words: list[Word], marker: Marker, floor: int) -> bool:
    return words[marker.last].tag in "TNPJ" and (marker.leading or tense(words, marker.first, floor) == "ahead")


def _approval_near(words: list[Word], marker: Marker, floor: int) -> bool:
    near = {word.low for word in words[marker.last : marker.last + 8]}
    return bool(near & word_class("approvals")) and words[marker.last].low != "to"


def _backed(words: list[Word], marker: Marker, floor: int) -> bool:
    near = {word.low for word in words[max(floor, marker.first - 8) : marker.first]}
    return (
        words[marker.first + 1].low != "be"
        or words[marker.last - 1].low in ("of", "for")
        or bool(near & (word_class("approvals") | {"support"}))
    )


def _ultimatum(words: list[Word], marker: Marker, floor: int) -> bool:
    near = {word.low for word in words[max(0, marker.first - 25) : marker.first]}
    return bool(near & {"deadline", "ultimatum"}) and any(word.tag == "X" for word in words[marker.last : marker.last + 6])


def _never(words: list[Word], marker: Marker, floor: int) -> bool:
    return False


def _depends(words: list[Word], marker: Marker, floor: int) -> bool:
    return words[marker.last].tag in "TNPJW" and marker.first > floor


_WHEN = {
    "always": _always, "ahead": _ahead, "clause": _clause_follows, "date": _dated, "duration": _lasting, "number": _numbered, "refused": _refused,
    "inverted": _inverted, "were": _were, "absent": _absent, "requires": _approval_near, "needs": _approval_near, "backed": _backed, "ultimatum": _ultimatum, "depends": _depends, "never": _never,
}  # fmt: skip
