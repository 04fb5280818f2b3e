"""The chart *who → what → only if*: actors, what they commit to, and what that hangs on, in columns that stay put.

    who ──> commitment ──> ALL / ANY ──> condition ⊃ what it hangs on ──> who decides

The input is plain rows (`Row`), the output a plain `Picture`; `layout` says where things lie. What one article says of a
commitment is one reading: its conditions conjoin. Readings of several articles never do: where one says no more than
another it is not drawn again, and where they really differ a gate *reports differ* stands between them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field, replace
from typing import Any

from kg.analyse.network import printable
from kg.view.gates import Line, Readings, find_circles, gated
from kg.view.layout import Box, arrange
from kg.view.shapes import LINE, STYLES, Edge, Legend, Node, Picture, Quote, text_width, wrap
from kg.vocabulary import KINDS

SYMBOLS = {"pledged": "✓", "open": "?", "refused": "✕", "withdrawn": "↩"}
WIDTHS = {"actor": 144, "commitment": 256, "condition": 214, "decider": 144}
TITLE = "Who commits to what, on what condition"
_HEADINGS = {"actor": "Who", "commitment": "What", "condition": "Only if", "decider": "Who decides"}
_ROW = 40  # px, the height of a box with one line


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One row of the chart's query: a statement's commitment and, each in rows of their own, what it attaches.

    Things are IRIs with their labels beside them; `stance`, `strength` and `condition_kind` are bare words; `attachment` is
    `requirement`, `exceptIf` or `trigger`, or `""` where the condition is only reached through another's `depends_on`;
    `group` names an any-of group. `quote` is the exact sentence, `start` and `end` its code points in `article`.

    >>> Row("id:actor/france", "France", "id:commitment/x", "deploy troops", stance="pledged").condition
    ''
    """

    actor: str
    actor_label: str
    commitment: str
    commitment_label: str
    stance: str = ""
    strength: str = ""
    only_in: str = ""
    not_in: str = ""
    condition: str = ""
    condition_label: str = ""
    condition_kind: str = ""
    attachment: str = ""
    group: str = ""
    decider: str = ""
    decider_label: str = ""
    depends_on: str = ""
    depends_on_label: str = ""
    speaker: str = ""
    quote: str = ""
    article: str = ""
    article_label: str = ""
    start: int = 0
    end: int = 0


def build_chart(rows: Iterable[Row], title: str = TITLE, notes: tuple[str, ...] = ()) -> Picture:
    """The chart of these rows: every box placed, every line drawn, the same for the same rows in any order.

    >>> chart = build_chart([Row("a", "France", "c", "deploy troops", "pledged", condition="d", condition_label="ceasefire", attachment="requirement")])
    >>> [(node.kind, node.symbol, node.label) for node in chart.nodes if node.kind != "heading"]
    [('actor', '', 'France'), ('commitment', '✓', 'deploy troops'), ('condition', '', 'ceasefire')]
    """
    told = _Facts()
    for row in sorted({_clean(row) for row in rows}):
        told.add(row)
    lines = gated(told.edges, told.readings)
    circles = find_circles({key for key in lines if key[2] == "depends"})
    for key in circles:
        del lines[key]
    if circles:
        notes = (*notes, f"Left out: {len(circles)} line{'s' * (len(circles) > 1)} between conditions that hang on each other in a circle.")
    nodes = told.nodes()
    for _, target, _ in lines:
        if target.startswith("gate "):
            nodes[target] = _gate(target)
    return _picture(nodes, lines, title, notes)


def _clean(row: Row) -> Row:
    """The row with what cannot be shown replaced (`printable`)."""
    values: list[Any] = [printable(value) if isinstance(value, str) else value for value in astuple(row)]
    return Row(*values)


@dataclass(slots=True)
class _Facts:
    """What the rows say, collected by thing; keys are `kind IRI`, so an actor who decides is another box than one who commits."""

    labels: dict[str, str] = field(default_factory=dict)
    words: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # stances, strengths, kinds
    places: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    quotes: defaultdict[str, dict[tuple[str, int, int, str], set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    edges: set[Line] = field(default_factory=set)
    readings: defaultdict[str, Readings] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    def add(self, row: Row) -> None:
        """Take in one row."""
        actor, commitment = (
            self._named("actor", row.actor, row.actor_label),
            self._named("commitment", row.commitment, row.commitment_label),
        )
        condition = self._named("condition", row.condition, row.condition_label)
        decider = self._named("decider", row.decider, row.decider_label)
        further = self._named("condition", row.depends_on, row.depends_on_label)
        self.edges.add((actor, commitment, "commits"))
        self.words[commitment] |= {row.stance, row.strength} - {""}
        self.places[commitment] |= {f"{words} {place}" for words, place in (("only in:", row.only_in), ("not in:", row.not_in)) if place}
        if condition:
            self.words[condition] |= {row.condition_kind} - {""}
            if row.attachment:
                self.readings[commitment][row.article].add((row.attachment, row.group or condition, condition))
            self.edges |= {(condition, decider, "decides")} if decider else set()
            self.edges |= {(condition, further, "depends")} if further else set()
        for key in filter(None, (actor, commitment, condition, decider, further)):
            if row.quote:
                self.quotes[key][row.article_label or row.article, row.start, row.end, row.quote] |= {row.speaker} - {""}

    def _named(self, kind: str, iri: str, label: str) -> str:
        """The key of a thing, `""` for none; its first label in the order of the rows stands."""
        if not iri:
            return ""
        self.labels.setdefault(f"{kind} {iri}", label or iri)
        return f"{kind} {iri}"

    def nodes(self) -> dict[str, Node]:
        """A node for each thing, not yet placed."""
        made, shown = {}, self._shown()
        for key, label in self.labels.items():
            kind = key.split(" ", 1)[0]
            quotes = sorted(Quote(*place, tuple(sorted(speakers))) for place, speakers in self.quotes[key].items())
            stances = [stance for stance in SYMBOLS if stance in self.words[key]]
            style = {"colour": kind, "detail": ", ".join(sorted(self.words[key]))}
            notes = sorted(self.places[key])
            if kind == "commitment":
                style["colour"] = (stances or ["unstated"])[0] if len(stances) < 2 else "mixed"
                style["detail"] = ", ".join([*stances, *sorted(self.words[key] & {"firm", "intended"})])
                notes += [f"stated as {' and as '.join(stances)}"] * (len(stances) > 1)
            symbol = "".join(SYMBOLS[stance] for stance in stances) if kind == "commitment" else ""
            box = replace(_box(key, kind, shown[key], tuple(notes), symbol), label=label, said=tuple(notes))
            dashed = "intended" in self.words[key] and "firm" not in self.words[key]
            made[key] = replace(box, colour=style["colour"], detail=style["detail"], quotes=tuple(quotes), dashed=dashed)
        return made

    def _shown(self) -> dict[str, str]:
        """The words in each box: of the label what the columns beside it do not say already.

        A commitment's `France: deploy troops` loses the names of its committers if they are all there is before the colon; a
        condition's `ceasefire (event)` its kind and decider, where no other condition would read the same then.
        """
        shown = dict(self.labels)
        committers: defaultdict[str, list[str]] = defaultdict(list)
        for source, target, style in self.edges:
            if style == "commits":
                committers[target].append(self.labels[source])
        for key, names in committers.items():
            before, _, rest = self.labels[key].partition(": ")
            for name in sorted(names, key=len, reverse=True):
                before = before.replace(name, "", 1)
            if rest.strip() and not re.sub(r"and|,|\s", "", before):
                shown[key] = rest
        conditions = {key: label for key, label in self.labels.items() if key.startswith("condition ")}
        bare = {key: re.sub(rf" \(({'|'.join(KINDS)})( by .*)?\)$", "", label) for key, label in conditions.items()}
        count = Counter(bare.values())
        return shown | {key: words for key, words in bare.items() if count[words] == 1 and words.strip()}


def _box(key: str, kind: str, label: str, notes: tuple[str, ...] = (), symbol: str = "") -> Node:
    """A box as wide as its kind and as high as its text."""
    indent = 18 + 16 * len(symbol) if symbol else 12
    room = WIDTHS[kind] - indent - 12
    lines, quiet = wrap(label, room), tuple(line for note in notes for line in wrap(note, room))
    height = max(_ROW, LINE * (len(lines) + len(quiet)) + 20)
    return Node(key, kind, label, 0, 0, WIDTHS[kind], height, lines, quiet, symbol, indent=indent)


def _gate(key: str) -> Node:
    """A gate: `gate ALL <hash>`, `gate ANY <hash>` or `gate DIFFER <hash>`."""
    word = key.split(" ")[1]
    lines = ("reports", "differ") if word == "DIFFER" else (word,)
    detail = {"ALL": "every one of these", "ANY": "one of these is enough", "DIFFER": "the articles state different conditions"}[word]
    width = max(text_width(line) for line in lines) + 26
    return Node(
        key, "gate", " ".join(lines), 0, 0, round(width), max(30, LINE * len(lines) + 8), lines, colour="gate", mark="pill", detail=detail
    )


def _picture(nodes: dict[str, Node], lines: dict[Line, None], title: str, notes: tuple[str, ...]) -> Picture:
    """Everything put in its place, with headings over the columns and the legend."""
    placed = arrange([Box(n.id, n.kind, n.w, n.h, n.label) for n in nodes.values()], list(lines))
    order = {kind: at for at, kind in enumerate(("actor", "commitment", "gate", "condition", "decider"))}
    laid = [replace(node, x=placed.centres[key][0], y=placed.centres[key][1]) for key, node in nodes.items()]
    laid.sort(key=lambda n: (order[n.kind], n.x, n.y))
    heads = []
    for kind, words in _HEADINGS.items():
        columns = sorted({(n.x, n.w) for n in laid if n.kind == kind})
        for at, (x, wide) in enumerate(columns):
            said = words if at == 0 else "Which hangs on"
            heads.append(Node(f"heading {kind} {at}", "heading", said, x, placed.top / 2, wide, LINE, (said,), mark="plain", indent=0))
    edges = tuple(Edge(s, t, style, placed.paths[s, t, style], STYLES[style].words) for s, t, style in lines)
    counts = [(sum(n.kind == kind for n in laid), kind) for kind in ("actor", "commitment", "condition", "decider")]
    summary = " · ".join(f"{count} {kind}{'s' * (count != 1)}" for count, kind in counts if count)
    return Picture("chart", printable(title), placed.width, placed.height, (*heads, *laid), edges, _legend(laid, edges), notes, summary)


def _legend(nodes: list[Node], edges: tuple[Edge, ...]) -> tuple[Legend, ...]:
    """What is in the chart and needs a word; nothing that is not in it."""
    colours, styles = {n.colour for n in nodes}, {e.style for e in edges}
    shown = [Legend(stance, SYMBOLS[stance], stance, "box") for stance in SYMBOLS if stance in colours]
    shown += [Legend("stated in several ways", "✓?", "mixed", "box")] * ("mixed" in colours)
    shown += [Legend("intended, not firm", "", "plain", "box", dashed=True)] * any(n.dashed for n in nodes)
    words = {n.label: n.detail for n in nodes if n.kind == "gate"}
    shown += [Legend(words[label], label if label.isupper() else "≠", "gate", "pill") for label in sorted(words)]
    # Whose line runs from who to what, or from a gate to what it joins, needs no word of its own.
    return (
        *shown,
        *(Legend(style.words, style=name) for name, style in STYLES.items() if name in styles - {"commits", "differ", "depends"}),
    )
