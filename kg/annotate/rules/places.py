"""Where an act is bound to, and where it is not: *only in neighbouring countries*, *not inside Ukraine*."""

from __future__ import annotations

import re

from kg.model import Span

_PLACE = r"(?P<place>[^,.;:()\"“”]{3,60}?)(?=[,.;:()\"“”]|$| but | and not | if | unless | after | until | once )"
_IN = r"(?:inside|in|on|within|at)"
_ONLY = re.compile(
    rf"\b(?:only {_IN}|(?:limited|restricted|confined)(?: [\w ]{{1,40}}?)? to(?: (?:deployments?|bases|operations|areas) {_IN})?"
    rf"|{_IN} (?=neighbou?ring)|(?:based|stationed|deployed) (?:only )?{_IN}) (?:the )?{_PLACE}",
    re.IGNORECASE,
)
_NOT = re.compile(
    rf"\b(?:(?:but |and )?(?:not|never) {_IN}|(?:stay|remain|be|based|stationed) outside(?: of)?) (?:the )?{_PLACE}", re.IGNORECASE
)


def only_where(text: str, start: int, end: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The places that a stretch of text bounds an act to, and those that it leaves out; names and kinds of places alone.

    >>> text = "send troops, but only in neighbouring countries, not inside Ukraine"
    >>> [[span.text for span in spans] for spans in only_where(text, 0, len(text))]
    [['neighbouring countries'], ['Ukraine']]
    """
    return _places(_ONLY, text, start, end), _places(_NOT, text, start, end)


def _places(pattern: re.Pattern[str], text: str, start: int, end: int) -> tuple[Span, ...]:
    found = (Span.of(text, *match.span("place")) for match in pattern.finditer(text, start, end))
    return tuple(
        span for span in found if span.text[0].isupper() or re.search(r"\b(?:countr|territor|region|border|soil|state|area)", span.text)
    )
