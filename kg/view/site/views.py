"""The pages that look across articles: chart, network, what-if, sources, timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate, groupby
from typing import Any

import networkx as nx

from kg.analyse.compare import COLUMNS as COMPARED
from kg.analyse.compare import compare
from kg.analyse.outcomes import NAMED_ONLY, NEVER, STATES, outcomes
from kg.analyse.readings import many
from kg.analyse.timeline import Moment
from kg.analyse.wording import pieces
from kg.query import ask_store, load_query, unreviewed
from kg.triples.terms import short
from kg.view.graph import chart, network
from kg.view.network import network_picture
from kg.view.picture import encode, inert, picture_html
from kg.view.shapes import Picture
from kg.view.site.addresses import file_name
from kg.view.site.lanes import LEFT, WIDTH, Axis, axis_of, dots
from kg.view.site.maker import FITTING, Maker, Page, Paged
from kg.view.site.scenarios import vectors

MOST_PAIRS = 60  # pairs of passages of one kind on the page on sources
MOST_CHART = 40  # commitments of a chart that can still be read
MOST_CHART_ROWS = 350  # rows of these: a statement and a condition each
MOST_LINKS = 180  # links of the network that is drawn; the heaviest
MOST_SCENARIOS = 400  # rows of the page on what-if; of the commitments most often stated
MOST_DOTS = 300  # statements of one page on time, and what the last of its lanes has more
Lane = tuple[str, str]  # actor, commitment


def pictured(m: Maker, name: str, form: str) -> bytes:
    """One of `PICTURES` in a form that `kg.view.picture` knows; drawn once for all its forms."""
    if name not in m.drawn:
        drawn = PICTURES[name](m)
        m.drawn[name] = drawn, drawn if isinstance(drawn, Picture) else network_picture(drawn)
    drawn, picture = m.drawn[name]
    if form == "html":
        return picture_html(picture, name).encode()
    return encode(picture if form == "svg" else drawn, form)


def _chart(m: Maker) -> Picture:
    """Who commits to what, only if what."""
    query = load_query("who-what-only-if")
    answer = ask_store(m.store, query, {})
    notes = list(unreviewed(m.store, answer))
    at = answer.columns.index("commitment")
    with_conditions = Counter(str(row[at]) for row in answer.rows)
    order = sorted(with_conditions.items(), key=lambda pair: (-pair[1], pair[0]))
    before = accumulate((rows for _, rows in order), initial=0)
    kept = {c for (c, _), at in zip(order[:MOST_CHART], before, strict=False) if at < MOST_CHART_ROWS}
    if len(kept) < len(order):
        answer = answer._replace(rows=[row for row in answer.rows if str(row[at]) in kept])
        notes.append(f"The {len(kept)} commitments with most to show, of {len(order)}; kg graph -p actor=NAME draws others.")
    drawn = chart(m.store, answer, "Who commits to what, only if what", tuple(notes))
    return drawn if m.text != "none" else replace(drawn, nodes=tuple(replace(node, quotes=()) for node in drawn.nodes))


def _network(m: Maker) -> nx.Graph[str]:
    """How it is connected."""
    network_query = load_query("commitments")
    answer = ask_store(m.store, network_query, {})
    notes = list(unreviewed(m.store, answer))
    if len(answer.rows) > MOST_LINKS:
        weight = answer.columns.index("weight")
        kept_rows = sorted(answer.rows, key=lambda row: (-float(getattr(row[weight], "value", 0)), str(row)))[:MOST_LINKS]
        notes.append(f"The {MOST_LINKS} heaviest links of {len(answer.rows)}; kg graph --kind draws them all, and other networks.")
        answer = answer._replace(rows=kept_rows)
    return network(m.store, answer, "How it is connected", tuple(notes), network_query.header.get("reached", ""))


PICTURES: Mapping[str, Callable[[Maker], Picture | nx.Graph[str]]] = {"chart": _chart, "explore": _network}
SAVED = ("html", "svg", "gexf")  # the forms a site has of each


def whatif(m: Maker) -> bytes:
    """Every condition to settle, every commitment with its stance and state."""
    facts = m.facts
    readings = facts.readings
    every = vectors(readings)
    ended = {(o.commitment, o.reading, o.stance): o for o in outcomes(readings, {})}
    stated = sorted(every, key=lambda r: (-len(facts.expressed[r["commitment"]]), r["commitment"], r["reading"]))[:MOST_SCENARIOS]
    rows = sorted(stated, key=lambda r: (STATES.index(ended[r["commitment"], r["reading"], r["stance"]].state), facts.name(r["commitment"]), r["reading"], r["stance"]))  # fmt: skip
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
    return m.page(
        "whatif.html", "whatif", "What if", rows=shown, conditions=listed, data=inert(data), states=[s for s in STATES if s],
        counts=Counter(row["state"] for row in shown), total=len(every),
    )  # fmt: skip


def _leaves(formula: list[Any]) -> Iterator[str]:
    if formula and formula[0] == "is":
        yield formula[1]
    else:
        for part in formula:
            if isinstance(part, list):
                yield from _leaves(part)


def sources(m: Maker) -> bytes:
    """Who copies whom and what became of it, one utterance in several wordings, what cannot all be right."""
    facts = m.facts
    rows = [dict(zip(COMPARED, row, strict=True)) for row in compare(m.facts.moves, structured=True)]
    kinds = (
        ("What a copy or paraphrase tells otherwise", ("retold",), "Sentences side by side: what the source has alone is struck out, what the other has alone is underlined."),
        ("What it dropped", ("dropped",), "Sentences of the source that carry a statement and that it tells nowhere."),
        ("What it added", ("added",), "Sentences that its source does not have."),
        ("One utterance, other words", ("wording",), "Statements of independent sources that report one act of speaking."),
        ("What cannot all be right", ("speaker", "number", "condition", "stance", "denial"), "Both sides stand; nothing is merged away."),
    )  # fmt: skip
    parts = []
    for title, of, note in kinds:
        some = [_pair(m, row) for row in rows if row["kind"] in of]
        if some:
            parts.append({"title": title, "note": note, "rows": some[:MOST_PAIRS], "count": len(some)})
    reused = [a for a in facts.articles.values() if a.reuse]
    return m.page(
        "sources.html", "sources", "Sources", articles=len(facts.articles), origins=len({a.origin for a in facts.articles.values()}),
        reused=reused[:MOST_PAIRS], more=max(0, len(reused) - MOST_PAIRS), parts=parts,
    )  # fmt: skip


def _pair(m: Maker, row: Mapping[str, Any]) -> dict[str, Any]:
    about = row["about"]
    named = ", ".join(one["label"] if isinstance(one, dict) else str(one) for one in (about if isinstance(about, list) else [about]))
    shown = dict(row) if m.text != "none" else {**row, "quote": "", "other_quote": "", "wording": None}
    cited = {side + "cite": _cited(m, shown, side) for side in ("", "other_") if shown[side + "article"]}
    wording = pieces(row["quote"], row["other_quote"]) if shown["wording"] else None
    return {**shown, **cited, "about": named, "differs": row["differs"] or [], "wording": wording}


def _cited(m: Maker, row: Mapping[str, Any], side: str) -> str:
    """One side of a pair, to cite."""
    words, article, start, end, speakers = (row[side + part] for part in ("quote", "article", "start", "end", "speaker"))
    return m.show.citation(words, article["iri"], (start, end), article["iri"], [speaker["iri"] for speaker in speakers or ()])


def timeline(m: Maker) -> Iterator[Page]:
    """Statements in lanes by actor, those with most first, and the changes of stance; as many pages as it takes."""
    moments = many((moment.said.commitment, moment) for moment in m.facts.moves.timeline())
    axis = axis_of([moment.said.date for some in moments.values() for moment in some])
    pages = _by_dots(_lanes(m, moments), moments) or [[]]
    for n, lanes in enumerate(pages, 1):
        part = Paged(lanes, n, len(pages), "timeline")
        yield part.file(n), partial(_timeline, m, part, axis, moments)


def _lanes(m: Maker, moments: Mapping[str, Sequence[Moment]]) -> list[Lane]:
    """An actor with one of its commitments each; of actors and of commitments those first that most is said of."""
    by_actor = many((m.facts.committers[c][0], c) for c in moments if m.facts.committers.get(c))
    count = {actor: sum(len(moments[c]) for c in some) for actor, some in by_actor.items()}
    order = sorted(by_actor, key=lambda a: (-count[a], m.facts.name(a), a))
    return [(actor, c) for actor in order for c in sorted(by_actor[actor], key=lambda c: (-len(moments[c]), c))]


def _by_dots(lanes: Sequence[Lane], moments: Mapping[str, Sequence[Moment]]) -> list[list[Lane]]:
    """The lanes by pages, each full once it has `MOST_DOTS`."""
    before = accumulate((len(moments[c]) for _, c in lanes), initial=0)
    return list(many((at // MOST_DOTS, lane) for at, lane in zip(before, lanes, strict=False)).values())


def _timeline(m: Maker, part: Paged, axis: Axis | None, moments: Mapping[str, Sequence[Moment]]) -> bytes:
    lanes = []
    for actor, some in groupby(part.rows, key=lambda lane: lane[0]):
        rows = [{"commitment": c, "words": short(_short(m, actor, c), FITTING), "dots": dots(axis, moments[c])} for _, c in some if axis]
        if rows := [row for row in rows if row["dots"]]:
            width = max(LEFT + WIDTH, *(row["dots"][-1].x for row in rows)) + 40
            lanes.append({"actor": actor, "rows": rows, "height": 44 * len(rows) + 24, "width": width})
    changes = [moment for _, c in part.rows for moment in moments[c] if "→" in moment.change]
    return m.page(
        part.file(part.page), "timeline", "How stances moved", axis=axis, lanes=lanes, changes=changes, quotes=m.text != "none", list=part,
        undated=sum(not moment.said.date for some in moments.values() for moment in some),
    )  # fmt: skip


def _short(m: Maker, actor: str, commitment: str) -> str:
    """A commitment's label without the actor before it."""
    return m.facts.name(commitment).removeprefix(f"{m.facts.name(actor)}: ")
