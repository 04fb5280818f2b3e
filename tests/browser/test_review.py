"""The page of a review in a real browser: keys alone work it, it can be read in the dark, nothing runs that an article says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Audit, Visit
from tests.support import KG

TEXT = (
    "Merz said Germany would send troops if the Bundestag agrees.\n"
    "“We will pay <script>document.title='ran'</script> <img src=x onerror=alert(1)>,” Macron said.\n"
    "Spain rejects the plan unless the Cortes agree.\n"
)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address that opens a review, once."""
    (tmp_path / "talks.txt").write_text(TEXT, "utf-8")
    with subprocess.Popen([*KG, "review", "talks.txt", "--web"], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = process.stderr.readline()
        assert said.startswith("http://"), said + process.stderr.read()
        try:
            yield said.split()[0]
        finally:
            process.terminate()


def test_keys_walk_through_a_review(address: str, visit: Visit, tmp_path: Path) -> None:
    """Accept, edit, reject, skip, done; the page asks this machine for itself alone, and complains of nothing."""
    one = visit(address)
    page = one.page
    total = int(page.inner_text("[role=status]").split(" of ")[1].split()[0])
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text(f"{total - 1} of")
    page.wait_for_load_state()
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("a")  # written, not pressed
    page.fill("#text", "statements: [")
    page.click("text=Take this instead")
    page.wait_for_selector("#amiss")
    page.wait_for_load_state()
    assert "syntax" in page.inner_text("#amiss") and page.input_value("#text") == "statements: ["
    while "wait" in page.inner_text("[role=status]") and page.query_selector("[value=skip]"):
        before = page.inner_text("main")
        page.keyboard.press("s" if "<script>" in before else "r")
        expect(page.locator("main")).not_to_have_text(before, use_inner_text=True)
        page.wait_for_load_state()  # or its script would not hear the next key
    page.keyboard.press("q")
    expect(page.locator("main")).to_contain_text("can be closed")
    assert page.title() != "ran" and all(request.startswith(address.partition("?")[0]) for request in one.requests)
    assert [words for words in one.complaints if "400" not in words] == []  # the browser notes the answer to what was amiss
    assert "reviewed: false" in (tmp_path / "talks.yaml").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
def test_nobody_is_shut_out(address: str, shut_out: Audit, dark: bool) -> None:
    """Names, order and contrast of AA, by day and night."""
    assert shut_out(address, dark) == []


@pytest.mark.slow
def test_without_scripts_the_buttons_do_the_same(address: str, visit: Visit, tmp_path: Path) -> None:
    """The keys are all that the script adds."""
    page = visit(address, scripts=False).page
    page.click("[value=accept]")
    assert "accepted by a person" in (tmp_path / "talks.yaml").read_text("utf-8")
