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
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.analyse.disagreements import disagreement_triples
from kg.analyse.origins import origin_triples
from kg.analyse.utterances import utterance_triples
from kg.model import Actor, Annotation, Annotator, Article, Commitment, Condition, ConditionUse, Reference, Registry, Span, Statement
from kg.query import list_queries
from kg.store.embedded import Store, memory, quads
from kg.triples import annotation_triples, article_iri, registry_triples, to_triples
from kg.view.site.facts import read_facts
from kg.view.site.maker import Maker
from kg.view.site.pages import site_pages
from kg.view.site.write import write_site
from kg.vocabulary import DERIVED_GRAPH, PROVENANCE_GRAPH, REGISTRY_GRAPH

SENTENCES = 10  # statements of an article
STATES, ACTIONS, BODIES = 150, 400, 60
STANCES = (("pledges", "pledged", "firm"), ("pledges", "pledged", "intended"), ("offers", "open", None), ("refuses", "refused", None))


def articles(count: int) -> Iterator[tuple[Article, Annotation]]:
    """Articles with their readings; actors and actions as unevenly spread as in the news (Zipf)."""
    drawn = random.Random(7)
    weights = [1 / (n + 1) for n in range(STATES)]
    states = [Actor(f"state-{n}", f"Norland {n}", "state") for n in range(STATES)]
    bodies = [Actor(f"body-{n}", f"Assembly {n}", "parliament") for n in range(BODIES)]
    for at in range(count):
        text, statements, commitments, conditions = "", [], [], []
        for n in range(SENTENCES):
            who = states[drawn.choices(range(STATES), weights)[0]]
            body, act = bodies[drawn.randrange(BODIES)], f"send {drawn.randrange(ACTIONS)} ships"
            force, stance, strength = drawn.choice(STANCES)
            sentence = f"{who.label} said on day {drawn.randrange(10_000)} that it would {act} to the coast if {body.label} agrees to it. "
            start = len(text)
            text += sentence

            def span(words: str, start: int = start, sentence: str = sentence, text: str = text) -> Span:
                return Span.of(text, start + sentence.index(words), start + sentence.index(words) + len(words))

            said = sentence[sentence.index("it would") : sentence.rindex(".")]
            commitments.append(
                Commitment(f"c{n}", (Reference(who.id, span(who.label)),), Reference(act.replace(" ", "-"), span(act)), None, None)
            )
            conditions.append(
                Condition(
                    f"k{n}", span(f"{body.label} agrees to it"), f"{body.id}-agrees", "approval", (Reference(body.id, span(body.label)),)
                )
            )
            statements.append(
                Statement(
                    f"s{n}", (span(said),), "indirect", force, (Reference(who.id, span(who.label)),), cue=span("said"), expresses=f"c{n}",
                    stance=stance, strength=strength, conditions=(ConditionUse(f"k{n}", "if", "requirement", span("if")),), confidence=0.8,
                )
            )  # fmt: skip
        day = f"2025-{1 + at * 12 // count:02}-{1 + at % 28:02}"
        annotation = Annotation(Annotator("bench", "1"), tuple(statements), tuple(commitments), tuple(conditions), (), tuple(sorted({*states, *bodies}, key=lambda a: a.id)))  # fmt: skip
        yield Article(f"article-{at:05}", text.strip(), f"Article {at}", "The Bench", published=day), annotation


def store_of(count: int) -> Store:
    """A store of so many articles, derived graphs too."""
    registry = Registry()
    found: list[ox.Quad] = list(quads(REGISTRY_GRAPH, registry_triples(registry)))
    for article, annotation in articles(count):
        found += quads(article_iri(article.id), to_triples(article, annotation, registry))
        found += quads(PROVENANCE_GRAPH, annotation_triples(article, annotation.annotator, "2026-01-01T00:00:00Z", "0" * 64, "0" * 64))
    store = memory(found)
    derived: list[ox.Quad] = []
    rules = {rule.name: rule for rule in list_queries("derive")}
    for rule in sorted(rules.values(), key=lambda rule: (bool(rule.header.get("after")), rule.name)):
        if rule.name in ("first-hand",):
            answer = store.query(rule.text)
            assert isinstance(answer, ox.QueryTriples)
            derived += quads(DERIVED_GRAPH + rule.name, list(answer))
    for name, derive in (("origin", origin_triples), ("utterance", utterance_triples), ("disagreement", disagreement_triples)):
        derived += quads(DERIVED_GRAPH + name, derive(memory([*found, *derived])))
    return memory([*found, *derived])


def main() -> None:
    """Makes the store, writes the site, opens it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    store = store_of(count)
    with tempfile.TemporaryDirectory() as temporary:
        site = Path(temporary) / "site"
        begun = time.process_time()
        files = write_site(site, site_pages(Maker(read_facts(store))))
        spent = time.process_time() - begun
        sizes = sorted(((path.stat().st_size, path.name) for path in site.rglob("*.html")), reverse=True)
        whole = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
        print(f"{count} articles, {count * SENTENCES} statements: {files} files, {whole / 1e6:.0f} MB, {spent:.1f} CPU s")
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
