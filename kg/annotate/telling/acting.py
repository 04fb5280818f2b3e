"""What statements express, with what the words tell better: acts, whose they are, where they end, and the conditions they hang on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kg.annotate.rules.conditionals import find_conditionals
from kg.annotate.rules.conditions import decider, kind_of
from kg.annotate.rules.found import ELLIPSIS, Deed, Outcome, Said, Use
from kg.annotate.rules.lexicon import word_class
from kg.annotate.rules.phrases import is_agent
from kg.annotate.rules.places import only_where
from kg.annotate.rules.speakers import after
from kg.annotate.rules.words import read_words, split_words
from kg.annotate.tagger.decoding import Tagged
from kg.annotate.telling.places import FAR, Meeting, Pieces, begin_of, place_of, touches, without_marks
from kg.annotate.telling.saying import BESIDE, FORETOLD
from kg.model import Span
from kg.text import sentence_around

_TRIGGERS = re.compile(r"in (?:the )?(?:event|case)\b", re.IGNORECASE)
_OR = re.compile(r"[\s,]*\bor\b[\w\s,]{0,12}", re.IGNORECASE)
_SUBJECT = re.compile(
    r"(?: \w+){0,2}? (?:would|will|could|might|may|can|shall|should|must|is|are|was|were|has|have|had|does|did"
    r"|(?:plan|intend|threaten|promise|pledge|vow|agree|refuse|decline|offer)(?:s|d|ed)?)\b|['’]s? (?:\w+ ){0,2}?(?:plan|promise|pledge|threat|decision|offer|refusal)s?\b"
)
_LOOSE = frozenset(
    ("the", "a", "an", "of", "for", "to", "from", "with", "by", "at", "under", "into", "as", "depending")
)  # no act ends in these
_REMARK = re.compile(
    r"by (?:an?|\d+|two|three|four|five|six|ten) (?:second|minute|hour|day|week|month|quarter|year|decade)s?$"
    r"|as soon as (?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|next|this)"
    r"|without (?:naming|specifying|giving|elaborating|providing|saying|mentioning|adding|citing|identifying|explaining|commenting|detailing)\b",
    re.IGNORECASE,
)
_JOINT = re.compile(r",? and |, ")
_TURNING = re.compile(r"(?:only|not)\b", re.IGNORECASE)
_FATE = re.compile(
    r"(?:this|that|next|last) (?:time|week|month|year)$|(?:.{0,60}\b(?:will|would|could|may|might) )?(?:not |also |soon )?"
    r"(?:fall|die|happen|collapse|depend|arise|emerge|occur|erupt|escalate|deteriorate|worsen|suffer|shrink|soar|survive|fail|disappear|vanish)(?:s|ing)?\b(?! (?:to|on|upon)\b)",
    re.IGNORECASE,
)
NEEDING = re.compile(r"(?:(?:would|will|could|may|might|must|still|also) )*(?:need|require|depend|hinge|rest|await|wait)", re.IGNORECASE)
ELLIPTICAL = re.compile(
    r"(?:(?:his|her|their|its|our|my) (?:own )?(?:country|nation|government|state|side)['’]s|(?:his|her|its|their|our|my)|(?P<name>[A-Z][\w-]*(?: [A-Z][\w-]*){0,3})['’]s?)"
    r" (?:[a-z]+ ){0,2}(?:contribution|participation|involvement|part|role)"
)


def with_conditions(found: Tagged) -> tuple[list[Deed | Outcome], list[Use]]:
    """The deeds with the conditions that the patterns bind to the same act, and the conditions that bind none by either."""
    known = {at: use for deed in found.pattern_deeds for use in deed.uses for at in ((use.text.start, 0), (0, use.text.end))}
    free = [_as_known(use, known) for use in found.free if not _bounds_nothing(use)]
    own = [replace(deed, uses=tuple(_as_known(use, known) for use in deed.uses if not _bounds_nothing(use))) for deed in found.deeds]
    acts = Meeting((deed.action, deed) for deed in found.pattern_deeds if isinstance(deed, Deed))
    uses = Meeting((use.text, use) for use in [*(use for deed in own for use in deed.uses), *free])
    deeds = []
    for deed in own:
        if isinstance(deed, Deed):
            theirs = [use for other in acts.with_span(deed.action) for use in other.uses if not _bounds_nothing(use)]
            bound = [next(iter(uses.with_span(use.text)), use) for use in theirs]
            deed = replace(deed, uses=tuple({use.text: use for use in (*bound, *deed.uses)}.values()))
        deeds.append(deed)
    linked = {use.text for deed in deeds if isinstance(deed, Deed) for use in deed.uses}
    kept = [deed for deed in deeds if isinstance(deed, Deed) or not all(use.text in linked for use in deed.uses)]
    return kept, [use for use in free if use.text not in linked]


def _bounds_nothing(use: Use) -> bool:
    """Whether a marker only measures, dates or adds a remark: *by a year*, *as soon as Oct. 16*, *without naming a figure*."""
    return bool(use.marker and _REMARK.match(f"{use.marker.text} {use.text.text}"))


def _as_known(use: Use, known: Mapping[tuple[int, int], Use]) -> Use:
    """The condition with the kind and polarity by the patterns, where they found it too: theirs follow from its marker."""
    same = known.get((use.text.start, 0)) or known.get((0, use.text.end))
    if not same:
        return use
    turned = bool(same.marker and _TURNING.match(same.marker.text)) and same.text.end < use.text.end  # the main clause begins with its verb
    words = same.text if turned else use.text
    return replace(
        use,
        text=words,
        marker=same.marker or use.marker,
        kind=same.kind,
        polarity=same.polarity,
        by=use.by or same.by,
        found_by=same.found_by,
    )


def overlooked_conditions(text: str, found: Sequence[Use]) -> Iterator[Use]:
    """The conditional clauses that the network passed over: what their form says is a condition is one."""
    taken = sorted((use.marker or use.text).start for use in found), sorted((use.text.start, use.text.end) for use in found)
    for use in find_conditionals(text):
        assert use.marker
        at = bisect_left(taken[0], use.marker.start)
        near = at < len(taken[0]) and taken[0][at] < use.text.start
        if not near and not touches(taken[1], use.text):
            yield use


def scoped(text: str, deed: Deed | Outcome) -> Deed | Outcome:
    """The deed with what its words say beyond what the network tells: places, triggers, conditions of which one is enough."""
    uses = _grouped(text, [qualified(text, use) for use in deed.uses])
    if isinstance(deed, Outcome):
        return replace(deed, uses=uses)
    deed = replace(deed, action=_unbound(text, deed.action, uses))
    _, end = sentence_around(text, deed.action.start, deed.action.end)
    only_in, not_in = only_where(text, deed.action.start, min(end, deed.action.end + FAR))
    taken = {*only_in, *not_in}
    uses = tuple(use for use in uses if use.kind != "limit" or not any(_meet(use.text, place) for place in taken))
    return replace(deed, uses=uses, only_in=only_in, not_in=not_in)


def _unbound(text: str, action: Span, uses: Sequence[Use]) -> Span:
    """The words of an act without the conditions it hangs on; whole where they end in an article, cut where they end in a preposition."""
    ahead = (begin_of(use) for use in uses if use.kind != "limit" and action.end <= use.text.end)  # a limit says how far the act goes
    end = min((at for at in ahead if action.start < at < action.end), default=action.end)
    told = split_words(text, action.start, end)
    last = max((n for n, word in enumerate(told) if word.low not in _LOOSE and word.low != ","), default=len(told) - 1)
    cut = told[last].end if told else end
    if told and told[-1].low in ("the", "a", "an") and not any(begin_of(use) <= end + 1 <= use.text.end for use in uses):
        words = read_words(text, end, sentence_around(text, action.start, end)[1])
        noun = after(words, 0)
        cut = words[noun[1] - 1].end if noun else cut
    return Span.of(text, action.start, cut)


def qualified(text: str, use: Use) -> Use:
    """The condition with its role, its kind by the words where they tell more than `event`, and who decides where the network named nobody."""
    words = read_words(text, use.text.start, use.text.end)
    told = kind_of(words, 0, len(words), use.polarity) if use.found_by.startswith("condition ") else "event"
    kind = use.kind if told == "event" else told
    parts = decider(words, 0, len(words)) if not use.by and kind not in ("time", "limit") else []
    by = tuple(Span.of(text, words[first].start, words[stop - 1].end) for first, stop in parts)
    return replace(use, role="trigger" if _is_trigger(use) else use.role, kind=kind, by=use.by or by)


def _is_trigger(use: Use) -> bool:
    return use.polarity == "if" and bool(use.marker and _TRIGGERS.match(use.marker.text))


def _grouped(text: str, uses: Sequence[Use]) -> tuple[Use, ...]:
    """Conditions that only an *or* stands between form a group, if they bind alike."""
    found = sorted(uses, key=lambda use: use.text)
    for at in range(1, len(found)):
        one, other = found[at - 1], found[at]
        alike = (one.polarity, one.role) == (other.polarity, other.role)
        if alike and one.text.end <= other.text.start and _OR.fullmatch(text, one.text.end, other.text.start):
            group = one.group or f"or{one.text.start}"
            found[at - 1], found[at] = replace(one, group=group), replace(other, group=group)
    return tuple(found)


def without_others(text: str, pieces: Pieces, deeds: list[Deed | Outcome]) -> tuple[list[Deed | Outcome], list[Use]]:
    """The deeds without the conditions that another statement holds, or that somebody else's elliptical act needs; and those left unbound."""

    def others(deed: Deed | Outcome) -> list[Use]:
        end = place_of(deed).end
        return [
            use
            for use in deed.uses
            if (isinstance(deed, Deed) and pieces.apart(text, use, deed))
            or (
                use.marker
                and use.marker.start > end
                and NEEDING.match(use.marker.text)
                and ELLIPTICAL.fullmatch(rest_of(text, pieces, use).text)
            )
        ]

    taken = [others(deed) for deed in deeds]
    kept = [replace(deed, uses=tuple(use for use in deed.uses if use not in some)) for deed, some in zip(deeds, taken, strict=True)]
    bound = {use for deed in kept for use in deed.uses}
    return kept, [use for use in dict.fromkeys(use for some in taken for use in some) if use not in bound]


def with_its_own(text: str, deed: Deed, said: Said) -> Deed:
    """The deed with the committers that its statement names: a speaker whole; but no speaker beside a subject in the words of what is said."""
    whole = {own.start: own for own in said.speakers if " and " not in own.text}
    parts = {part.start: part for own in said.speakers for part in _parts(text, own)}
    every = [whole.get(span.start) or max(span, parts.get(span.start, span)) for span in deed.committer]  # of several the longer
    inside = [span for span in every if any(_meet(span, piece) for piece in said.content) and _SUBJECT.match(text, span.end)]
    kept = [span for span in every if not inside or span in inside or not any(_meet(span, own) for own in said.speakers)]
    return replace(deed, committer=tuple(dict.fromkeys(kept)))


def _parts(text: str, names: Span) -> Iterator[Span]:
    """The names in some words that *and* or commas join."""
    at = names.start
    for joint in (*_JOINT.finditer(text, names.start, names.end), None):
        stop = joint.start() if joint else names.end
        if at < stop:
            yield Span.of(text, at, stop)
        at = joint.end() if joint else stop


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def elliptical(text: str, outcome: Outcome) -> Deed | Outcome:
    """*His country's contribution*: an act of somebody's that is named before, left open by what it needs."""
    found = ELLIPTICAL.fullmatch(outcome.text.text)
    if not found:
        return outcome
    named = found.start("name") >= 0
    start = outcome.text.start
    committer = (Span.of(text, start + found.start("name"), start + found.end("name")),) if named else ()
    return Deed(committer, outcome.text, "open", uses=outcome.uses, confidence=0.4, found_by=ELLIPSIS)


def turned(text: str, outcome: Deed | Outcome) -> Deed | Outcome:
    """*Only if they leave will Kyiv sign*: the act of whom the verb stands before."""
    if isinstance(outcome, Deed) or not all(use.marker and _TURNING.match(use.marker.text) for use in outcome.uses):
        return outcome
    words = read_words(text, outcome.text.start, outcome.text.end)
    noun = after(words, 1) if words and words[0].tag == "X" else None
    if (
        not noun
        or noun[1] >= len(words)
        or not (words[1].tag == "O" or is_agent(words, *noun))
        or words[noun[1]].low in word_class("uncontrolled")
    ):
        return outcome
    committer, action = (Span.of(text, words[a].start, words[b - 1].end) for a, b in (noun, (noun[1], len(words))))
    stance = "pledged" if words[0].low in ("will", "would", "shall") else "open"
    return Deed(
        (committer,),
        action,
        stance,
        "firm" if stance == "pledged" else None,
        uses=outcome.uses,
        confidence=0.5,
        found_by="act after its verb",
    )


def in_hand(text: str, pieces: Pieces, deed: Deed | Outcome) -> Deed | Outcome | None:
    """An act of somebody's. Of what nobody decides on (*people will die*), or others foresee (*is projected to win*), the outcome,
    where it hangs on something.
    """
    if isinstance(deed, Outcome):
        return deed
    foretold = FORETOLD.search(text, max(0, deed.action.start - BESIDE), deed.action.start)
    if not foretold and not _FATE.match(deed.action.text):
        return deed
    return Outcome(rest_of(text, pieces, deed.uses[0]), deed.uses, confidence=deed.confidence, found_by="outcome") if deed.uses else None


def rest_of(text: str, pieces: Pieces, use: Use) -> Span:
    """What a condition bounds where nothing else is known: the longer rest of the words it stands in."""
    first = begin_of(use)
    last = max(use.text.end, use.marker.end if use.marker else use.text.end)
    start, end, _ = next(iter(pieces.around(use.text.start, use.text.end)), (*sentence_around(text, first, last), 0))
    start, end = max(start, first - FAR), min(end, last + FAR)
    sides = [without_marks(text, Span.of(text, a, b)) for a, b in ((start, max(first, start)), (min(last, end), end)) if a < b]
    if use.marker and use.marker.end <= use.text.start and NEEDING.match(use.marker.text) and start < first and sides[0]:
        return sides[0]  # what needs it stands before
    return max(filter(None, sides), key=lambda span: span.end - span.start, default=use.text)
