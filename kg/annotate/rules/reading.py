"""One article -> one annotation: statements, what they commit to, on what it hangs, and who all these are.

The parts are found apart (`statements.py`, `deeds.py`) and know only words; here they get ids, actors, concepts and dates. A
statement that commits to two things becomes two that share their words, as an annotation says one thing in each.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace

from kg.annotate.rules.dates import resolve
from kg.annotate.rules.deeds import find_deeds
from kg.annotate.rules.found import Deed, Outcome, Said, Use
from kg.annotate.rules.naming import Naming, split_names
from kg.annotate.rules.statements import find_statements
from kg.model import (
    Annotation,
    Annotator,
    Article,
    Claim,
    Commitment,
    Condition,
    ConditionUse,
    Reference,
    Registry,
    Span,
    Statement,
)
from kg.text import sentences
from kg.vocabulary import FORCES_WITHOUT_STANCE

NAME, VERSION = "rules", "0.1"
OF_STANCE = {"pledged": "pledges", "open": "offers", "refused": "refuses", "withdrawn": "withdraws"}


def read_rules(article: Article, registry: Registry) -> Annotation:
    """What the rules find in an article; the same for the same text, date and registry.

    >>> article = Article("a", "Merz said Germany would send troops if the Bundestag agrees.", published="2026-01-08")
    >>> read = read_rules(article, Registry())
    >>> [(s.force, s.stance, s.conditions[0].id) for s in read.statements], read.conditions[0].text.text
    ([('pledges', 'pledged', 'k1')], 'the Bundestag agrees')
    """
    return _Reading(article, registry).read()


@dataclass
class _Reading:
    article: Article
    registry: Registry
    naming: Naming = field(init=False)
    statements: list[Statement] = field(default_factory=list)
    commitments: dict[tuple[int, int, tuple[str, ...]], Commitment] = field(default_factory=dict)
    conditions: dict[tuple[int, int], Condition] = field(default_factory=dict)
    claims: dict[tuple[int, int], Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.naming = Naming(self.registry, self.article.published)

    def read(self) -> Annotation:
        text = self.article.text
        said = find_statements(text)
        covered: list[tuple[int, int]] = sorted((span.start, span.end) for one in said for span in one.content)
        queue: list[tuple[int, int | None, Said]] = [(one.content[0].start, at, one) for at, one in enumerate(said)]
        queue += [(one.content[0].start, None, one) for one in self._narrated(covered)]
        first_ids = [""] * len(said)
        for _, at, one in sorted(queue, key=lambda entry: (entry[0], entry[1] is None, entry[1] or 0)):
            first = self._say(one, first_ids)
            if at is not None:
                first_ids[at] = first
        return Annotation(
            Annotator(NAME, VERSION), tuple(self.statements), tuple(self.commitments.values()), tuple(self.conditions.values()),
            tuple(self.claims.values()), tuple(sorted(self.naming.minted.values(), key=lambda actor: actor.id)),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------------ statements

    def _narrated(self, covered: list[tuple[int, int]]) -> list[Said]:
        """Sentences in the article's own voice that carry a commitment or a condition no statement carries."""
        found = []
        text = self.article.text
        for start, end in sentences(text):
            told = [deed for deed in find_deeds(text, start, end, ()) if not _touches(covered, _place(deed))]
            if not told:
                continue
            stop = end - 1 if text[end - 1] in ".!?" and end - 1 > start else end
            content = Span.of(text, start, stop)
            if not _touches(covered, content) or any(isinstance(deed, Deed) for deed in told):
                force = "pledges" if any(isinstance(deed, Deed) for deed in told) else "asserts"
                found.append(Said((self._free(content, covered),), "indirect", force, None, (), None, None, 0.5, "narration"))
        return found

    def _free(self, content: Span, covered: list[tuple[int, int]]) -> Span:
        """The part of a sentence before the first statement in it, if that is most of it."""
        inside = [start for start, end in covered if content.start < start < content.end]
        if inside and inside[0] - content.start > 30:
            return Span.of(self.article.text, content.start, inside[0])
        return content

    def _say(self, said: Said, first_ids: list[str]) -> str:
        """Adds the statements that one speech act becomes; the id of the first."""
        text = self.article.text
        speaker = tuple(self.naming.link(part) for span in said.speakers for part in split_names(text, span))
        deeds = [deed for span in said.content for deed in find_deeds(text, span.start, span.end, said.speakers)]
        if said.found_by == "narration":
            said_spans = [s for one in self.statements for s in one.content]
            deeds = [d for d in deeds if not any(s.start <= _place(d).start < s.end for s in said_spans)]
        base = Statement(
            "", tuple(sorted(said.content)), said.mode, said.force, speaker, cue=said.cue, said_on=self._said_on(said),
            relayed_by=(first_ids[said.relayed_by] or None) if said.relayed_by is not None else None,
            confidence=round(said.confidence, 2), found_by=said.found_by or None,
        )  # fmt: skip
        made = [self._expressed(base, deed, speaker) for deed in deeds] or [base]
        first = f"s{len(self.statements) + 1}"
        for statement in made:
            self.statements.append(replace(statement, id=f"s{len(self.statements) + 1}"))
        return first

    def _said_on(self, said: Said) -> Reference | None:
        if said.said_on is None:
            return None
        day = resolve(said.said_on.text, self.article.published)
        return Reference(day, said.said_on, 0.8 if day else 0.3, "date")

    def _expressed(self, base: Statement, deed: Deed | Outcome, speaker: tuple[Reference, ...]) -> Statement:
        uses = self._uses(deed.uses)
        if isinstance(deed, Outcome):
            return replace(base, expresses=self._claim(deed), conditions=uses)
        commitment = self._commitment(deed, speaker)
        if base.force in FORCES_WITHOUT_STANCE:
            return replace(base, expresses=commitment, conditions=uses)
        return replace(
            base, force=_force(base.force, deed, bool(speaker)), expresses=commitment, stance=deed.stance, strength=deed.strength if deed.stance == "pledged" else None,
            only_in=self._places(deed.only_in), not_in=self._places(deed.not_in), conditions=uses,
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------------ what they express

    def _commitment(self, deed: Deed, speaker: tuple[Reference, ...]) -> str:
        text = self.article.text
        committer = tuple(self._acting(self.naming.link(part)) for span in deed.committer for part in split_names(text, span))
        committer = committer or tuple(self._acting(reference) for reference in speaker)
        key = (deed.action.start, deed.action.end, tuple(sorted(r.target for r in committer)))
        if key not in self.commitments:
            action = Reference(
                self.registry.concept_of("actions", deed.action), deed.action, round(deed.confidence, 2), deed.found_by or None
            )
            named = [self.naming.link(span) if span else None for span in (deed.beneficiary, deed.against)]
            ordered = tuple(sorted(set(committer), key=lambda r: (r.span is None, r.span or Span(0, 0, ""), r.target)))
            self.commitments[key] = Commitment(f"c{len(self.commitments) + 1}", ordered, action, named[0], named[1])
        return self.commitments[key].id

    def _acting(self, reference: Reference) -> Reference:
        """An office-holder's act is the act of the state or body: the words stay the person's."""
        tenure = self.naming.tenure_of(reference.target)
        return (
            replace(reference, target=tenure.of, confidence=min(reference.confidence or 1, 0.8), found_by="office held")
            if tenure
            else reference
        )

    def _claim(self, outcome: Outcome) -> str:
        key = (outcome.text.start, outcome.text.end)
        if key not in self.claims:
            self.claims[key] = Claim(
                f"q{len(self.claims) + 1}", outcome.text, outcome.about, outcome.measure, outcome.lowest, outcome.highest, outcome.unit,
                confidence=round(outcome.confidence, 2), found_by=outcome.found_by or None,
            )  # fmt: skip
        return self.claims[key].id

    def _uses(self, uses: tuple[Use, ...]) -> tuple[ConditionUse, ...]:
        made: dict[tuple[str, str, str], ConditionUse] = {}
        for use in uses:
            key = (use.text.start, use.text.end)
            if key not in self.conditions:
                by = tuple(sorted((self.naming.link(span) for span in use.by), key=lambda r: (r.span or Span(0, 0, ""), r.target)))
                self.conditions[key] = Condition(
                    f"k{len(self.conditions) + 1}", use.text, self.registry.concept_of("circumstances", use.text), use.kind, by,
                    confidence=round(use.confidence, 2), found_by=use.found_by or None,
                )  # fmt: skip
            id = self.conditions[key].id
            made.setdefault(
                (id, use.polarity, use.role),
                ConditionUse(id, use.polarity, use.role, use.marker, use.group, round(use.confidence, 2), use.found_by or None),
            )
        return tuple(made.values())

    def _places(self, spans: tuple[Span, ...]) -> tuple[Reference, ...]:
        return tuple(Reference(self.registry.concept_of("places", span), span, 0.7, "place") for span in sorted(spans))


def _place(deed: Deed | Outcome) -> Span:
    return deed.action if isinstance(deed, Deed) else deed.text


def _touches(covered: list[tuple[int, int]], span: Span) -> bool:
    """Whether a span shares a character with one of the sorted ranges."""
    at = bisect_right(covered, (span.end, 0))
    return any(start < span.end and span.start < end for start, end in covered[max(0, at - 8) : at])


def _force(force: str, deed: Deed, told: bool) -> str:
    """The force of a statement that commits: the deed's where the cue only says, the cue's else."""
    if not told or force in ("asserts", "pledges", "offers", "refuses"):
        made = OF_STANCE[deed.stance]
        return made if not told or force != "asserts" or not deed.committer else force
    return force
