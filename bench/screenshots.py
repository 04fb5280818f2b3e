"""Every screen of the site of the seeds as a picture: light and dark, 1280 px wide and 390, in DIR (demo/screenshots).

    .venv/bin/python bench/screenshots.py [DIR]

Needs Chromium, as the page tests do.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

TOP = Path(__file__).resolve().parents[1]
KG = Path(sys.executable).with_name("kg")
SCREENS = {
    "1-overview": "index.html", "2-article": "article/000-euronews.html", "3-matrix": "matrix.html", "4-chart": "chart.html",
    "5-what-if": "whatif.html#met=ceasefire-event-023819c608", "6-sources": "sources.html", "7-timeline": "timeline.html",
    "8-actor": "actor/germany.html", "8-commitment": "commitments.html", "8-condition": "conditions.html",
    "9-question": "question/commitments_conditioned.html", "10-explore": "explore.html", "11-quality": "quality.html",
}  # fmt: skip


def main() -> None:
    """Makes a site in a temporary folder and takes the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "demo" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        store, site = Path(temporary) / "store", Path(temporary) / "site"
        subprocess.run([KG, "add", TOP / "seeds" / "articles", "--store", store], check=True, capture_output=True)
        subprocess.run([KG, "site", site, "--store", store], check=True, capture_output=True)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
            for name, address in SCREENS.items():
                page.goto((site / address.partition("#")[0]).as_uri() + ("#" + address.partition("#")[2] if "#" in address else ""))
                page.wait_for_timeout(400)
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
    print(f"{4 * len(SCREENS)} pictures in {folder}")


if __name__ == "__main__":
    main()
