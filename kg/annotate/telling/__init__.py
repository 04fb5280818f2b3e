"""A text -> what is told in it: each statement with the commitments and bounded outcomes that it expresses.

Two ways: by the patterns alone (`rules/`), or by the network (`tagger/`), which is given the patterns' view as hints. The
second one reads better (bench/tagger/README.md has both, measured in one run) and is what `--annotator rules` uses.

    text --tag--> the network's finds --saying--> statements
                                      --acting--> acts and outcomes with their conditions --tell_by_network--> Told

- `saying`: the statements
- `acting`: what they express
- `places`: where words stand
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.annotate.rules.deeds import deeds_of_sentences, find_deeds
from kg.annotate.rules.found import Deed, Outcome, Said
from kg.annotate.rules.statements import find_statements, relay
from kg.annotate.tagger.decoding import tag
from kg.annotate.tagger.network import load_network
from kg.annotate.telling.acting import (
    elliptical,
    in_hand,
    overlooked_conditions,
    qualified,
    rest_of,
    scoped,
    turned,
    with_conditions,
    with_its_own,
    without_others,
)
from kg.annotate.telling.places import Meeting, Pieces, place_of, touches, without_marks
from kg.annotate.telling.saying import nearest, overlooked, refined, threatening, with_shared_speakers, with_sources
from kg.model import Span
from kg.text import sentence_around

LEAST_NARRATED = 30  # code points of a sentence before a statement in it that are read as narration


@dataclass(frozen=True, slots=True)
class Told:
    """One statement and what it expresses, in the order of the text."""

    said: Said
    deeds: tuple[Deed | Outcome, ...] = ()


def tell_by_patterns(text: str) -> list[Told]:
    """What the lexicons and patterns alone find.

    >>> [(told.said.cue.text, [deed.action.text for deed in told.deeds]) for told in tell_by_patterns("Bonn says it will pay.")]
    [('says', ['pay'])]
    """
    told = [Told(said, _expressed_in(text, said)) for said in find_statements(text)]
    return told + _narrated(text, deeds_of_sentences(text), told)


def _expressed_in(text: str, said: Said) -> tuple[Deed | Outcome, ...]:
    return tuple(deed for span in said.content for deed in find_deeds(text, span.start, span.end, said.speakers))


def tell_by_network(text: str) -> list[Told]:
    """What the network finds, with modes, dates, places and relays worked out from the words.

    >>> told = tell_by_network("“We will pay,” the Finance Ministry of Ruritania said on Monday.")[0]
    >>> told.said.mode, told.said.said_on.text, [deed.action.text for deed in told.deeds]
    ('direct', 'Monday', ['pay'])
    """
    found = tag(text, load_network())
    said = with_shared_speakers(text, with_sources(text, [one for s in found.said if (one := refined(text, found, s))], found.patterns))
    acts = Meeting((deed.action, deed) for deed in found.deeds if isinstance(deed, Deed))
    said = [threatening(text, acts, one) for one in said]
    said = relay(sorted(nearest([*said, *overlooked(said, found.patterns)]), key=lambda one: (one.content[0].start, -one.content[-1].end)))
    linked, free = with_conditions(found)
    pieces = Pieces(said)
    deeds = [scoped(text, deed) for deed in linked]
    deeds, others = without_others(text, pieces, deeds)
    free += others
    free += overlooked_conditions(text, [use for deed in deeds for use in deed.uses] + free)
    deeds += [Outcome(rest_of(text, pieces, use), (qualified(text, use),), confidence=0.4, found_by="outcome") for use in free]
    deeds = [turned(text, elliptical(text, deed)) if isinstance(deed, Outcome) else deed for deed in deeds]
    deeds = [held for deed in deeds if (held := in_hand(text, pieces, deed))]
    homes = [_home(pieces, deed) for deed in deeds]
    deeds = [
        with_its_own(text, deed, said[home]) if isinstance(deed, Deed) and home >= 0 else deed
        for deed, home in zip(deeds, homes, strict=True)
    ]
    told = [Told(one, tuple(deed for deed, home in zip(deeds, homes, strict=True) if home == at)) for at, one in enumerate(said)]
    return told + _narrated(text, [deed for deed, home in zip(deeds, homes, strict=True) if home < 0], told)


def _home(pieces: Pieces, deed: Deed | Outcome) -> int:
    """The statement that expresses a deed: the innermost one whose words hold its beginning, -1 where there is none."""
    place = place_of(deed).start
    return next((at for _, _, at in pieces.around(place, place + 1)), -1)


def _narrated(text: str, deeds: Iterable[Deed | Outcome], told: Sequence[Told]) -> list[Told]:
    """Statements in the article's own voice for what no statement holds: its sentence, as far as nobody else says it."""
    covered = sorted((span.start, span.end) for one in told for span in one.said.content)
    homeless: dict[Span, list[Deed | Outcome]] = {}
    for deed in deeds:
        place = place_of(deed)
        if not touches(covered, place):
            start, end = sentence_around(text, place.start, place.end)
            whole = without_marks(text, Span.of(text, start, end))
            homeless.setdefault(_free(text, whole, covered) if whole else place, []).append(deed)
    return [
        Told(Said((content,), "indirect", _force(some), None, (), None, None, 0.5, "narration"), tuple(some))
        for content, some in homeless.items()
        if any(isinstance(deed, Deed) for deed in some) or not touches(covered, content)
    ]


def _force(deeds: Iterable[Deed | Outcome]) -> str:
    return "pledges" if any(isinstance(deed, Deed) for deed in deeds) else "asserts"


def _free(text: str, content: Span, covered: Sequence[tuple[int, int]]) -> Span:
    """The part of a sentence before the first statement in it, if that is most of it."""
    at = bisect_left(covered, (content.start + LEAST_NARRATED, 0))
    if at < len(covered) and covered[at][0] < content.end:
        return without_marks(text, Span.of(text, content.start, covered[at][0])) or content
    return content
