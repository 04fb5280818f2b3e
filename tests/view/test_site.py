"""A site: every link leads somewhere, the same store gives the same bytes, texts are cut without a loss, nothing else is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analyse.logic import All, Either, Leaf, Not
from kg.analyse.readings import pairs
from kg.analyse.timeline import Moves
from kg.errors import UsageError
from kg.store.embedded import Store, open_store
from kg.view.site.addresses import address
from kg.view.site.articles import _merged
from kg.view.site.facts import Facts, read_facts
from kg.view.site.lanes import APART, axis_of, dots
from kg.view.site.maker import MENU, Maker, Page
from kg.view.site.matrix import build_matrix
from kg.view.site.pages import TEXTS, site_pages
from kg.view.site.rows import Show
from kg.view.site.scenarios import _top
from kg.view.site.spans import Mark, cut, paragraphs
from kg.view.site.write import write_site
from kg.vocabulary import ID, kg
from tests.support import HOSTILE, Run

Files = dict[str, bytes]
_LINK = re.compile(r'(?:href|src)="([^"]*)"')


@pytest.fixture(scope="module")
def store(seeds: Path) -> Store:
    return open_store(seeds)


@pytest.fixture(scope="module")
def files(store: Store) -> Files:
    return made(read_facts(store))


@pytest.fixture(scope="module")
def hostile(hostile_store: Path) -> Files:
    return made(read_facts(open_store(hostile_store)))


def made(facts: Facts, text: str = "full") -> Files:
    return {name: make() for name, make in site_pages(Maker(facts, text))}


def html(files: Files) -> dict[str, str]:
    return {name: data.decode() for name, data in files.items() if name.endswith(".html")}


def dangling(files: Files) -> list[str]:
    """The links that lead to no file, or to no place in one."""
    found = []
    for name, page in html(files).items():
        for link in map(unescape, _LINK.findall(page)):
            if link.startswith("data:"):
                continue
            file, _, place = link.partition("#")
            target = str((Path("/") / name).parent.joinpath(unquote(file)).resolve())[1:] if file else name
            if target not in files or (place and f'id="{unquote(place)}"' not in files[target].decode()):
                found.append(f"{name}: {link}")
    return found


def test_every_link_leads_to_a_page_or_a_place_in_one(files: Files, hostile: Files) -> None:
    """Of every page, also where names are no names of files."""
    assert {file for file, _ in MENU} <= files.keys()
    assert dangling(files) == dangling(hostile) == []


def test_the_same_store_gives_the_same_bytes(store: Store, files: Files) -> None:
    """Page for page; nothing comes from a clock."""
    assert made(read_facts(store)) == files


def test_every_thing_has_its_page(store: Store, files: Files) -> None:
    """Every article, commitment with a stance and condition, and every actor that speaks."""
    things = {a for a, _ in pairs(store, f"?a a <{kg('Article')}> . BIND(1 AS ?b)")}
    things |= {c for _, c in pairs(store, f"?a <{kg('expresses')}> ?b ; <{kg('stance')}> ?x")}
    things |= {c for _, c in pairs(store, f"?a <{kg('attaches')}> ?b")} | {a for _, a in pairs(store, f"?a <{kg('speaker')}> ?b")}
    assert things and {address(thing) for thing in things if address(thing)} <= files.keys()


def test_no_page_asks_anybody_outside(files: Files, hostile: Files) -> None:
    """No address of a host stands where a browser would fetch it; the policy lets nothing else in."""
    for some in (files, hostile):
        for name, page in html(some).items():
            assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), name
            assert "default-src 'none'" in unescape(page), name


def test_every_quote_can_be_cited(store: Store, files: Files) -> None:
    """On every page that shows quotes; the words cited are those of the article at the characters that are named."""
    facts = read_facts(store)
    shown: dict[str, int] = {}
    for name, page in html(files).items():
        for cited in map(unescape, re.findall(r'data-cite="([^"]*)"', page)):
            words, start, end, iri = re.search(r"“(.*)” \(.*; characters (\d+)–(\d+); (\S+)\)$", cited).groups()  # type: ignore[union-attr]
            there = " ".join(facts.articles[iri.partition("/statement/")[0]].text[int(start) : int(end)].split())
            parts = words.split(" … ")
            assert there.startswith(parts[0]) and there.endswith(parts[-1]), (name, cited)
            shown[name.partition("/")[0]] = shown.get(name.partition("/")[0], 0) + 1
        if name.startswith(("article/", "actor/", "commitment/", "condition/")):
            assert page.count("<blockquote>") == page.count("data-cite="), name
    assert {"article", "actor", "commitment", "condition", "question", "sources.html"} == shown.keys()


@pytest.mark.parametrize("words", HOSTILE[:4])
def test_hostile_words_stand_escaped(hostile: Files, words: str) -> None:
    """In every page that shows them, and in the index of the search."""
    assert any(words.split("<")[0] in unescape(page) for page in html(hostile).values())
    for name, page in html(hostile).items():
        assert "<script>document" not in page and "<img src=x" not in page and "<svg/onload" not in page, name
    assert b"</script" not in hostile["assets/index.js"]


@pytest.mark.slow
def test_how_much_of_a_text_is_shown(store: Store, files: Files) -> None:
    """All of it, the sentences that statements stand in, or nothing."""
    silent = "It remains unclear how much each member of the coalition would contribute"  # begins no statement
    text = next(a.text for a in read_facts(store).articles.values() if "000" in a.iri)
    sentence = "After Tuesday's meeting, German Chancellor Friedrich Merz said"
    assert sentence in text and silent in text
    for how in TEXTS:
        shown_files = files if how == "full" else made(read_facts(store), how)
        shown = " ".join(unescape(re.sub(r"<[^>]*>", "", data.decode())) for data in shown_files.values())
        assert (sentence in shown) == (how != "none"), how
        assert silent not in shown or how == "full"
        assert dangling(shown_files) == []


def test_an_article_shows_as_much_of_its_text_as_is_wanted(store: Store) -> None:
    """Its page has all of it, the sentences of statements each once, or nothing; the words of statements elsewhere go with it."""
    facts = read_facts(store)
    shown = {how: unescape(re.sub(r"<[^>]*>", "", _page(facts, how))) for how in TEXTS}
    sentence, silent = (
        "After Tuesday's meeting, German Chancellor Friedrich Merz said",
        "It remains unclear how much each member of the coalition would contribute",
    )
    assert {how: text.count(sentence) for how, text in shown.items()} == {"full": 1, "snippets": 1, "none": 0}
    assert {how for how, text in shown.items() if silent in text} == {"full"}
    said = next(s for s in facts.statements.values() if s.content)
    assert [bool(show.quote(said) and show.words(said)) for show in (Show(facts, how) for how in TEXTS)] == [how != "none" for how in TEXTS]


def _page(facts: Facts, how: str) -> str:
    return next(make() for name, make in site_pages(Maker(facts, how)) if name == "article/000-euronews.html").decode()


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda two: (min(two), max(two) + 1))))
def test_what_overlaps_or_touches_is_shown_as_one(spans: list[tuple[int, int]]) -> None:
    """In order, apart from each other, and together as long as all of them."""
    merged = _merged(spans)
    assert {at for start, end in merged for at in range(start, end)} == {at for start, end in spans for at in range(start, end)}
    assert all(before[1] < after[0] for before, after in pairwise(merged))


def test_a_formula_is_written_for_the_page() -> None:
    """As what `scenario.js` reads."""
    formula = All((Leaf("a"), Not(Leaf("b")), Either((Leaf("c"), All((Leaf("d"), Leaf("e")))))))
    assert _top(formula) == ["all", ["is", "a"], ["not", ["is", "b"]], ["any", ["is", "c"], ["chain", ["is", "d"], ["is", "e"]]]]


def test_the_matrix_counts_what_stands(store: Store) -> None:
    """A cell for each actor and action with a stance, and no other; a cell counts independent sources."""
    matrix = build_matrix(Show(read_facts(store)), 1000, 1000)
    told = {(a, x) for c, a in pairs(store, f"?a <{kg('committer')}> ?b") for _, x in pairs(store, f"<{c}> <{kg('action')}> ?b . BIND(<{c}> AS ?a)") if pairs(store, f"?a <{kg('expresses')}> <{c}> ; <{kg('stance')}> ?b")}  # fmt: skip
    assert set(matrix.cells) == told and matrix.left_out == (0, 0)
    force = matrix.cells[ID + "actor/france", ID + "action/deploy-troops"]
    assert set(force.stances) == {"pledged", "open"} and force.sources == 2


def test_dots_of_a_lane_never_lie_on_each_other(store: Store) -> None:
    """However many there are on a day."""
    moves = Moves(store)
    moments = moves.timeline()
    axis = axis_of([m.said.date for m in moments])
    assert axis
    for commitment in moves.of():
        xs = [dot.x for dot in dots(axis, [m for m in moments if m.said.commitment == commitment])]
        assert all(b - a >= APART - 0.1 for a, b in pairwise(xs))


@pytest.mark.parametrize(
    ("dates", "first", "last"),
    [
        (["2026-01-06"], "2026-01-04", "2026-01-10"),
        (["2026", "2025-03"], "2025-03-01", "2026-12-31"),
        (["2024-02", "2024"], "2024-01-01", "2024-12-31"),
        (["9999", "9999-12"], "9999-01-01", "9999-12-31"),
        (["9999-12-31"], "9999-12-29", "9999-12-31"),
        (["0001-01-01"], "0001-01-01", "0001-01-05"),
    ],
)
def test_an_axis_holds_whole_months_and_years(dates: list[str], first: str, last: str) -> None:
    """A date that is a month ends with its last day; a single day has some days round it, as far as there are dates."""
    axis = axis_of(dates)
    assert axis and (str(axis.first), str(axis.last)) == (first, last)
    assert axis_of(["", ""]) is None


marks = st.builds(
    lambda start, length, layer: Mark(start, start + length, layer, layer), st.integers(0, 40), st.integers(0, 30), st.sampled_from("abc")
)


@given(st.text(max_size=50), st.lists(marks, max_size=8))
def test_a_text_is_cut_without_a_loss(text: str, some: list[Mark]) -> None:
    """The pieces are the text, and those of a mark are its slice."""
    pieces = cut(text, some)
    assert "".join(piece.text for piece in pieces) == text
    for mark in some:
        assert "".join(p.text for p in pieces if mark in p.marks) == text[mark.start : mark.end]
    kept = [line for line in text.split("\n") if line.strip()]
    assert ["".join(piece.text for piece in line) for line in paragraphs(text, pieces)] == kept


def test_a_site_replaces_a_site_and_nothing_else(tmp_path: Path) -> None:
    """A folder with something else is left alone; what is no longer a page goes."""
    site = tmp_path / "site"
    write_site(site, [("a.html", lambda: b"1"), ("b/c.html", lambda: b"2")])
    assert write_site(site, [("a.html", lambda: b"3")]) == 1
    assert (site / "a.html").read_bytes() == b"3" and not (site / "b").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("x")
    with pytest.raises(UsageError):
        write_site(other, [("a.html", lambda: b"")])
    assert [path.name for path in other.iterdir()] == ["mine.txt"]


def test_a_run_that_breaks_leaves_the_old_site(tmp_path: Path) -> None:
    """And nothing beside it."""
    site = tmp_path / "site"
    write_site(site, [("a.html", lambda: b"old")])

    def broken() -> Iterator[Page]:
        yield "a.html", lambda: b"new"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        write_site(site, broken())
    assert (site / "a.html").read_bytes() == b"old" and [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_command(seeds: Path, run: Run, tmp_path: Path) -> None:
    """Says what to open; another amount of text is refused before anything is written."""
    done = run("site", tmp_path / "pages", "--store", seeds)
    assert done.returncode == 0 and "index.html" in done.stderr and (tmp_path / "pages" / "index.html").exists()
    refused = run("site", tmp_path / "none", "--store", seeds, "--text", "some")
    assert refused.returncode == 2 and not (tmp_path / "none").exists()
