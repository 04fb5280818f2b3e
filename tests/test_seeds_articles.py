"""The five seed articles are what the written rule makes of the four raw files, and nothing of those has changed."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import pytest

from kg.articles import find_files, read_articles
from kg.model import Article
from kg.text import quotations, sentences

SEEDS = Path(__file__).parents[1] / "seeds"
IDS = ("000-euronews", "001-declaration", "002a-copy", "002b-rferl", "003-paraphrase")
RAW = {
    "000_93205ef85e542444.txt": "35be22146d3d408e518e0735d97fed348ce0767432e69f451db763b266ddbd54",
    "001_2fea662c6618083a.txt": "76642cce6247dddd49e4e7257edd2ec347a754b570694e714abe43c55f16cf55",
    "002_b554a9fb4b82a762.txt": "98d51d607fc97aa7a61a1b30f528714523aa7e15c02ed0e59ba842dd69e229f9",
    "003_0035c02006a405de.txt": "03df5e2570f09e37c08077e851b95ea74077db75bff6ef2b1cbed23f6fd29e31",
}
CAPTION = re.compile(r"^(.+)\n\1 [^\n/]+/[A-Z]+\n\n", re.MULTILINE)  # rule 2 of seeds/README.md


@cache
def articles() -> dict[str, Article]:
    """The seeds as the reader reads them."""
    readings = [reading for file in find_files([SEEDS / "articles"]) for reading in read_articles(file)]
    assert [reading.error for reading in readings] == [None] * len(IDS)
    return {reading.article.id: reading.article for reading in readings if reading.article}


def raw(article: Article) -> str:
    """The raw file of an article, decoded."""
    return (SEEDS / "raw" / (article.file or "")).read_bytes().decode("utf-8")


def test_the_raw_files_are_as_they_came() -> None:
    """These four and no other, byte for byte."""
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (SEEDS / "raw").iterdir()} == RAW


def test_there_are_five_articles() -> None:
    """Each in a file of its id, read without a note."""
    assert tuple(articles()) == IDS
    assert sorted(path.name for path in (SEEDS / "articles").iterdir()) == [f"{id}.txt" for id in IDS]
    assert not [reading.notes for id in IDS for reading in read_articles(SEEDS / "articles" / f"{id}.txt") if reading.notes]


@pytest.mark.parametrize("id", IDS)
def test_an_article_is_what_the_rule_makes_of_its_raw_file(id: str) -> None:
    """The range of the raw file without captions, to the character."""
    article = articles()[id]
    assert article.range
    assert article.text == CAPTION.sub("", raw(article)[slice(*article.range)])


def test_one_caption_was_left_out() -> None:
    """The rule takes two lines and an empty one out of the Euronews page, and nothing out of the others."""
    found = {id: [m.group() for m in CAPTION.finditer(raw(a)[slice(*a.range or ())])] for id, a in articles().items()}
    caption = "The Coalition of the Willing.\nThe Coalition of the Willing. Ludovic Marin/AP\n\n"
    assert found == {id: [caption] if id == "000-euronews" else [] for id in IDS}


@pytest.mark.parametrize("id", IDS)
def test_a_range_begins_and_ends_with_a_sentence(id: str) -> None:
    """It begins with a line and ends with one; but to the analysis's last line the note on its author is stuck."""
    article = articles()[id]
    assert article.range
    text, (start, end) = raw(article), article.range
    after = "Rikard Jozwiak is the Europe editor" if id == "002b-rferl" else "\n"
    assert text[:start][-1:] in ("", "\n") and text[end:].startswith(after)
    assert text[start:end] == text[start:end].strip()
    assert text[start:end].endswith((".", ".”", ".’”", '."'))


def test_no_words_stand_in_two_ranges() -> None:
    """The two articles of one raw file do not overlap."""
    first, second = (articles()[id].range for id in ("002a-copy", "002b-rferl"))
    assert first and second and first[1] < second[0]


@pytest.mark.parametrize("id", IDS)
def test_a_header_says_all_that_is_known(id: str) -> None:
    """Id as the file, language, date, raw file, range; the date is inferred unless the raw file gives it."""
    article = articles()[id]
    assert (article.id, article.language) == (id, "en")
    assert article.file in RAW and article.published in ("2026-01-06", "2026-01-07")
    assert article.published_inferred == ("January 7, 2026" not in raw(article)[: (article.range or (0, 0))[0]])


def test_titles_outlets_and_authors_are_those_of_the_raw_files() -> None:
    """A headline stands before the text; two reports have none."""
    given = {id: (a.title, a.outlet, a.author) for id, a in articles().items()}
    euronews = "France and UK confirm boots on the ground after ceasefire in Ukraine"
    analysis = "Ukraine’s Allies Pledge ‘Robust’ Security Guarantees After Russian War Ends – Analysis"
    assert given == {
        "000-euronews": (euronews, "Euronews", "Jorge Liboreiro"),
        "001-declaration": (None, None, None),
        "002a-copy": (euronews, None, None),
        "002b-rferl": (analysis, "RFE/RL", "Rikard Jozwiak"),
        "003-paraphrase": (None, None, None),
    }
    for article in articles().values():
        before = " ".join(raw(article)[: (article.range or (0, 0))[0]].split())
        assert all(words in before for words in (article.title, article.author) if words)


def test_the_copy_is_one() -> None:
    """The sentences of the copy are those of the first report, all of them, in order; one has lost its full stop."""
    first, copy = ([a.text[s:e] for s, e in sentences(a.text)] for a in (articles()["000-euronews"], articles()["002a-copy"]))
    assert [(a, b) for a, b in zip(first, copy, strict=True) if a != b] == [(first[28], first[28].removesuffix("."))]


def test_quotations_hold_what_the_seeds_quote() -> None:
    """Also beside the misplaced mark of the first report, and where a quote stands in a quote."""
    for id in ("000-euronews", "002a-copy"):
        text = articles()[id].text
        ends = [text[start:end] for start, end, _ in quotations(text)][-2:]
        assert ends == [
            "We can only get to a peace deal if Putin is ready to make compromises,",
            "For all Russia’s words, Putin is not showing he's ready for peace.",
        ]
    text = articles()["001-declaration"].text
    assert [text[start:end] for start, end, depth in quotations(text) if depth] == ["coalition of the willing."]


def test_the_readme_tells_of_each() -> None:
    """Every article and every raw file has its row."""
    readme = (SEEDS / "README.md").read_text("utf-8")
    for name in (*IDS, *RAW):
        assert f"`{name}`" in readme, name
