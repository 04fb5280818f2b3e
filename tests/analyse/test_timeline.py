"""How stances moved: in order of time, as far as dates tell, by the committer's own words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.analyse.readings import above
from kg.analyse.timeline import DIFF, TIMELINE, Moves, diff_rows, timeline_rows
from kg.errors import UsageError
from kg.store.embedded import open_store
from kg.vocabulary import SKOS, kg
from tests.analyse.world import World
from tests.support import Run


def moves(world: World) -> list[str]:
    return [moment.change for moment in Moves(world.store()).timeline()]


def test_a_pledge_opened_made_and_withdrawn() -> None:
    """Each move is named, with what it moved from."""
    world = World()
    for article, stance, date in (("a", "open", "2026-01-01"), ("b", "pledged", "2026-02"), ("c", "pledged", "2026-03-01"), ("d", "withdrawn", "2026-03-02")):  # fmt: skip
        world.says("aid", stance, article, date)
    found = Moves(world.store()).timeline()
    assert [moment.change for moment in found] == ["new", "open → pledged", "", "pledged → withdrawn"]
    assert [moment.before and moment.before.date for moment in found] == [None, "2026-01-01", None, "2026-03-01"]


def test_partial_dates_are_later_only_where_both_say_so() -> None:
    """A month is no day of it, and what nothing dates is neither before nor after."""
    world = World()
    world.says("aid", "open", "a", "2026-01-15")
    world.says("aid", "pledged", "b", "2026-01")
    world.says("aid", "refused", "c", "")
    assert not any("→" in change for change in moves(world))
    world.says("aid", "withdrawn", "d", "2026")
    assert not any("→" in change for change in moves(world))
    world.says("aid", "refused", "e", "2027")
    assert [change for change in moves(world) if "→" in change] == ["open and pledged and withdrawn → refused"]


def test_others_words_move_nobody() -> None:
    """What is ascribed is shown where the committer speaks for itself, and moves only where it never does."""
    world = World()
    world.says("aid", "open", "a", "2026-01-01")
    world.says("aid", "pledged", "b", "2026-01-02", own=False)
    world.says("arms", "open", "a", "2026-01-01", own=False)
    world.says("arms", "pledged", "b", "2026-01-02", own=False)
    assert moves(world) == ["new", "", "new", "open → pledged"]


def test_stances_for_different_places_are_no_move() -> None:
    """Only in a neighbouring country is not the country; a place and one within it meet."""
    world = World()
    for article, stance, place in (("a", "open", "west"), ("b", "refused", "east"), ("c", "pledged", "town")):
        s = world.says("aid", stance, article, f"2026-01-0{'abc'.index(article) + 1}")
        world.tell(s, kg("onlyIn"), f"place/{place}", article)
    world.tell("place/town", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", kg("Place"))
    world.tell("place/town", SKOS + "broader", "place/east")
    assert moves(world) == ["new", "new", "refused → pledged"]
    assert [last.endswith("place/east") for last, *_ in above(world.store(), f"?a <{SKOS}broader> ?b").values()] == [True]


def test_copies_count_once() -> None:
    """What a copy of an article says is the same statement."""
    world = World()
    world.says("aid", "open", "a", "2026-01-01")
    world.says("aid", "open", "b", "2026-01-01")
    assert len(moves(world)) == 2
    world.tell("article/b", kg("origin"), "article/a")
    assert len(moves(world)) == 1


def test_what_stood_and_what_stands() -> None:
    """A diff names new commitments, other stances and other conditions, with both passages; nothing else is a row."""
    world = World()
    vote, peace = world.condition("vote"), world.condition("peace")
    world.says("same", "open", "a", "2026-01-01")
    world.says("aid", "open", "a", "2026-01-01")
    world.says("aid", "pledged", "b", "2026-02-01", requires=[vote])
    world.says("fresh", "pledged", "b", "2026-02-01")
    for article, date, conditions in (("a", "2026-01-01", [vote]), ("b", "2026-02-01", [vote, peace]), ("c", "2026-03-01", [peace])):
        world.says("bound", "pledged", article, date, requires=conditions)
    found = Moves(world.store())
    assert [(one.commitment.rpartition("/")[2], one.change) for one in found.diff("2026-01-31", "2026-02")] == [
        ("aid", "open → pledged"), ("bound", "a condition more"), ("fresh", "new"),
    ]  # fmt: skip
    assert [one.change for one in found.diff("2026-02-27", "2026-12", "norland")] == ["a condition less"]
    [aid, *_] = [dict(zip(DIFF, row, strict=True)) for row in diff_rows(found, found.diff("2026-01-31", "2026-02"))]
    assert (aid["before"], aid["after"]) == ("open", "pledged (only if vote)")
    assert (aid["before_quote"], aid["quote"]) == ("aid in a", "aid in b")
    with pytest.raises(UsageError, match="later than"):
        found.diff("2026-02", "2026-01")
    with pytest.raises(UsageError, match="not the name of an actor"):
        found.of("nobody")


def test_the_seeds(seeds: Path) -> None:
    """Germany stays open throughout, and every row ends at its words."""
    found = Moves(open_store(seeds))
    rows = [dict(zip(TIMELINE, row, strict=True)) for row in timeline_rows(found, found.timeline("Germany"))]
    assert {row["stance"] for row in rows} == {"open"} and [row["change"] for row in rows].count("new") == 1
    assert all(row["quote"] and row["article"] and row["said_by"] == "the committer" for row in rows)


def test_the_commands(seeds: Path, run: Run) -> None:
    """JSON has things with their labels; wrong dates and names are told."""
    told = run("timeline", "Germany", "--store", seeds, "--format", "json")
    assert json.loads(told.stdout)[0]["commitment"]["label"] == "Germany: deploy troops"
    told = run("diff", "2025-12-31", "2026-01-06", "--actor", "Germany", "--store", seeds, "--format", "json")
    [row] = json.loads(told.stdout)
    assert row["change"] == "new" and "Bundestag" in row["after"]
    assert run("diff", "yesterday", "2026", "--store", seeds).returncode == 2
    assert run("timeline", "Germnay", "--store", seeds).returncode == 2
