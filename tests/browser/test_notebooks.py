"""The notebooks as their readers have them: run by the wheel and a notebook runner alone, with no network, and shown as pages of HTML."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Page

from tests.support import TOP, finished

# Not a requirement of the project: one test uses them, in an environment of its own, where they are to be installed anyhow.
RUNNER = ("nbconvert==7.17.2", "ipykernel")
BLANK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
COLOURS = """image => {
  const canvas = Object.assign(document.createElement("canvas"), {width: image.naturalWidth, height: image.naturalHeight});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return new Set(new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
}"""


@pytest.fixture(scope="module")
def runner(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel, what it needs in the versions that are pinned, and a notebook runner."""
    place = tmp_path_factory.mktemp("runner")
    pins = [line.removesuffix("\\") for line in (TOP / "requirements.txt").read_text("utf-8").splitlines() if line[0] != " "]
    (place / "pins.txt").write_text("\n".join(pins), "utf-8")  # without the hashes: the wheel has none there
    venv.create(place / "env", symlinks=True)
    python = place / "env" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet")
    finished(*pip, "-c", str(place / "pins.txt"), str(wheel), *RUNNER, cwd=place)
    return python


@pytest.fixture(scope="module")
def pages(runner: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every notebook, run and written as HTML far from the checkout; and one without a cell."""
    place = tmp_path_factory.mktemp("pages")
    for folder in ("notebooks", "seeds/articles", "seeds/annotations"):
        shutil.copytree(TOP / folder, place / folder)
    (place / "notebooks" / "blank.ipynb").write_text(json.dumps(BLANK), "utf-8")
    notebooks = sorted(map(str, (place / "notebooks").glob("*.ipynb")))
    offline = ("unshare", "-rn") if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0 else ()
    with TemporaryDirectory(prefix="k", dir="/tmp") as sockets:  # files, not ports: there is no network to have ports in
        wired = ("--AsyncKernelManager.transport=ipc", f"--AsyncKernelManager.ip={sockets}/s")
        convert = (str(runner), "-m", "nbconvert", "--to", "html", "--execute", *wired, "--output-dir", str(place / "html"), *notebooks)
        finished(*offline, *convert, cwd=place, environment={"PATH": os.defpath, "HOME": str(place), "LANG": "C.UTF-8"})
    return place / "html"


def opened(browser: Browser, path: Path) -> tuple[Page, set[str]]:
    """A page that is cut off from everything but its own file, and the addresses that it asks for in vain."""
    page, asked = browser.new_page(), set[str]()
    page.route("http*://**", lambda route: route.abort())
    page.on("request", lambda request: asked.add(request.url))
    page.goto(path.as_uri())
    return page, {url for url in asked if url != path.as_uri() and not url.startswith("data:")}


@pytest.mark.slow
def test_the_pictures_draw_and_ask_for_nothing(pages: Path, browser: Browser) -> None:
    """Each notebook's page has its pictures, in more than a few colours; it asks for nothing that nbconvert's own frame does not."""
    _, frame = opened(browser, pages / "blank.html")
    assert frame  # or this would not see what is asked for
    paths = sorted((TOP / "notebooks").glob("*.ipynb"))
    drawn = []
    for path in paths:
        page, asked = opened(browser, pages / f"{path.stem}.html")
        assert asked <= frame
        drawn.append([image.evaluate(COLOURS) for image in page.locator(".jp-OutputArea img").all()])
        page.close()
    assert [len(colours) for colours in drawn] == [path.read_text("utf-8").count("SVG(svg(") for path in paths]
    assert min(min(colours) for colours in drawn if colours) > 8
