"""A site in a real browser, from disk: it asks nobody, complains of nothing, and every answer is two clicks from its words."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest

from kg.analyse.logic import Value
from kg.analyse.outcomes import outcomes
from kg.analyse.readings import Readings
from kg.store.embedded import open_store
from kg.view.site.facts import Facts, read_facts
from kg.view.site.maker import Maker
from kg.view.site.pages import site_pages
from kg.view.site.write import write_site
from kg.vocabulary import ID
from tests.browser.conftest import EACH, Audit, Opened, Visit
from tests.support import HOSTILE, Server


@pytest.fixture(scope="module")
def hostile(hostile_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "pages"
    write_site(folder, site_pages(Maker(read_facts(open_store(hostile_store)))))
    return folder


def quiet(one: Opened, site: Path) -> None:
    """It asked for files of its own site alone and complained of nothing."""
    assert [url for url in one.requests if not url.startswith((site.as_uri(), "data:"))] == []
    assert one.complaints == []


@pytest.mark.parametrize("file", EACH)
def test_every_screen_is_quiet_and_fits(visit: Visit, site: Path, file: str) -> None:
    """Wide and narrow, light and dark: no request outside, no error, nothing wider than the window, one heading."""
    for width, dark in ((1280, False), (390, True)):
        one = visit(site / file, width=width, dark=dark)
        one.page.wait_for_timeout(150)
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (file, width)
        assert one.page.locator("h1").count() == 1
        quiet(one, site)


@pytest.mark.parametrize("n", range(len(HOSTILE)))
def test_hostile_words_are_shown_and_never_run(visit: Visit, hostile: Path, n: int) -> None:
    """In the headline, the text, the list, and as an actor's name; the title of the page stays its own."""
    one = visit(hostile / "article" / f"hostile-{n}.html")
    shown = " ".join(HOSTILE[n].split())
    assert " ".join(one.page.locator("h1").inner_text().split()) == shown
    assert one.page.title() != "ran"
    one.page.locator(".list .said a").first.click()
    assert shown in " ".join(one.page.locator("h1").inner_text().split())
    if n < 2:  # every screen shows all of them; two visits see that
        for file in (
            "index.html",
            "matrix.html",
            "whatif.html",
            "timeline.html",
            "sources.html",
            "quality.html",
            "actors.html",
            "chart.html",
            "explore.html",
        ):
            one.page.goto((hostile / file).as_uri())
    one.page.locator("#search").fill(HOSTILE[n][:20])
    one.page.wait_for_timeout(100)
    quiet(one, hostile)


def marks_its_slices(visit: Visit, site: Path, facts: Facts, name: str, many: int) -> None:
    """An article's page has its lines, and of so many of its statements, drawn by a seed, each span's slice is marked."""
    article = facts.articles[f"{ID}article/{name}"]
    one = visit(site / "article" / f"{name}.html")
    lines = one.page.locator(".text p").evaluate_all("lines => lines.map((line) => line.textContent)")
    assert lines == [line for line in article.text.split("\n") if line.strip()]
    said = [s for s in facts.statements.values() if s.article == article.iri]
    marked = """id => [...document.querySelectorAll('.text mark.statement')].filter((m) => m.dataset.of.split(' ').includes(id)).map((m) => m.textContent).join('')"""
    for s in random.Random(7).sample(sorted(said, key=lambda s: s.iri), many):
        own = one.page.evaluate(marked, s.iri.rpartition("/")[2])
        assert all(article.text[start:end].replace("\n", "") in own for start, end in s.content)


@pytest.mark.parametrize("name", ["000-euronews", "002b-rferl"])
def test_the_text_is_the_articles_and_each_span_its_slice(visit: Visit, site: Path, facts: Facts, name: str) -> None:
    """Code points, whatever the browser counts in."""
    marks_its_slices(visit, site, facts, name, 12)


def lights_its_words(visit: Visit, site: Path, facts: Facts, name: str) -> None:
    """The address of the last statement of an article lights its words, in sight, and its row; Escape puts the light out."""
    s = max((s for s in facts.statements.values() if s.article.endswith(name)), key=lambda s: s.context)
    one = visit(site / "article" / f"{name}.html", f"#s-{s.iri.rpartition('/')[2]}")
    lit = one.page.locator("mark.lit").first
    assert lit.is_visible() and one.page.evaluate(
        "(m => { const box = m.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; })(document.querySelector('mark.lit'))"
    )
    assert one.page.locator(".list .said.lit").count() == 1
    one.page.keyboard.press("Escape")
    assert one.page.locator(".lit").count() == 0


def test_a_deep_link_lights_the_words_and_the_row(visit: Visit, site: Path, facts: Facts) -> None:
    """And brings them into sight; Escape puts the light out."""
    lights_its_words(visit, site, facts, "000-euronews")


def test_a_click_on_words_lights_their_row(visit: Visit, site: Path) -> None:
    """The address is then one to cite."""
    one = visit(site / "article" / "000-euronews.html")
    one.page.locator("mark.statement", has_text="fundamentally").first.click()
    row = one.page.locator(".list .said.lit")
    assert "rule anything out" in row.inner_text() and one.page.url.endswith(f"#s-{row.get_attribute('data-id')}")


def test_matrix_to_quote_to_article_in_two_clicks(visit: Visit, site: Path) -> None:
    """Who refused troops, in which words."""
    one = visit(site / "matrix.html")
    one.page.locator("tr", has=one.page.locator("th", has_text="Poland")).locator("td.refused a").click()
    assert "would not contribute troops" in one.page.locator("blockquote").first.inner_text()
    one.page.locator("a", has_text="In the article").first.click()
    assert "not contribute troops" in "".join(one.page.locator("mark.lit").all_inner_texts())
    quiet(one, site)


def reckons_as_python(visit: Visit, site: Path, readings: Readings, scenarios: int) -> None:
    """The page on what-if has the states that Python has, in so many scenarios drawn by a seed."""
    one = visit(site / "whatif.html")
    data: dict[str, Any] = json.loads(one.page.locator("#whatif-data").text_content() or "")
    drawn = random.Random(11)
    iris = [c["iri"] for c in data["conditions"]]
    for _ in range(scenarios):
        known = {c: value for c in iris if (value := drawn.choice([None, None, Value.MET, Value.FAILED])) is not None}
        states = one.page.evaluate(
            "([known, data]) => { const m = new Map(known), t = new Set(data.timed); return data.rows.map((row) => whatif.state(row, m, t)); }",
            [[[c, int(value)] for c, value in known.items()], data],
        )
        wanted = {(o.commitment, o.reading, o.stance): o.state for o in outcomes(readings, known)}
        assert states == [wanted[row["commitment"], row["reading"], row["stance"]] for row in data["rows"]]


def test_what_if_equals_python(visit: Visit, site: Path, seeds: Path) -> None:
    """The same states for the same scenario, of which there are forty, drawn by a seed."""
    reckons_as_python(visit, site, Readings(open_store(seeds)), 40)


def test_what_if_keeps_its_state_in_the_address(visit: Visit, site: Path) -> None:
    """A click settles a condition; the address opens it again; the Bundestag's no blocks Germany."""
    one = visit(site / "whatif.html")
    one.page.locator("fieldset", has_text="approval by Bundestag").get_by_label("failed").check()
    row = one.page.locator("tr[data-row]", has_text="Germany: deploy troops").filter(has_text="blocked")
    assert "approval by Bundestag" in row.locator(".because").inner_text()
    again = visit(site / "whatif.html", "#" + one.page.url.partition("#")[2])
    assert again.page.locator("[data-count=blocked]").inner_text() == one.page.locator("[data-count=blocked]").inner_text() != "0"
    again.page.keyboard.press("Escape")
    assert again.page.locator("[data-count=blocked]").inner_text() == "0"
    quiet(again, site)


def test_the_search_finds_without_accents_and_by_keys_alone(visit: Visit, site: Path) -> None:
    """Slash, a few letters, Enter."""
    one = visit(site / "index.html")
    one.page.keyboard.press("/")
    one.page.keyboard.type("sanchez")
    one.page.locator("#hits a").first.wait_for()
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/actor/pedro-sanchez.html")
    quiet(one, site)


def test_rows_sort_and_filter(visit: Visit, site: Path) -> None:
    """A click on a heading; words in the box; what is exported has every row that is counted."""
    one = visit(site / "question" / "commitments_first-hand.html")
    rows = one.page.locator("table tbody tr")
    total = rows.count()
    exported = json.loads((site / "question" / "commitments_first-hand.json").read_text("utf-8"))
    assert len(exported) == total and one.page.get_by_text(f"Export all {total}").count() == 1
    one.page.locator("[data-filter]").fill("poland")
    assert 0 < rows.filter(visible=True).count() < total
    one.page.locator("th button").first.click()
    names = rows.locator("td:first-child").all_text_contents()
    assert names == sorted(names, key=str.casefold) and len(names) == total


@pytest.mark.parametrize("name", ["chart", "explore"])
def test_what_is_seen_is_saved_as_png_from_disk(visit: Visit, site: Path, tmp_path: Path, name: str) -> None:
    """Without a server, point for point, on a ground of its own."""
    one = visit(site / f"{name}.html")
    with one.page.expect_download() as begun:
        one.page.locator("#png").click()
    begun.value.save_as(tmp_path / "saved.png")
    png = (tmp_path / "saved.png").read_bytes()
    canvas = one.page.evaluate("(({width, height}) => [width, height])(document.querySelector('#canvas canvas'))")
    assert png.startswith(b"\x89PNG") and list(struct.unpack(">2I", png[16:24])) == canvas
    one.page.goto((tmp_path / "saved.png").as_uri())
    corner = """() => { const ctx = new OffscreenCanvas(1, 1).getContext("2d"); ctx.drawImage(document.images[0], 0, 0); return [...ctx.getImageData(0, 0, 1, 1).data]; }"""
    assert one.page.evaluate(corner) == [255, 255, 255, 255]
    assert one.complaints == []


@pytest.mark.parametrize("name", ["chart", "explore"])
def test_a_picture_is_saved_as_svg_and_gexf(visit: Visit, server: Server, site: Path, tmp_path: Path, name: str) -> None:
    """The files that stand beside the page on disk; networkx reads as many nodes and links as the page says."""
    one = visit(f"{server.url}/{name}.html")
    for form in ("svg", "gexf"):
        with one.page.expect_download() as begun:
            one.page.locator(".files a", has_text=form.upper()).click()
        begun.value.save_as(tmp_path / f"{name}.{form}")
        assert begun.value.suggested_filename == f"{name}.{form}"
        assert (tmp_path / f"{name}.{form}").read_bytes() == (site / f"{name}.{form}").read_bytes()
    graph = nx.read_gexf(tmp_path / f"{name}.gexf")
    assert sorted(graph.nodes[node]["label"] for node in graph) == sorted(thing["label"] for thing in one.things()) and len(graph) > 20
    if name == "explore":
        assert f"{len(graph)} nodes · {graph.number_of_edges()} links" in one.page.locator("header").inner_text()
    words = "".join(ElementTree.parse(tmp_path / f"{name}.svg").getroot().itertext())
    assert one.page.locator("h1").inner_text() in words
    assert one.complaints == []


@pytest.mark.parametrize(
    "file", ["index.html", "article/000-euronews.html", "matrix.html", "whatif.html", "sources.html", "timeline.html", "actors.html"]
)
def test_without_scripts_everything_is_there_to_read(visit: Visit, site: Path, file: str) -> None:
    """The text, the lists and the tables; no control that would do nothing."""
    one = visit(site / file, scripts=False)
    assert len(one.page.locator("main").inner_text()) > 300
    assert not one.page.locator("#search").is_visible() and one.page.locator(".cite:visible, .layers:visible").count() == 0
    quiet(one, site)


@pytest.mark.parametrize(
    ("file", "dark"), [(file, at % 2 == 1) for at, file in enumerate(EACH)] + [("article/000-euronews.html", False), ("whatif.html", True)]
)
def test_no_screen_shuts_anybody_out(shut_out: Audit, site: Path, file: str, dark: bool) -> None:
    """By axe-core: nothing serious or critical, contrast of AA included."""
    assert shut_out((site / file).as_uri(), dark) == []
