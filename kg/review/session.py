"""One article under review: what is still to be decided, in which order, and what a decision makes of the reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from kg.annotate.document import parse_document
from kg.annotate.from_file import resolve
from kg.annotate.joining import references, used_only
from kg.annotate.llm.voting import DISAGREEMENT
from kg.annotate.to_file import as_yaml, to_document
from kg.check import check_reading
from kg.errors import AnnotationError
from kg.model import Annotation, Article, Claim, Commitment, Condition, Registry, Statement

ACCEPTED, CORRECTED = "accepted by a person", "corrected by a person"
PIECE = "what was edited"  # the name of a piece in findings
Entry = TypeVar("Entry", bound=Statement | Commitment | Condition | Claim)


@dataclass
class Review:
    """A reading while a person goes through it; `skipped` holds the ids of statements that are left for another day."""

    article: Article
    registry: Registry
    annotation: Annotation
    skipped: set[str] = field(default_factory=set)

    def undecided(self) -> list[Statement]:
        """The statements nobody has decided on: first those on which rules and a model differ, then by doubt, then in the text's order."""
        open_ = [s for s in self.annotation.statements if not is_decided(s)]
        return sorted(open_, key=lambda s: (not (s.found_by or "").startswith(DISAGREEMENT), self.sure(s), s.content, s.id))

    def next(self) -> Statement | None:
        """The one to be shown now; None where all are decided or skipped."""
        return next((s for s in self.undecided() if s.id not in self.skipped), None)

    def sure(self, statement: Statement) -> float:
        """How sure the least sure part of a statement is, from 0 to 1."""
        return min(_confidences(self.piece(statement)), default=1.0)

    def piece(self, statement: Statement) -> Annotation:
        """A statement with all that it leads to."""
        return used_only(replace(self.annotation, statements=(statement,)))

    # ------------------------------------------------------------------------------------------------ decisions

    def accept(self, id: str) -> None:
        """Takes a statement as it is."""
        self._replace(id, lambda s: (_decided(s, f"{s.found_by}, {ACCEPTED}" if s.found_by else ACCEPTED),))

    def reject(self, id: str) -> None:
        """Takes a statement out, and what only it led to."""
        self._replace(id, lambda s: ())

    def skip(self, id: str) -> None:
        """Leaves a statement undecided, and shows it no more in this sitting."""
        self.skipped.add(id)

    def text_of(self, id: str) -> str:
        """A statement with all that it leads to as YAML to edit."""
        statement = next(s for s in self.annotation.statements if s.id == id)
        document = to_document(self.article, self.piece(statement), brief=True)
        return as_yaml({key: value for key, value in document.items() if key not in ("article", "annotator")})

    def correct(self, id: str, text: str) -> None:
        """Puts what a person has made of a statement's YAML in its place: other words, more statements, or none.

        What other statements lead to as well changes for them too; but where a person has decided on one of them, what was made is kept apart.
        Raises AnnotationError, and changes nothing, where that cannot be read or breaks a rule.
        """
        before = next(s for s in self.annotation.statements if s.id == id)
        old = self.piece(before)
        made = resolve(parse_document(text.encode("utf-8", "surrogatepass"), PIECE), self.article, self.registry).annotation
        made = _without_clashes(made, _ids(old) - self._taken(made, but=id), self.annotation)
        new = tuple(_decided(s, CORRECTED) for s in made.statements)
        if new:
            new = (replace(new[0], relayed_by=new[0].relayed_by or before.relayed_by), *new[1:])
        every = tuple(one for s in self.annotation.statements for one in (new if s.id == id else (s,)))
        changed = used_only(
            replace(
                self.annotation, statements=every, commitments=_with(self.annotation.commitments, made.commitments),
                conditions=_with(self.annotation.conditions, made.conditions), claims=_with(self.annotation.claims, made.claims),
                actors=tuple({a.id: a for a in (*self.annotation.actors, *made.actors)}.values()),
            )
        )  # fmt: skip
        errors = check_reading(self.article, changed, self.registry).errors
        if errors:
            raise AnnotationError([finding._replace(file=PIECE) for finding in errors])
        self.annotation = changed

    def _taken(self, made: Annotation, but: str) -> set[str]:
        """The entries that were made otherwise, or lead to one that was, though a decided statement leads to them: each becomes an entry of its own."""
        decided = tuple(s for s in self.annotation.statements if s.id != but and is_decided(s))
        there = {entry.id: entry for entry in _entries(used_only(replace(self.annotation, statements=decided)))}
        shared = [entry for entry in _entries(made) if entry.id in there]
        taken = {entry.id for entry in shared if entry != there[entry.id]}
        while more := {entry.id for entry in shared if entry.id not in taken and not taken.isdisjoint(_leads(entry))}:
            taken |= more
        return taken

    def _replace(self, id: str, make: Any) -> None:
        every = tuple(one for s in self.annotation.statements for one in (make(s) if s.id == id else (s,)))
        self.annotation = used_only(replace(self.annotation, statements=every))


def is_decided(statement: Statement) -> bool:
    """Whether a person has accepted or corrected a statement: it says so, and is as sure as a decision makes it."""
    return statement.confidence == 1.0 and (statement.found_by or "").endswith((ACCEPTED, CORRECTED))


def _decided(statement: Statement, found_by: str) -> Statement:
    return replace(statement, confidence=1.0, found_by=found_by)


def _confidences(piece: Annotation) -> Iterator[float]:
    every: list[Any] = [*piece.statements, *piece.conditions, *piece.claims, *references(piece)]
    every += [use for s in piece.statements for use in s.conditions] + [c.action for c in piece.commitments]
    yield from (one.confidence for one in every if one.confidence is not None)


def _with(entries: tuple[Entry, ...], made: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries, those of the same id as they were made now, and what is new."""
    by_id: dict[str, Entry] = {entry.id: entry for entry in (*entries, *made)}
    return tuple(by_id.values())


def _without_clashes(made: Annotation, own: set[str], whole: Annotation) -> Annotation:
    """What was made, but for what has its `own` ids under ids that nothing else in the reading has."""
    taken = _ids(whole)
    names: dict[str | None, str] = {}
    for id in sorted(_ids(made)):
        new = id
        while new not in own and new in taken:
            new += "+"
        names[id] = new
        taken.add(new)

    def at(id: str | None) -> str | None:
        return names.get(id, id)

    return replace(
        made,
        statements=tuple(replace(s, id=names[s.id], relayed_by=at(s.relayed_by), expresses=at(s.expresses), conditions=tuple(
            replace(use, id=names[use.id]) for use in s.conditions)) for s in made.statements),
        commitments=tuple(replace(c, id=names[c.id], part_of=at(c.part_of)) for c in made.commitments),
        conditions=tuple(replace(k, id=names[k.id], depends_on=tuple(names[id] for id in k.depends_on), fulfilled_by=at(k.fulfilled_by))
                         for k in made.conditions),
        claims=tuple(replace(q, id=names[q.id], says=(q.says[0], names[q.says[1]]) if q.says else None) for q in made.claims),
    )  # fmt: skip


def _ids(annotation: Annotation) -> set[str]:
    return {entry.id for entry in (*annotation.statements, *_entries(annotation))}


def _entries(annotation: Annotation) -> tuple[Commitment | Condition | Claim, ...]:
    return (*annotation.commitments, *annotation.conditions, *annotation.claims)


def _leads(entry: Commitment | Condition | Claim) -> set[str | None]:
    """The ids that an entry names."""
    match entry:
        case Commitment():
            return {entry.part_of}
        case Condition():
            return {*entry.depends_on, entry.fulfilled_by}
        case Claim():
            return {entry.says[1]} if entry.says else set()
