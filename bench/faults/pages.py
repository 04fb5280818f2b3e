"""Words that would be script, markup or a formula where they were taken for it, in every field of everything that is shown."""

from __future__ import annotations

import csv
import io
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx
from playwright.sync_api import Error, Page, sync_playwright

from bench.faults.hostile import SCRIPTS, articles
from bench.faults.scorecard import CannotRun, Case, Trial, row
from bench.faults.serving import Listener, listening, served, stored

FORMULAS = tuple(f"{sign}1+cmd|'/c calc'!A0 sign{n}x" for n, sign in enumerate(("=", "+", "-", "@", "'=", "''+", "＝", "-2+3;=")))
SIGNS = tuple("=+-@\t\r\n＝＋－＠")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# In every frame before all else: what a payload calls tells us of it.
_WATCH = "window.ran = {push: (n) => console.log('ran ' + n)};"
# What of the page would run if it were touched: handlers, and addresses that are script.
_LIVE = """() => [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]
    .filter((a) => /^on/i.test(a.name) || (/^(href|src|srcdoc|action|formaction|data|xlink:href)$/i.test(a.name) && /^\\s*(javascript|data:text)/i.test(a.value)))
    .map((a) => `${e.tagName} ${a.name}=${a.value.slice(0, 60)}`))"""
_TOUCH = "() => document.querySelectorAll('[data-node], summary, th').forEach((e) => e.click())"
_NOTEBOOK = """
import pathlib
from kg.store.embedded import open_store
from kg.view.graph import draw
from kg.view.network import network_picture
store = open_store(pathlib.Path(sys.argv[1]))
for picture in (draw(store, "chart", "", {}), network_picture(draw(store, "network", "", {}))):
    shown = picture._repr_mimebundle_()
    print("<div>" + shown["text/html"] + "</div><div>" + shown["image/svg+xml"] + "</div>")
"""


@dataclass(slots=True)
class Watched:
    """A browser's page, and what it has done since it was last asked: what ran or was complained of, and whom it asked for what."""

    page: Page
    own: tuple[str, ...]
    seen: list[str] = field(default_factory=list)

    def visit(self, address: str, *words: str) -> list[str]:
        """What is wrong with what is at an address, once all there is was touched; these words must be shown as they stand."""
        self.seen.clear()
        try:
            wrong = self._touched(address, words)
        except Error as error:  # such as a page that has led elsewhere
            wrong = [error.message.partition("\n")[0]]
        return [f"{address.rpartition('/')[2][:60]}: {one}" for one in (*self.seen, *wrong)]

    def _touched(self, address: str, words: tuple[str, ...]) -> list[str]:
        self.page.goto(address)
        self.page.evaluate(_TOUCH)
        search = self.page.locator("#search")
        if search.count() and search.is_visible():
            search.fill(words[0][:12] if words else "mark")
        self.page.wait_for_timeout(60)
        shown = " ".join(self.page.locator("body, svg").first.evaluate("(e) => e.innerText || e.textContent").split())
        return [*self.page.evaluate(_LIVE), *(f"not shown: {word}" for word in words if " ".join(word.split()) not in shown)]


@contextmanager
def watched(own: tuple[str, ...]) -> Iterator[Watched]:
    """Chromium without a window, with a page that may ask for what begins with one of `own`; raises CannotRun where there is no browser."""
    program = shutil.which("chromium")
    if not program:
        raise CannotRun("the program chromium is not on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        one = Watched(browser.new_page(), own)
        one.page.set_default_timeout(10_000)
        one.page.add_init_script(_WATCH)
        one.page.on("console", lambda message: one.seen.append(message.text))
        one.page.on("pageerror", lambda error: one.seen.append(str(error)))
        one.page.on("dialog", lambda dialog: (one.seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
        one.page.on("request", lambda request: None if request.url.startswith(one.own) else one.seen.append(f"asked for {request.url}"))
        yield one
        browser.close()


@row(37, "script in every field of pages, pictures, notebooks; formulas", 48, "shown as it stands, never run", quick=12, budget=600)
def scripts(trial: Trial) -> Iterator[Case]:
    """Forty that would run or fetch, in a site, live pages, pictures and what a notebook shows, in Chromium; and CSV with eight formulas."""
    with listening() as heard:
        payloads = [words.replace("HERE", f"{heard.url}{n}") for n, words in enumerate(SCRIPTS)]
        store = stored(trial, articles(trial.place("articles"), payloads))
        site = trial.place("site")
        files = [*_pictures(trial, store), trial.folder / "notebook.html"]
        made = [trial.kg("site", site, "--store", store), trial.run(trial.python(_NOTEBOOK, store))]
        files[-1].write_bytes(b"<!doctype html><meta charset=utf-8><title>outputs</title>" + made[1].out)
        assert all(run.code == 0 for run in made), str(made[-1])
        with served(trial, store) as url, watched((trial.folder.as_uri(), url, "data:", "about:srcdoc")) as browser:
            everywhere = [
                one
                for file in (*sorted(site.glob("*.html")), *sorted(site.glob("question/*.html")), *files)
                for one in browser.visit(file.as_uri())
            ]
            for n in trial.chance.sample(range(len(payloads)), trial.cases * 5 // 6):
                begun = time.monotonic()
                wrong = [*everywhere, *_own(browser, site, n, payloads[n]), *_live(browser, url, n, payloads[n]), *_came(heard)]
                yield Case(not wrong, time.monotonic() - begun, f"{payloads[n]}: {wrong[:5]}")
    yield from _formulas(trial, trial.cases - trial.cases * 5 // 6)


def _pictures(trial: Trial, store: Path) -> Iterator[Path]:
    for kind, form in (("chart", "html"), ("chart", "svg"), ("network", "html"), ("network", "svg")):
        file = trial.folder / f"{kind}.{form}"
        run = trial.kg("graph", "-o", file, "--kind", kind, "--store", store)
        assert run.code == 0, str(run)
        yield file


def _came(heard: Listener) -> list[str]:
    return [f"the listener was asked: {line}" for line in heard.came]


def _own(browser: Watched, site: Path, n: int, payload: str) -> Iterator[str]:
    """The pages of a payload's article, actor, commitment and condition."""
    pages = [
        site / "article" / f"article-{n}.html",
        *(file for folder in ("actor", "commitment", "condition") for file in sorted((site / folder).glob(f"*mark{n}x*"))),
    ]
    if len(pages) < 4:
        yield f"only {len(pages)} pages of its own"
    for file in pages:
        yield from browser.visit(file.as_uri(), payload)


def _live(browser: Watched, url: str, n: int, payload: str) -> Iterator[str]:
    """The payload as a query, as what a query finds, as a path, and as the query of the endpoint."""
    yield from browser.visit(f"{url}/query?query={quote(payload)}")
    if browser.page.locator("#query").input_value() != payload:
        yield "not shown as the query"
    label = json.dumps(payload, ensure_ascii=True)
    yield from browser.visit(
        f"{url}/query?query={quote(f'SELECT ?a ?l {{ ?a a <https://w3id.org/proviso#Actor> ; <http://www.w3.org/2000/01/rdf-schema#label> ?l FILTER(?l = {label}) }}')}",
        payload,
    )
    answer = httpx.get(f"{url}/{quote(payload, safe='')}")
    if answer.status_code != 404 or not answer.headers["content-type"].startswith("text/plain"):
        yield f"as a path: {answer.status_code} {answer.headers['content-type']}"


def _formulas(trial: Trial, cases: int) -> Iterator[Case]:
    """No cell of any CSV begins as a formula does, and each is told back by one rule."""
    store, site = stored(trial, articles(trial.place("formulas"), FORMULAS)), trial.place("site")
    runs = [trial.kg("site", site, "--store", store), trial.kg("query", "who-what-only-if", "--store", store, "--format", "csv")]
    select = "SELECT ?label { ?a <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
    with served(trial, store) as url:
        linked = httpx.get(f"{url}/sparql", params={"query": select, "format": "csv"}).text
    texts = {
        "kg query": runs[1].out.decode(),
        "the page's link": linked,
        "site": (site / "question" / "who-what-only-if.csv").read_text("utf-8"),
    }
    cells = {name: {cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line} for name, text in texts.items()}
    run_by = [f"{name}: {cell}" for name, some in cells.items() for cell in some if cell.startswith(SIGNS)]
    for words in FORMULAS[:cases]:
        lost = [name for name, some in cells.items() if words not in {_told_back(cell) for cell in some}]
        yield Case(not run_by and not lost, seen=f"{words}: would run: {run_by[:3]}; not in: {lost}")


def _told_back(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(SIGNS) else cell
