"""A text -> what is told in it: each statement with the commitments and bounded outcomes that it expresses.

Two ways: by the patterns alone (`rules/`), or by the network (`tagger/`), which is given the patterns' view as hints. The
second one reads better (bench/tagger/README.md has both, measured in one run) and is what `--annotator rules` uses.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from kg.annotate.rules.conditionals import find_conditionals
from kg.annotate.rules.conditions import decider, kind_of
from kg.annotate.rules.dates import date_near
from kg.annotate.rules.deeds import deeds_of_sentences, find_deeds
from kg.annotate.rules.force import force_of
from kg.annotate.rules.found import ELLIPSIS, Deed, Outcome, Said, Use
from kg.annotate.rules.lexicon import word_class
from kg.annotate.rules.phrases import is_agent
from kg.annotate.rules.places import only_where
from kg.annotate.rules.speakers import after
from kg.annotate.rules.statements import find_statements, relay
from kg.annotate.rules.words import BE, HAVE, read_words, split_words
from kg.annotate.tagger.decoding import FORCES, Tagged, tag
from kg.annotate.tagger.network import load_network
from kg.annotate.tagger.tokens import Tokens
from kg.model import Span
from kg.text import sentence_around

_EDGES = " \t\"“”„‟«»‹›‘’‚‛'`,;:–—-."
_TRIGGERS = re.compile(r"in (?:the )?(?:event|case)\b", re.IGNORECASE)
_CALLS = re.compile(r"call(?:s|ed|ing)?", re.IGNORECASE)  # calls for is a demand; calls it reckless is what it is called
_ASIDE = re.compile(r"not to be (?:named|identified|quoted)|anonymity", re.IGNORECASE)  # of sources, not of what they say
JOINED = re.compile(r"\band (?:\w+ly |also |then )?$", re.IGNORECASE)
_OR = re.compile(r"[\s,]*\bor\b[\w\s,]{0,12}", re.IGNORECASE)
_SUBJECT = re.compile(
    r"(?: \w+){0,2}? (?:would|will|could|might|may|can|shall|should|must|is|are|was|were|has|have|had|does|did"
    r"|(?:plan|intend|threaten|promise|pledge|vow|agree|refuse|decline|offer)(?:s|d|ed)?)\b|['’]s? (?:\w+ ){0,2}?(?:plan|promise|pledge|threat|decision|offer|refusal)s?\b"
)
_DANGLING = re.compile(r"(?:[\s,]+(?:up to|the|a|an|of|for|to|from|with|by|at|under|into|as|depending))+[\s,]*$|[\s,]+$")
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
_FORETOLD = re.compile(
    r"\b(?:is|are|was|were|be|being|been) (?:widely |also |now |still )?(?:projected|predicted|forecast|likely|unlikely|feared|estimated|tipped) to $"
)
_THAT = re.compile(r"\bthat\s+(?=(?:will|would|could|can|may|might|must|should|is|was|has|had|does|did|['’]s)\b)", re.IGNORECASE)
_RELATIVE = frozenset(("who", "which", "that"))
FAR = 300  # code points beside an act that are looked at for a place
BESIDE = 160  # code points beside a cue that are looked at for a day
NEAR = 16  # statements or acts before a place that may hold it
NEEDING = re.compile(r"(?:(?:would|will|could|may|might|must|still|also) )*(?:need|require|depend|hinge|rest|await|wait)", re.IGNORECASE)
ELLIPTICAL = re.compile(
    r"(?:(?:his|her|their|its|our|my) (?:own )?(?:country|nation|government|state|side)['’]s|(?:his|her|its|their|our|my)|(?P<name>[A-Z][\w-]*(?: [A-Z][\w-]*){0,3})['’]s?)"
    r" (?:[a-z]+ ){0,2}(?:contribution|participation|involvement|part|role)"
)
LEAST_NARRATED = 30  # code points of a sentence before a statement in it that are read as narration


Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Told:
    """One statement and what it expresses, in the order of the text."""

    said: Said
    deeds: tuple[Deed | Outcome, ...] = ()


# ---------------------------------------------------------------------------------------------------- by patterns


def tell_by_patterns(text: str) -> list[Told]:
    """What the lexicons and patterns alone find.

    >>> [(told.said.cue.text, [deed.action.text for deed in told.deeds]) for told in tell_by_patterns("Bonn says it will pay.")]
    [('says', ['pay'])]
    """
    told = [Told(said, _expressed_in(text, said)) for said in find_statements(text)]
    return told + _narrated(text, deeds_of_sentences(text), told)


def _expressed_in(text: str, said: Said) -> tuple[Deed | Outcome, ...]:
    return tuple(deed for span in said.content for deed in find_deeds(text, span.start, span.end, said.speakers))


# ---------------------------------------------------------------------------------------------------- by the network


def tell_by_network(text: str) -> list[Told]:
    """What the network finds, with modes, dates, places and relays worked out from the words.

    >>> told = tell_by_network("“We will pay,” the Finance Ministry of Ruritania said on Monday.")[0]
    >>> told.said.mode, told.said.said_on.text, [deed.action.text for deed in told.deeds]
    ('direct', 'Monday', ['pay'])
    """
    found = tag(text, load_network())
    said = _shared(text, _sourced(text, [one for s in found.said if (one := _refined(text, found, s))], found.patterns))
    acts = _Meeting((deed.action, deed) for deed in found.deeds if isinstance(deed, Deed))
    said = [_threatening(text, acts, one) for one in said]
    said = relay(
        sorted(_nearest([*said, *_overlooked(said, found.patterns)]), key=lambda one: (one.content[0].start, -one.content[-1].end))
    )
    linked, free = _linked(found)
    pieces = _Pieces(said)
    deeds = [_scoped(text, deed) for deed in linked]
    deeds, others = _without_others(text, pieces, deeds)
    free += others
    free += _further(text, [use for deed in deeds for use in deed.uses] + free)
    deeds += [Outcome(_rest(text, pieces, use), (_qualified(text, use),), confidence=0.4, found_by="outcome") for use in free]
    deeds = [_turned(text, _elliptical(text, deed)) if isinstance(deed, Outcome) else deed for deed in deeds]
    deeds = [held for deed in deeds if (held := _in_hand(text, pieces, deed))]
    homes = [_home(pieces, deed) for deed in deeds]
    deeds = [
        _with_its_own(text, deed, said[home]) if isinstance(deed, Deed) and home >= 0 else deed
        for deed, home in zip(deeds, homes, strict=True)
    ]
    told = [Told(one, tuple(deed for deed, home in zip(deeds, homes, strict=True) if home == at)) for at, one in enumerate(said)]
    return told + _narrated(text, [deed for deed, home in zip(deeds, homes, strict=True) if home < 0], told)


def _sourced(text: str, found: Sequence[Said], patterns: Iterable[Said]) -> list[Said]:
    """The statements with the cue and the speakers that the patterns name for the same cue, for they follow the grammar of names
    more closely; and with the rest of the words up to the cue.
    """
    named = _Meeting((said.cue, said) for said in patterns if said.cue)

    def joined(one: Said) -> Said:
        same = next(named.with_span(one.cue), None) if one.cue else None
        if not one.cue or not same or not same.cue:
            return one
        whole = _bare(text, same.content[0])
        cut_short = len(same.content) == len(one.content) == 1 and whole and whole.start == one.content[0].start
        content = (whole,) if cut_short and whole and one.content[0].end < whole.end < same.cue.start else one.content
        named_by_words = [own for own in same.speakers if own.text.casefold() not in _RELATIVE]
        speakers = same.speakers if named_by_words or not one.speakers else one.speakers
        return replace(one, speakers=speakers, cue=same.cue if one.cue.text in HAVE | BE else one.cue, content=content)

    return [joined(one) for one in _put_together(text, found, named)]


def _put_together(text: str, found: Sequence[Said], patterns: _Meeting[Said]) -> list[Said]:
    """The statements, those of one cue as one where only a comma parts them and the patterns find one piece: *if it fails, we go*."""
    kept: list[Said] = []
    whole: dict[Span, Span] = {}
    for one in found:
        same = next(patterns.with_span(one.cue), None) if one.cue else None
        piece = _bare(text, same.content[0]) if same and len(same.content) == 1 else None
        pieces = [other for other in found if other.cue == one.cue and piece and all(_within(span, piece) for span in other.content)]
        spans = sorted(span for other in pieces for span in other.content)
        apart = any(b.start < a.end or text[a.end : b.start].strip(" ,") for a, b in itertools.pairwise(spans))
        if not piece or not one.cue or len(pieces) < 2 or apart:
            kept.append(one)
        elif one.cue not in whole:
            whole[one.cue] = piece
            kept.append(replace(max(pieces, key=lambda other: len(other.content[0].text)), content=(piece,)))
    return kept


def _within(one: Span, other: Span) -> bool:
    return other.start <= one.start and one.end <= other.end


def _shared(text: str, found: Sequence[Said]) -> list[Said]:
    """The statements, those of a cue after *and* with the speaker of the sentence's first cue: *Bonn asks for talks and warns of a strike*."""
    sources = sorted((said.cue.start, said.speakers) for said in found if said.cue and said.speakers)
    told = sorted((span.start, span.end) for said in found for span in said.content)

    def first(cue: Span) -> tuple[Span, ...]:
        if _touches(told, cue) or not JOINED.search(text, max(0, cue.start - BESIDE), cue.start):
            return ()
        at = bisect_left(sources, (sentence_around(text, cue.start, cue.end)[0], ()))
        if at == len(sources) or sources[at][0] > cue.start or " that " in text[sources[at][0] : cue.start]:
            return ()  # none before it, or a clause whose subject it may share
        return sources[at][1]

    return [replace(said, speakers=first(said.cue)) if said.cue and not said.speakers else said for said in found]


def _threatening(text: str, acts: _Meeting[Deed], said: Said) -> Said:
    """*Warns of a strike* threatens one where the speaker would carry it out."""
    if said.force != "warns" or not said.cue or not said.speakers or not text.startswith(" of ", said.cue.end):
        return said
    own = any(not deed.committer or deed.committer[0] == said.speakers[0] for deed in acts.with_span(said.content[0]))
    return replace(said, force="threatens") if own else said


def _overlooked(found: Sequence[Said], patterns: Iterable[Said]) -> Iterator[Said]:
    """Statements that the network passed over, as the patterns read them: other words, another cue."""
    taken = sorted((span.start, span.end) for one in found for span in one.content)
    cues = {one.cue.start for one in found if one.cue}
    for said in patterns:
        known = said.cue and said.cue.start in cues
        if not known and not _ASIDE.match(said.content[0].text) and not any(_touches(taken, span) for span in said.content):
            yield replace(said, relayed_by=None)


def _nearest(found: Iterable[Said]) -> Iterable[Said]:
    """Of statements of the same words the one whose cue is nearest to them: who told it, not who said that it was told."""
    kept: dict[tuple[Span, ...], Said] = {}
    for one in found:
        other = kept.get(one.content)
        if not other or _distance(one) < _distance(other):
            kept[one.content] = one
    return kept.values()


def _distance(said: Said) -> float:
    return min((abs(said.cue.start - span.start) for span in said.content), default=0) if said.cue else float("inf")


def _linked(found: Tagged) -> tuple[list[Deed | Outcome], list[Use]]:
    """The deeds with the conditions that the patterns bind to the same act, and the conditions that bind none by either."""
    known = {at: use for deed in found.pattern_deeds for use in deed.uses for at in ((use.text.start, 0), (0, use.text.end))}
    free = [_as_known(use, known) for use in found.free if not _bounds_nothing(use)]
    own = [replace(deed, uses=tuple(_as_known(use, known) for use in deed.uses if not _bounds_nothing(use))) for deed in found.deeds]
    acts = _Meeting((deed.action, deed) for deed in found.pattern_deeds if isinstance(deed, Deed))
    uses = _Meeting((use.text, use) for use in [*(use for deed in own for use in deed.uses), *free])
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


class _Meeting(Generic[Found]):
    """Things by their words, to find those that share a character with a span."""

    def __init__(self, things: Iterable[tuple[Span, Found]]) -> None:
        self.things = sorted(things, key=lambda thing: thing[0])

    def with_span(self, span: Span) -> Iterator[Found]:
        stop = bisect_left(self.things, span.end, key=lambda thing: thing[0].start)
        for other, thing in self.things[max(0, stop - NEAR) : stop]:
            if span.start < other.end:
                yield thing


def _further(text: str, found: Sequence[Use]) -> Iterator[Use]:
    """The conditional clauses that the network passed over: what their form says is a condition is one."""
    taken = sorted((use.marker or use.text).start for use in found), sorted((use.text.start, use.text.end) for use in found)
    for use in find_conditionals(text):
        assert use.marker
        at = bisect_left(taken[0], use.marker.start)
        near = at < len(taken[0]) and taken[0][at] < use.text.start
        if not near and not _touches(taken[1], use.text):
            yield use


def _refined(text: str, found: Tagged, said: Said) -> Said | None:
    content = tuple(bare for span in said.content if (bare := _bare(text, span)))
    if not content or _FORETOLD.search(text, max(0, content[0].start - BESIDE), content[0].start):
        return None  # what others foresee nobody has said
    that = _THAT.match(text, max(0, content[0].start - len("that "))) if said.cue and said.cue.end < content[0].start else None
    if that and that.end() == content[0].start:  # said that will not happen: the subject
        content = (Span.of(text, that.start(), content[0].end), *content[1:])
    mode = _mode(found.tokens, content)
    return replace(
        said, content=content, mode=mode, force=_force_of(text, found, replace(said, mode=mode)), said_on=day_of_saying(text, said, content)
    )


def _force_of(text: str, found: Tagged, said: Said) -> str:
    """The force by the lexicon and patterns where they tell more than that something is said, else by the network."""
    if not said.cue or _CALLS.fullmatch(said.cue.text):
        return said.force
    first, last = bisect_right(found.tokens.ends, said.cue.start), bisect_left(found.tokens.starts, said.cue.end)
    known = next((value for value in found.hints[3][first:last] if value), 0)
    by_patterns = force_of(text, replace(said, force=FORCES[known - 1])) if known else "asserts"
    return said.force if by_patterns == "asserts" else by_patterns


def _bare(text: str, span: Span) -> Span | None:
    """A span without marks at its edges; brackets and the full stop of an abbreviation stay."""
    start, end = span.start, span.end
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES and not re.search(r"\b(?:\w\.){1,4}$", text[max(start, end - 8) : end]):
        end -= 1
    return Span.of(text, start, end) if start < end else None


def _mode(tokens: Tokens, content: Sequence[Span]) -> str:
    """`direct` where all words stand in quotation marks, `mixed` where some do, names of things aside."""
    inside = [
        at
        for span in content
        for at in range(bisect_right(tokens.ends, span.start), bisect_left(tokens.starts, span.end))
        if tokens.text[tokens.starts[at]].isalnum()
    ]
    quoted = [at for at in inside if tokens.depths[at]]
    if quoted and len(quoted) == len(inside):
        return "direct"
    named = all(not tokens.text[tokens.starts[at]].islower() or tokens.word(at) in ("of", "the", "for", "and") for at in quoted)
    return "mixed" if quoted and not named else "indirect"


def day_of_saying(text: str, said: Said, content: Sequence[Span]) -> Span | None:
    """The words beside the cue that name the day of speaking."""
    if not said.cue:
        return None
    start, end = sentence_around(text, said.cue.start, said.cue.end)
    words = split_words(text, max(start, said.cue.start - BESIDE), min(end, said.cue.end + BESIDE))
    starts = [word.start for word in words]
    first, last = bisect_left(starts, said.cue.start), bisect_left(starts, said.cue.end) - 1
    if not 0 <= first <= last < len(words):
        return None
    return date_near(text, words, first, last, [(bisect_left(starts, s.start), bisect_left(starts, s.end)) for s in content])


def _scoped(text: str, deed: Deed | Outcome) -> Deed | Outcome:
    """The deed with what its words say beyond what the network tells: places, triggers, conditions of which one is enough."""
    uses = _grouped(text, [_qualified(text, use) for use in deed.uses])
    if isinstance(deed, Outcome):
        return replace(deed, uses=uses)
    deed = replace(deed, action=_unbound(text, deed.action, uses))
    _, end = sentence_around(text, deed.action.start, deed.action.end)
    only_in, not_in = only_where(text, deed.action.start, min(end, deed.action.end + FAR))
    taken = {*only_in, *not_in}
    uses = tuple(use for use in uses if use.kind != "limit" or not any(use.text.start < p.end and p.start < use.text.end for p in taken))
    return replace(deed, uses=uses, only_in=only_in, not_in=not_in)


def _unbound(text: str, action: Span, uses: Sequence[Use]) -> Span:
    """The words of an act without the conditions it hangs on; whole where they end in an article, cut where they end in a preposition."""
    ahead = (_begin(use) for use in uses if use.kind != "limit" and action.end <= use.text.end)  # a limit says how far the act goes
    end = min((at for at in ahead if action.start < at < action.end), default=action.end)
    found = _DANGLING.search(text, action.start, end)
    if found and found[0].split()[-1:] in (["the"], ["a"], ["an"]) and not any(_begin(use) <= end + 1 <= use.text.end for use in uses):
        words = read_words(text, end, sentence_around(text, action.start, end)[1])
        noun = after(words, 0)
        end, found = (words[noun[1] - 1].end, None) if noun else (end, found)
    return Span.of(text, action.start, found.start() if found else end)


def _qualified(text: str, use: Use) -> Use:
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


class _Pieces:
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
        cut_off = (_begin(use), use.text.end) if start <= use.text.start < end else ()
        others = {at for first, over, at in self.around(use.text.start, use.text.end) if (first, over) != cut_off}
        return bool(others) and others.isdisjoint(at for _, _, at in self.around(deed.action.start, deed.action.start + 1))


def _without_others(text: str, pieces: _Pieces, deeds: list[Deed | Outcome]) -> tuple[list[Deed | Outcome], list[Use]]:
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
                and ELLIPTICAL.fullmatch(_rest(text, pieces, use).text)
            )
        ]

    taken = [others(deed) for deed in deeds]
    kept = [replace(deed, uses=tuple(use for use in deed.uses if use not in some)) for deed, some in zip(deeds, taken, strict=True)]
    bound = {use for deed in kept for use in deed.uses}
    return kept, [use for use in dict.fromkeys(use for some in taken for use in some) if use not in bound]


def _with_its_own(text: str, deed: Deed, said: Said) -> Deed:
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


def _elliptical(text: str, outcome: Outcome) -> Deed | Outcome:
    """*His country's contribution*: an act of somebody's that is named before, left open by what it needs."""
    found = ELLIPTICAL.fullmatch(outcome.text.text)
    if not found:
        return outcome
    named = found.start("name") >= 0
    start = outcome.text.start
    committer = (Span.of(text, start + found.start("name"), start + found.end("name")),) if named else ()
    return Deed(committer, outcome.text, "open", uses=outcome.uses, confidence=0.4, found_by=ELLIPSIS)


def _turned(text: str, outcome: Deed | Outcome) -> Deed | Outcome:
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


def _in_hand(text: str, pieces: _Pieces, deed: Deed | Outcome) -> Deed | Outcome | None:
    """An act of somebody's; of what nobody decides on (*people will die*) or others foresee (*is projected to win*) the outcome, where it hangs on something."""
    foretold = _FORETOLD.search(text, max(0, deed.action.start - BESIDE), deed.action.start) if isinstance(deed, Deed) else None
    if isinstance(deed, Outcome) or not (foretold or _FATE.match(deed.action.text)):
        return deed
    return Outcome(_rest(text, pieces, deed.uses[0]), deed.uses, confidence=deed.confidence, found_by="outcome") if deed.uses else None


def _rest(text: str, pieces: _Pieces, use: Use) -> Span:
    """What a condition bounds where nothing else is known: the longer rest of the words it stands in."""
    first = _begin(use)
    last = max(use.text.end, use.marker.end if use.marker else use.text.end)
    start, end, _ = next(iter(pieces.around(use.text.start, use.text.end)), (*sentence_around(text, first, last), 0))
    start, end = max(start, first - FAR), min(end, last + FAR)
    sides = [_bare(text, Span.of(text, a, b)) for a, b in ((start, max(first, start)), (min(last, end), end)) if a < b]
    if use.marker and use.marker.end <= use.text.start and NEEDING.match(use.marker.text) and start < first and sides[0]:
        return sides[0]  # what needs it stands before
    return max(filter(None, sides), key=lambda span: span.end - span.start, default=use.text)


def _begin(use: Use) -> int:
    """Where a condition begins, or its marker, if that stands before it."""
    return min(use.text.start, use.marker.start) if use.marker else use.text.start


def _home(pieces: _Pieces, deed: Deed | Outcome) -> int:
    """The statement that expresses a deed: the innermost one whose words hold its beginning, -1 where there is none."""
    place = place_of(deed).start
    return next((at for _, _, at in pieces.around(place, place + 1)), -1)


# ---------------------------------------------------------------------------------------------------- narration


def place_of(deed: Deed | Outcome) -> Span:
    """The words of what is done, or of what comes about."""
    return deed.action if isinstance(deed, Deed) else deed.text


def _narrated(text: str, deeds: Iterable[Deed | Outcome], told: Sequence[Told]) -> list[Told]:
    """Statements in the article's own voice for what no statement holds: its sentence, as far as nobody else says it."""
    covered = sorted((span.start, span.end) for one in told for span in one.said.content)
    homeless: dict[Span, list[Deed | Outcome]] = {}
    for deed in deeds:
        place = place_of(deed)
        if not _touches(covered, place):
            start, end = sentence_around(text, place.start, place.end)
            whole = _bare(text, Span.of(text, start, end))
            homeless.setdefault(_free(text, whole, covered) if whole else place, []).append(deed)
    return [
        Told(Said((content,), "indirect", _force(some), None, (), None, None, 0.5, "narration"), tuple(some))
        for content, some in homeless.items()
        if any(isinstance(deed, Deed) for deed in some) or not _touches(covered, content)
    ]


def _force(deeds: Iterable[Deed | Outcome]) -> str:
    return "pledges" if any(isinstance(deed, Deed) for deed in deeds) else "asserts"


def _free(text: str, content: Span, covered: Sequence[tuple[int, int]]) -> Span:
    """The part of a sentence before the first statement in it, if that is most of it."""
    at = bisect_left(covered, (content.start + LEAST_NARRATED, 0))
    if at < len(covered) and covered[at][0] < content.end:
        return _bare(text, Span.of(text, content.start, covered[at][0])) or content
    return content


def _touches(covered: Sequence[tuple[int, int]], span: Span) -> bool:
    """Whether a span shares a character with one of the sorted ranges."""
    at = bisect_left(covered, (span.end, 0))
    return any(start < span.end and span.start < end for start, end in covered[max(0, at - 8) : at])
