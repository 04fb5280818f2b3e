"""The conditions of a frame while they are read: groups, begun by *on*, *if*, *after*, *unless*, filled by names.

who sends troops if parliament | agrees or after a ceasefire
begun(if)          added(by)     added(approval)
"""

from __future__ import annotations

from dataclasses import replace

from kg.ask.frame import Frame, Group, Pick, Wanted, union
from kg.ask.refusal import beyond
from kg.ask.words import Lexicon, grammar


def begun(frame: Frame, lead: str, denied: bool = False) -> Frame:
    """A new group, in place of one that is still empty.

    >>> begun(Frame(), "unless").conditions[0].ways
    ('exceptIf',)
    """
    group = Group(lead, tuple(grammar()["ways"][lead]), denied=denied)
    return replace(frame, conditions=(*(g for g in frame.conditions if g.any_of), group))


def added(lexicon: Lexicon, frame: Frame, new: Wanted, joined: str) -> Frame:
    """Adds to the condition that is spoken of: to what it is, or with *or* another that would do, with *and* one more."""
    *groups, group = frame.conditions or (Group("on", tuple(grammar()["ways"]["on"])),)
    last = group.any_of[-1] if group.any_of else Wanted()
    if joined == "and" and group.any_of:
        groups, group, last = [*groups, group], replace(group, any_of=()), Wanted()
    if joined == "or" and group.any_of and not _alike(last, new):
        group = replace(group, any_of=(*group.any_of, new))
    else:
        if not joined and last.circumstances and new.circumstances:
            last, new = replace(last, circumstances=()), replace(new, circumstances=_narrower(lexicon, last, new))
        merged = Wanted(union(last.circumstances, new.circumstances), last.by | new.by, union(last.kinds, new.kinds))
        group = replace(group, any_of=(*group.any_of[:-1], merged))
    return replace(frame, conditions=(*groups, group))


def flipped(frame: Frame) -> Frame:
    """*If* for *unless* in the last group, and *unless* for all else."""
    *groups, group = frame.conditions
    lead = "if" if group.lead == "unless" else "unless"
    return replace(frame, conditions=(*groups, replace(group, lead=lead, ways=tuple(grammar()["ways"][lead]))))


def complete(frame: Frame) -> bool:
    """Whether the condition that is spoken of names a circumstance, so that what comes after it is the topic again."""
    last = frame.conditions[-1].any_of[-1:] if frame.conditions else ()
    return any(w.circumstances or w.kinds for w in last)


def _alike(last: Wanted, new: Wanted) -> bool:
    return bool((last.circumstances and new.circumstances) or (last.by != Pick() and new.by != Pick()))


def _narrower(lexicon: Lexicon, last: Wanted, new: Wanted) -> tuple[str, ...]:
    """Of two circumstances with nothing between them the narrower is meant; two that are apart are not one."""
    some, others = last.circumstances, new.circumstances
    inside = [{*wide, *lexicon.narrower(wide)} for wide in (some, others)]
    both = tuple(sorted({*(v for v in others if v in inside[0]), *(v for v in some if v in inside[1])}))
    if not both:
        first, second = (lexicon.label.get(iris[0], iris[0]) for iris in (some, others))
        raise beyond(f"{first} {second}", "is not one circumstance", "put 'or' or 'and' between the two, or ask twice")
    return both
