"""What every page of a site is made with: the facts, the templates, what several pages need.

A page is the name of its file and a function that makes its bytes, so that one page can be made alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import networkx as nx
from markupsafe import Markup, escape

from kg.query import Answer
from kg.triples.terms import short
from kg.view.picture import templates
from kg.view.shapes import Picture
from kg.view.site.addresses import address
from kg.view.site.facts import Facts
from kg.view.site.rows import SYMBOLS, Show

MENU = (
    ("index.html", "Overview"), ("articles.html", "Articles"), ("matrix.html", "Matrix"), ("chart.html", "Chart"), ("whatif.html", "What if"),
    ("sources.html", "Sources"), ("timeline.html", "Timeline"), ("actors.html", "Actors"), ("commitments.html", "Commitments"),
    ("conditions.html", "Conditions"), ("questions.html", "Questions"), ("explore.html", "Explore"), ("quality.html", "Quality"),
)  # fmt: skip
FITTING = 60  # letters of a name where there is little room
PER_PAGE = 200  # rows of a list
Page = tuple[str, Callable[[], bytes]]
Row = tuple[Any, ...]  # of a table: plain values, things as {"iris": […]}, stances


@dataclass(frozen=True, slots=True)
class Paged:
    """One page of a long list."""

    rows: Sequence[Any]
    page: int
    pages: int
    name: str

    def file(self, n: int) -> str:
        """The file of the n-th page."""
        return f"{self.name}.html" if n == 1 else f"{self.name}-{n}.html"


class Maker:
    """Makes pages of a store's facts; `text` (full, snippets or none) says how much of the articles' texts they show.

    `menu` are the pages named on every page: file and words.
    """

    def __init__(self, facts: Facts, text: str = "full", menu: Sequence[tuple[str, str]] = MENU) -> None:
        self.facts, self.text, self.menu, self.show = facts, text, menu, Show(facts, text)
        self.store = facts.store
        self.answers: dict[str, tuple[Answer, list[dict[str, Any]]]] = {}  # of named queries, as they were asked for
        self.drawn: dict[str, tuple[Picture | nx.Graph[str], Picture]] = {}  # pictures: what is drawn, and how

    @cached_property
    def note(self) -> str:
        """What stands at the foot of every page."""
        machine = sum(not a.reviewed for a in self.facts.articles.values())
        said = f"{len(self.facts.articles)} articles, {len(self.facts.statements)} statements."
        return said + (
            f" No person has reviewed the readings of {machine} of the articles." if machine else " A person has reviewed every reading."
        )

    @cached_property
    def actors(self) -> list[str]:
        """The actors something is said of or by, and those they belong to or hold office in, by name."""
        facts = self.facts
        used = {*facts.heard, *(a for some in facts.committers.values() for a in some)}
        used |= {a for s in facts.statements.values() for some in s.links.values() for a in some}
        for term in ("beneficiary", "against", "decidedBy", "opposedBy"):
            used |= {a for held in facts.details.values() for a in held.get(term, ())}
        reached = used = {a for a in used if address(a).startswith("actor/")}
        while reached:
            bodies = {
                of for a in reached for of in (*facts.details.get(a, {}).get("memberOf", ()), *(t[1] for t in facts.tenures.get(a, ())))
            }
            reached = bodies - used
            used = used | reached
        return sorted(used, key=lambda a: (facts.name(a).casefold(), a))

    @cached_property
    def commitments(self) -> list[str]:
        """All commitments, by name; also those that are only demanded, asked for or denied."""
        facts = self.facts
        return sorted((c for c in facts.committers if address(c)), key=lambda c: (facts.name(c).casefold(), c))

    @cached_property
    def places(self) -> dict[tuple[str, int, int], str]:
        """The first statement of each sentence, by article and place."""
        found: dict[tuple[str, int, int], str] = {}
        for s in sorted(self.facts.statements.values(), key=lambda s: s.iri):
            found.setdefault((s.article, *s.context), s.iri)
        return found

    def page(self, path: str, template: str, title: str, **context: Any) -> bytes:
        """The bytes of a page, from its template."""
        top = "../" * path.count("/")
        page = templates().get_template(f"site/{template}.html")
        here = path if "/" not in path else f"{path.split('/')[0]}s.html"
        made = page.render(
            title=title, top=top, to=partial(self.link, top), here=re.sub(r"-\d+\.html$", ".html", here), menu=self.menu, note=self.note, address=address,
            name=self.facts.name, short=lambda iri: short(self.facts.name(iri), FITTING), symbols=SYMBOLS, **context,
        )  # fmt: skip
        return made.encode()

    def link(self, top: str, iri: str, words: str | None = None) -> Markup:
        """A thing's name, or other words, leading to its page where it has one. A function, since there are hundreds of thousands of them."""
        place, shown = address(iri), words or self.facts.name(iri)
        if not place:
            return Markup('<span dir="auto">{}</span>').format(shown)
        return Markup(f'<a href="{top}{escape(place)}" dir="auto">{escape(shown)}</a>')

    def list(self, name: str, title: str, intro: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[Page]:
        """The pages of a long list, `PER_PAGE` rows on each."""
        pages = max(1, -(-len(rows) // PER_PAGE))
        for n in range(1, pages + 1):
            part = Paged(rows[(n - 1) * PER_PAGE : n * PER_PAGE], n, pages, name)
            yield part.file(n), partial(self.page, part.file(n), "list", title, intro=intro, heads=heads, list=part)
