"""Copies and paraphrases go to their origin; independent reports stand alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kg.analyse.origins import Prepared, Reuse, Text, find_reuse, origins_of, verbatim
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
    assert set(origins_of("ab", [Reuse("a", "b", "copy", 1), Reuse("b", "a", "copy", 1)])) == {"a", "b"}


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
