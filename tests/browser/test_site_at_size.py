"""A site of 2,000 articles and 20,000 statements (`bench/site.py`) in a real browser: what holds of five articles holds of these."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from bench.site import SENTENCES, store_of
from kg.store.embedded import Store
from kg.view.site.facts import Facts, read_facts
from kg.view.site.maker import MENU, Maker
from kg.view.site.pages import site_pages
from kg.view.site.write import write_site
from tests.browser.conftest import Visit
from tests.browser.test_site import lights_its_words, marks_its_slices, quiet, reckons_as_python

pytestmark = pytest.mark.slow
ARTICLES = 2000
LARGEST = 500_000  # bytes of a page, without what pages share
EACH = [file for file, _ in MENU] + ["timeline-2.html", "article/article-00700.html", "actor/state-0.html"]


@pytest.fixture(scope="module")
def store() -> Store:
    return store_of(ARTICLES)


@pytest.fixture(scope="module")
def facts(store: Store) -> Facts:
    return read_facts(store)


@pytest.fixture(scope="module")
def site(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "pages"
    write_site(folder, site_pages(Maker(facts)))
    return folder


def test_no_page_is_too_large(site: Path) -> None:
    """What a reader waits for does not grow with the store."""
    assert [(page.name, page.stat().st_size) for page in site.rglob("*.html") if page.stat().st_size > LARGEST] == []


def test_the_bytes_are_twice_the_same(site: Path, store: Store) -> None:
    """Of every file, read from the store anew."""
    assert [name for name, make in site_pages(Maker(read_facts(store))) if (site / name).read_bytes() != make()] == []


@pytest.mark.parametrize("file", EACH)
def test_every_screen_is_quiet_and_fits(visit: Visit, site: Path, file: str) -> None:
    """No request outside, no error, nothing wider than the window."""
    for width in (1280, 390):
        one = visit(site / file, width=width)
        one.page.wait_for_timeout(150)
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (file, width)
        quiet(one, site)


@pytest.mark.parametrize("name", ["article-00700", "article-01999"])
def test_spans_and_deep_links(visit: Visit, site: Path, facts: Facts, name: str) -> None:
    """Each span is its slice; the address of a statement lights it."""
    marks_its_slices(visit, site, facts, name, SENTENCES)
    lights_its_words(visit, site, facts, name)


def test_what_if_equals_python(visit: Visit, site: Path, facts: Facts) -> None:
    """The same states for the same scenarios."""
    reckons_as_python(visit, site, facts.readings, 5)


def test_the_search_finds_a_thing(visit: Visit, site: Path) -> None:
    """An actor at the end of the alphabet, among all commitments."""
    one = visit(site / "index.html")
    one.page.locator("#search").fill("Assembly 59")
    one.page.locator("#hits a", has_text="Assembly 59 ").first.click()
    one.page.wait_for_url("**/actor/body-59.html")
    quiet(one, site)


def test_exports_have_every_row_that_is_counted(visit: Visit, site: Path) -> None:
    """Of a few questions, drawn by a seed."""
    for file in random.Random(3).sample(sorted((site / "question").glob("*.html")), 6):
        total = len(json.loads(file.with_suffix(".json").read_text("utf-8")))
        assert visit(file).page.get_by_text(f"Export all {total}:").count() == 1, file.name
