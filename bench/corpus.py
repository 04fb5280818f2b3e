"""Corpora made from a seed, of any size: articles whose spans hold, with the graphs that the program makes of such.

    .venv/bin/python bench/corpus.py QUADS FILE.nq [SEED]

Who speaks, what is promised and on what it hangs are drawn from the registry by Zipf's law, so that some are told of by
hundreds of articles and most by few; stances move from date to date, conditions hang on conditions, one statement in five is
relayed. Each article goes through the model (`to_triples`), as what is read does.
"""

from __future__ import annotations

import random
import sys
import time
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

from kg.actors import load_registry
from kg.model import Actor, Annotation, Annotator, Article, Commitment, Condition, ConditionUse, Reference, Registry, Span, Statement
from kg.store.embedded import lines_of
from kg.triples import article_iri, to_triples

SEED = 7
STATEMENTS = (3, 9)  # of an article, fewest and most
FIRST_DAY, DAYS = date(2025, 1, 1), 450
STANCES = {"pledged": "pledges", "open": "offers", "refused": "refuses", "withdrawn": "withdraws"}  # and the force with which they are said
WHAT = (
    "ceasefire",
    "parliament vote",
    "budget",
    "treaty",
    "election",
    "court ruling",
    "summit",
    "inspection",
    "withdrawal",
    "prisoner exchange",
)
HOW = "holds", "passes", "is signed", "is confirmed", "goes ahead"
WHEN = "in spring", "this year", "before winter", "by June", "next week", "in time", "as planned", "in full"
CIRCUMSTANCES = [f"{what} {how} {when}" for when in WHEN for what in WHAT for how in HOW]
BELOW = 20  # a circumstance hangs on one of the next so many, so that none hangs on itself
KINDS = ("event", "approval", "reciprocity", "finding")
OUTLETS = [f"Daily {name}" for name in ("Herald", "Courier", "Post", "Wire", "Observer", "Gazette", "Echo", "Monitor")]
Item = TypeVar("Item")


class _Zipf:
    """Draws the n-th of some things with a chance of about 1/n."""

    def __init__(self, things: Sequence[Item], chance: random.Random) -> None:
        self._things, self._chance = list(things), chance
        chance.shuffle(self._things)
        self._sums = list(accumulate(1 / n for n in range(1, len(self._things) + 1)))

    def draw(self) -> Item:
        return self._things[bisect(self._sums, self._chance.random() * self._sums[-1])]


class _Writer:
    """The text of an article, written piece by piece; each piece can be a span."""

    def __init__(self) -> None:
        self.text = ""

    def put(self, words: str) -> Span:
        start = len(self.text)
        self.text += words
        return Span(start, len(self.text), words)


class Corpus:
    """Articles with their annotations, the same for the same seed."""

    def __init__(self, registry: Registry, seed: int = SEED, statements: tuple[int, int] = STATEMENTS) -> None:
        self.registry, self._chance, self._statements_of_one = registry, random.Random(seed), statements
        actors = sorted(registry.actors.values(), key=lambda actor: actor.id)
        self._speakers = _Zipf([a for a in actors if a.kind == "person"], self._chance)
        self._states = _Zipf([a for a in actors if a.kind in ("state", "institution", "alliance")], self._chance)
        self._actions = _Zipf(sorted(registry.concepts["actions"].values(), key=lambda c: c.id), self._chance)
        self._circumstances = _Zipf(range(len(CIRCUMSTANCES)), self._chance)

    def articles(self) -> Iterator[tuple[Article, Annotation]]:
        """Articles without end."""
        number = 0
        while True:
            yield self._article(number)
            number += 1

    def _article(self, number: int) -> tuple[Article, Annotation]:
        day = FIRST_DAY + timedelta(self._chance.randrange(DAYS))
        made = _Article(_Writer(), day.isoformat())
        for n in range(self._chance.randint(*self._statements_of_one)):
            self._statement(made, n)
        id = f"made-{number:07d}"
        article = Article(
            id,
            made.writer.text,
            f"News {number}",
            OUTLETS[number % len(OUTLETS)],
            None,
            day.isoformat(),
            False,
            f"https://example.org/{id}",
            "en",
        )
        annotator = Annotator("corpus", "1", reviewed=number % 4 == 0)
        return article, Annotation(annotator, tuple(made.statements), tuple(made.commitments), tuple(made.conditions))

    def _statement(self, made: _Article, n: int) -> None:
        chance, put = self._chance, made.writer.put
        speaker, committer, other = self._speakers.draw(), self._states.draw(), self._states.draw()
        action = self._actions.draw()
        stance = chance.choice(("pledged", "pledged", "pledged", "open", "refused", "withdrawn"))
        who = Reference(speaker.id, put(speaker.label), round(chance.uniform(0.6, 1), 2), "bench")
        put(" ")
        cue = put("said")
        put(" on ")
        said_on = Reference(made.day, put("this day"))
        put(" that ")
        start = len(made.writer.text)
        by = Reference(committer.id, put(committer.label))
        put({"refused": " will not ", "open": " may "}.get(stance, " will "))
        deed = Reference(action.id, put(action.label))
        put(" with ")
        beneficiary = Reference(other.id, put(other.label)) if other.id != committer.id else None
        if not beneficiary:
            put("others")
        made.commitments.append(Commitment(f"c{n}", (by,), deed, beneficiary))
        uses = [self._condition(made, f"k{n}-{k}") for k in range(chance.choice((0, 1, 1, 2)))]
        content = Span.of(made.writer.text, start, len(made.writer.text))
        put(f". That was item {n} of the day.\n")
        relayed = f"s{chance.randrange(n)}" if n and chance.random() < 0.2 else None
        made.statements.append(Statement(
            f"s{n}", (content,), "indirect", STANCES[stance], speaker=(who,),
            cue=cue, channel="spoken", said_on=said_on, relayed_by=relayed, expresses=f"c{n}", stance=stance, strength=None if stance != "pledged" else chance.choice(("firm", "intended")),
            conditions=tuple(uses), confidence=round(chance.uniform(0.5, 1), 2), found_by="bench",
        ))  # fmt: skip

    def _condition(self, made: _Article, id: str) -> ConditionUse:
        put, chance = made.writer.put, self._chance
        put(", ")
        polarity = "unless" if chance.random() < 0.15 else "if"
        marker = put(polarity)
        put(" ")
        depends: tuple[str, ...] = ()
        which = self._circumstances.draw()
        entry = self._one(made, id, which)
        if chance.random() < 0.3 and which + BELOW < len(CIRCUMSTANCES):
            put(", provided ")
            below = self._one(made, id + "-b", which + 1 + hash_of(entry.circumstance) % BELOW)
            depends = (below.id,)
            made.conditions.append(below)
        made.conditions.append(
            Condition(entry.id, entry.text, entry.circumstance, entry.kind, entry.by, depends, None, entry.confidence, entry.found_by)
        )
        return ConditionUse(id, polarity, "requirement", marker, None, 0.9, "bench")

    def _one(self, made: _Article, id: str, which: int) -> Condition:
        words = CIRCUMSTANCES[which]
        kind = KINDS[hash_of(words) % len(KINDS)]
        span = made.writer.put(f"the {words}")
        by: tuple[Reference, ...] = ()
        if kind in ("approval", "finding"):
            made.writer.put(" by ")
            actor: Actor = self._states.draw()
            by = (Reference(actor.id, made.writer.put(actor.label)),)
        return Condition(id, span, self.registry.concept_id("circumstances", words), kind, by, (), None, 0.9, "bench")


class _Article:
    """What is written of one article so far."""

    def __init__(self, writer: _Writer, day: str) -> None:
        self.writer, self.day = writer, day
        self.statements: list[Statement] = []
        self.commitments: list[Commitment] = []
        self.conditions: list[Condition] = []


def hash_of(words: str) -> int:
    """A small number of some words, the same in every process."""
    return sum(words.encode())


def graphs(quads: int, registry: Registry | None = None, seed: int = SEED) -> Iterator[tuple[Article, Annotation, list[bytes]]]:
    """Articles with their annotations and graphs, until the graphs have so many quads."""
    known = registry or load_registry()
    count = 0
    for article, annotation in Corpus(known, seed).articles():
        if count >= quads:
            return
        lines = lines_of(article_iri(article.id), to_triples(article, annotation, known))
        count += len(lines)
        yield article, annotation, lines


def main() -> None:
    """Writes the graphs of a corpus to a file of N-Quads, and says what that took."""
    quads, target, seed = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else SEED
    begun, articles, count = time.process_time(), 0, 0
    with target.open("wb") as stream:
        for _, _, lines in graphs(quads, seed=seed):
            stream.writelines(lines)
            articles, count = articles + 1, count + len(lines)
    print(f"{articles} articles, {count} quads, {time.process_time() - begun:.1f} CPU s")


if __name__ == "__main__":
    main()
