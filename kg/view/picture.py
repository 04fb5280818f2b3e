"""A picture as markup: one HTML page that opens from disk and asks nobody for anything, or an SVG.

pyvis holds the network as data and brings vis-network; the page is our own. Text from articles reaches it as escaped HTML,
as JSON in an inert block, and from there through `textContent` and `fillText` alone; the content security policy lets
only the two scripts and the one style run whose hashes it names, and lets nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import networkx as nx
from markupsafe import Markup, escape

from kg.analyse.network import WRITERS
from kg.errors import UsageError
from kg.view.carrier import carrier, quotes_of, thickness
from kg.view.network import network_picture
from kg.view.palette import PALETTE, dark_style
from kg.view.shapes import FONT, LINE, SMALL, STYLES, Edge, Node, Picture, Quote, curve, number, text_width, wrap

FORMATS = ("html", "svg", "graphml", "gexf", "json")
FACE = "Arial, Liberation Sans, Helvetica, sans-serif"
_HERE = Path(__file__).resolve().parent
_PAPER = 500  # nodes up to which the page also carries its picture for print and for browsers without scripts

_DEEP = 40  # levels of the list in words; no real chain of conditions comes near

# The corners of a network's marks, in radii from the middle; areas are about that of the circle.
CORNERS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "square": ((-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)),
    "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    "triangle": ((0, -1.3), (1.25, 0.85), (-1.25, 0.85)),
    "star": tuple(
        (round((1.35, 0.68)[at % 2] * math.sin(at * math.pi / 5), 3), round(-(1.35, 0.68)[at % 2] * math.cos(at * math.pi / 5), 3))
        for at in range(10)
    ),
    "cross": (
        (-0.45, -1.2),
        (0.45, -1.2),
        (0.45, -0.45),
        (1.2, -0.45),
        (1.2, 0.45),
        (0.45, 0.45),
        (0.45, 1.2),
        (-0.45, 1.2),
        (-0.45, 0.45),
        (-1.2, 0.45),
        (-1.2, -0.45),
        (-0.45, -0.45),
    ),
    "bar": ((-1.4, -0.6), (1.4, -0.6), (1.4, 0.6), (-1.4, 0.6)),
    "down": ((-1.25, -0.95), (1.25, -0.95), (0, 1.2)),
    "bowtie": ((-1.2, -1), (1.2, 1), (1.2, -1), (-1.2, 1)),
    "hexagon": tuple((round(1.1 * math.cos(at * math.pi / 3), 3), round(1.1 * math.sin(at * math.pi / 3), 3)) for at in range(6)),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a picture in words: the words, the node they are of, and what hangs under it."""

    words: str
    node: str = ""
    lead: str = ""
    quotes: tuple[Quote, ...] = ()
    children: list[Item] = field(default_factory=list)


def encode(drawn: Picture | nx.Graph[str], form: str) -> bytes:
    """A chart or a network as the bytes of a file; `form` is one of `FORMATS`.

    A network is drawn where the form is a picture, a chart becomes a graph where it is none. Raises UsageError for
    another form.

    >>> encode(Picture("chart", "Nothing", 40, 40), "json")[:20]
    b'{\\n "directed": true,'
    """
    if form in WRITERS:
        return WRITERS[form](graph_of(drawn) if isinstance(drawn, Picture) else drawn)
    if form not in FORMATS:
        raise UsageError(f"there is no picture in the form {form!r}", "", f"the forms there are: {', '.join(FORMATS)}")
    picture = drawn if isinstance(drawn, Picture) else network_picture(drawn)
    return (picture_html if form == "html" else svg)(picture).encode()


def graph_of(picture: Picture) -> nx.DiGraph[str]:
    """The nodes and lines of a picture as a directed graph, without its headings.

    Nodes have label, kind, detail, notes, place and the quotes they rest on; edges label, style and weight. Of two lines
    between the same two (a requirement in one report, a trigger in another) both labels and both styles stand.
    """
    graph: nx.DiGraph[str] = nx.DiGraph(title=picture.title, notes="\n".join(picture.notes))
    for n in picture.nodes:
        if n.kind != "heading":
            quotes = [asdict(quote) for quote in n.quotes]
            graph.add_node(n.id, label=n.label, kind=n.kind, detail=n.detail, notes="; ".join(n.said), x=n.x, y=n.y, quotes=quotes)
    for edge in picture.edges:
        said = {"label": edge.label, "style": edge.style}
        if graph.has_edge(edge.source, edge.target):
            before = graph.edges[edge.source, edge.target]
            said = {name: f"{before[name]} · {words}" for name, words in said.items()}
        graph.add_edge(edge.source, edge.target, weight=edge.weight, **said)
    return graph


def svg(picture: Picture) -> str:
    """The picture as an SVG of its own, with its title above and its legend below; dark by night in a browser.

    >>> svg(Picture("chart", "A < B", 400, 40))[:66]
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -56 400 96" wid'
    """
    return templates().get_template("picture.svg").render(picture=picture, dark=Markup(dark_style()), frame=_frame(picture))


def _frame(picture: Picture) -> dict[str, Any]:
    """What stands round a drawing: lines of text above (words, height, whether large), the legend below, and the size of it all."""
    width = max(picture.width, 360.0)
    large = wrap(picture.title, (width - 40) * FONT / 20)
    quiet = [line for words in filter(None, (picture.summary, *picture.notes)) for line in wrap(words, width - 40)]
    top = 30 + 26 * len(large) + LINE * len(quiet)
    lines = [(words, 29 - top + 26 * at, True) for at, words in enumerate(large)]
    lines += [(words, 26 - top + 26 * len(large) + LINE * at, False) for at, words in enumerate(quiet)]
    x, y, legend = 20.0, picture.height + 20, []
    for item in picture.legend:
        wide = 56 + text_width(item.words) + 30
        if x > 20 and x + wide > width:
            x, y = 20.0, y + 30
        legend.append((item, x, y))
        x += wide
    height = y + 30 if legend else picture.height
    return {"width": width, "height": height + top, "top": top, "lines": lines, "legend": legend}


def picture_html(picture: Picture, name: str = "") -> str:
    """The picture as one page: drawing, legend, search, the quotes behind each thing, and the same in words.

    `name` is that of its file in a site: then what every picture shares (`picture_assets`) stands beside it in `assets/`, its other forms
    as `name.svg` and `name.gexf`, and it can be saved as PNG.
    The same picture gives the same bytes.

    >>> "<script>alert" in picture_html(Picture("chart", "<script>alert(1)</script>", 40, 40))
    False
    """
    shared = picture_assets()
    style, vis, script = shared["picture.css"], shared["vis-network.js"], shared["picture.js"]
    scripts, styles = ("'self'", "'self'") if name else (f"{_hash(vis)} {_hash(script)}", _hash(style))
    policy = f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; base-uri 'none'; form-action 'none'"
    page = templates().get_template("page.html")
    return page.render(
        picture=picture, policy=policy, style=Markup(style), vis=Markup(vis), script=Markup(script), data=inert(_data(picture)),
        words=in_words(picture), paper=len(picture.nodes) <= _PAPER, name=name,
    )  # fmt: skip


def mimebundle(picture: Picture) -> dict[str, str]:
    """A picture in the forms a notebook chooses from; the page stands in a frame that runs its own scripts and reaches nothing else.

    >>> sorted(mimebundle(Picture("chart", "Nothing", 40, 40)))
    ['image/svg+xml', 'text/html', 'text/plain']
    """
    page = escape(picture_html(picture))
    frame = f'<iframe sandbox="allow-scripts" srcdoc="{page}" title="{escape(picture.title)}" width="100%" height="640" style="border:0"></iframe>'
    return {"text/plain": f"{picture.title}: {picture.summary}", "image/svg+xml": svg(picture), "text/html": frame}


def picture_assets() -> dict[str, str]:
    """The style and the scripts of every picture's page, by the names of their files in a site."""
    licence, vis = static("vis-network.LICENSE.txt"), static("vis-network.min.js").partition("//# sourceMappingURL")[0]
    return {"picture.css": static("page.css") + dark_style(), "vis-network.js": f"/*! {licence}*/\n{vis}", "picture.js": static("page.js")}


def in_words(picture: Picture) -> list[Item]:
    """The picture for reading: a chart as actors with what they commit to and what that hangs on, a network by its nodes."""
    nodes = {node.id: node for node in picture.nodes}
    out: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in picture.edges:
        out[edge.source].append(edge)
        if not picture.directed and edge.source != edge.target:
            out[edge.target].append(replace(edge, source=edge.target, target=edge.source))
    if picture.kind == "chart":
        told: set[str] = set()
        return [_told(node, "", nodes, out, told, 0) for node in picture.nodes if node.kind == "actor"]
    return [
        Item(
            " — ".join(filter(None, [n.label, n.kind])), n.id if len(nodes) <= _PAPER else "",
            children=[Item("; ".join(f"{e.label}: {nodes[e.target].label}" for e in out[n.id]))] if out[n.id] else [],
        )
        for n in picture.nodes
    ]  # fmt: skip


def _told(node: Node, lead: str, nodes: Mapping[str, Node], out: Mapping[str, list[Edge]], told: set[str], depth: int) -> Item:
    """One thing of a chart and what hangs under it; what has been told once is only named again, and so is what lies too deep."""
    words = ", ".join(filter(None, [node.detail if node.kind == "gate" else node.label, *node.said]))
    if node.kind == "commitment" and node.detail:
        words += f" ({node.detail})"
    again = node.id in told or depth > _DEEP
    told.add(node.id)
    edges = [] if again else out.get(node.id, [])
    children = [_told(nodes[e.target], "" if e.style == "commits" else e.label, nodes, out, told, depth + 1) for e in edges]
    return Item(words, node.id, lead, node.quotes if node.kind == "commitment" and not again else (), children)


def _data(picture: Picture) -> dict[str, Any]:
    """Everything the page's script reads."""
    held = carrier(picture)
    return {
        "kind": picture.kind, "directed": picture.directed, "width": picture.width, "height": picture.height,
        "free": picture.kind == "network" and len(picture.nodes) > SMALL,
        "font": {"size": FONT, "face": FACE}, "leading": LINE, "palette": PALETTE, "corners": CORNERS,
        "styles": {name: asdict(style) for name, style in STYLES.items()},
        "quotes": [(q.article, q.start, q.end, q.quote, q.speakers) for q in quotes_of(picture)],
        "options": held.options, "nodes": held.nodes, "edges": held.edges,
    }  # fmt: skip


def inert(data: Any) -> Markup:
    """JSON that no HTML parser mistakes for markup and no script parser for the end of a line."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        written = written.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(written)


def arrow(points: tuple[tuple[float, float], ...], straight: bool = False) -> str:
    """The SVG path of the arrow at the end of a line, pointing the way the line arrives.

    >>> arrow(((0, 0), (100, 50)))
    'M100 50L91 54.5L91 45.5z'
    """
    (x0, y0), (x1, y1) = points[-2:]
    turn = math.atan2(y1 - y0, x1 - x0) if straight else 0.0
    sides = [(x1 - 9 * math.cos(turn) - side * math.sin(turn), y1 - 9 * math.sin(turn) + side * math.cos(turn)) for side in (4.5, -4.5)]
    return f"M{number(x1)} {number(y1)}" + "".join(f"L{number(x)} {number(y)}" for x, y in sides) + "z"


def _hash(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


@cache
def static(name: str) -> str:
    """A file of `static/`, with line feeds only: that is what a browser hashes, whatever stands in the file."""
    return (_HERE / "static" / name).read_text("utf-8")


@cache
def templates() -> jinja2.Environment:
    """What fills the pages in: everything that is put into one is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    environment.globals |= {
        "number": number, "curve": curve, "arrow": arrow, "thickness": thickness, "palette": PALETTE, "styles": STYLES, "corners": CORNERS,
        "font": FACE, "size": FONT, "leading": LINE,
    }  # fmt: skip
    return environment
