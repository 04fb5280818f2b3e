"""One utterance in several sources, and what cannot all be right: with both passages, copies counted once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.analyse.compare import COLUMNS, compare
from kg.analyse.readings import Readings
from kg.analyse.timeline import Moves
from kg.store.embedded import Store, open_store
from tests.support import Run


@pytest.fixture(scope="module")
def store(seeds: Path) -> Store:
    return open_store(seeds)


@pytest.fixture(scope="module")
def found(store: Store) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in compare(Moves(store))]


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
    """Words, article and place, of either side; but what was dropped or added has one."""
    both = [row for row in found if row["kind"] not in ("dropped", "added")]
    assert both and all(
        row[f"{side}{key}"] not in (None, "") for row in both for side in ("", "other_") for key in ("quote", "article", "start", "end")
    )


def test_what_a_paraphrase_made_of_its_source(found: list[dict[str, str]]) -> None:
    """Aligned sentences in other words, what is gone, what is new; the copy, word for word, is in none."""
    retold = of(found, "retold")
    assert {row["about"] for row in retold} == {"003-paraphrase"}
    assert any("may" in row["differs"] and "Bundestag" in row["quote"] and "Bundestag" in row["other_quote"] for row in retold)
    assert any("convince their parliaments" not in row["quote"] and "Rubio" in row["quote"] for row in of(found, "dropped"))
    assert all(row["other_quote"] and not row["quote"] for row in of(found, "added"))


def test_the_command(seeds: Path, run: Run, store: Store) -> None:
    """JSON has things with their labels."""
    told = run("compare", "--store", seeds, "--format", "json")
    rows = json.loads(told.stdout)
    assert len(rows) == len(compare(Moves(store))) and rows[0]["article"]["label"] and Readings(store).origin_of
