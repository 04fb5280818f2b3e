"""The statements that the network finds, with what the words tell better: speakers, cues, forces, modes, days."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kg.annotate.rules.dates import date_near
from kg.annotate.rules.force import force_of
from kg.annotate.rules.found import Deed, Said
from kg.annotate.rules.words import BE, HAVE, split_words
from kg.annotate.tagger.decoding import FORCES, Tagged
from kg.annotate.tagger.tokens import Tokens
from kg.annotate.telling.places import Meeting, is_within, touches, without_marks
from kg.model import Span
from kg.text import sentence_around

_CALLS = re.compile(r"call(?:s|ed|ing)?", re.IGNORECASE)  # calls for is a demand; calls it reckless is what it is called
_ASIDE = re.compile(r"not to be (?:named|identified|quoted)|anonymity", re.IGNORECASE)  # of sources, not of what they say
JOINED = re.compile(r"\band (?:\w+ly |also |then )?$", re.IGNORECASE)
FORETOLD = re.compile(
    r"\b(?:is|are|was|were|be|being|been) (?:widely |also |now |still )?(?:projected|predicted|forecast|likely|unlikely|feared|estimated|tipped) to $"
)
_THAT = re.compile(r"\bthat\s+(?=(?:will|would|could|can|may|might|must|should|is|was|has|had|does|did|['’]s)\b)", re.IGNORECASE)
_RELATIVE = frozenset(("who", "which", "that"))
BESIDE = 160  # code points beside a cue that are looked at for a day


def with_sources(text: str, found: Sequence[Said], patterns: Iterable[Said]) -> list[Said]:
    """The statements with the cue and the speakers that the patterns name for the same cue, for they follow the grammar of names
    more closely; and with the rest of the words up to the cue.
    """
    named = Meeting((said.cue, said) for said in patterns if said.cue)

    def joined(one: Said) -> Said:
        same = next(named.with_span(one.cue), None) if one.cue else None
        if not one.cue or not same or not same.cue:
            return one
        whole = without_marks(text, same.content[0])
        cut_short = len(same.content) == len(one.content) == 1 and whole and whole.start == one.content[0].start
        content = (whole,) if cut_short and whole and one.content[0].end < whole.end < same.cue.start else one.content
        named_by_words = [own for own in same.speakers if own.text.casefold() not in _RELATIVE]
        speakers = same.speakers if named_by_words or not one.speakers else one.speakers
        return replace(one, speakers=speakers, cue=same.cue if one.cue.text in HAVE | BE else one.cue, content=content)

    return [joined(one) for one in _put_together(text, found, named)]


def _put_together(text: str, found: Sequence[Said], patterns: Meeting[Said]) -> list[Said]:
    """The statements, those of one cue as one where only a comma parts them and the patterns find one piece: *if it fails, we go*."""
    of_cue: dict[Span, list[Said]] = {}
    for one in found:
        if one.cue:
            of_cue.setdefault(one.cue, []).append(one)
    whole: dict[Said, Said] = {}
    for cue, some in of_cue.items():
        whole |= _as_one(text, some, next(patterns.with_span(cue), None))
    return list(dict.fromkeys(whole.get(one, one) for one in found))


def _as_one(text: str, some: Sequence[Said], same: Said | None) -> dict[Said, Said]:
    """Those statements of one cue that are one, in the piece that the patterns find, each with the one; none where they are several."""
    piece = without_marks(text, same.content[0]) if same and len(same.content) == 1 else None
    pieces = [one for one in some if piece and all(is_within(span, piece) for span in one.content)]
    spans = sorted(span for one in pieces for span in one.content)
    apart = any(b.start < a.end or text[a.end : b.start].strip(" ,") for a, b in itertools.pairwise(spans))
    if not piece or len(pieces) < 2 or apart:
        return {}
    whole = replace(max(pieces, key=lambda one: len(one.content[0].text)), content=(piece,))
    return dict.fromkeys(pieces, whole)


def with_shared_speakers(text: str, found: Sequence[Said]) -> list[Said]:
    """The statements, those of a cue after *and* with the speaker of the sentence's first cue: *Bonn asks for talks and warns of a strike*."""
    sources = sorted((said.cue.start, said.speakers) for said in found if said.cue and said.speakers)
    told = sorted((span.start, span.end) for said in found for span in said.content)

    def first(cue: Span) -> tuple[Span, ...]:
        if touches(told, cue) or not JOINED.search(text, max(0, cue.start - BESIDE), cue.start):
            return ()
        at = bisect_left(sources, (sentence_around(text, cue.start, cue.end)[0], ()))
        if at == len(sources) or sources[at][0] > cue.start or " that " in text[sources[at][0] : cue.start]:
            return ()  # none before it, or a clause whose subject it may share
        return sources[at][1]

    return [replace(said, speakers=first(said.cue)) if said.cue and not said.speakers else said for said in found]


def threatening(text: str, acts: Meeting[Deed], said: Said) -> Said:
    """*Warns of a strike* threatens one where the speaker would carry it out."""
    if said.force != "warns" or not said.cue or not said.speakers or not text.startswith(" of ", said.cue.end):
        return said
    own = any(not deed.committer or deed.committer[0] == said.speakers[0] for deed in acts.with_span(said.content[0]))
    return replace(said, force="threatens") if own else said


def overlooked(found: Sequence[Said], patterns: Iterable[Said]) -> Iterator[Said]:
    """Statements that the network passed over, as the patterns read them: other words, another cue."""
    taken = sorted((span.start, span.end) for one in found for span in one.content)
    cues = {one.cue.start for one in found if one.cue}
    for said in patterns:
        known = said.cue and said.cue.start in cues
        if not known and not _ASIDE.match(said.content[0].text) and not any(touches(taken, span) for span in said.content):
            yield replace(said, relayed_by=None)


def nearest(found: Iterable[Said]) -> Iterable[Said]:
    """Of statements of the same words the one whose cue is nearest to them: who told it, not who said that it was told."""
    kept: dict[tuple[Span, ...], Said] = {}
    for one in found:
        other = kept.get(one.content)
        if not other or _distance(one) < _distance(other):
            kept[one.content] = one
    return kept.values()


def _distance(said: Said) -> float:
    return min((abs(said.cue.start - span.start) for span in said.content), default=0) if said.cue else float("inf")


def refined(text: str, found: Tagged, said: Said) -> Said | None:
    """A statement as its words have it: mode, force, day; None where they are no statement."""
    content = tuple(bare for span in said.content if (bare := without_marks(text, span)))
    if not content or FORETOLD.search(text, max(0, content[0].start - BESIDE), content[0].start):
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
