"""The end of reading: what a frame means once all words are read."""

from __future__ import annotations

from dataclasses import replace

from kg.ask.frame import Frame, Group, Pick, Wanted, union
from kg.ask.refusal import beyond
from kg.ask.words import Lexicon, grammar
from kg.errors import UsageError
from kg.vocabulary import ID

APPROVAL = ID + "circumstance/approval"  # with all below it: consent in whatever form
DECIDING = ("Parliament", "Court")  # kinds of actor of which a condition means: their approval


def finished(lexicon: Lexicon, f: Frame, refusing: bool, weak: tuple[str, ...], touched: bool) -> Frame:
    """The frame with what a lone *not*, a lone *will* and the conditions come to."""
    if refusing:
        f = _refused(f)
    elif (weak or _acts(f)) and not (f.stances or f.forces or f.said or f.channels or f.conditioned or f.happens) and f.asks != "where":
        f = replace(f, stances=weak or ("pledged", "open"), reading="committer")
    groups = tuple(_settled(lexicon, g) for g in f.conditions if g.any_of)
    f = replace(f, conditions=groups, reading=f.reading or "either")
    if not (touched or f.conditions):
        raise UsageError("the question names nothing to look for", "", "kg ask 'who conditioned troops on parliament'")
    if f.happens:
        f = replace(f, conditions=tuple(replace(g, ways=tuple(grammar()["ways"]["on"])) for g in f.conditions))
    return _open_too(lexicon, f)


def _acts(f: Frame) -> bool:
    """*Who sends troops*: whoever refused does not."""
    return f.asks in ("who", "which") and bool(f.actions) and not f.negated and not f.silent and f.slot("about") == Pick()


def _refused(f: Frame) -> Frame:
    if f.asks == "where" and not (f.stances or f.forces or f.said or f.channels):
        return replace(f, negated="place", reading=f.reading or "committer")
    if f.stances or f.forces or f.channels:
        return replace(f, negated="stance")
    if f.said and not f.actions:
        raise beyond("not", "denies no action that is named", "say what will not be done, as in 'who said Italy will not send troops'")
    return replace(f, stances=("refused",), reading=f.reading or "committer")


def _open_too(lexicon: Lexicon, f: Frame) -> Frame:
    """Who would act if another agrees has not bound itself: such a *pledge* is told as open, so both are looked for."""
    waits = any(_consent(lexicon, w) for g in f.conditions if g.lead != "unless" and not g.denied for w in g.any_of)
    if f.stances == ("pledged",) and not (f.strengths or f.negated) and waits:
        return replace(f, stances=("pledged", "open"))
    return f


def _consent(lexicon: Lexicon, w: Wanted) -> bool:
    return "approval" in w.kinds or w.by != Pick() or any(APPROVAL in lexicon.above.get(c, ()) for c in w.circumstances)


def _settled(lexicon: Lexicon, group: Group) -> Group:
    """Where it is said who decides, consent in one form is as good as in another: ratifies, votes, agrees."""

    def one(w: Wanted) -> Wanted:
        forms = all(APPROVAL in lexicon.above.get(c, ()) for c in w.circumstances)
        deciding = set(w.by.classes) & set(DECIDING) or any(lexicon.classes.get(a, set()) & set(DECIDING) for a in w.by.actors)
        if w.by != Pick() and forms and (w.circumstances or (deciding and not w.kinds)):
            return replace(w, circumstances=(), kinds=union(w.kinds, ("approval",)))
        return w

    return replace(group, any_of=tuple(map(one, group.any_of)))
