"""What Hypothesis draws: texts of every kind, and readings of one article that say everything a file may say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from kg.model import (
    Actor,
    Annotation,
    Annotator,
    Article,
    Claim,
    Commitment,
    Concept,
    Condition,
    ConditionUse,
    Reference,
    Registry,
    Span,
    Statement,
)  # fmt: skip
from kg.vocabulary import CHANNELS, FORCES, KINDS, MODES, STANCES, STRENGTHS

# Texts made of what the rules look at: marks, stops, line ends, shortened words, accents, odd spaces.
PIECES = st.sampled_from(
    ["“", "”", "‘", "’", '"', "'", "«", "»", "„", "‚", ".", "?", "!", "…", " ", "\n", "\r\n", "\n\n", "\u2028", "\xa0", "U.S.", "Mr.", "Jan.", "5",
     "he said", "We go", "allies'", "é", "e\u0301", "👩\u200d🚒", "\u202e", "\0", "A"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=30).map("".join))

TEXT = "Ann Berg said Norland will send ships once the Assembly agrees. “Not before,” she added; Sudland 🚢 may follow in 2027.\n"
REGISTRY = Registry(
    {"norland": Actor("norland", "Norland", "state"), "assembly": Actor("assembly", "Norland Assembly", "parliament")},
    {"actions": {"send-ships": Concept("send-ships", "send ships", ("ships",), ("help",)), "help": Concept("help", "help")}},
)
OWN = (Actor("ann-berg", "Ann Berg", "person", ("Berg",), ("norland",)), Actor("süd-x", 'Süd "x" <&>\n', "unnamed source"))
ACTORS = ("norland", "assembly", *(a.id for a in OWN))
ARTICLE = Article(
    "a/b c", TEXT, "Ships", "The Gazette", "X. Y.", "2026-01", True, "https://example.org/a", "en", "a.txt", (3, 3 + len(TEXT))
)

spans = st.tuples(st.integers(0, len(TEXT) - 2), st.integers(1, 30)).map(lambda p: Span.of(TEXT, p[0], min(len(TEXT), p[0] + p[1])))
sure = st.none() | st.sampled_from([0, 1, 0.5, 0.123456789, 1e-07]).map(float)
found = st.none() | st.sampled_from(["rule: said", "<b>", "x\ty"])
dates = st.sampled_from(["2026", "2026-01", "2026-01-06"])


def unique(values: st.SearchStrategy[Any], key: Callable[[Any], Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=most, unique_by=key).map(tuple)


def references(targets: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[Reference, ...]]:
    """References in the order of a file that was read: by their words, one without words only once and last."""
    worded = st.builds(Reference, st.sampled_from(targets), spans, sure, found)
    bare = st.builds(Reference, st.sampled_from(targets))
    made = st.lists(worded | bare, min_size=least, max_size=3, unique_by=lambda r: (r.target, r.span))
    return made.map(_in_order)


def _in_order(made: list[Reference]) -> tuple[Reference, ...]:
    worded = {r.target for r in made if r.span}
    kept = [r for r in made if r.span or r.target not in worded]
    return tuple(sorted(kept, key=lambda r: (r.span is None, r.span or Span(0, 0, ""), r.target)))


@st.composite
def readings(draw: st.DrawFn) -> Annotation:
    """A reading as a file may hold it: each thing described in one way, everything used, no two statements alike."""
    conditions: list[Condition] = []
    for n in range(draw(st.integers(0, 3))):
        needs = tuple(sorted(draw(st.sets(st.sampled_from([c.id for c in conditions]), max_size=2)))) if conditions else ()
        conditions.append(
            Condition(
                f"k{n}",
                draw(spans),
                f"circumstance-{n}",
                draw(st.sampled_from(KINDS)),
                draw(references(ACTORS)),
                needs,
                None,
                draw(sure),
                draw(found),
            )
        )
    commitments: list[Commitment] = []
    for n in range(draw(st.integers(1, 3))):
        one = st.none() | st.builds(Reference, st.sampled_from(ACTORS), st.none() | spans)
        whole = draw(st.none() | st.sampled_from([c.id for c in commitments])) if commitments else None
        action = Reference(f"action-{n}", draw(st.none() | spans))
        commitments.append(Commitment(f"c{n}", draw(references(ACTORS, 1)), action, draw(one), draw(one), whole))
    if conditions:
        conditions[-1] = replace(conditions[-1], fulfilled_by=draw(st.none() | st.sampled_from([c.id for c in commitments])))
    number = st.none() | st.integers(-5, 10**15) | st.sampled_from([0.5, 12.25])
    claims = []
    for n in range(draw(st.integers(0, 2))):
        says = draw(
            st.none() | st.sampled_from([("kept", "c0"), ("broken", "c0"), *([("met", "k0"), ("failed", "k0")] if conditions else [])])
        )
        claims.append(
            Claim(
                f"q{n}",
                draw(spans),
                f"about {n}",
                "ships",
                draw(number),
                draw(number),
                draw(st.none() | st.just("ships")),
                says,
                draw(sure),
                draw(found),
            )
        )
    statements: list[Statement] = []
    expressed = [*(c.id for c in commitments), *(c.id for c in claims)]
    told: list[str | None] = [*expressed, *draw(st.lists(st.none() | st.sampled_from(expressed), max_size=3))]
    for n, entry in enumerate(told):
        used = conditions if n == 0 else draw(st.lists(st.sampled_from(conditions), unique=True)) if conditions else []
        statements.append(_statement(draw, f"s{n}", n, entry, used, [s.id for s in statements]))
    return Annotation(Annotator("me", "1", True), tuple(statements), tuple(commitments), tuple(conditions), tuple(claims), OWN)


def _statement(draw: st.DrawFn, id: str, n: int, entry: str | None, used: list[Condition], earlier: list[str]) -> Statement:
    uses = [
        ConditionUse(c.id, *draw(st.sampled_from([("if", "requirement"), ("unless", "requirement"), ("if", "trigger")])),
                     draw(_marker(c.text)), None, draw(sure), draw(found))
        for c in used
    ]  # fmt: skip
    if len({(u.polarity, u.role) for u in uses}) == 1 and len(uses) > 1:
        uses = [replace(u, any_of="g1") for u in uses]
    content = {Span.of(TEXT, n, n + 5), *draw(st.lists(spans, max_size=2))}  # the first differs, so the statements do
    places = ("here", "there", "sea-x")
    only = draw(references(places[:2]))
    return Statement(
        id, tuple(sorted(content)), draw(st.sampled_from(MODES)), draw(st.sampled_from(FORCES)), draw(references(ACTORS)), draw(references(ACTORS)),
        draw(references(ACTORS)), draw(references(ACTORS)), draw(st.none() | spans), draw(st.none() | st.sampled_from(CHANNELS)),
        draw(st.none() | st.builds(Reference, dates) | st.builds(Reference, dates | st.just(""), spans, sure, found)),
        draw(st.none() | st.sampled_from(earlier)) if earlier else None, entry, draw(st.none() | st.sampled_from(STANCES)),
        draw(st.none() | st.sampled_from(STRENGTHS)), only, draw(references(places[2:])), tuple(uses), draw(sure), draw(found), draw(st.booleans()),
    )  # fmt: skip


def _marker(text: Span) -> st.SearchStrategy[Span | None]:
    return st.none() | spans | st.just(text)
