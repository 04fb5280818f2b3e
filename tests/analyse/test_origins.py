"""Copies and paraphrases go to their origin; independent reports stand alone."""

from __future__ import annotations

import random
from collections import Counter
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from kg.analyse import origins
from kg.analyse.origins import Prepared, Reuse, Sentence, Text, find_reuse, origins_of, verbatim
from kg.query import corroboration, load_query
from kg.query import run as ask
from kg.store.embedded import memory, open_store
from kg.vocabulary import KG
from tests.support import Run

SEEDS = Path(__file__).parents[2] / "seeds" / "articles"


def report(seed: int, sentences: int = 16) -> list[str]:
    """An invented report: sentences of invented words, those of one seed like none of another."""
    draw = random.Random(seed)
    vocabulary = ["".join(draw.choices("abcdefghiklmnoprstuvz", k=draw.randrange(4, 9))) for _ in range(400)]

    def sentence() -> str:
        words = [
            word
            for some in zip(draw.choices(vocabulary, k=9), draw.choices(("the", "of", "in", "and", "to"), k=9), strict=True)
            for word in some
        ]
        return f"{draw.choice(vocabulary).capitalize()} {' '.join(words)} {draw.randrange(1000)} {draw.choice(vocabulary).capitalize()}."

    return [sentence() for _ in range(sentences)]


def text(id: str, told: list[str], date: str = "2026-01-06") -> Text:
    return Text(id, " ".join(told), date)


def found(*texts: Text) -> list[tuple[str, str, str]]:
    return [(reuse.article, reuse.kind, reuse.source) for reuse in find_reuse(texts)]


def test_a_copy_is_found_whole_and_in_part() -> None:
    """Also where it is cut, or stands in another order."""
    told = report(1)
    assert found(text("a", told), text("b", told, "2026-01-07")) == [("b", "copy", "a")]
    assert found(text("a", told), text("b", told[:6], "2026-01-07")) == [("b", "copy", "a")]
    assert found(text("a", told), text("b", told[::-1], "2026-01-07")) == [("b", "copy", "a")]
    assert find_reuse([text("a", told), text("b", told[:8] + report(2)[:8], "2026-01-07")])[0].share == pytest.approx(0.5, abs=0.08)


def test_other_words_in_the_same_order_are_a_paraphrase() -> None:
    """Names and numbers stay, and so does the order of what is told."""
    told = report(3, 20)
    swap = {"the": "some", "of": "from", "in": "within", "and": "also", "to": "toward"}
    again = [" ".join(swap.get(word, word) for word in sentence.split()) for sentence in told]
    kinds = found(text("a", told), text("b", again + told[:2], "2026-01-07"))
    assert [(article, source) for article, _, source in kinds] == [("b", "a")]


def test_independent_reports_share_quotes_and_stand_alone() -> None:
    """One press conference, two reporters: a common quotation is no origin."""
    quote = ["“We will send the ships as soon as the Assembly has agreed and not a day before that,” the minister said."]
    assert found(text("a", report(4) + quote), text("b", quote + report(5), "2026-01-07")) == []


def test_short_reports_of_like_events_are_no_copies() -> None:
    """A frame with another number in it."""
    frame = "The toll from the floods and landslides caused by heavy rains in the northern province rises to {} people and about 400 more missing."
    one, other = frame.format(334), frame.format(366)
    assert found(Text("a", one, "2026-01-06"), Text("b", other, "2026-01-07")) == []
    assert found(Text("a", one, "2026-01-06"), Text("b", one, "2026-01-07")) == [("b", "copy", "a")]


def test_the_older_is_the_source() -> None:
    """By date as far as both tell it, else the one that has what the other lacks, else by id."""
    told = report(6)
    assert found(text("a", told, "2026-02"), text("b", told, "2026-01-31")) == [("a", "copy", "b")]
    assert found(text("a", told[:10], "2026-01"), text("b", told, "2026-01-31")) == [("a", "copy", "b")]
    assert found(text("a", told, ""), text("b", told, "2026")) == [("b", "copy", "a")]


def test_an_origin_is_the_end_of_the_way() -> None:
    """Along the largest share; a circle ends where it began."""
    chain = [Reuse("c", "b", "copy", 0.9), Reuse("c", "x", "copy", 0.6), Reuse("b", "a", "paraphrase", 0.4)]
    assert origins_of("abcx", chain) == {"a": "a", "b": "a", "c": "a", "x": "x"}
    assert origins_of("ab", [Reuse("a", "b", "copy", 1), Reuse("b", "a", "copy", 1)]) == {"a": "a", "b": "a"}


def reports_of(seed: int, count: int = 30) -> list[Text]:
    """Reports of few topics: most retell one before, cut, in other order, with other words here and there."""
    draw = random.Random(seed)
    told = [report(100 * seed + n, draw.randrange(4, 14)) for n in range(4)]
    swap = ["some", "within", "also", "toward", "again", "17"]
    for _ in range(count - 4):
        base = [*draw.choice(told), *draw.choice(told)][draw.randrange(3) : draw.randrange(8, 20)]
        base = draw.sample(base, len(base)) if draw.random() < 0.3 else base
        often = draw.choice((0, 0.1, 0.3, 0.5))
        told.append([" ".join(draw.choice(swap) if draw.random() < often else word for word in sentence.split()) for sentence in base])
    return [text(f"{n:02}", some, f"2026-01-{draw.randrange(1, 4):02}") for n, some in enumerate(told)]


def plainly(texts: list[Text]) -> list[Reuse]:
    """The same with every pair and every sentence looked into."""

    def share(sentence: Sentence, other: Counter[str]) -> float:
        held = sum(rarity[word] * min(count, other[word]) for word, count in sentence.rare.items())
        return held / sum(rarity[word] * count for word, count in sentence.rare.items())

    prepared = sorted(map(Prepared, texts), key=lambda one: (one.text.date, -len(one.words), one.text.id))
    every = origins.Rarity(prepared)
    found: list[Reuse] = []
    for one, other in origins._candidates(prepared):
        newer, older = origins._by_age(prepared[one], prepared[other])
        rarity = every.of(newer)
        copied, words = verbatim(newer, older), sum(s.count for s in newer.sentences)
        matches: list[tuple[int, int, int]] = []
        for at, sentence in enumerate(newer.sentences):
            alone = [share(sentence, s.rare) for s in older.sentences]
            both = [0.95 * share(sentence, s.rare + t.rare) for s, t in pairwise(older.sentences)]
            places = [(s, -at) for at, s in enumerate(alone) if s] + [
                (s, -(at if alone[at] >= alone[at + 1] else at + 1)) for at, s in enumerate(both) if alone[at] and alone[at + 1]
            ]
            best, place = max(places, default=(0.0, 0))
            matches += [(at, -place, sentence.count)] if best >= origins.ALIKE else []
        shares = [sum(count for _, _, count in some) / words for some in (origins._in_order(matches), matches)]
        told = next((s for s, least in zip(shares, (0.25, 0.45), strict=True) if s >= least and s * len(newer.words) >= 80), 0.0)
        if copied >= (0.5 if copied * len(newer.words) >= 40 else 1):
            found.append(Reuse(newer.text.id, older.text.id, "copy", round(copied, 2)))
        elif told:
            found.append(Reuse(newer.text.id, older.text.id, "paraphrase", round(told, 2)))
    found.sort(key=lambda reuse: (reuse.article, -reuse.share, reuse.source))
    return [next(some) for _, some in groupby(found, key=lambda reuse: reuse.article)]


def test_what_is_not_looked_into_would_change_nothing() -> None:
    """Pairs and sentences are left out by what they could hold at most; the order in which articles come says nothing either."""
    kinds: Counter[str] = Counter()
    for seed in range(4):
        texts = reports_of(seed)
        found = find_reuse(texts)
        assert found == plainly(texts) == find_reuse(random.Random(seed).sample(texts, len(texts)))
        kinds.update(reuse.kind for reuse in found)
    assert kinds["copy"] > 9 and kinds["paraphrase"] > 9


@pytest.mark.parametrize("count", [30, 41, 200])
def test_however_many_reprint_a_story_it_has_one_origin(count: int) -> None:
    """Cut or whole, each under its own first line; also where what they reprint is itself a paraphrase. In any order the same is found."""
    draw = random.Random(count)
    told, others = report(20, 18), [text(f"other {n}", report(1000 + n)) for n in range(60)]
    swap = {"the": "some", "of": "from", "in": "within", "and": "also", "to": "toward"}
    again = told[:3] + [" ".join(swap.get(word, word) for word in sentence.split()) for sentence in told[3:]]
    reprints = [
        text(f"reprint {n:03}", [f"Correspondent {n} of outlet {n % 9}.", *again[: draw.choice((18, draw.randrange(9, 18)))]], f"2026-01-{draw.randrange(7, 12):02}")
        for n in range(count)
    ]  # fmt: skip
    texts = [text("story", told), *reprints, *others]
    reuses = find_reuse(texts)
    assert set(origins_of([one.id for one in texts], reuses).values()) == {"story", *(one.id for one in others)}
    assert reuses == find_reuse(draw.sample(texts, len(texts)))


def test_what_stands_under_all_articles_of_a_year_is_no_story() -> None:
    """The note of an outlet, longer than its short items; told of one week it would be a reprint."""
    note = report(30, 4)
    items = [text(f"item {n}", [*report(2000 + n, 2), *note], f"2025-{1 + n % 12:02}-11") for n in range(60)]
    assert find_reuse(items) == []


def test_words_are_counted_once() -> None:
    """Shingles overlap; their words do not count twice, and a text without words has no share."""
    told = report(7)
    assert verbatim(Prepared(text("a", told[:4])), Prepared(text("b", told))) == 1.0
    assert verbatim(Prepared(Text("a", "…")), Prepared(text("b", told))) == 0.0
    assert find_reuse([Text("a", ""), Text("b", "")]) == []


def test_the_seeds_have_three_origins(seeds: Path) -> None:
    """The copy and the paraphrase go to theirs, the other two stand alone."""
    rows = ask(open_store(seeds), f"SELECT ?a ?o {{ ?a <{KG}origin> ?o }}").rows
    last = {str(a).rstrip(">").rpartition("/")[2]: str(o).rstrip(">").rpartition("/")[2] for a, o in rows}
    assert last == {
        "000-euronews": "000-euronews", "001-declaration": "001-declaration", "002a-copy": "000-euronews", "002b-rferl": "002b-rferl", "003-paraphrase": "000-euronews",
    }  # fmt: skip
    assert {path.stem for path in SEEDS.glob("*.txt")} == set(last)


def test_answers_say_how_many_origins_they_have(seeds: Path, run: Run) -> None:
    """Three reports, one independent origin, and why; nothing where each stands alone."""
    told = run("ask", "who conditioned troops on parliament", "--store", seeds)
    assert (
        "3 reports, 1 independent origin: 002a-copy copies 000-euronews (100%), 003-paraphrase paraphrases 000-euronews (45%)."
        in told.stderr
    )
    assert "origin" not in run("ask", "who refused troops", "--store", seeds).stderr


def test_no_note_without_articles() -> None:
    """An answer that names none, and a store that has none."""
    store = memory()
    assert corroboration(store, ask(store, "SELECT ?x { ?x ?y ?z }")) == ()
    assert corroboration(store, ask(store, load_query("articles_copied").text)) == ()
