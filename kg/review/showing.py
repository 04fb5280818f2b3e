"""A statement in plain lines: where it stands, who says what, how sure the reading is and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Reference, Span, Statement
from kg.review.session import Review
from kg.text import sentence_around

AROUND = 200  # code points of the text shown before and after at most


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person is shown of a statement: its place in the text in pieces, of which the marked ones are its content, and facts in words."""

    id: str
    context: tuple[tuple[str, bool], ...]
    facts: tuple[tuple[str, str], ...]
    sure: float
    found_by: str


def show(review: Review, statement: Statement) -> Shown:
    """A statement as a person is shown it."""
    piece = review.piece(statement)
    s = statement
    facts = [("speaker", _people(review, s.speaker)), ("possibly", _people(review, s.possible_speakers)), ("on behalf of", _people(review, s.on_behalf_of)),
             ("to", _people(review, s.addressee)), ("cue", s.cue.text if s.cue else ""), ("force", f"{s.force}, {s.mode}")]  # fmt: skip
    for c in piece.commitments:
        if c.id == s.expresses:
            facts += [("stance", " ".join(filter(None, (s.stance, s.strength)))), ("who would act", _people(review, c.committer)),
                      ("action", _named(c.action)), ("for", _people(review, filter(None, [c.beneficiary]))), ("against", _people(review, filter(None, [c.against])))]  # fmt: skip
    facts += [("claim", q.text.text) for q in piece.claims if q.id == s.expresses]
    conditions = {k.id: k for k in piece.conditions}
    for use in s.conditions:
        k = conditions[use.id]
        by = _people(review, k.by)
        facts.append(
            (use.polarity, f"{k.text.text} ({k.kind}{', a trigger' if use.role == 'trigger' else ''}{f', by {by}' if by else ''})")
        )
    facts += [("only in", ", ".join(map(_named, s.only_in))), ("not in", ", ".join(map(_named, s.not_in)))]
    facts.append(("said on", _named(s.said_on) if s.said_on else ""))
    told = tuple((name, words) for name, words in facts if words)
    return Shown(s.id, tuple(_context(review.article.text, s.content)), told, review.sure(s), s.found_by or "")


def _named(reference: Reference) -> str:
    words = reference.span.text if reference.span else ""
    return f"{words} ({reference.target})" if words and reference.target else words or reference.target


def _people(review: Review, some: Iterable[Reference]) -> str:
    minted = {actor.id: actor.label for actor in review.annotation.actors}

    def name(id: str) -> str:
        known = review.registry.actors.get(id)
        return known.label if known else minted.get(id, id)

    def both(r: Reference) -> str:
        return f"{r.span.text} ({name(r.target)})" if r.span and r.span.text != name(r.target) else name(r.target)

    return ", ".join(both(r) for r in some)


def _context(text: str, content: tuple[Span, ...]) -> Iterable[tuple[str, bool]]:
    """The sentences that hold the content, piece by piece."""
    first, last = sentence_around(text, content[0].start, content[-1].end) if content else (0, 0)
    first, last = max(first, content[0].start - AROUND), min(last, content[-1].end + AROUND)
    at = first
    for span in content:
        yield text[at : span.start], False
        yield span.text, True
        at = span.end
    yield text[at:last], False
