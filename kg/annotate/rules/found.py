"""What the rules find in a text before it becomes an annotation: who said what, what somebody commits to, on what it hangs.

All of it points into the text with spans and knows no ids, no registry and no graph; `reading.py` puts it together.
`found_by` names the pattern, `confidence` runs from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import Number, Span

ELLIPSIS = "elliptical noun"  # what finds an act that is named before


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: its words, how they are attributed, and the spans that name the source (none where none is in sight).

    `relayed_by` is the index, in the list this one stands in, of the statement it was told in.

    >>> Said((Span.of("She said no", 9, 11),), "indirect", speakers=(Span.of("She said no", 0, 3),)).speakers[0].text
    'She'
    """

    content: tuple[Span, ...]
    mode: str
    force: str = "asserts"
    cue: Span | None = None
    speakers: tuple[Span, ...] = ()
    said_on: Span | None = None
    relayed_by: int | None = None
    confidence: float = 0.5
    found_by: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """A condition and how it binds: the words of the circumstance without its marker; `group` joins what *or* joins."""

    text: Span
    marker: Span | None = None
    polarity: str = "if"
    role: str = "requirement"
    kind: str = "event"
    by: tuple[Span, ...] = ()
    group: str | None = None
    confidence: float = 0.5
    found_by: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """A commitment as one statement expresses it; `committer` is empty where the speaker of the statement would act."""

    committer: tuple[Span, ...]
    action: Span
    stance: str
    strength: str | None = None
    beneficiary: Span | None = None
    against: Span | None = None
    only_in: tuple[Span, ...] = ()
    not_in: tuple[Span, ...] = ()
    uses: tuple[Use, ...] = ()
    confidence: float = 0.5
    found_by: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A claim: an outcome that conditions bound, or a quantity (`about` is what is counted, from lowest to highest)."""

    text: Span
    uses: tuple[Use, ...] = ()
    about: str | None = None
    measure: str | None = None
    lowest: Number | None = None
    highest: Number | None = None
    unit: str | None = None
    confidence: float = 0.5
    found_by: str = ""
