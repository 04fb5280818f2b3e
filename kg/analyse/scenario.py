"""Words a person types -> what is known of each condition: `--met ceasefire --failed by:bundestag --met kind:event`.

A condition is named by its label, its id, a circumstance's name, `kind:KIND` or `by:ACTOR`. What is named more closely prevails:
a condition over its circumstance, that over who decides, that over a kind. A circumstance that is met brings the broader ones
with it that nobody decides, one that failed the narrower ones. An actor that refuses fails all it decides; it meets what it decides alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.analyse.logic import Value
from kg.analyse.readings import Condition, Passage, Readings, later, rows
from kg.annotate.document import read_document
from kg.errors import AnnotationError, ReadError, UsageError
from kg.query import matching, names, nearest
from kg.vocabulary import ID, KINDS, OA, kg

BY, OF_KIND = "by:", "kind:"
WORDS = {"met": Value.MET, "failed": Value.FAILED}
HINT = "give the label or id of a condition or circumstance, kind:KIND or by:ACTOR; kg query conditions_tree lists the conditions"
CLOSEST, CIRCUMSTANCE, DECIDER, KIND, REPORTED = 4, 3, 2, 1, 0  # how closely a condition is named


@dataclass(slots=True)
class Scenario:
    """What is known of conditions (by IRI), how closely each was named and by which words, and the reports it starts from."""

    known: dict[str, Value] = field(default_factory=dict)
    named: dict[str, tuple[int, str]] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)

    def settle(self, condition: str, value: Value, closeness: int, words: str) -> None:
        """Takes in what was said of a condition, unless it was named more closely; raises UsageError where as closely, the other way."""
        told, by = self.named.get(condition, (-1, ""))
        if told == closeness and self.known[condition] is not value:
            raise UsageError(
                f"{words!r} is to be met and to fail",
                "",
                f"{by!r} says the other of the condition {condition.removeprefix(ID)}; name it itself",
            )
        if told <= closeness:
            self.known[condition], self.named[condition] = value, (closeness, words)


@dataclass(frozen=True, slots=True)
class Report:
    """A source that says that a condition was met or failed, or that keeping or breaking a commitment settled it."""

    condition: str
    value: Value
    says: str
    passage: Passage
    date: str


def scenario(readings: Readings, met: Iterable[str] = (), failed: Iterable[str] = (), as_reported: bool = False) -> Scenario:
    """What is known if these are met and those have failed; raises UsageError for a name of nothing, or of both."""
    found = Scenario()
    if as_reported:
        _take_reports(readings, found)
    for given, value in ((list(met), Value.MET), (list(failed), Value.FAILED)):
        who = {words: _actors(readings, words) for words in given if words.startswith(BY)}
        for words in given:
            for condition, closeness in _meant(readings, words, value, who):
                found.settle(condition, value, closeness, words)
    return found


def read_scenario(path: Path) -> tuple[list[str], list[str]]:
    """The names under `met` and `failed` of a file, YAML or JSON; raises ReadError where it is none."""
    hint = "write met: [ceasefire] and failed: [by:Bundestag]"
    try:
        told: Any = read_document(path).value
    except AnnotationError as error:
        found = error.findings[0]
        raise ReadError(f"the scenario cannot be read: {found.message}", f"{path}:{found.line}", hint) from error
    lists = (
        isinstance(told, Mapping)
        and set(told) <= set(WORDS)
        and all(isinstance(v, Sequence) and not isinstance(v, str) for v in told.values())
    )
    if not lists or not all(isinstance(name, str) for some in told.values() for name in some):
        raise ReadError("a scenario has two lists of names, met and failed", str(path), hint)
    return list(told.get("met", ())), list(told.get("failed", ()))


# ---------------------------------------------------------------------------------------------------- names


def _meant(readings: Readings, words: str, value: Value, who: Mapping[str, set[str]]) -> list[tuple[str, int]]:
    """The conditions that some words name, and how closely; `who` are the actors of all that is said of deciders."""
    every = readings.conditions.values()
    if words.startswith(BY):
        together = set().union(*who.values())
        return [(c.iri, DECIDER) for c in every if c.by & who[words] and (value is Value.FAILED or c.by <= together)]
    if words.startswith(OF_KIND):
        kind = words.removeprefix(OF_KIND).strip()
        if kind not in KINDS:
            raise UsageError(f"{kind!r} is no kind of condition", "", f"one of: {', '.join(KINDS)}")
        return [(c.iri, KIND) for c in every if c.kind == kind]
    known = names(readings.store, "Condition", "condition/")
    if found := [c for c in matching(known, words) if c in readings.conditions]:
        return [(c, CLOSEST) for c in found]
    circumstances = names(readings.store, "Circumstance", "circumstance/")
    if found := matching(circumstances, words):
        return [(c.iri, CIRCUMSTANCE) for c in every if any(_implied(readings, f, c, value) for f in found)]
    hint = nearest(words, {n for _, n in (*known, *circumstances)}, HINT)
    raise UsageError(f"{words!r} is not the name of a condition in this store", "", hint)


def _implied(readings: Readings, named: str, condition: Condition, value: Value) -> bool:
    """Whether a circumstance that is met or failed settles a condition: its own, a broader one that is met with it, a narrower one
    that fails with it. That somebody consented does not say that another who decides did."""
    if named == condition.circumstance:
        return True
    if value is Value.MET:
        return condition.circumstance in readings.broader.get(named, ()) and not condition.by
    return named in readings.broader.get(condition.circumstance, ())


def _actors(readings: Readings, words: str) -> set[str]:
    actors = names(readings.store, "Actor", "actor/")
    name = words.removeprefix(BY).strip()
    if found := matching(actors, name):
        return set(found)
    raise UsageError(f"{name!r} is not the name of an actor in this store", "", nearest(name, {n for _, n in actors}, HINT))


# ---------------------------------------------------------------------------------------------------- reports


def _take_reports(readings: Readings, found: Scenario) -> None:
    """What sources say was met, failed, kept or broken; the latest counts, and where those of one day differ nothing is known."""
    found.reports += sorted(
        _reports(readings), key=lambda report: (report.condition, report.date, report.passage.article, report.passage.start)
    )
    for condition in {report.condition for report in found.reports}:
        told = [report for report in found.reports if report.condition == condition]
        last = [one for one in told if not any(later(other.date, one.date) for other in told)]
        if len({report.value for report in last}) == 1:
            found.settle(condition, last[0].value, REPORTED, last[0].says)


def _reports(readings: Readings) -> Iterable[Report]:
    fulfilled: dict[str, list[str]] = {}
    for condition, commitment in rows(readings.store, f"SELECT DISTINCT ?c ?d {{ ?c <{kg('fulfilledBy')}> ?d }}"):
        fulfilled.setdefault(commitment, []).append(condition)
    for term, value in (("saysMet", Value.MET), ("saysFailed", Value.FAILED), ("saysKept", Value.MET), ("saysBroken", Value.FAILED)):
        text = f"""SELECT DISTINCT ?what ?article ?quote ?start ?end ?date {{
          ?claim <{kg(term)}> ?what . ?s <{kg("expresses")}> ?claim ; <{kg("force")}> ?force ; <{kg("reportedIn")}> ?article ; <{kg("context")}> ?x .
          ?x <{OA}exact> ?quote ; <{OA}start> ?start ; <{OA}end> ?end . FILTER(?force != <{kg("force-denies")}>)
          OPTIONAL {{ ?s <{kg("saidOn")}> ?said }} OPTIONAL {{ ?article <https://schema.org/datePublished> ?published }}
          BIND(STR(COALESCE(?said, ?published, "")) AS ?date) }}"""
        for what, article, quote, start, end, date in rows(readings.store, text):
            for condition in [what] if term in ("saysMet", "saysFailed") else fulfilled.get(what, []):
                yield Report(condition, value, term.removeprefix("says").lower(), Passage(quote, article, int(start), int(end)), date)
