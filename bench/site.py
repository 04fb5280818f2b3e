"""A site of 2,000 articles and 20,000 statements: what it costs to write, how large its pages are, how soon the first one is there.

    .venv/bin/python bench/site.py [ARTICLES]

The articles are made by a seed. CPU seconds of this process; the first page in Chromium in wall time, for that is what a reader waits.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.analyse.derive import derivations
from kg.model import Actor, Annotation, Annotator, Article, Commitment, Condition, ConditionUse, Reference, Registry, Span, Statement
from kg.store.embedded import Store, quads
from kg.triples import annotation_triples, article_iri, registry_triples, to_triples
from kg.view.site.facts import read_facts
from kg.view.site.maker import Maker
from kg.view.site.pages import site_pages
from kg.view.site.write import write_site
from kg.vocabulary import DERIVED_GRAPH, PROVENANCE_GRAPH, REGISTRY_GRAPH

WHEN = "2026-01-01T00:00:00Z"
SENTENCES = 10  # statements of an article
STATES, ACTIONS, BODIES, WORDS = 150, 400, 60, 4_000
COPIES = 10  # one article of so many tells the one before again, but for a sentence
OTHERWISE = 0.1  # share of sentences in which something else must agree than usual
STANCES = (("pledges", "pledged", "firm"), ("pledges", "pledged", "intended"), ("offers", "open", None), ("refuses", "refused", None))
STATE = [Actor(f"state-{n}", f"Norland {n}", "state") for n in range(STATES)]
BODY = [Actor(f"body-{n}", f"Assembly {n}", "parliament") for n in range(BODIES)]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to be: who would do what if which body agrees, how that is said (force, stance, strength), the words between."""

    who: Actor
    act: str
    body: Actor
    how: tuple[str, str, str | None]
    words: tuple[str, str]

    @property
    def sentence(self) -> str:
        """Its words."""
        before, after = self.words
        return f"{self.who.label} said {before} that it would {self.act} {after} if {self.body.label} agrees to it. "


def articles(count: int) -> Iterator[tuple[Article, Annotation]]:
    """Articles with their readings; actors, and the words between, as unevenly spread as in the news (Zipf), the rest evenly."""
    drawn = random.Random(7)
    words = ["".join(drawn.choices(("ka", "lo", "mi", "nu", "re", "sta", "ter", "vo"), k=drawn.randrange(2, 6))) for _ in range(WORDS)]
    lines: list[Line] = []
    for at in range(count):
        kept = lines[1:] if at % COPIES == COPIES - 1 else []
        lines = kept + [_line(drawn, words) for _ in range(SENTENCES - len(kept))]
        day = f"2025-{1 + at * 12 // count:02}-{1 + at % 28:02}"
        yield (
            Article(f"article-{at:05}", "".join(line.sentence for line in lines).strip(), f"Article {at}", "The Bench", published=day),
            _read(lines),
        )


def _line(drawn: random.Random, words: Sequence[str]) -> Line:
    between = [" ".join(drawn.choices(words, _zipf(WORDS), k=many)) for many in (2, 8)]
    who = drawn.choices(STATE, _zipf(STATES))[0]
    ships = drawn.randrange(ACTIONS)
    body = drawn.choice(BODY) if drawn.random() < OTHERWISE else BODY[ships % BODIES]
    return Line(who, f"send {ships} ships", body, drawn.choice(STANCES), (between[0], between[1]))


@cache
def _zipf(many: int) -> list[float]:
    return [1 / (n + 1) for n in range(many)]


def _read(lines: Sequence[Line]) -> Annotation:
    """What a reader finds in the sentences: a statement each, with its commitment and its condition."""
    text, statements, commitments, conditions = "".join(line.sentence for line in lines), [], [], []
    start = 0
    for n, line in enumerate(lines):

        def span(words: str, start: int = start, sentence: str = line.sentence) -> Span:
            return Span.of(text, start + sentence.index(words), start + sentence.index(words) + len(words))

        who, agreed = Reference(line.who.id, span(line.who.label)), f"{line.body.label} agrees to it"
        force, stance, strength = line.how
        commitments.append(Commitment(f"c{n}", (who,), Reference(line.act.replace(" ", "-"), span(line.act)), None, None))
        conditions.append(
            Condition(f"k{n}", span(agreed), f"{line.body.id}-agrees", "approval", (Reference(line.body.id, span(line.body.label)),))
        )
        statements.append(
            Statement(
                f"s{n}", (span(line.sentence[line.sentence.index("it would") : -2]),), "indirect", force, (who,), cue=span("said"), expresses=f"c{n}",
                stance=stance, strength=strength, conditions=(ConditionUse(f"k{n}", "if", "requirement", span("if")),), confidence=0.8,
            )
        )  # fmt: skip
        start += len(line.sentence)
    actors = tuple(sorted({actor for line in lines for actor in (line.who, line.body)}, key=lambda a: a.id))
    return Annotation(Annotator("bench", "1"), tuple(statements), tuple(commitments), tuple(conditions), (), actors)


def store_of(count: int) -> Store:
    """A store of so many articles, derived graphs too."""
    registry, engine = Registry(), ox.Store()
    engine.extend(quads(REGISTRY_GRAPH, registry_triples(registry)))
    for article, annotation in articles(count):
        engine.extend(quads(article_iri(article.id), to_triples(article, annotation, registry)))
        engine.extend(quads(PROVENANCE_GRAPH, annotation_triples(article, annotation.annotator, WHEN, "0" * 64, "0" * 64)))
    store = Store(engine)
    for name, make in derivations(store).items():
        engine.extend(quads(DERIVED_GRAPH + name, make()))
    return store


def main() -> None:
    """Makes the store, writes the site, opens it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as temporary:
        site = Path(temporary) / "site"
        begun = time.process_time()
        store = store_of(count)
        stored = time.process_time()
        files = write_site(site, site_pages(Maker(read_facts(store))))
        written = time.process_time()
        sizes = sorted(((path.stat().st_size, path.name) for path in site.rglob("*.html")), reverse=True)
        whole = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
        print(f"{count} articles, {count * SENTENCES} statements: made and derived in {stored - begun:.1f} CPU s")
        print(f"site: {files} files, {whole / 1e6:.0f} MB, {written - stored:.1f} CPU s")
        print("largest pages, kB: " + ", ".join(f"{name} {size // 1000}" for size, name in sizes[:5]))
        print(f"first page in Chromium: {_first(site):.2f} s")


def _first(site: Path) -> float:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        begun = time.monotonic()
        page.goto((site / "index.html").as_uri())
        page.wait_for_selector("table.matrix")
        return time.monotonic() - begun


if __name__ == "__main__":
    main()
