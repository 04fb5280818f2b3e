"""A real browser. Where there is none these tests fail: a skipped test is not a passed one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from kg.store.embedded import open_store
from kg.view.chart import Row
from kg.view.rows import chart_rows
from kg.view.site.facts import Facts, read_facts
from kg.view.site.maker import MENU, Maker
from kg.view.site.pages import site_pages
from kg.view.site.write import write_site

_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip
EACH = [file for file, _ in MENU] + ["article/000-euronews.html", "actor/germany.html", "question/commitments_conditioned.html"]
_AXE = Path(__file__).parent / "vendor" / "axe.min.js"  # axe-core 4.14.1, MPL-2.0
_VIEW = Path(__file__).parents[1] / "view"


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that was opened, its address, and what it asked for and complained of since."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def things(self) -> list[dict[str, Any]]:
        """Every thing drawn, as the page's script knows it."""
        found: list[dict[str, Any]] = self.page.evaluate("picture.things")
        return found

    def lit(self) -> set[str] | None:
        """The labels that are lit; None where nothing is dimmed."""
        ids = self.page.evaluate("picture.lit")
        return None if ids is None else {t["label"] for t in self.things() if t["id"] in ids}

    def click(self, label: str, kind: str = "") -> None:
        """Click the thing with this label in the middle of its box."""
        thing = next(t for t in self.things() if t["label"] == label and kind in ("", t["draw"]["kind"]))
        x, y = self.page.evaluate(
            """({x, y}) => { const at = picture.network.canvasToDOM({x, y}), box = document.getElementById("canvas").getBoundingClientRect();
                             return [box.left + at.x, box.top + at.y]; }""",
            {"x": thing["x"], "y": thing["y"]},
        )
        self.page.mouse.click(x, y)

    def quiet(self) -> None:
        """Assert that the page asked for nothing but itself and complained of nothing."""
        assert self.requests == [self.address]
        assert self.complaints == []


Open = Callable[..., Opened]
Visit = Callable[..., Opened]
Audit = Callable[..., list[tuple[object, ...]]]


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    """The made-up rows of `tests/view`."""
    return chart_rows(json.loads((_VIEW / "rows.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def forty() -> list[Row]:
    """Forty commitments of sixteen actors, made up in the manner of the news."""
    return [Row(**fields) for fields in json.loads((_VIEW / "forty.json").read_text("utf-8"))]


@pytest.fixture(scope="session")
def facts(seeds: Path) -> Facts:
    """What the seeds hold."""
    return read_facts(open_store(seeds))


@pytest.fixture(scope="session")
def site(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the seeds, on disk."""
    folder = tmp_path_factory.mktemp("site") / "pages"
    write_site(folder, site_pages(Maker(facts)))
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window, made once."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("these tests need a browser: install the program `chromium` and have it on the PATH")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a page from disk or a server, watches what it asks for and complains of, and closes it after the test."""
    contexts: list[BrowserContext] = []

    def open_page(
        path: Path | str, hash: str = "", width: int = 1280, height: int = 900, scripts: bool = True, dark: bool = False
    ) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        one = Opened(context.new_page(), path if isinstance(path, str) else path.as_uri())
        one.page.on("request", lambda request: one.requests.append(request.url.partition("#")[0]))
        one.page.on("console", lambda message: one.complaints.append(message.text))
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))

        def refuse(dialog: Dialog) -> None:
            one.complaints.append(dialog.message)
            dialog.dismiss()

        one.page.on("dialog", refuse)
        one.page.goto(one.address + hash)
        return one

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def opened(visit: Visit, tmp_path: Path) -> Open:
    """Opens HTML from a file and waits until it is drawn (3 s at the most)."""

    def open_page(html: str, width: int = 1400, height: int = 900, hash: str = "", scripts: bool = True, dark: bool = False) -> Opened:
        path = tmp_path / f"page{len(list(tmp_path.glob('page*.html')))}.html"
        path.write_text(html, "utf-8")
        one = visit(path, hash, width, height, scripts, dark)
        if scripts:
            one.page.wait_for_function("window.picture", timeout=3000)
        return one

    return open_page


@pytest.fixture
def shut_out(browser: Browser) -> Iterator[Audit]:
    """What axe-core finds serious or critical on a page at an address, contrast of AA included: rule, impact, where first, how often."""
    contexts: list[BrowserContext] = []

    def audit(address: str, dark: bool = False) -> list[tuple[object, ...]]:
        contexts.append(
            browser.new_context(bypass_csp=True, color_scheme="dark" if dark else "light", viewport={"width": 1280, "height": 900})
        )
        page = contexts[-1].new_page()
        page.goto(address)
        page.wait_for_timeout(200)
        page.add_script_tag(path=_AXE)
        found = page.evaluate(
            "axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
        )
        return [
            (v["id"], v["impact"], v["nodes"][0]["target"], len(v["nodes"]))
            for v in found["violations"]
            if v["impact"] in ("serious", "critical")
        ]

    yield audit
    for context in contexts:
        context.close()
