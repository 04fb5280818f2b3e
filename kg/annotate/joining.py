"""Several annotations of one article -> one: ids by their order, nothing twice, nothing that nobody says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kg.model import Annotation, Annotator, Article, Claim, Commitment, Condition, ConditionUse, Reference, Registry, Statement
from kg.triples import same_statements


def join(article: Article, registry: Registry, parts: Sequence[Annotation]) -> Annotation:
    """One annotation that says all that the parts say, in the order of the text; it has no annotator's name."""
    every = [_apart(part, f"{at}.") for at, part in enumerate(parts)]
    actors = {actor.id: actor for part in reversed(every) for actor in part.actors}
    made = Annotation(
        Annotator(""), tuple(sorted((s for part in every for s in part.statements), key=lambda s: s.content)),
        tuple(c for part in every for c in part.commitments), tuple(k for part in every for k in part.conditions),
        tuple(q for part in every for q in part.claims), tuple(sorted(actors.values(), key=lambda actor: actor.id)),
    )  # fmt: skip
    return tidied(article, registry, made)


def _apart(part: Annotation, mark: str) -> Annotation:
    """The annotation with a mark before each of its ids, so that they meet no others."""

    def marked(id: str | None) -> str | None:
        return mark + id if id else id

    return replace(
        part,
        statements=tuple(replace(s, id=mark + s.id, relayed_by=marked(s.relayed_by), expresses=marked(s.expresses), conditions=tuple(
            replace(u, id=mark + u.id) for u in s.conditions)) for s in part.statements),
        commitments=tuple(replace(c, id=mark + c.id, part_of=marked(c.part_of)) for c in part.commitments),
        conditions=tuple(replace(k, id=mark + k.id, depends_on=tuple(mark + id for id in k.depends_on), fulfilled_by=marked(k.fulfilled_by))
                         for k in part.conditions),
        claims=tuple(replace(q, id=mark + q.id, says=(q.says[0], mark + q.says[1]) if q.says else None) for q in part.claims),
    )  # fmt: skip


def tidied(article: Article, registry: Registry, annotation: Annotation) -> Annotation:
    """The annotation without statements that are one thing with an earlier one, without what no statement uses, ids in order."""
    conditions = {k.id: k for k in annotation.conditions}
    said = replace(annotation, statements=tuple(_one_way(s, conditions) for s in annotation.statements))
    twice = {second for _, second in same_statements(article, said, registry)}
    return renumbered(used_only(replace(said, statements=tuple(s for s in said.statements if s.id not in twice))))


def used_only(annotation: Annotation) -> Annotation:
    """The annotation without commitments, conditions, claims and actors that no statement leads to."""
    statements = annotation.statements
    wanted = {s.expresses for s in statements} | {u.id for s in statements for u in s.conditions}
    wanted |= set(_followed(annotation, wanted))
    kept = replace(
        annotation, commitments=tuple(c for c in annotation.commitments if c.id in wanted),
        conditions=tuple(k for k in annotation.conditions if k.id in wanted), claims=tuple(q for q in annotation.claims if q.id in wanted),
    )  # fmt: skip
    named = set(targets(kept))
    named |= {body for actor in kept.actors if actor.id in named for body in actor.member_of}
    ids = {s.id for s in statements}
    told = tuple(s if s.relayed_by in ids else replace(s, relayed_by=None) for s in statements)
    return replace(kept, statements=told, actors=tuple(actor for actor in kept.actors if actor.id in named))


def _followed(annotation: Annotation, wanted: Iterable[str | None]) -> Iterator[str]:
    """The ids that these lead to, and those in turn."""
    leads: dict[str, list[str | None]] = {c.id: [c.part_of] for c in annotation.commitments}
    leads |= {k.id: [*k.depends_on, k.fulfilled_by] for k in annotation.conditions}
    leads |= {q.id: [q.says[1] if q.says else None] for q in annotation.claims}
    seen: set[str] = set()
    waiting = [id for id in wanted if id]
    while waiting:
        id = waiting.pop()
        if id not in seen:
            seen.add(id)
            yield id
            waiting += [next for next in leads.get(id, []) if next]


def renumbered(annotation: Annotation) -> Annotation:
    """The same with the ids s1, c1, k1, q1 … in the order in which the entries stand; what refers to nothing refers to nothing any more."""
    lists: dict[str, Sequence[Statement | Commitment | Condition | Claim]] = {
        "s": annotation.statements,
        "c": annotation.commitments,
        "k": annotation.conditions,
        "q": annotation.claims,
    }
    ids = {thing.id: f"{letter}{n}" for letter, things in lists.items() for n, thing in enumerate(things, 1)}
    at = ids.get
    return replace(
        annotation,
        statements=tuple(replace(s, id=ids[s.id], relayed_by=at(s.relayed_by or ""), expresses=at(s.expresses or ""), conditions=tuple(
            replace(u, id=ids[u.id]) for u in s.conditions if u.id in ids)) for s in annotation.statements),
        commitments=tuple(replace(c, id=ids[c.id], part_of=at(c.part_of or "")) for c in annotation.commitments),
        conditions=tuple(replace(k, id=ids[k.id], depends_on=tuple(ids[id] for id in k.depends_on if id in ids), fulfilled_by=at(k.fulfilled_by or ""))
                         for k in annotation.conditions),
        claims=tuple(replace(q, id=ids[q.id], says=(q.says[0], ids[q.says[1]]) if q.says and q.says[1] in ids else None) for q in annotation.claims),
    )  # fmt: skip


def references(annotation: Annotation) -> Iterator[Reference]:
    """Every reference to an actor."""
    for s in annotation.statements:
        yield from (*s.speaker, *s.possible_speakers, *s.on_behalf_of, *s.addressee)
    for c in annotation.commitments:
        yield from (*c.committer, *(r for r in (c.beneficiary, c.against) if r))
    for k in annotation.conditions:
        yield from k.by


def targets(annotation: Annotation) -> Iterator[str]:
    """The id of every actor that is named."""
    return (reference.target for reference in references(annotation))


def _one_way(statement: Statement, conditions: Mapping[str, Condition]) -> Statement:
    """The statement with each condition bound in one way: two entries may be one thing in the graph, as may two places."""
    uses: dict[object, ConditionUse] = {}
    for use in statement.conditions:
        k = conditions[use.id]
        uses.setdefault((k.circumstance, k.kind, frozenset(r.target for r in k.by)), use)
    only = {r.target for r in statement.only_in}
    return replace(statement, conditions=tuple(uses.values()), not_in=tuple(r for r in statement.not_in if r.target not in only))
