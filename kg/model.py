"""The values everything else passes around: frozen, in field words, without any RDF in them.

Offsets are Unicode code points into the article's text, half-open `[start, end)`. Dates are ISO and may be partial
(`2026`, `2026-01`, `2026-01-06`). Ids of statements, commitments, conditions and claims are local to one annotation;
ids of actors, actions, circumstances and places are slugs, the same everywhere (`slug`), the last part of their IRI.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

Number = int | float
_ARTICLES = frozenset(["a", "an", "the"])
_OPEN = frozenset([  # words that do not end a name
    "a", "an", "the", "to", "of", "in", "on", "for", "by", "with", "from", "at", "and", "or", "as", "that", "its", "his", "her", "their", "into",
])  # fmt: skip
NAMING_WORDS = 8  # at most, of a text in the id of a concept made from it


def slug(words: str) -> str:
    """The id made of some words: casefolded, everything that is no letter or digit turned into single hyphens.

    Words without a letter or digit get an id made of their hash, so that no two different ones meet.

    >>> slug("United  Kingdom"), slug("deploy_troops"), slug("Sánchez")
    ('united-kingdom', 'deploy-troops', 'sánchez')
    """
    made = re.sub(r"[\W_]+", "-", words.casefold()).strip("-")
    return made or "x" + hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:10]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Exact words of an article: `text == article.text[start:end]`.

    >>> Span.of("Macron said no", 7, 11)
    Span(start=7, end=11, text='said')
    """

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Span:
        """The span of `text` between two offsets; raises ValueError where that is outside the text or empty."""
        if not 0 <= start < end <= len(text):
            raise ValueError(f"no span [{start}, {end}) in a text of {len(text)} characters")
        return cls(start, end, text[start:end])


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that name something, and the id of what they name (an actor, an action, a place; for dates the ISO date).

    `span` is None where the text does not say it and it was inferred; `target` is "" only for a date nothing dates.
    """

    target: str
    span: Span | None = None
    confidence: float | None = None
    found_by: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who can speak, commit or decide. `kind` is a key of `vocabulary.ACTOR_KINDS`; `member_of` holds actor ids.

    `same_as` (IRIs elsewhere) and the `sources` that say so are the registry's alone.
    """

    id: str
    label: str
    kind: str
    aliases: tuple[str, ...] = ()
    member_of: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionUse:
    """A statement's condition: which one, and how it binds. `role` is `requirement` or `trigger` (`as` in files)."""

    id: str
    polarity: str = "if"
    role: str = "requirement"
    marker: Span | None = None
    any_of: str | None = None
    confidence: float | None = None
    found_by: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One speech act with one content, in one article. `expresses` is the local id of a commitment or a claim."""

    id: str
    content: tuple[Span, ...]
    mode: str
    force: str
    speaker: tuple[Reference, ...] = ()
    possible_speakers: tuple[Reference, ...] = ()
    on_behalf_of: tuple[Reference, ...] = ()
    addressee: tuple[Reference, ...] = ()
    cue: Span | None = None
    channel: str | None = None
    said_on: Reference | None = None
    relayed_by: str | None = None
    expresses: str | None = None
    stance: str | None = None
    strength: str | None = None
    only_in: tuple[Reference, ...] = ()
    not_in: tuple[Reference, ...] = ()
    conditions: tuple[ConditionUse, ...] = ()
    confidence: float | None = None
    found_by: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Commitment:
    """One or more actors' own future course of action; whether pledged or refused is said by statements."""

    id: str
    committer: tuple[Reference, ...]
    action: Reference
    beneficiary: Reference | None = None
    against: Reference | None = None
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A circumstance that must hold; `depends_on` are conditions it hangs on, `fulfilled_by` a commitment."""

    id: str
    text: Span
    circumstance: str
    kind: str
    by: tuple[Reference, ...] = ()
    depends_on: tuple[str, ...] = ()
    fulfilled_by: str | None = None
    confidence: float | None = None
    found_by: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Something said to be so. `says` is a pair: `met` or `failed` and a condition, `kept` or `broken` and a commitment."""

    id: str
    text: Span
    about: str | None = None
    measure: str | None = None
    lowest: Number | None = None
    highest: Number | None = None
    unit: str | None = None
    says: tuple[str, str] | None = None
    confidence: float | None = None
    found_by: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One published text and where it came from.

    `file` is the name of the file it was read from and `range` the code points it takes there, half-open;
    `published_inferred` marks a date the text does not give.
    """

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: str | None = None
    published_inferred: bool = False
    url: str | None = None
    language: str | None = None
    file: str | None = None
    range: tuple[int, int] | None = None

    @property
    def sha256(self) -> str:
        """The hex SHA-256 of the text in UTF-8.

        >>> Article("a", "").sha256[:8]
        'e3b0c442'
        """
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Annotator:
    """Who or what read the article; `reviewed` says whether a person has looked at the reading."""

    name: str
    version: str = ""
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """One reading of one article: what `annotation.md` says counts, each with its exact words."""

    annotator: Annotator
    statements: tuple[Statement, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    conditions: tuple[Condition, ...] = ()
    claims: tuple[Claim, ...] = ()
    actors: tuple[Actor, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """An action, circumstance or place: a SKOS concept of an open scheme, `broader` holding concept ids."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tenure:
    """A person's role for a state or body, from and to (partial ISO dates, None where open or unknown)."""

    holder: str
    office: str
    of: str
    start: str | None = None
    end: str | None = None


Thing = TypeVar("Thing", Actor, Concept)


@dataclass(frozen=True, slots=True)
class Registry:
    """The actors and concepts everybody shares, by id; an annotation adds its own to these.

    `concepts` maps a scheme (`actions`, `circumstances`, `places`) to its concepts by id.
    """

    actors: Mapping[str, Actor] = field(default_factory=dict)
    concepts: Mapping[str, Mapping[str, Concept]] = field(default_factory=dict)
    tenures: tuple[Tenure, ...] = ()

    _actors_by_name: Mapping[tuple[str, str], Actor] = field(init=False, repr=False)
    _concepts_by_name: Mapping[tuple[str, str], Concept] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sorts the names out once: they are looked up for every entry of every article."""
        actors = (((slug(name), actor.kind), actor) for actor in self.actors.values() for name in (actor.label, *actor.aliases))
        every = ((scheme, concept) for scheme, concepts in self.concepts.items() for concept in concepts.values())
        concepts = (((scheme, slug(name)), concept) for scheme, concept in every for name in (concept.label, *concept.aliases))
        object.__setattr__(self, "_actors_by_name", _borne_by_one(actors))
        object.__setattr__(self, "_concepts_by_name", _borne_by_one(concepts))

    def find_actor(self, label: str, kind: str) -> Actor | None:
        """The one actor of this kind that bears the label as its name or one of its other names, else None."""
        return self._actors_by_name.get((slug(label), kind))

    def find_concept(self, scheme: str, words: str) -> Concept | None:
        """The one concept of the scheme that bears the words as id, label or other name, else None."""
        wanted = slug(words)
        return self.concepts.get(scheme, {}).get(wanted) or self._concepts_by_name.get((scheme, wanted))

    def concept_id(self, scheme: str, words: str) -> str:
        """The id of the concept the words name, minted from them where there is none.

        >>> Registry().concept_id("actions", "Send ships")
        'send-ships'
        """
        known = self.find_concept(scheme, words)
        return known.id if known else slug(words)

    def concept_of(self, scheme: str, span: Span) -> str:
        """The same of a stretch of text, by its first words, without an article before or a preposition left after: an id is no sentence.

        An action is the one that the most of its first words name: *deploy their soldiers on Ukrainian soil* is *deploy their soldiers*.

        >>> Registry().concept_of("actions", Span(0, 51, "the closure of its office in Santo Domingo by the end"))
        'closure-of-its-office-in-santo-domingo'
        """
        words = span.text.split()
        first = 1 if len(words) > 1 and words[0].lower() in _ARTICLES else 0
        kept = words[first : first + NAMING_WORDS]
        while len(kept) > 1 and len(words) - first > NAMING_WORDS and kept[-1].lower() in _OPEN:
            kept.pop()
        first_words = (" ".join(words[first : first + count]) for count in range(min(len(words) - first, NAMING_WORDS), 1, -1))
        known = next(filter(None, (self.find_concept(scheme, some) for some in first_words)), None) if scheme == "actions" else None
        return known.id if known else self.concept_id(scheme, " ".join(kept))


def _borne_by_one(named: Iterable[tuple[tuple[str, str], Thing]]) -> dict[tuple[str, str], Thing]:
    """Each name that only one thing bears, and that thing."""
    bearers: dict[tuple[str, str], dict[str, Thing]] = {}
    for name, thing in named:
        bearers.setdefault(name, {})[thing.id] = thing
    return {name: next(iter(things.values())) for name, things in bearers.items() if len(things) == 1}
