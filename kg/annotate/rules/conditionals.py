"""Every conditional clause of a text: *if*, *unless*, *provided that*, *as long as* and their like, with the words they govern.

Of any genre. What the guide leaves out is left out by form: *as if*, *even if*, *what if*, *if not*, *if any*, and the *if*
that means *whether* (*asked if*, *see if*).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.annotate.rules.found import Use
from kg.model import Span
from kg.text import sentences

_MARKER = re.compile(
    r"\b(?:if|unless|(?:provided|providing|assuming|supposing) that|provided(?= (?:you|we|they|he|she|it|there|all|no|his|her|its|their)\b)"
    r"|(?:as|so) long as|on (?:the )?condition that|in the event(?: of| that)|in case(?! \d))(?!\w)",
    re.IGNORECASE,
)
# Before an `if` that is none, or means `whether`.
_WHETHER = re.compile(
    r"\b(?:as|even|what|than|(?:ask|see|wonder|know|tell|check|question|doubt|determin|remember|decid|consider|learn|inquir|enquir|test|confirm|clarif)(?:s|e|es|ed|ing|n)?"
    r"|sa[wy]|knew|told|sure|unsure|uncertain|unclear|(?:find|figure) out|car(?:e|es|ed)|matters?)(?: (?:me|him|her|us|them|you))?\s*$",
    re.IGNORECASE,
)
# After an `if` that bounds nothing: `if not`, `if any`, `if so`, `if discreet,`.
_NONE = re.compile(
    r"\s*(?:not\b|any\b(?! \w+ \w+)|so\s*[,.]|ever\b|anything\b|at all\b|nothing else\b|(?:you|I) (?:will|may|could)\s*,|[\w-]+(?: - \w+)?\s*,)",
    re.IGNORECASE,
)
_KEPT = re.compile(r"\s*(?:necessary|needed|possible|elected|approved|ratified|required|asked|attacked|\w+ed|\w+en|so)\b", re.IGNORECASE)
# Where a clause that opens its sentence ends without a comma: before the subject of the next one.
_NEXT = re.compile(
    r"\s(?:you|I|we|they|he|she|it|this|that|there|the \w+(?: \w+)?)(?= (?:will|would|can|could|may|might|should|must|have to|has to|need to|'ll|'d|are|is|were|was|had)\b)"
)
_STOP = re.compile(r"(?:(?<!\s)\s+)?(?:,(?=\s)|[;:]|\s--?\s|[—–]|[.?!]['\"”’)]*\s*$|\)|\bthen\b)", re.IGNORECASE)
_LISTED = re.compile(
    r"\s*,\s*(?:and|or|nor|but not|\w+(?:\s\w+)?\s*,|which|who|where|whose|including|such as|especially|\d)", re.IGNORECASE
)
NEGATIVE = "unless"
FAR = 400  # code points of a clause; what is longer is no prose, and reading it whole would cost time


def find_conditionals(text: str) -> list[Use]:
    """The conditional clauses in order: their words without the marker, the marker, the polarity.

    >>> [(use.marker.text, use.text.text) for use in find_conditionals("If it rains, we stay. Ask if he goes, even if late, unless told.")]
    [('If', 'it rains'), ('unless', 'told')]
    """
    bounds = sentences(text)
    return [use for start, end in bounds for use in _of_sentence(text, start, end)]


def _of_sentence(text: str, start: int, end: int) -> Iterator[Use]:
    last = start
    for found in _MARKER.finditer(text, start, end):
        if found.start() < last or not _conditional(text, start, found):
            continue
        leading = found.start() - start < 12 and not text[start : found.start()].strip(" \t\"“'‘([—-")
        stop = _clause_end(text, found.end(), min(end, found.end() + FAR), leading=leading)
        words = text[found.end() : stop]
        first = found.end() + len(words) - len(words.lstrip(' \t,"“”'))
        stop = found.end() + len(words.rstrip(' \t,.;:?!"“”'))
        if first < stop:
            last = stop
            yield Use(
                Span.of(text, first, stop), Span.of(text, *found.span()), NEGATIVE if found.group().lower() == NEGATIVE else "if",
                confidence=0.5, found_by=f"clause {found.group().lower()}",
            )  # fmt: skip


def _conditional(text: str, start: int, found: re.Match[str]) -> bool:
    if found.group().lower() != "if":
        return True
    if _WHETHER.search(text, max(start, found.start() - 40), found.start()):
        return False
    return not _NONE.match(text, found.end()) or bool(_KEPT.match(text, found.end()))


def _clause_end(text: str, at: int, end: int, *, leading: bool) -> int:
    """Where the clause ends: at the first mark that does not stand in a list, or with the sentence."""
    while at < end:
        mark = _STOP.search(text, at, end)
        if not mark or mark.end() == end:
            stop = mark.start() if mark else end
            following = _NEXT.search(text, at + 6, stop) if leading else None
            return following.start() if following else stop
        if (
            mark.group().strip() == ","
            and _LISTED.match(text, mark.start(), min(end, mark.start() + 60))
            and not (leading and not re.match(r"\s*,\s*(?:and|or)\s", text[mark.start() : mark.start() + 12]))
        ):
            at = mark.end()
            continue
        return mark.start()
    return end
