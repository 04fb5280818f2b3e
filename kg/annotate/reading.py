"""One article -> one annotation: statements, what they commit to, on what it hangs, and who all these are.

What is told is found apart (`telling/`) and knows only words; here it gets ids, actors, concepts and dates. A statement
that commits to two things becomes two that share their words, as an annotation says one thing in each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kg.annotate.rules.dates import resolve
from kg.annotate.rules.edges import DAYS
from kg.annotate.rules.found import ELLIPSIS, Deed, Outcome, Said, Use
from kg.annotate.rules.naming import BODIES, CONTRACTED, PEOPLE, Naming
from kg.annotate.rules.words import read_words
from kg.annotate.telling import Told, tell_by_network, tell_by_patterns
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
from kg.vocabulary import FORCES_WITHOUT_STANCE

NAME, VERSION = "rules", "0.3"
THEIR_OWN = re.compile(
    r"(?:his|her|their|its|our|my) (?:own )?(?:country|nation|government|state|countries|nations|administration)(?:['’]s)?", re.IGNORECASE
)
# Nouns for whoever is spoken of, and the kinds of actor that they stand for.
STAND_INS = {
    **dict.fromkeys(
        (
            "the country",
            "the nation",
            "the government",
            "the military",
            "the kingdom",
            "the republic",
            "the emirate",
            "the islamic republic",
        ),
        ("state",),
    ),
    **dict.fromkeys(("the group", "the company", "the agency"), ("institution", "alliance")),
}
# What saying so does that says no more than how one stands to an act: it follows from the stance.
FORCE_OF = {"pledged": "pledges", "open": "offers", "refused": "refuses", "withdrawn": "withdraws"}
PLAIN_FORCES = frozenset(("asserts", *FORCE_OF.values()))
MOTION = frozenset(
    ["travel", "go", "visit", "fly", "return", "come", "move", "relocate", "drive", "sail", "attend", "fight"]
)  # to where, or against what; for nobody
NEXT = 40  # code points after a name that are read for a noun
THEM = frozenset({"them", "him", "her"})  # never who does it to them
OURSELVES = frozenset({"we", "i", "us", "our", "my", "me", "ourselves"})


def read_rules(article: Article, registry: Registry) -> Annotation:
    """What the rules find in an article; the same for the same text, date and registry.

    >>> article = Article("a", "Merz said Germany would send troops if the Bundestag agrees.", published="2026-01-08")
    >>> read = read_rules(article, Registry())
    >>> [(s.force, s.stance, s.conditions[0].id) for s in read.statements], read.conditions[0].text.text
    ([('pledges', 'pledged', 'k1')], 'the Bundestag agrees')
    """
    return _Reading(article, registry).read(tell_by_network(article.text))


def read_patterns(article: Article, registry: Registry) -> Annotation:
    """What the lexicons and patterns find alone, without the network: what it is compared with (`bench/quality.py`)."""
    return _Reading(article, registry).read(tell_by_patterns(article.text))


def read_apart(article: Article, registry: Registry, told: Sequence[Sequence[Told]]) -> list[Annotation]:
    """What each of several lists tells of an article, as an annotation of its own that none of the others touches.

    Whom a pronoun stands for hangs on who is named before it by the rules' own reading of the text, and not on what is told here.
    """
    rules = _Reading(article, registry)
    rules.read(tell_by_network(article.text))
    return [_Reading(article, registry, rules.naming.copy()).read(some) for some in told]


@dataclass
class _Reading:
    article: Article
    registry: Registry
    naming: Naming = field(default=None)  # type: ignore[assignment]  # made below where none is given
    statements: list[Statement] = field(default_factory=list)
    commitments: dict[tuple[int, int, tuple[str, ...]], Commitment] = field(default_factory=dict)
    conditions: dict[tuple[int, int], Condition] = field(default_factory=dict)
    claims: dict[tuple[int, int], Claim] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)  # the known actions met so far

    def __post_init__(self) -> None:
        self.naming = self.naming or Naming(self.registry, self.article.published, self.article.text, self.article.id)

    def read(self, told: Sequence[Told]) -> Annotation:
        """The annotation of what is told; `relayed_by` of a statement counts places in this sequence."""
        first_ids = [""] * len(told)
        for at in sorted(range(len(told)), key=lambda at: (told[at].said.content[0].start, at)):
            first_ids[at] = self._say(told[at], first_ids)
        return Annotation(
            Annotator(NAME, VERSION), tuple(self.statements), tuple(self.commitments.values()), tuple(self.conditions.values()),
            tuple(self.claims.values()), tuple(sorted(self.naming.minted.values(), key=lambda actor: actor.id)),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------------ statements

    def _say(self, told: Told, first_ids: Sequence[str]) -> str:
        """Adds the statements that one speech act becomes, one for each thing it expresses; the id of the first."""
        said = told.said
        speaker = tuple(self.naming.link_speaker(part) for span in said.speakers for part in self.naming.split(span))
        behalf = {body.target: body for reference in reversed(speaker) if (body := self.naming.behind(reference))}
        base = Statement(
            "", tuple(sorted(said.content)), said.mode, said.force, speaker, on_behalf_of=tuple(behalf.values())[::-1], cue=said.cue, said_on=self._said_on(said),
            relayed_by=(first_ids[said.relayed_by] or None) if said.relayed_by is not None else None,
            confidence=round(said.confidence, 2), found_by=said.found_by or None,
        )  # fmt: skip
        made = [self._expressed(base, deed, speaker) for deed in _somebodys(told)] or [base]
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
        if isinstance(deed, Outcome):
            return replace(base, expresses=self._claim(deed), conditions=self._uses(deed.uses, base))
        if base.force == "threatens":
            target = deed.against or deed.beneficiary
            deed = replace(deed, beneficiary=None, against=target if target and not self._qualifies(target) else None)
        commitment = self._commitment(deed, base)
        uses = self._uses(deed.uses, base)  # after whose act it is: *it* may be whoever acts
        force = FORCE_OF.get(deed.stance, base.force) if base.cue and base.force in PLAIN_FORCES else base.force
        base = replace(base, force=force, inferred=deed.found_by == ELLIPSIS)
        if base.force in FORCES_WITHOUT_STANCE:
            return replace(base, expresses=commitment, conditions=uses)
        return replace(
            base, expresses=commitment, stance=deed.stance, strength=deed.strength if deed.stance == "pledged" else None,
            only_in=self._places(deed.only_in), not_in=self._places(deed.not_in), conditions=uses,
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------------ what they express

    def _commitment(self, deed: Deed, said: Statement) -> str:
        named = tuple(self._actor(part, said) for span in deed.committer for part in self.naming.split(span)) or said.speaker
        committer = tuple(self._acting(reference) for reference in named)
        committer = tuple({reference.target: reference for reference in reversed(committer)}.values())[::-1]  # one of a kind, the first
        key = (deed.action.start, deed.action.end, tuple(sorted(r.target for r in committer)))
        if key not in self.commitments:
            concept = self.registry.concept_of("actions", deed.action)
            if deed.found_by == ELLIPSIS:
                concept = self.acts[-1] if self.acts else concept
            elif concept in self.registry.concepts.get("actions", {}):
                self.acts.append(concept)
            action = Reference(concept, deed.action, round(deed.confidence, 2), deed.found_by or None)
            goal = None if deed.action.text.split()[0].casefold() in MOTION else deed.beneficiary
            toward = [self._beside(span, (*named, *committer)) if span else None for span in (goal, deed.against)]
            ordered = tuple(sorted(set(committer), key=lambda r: (r.span is None, r.span or Span(0, 0, ""), r.target)))
            self.commitments[key] = Commitment(f"c{len(self.commitments) + 1}", ordered, action, toward[0], toward[1])
        return self.commitments[key].id

    def _actor(self, span: Span, said: Statement) -> Reference:
        """Whom the words name; *we*, *I* and *his country* are the speaker, or whom the speaker acts for. So are, where somebody's
        words are retold, *he* where a person spoke and *it* where a body did.
        """
        low = CONTRACTED.sub("", span.text.casefold())
        if said.speaker and (low in OURSELVES or THEIR_OWN.fullmatch(span.text)):
            return Reference(said.speaker[0].target, span, 0.8, "the speaker")
        if (
            len(said.speaker) == 1
            and said.mode != "direct"
            and low in (PEOPLE if self.naming.is_person(said.speaker[0].target) else BODIES)
        ):
            return Reference(said.speaker[0].target, span, 0.75, "the speaker")
        return self._stood_for(span, said) or self.naming.link(span)

    def _stood_for(self, span: Span, said: Statement) -> Reference | None:
        """The actor of *the country*, *the group*: for whom the speaker acts, or the one of that kind that was named last."""
        kinds = STAND_INS.get(span.text.casefold(), ())
        own = [body.target for body in (*said.on_behalf_of, *said.speaker) if self.naming.kind(body.target) in kinds]
        if own:
            return Reference(own[0], span, 0.75, "the speaker")
        last = self.naming.named_last(kinds, span.start)
        return Reference(last, span, 0.7, "named before") if last else None

    def _beside(self, span: Span, others: Sequence[Reference]) -> Reference | None:
        """Whom the words name: *them*, *him* and *her* are none of the `others`, and nobody where only these were named."""
        if span.text.casefold() not in THEM:
            return self.naming.link(span)
        id = self.naming.antecedent(span, {other.target for other in others})
        return Reference(id, span, 0.7, "pronoun") if id else None

    def _qualifies(self, name: Span) -> bool:
        """Whether a name says what kind of thing the noun after it is: *United States citizens*."""
        words = read_words(self.article.text, name.end, name.end + NEXT)
        return bool(words) and words[0].tag == "N" and words[0].start == name.end + 1 and words[0].low not in DAYS

    def _acting(self, reference: Reference) -> Reference:
        """An office-holder's act is the act of the state or body: the words stay the person's."""
        body = self.naming.behind(reference)
        return (
            replace(reference, target=body.target, confidence=min(reference.confidence or 1, 0.8), found_by=body.found_by)
            if body
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

    def _uses(self, uses: tuple[Use, ...], said: Statement) -> tuple[ConditionUse, ...]:
        made: dict[tuple[str, str, str], ConditionUse] = {}
        for use in uses:
            key = (use.text.start, use.text.end)
            if key not in self.conditions:
                named = [self._stood_for(span, said) or self._beside(span, (*said.speaker, *said.on_behalf_of)) for span in use.by]
                by = tuple(sorted(filter(None, named), key=lambda r: (r.span or Span(0, 0, ""), r.target)))
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


def _somebodys(told: Told) -> list[Deed | Outcome]:
    """What is told but for the acts of nobody named: of such a one that hangs on a condition the outcome is left."""
    if told.said.speakers:
        return list(told.deeds)
    return [
        Outcome(deed.action, deed.uses, confidence=deed.confidence, found_by=deed.found_by)
        if isinstance(deed, Deed) and not deed.committer
        else deed
        for deed in told.deeds
        if not isinstance(deed, Deed) or deed.committer or deed.uses
    ]
