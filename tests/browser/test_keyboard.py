"""Keys alone reach and work everything on every screen, and one always sees where one is."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import EACH, Visit
from tests.browser.test_query import ARTICLES
from tests.support import Server

# Notes each element that listens for clicks, before any script of the page runs.
LISTEN = """window.clicked = new Set(), window.reached = new Set();
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (kind, ...rest) {
  if (kind === "click" && this instanceof Element) clicked.add(this);
  return add.call(this, kind, ...rest);
};"""
# Where the focus is: whether that ends the round, what it is, whether one sees that it is there.
STEP = """() => {
  const one = document.activeElement, over = one === document.body || reached.has(one);
  reached.add(one);
  const rim = getComputedStyle(one.closest(".CodeMirror-focused") ?? one), box = one.getBoundingClientRect();
  const seen = rim.outlineStyle !== "none" && parseFloat(rim.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [over, one.outerHTML.slice(0, 120), over || (seen && inside)];
}"""
# What a mouse can work and the round did not come to; of radio buttons, and of the marks of one statement, one stands for all.
MISSED = """() => {
  const all = [...new Set([...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex], [role=button]"), ...clicked])];
  const whole = (e) => e.type === "radio" ? e.name : e.dataset?.of ? e.dataset.of.split(" ")[0] : e.htmlFor ? document.getElementById("editor").querySelector("[role=textbox]") : e;
  const known = new Set([...reached].map(whole));
  return all.filter((e) => e.checkVisibility({ visibilityProperty: true }) && (e.tabIndex >= 0 || clicked.has(e)) && !e.matches("#canvas *, #words") && !known.has(whole(e)))
    .map((e) => e.outerHTML.slice(0, 120));
}"""


def tab_to(page: Page, selector: str, words: str = "") -> None:
    """Presses Tab until the focus is on what is meant."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate(
            "([css, words]) => document.activeElement.matches(css) && document.activeElement.textContent.includes(words)", [selector, words]
        ):
            return
    raise AssertionError(f"Tab never came to {selector} {words}")


FIRST = ("index.html", "article/000-euronews.html", "query")  # `make test-full` has them all


@pytest.mark.parametrize("file", [file if file in FIRST else pytest.param(file, marks=pytest.mark.slow) for file in (*EACH, "query")])
def test_tab_comes_to_all_that_a_mouse_can_work(browser: Browser, site: Path, server: Server, file: str) -> None:
    """Each link, button, field and whatever listens for clicks, in sight and with a rim round it."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.add_init_script(LISTEN)
        page.goto(f"{server.url}/query?{urlencode({'query': ARTICLES})}" if file == "query" else (site / file).as_uri())
        page.wait_for_timeout(150)
        steps = 0
        over = False
        while not over:
            page.keyboard.press("Tab")
            over, what, seen = page.evaluate(STEP)
            assert seen, what
            steps += 1
        assert steps > 8
        assert page.evaluate(MISSED) == []


def test_matrix_to_quote_to_article(visit: Visit, site: Path) -> None:
    """A cell opens its quotes, a quote its place in the article."""
    page = visit(site / "matrix.html").page
    tab_to(page, "tr:has(th a[href='actor/poland.html']) td.refused a")
    page.keyboard.press("Enter")
    page.locator("blockquote", has_text="would not contribute troops").first.wait_for()
    tab_to(page, ".where a", "In the article")
    page.keyboard.press("Enter")
    page.locator("mark.lit").first.wait_for()


def test_a_heading_sorts_and_escape_empties_the_filter(visit: Visit, site: Path) -> None:
    """Space works the button; Escape shows every row again, from wherever the focus is."""
    page = visit(site / "question" / "commitments_first-hand.html").page
    tab_to(page, "[data-filter]")
    page.keyboard.type("poland")
    some = page.locator("tbody tr:visible").count()
    tab_to(page, "th button")
    page.keyboard.press("Space")
    assert page.locator("th[aria-sort=ascending]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("tbody tr:visible").count() > some > 0


def test_a_condition_is_settled_and_cleared(visit: Visit, site: Path) -> None:
    """Arrows settle what if; Escape in the search box empties that alone, elsewhere it makes all unknown."""
    page = visit(site / "whatif.html").page
    blocked = page.locator("[data-count=blocked]")
    tab_to(page, "fieldset:has(legend a[href*=bundestag]) input")
    page.keyboard.press("ArrowRight")
    assert "failed=" in page.url and blocked.inner_text() != "0"
    page.keyboard.press("/")
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    assert page.locator("#search").input_value() == "" and blocked.inner_text() != "0"
    tab_to(page, "#filter")
    page.keyboard.press("Escape")
    assert blocked.inner_text() == "0" and "failed=" not in page.url


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_from_words_to_their_row_and_back(visit: Visit, site: Path, key: str) -> None:
    """As a click does, and the focus goes along; Escape puts the light out."""
    page = visit(site / "article" / "000-euronews.html").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab_to(page, "mark.statement")
    page.keyboard.press(key)
    row = page.evaluate("document.activeElement.dataset.id")
    assert page.locator(".list .said.lit").get_attribute("data-id") == row and page.url.endswith(f"#s-{row}")
    tab_to(page, ".cite")
    page.keyboard.press(key)
    page.locator(".cite", has_text="Copied").wait_for()
    assert row in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Shift+Tab")
    while page.evaluate("document.activeElement.dataset.id") is None:
        page.keyboard.press("Shift+Tab")
    page.keyboard.press(key)
    assert page.evaluate("document.activeElement.tagName") == "MARK"
    page.keyboard.press("Escape")
    assert page.locator(".lit").count() == 0


def test_every_statement_of_an_article_opens_by_keys(visit: Visit, site: Path) -> None:
    """Each row of the list by Enter, the words of each that a click finds."""
    page = visit(site / "article" / "002b-rferl.html").page
    clickable = page.evaluate("[...new Set([...document.querySelectorAll('mark')].map((m) => m.dataset.of.split(' ')[0]))].sort()")
    by_keys = page.evaluate("[...document.querySelectorAll('mark[tabindex=\"0\"]')].map((m) => m.dataset.of.split(' ')[0]).sort()")
    assert clickable == by_keys and len(by_keys) > 10


@pytest.mark.parametrize("name", ["chart", pytest.param("explore", marks=pytest.mark.slow)])
def test_arrows_come_to_every_node_and_show_what_a_click_shows(visit: Visit, site: Path, name: str) -> None:
    """One round through all, each in sight; Escape clears; Tab goes on to what is shown of it."""
    one = visit(site / f"{name}.html")
    one.page.wait_for_function("window.picture")
    things: list[dict[str, Any]] = one.things()
    tab_to(one.page, "#stage")
    shown = []
    for thing in things:
        one.page.keyboard.press("ArrowRight")
        assert one.page.locator("#chosen h2").inner_text() == " ".join(thing["label"].split())
        shown.append(one.page.locator("#chosen").inner_html())
    assert len(shown) > 20 and one.page.evaluate(_IN_SIGHT, things[-1])
    one.page.keyboard.press("ArrowDown")
    assert one.page.locator("#chosen").inner_html() == shown[0]
    one.page.keyboard.press("ArrowLeft")
    assert one.page.locator("#chosen").inner_html() == shown[-1]
    one.page.keyboard.press("Escape")
    assert one.lit() is None
    one.click(things[-1]["label"], things[-1]["draw"]["kind"])
    assert one.page.locator("#chosen").inner_html() == shown[-1]


_IN_SIGHT = """({x, y}) => { const at = picture.network.canvasToDOM({x, y}), box = document.getElementById("canvas").getBoundingClientRect();
  return at.x >= 0 && at.x <= box.width && at.y >= 0 && at.y <= box.height; }"""


def test_one_sees_which_dot_of_the_timeline_has_the_focus(visit: Visit, site: Path) -> None:
    """The rim is drawn, also round what is SVG."""
    page = visit(site / "timeline.html").page
    tab_to(page, "svg a:has(circle)")
    box = page.evaluate(
        "(({x, y, width, height}) => ({x: x - 8, y: y - 8, width: width + 16, height: height + 16}))(document.activeElement.getBoundingClientRect())"
    )
    rimmed = page.screenshot(clip=box)
    page.evaluate("document.activeElement.blur()")
    assert page.screenshot(clip=box) != rimmed
