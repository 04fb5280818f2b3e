"""One utterance in several sources, and what cannot all be right: with both passages, copies counted once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.analyse.compare import COLUMNS, compare, utterances
from kg.analyse.readings import Readings
from kg.store.embedded import Store, open_store
from kg.vocabulary import OA, kg
from tests.analyse.world import World
from tests.support import Run


@pytest.fixture(scope="module")
def store(seeds: Path) -> Store:
    return open_store(seeds)


@pytest.fixture(scope="module")
def found(store: Store) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in compare(store)]


def of(found: list[dict[str, str]], kind: str) -> list[dict[str, str]]:
    return [row for row in found if row["kind"] == kind]


def test_quotes_cluster_across_articles(found: list[dict[str, str]]) -> None:
    """Starmer's, Macron's and Witkoff's, word by word; the copy and the paraphrase are no further source."""
    wordings = of(found, "wording")
    assert {"Keir Starmer", "Emmanuel Macron", "Steve Witkoff"} <= {row["about"] for row in wordings}
    hubs = next(row["wording"] for row in wordings if "military hubs" in row["quote"] and "rferl" in row["other_article"])
    assert hubs == "[-I can say that-] following a ceasefire, [-the-] UK and France will establish military hubs across Ukraine"
    assert not any("002a" in row["article"] or "003" in row["other_article"] for row in wordings)


def test_one_sentence_of_two_speakers_is_a_disagreement(found: list[dict[str, str]]) -> None:
    """Kushner in one, Witkoff in the other."""
    [row] = of(found, "speaker")
    assert (row["about"], row["differs"]) == ("strongly stands", "speaker: Jared Kushner → Steve Witkoff")


def test_figures_contradict_only_within_one_measure(found: list[dict[str, str]]) -> None:
    """Troops of the force do; countries, Western countries and leaders are not the same number."""
    assert [row["about"] for row in of(found, "number")] == ["multinational force: troops"]


def test_conditions_and_stances_of_independent_sources(found: list[dict[str, str]]) -> None:
    """Ceasefire in one, peace agreement in another; pledged in one, open in another; each once."""
    assert sorted({row["differs"] for row in of(found, "condition")}) == ["condition: ceasefire (event) → peace agreement (event)"]
    assert len(of(found, "condition")) == 2
    assert [(row["about"], row["differs"]) for row in of(found, "stance")] == [
        ("France and United Kingdom: deploy troops", "stance: pledged → open")
    ]


def test_every_row_has_both_passages(found: list[dict[str, str]]) -> None:
    """Words, article and place, of either side."""
    assert found and all(
        row[f"{side}{key}"] not in (None, "") for row in found for side in ("", "other_") for key in ("quote", "article", "start", "end")
    )


def speak(world: World, article: str, words: str, speaker: str = "berg", said_on: str = "2026-01-06") -> None:
    s = world.says("aid", article=article, date=said_on)
    world.tell(s, kg("speaker"), f"actor/{speaker}", article)
    world.tell(s, kg("passage"), f"{s}/words", article)
    for term, value in ((OA + "exact", words), (OA + "start", 0), (OA + "end", len(words))):
        world.tell(f"{s}/words", term, value, article)


def test_an_utterance_is_of_one_speaker_and_one_time() -> None:
    """Another speaker's like words, and the same words a month later, are another act of speaking."""
    words = "We shall send ships to the harbour of Port Süd"
    world = World()
    speak(world, "a", words)
    speak(world, "b", words + " soon")
    speak(world, "c", words, speaker="falk")
    speak(world, "d", words, said_on="2026-02-06")
    clusters = utterances(world.store(), {})
    assert [[one.passage.article[-1] for one in cluster] for cluster in clusters] == [["a", "b"]]
    assert utterances(world.store(), {one.passage.article: clusters[0][0].passage.article for one in clusters[0]}) == []


def test_the_command(seeds: Path, run: Run, store: Store) -> None:
    """JSON has things with their labels."""
    told = run("compare", "--store", seeds, "--format", "json")
    rows = json.loads(told.stdout)
    assert len(rows) == len(compare(store)) and rows[0]["article"]["label"] and Readings(store).origin_of
