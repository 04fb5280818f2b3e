"""Which statements report one act of speaking: one speaker, one time, like words."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.analyse.utterances import find_utterances, find_uttered, utterance_triples
from kg.store.embedded import open_store
from kg.vocabulary import SCHEMA, kg
from tests.analyse.world import World

WORDS = "We shall send ships to the harbour of Port Süd"


def clusters(world: World) -> list[str]:
    return ["".join(one.passage.article[-1] for one in cluster) for cluster in find_utterances(find_uttered(world.store()))]


def test_an_utterance_is_of_one_speaker_and_one_time() -> None:
    """Another speaker's like words, and the same words a month later, are another act of speaking."""
    world = World()
    world.speaks(WORDS, "a")
    world.speaks(WORDS + " soon", "b")
    world.speaks(WORDS, "c", speaker="falk")
    world.speaks(WORDS, "d", date="2026-02-06")
    assert clusters(world) == ["ab"]


def test_like_words_of_somebody_else_are_another_utterance() -> None:
    """Each names whom the other does not."""
    world = World()
    world.speaks("a missile killed Ada Lund, a member of the city council of Sund", "a")
    world.speaks("a missile killed Bo Krag, a member of the city council of Sund", "b")
    world.speaks("a missile killed Ada Lund, a member of the council", "c")
    assert clusters(world) == ["ac"]


@pytest.mark.parametrize(("force", "found"), [("pledges", ["ab"]), ("demands", [])])
def test_what_is_said_tells_more_than_the_words(force: str, found: list[str]) -> None:
    """Indirect speech of the same thing with the same force is a report too."""
    world = World()
    world.speaks("Norland will send three grey ships in spring to guard the strait", "a", expresses="ships", force="pledges")
    world.speaks("his country would guard that strait with ships from Norland next year", "b", expresses="ships", force=force)
    assert clusters(world) == found


def test_the_only_ones_that_say_a_thing_are_one_utterance_in_any_words() -> None:
    """Where an article has two such statements, words must tell which of them is meant."""
    world = World()
    world.speaks("soldiers go there once peace has come", "a", expresses="troops")
    world.speaks("Norland would place forces abroad", "b", expresses="troops")
    world.speaks("nothing is ruled out", "c", expresses="troops")
    world.speaks("a contribution needs consent", "c", expresses="troops")
    assert clusters(world) == ["ab"]


def published(world: World, words: str, article: str, day: str, expresses: str = "") -> None:
    """A statement that its article's day alone dates."""
    world.speaks(words, article, date="", expresses=expresses)
    world.tell(f"article/{article}", SCHEMA + "datePublished", day, article)


def test_the_figures_of_another_day_are_another_report() -> None:
    """The toll of each day in the words of the day before; of one day two tolls are told of one utterance, for `kg compare` to show."""
    toll = "at least {} people were killed in strikes across the whole northern valley"
    world = World()
    for article, count, day in (("a", 103, "06"), ("b", 79, "07"), ("c", 79, "08"), ("d", 80, "07")):
        published(world, toll.format(count), article, f"2026-01-{day}")
    assert clusters(world) == ["bc"]
    published(world, toll.format(81), "e", "2026-01-06")
    assert clusters(world) == ["ae", "bc"]


def test_any_words_are_of_one_utterance_only_that_day_or_the_next() -> None:
    """Some days later the same may be said again, on another condition."""
    world = World()
    published(world, "soldiers go there once peace has come", "a", "2026-01-06", "troops")
    published(world, "Norland would place forces abroad", "b", "2026-01-07", "troops")
    published(world, "nothing is ruled out", "c", "2026-01-09", "troops")
    assert clusters(world) == ["ab"]


def test_reports_join_only_where_all_may_be_of_one_time() -> None:
    """One that nothing dates does not tie two dated ones together."""
    world = World()
    world.speaks(WORDS, "a", date="2026-01-06")
    world.speaks(WORDS, "b", date="2026-01-07")
    world.speaks(WORDS, "c", date="")
    assert clusters(world) == ["ac"]


def test_what_nothing_dates_is_of_its_articles_day_or_shortly_before() -> None:
    """A speech of Tuesday can be told on Wednesday, not on Monday, nor a month later."""
    world = World()
    world.speaks(WORDS, "a", date="2026-01-06")
    for article, published in (("b", "2026-01-07"), ("c", "2026-01-05"), ("d", "2026-02-07")):
        world.speaks(WORDS, article, date="")
        world.tell(f"article/{article}", SCHEMA + "datePublished", published, article)
    assert clusters(world) == ["ab"]


def test_the_rule_names_an_utterance_by_its_reports(seeds: Path) -> None:
    """The same again for the same store; each report of one utterance only."""
    store = open_store(seeds)
    triples = utterance_triples(store)
    reports = [t.subject for t in triples if t.predicate.value == kg("reportOf")]
    assert triples == utterance_triples(store) and reports and len(reports) == len(set(reports))


def test_many_statements_of_one_speaker_cost_no_square() -> None:
    """What is looked at are pairs with rare words in common: of a thousand statements in the same frame none."""
    world = World()
    for n in range(1000):
        world.speaks(f"talks will go on in town{n} with partner{n}", f"a{n}")
    assert clusters(world) == []


def test_however_many_reprint_a_statement_it_is_one_utterance() -> None:
    """Of three hundred the words are no longer rare; who tells it in other words still joins them, and a speech of a month later does not."""
    world = World()
    for n in range(300):
        world.speaks(WORDS, f"a{n:03}")
    world.speaks(WORDS + " soon", "b")
    world.speaks(WORDS, "c", date="2026-02-06")
    world.speaks("Yes", "d0")
    world.speaks("Yes", "d1")
    [cluster] = find_utterances(find_uttered(world.store()))
    assert {one.passage.article.rpartition("/")[2] for one in cluster} == {f"a{n:03}" for n in range(300)} | {"b"}
