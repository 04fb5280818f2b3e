"""What is scored: a reading of an article taken apart into items and relations, and the layers they are compared at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg.model import Annotation, Article, Commitment, Reference, Span, Statement, slug


@dataclass(frozen=True, slots=True)
class Layer:
    """One row of the table: its name, the things it is about, and how it is compared.

    `by` is `found` (the things themselves), `span` (words of a thing), `value` (ids or figures of a thing), `category`
    (a value every thing has one of; none is one more) or `pair` (a relation of two things).
    """

    name: str
    of: str
    by: str


LAYERS = tuple(
    Layer(name, of, by)
    for of, by, names in (
        ("statements", "found", ("statements", "direct content")),
        ("statements", "span", ("speaker span", "cue")),
        ("statements", "value", ("speaker actor", "on behalf of", "places")),
        ("statements", "category", ("mode", "force")),
        ("commitments", "found", ("commitments", "commitment action")),
        ("commitments", "span", ("committer span", "beneficiary span")),
        ("commitments", "value", ("committer actor", "beneficiary actor", "action concept", "strength")),
        ("commitments", "category", ("stance",)),
        ("conditions", "found", ("conditions",)),
        ("conditions", "span", ("marker", "decider span")),
        ("conditions", "value", ("decider actor", "circumstance")),
        ("conditions", "category", ("polarity", "as", "kind")),
        ("claims", "found", ("claims",)),
        ("claims", "value", ("measure", "lowest", "highest")),
        ("conditions", "pair", ("link", "depends on")),
        ("statements", "pair", ("expresses", "relayed by")),
    )
    for name in names
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a reader found: its words, and by layer the words and the values said of it (absent or empty where none).

    `id` is unique within one `Layers`. Keys that are no layer's name help to tell apart things of the same words.
    """

    id: str
    spans: tuple[Span, ...]
    words: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        """Its words, the parts of a split one joined by an ellipsis; its id where it has none."""
        return joined(self.spans) or self.id


@dataclass(frozen=True, slots=True)
class Layers:
    """One reading of one article, taken apart: its items by kind of thing, and pairs of item ids by relation.

    `text` is the article's SHA-256; `silent` names the layers that this form of annotation cannot speak of, which are then
    not scored. Where the form gives words without their place, `elsewhere` holds for such a span all places of the words.
    """

    article: str
    text: str
    items: Mapping[str, tuple[Item, ...]]
    pairs: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    elsewhere: Mapping[Span, tuple[Span, ...]] = field(default_factory=dict)


def items(article: Article, annotation: Annotation) -> Layers:
    """The layers of one annotation of Proviso's own form.

    A commitment is one item for each stance it is expressed with; where its action has no words of its own, the words of
    the statements that express it stand for it. Likewise polarity and marker are gathered from a condition's uses.

    >>> from kg.model import Annotator
    >>> said = Statement("s1", (Span(12, 14, "no"),), "indirect", "refuses")
    >>> items(Article("a", "Macron said no."), Annotation(Annotator("me"), (said,))).items["statements"][0].values["force"]
    ('refuses',)
    """
    names = {actor.id: slug(actor.label) for actor in annotation.actors}  # their ids are the file's own
    by_kind = {
        "statements": tuple(_statement(s, annotation, names) for s in annotation.statements),
        "commitments": tuple(i for c in annotation.commitments for i in _commitment(c, annotation.statements, names)),
        "conditions": tuple(_conditions(annotation, names)),
        "claims": tuple(_claims(annotation)),
    }
    return Layers(article.id, article.sha256, by_kind, _pairs(annotation))


def _statement(s: Statement, annotation: Annotation, names: Mapping[str, str]) -> Item:
    actions = {c.id: c.action for c in annotation.commitments}
    claims = {c.id: c.text for c in annotation.claims}
    action = actions.get(s.expresses or "")
    expressed = (action.span if action else None) or claims.get(s.expresses or "")
    places = [f"only in {r.target}" for r in s.only_in] + [f"not in {r.target}" for r in s.not_in]
    words = {"speaker span": _words(s.speaker), "cue": _one(s.cue), "expressed": _one(expressed)}
    values = {
        "speaker actor": _ids(s.speaker, names), "on behalf of": _ids(s.on_behalf_of, names), "places": tuple(sorted(places)),
        "mode": (s.mode,), "force": (s.force,), "expressed": (action.target,) if action else (), "stance": _known(s.stance),
    }  # fmt: skip
    return Item(f"statement {s.id}", tuple(sorted(s.content)), words, values)


def _commitment(c: Commitment, statements: Sequence[Statement], names: Mapping[str, str]) -> Iterator[Item]:
    for stance, saying in _by_stance(c, statements).items():
        toward = [(word, r) for word, r in (("for", c.beneficiary), ("against", c.against)) if r]
        values = {
            "committer actor": _ids(c.committer, names), "action concept": (c.action.target,), "stance": _known(stance),
            "strength": tuple(sorted({s.strength for s in saying if s.strength})),
            "beneficiary actor": tuple(f"{word} {names.get(r.target, r.target)}" for word, r in toward),
        }  # fmt: skip
        words = {"committer span": _words(c.committer), "beneficiary span": _words(r for _, r in toward)}
        own = _one(c.action.span) or tuple(sorted({span for s in saying for span in s.content}))
        yield Item(f"commitment {c.id} {stance}", own, words, values)


def _by_stance(c: Commitment, statements: Sequence[Statement]) -> dict[str, list[Statement]]:
    """The statements that express a commitment, by their stance; "" where they have none, or there are none."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for s in statements:
        if s.expresses == c.id:
            found[s.stance or ""].append(s)
    return found or {"": []}


def _conditions(annotation: Annotation, names: Mapping[str, str]) -> Iterator[Item]:
    for c in annotation.conditions:
        uses = [use for s in annotation.statements for use in s.conditions if use.id == c.id]
        words = {"marker": tuple(sorted({u.marker for u in uses if u.marker})), "decider span": _words(c.by)}
        values = {
            "kind": (c.kind,), "circumstance": (c.circumstance,), "decider actor": _ids(c.by, names),
            "polarity": tuple(sorted({u.polarity for u in uses})), "as": tuple(sorted({u.role for u in uses})),
        }  # fmt: skip
        yield Item(f"condition {c.id}", (c.text,), words, values)


def _claims(annotation: Annotation) -> Iterator[Item]:
    for c in annotation.claims:
        # 30 and 30.0 are one figure
        lowest, highest = (() if figure is None else (f"{figure:.15g}",) for figure in (c.lowest, c.highest))
        values = {"measure": _known(c.measure), "lowest": lowest, "highest": highest}
        yield Item(f"claim {c.id}", (c.text,), values=values)


def _pairs(annotation: Annotation) -> dict[str, frozenset[tuple[str, str]]]:
    expressed = {s.id: _expressed(s, annotation) for s in annotation.statements}
    every = annotation.statements
    return {
        # a condition bounds what its statement expresses; where that is nothing, the statement itself
        "link": frozenset((f"condition {u.id}", expressed[s.id] or f"statement {s.id}") for s in every for u in s.conditions),
        "depends on": frozenset((f"condition {c.id}", f"condition {on}") for c in annotation.conditions for on in c.depends_on),
        "expresses": frozenset((f"statement {id}", thing) for id, thing in expressed.items() if thing),
        "relayed by": frozenset((f"statement {s.id}", f"statement {s.relayed_by}") for s in every if s.relayed_by),
    }


def _expressed(s: Statement, annotation: Annotation) -> str:
    if any(c.id == s.expresses for c in annotation.commitments):
        return f"commitment {s.expresses} {s.stance or ''}"
    return f"claim {s.expresses}" if any(c.id == s.expresses for c in annotation.claims) else ""


def _words(references: Iterable[Reference]) -> tuple[Span, ...]:
    return tuple(sorted({r.span for r in references if r.span}))


def _one(span: Span | None) -> tuple[Span, ...]:
    return (span,) if span else ()


def _known(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _ids(references: Iterable[Reference], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({names.get(r.target, r.target) for r in references}))


def joined(spans: Sequence[Span]) -> str:
    """The words of some spans, the parts of a split one joined by an ellipsis."""
    return " … ".join(span.text for span in spans)
