"""The answer of `kg whatif`: the outcomes of a scenario as rows, and as a tree with the chain of conditions and their words.

store --what_if--> Answered --to_rows--> rows          --to_tree--> Node
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kg.analyse.logic import Leaf, Settled, Value
from kg.analyse.outcomes import STATES, Outcome, outcomes
from kg.analyse.pivotal import pivots
from kg.analyse.readings import Passage, Readings
from kg.analyse.scenario import Report, Scenario, scenario
from kg.analyse.tree import Node
from kg.query import unreviewed_among
from kg.store.embedded import Store

COLUMNS = ("state", "stance", "commitment", "actor", "said_by", "reading", "condition", "needs", "quote", "article", "start", "end")
TOO_MANY = "too many sets of conditions to list: settle some with --met or --failed"
SHOWN = 8  # smallest sets that a person is shown
HOW = {Value.MET: "met", Value.FAILED: "failed", Value.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Answered:
    """A scenario, and what becomes of every commitment in every reading."""

    readings: Readings
    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    labels: dict[str, str]

    def label(self, iri: str) -> str:
        """What a thing is called."""
        return self.labels.get(iri, iri.rpartition("/")[2])


def what_if(
    store: Store, met: Iterable[str] = (), failed: Iterable[str] = (), as_reported: bool = False, differing: bool = False
) -> Answered:
    """What becomes of each commitment if these conditions are met and those have failed.

    `as_reported` starts from what sources say was met, failed, kept or broken. `differing` keeps the commitments alone whose
    readings end differently. Raises UsageError for a name of nothing, and for one that is to be met and to fail.

    >>> from kg.store.embedded import memory
    >>> what_if(memory()).outcomes
    ()
    """
    readings = Readings(store)
    given = scenario(readings, met, failed, as_reported)
    found = outcomes(readings, given.known)
    if differing:
        found = _differing(found)
    iris = {*readings.conditions, *readings.by_commitment, *(a for said in readings.statements.values() for a in (said.article,))}
    iris |= {actor for some in (readings.committers, readings.withheld_by) for actors in some.values() for actor in actors}
    iris |= {actor for condition in readings.conditions.values() for actor in condition.by}
    return Answered(readings, given, tuple(sorted(found, key=_order)), store.labels(iris))


def _order(outcome: Outcome) -> tuple[int, str, str, str]:
    return STATES.index(outcome.state), outcome.commitment, outcome.stance, outcome.reading


def _differing(found: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes of commitments that hang on other conditions in one reading than in another."""
    ends: dict[str, set[tuple[str, str, frozenset[str]]]] = {}
    read_in: dict[str, set[str]] = {}
    for one in found:
        ends.setdefault(one.commitment, set()).add((one.stance, one.state, frozenset(leaf.name for leaf in one.because)))
        read_in.setdefault(one.commitment, set()).add(one.reading)
    return [one for one in found if len(read_in[one.commitment]) > 1 and len(ends[one.commitment]) > 1]


def notes(answered: Answered) -> Iterator[str]:
    """What a person must know beside the answer: circles among conditions, sources that differ, readings no person has reviewed."""
    for circle in answered.readings.cycles():
        yield f"These go round in a circle, which was gone round once: {', '.join(map(answered.label, circle))}."
    reported = {report.condition for report in answered.scenario.reports} - set(answered.scenario.known)
    for condition in sorted(reported):
        yield f"Sources of one day differ on whether this was met, so nothing is known of it: {answered.label(condition)}."
    articles = {f"<{said.article}>" for outcome in answered.outcomes for said in outcome.said}
    yield from unreviewed_among(answered.readings.store, articles)


# ---------------------------------------------------------------------------------------------------- rows


def to_rows(answered: Answered, structured: bool = False) -> list[tuple[Any, ...]]:
    """A row an outcome, by `COLUMNS`; `structured` for JSON: things with IRI and label, lists as lists."""
    return [_row(answered, outcome, structured) for outcome in answered.outcomes]


def _row(answered: Answered, outcome: Outcome, structured: bool) -> tuple[Any, ...]:
    def thing(iri: str) -> Any:
        return {"iri": iri, "label": answered.label(iri)} if structured else answered.label(iri)

    actors = [thing(actor) for actor in answered.readings.committers.get(outcome.commitment, ())]
    because = [_told(answered, leaf, outcome) for leaf in outcome.because]
    first = because[0]["passage"] if because else outcome.said[0].passage
    needs = _needs(answered, outcome.needs)
    said_by = "the committer" if outcome.first_hand else "others (ascribed)"
    return (
        outcome.state or None, outcome.stance, thing(outcome.commitment), actors if structured else "; ".join(actors), said_by,
        thing(outcome.reading), _conditions(because) if structured else "; ".join(f"{b['chain'][-1]} ({b['value']})" for b in because),
        needs if structured else TOO_MANY if needs is None else " | ".join("; ".join(f"{n['condition']} {n['must_be']}" for n in one) for one in needs),
        first.quote, thing(first.article), first.start, first.end,
    )  # fmt: skip


def _told(answered: Answered, leaf: Leaf, outcome: Outcome) -> dict[str, Any]:
    """A deciding condition: its value, the labels of its chain, the words in which it stands there."""
    chain = [iri for iri in map(str, leaf.chain) if iri not in answered.readings.statements]
    return {
        "iri": leaf.name, "value": HOW[answered.scenario.known.get(leaf.name, Value.UNKNOWN)], "chain": [answered.label(iri) for iri in chain],
        "passage": _passage(answered, leaf, outcome),
    }  # fmt: skip


def _passage(answered: Answered, leaf: Leaf, outcome: Outcome) -> Passage:
    """The words in which the last link of a chain is named by the one before it; else the sentence of the statement."""
    owner, condition = (str(iri) for iri in leaf.chain[-2:])
    articles = answered.readings.articles_of(outcome.reading)
    statement = next(answered.readings.statements[s] for s in map(str, leaf.chain) if s in answered.readings.statements)
    return answered.readings.passage(owner, condition, articles) or statement.passage


def _conditions(because: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {key: told[key] for key in ("iri", "value")} | {"label": told["chain"][-1], "chain": told["chain"]} | _words(told["passage"])
        for told in because
    ]


def _words(passage: Passage) -> dict[str, Any]:
    return {"quote": passage.quote, "article": passage.article, "start": passage.start, "end": passage.end}


def _needs(answered: Answered, sets: Sequence[Settled] | None) -> list[list[dict[str, str]]] | None:
    if sets is None:
        return None
    named = [sorted((answered.label(iri), iri, HOW[value]) for iri, value in one) for one in sets]
    return [[{"iri": iri, "condition": label, "must_be": how} for label, iri, how in one] for one in named]


# ---------------------------------------------------------------------------------------------------- a tree


def to_tree(answered: Answered) -> Node:
    """The outcomes by state; readings that end alike share a branch, each condition has its chain and its words."""
    given = answered.scenario
    settled = sorted({f"{words} {HOW[given.known[iri]]}" for iri, (closeness, words) in given.named.items() if closeness})
    reported = sum(closeness == 0 for closeness, _ in given.named.values())
    said = [*settled, *([f"{reported} as reported"] if reported else [])]
    states = [(state or "no state", tuple(_in_state(answered, state))) for state in STATES]
    below = [Node(f"{state} ({len(some)})", children=some) for state, some in states if some]
    reports = [_report(answered, report) for report in given.reports]
    return Node(f"if {', '.join(said)}" if said else "as things stand", kind="scenario", children=(*reports, *below))


def _report(answered: Answered, report: Report) -> Node:
    passage = report.passage
    label = f"{answered.label(report.condition)}: {HOW[report.value]}"
    return Node(label, "reported", "", report.condition, quote=passage.quote, article=passage.article, article_label=answered.label(passage.article), start=passage.start, end=passage.end)  # fmt: skip


def _in_state(answered: Answered, state: str) -> Iterator[Node]:
    alike: dict[tuple[str, str, tuple[str, ...], bool], list[Outcome]] = {}
    for one in answered.outcomes:
        if one.state == state:
            alike.setdefault((one.commitment, one.stance, tuple(leaf.name for leaf in one.because), one.first_hand), []).append(one)
    for (commitment, stance, _, first_hand), some in alike.items():
        read_in = tuple(one.reading.rpartition("/")[2] for one in some)
        role = stance if first_hand else f"{stance}, ascribed"
        yield Node(answered.label(commitment), role, "", commitment, (("read in", read_in),), children=tuple(_below(answered, some[0])))


def _below(answered: Answered, outcome: Outcome) -> Iterator[Node]:
    told = [_told(answered, leaf, outcome) for leaf in outcome.because]
    for one in told:
        passage = one["passage"]
        where = _words(passage) | {"article_label": passage.article.rpartition("/")[2]}
        yield Node(" ← ".join(reversed(one["chain"])), one["value"], "", one["iri"], **where)
    needs = _needs(answered, outcome.needs)
    if needs is None:
        yield Node(TOO_MANY, "active with")
    for number, one_set in enumerate(needs or (), 1):
        if number > SHOWN:
            yield Node(f"{len(needs or ()) - SHOWN} more sets", "active with")
            break
        yield Node(" + ".join(f"{n['condition']} {n['must_be']}" for n in one_set), "active with")
    if not told:
        said = outcome.said[0].passage
        yield Node("no condition", "", quote=said.quote, article=said.article, article_label=said.article.rpartition("/")[2], start=said.start, end=said.end)  # fmt: skip


# ---------------------------------------------------------------------------------------------------- what most hangs on


def pivotal_rows(answered: Answered, structured: bool = False) -> list[tuple[Any, ...]]:
    """A row a condition, then a row an actor, by `kg.analyse.pivotal.COLUMNS`, the weightiest first."""

    def thing(iri: str) -> Any:
        return {"iri": iri, "label": answered.label(iri)} if structured else answered.label(iri)

    def all_of(iris: Iterable[str]) -> Any:
        return [thing(iri) for iri in iris] if structured else "; ".join(map(answered.label, iris))

    return [
        (
            one.what, thing(one.iri), len(one.readings), len(one.pledged), len(one.open), one.in_sets, all_of(one.withheld_by),
            all_of((*one.pledged, *one.open)),
        )
        for one in pivots(answered.readings, answered.scenario.known)
    ]  # fmt: skip
