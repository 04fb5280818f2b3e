"""The page to ask on in a real browser: its editor asks nobody but this server, and shows what an answer holds letter by letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from tests.browser.conftest import Audit, Opened, Visit
from tests.support import HOSTILE, Server

ARTICLES = "PREFIX kg: <https://w3id.org/proviso#> SELECT ?a { ?a a kg:Article } ORDER BY ?a"
LABELS = """\
PREFIX kg: <https://w3id.org/proviso#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?name ?it ?text { ?s kg:speaker ?it . ?it rdfs:label ?name . BIND(CONCAT("<b>", ?name) AS ?text) }"""


@pytest.fixture(scope="module")
def hostile(hostile_store: Path) -> Iterator[Server]:
    one = Server(hostile_store)
    yield one
    one.stop()


def quiet(one: Opened, server: Server) -> None:
    """It asked this server alone and complained of nothing, policy included."""
    assert [url for url in one.requests if not url.startswith((server.url + "/", "data:"))] == []
    assert one.complaints == []


def clear(one: Opened) -> None:
    """Puts the cursor into the editor and empties it."""
    one.page.locator(".CodeMirror-code").click()
    one.page.keyboard.press("Control+a")
    one.page.keyboard.press("Delete")


def test_what_is_typed_is_completed_from_this_store_and_asks_nobody(visit: Visit, server: Server) -> None:
    """Prefix, property, class and variable; typing, hovering and Ctrl+Space send nothing at all."""
    one = visit(f"{server.url}/query")
    clear(one)
    sent = len(one.requests)
    one.page.keyboard.type("SELECT ?statement WHERE {\n?statement kg:exp")
    one.page.keyboard.press("Control+Space")
    one.page.locator(".CodeMirror-hint", has_text="kg:expresses").wait_for()
    one.page.keyboard.press("Enter")
    one.page.keyboard.type("/rdfs:label ?c . ?c a kg:Comm")
    one.page.keyboard.press("Control+Space")
    one.page.locator(".CodeMirror-hint", has_text="kg:Commitment").wait_for()
    one.page.keyboard.press("Enter")
    one.page.keyboard.type(" . ?stat")
    one.page.locator(".CodeMirror-hint", has_text="?statement").wait_for()
    one.page.keyboard.press("Enter")
    for place in one.page.locator(".yasqe span:visible, .yasqe button:visible, .examples a").all()[:40]:
        place.hover(timeout=500, force=True)
    assert one.page.locator("#query").input_value().split() == [
        "PREFIX", "rdfs:", "<http://www.w3.org/2000/01/rdf-schema#>", "PREFIX", "kg:", "<https://w3id.org/proviso#>", "SELECT", "?statement", "WHERE", "{", "?statement", "kg:expresses/rdfs:label", "?c", ".", "?c", "a", "kg:Commitment", ".", "?statement",
    ]  # fmt: skip
    assert len(one.requests) == sent
    quiet(one, server)


def test_a_mistake_is_told_where_it_stands(visit: Visit, server: Server) -> None:
    """By line, in words, and gone when it is put right; the mark in the margin runs no markup."""
    one = visit(f"{server.url}/query")
    clear(one)
    one.page.keyboard.type("SELECT ?a WHERE {\n?a ?b ; }}")
    assert one.page.locator("#amiss").inner_text().startswith("Line 2: expected one of")
    one.page.locator(".parseErrorIcon").hover()
    one.page.wait_for_timeout(100)
    clear(one)
    assert one.page.locator("#amiss").inner_text() == ""
    quiet(one, server)


def test_ctrl_enter_asks_and_the_rows_are_the_endpoints(visit: Visit, server: Server) -> None:
    """In the endpoint's order, each thing with a link to its page; the address asks the same again."""
    wanted = [row["a"]["value"].rpartition("/")[2] for row in server.ask(ARTICLES).json()["results"]["bindings"]]
    one = visit(f"{server.url}/query")
    clear(one)
    one.page.keyboard.insert_text(ARTICLES)
    one.page.keyboard.press("Control+Enter")
    one.page.wait_for_url("**/query?query=PREFIX*")
    again = visit(one.page.url)
    for each in (one, again):
        links = each.page.locator("table td a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
        assert links == [f"article/{name}.html" for name in wanted] and len(links) == 5
        assert each.page.locator("#query").input_value() == ARTICLES
    one.page.locator("table td a").first.click()
    one.page.wait_for_url("**/article/*.html")
    quiet(one, server)
    quiet(again, server)


def test_examples_stand_first_and_one_click_loads_one(visit: Visit, server: Server) -> None:
    """In the editor as its file has it, with its answer."""
    one = visit(f"{server.url}/query")
    first = one.page.locator(".examples a").first
    assert first.bounding_box()["y"] < one.page.locator(".yasqe").bounding_box()["y"]  # type: ignore[index]  # both are drawn, so both have a box
    asked = first.inner_text()
    first.click()
    one.page.locator("h2", has_text="Answer").wait_for()
    assert one.page.locator(".examples a").first.inner_text() == asked
    assert "#+ question: Who conditioned" in one.page.locator(".CodeMirror-code").inner_text()
    quiet(one, server)


def test_nothing_is_kept_and_no_other_endpoint_can_be_named(visit: Visit, server: Server) -> None:
    """Neither by what an older visit stored nor by the address; nothing is stored here."""
    other = urlencode({"query": "ASK {}", "endpoint": "http://elsewhere.invalid/sparql", "requestMethod": "POST"})
    one = visit(f"{server.url}/query", f"#{other}")
    assert "ASK {}" not in one.page.locator("#query").input_value()
    one.page.evaluate(
        "localStorage.setItem('triply_yasqe_editor_query', JSON.stringify({value: 'ASK { ?old ?endpoint ?query }', exp: 9e9}))"
    )
    one.page.reload()
    clear(one)
    one.page.keyboard.type("ASK { ?s ?p ?o }")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.textContent") == "Ask"  # and Tab is no trap
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/query?query=ASK*")
    assert one.page.evaluate("Object.keys(localStorage)") == ["triply_yasqe_editor_query"]
    quiet(one, server)


def test_hostile_words_are_shown_and_never_run(visit: Visit, hostile: Server) -> None:
    """In labels of links, in literals, and in a query that is itself markup."""
    one = visit(f"{hostile.url}/query?{urlencode({'query': LABELS})}")
    cells = one.page.locator("table td").evaluate_all("all => all.map((cell) => cell.textContent)")
    for words in (" ".join(some.split()) for some in HOSTILE):
        assert cells.count(words) == 2 and f"<b>{words}" in cells
    assert one.page.title() != "ran"
    for words in HOSTILE[:4]:
        asked = visit(f"{hostile.url}/query?{urlencode({'query': words})}")
        assert asked.page.locator("#query").input_value() == words
        assert asked.page.locator(".CodeMirror-line").all_inner_texts() == [words]
        assert asked.page.locator("[role=alert]").is_visible() and asked.page.title() != "ran"
        quiet(asked, hostile)
    quiet(one, hostile)


def test_signs_that_end_a_line_to_javascript_alone_stand_as_their_escapes(visit: Visit, server: Server) -> None:
    """In a query that came by address, which stays as it is until it is changed, and in one that is pasted; the answer is the same."""
    text = 'SELECT (STRLEN("a\u2028b\u2029") AS ?n) {}'
    one = visit(f"{server.url}/query?{urlencode({'query': text})}")
    assert one.page.locator("#query").input_value() == text
    assert one.page.locator("table td").inner_text() == "4"
    one.page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.replaceRange(text, {line: 0, ch: 0})", "# \u2029\n")
    assert one.page.locator("#query").input_value() == "# \\u2029\n" + text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    one.page.get_by_role("button", name="Ask").click()
    assert one.page.locator("table td").inner_text() == "4"
    quiet(one, server)


def test_without_scripts_the_plain_form_asks(visit: Visit, server: Server) -> None:
    """The text area, the examples and the answer."""
    one = visit(f"{server.url}/query", scripts=False)
    one.page.locator("#query").fill(ARTICLES)
    one.page.get_by_role("button", name="Ask").click()
    assert one.page.locator("table td a").count() == 5
    quiet(one, server)


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_shuts_nobody_out(shut_out: Audit, server: Server, dark: bool) -> None:
    """By axe-core, with an answer and with a query that is no SPARQL."""
    for query in (ARTICLES, "SELECT ?a WHERE {\n ?a ?b ; }}"):
        assert shut_out(f"{server.url}/query?{urlencode({'query': query})}", dark) == []


def test_the_page_fits_a_telephone(visit: Visit, server: Server) -> None:
    """Nothing is wider than 390 px."""
    one = visit(f"{server.url}/query?{urlencode({'query': ARTICLES})}", width=390)
    assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_policy_lets_no_script_fetch_anything(server: Server) -> None:
    """The editor's page has the policy of every other: no connection, no inline style."""
    policy = httpx.get(f"{server.url}/query").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "style-src 'self';" in policy and "connect-src" not in policy and "unsafe" not in policy
