"""Every page and file of a site, in order. The same store gives the same bytes.

Facts --site_pages--> (file, what makes its bytes), ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from kg.view.picture import picture_assets, static
from kg.view.site import answers, articles, overview, things, views
from kg.view.site.maker import Maker, Page

TEXTS = ("full", "snippets", "none")
SINGLE: dict[str, Callable[[Maker], bytes]] = {
    "assets/index.js": overview.search_index, "index.html": overview.home, "matrix.html": overview.matrix, "whatif.html": views.whatif, "sources.html": views.sources,
    "quality.html": answers.quality,
}  # fmt: skip


def editor_files(m: Maker) -> Iterator[Page]:
    """The files of the editor of queries, which only a server's page has."""
    licence = f"/*! {static('yasqe.LICENSE.txt')}*/\n"
    assets = {"yasqe.js": licence + static("yasqe.min.js").partition("//# sourceMappingURL")[0], "query.js": static("query.js")}
    assets["yasqe.css"] = licence + static("yasqe.min.css") + static("query.css")
    for name, words in assets.items():
        yield f"assets/{name}", words.encode
    yield "assets/terms.js", partial(overview.terms, m)


def site_pages(m: Maker) -> Iterator[Page]:
    """The pages that a maker makes."""
    assets = picture_assets() | {name: static(name) for name in ("site.css", "site.js", "whatif.js")}
    for name, words in assets.items():
        yield f"assets/{name}", words.encode
    for name, make in SINGLE.items():
        yield name, partial(make, m)
    for name in views.PICTURES:
        for form in views.SAVED:
            yield f"{name}.{form}", partial(views.pictured, m, name, form)
    for some in (articles.articles, things.things, views.timeline, answers.questions):
        yield from some(m)
