"""An article: its text with the layers of what was read from it, and the list of that beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from kg.view.site.addresses import address
from kg.view.site.facts import ArticleFacts, StatementFacts
from kg.view.site.maker import Maker, Page
from kg.view.site.spans import Mark, Piece, cut, paragraphs

LAYERS = (("statement", "statements"), ("actor", "actors"), ("commitment", "commitments"), ("condition", "conditions"))
LAYER_OF = {
    "speaker": "actor", "possible speaker": "actor", "on behalf of": "actor", "addressee": "actor", "committer": "actor", "beneficiary": "actor",
    "target": "actor", "decider": "actor", "action": "commitment", "condition": "condition", "marker": "condition",
}  # fmt: skip


def articles(m: Maker) -> Iterator[Page]:
    """The list of articles, and a page for each."""
    facts = m.facts
    said: dict[str, list[StatementFacts]] = {}
    for s in facts.statements.values():
        said.setdefault(s.article, []).append(s)
    rows = [
        ({"iris": [a.iri]}, a.headline if a.headline != a.label else "", a.outlet, a.date + (" (inferred)" if a.inferred else ""), len(said.get(a.iri, ())), a.reuse, {"iris": [a.source] if a.reuse else []})
        for a in sorted(facts.articles.values(), key=lambda a: (a.date, a.iri), reverse=True)
    ]  # fmt: skip
    heads = ("Article", "Headline", "Outlet", "Date", "Statements", "Reuse", "Of")
    yield from m.list("articles", "Articles", "Newest first.", heads, rows)
    for a in facts.articles.values():
        yield address(a.iri), partial(_article, m, a, sorted(said.get(a.iri, ()), key=lambda s: (s.content[:1] or [s.context], s.iri)))


def _article(m: Maker, a: ArticleFacts, said: list[StatementFacts]) -> bytes:
    own = {s.iri: s.iri.rpartition("/")[2] for s in said}
    statements = [
        {
            "id": own[s.iri], "q": m.show.quoted(s.iri), "words": m.show.words(s), "start": s.place[0], "end": s.place[1], "sure": s.words.get("confidence", ""),
        }
        for s in said
    ]  # fmt: skip
    return m.page(
        address(a.iri), "article", a.headline or a.label, a=a, statements=statements, lines=_lines(m, a, said, own), layers=LAYERS,
        share=f"{float(a.share):.0%}" if a.share else "",
    )  # fmt: skip


def _lines(m: Maker, a: ArticleFacts, said: list[StatementFacts], own: Mapping[str, str]) -> list[list[Any]] | None:
    """The text by paragraphs of marked pieces; of snippets, what lies between the sentences of statements is None."""
    if m.text == "none":
        return None
    marks = [Mark(start, end, "statement", own[s.iri]) for s in said for start, end in s.content]
    for s in said:
        for start, end, role, thing in s.mentions:
            if role in LAYER_OF:
                marks.append(Mark(start, end, LAYER_OF[role], own[s.iri], f"{role}: {m.facts.name(thing)}" if thing else role))
    shown = [(0, len(a.text))] if m.text == "full" else _merged(s.context for s in said)
    lines: list[list[Any]] = []
    for start, end in shown:
        found = paragraphs(a.text, cut(a.text, marks, start, end))
        for line in found:
            made: list[Any] = [_Shown(piece) for piece in line]
            lines.append([None, *made] if m.text == "snippets" else made)
    return lines


class _Shown:
    """A piece of text as the template writes it."""

    def __init__(self, piece: Piece) -> None:
        self.text, self.marks = piece.text, piece.marks
        self.classes = " ".join(dict.fromkeys(mark.layer for mark in piece.marks))
        self.of = " ".join(dict.fromkeys(mark.thing for mark in piece.marks))
        self.title = "; ".join(dict.fromkeys(mark.title for mark in piece.marks if mark.title))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
