"""Rules and a model read the same article and vote: what both say is surer, where they differ a person should look.

The rules' reading stays as it is, so nothing a model says can change it; what the model alone says is added. Where they differ,
the statement's `found_by` says what each of them says, and its confidence is low.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.annotate.joining import join
from kg.annotate.llm.passages import Passage
from kg.annotate.llm.reading import Reader, shared
from kg.annotate.reading import NAME as RULES
from kg.annotate.reading import VERSION, read_rules
from kg.model import Annotation, Annotator, Article, Registry, Span, Statement

ALONE, APART = 0.35, 0.2  # the most that a statement is sure where one of the two is alone with it, and where they differ on it
SAME = 0.5  # share of characters from which two statements are one
DISAGREEMENT = "rules: "  # how the found_by of a statement begins on which they differ


@dataclass(frozen=True, slots=True)
class Both:
    """Reads articles by the rules and with a model."""

    model: Reader

    def __call__(self, article: Article, registry: Registry) -> Annotation:
        """What either of the two finds, with how far they agree; raises ModelError where the model cannot be asked."""
        model, unread = self.model.read(article, registry)
        return vote(article, registry, read_rules(article, registry), model, unread)


def vote(article: Article, registry: Registry, rules: Annotation, model: Annotation, unread: Sequence[Passage] = ()) -> Annotation:
    """One annotation of two: each statement of the rules, agreed on or not, and those of the model that the rules have not.

    Where passages are `unread` by the model nobody votes: a statement of the rules that stands in one, and that the model has not, stays as it is.
    """
    pairs = _pairs(rules, model)
    ours = [s if s.id not in pairs and _stands_in(s, unread) else _judged(s, rules, pairs.get(s.id), model) for s in rules.statements]
    met = {other.id for other in pairs.values()}
    theirs = [_lowered(s, ALONE, f"{DISAGREEMENT}nothing; llm: {_words(s, model)}") for s in model.statements if s.id not in met]
    parts = (replace(rules, statements=tuple(ours)), replace(model, statements=tuple(theirs)))
    annotator = Annotator(f"{RULES} and {model.annotator.name}", f"{VERSION}; {model.annotator.version}")
    return replace(join(article, registry, parts), annotator=annotator)


def _stands_in(s: Statement, passages: Sequence[Passage]) -> bool:
    return any(span.start < passage.end and passage.start < span.end for span in s.content for passage in passages)


def _pairs(rules: Annotation, model: Annotation) -> dict[str, Statement]:
    """For each statement of the rules the one of the model that is most like it, each taken once."""
    alike = sorted(
        (-_likeness(a, rules, b, model), a.id, b.id)
        for a in rules.statements
        for b in model.statements
        if shared(a.content, b.content) > SAME
    )
    theirs = {s.id: s for s in model.statements}
    pairs: dict[str, Statement] = {}
    for _, a, b in alike:
        if a not in pairs and b in theirs:
            pairs[a] = theirs.pop(b)
    return pairs


def _likeness(a: Statement, rules: Annotation, b: Statement, model: Annotation) -> float:
    return shared(a.content, b.content) + shared(_deed(a, rules), _deed(b, model))


def _deed(s: Statement, annotation: Annotation) -> Sequence[Span]:
    """The words of what a statement expresses."""
    spans = [c.action.span for c in annotation.commitments if c.id == s.expresses] + [
        q.text for q in annotation.claims if q.id == s.expresses
    ]
    return [span for span in spans if span]


def _judged(s: Statement, rules: Annotation, other: Statement | None, model: Annotation) -> Statement:
    ours = _words(s, rules)
    if other is None:
        return _lowered(s, ALONE, f"{DISAGREEMENT}{ours}; llm: nothing")
    if _meaning(s, rules) == _meaning(other, model) and _same_deed(s, rules, other, model):
        sure = s.confidence or 0.5
        return replace(s, confidence=round(sure + (1 - sure) / 2, 2), found_by=f"{s.found_by or RULES} and llm")
    return _lowered(s, APART, f"{DISAGREEMENT}{ours}; llm: {_words(other, model)}")


def _lowered(s: Statement, most: float, found_by: str) -> Statement:
    return replace(s, confidence=min(most, s.confidence or most), found_by=found_by)


def _meaning(s: Statement, annotation: Annotation) -> tuple[object, ...]:
    """What must be equal: who speaks, with which force, whether somebody commits to something and how, on how many conditions of which kind."""
    kinds = {k.id: k.kind for k in annotation.conditions}
    committers = next((frozenset(r.target for r in c.committer) for c in annotation.commitments if c.id == s.expresses), None)
    uses = sorted((use.polarity, kinds[use.id]) for use in s.conditions)
    return frozenset(r.target for r in s.speaker), s.force, s.stance, s.strength, committers, uses


def _same_deed(s: Statement, rules: Annotation, other: Statement, model: Annotation) -> bool:
    ours, theirs = _deed(s, rules), _deed(other, model)
    return (not ours and not theirs) or shared(ours, theirs) > SAME


def _words(s: Statement, annotation: Annotation) -> str:
    """A statement's meaning in a few words: *germany pledges (pledged firm) “send troops”, if “the Bundestag agrees”*.

    The article's words stand in quotation marks, so that none of them can be taken for ours.
    """
    who = " and ".join(sorted(r.target for r in s.speaker)) or "nobody"
    deed = _deed(s, annotation)
    texts = {k.id: k.text.text for k in annotation.conditions}
    bounds = "".join(f", {use.polarity} “{texts[use.id]}”" for use in s.conditions)
    stance = " ".join(filter(None, (s.stance, s.strength)))
    return " ".join(filter(None, (who, s.force, f"({stance})" if stance else "", f"“{deed[0].text}”" if deed else ""))) + bounds
