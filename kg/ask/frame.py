"""What a question looks for, slot by slot, and the same in words.

A frame holds IRIs and words of the closed schemes, never what a user typed. Its sentence is made from it, not from the
question, so what is shown is what will be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.ask.words import Lexicon


@dataclass(frozen=True, slots=True)
class Pick:
    """Any of these actors, of the actors of these classes, or (where a place can stand) of these places."""

    actors: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def __or__(self, other: Pick) -> Pick:
        return Pick(*(union(getattr(self, name), getattr(other, name)) for name in ("actors", "classes", "places")))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A condition to look for: of one of these circumstances (or what is narrower), decided by these, of one of these kinds."""

    circumstances: tuple[str, ...] = ()
    by: Pick = Pick()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which one is enough, and how they may bind: requires, exceptIf, triggeredBy; `denied`: but not on these."""

    lead: str
    ways: tuple[str, ...]
    any_of: tuple[Wanted, ...] = ()
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What a question looks for. An empty slot asks for nothing; `negated` is empty, `stance`, `condition` or `place`.

    `reading` says what the subject is: `committer`, `speaker`, or `either`. Slots: subject, concerning, for, against,
    in, outside, according, from, about.
    """

    asks: str = ""
    reading: str = ""
    stances: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    said: bool = False
    channels: tuple[str, ...] = ()
    conditioned: bool = False
    decides: bool = False
    happens: bool = False
    silent: bool = False
    negated: str = ""
    actions: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    slots: tuple[tuple[str, Pick], ...] = ()
    conditions: tuple[Group, ...] = ()

    def slot(self, name: str) -> Pick:
        """What stands in a slot; an empty Pick where nothing does."""
        return dict(self.slots).get(name, Pick())

    def put(self, name: str, pick: Pick) -> Frame:
        """The frame with one more thing in a slot."""
        return replace(self, slots=tuple((dict(self.slots) | {name: self.slot(name) | pick}).items()))


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of the question and what they were taken for."""

    words: str
    kind: str
    means: str


def sentence(lexicon: Lexicon, frame: Frame) -> str:
    """The frame in words: what the query will look for, names in brackets."""
    return " ".join(part for part in _phrases(lexicon, frame) if part)


_STANCE_WORDS = {"open": "left open", "withdrawn": "withdrew"}
_ASKS = {"many": "how many"}


def _phrases(lexicon: Lexicon, f: Frame) -> Iterator[str]:
    yield _ASKS.get(f.asks, f.asks) or "what"
    yield _shown(lexicon, f.slot("subject"))
    yield {"stance": "not:", "place": "not"}.get(f.negated, "")
    if f.silent:
        yield "is silent on"
    yield " or ".join((*(" ".join((*f.strengths, _STANCE_WORDS.get(s, s))) for s in f.stances), *f.forces))
    yield "said" if f.said and not f.stances and not f.forces else ""
    yield f"in a {' or '.join(f.channels)}" if f.channels else ""
    yield "happens" if f.happens else ""
    if f.conditioned:
        yield "not conditioned" if f.negated == "condition" else "decides, of what is conditioned" if f.decides else "conditioned"
    yield _bracket([_named(lexicon, a) for a in f.actions], len(lexicon.narrower(f.actions)))
    yield _shown(lexicon, f.slot("concerning"), "of, for or against ")
    yield _bracket(f.measures, 0)
    for number, group in enumerate(f.conditions):
        lead = "without" if f.negated == "condition" and not f.conditioned else group.lead
        join = "but not " if group.denied else "and " if number else ""
        yield f"{join}{lead} " + " or ".join(_condition(lexicon, w) for w in group.any_of)
    for name, pick in f.slots:
        if name not in ("subject", "concerning"):
            yield f"{_LEADS.get(name, name)} {_shown(lexicon, pick)}"


_LEADS = {"for": "for or to", "according": "according to", "from": "of", "outside": "not in"}


def _condition(lexicon: Lexicon, w: Wanted) -> str:
    what = _bracket([_named(lexicon, c) for c in w.circumstances], len(lexicon.narrower(w.circumstances)))
    kinds = _bracket([kind for kind in w.kinds if kind != "approval" or not w.by.classes], 0)
    parts = [what, f"of kind {kinds}" if what and kinds else kinds, _shown(lexicon, w.by, "by " if what or kinds else "")]
    return " ".join(part for part in parts if part)


def _shown(lexicon: Lexicon, pick: Pick, before: str = "") -> str:
    names = dict.fromkeys(
        [*(_named(lexicon, a) for a in pick.actors), *(f"any {c}" for c in pick.classes), *(_named(lexicon, p) for p in pick.places)]
    )
    return before + _bracket(list(names), 0) if names else ""


def _bracket(names: Sequence[str], narrower: int) -> str:
    more = f" or {len(names) - 4} more" if len(names) > 5 else ""
    inside = f" (+{narrower} narrower)" if narrower else ""
    return f"[{' or '.join(names[:4] if more else names)}{more}{inside}]" if names else ""


def _named(lexicon: Lexicon, iri: str) -> str:
    return lexicon.label.get(iri, iri)


def union(some: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Both in order, each once."""
    return tuple(dict.fromkeys((*some, *more)))
