"""The pages of a site, one after another: name of the file and its bytes. The same store gives the same bytes.

Facts --site_pages--> (file, bytes), ...
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from kg.analyse.compare import COLUMNS as COMPARED
from kg.analyse.compare import compare
from kg.analyse.outcomes import NAMED_ONLY, NEVER, STATES, outcomes
from kg.analyse.timeline import Moment, Moves
from kg.check import check_whole
from kg.listing import listing
from kg.query import ask_store, list_queries, to_json_rows, unreviewed
from kg.view.graph import chart, network
from kg.view.network import network_picture
from kg.view.picture import inert, picture_assets, picture_html, static, templates
from kg.view.site.addresses import address, file_name
from kg.view.site.facts import ArticleFacts, Facts, StatementFacts
from kg.view.site.lanes import axis_of, dots
from kg.view.site.matrix import build_matrix
from kg.view.site.rows import SYMBOLS, Quoted, Show
from kg.view.site.scenarios import vectors
from kg.view.site.spans import Mark, Piece, cut, paragraphs

TEXTS = ("full", "snippets", "none")
MENU = (
    ("index.html", "Overview"), ("articles.html", "Articles"), ("matrix.html", "Matrix"), ("chart.html", "Chart"), ("whatif.html", "What if"),
    ("sources.html", "Sources"), ("timeline.html", "Timeline"), ("actors.html", "Actors"), ("commitments.html", "Commitments"),
    ("conditions.html", "Conditions"), ("questions.html", "Questions"), ("explore.html", "Explore"), ("quality.html", "Quality"),
)  # fmt: skip
PER_PAGE = 200  # rows of a list
MOST_QUOTES = 100  # statements that one page of a thing shows
MOST_ROWS = 500  # rows of an answer that are shown; its files have all
MOST_PAIRS = 60  # pairs of passages of one kind on the page on sources
MOST_CHART = 40  # commitments of a chart that can still be read
MOST_LINKS = 400  # links of the network that is drawn; the heaviest
MOST_SCENARIOS = 400  # rows of the page on what-if
MOST_LANES = 60  # actors, and commitments of one, on the page on time
LAYERS = (("statement", "statements"), ("actor", "actors"), ("commitment", "commitments"), ("condition", "conditions"))
LAYER_OF = {
    "speaker": "actor", "possible speaker": "actor", "on behalf of": "actor", "addressee": "actor", "committer": "actor", "beneficiary": "actor",
    "target": "actor", "decider": "actor", "action": "commitment", "condition": "condition", "marker": "condition",
}  # fmt: skip
PLACED = frozenset(["start", "end", "otherStart", "otherEnd"])  # columns that the quote's link stands for
HIDDEN_WITHOUT_TEXT = frozenset(["quote", "otherQuote", "wording", "otherWording", "surroundings", "words"])  # columns
Page = tuple[str, bytes]
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


class Site:
    """Makes the pages of a store; `text` says how much of the articles' texts they show."""

    def __init__(self, facts: Facts, text: str = "full") -> None:
        self.facts, self.text, self.show = facts, text, Show(facts, text)
        self.store = facts.store

    @cached_property
    def moves(self) -> Moves:
        """The store's statements in time."""
        return Moves(self.store)

    @cached_property
    def note(self) -> str:
        """What stands at the foot of every page."""
        machine = sum(not a.reviewed for a in self.facts.articles.values())
        said = f"{len(self.facts.articles)} articles, {len(self.facts.statements)} statements."
        return said + (
            f" No person has reviewed the readings of {machine} of the articles." if machine else " A person has reviewed every reading."
        )

    def pages(self) -> Iterator[Page]:
        """Every page and file of the site."""
        for name in ("site.css", "site.js", "whatif.js"):
            yield f"assets/{name}", static(name).encode()
        for name, text in picture_assets().items():
            yield f"assets/{name}", text.encode()
        yield "assets/index.js", self._index()
        for make in (
            self._home, self._articles, self._matrix, self._pictures, self._whatif, self._sources, self._timeline, self._things, self._questions,
            self._quality,
        ):  # fmt: skip
            yield from make()

    def _page(self, path: str, template: str, title: str, **context: Any) -> Page:
        top = "../" * path.count("/")
        page = templates().get_template(f"site/{template}.html")
        here = path if "/" not in path else f"{path.split('/')[0]}s.html"
        made = page.render(
            title=title, top=top, here=re.sub(r"-\d+\.html$", ".html", here), menu=MENU, note=self.note, address=address,
            name=self.facts.name, short=lambda iri: _fitted(self.facts.name(iri)), symbols=SYMBOLS, **context,
        )  # fmt: skip
        return path, made.encode()

    def _list(self, name: str, title: str, intro: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[Page]:
        pages = max(1, -(-len(rows) // PER_PAGE))
        for n in range(1, pages + 1):
            part = Paged(rows[(n - 1) * PER_PAGE : n * PER_PAGE], n, pages, name)
            yield self._page(part.file(n), "list", title, intro=intro, heads=heads, list=part)

    # ------------------------------------------------------------------------------------------------ overview, lists

    def _home(self) -> Iterator[Page]:
        facts = self.facts
        newest = sorted(facts.articles.values(), key=lambda a: (a.date, a.iri), reverse=True)[:10]
        counts = [
            (len(facts.articles), "articles", "articles.html"),
            (len({a.origin for a in facts.articles.values()}), "independent origins", "sources.html"),
            (len(facts.statements), "statements", "articles.html"),
            (len(self._commitments), "commitments", "commitments.html"),
            (len(facts.readings.conditions), "conditions", "conditions.html"),
        ]
        yield self._page(
            "index.html",
            "index",
            "Overview",
            counts=counts,
            newest=newest,
            articles=len(facts.articles),
            matrix=build_matrix(self.show, 10, 6),
        )

    def _index(self) -> bytes:
        """What the search looks through: label, kind and address of everything with a page; a script, since a page on disk may fetch nothing."""
        facts = self.facts
        rows = [(facts.name(a), facts.kind.get(a, "actor"), address(a)) for a in self._actors]
        rows += [(facts.name(c), "commitment", address(c)) for c in self._commitments]
        rows += [(facts.name(c), "condition", address(c)) for c in sorted(facts.readings.conditions)]
        rows += [(a.headline or a.label, "article", address(a.iri)) for a in facts.articles.values()]
        rows += [(name, facts.kind.get(a, "actor"), address(a)) for a in self._actors for name in facts.aliases.get(a, ())[:6]]
        return f"window.provisoIndex = {inert(rows)};\n".encode()

    @cached_property
    def _actors(self) -> list[str]:
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
    def _commitments(self) -> list[str]:
        """All commitments, by name; also those that are only demanded, asked for or denied."""
        facts = self.facts
        return sorted((c for c in facts.committers if address(c)), key=lambda c: (facts.name(c).casefold(), c))

    def _matrix(self) -> Iterator[Page]:
        yield self._page("matrix.html", "matrix", "Matrix", matrix=build_matrix(self.show, 60, 30))

    # ------------------------------------------------------------------------------------------------ articles

    def _articles(self) -> Iterator[Page]:
        facts = self.facts
        said: dict[str, list[StatementFacts]] = {}
        for s in facts.statements.values():
            said.setdefault(s.article, []).append(s)
        rows = [
            ({"iris": [a.iri]}, a.headline if a.headline != a.label else "", a.outlet, a.date + (" (inferred)" if a.inferred else ""), len(said.get(a.iri, ())), f"{a.reuse} of" if a.reuse else "", {"iris": [a.source] if a.reuse else []})
            for a in sorted(facts.articles.values(), key=lambda a: (a.date, a.iri), reverse=True)
        ]  # fmt: skip
        heads = ("Article", "Headline", "Outlet", "Date", "Statements", "", "Source")
        yield from self._list("articles", "Articles", "Newest first.", heads, rows)
        for a in facts.articles.values():
            yield self._article(a, sorted(said.get(a.iri, ()), key=lambda s: (s.content[:1] or [s.context], s.iri)))

    def _article(self, a: ArticleFacts, said: list[StatementFacts]) -> Page:
        own = {s.iri: s.iri.rpartition("/")[2] for s in said}
        statements = [
            {
                "id": own[s.iri], "q": (q := self.show.quoted(s.iri)), "words": self._words(a, s), "start": (s.content or [s.context])[0][0],
                "end": (s.content or [s.context])[-1][1], "sure": s.words.get("confidence", ""), "cite": self._cite(a, s, q),
            }
            for s in said
        ]  # fmt: skip
        return self._page(
            address(a.iri), "article", a.headline or a.label, a=a, statements=statements, lines=self._lines(a, said, own), layers=LAYERS,
            share=f"{float(a.share):.0%}" if a.share else "",
        )  # fmt: skip

    def _words(self, a: ArticleFacts, s: StatementFacts) -> str:
        return "" if self.text == "none" else " … ".join(" ".join(a.text[start:end].split()) for start, end in s.content)

    def _cite(self, a: ArticleFacts, s: StatementFacts, q: Quoted) -> str:
        start, end = (s.content or [s.context])[0][0], (s.content or [s.context])[-1][1]
        who = f"{self.facts.names(q.speakers)}: " if q.speakers else ""
        words = f"“{self._words(a, s)}” " if self._words(a, s) else ""
        told = ", ".join(filter(None, (a.headline or a.label, a.outlet, a.date)))
        return f"{who}{words}({told}; characters {start}–{end}; {s.iri})"

    def _lines(self, a: ArticleFacts, said: list[StatementFacts], own: Mapping[str, str]) -> list[list[Any]] | None:
        """The text by paragraphs of marked pieces; of snippets, what lies between the sentences of statements is None."""
        if self.text == "none":
            return None
        marks = [Mark(start, end, "statement", own[s.iri]) for s in said for start, end in s.content]
        for s in said:
            for start, end, role, thing in s.mentions:
                if role in LAYER_OF:
                    marks.append(Mark(start, end, LAYER_OF[role], own[s.iri], f"{role}: {self.facts.name(thing)}" if thing else role))
        shown = [(0, len(a.text))] if self.text == "full" else _merged(s.context for s in said)
        lines: list[list[Any]] = []
        for start, end in shown:
            found = paragraphs(a.text, cut(a.text, marks, start, end))
            for line in found:
                made: list[Any] = [_Shown(piece) for piece in line]
                lines.append([None, *made] if self.text == "snippets" else made)
        return lines

    # ------------------------------------------------------------------------------------------------ actors, commitments, conditions

    def _things(self) -> Iterator[Page]:
        facts = self.facts
        by_actor: dict[str, list[str]] = {}
        for c in self._commitments:
            for actor in facts.committers.get(c, ()):
                by_actor.setdefault(actor, []).append(c)
        rows: list[Row] = [
            ({"iris": [a]}, facts.kind.get(a, ""), len(by_actor.get(a, ())), len(facts.heard.get(a, ()))) for a in self._actors
        ]
        yield from self._list("actors", "Actors", "Who speaks, commits or decides.", ("Actor", "Kind", "Commitments", "Statements"), rows)
        for a in self._actors:
            yield self._actor(a, by_actor.get(a, []))
        commitments = self._commitments
        rows = [
            ({"iris": facts.committers.get(c, [])}, {"iris": [c]}, {"stances": list(self.show.stances(c))}, {"iris": [k for some in self.show.conditions(c).values() for k in some]}, self.show.origins(facts.expressed[c]))
            for c in commitments
        ]  # fmt: skip
        heads = ("Who", "Commitment", "Stance", "Conditions", "Sources")
        yield from self._list("commitments", "Commitments", "What was promised, left open or refused.", heads, rows)
        for c in commitments:
            yield self._commitment(c)
        conditions = sorted(facts.readings.conditions, key=lambda c: (-len(facts.needed_by.get(c, ())), facts.name(c).casefold(), c))
        rows = [({"iris": [c]}, facts.readings.conditions[c].kind, {"iris": sorted(facts.readings.conditions[c].by)}, len(self._hanging(c)), self.show.origins(facts.needed_by.get(c, ()))) for c in conditions]  # fmt: skip
        heads = ("Condition", "Kind", "Who decides", "Commitments", "Sources")
        yield from self._list("conditions", "Conditions", "What must hold; those that most hangs on first.", heads, rows)
        for c in conditions:
            yield self._condition(c)

    def _part(self, title: str, statements: Sequence[str], about: bool = True) -> dict[str, Any]:
        shown = self.show.all(statements[:MOST_QUOTES])
        note = f"The first {MOST_QUOTES} of {len(statements)} are shown." if len(statements) > MOST_QUOTES else ""
        return {"title": title, "count": len(statements), "said": shown, "about": about, "note": note, "table": None}

    def _actor(self, a: str, commitments: list[str]) -> Page:
        facts = self.facts
        details = facts.details.get(a, {})
        plain = [("Other names", (), ", ".join(facts.aliases.get(a, ())[:12])), ("Member of", details.get("memberOf", ()), "")]
        offices = [
            (f"{since or '?'} – {until or ''}".strip(" –") or "", office, of) for office, of, since, until in facts.tenures.get(a, ())
        ]
        parts: list[dict[str, Any]] = []
        table: list[Row]
        if offices:
            table = [(office, {"iris": [of]}, when) for when, office, of in offices]
            parts.append(
                {"title": "Offices", "heads": ("Office", "Of", "When"), "table": table, "count": len(table), "said": None, "note": ""}
            )
        if commitments:
            table = [({"stance": stance}, {"iris": [c]}, {"iris": [k for some in self.show.conditions(c).values() for k in some]}, self.show.origins(facts.expressed[c])) for c in commitments for stance in self.show.stances(c)]  # fmt: skip
            parts.append({"title": "Its commitments", "heads": ("Stance", "Commitment", "Conditions", "Sources"), "table": table, "count": len(commitments), "said": None, "note": ""})  # fmt: skip
        decides = sorted(c for c, held in facts.readings.conditions.items() if a in held.by)
        if decides:
            table = [({"iris": [c]}, {"iris": self._hanging(c)}) for c in decides]
            parts.append({"title": "What it decides", "heads": ("Condition", "Which commitments hang on it"), "table": table, "count": len(decides), "said": None, "note": ""})  # fmt: skip
        if facts.heard.get(a):
            parts.append(self._part("What it said, or was said for it", facts.heard[a]))
        pairs = [pair for pair in plain if pair[1] or pair[2]]
        return self._page(address(a), "thing", facts.name(a), kind=facts.kind.get(a, "actor"), pairs=pairs, parts=parts, iri=a)

    def _hanging(self, condition: str) -> list[str]:
        statements = (self.facts.statements[s] for s in self.facts.needed_by.get(condition, ()))
        return sorted({s.expresses for s in statements if s.expresses}, key=lambda c: (self.facts.name(c), c))

    def _commitment(self, c: str) -> Page:
        facts = self.facts
        details = facts.details[c]
        pairs = [("Who", facts.committers.get(c, ()), ""), ("What", details.get("action", ()), ""), ("For", details.get("beneficiary", ()), ""),
                 ("Against", details.get("against", ()), ""), ("Part of", details.get("partOf", ()), "")]  # fmt: skip
        wholes = sorted(part for part, held in facts.details.items() if c in held.get("partOf", ()))
        pairs.append(("Parts", wholes, ""))
        pairs += [(words.capitalize(), some, "") for words, some in self.show.conditions(c).items()]
        own = [s for s in facts.expressed[c] if facts.statements[s].words.get("stance")]
        others = [s for s in facts.expressed[c] if s not in set(own)]
        parts = [self._part("Who said so, and in which words", own, False)] + (
            [self._part("Who demands, asks or denies it", others, False)] if others else []
        )
        sources = self.show.origins(own)
        parts[0]["note"] = f"{sources} independent source{'' if sources == 1 else 's'}. {parts[0]['note']}"
        return self._page(address(c), "thing", facts.name(c), kind="Commitment", pairs=[p for p in pairs if p[1]], parts=parts, iri=c)

    def _condition(self, c: str) -> Page:
        facts = self.facts
        details = facts.details[c]
        kind = facts.readings.conditions[c].kind
        pairs = [("Circumstance", details.get("circumstance", ()), ""), ("Kind", (), kind), ("Who decides", details.get("decidedBy", ()), ""),
                 ("Who refuses or can withhold it", details.get("opposedBy", ()), ""), ("Depends on", details.get("dependsOn", ()), ""),
                 ("Brought about by", details.get("fulfilledBy", ()), ""),
                 ("Needed by", sorted(d for d, held in facts.details.items() if c in held.get("dependsOn", ())), "")]  # fmt: skip
        hanging = self._hanging(c)
        parts: list[dict[str, Any]] = []
        if hanging:
            table = [({"iris": facts.committers.get(h, [])}, {"iris": [h]}, ", ".join(w for w, some in self.show.conditions(h).items() if c in some)) for h in hanging]  # fmt: skip
            parts.append(
                {
                    "title": "What hangs on it",
                    "heads": ("Who", "What", "How"),
                    "table": table,
                    "count": len(hanging),
                    "said": None,
                    "note": "",
                }
            )
        if facts.needed_by.get(c):
            parts.append(self._part("In which words", facts.needed_by[c]))
        return self._page(
            address(c), "thing", facts.name(c), kind="Condition", pairs=[p for p in pairs if p[1] or p[2]], parts=parts, iri=c
        )

    # ------------------------------------------------------------------------------------------------ pictures

    def _pictures(self) -> Iterator[Page]:
        query = next(q for q in list_queries("questions") if q.name == "who-what-only-if")
        answer = ask_store(self.store, query, {})
        notes = list(unreviewed(self.store, answer))
        at = answer.columns.index("commitment")
        with_conditions = Counter(str(row[at]) for row in answer.rows)
        if len(with_conditions) > MOST_CHART:
            kept = {c for c, _ in sorted(with_conditions.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_CHART]}
            answer = replace(answer, rows=[row for row in answer.rows if str(row[at]) in kept])
            notes.append(f"The {MOST_CHART} commitments with most to show, of {len(with_conditions)}; kg graph -p actor=NAME draws others.")
        drawn = chart(self.store, answer, "Who commits to what, only if what", tuple(notes))
        yield "chart.html", picture_html(drawn, "index.html").encode()
        network_query = next(q for q in list_queries("networks") if q.name == "commitments")
        answer = ask_store(self.store, network_query, {})
        notes = list(unreviewed(self.store, answer))
        if len(answer.rows) > MOST_LINKS:
            weight = answer.columns.index("weight")
            kept_rows = sorted(answer.rows, key=lambda row: (-float(getattr(row[weight], "value", 0)), str(row)))[:MOST_LINKS]
            notes.append(f"The {MOST_LINKS} heaviest links of {len(answer.rows)}; kg graph --kind draws them all, and other networks.")
            answer = replace(answer, rows=kept_rows)
        graph = network(self.store, answer, "How it is connected", tuple(notes), network_query.header.get("reached", ""))
        yield "explore.html", picture_html(network_picture(graph), "index.html").encode()

    # ------------------------------------------------------------------------------------------------ what if

    def _whatif(self) -> Iterator[Page]:
        facts = self.facts
        readings = facts.readings
        every = vectors(readings)
        ended = {(o.commitment, o.reading, o.stance): o for o in outcomes(readings, {})}
        rows = sorted(every, key=lambda r: (STATES.index(ended[r["commitment"], r["reading"], r["stance"]].state), facts.name(r["commitment"]), r["reading"], r["stance"]))[:MOST_SCENARIOS]  # fmt: skip
        used = Counter(c for row in rows for c in _leaves([row["need"], row["trigger"]]))
        conditions = sorted((c for c in used if readings.conditions[c].kind != NEVER), key=lambda c: (-used[c], facts.name(c), c))
        shown = []
        for row in rows:
            outcome = ended[row["commitment"], row["reading"], row["stance"]]
            because = (
                "" if outcome.state in ("active", "stands") else "; ".join(dict.fromkeys(facts.name(leaf.name) for leaf in outcome.because))
            )
            shown.append({**row, "state": outcome.state, "because": because})
        data = {
            "rows": rows, "conditions": [{"iri": c} for c in conditions], "timed": sorted(c for c in conditions if readings.conditions[c].kind == NAMED_ONLY),
            "labels": {c: facts.name(c) for c in conditions}, "short": {c: file_name(c.rpartition("/")[2]) for c in conditions},
        }  # fmt: skip
        listed = [{"iri": c, "count": f"{used[c]} commitment{'' if used[c] == 1 else 's'}"} for c in conditions]
        yield self._page(
            "whatif.html", "whatif", "What if", rows=shown, conditions=listed, data=inert(data), states=[s for s in STATES if s],
            counts=Counter(row["state"] for row in shown),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------------ sources, time

    def _sources(self) -> Iterator[Page]:
        facts = self.facts
        rows = [dict(zip(COMPARED, row, strict=True)) for row in compare(self.store, structured=True)]
        kinds = (
            ("What a copy or paraphrase tells otherwise", ("retold",), "Sentences side by side: what the source has alone is struck out, what the other has alone is underlined."),
            ("What it dropped", ("dropped",), "Sentences of the source that carry a statement and that it tells nowhere."),
            ("What it added", ("added",), "Sentences that its source does not have."),
            ("One utterance, other words", ("wording",), "Statements of independent sources that report one act of speaking."),
            ("What cannot all be right", ("speaker", "number", "condition", "stance", "denial"), "Both sides stand; nothing is merged away."),
        )  # fmt: skip
        parts = []
        for title, of, note in kinds:
            some = [self._pair(row) for row in rows if row["kind"] in of]
            if some:
                parts.append({"title": title, "note": note, "rows": some[:MOST_PAIRS], "count": len(some)})
        reused = [a for a in facts.articles.values() if a.reuse]
        yield self._page(
            "sources.html", "sources", "Sources", articles=len(facts.articles), origins=len({a.origin for a in facts.articles.values()}),
            reused=reused[: 4 * MOST_PAIRS], parts=parts,
        )  # fmt: skip

    def _pair(self, row: Mapping[str, Any]) -> dict[str, Any]:
        about = row["about"]
        named = ", ".join(one["label"] if isinstance(one, dict) else str(one) for one in (about if isinstance(about, list) else [about]))
        made = {**row, "about": named, "differs": row["differs"] or [], "wording": _marked(row["wording"]) if row["wording"] else None}
        return made | ({"quote": "", "other_quote": "", "wording": None} if self.text == "none" else {})

    def _timeline(self) -> Iterator[Page]:
        facts = self.facts
        moments: dict[str, list[Moment]] = {}
        for moment in self.moves.timeline():
            moments.setdefault(moment.said.commitment, []).append(moment)
        every = [m for some in moments.values() for m in some]
        axis = axis_of([m.said.date for m in every])
        by_actor: dict[str, list[str]] = {}
        for c in moments:
            for actor in facts.committers.get(c, ())[:1]:
                by_actor.setdefault(actor, []).append(c)
        order = sorted(by_actor, key=lambda a: (-sum(len(moments[c]) for c in by_actor[a]), facts.name(a), a))
        lanes = []
        for actor in order[:MOST_LANES]:
            if not axis:
                break
            rows = [
                {"commitment": c, "words": _fitted(self._short(actor, c)), "dots": dots(axis, moments[c])}
                for c in by_actor[actor][:MOST_LANES]
            ]
            rows = [row for row in rows if row["dots"]]
            if rows:
                lanes.append({"actor": actor, "rows": rows, "height": 44 * len(rows) + 24})
        changes = [m for m in every if "→" in m.change]
        yield self._page(
            "timeline.html", "timeline", "How stances moved", axis=axis, lanes=lanes, changes=changes, quotes=self.text != "none",
            more=max(0, len(order) - MOST_LANES), undated=sum(not m.said.date for m in every),
        )  # fmt: skip

    def _short(self, actor: str, commitment: str) -> str:
        """A commitment's label without the actor before it."""
        return self.facts.name(commitment).removeprefix(f"{self.facts.name(actor)}: ")

    # ------------------------------------------------------------------------------------------------ questions, quality

    def _questions(self) -> Iterator[Page]:
        shown = []
        for q in sorted(list_queries("questions"), key=lambda q: (q.number or 99, q.name)):
            answer = ask_store(self.store, q, {})
            rows = to_json_rows(self.store, answer)
            columns = [c for c in answer.columns if self.text != "none" or c not in HIDDEN_WITHOUT_TEXT]
            asked, file = q.asked({}), file_name(q.name)
            shown.append({"file": file, "asked": asked, "rows": len(rows)})
            table = [[row.get(column) for column in columns] for row in rows]
            shown_columns = [c for c in columns if c not in PLACED and any(row.get(c) is not None for row in rows)]
            cells = [[self._cell(row, column) for column in shown_columns] for row in rows[:MOST_ROWS]]
            yield self._page(
                f"question/{file}.html", "question", asked, number=q.number, columns=shown_columns, table=cells, total=len(rows), file=file,
                notes=unreviewed(self.store, answer), text=q.text,
            )  # fmt: skip
            plain = [[cell["label"] if isinstance(cell, dict) else cell for cell in row] for row in table]
            yield f"question/{file}.csv", listing(columns, plain, "csv").encode()
            yield f"question/{file}.json", listing(columns, table, "json").encode()
        yield self._page("questions.html", "questions", "Questions", questions=shown)

    def _cell(self, row: Mapping[str, Any], column: str) -> Any:
        """A cell of an answer; a quote leads to its place in the article."""
        side = "other" if column == "otherQuote" else ""
        if column in ("quote", "otherQuote") and row.get(column) is not None:
            article, start, end = (row.get(f"{side}{part.title()}" if side else part) for part in ("article", "start", "end"))
            place = self._places.get((article["iri"] if isinstance(article, dict) else "", start, end))
            return {"iri": place, "label": row[column]} if place else row[column]
        return row.get(column)

    @cached_property
    def _places(self) -> dict[tuple[str, Any, Any], str]:
        """The first statement of each sentence, by article and place."""
        found: dict[tuple[str, Any, Any], str] = {}
        for s in sorted(self.facts.statements.values(), key=lambda s: s.iri):
            found.setdefault((s.article, *s.context), s.iri)
        return found

    def _quality(self) -> Iterator[Page]:
        facts = self.facts
        findings = check_whole(self.store)
        unread = [a for a in facts.articles.values() if not a.reviewed]
        undated = [s for s in facts.statements.values() if not s.words.get("saidOn")]
        inferred = [s for s in facts.statements.values() if s.words.get("inferred") == "true"]
        unplaced = [s for s in facts.statements.values() if not s.content]
        doubtful = sorted(
            (s for s in facts.statements.values() if _number(s.words.get("confidence")) < 0.6),
            key=lambda s: (_number(s.words.get("confidence")), s.iri),
        )
        counts = [
            (len(findings), "findings of the checks"), (len(unread), "articles no person has reviewed"), (len(unplaced), "statements without a place"),
            (len(undated), "statements without a date of their own"), (len(inferred), "inferred statements"), (len(doubtful), "statements below .6 confidence"),
        ]  # fmt: skip
        readers = Counter((a.annotator or "unknown", "reviewed" if a.reviewed else "not reviewed") for a in facts.articles.values())
        inferred_dates = [a for a in facts.articles.values() if a.inferred or not a.date]
        tables = [
            ("Findings", "What the checks find wrong with all articles together, each with its remedy; each article alone was checked when it was added.", ("Severity", "Code", "Message", "Where"), [(f.severity, f.code, f.message, f.node or f.file) for f in findings]),
            ("Who read the articles", "A person's file beside an article always wins over a machine's reading.", ("Reader", "", "Articles"), [(who, how, n) for (who, how), n in sorted(readers.items())]),
            ("Articles with an inferred date, or none", "An inferred date was worked out from the text.", ("Article", "Date"), [({"iri": a.iri}, a.date or "none") for a in inferred_dates]),
            ("Doubtful statements", "Those that whoever read them was least sure of.", ("Confidence", "Statement", "Found by"), [(s.words.get("confidence", ""), {"iri": s.iri}, s.words.get("foundBy", "")) for s in doubtful]),
        ]  # fmt: skip
        yield self._page("quality.html", "quality", "Quality", counts=counts, tables=tables)


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


def _leaves(formula: list[Any]) -> Iterator[str]:
    if formula and formula[0] == "is":
        yield formula[1]
    else:
        for part in formula:
            if isinstance(part, list):
                yield from _leaves(part)


def _marked(wording: str) -> list[tuple[str, str]]:
    """The pieces of a marked line (`kg.analyse.wording.marked`): same, gone or new."""
    found = []
    for piece in re.split(r"(\[-.*?-\]|\{\+.*?\+\})", wording, flags=re.DOTALL):
        how = (
            "gone"
            if piece.startswith("[-") and piece.endswith("-]")
            else "new"
            if piece.startswith("{+") and piece.endswith("+}")
            else "same"
        )
        words = piece[2:-2] if how != "same" else piece.strip()
        if words:
            found.append((how, words))
    return found


def _fitted(words: str, letters: int = 60) -> str:
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def _number(value: str | None) -> float:
    try:
        return float(value or 1)
    except ValueError:
        return 1.0
