"""What a picture is made of, as plain values, and how wide its text is.

Lengths are CSS pixels at 100 %; x grows to the right, y down; a node's `x` and `y` are the centre of its box. Nothing
here knows of a browser: the same picture is drawn as SVG and by vis-network, from the same numbers.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

FONT = 15  # px; the page never shrinks a picture of up to SMALL nodes under 0.75, so no letter is under 11.25 px
LINE = 20  # px from one line of text to the next
BEND = 0.55  # how far a curve runs level before it turns, as a share of its width
SMALL = 60  # nodes up to which a picture must be readable as a whole: no two labels overlap, none is left out

# Widths in hundredths of an em, the wider of Arial regular and bold (Liberation Sans has the same), measured in Chromium.
_GROUPS = {
    24: "'", 28: "|ijlI ,./\\", 33: "!:;[]()-`ft", 39: "*r{}", 47: '"', 56: "0123456789#$_acesvxyzkJ", 58: "+<=>^~", 61: "?FLTZbdghnopqu",
    67: "EPSVXY", 72: "&ABCDHKNRU", 78: "GOQw", 83: "M", 89: "%m", 94: "W", 102: "@",
}  # fmt: skip
_WIDTHS = {letter: width for width, letters in _GROUPS.items() for letter in letters}
_RESERVE = 1.04  # other sans-serif fonts run a little wider than Arial
_JOINERS = "\u200d\ufe0e\ufe0f"


@dataclass(frozen=True, slots=True, order=True)
class Quote:
    """The exact sentence something rests on, who says it, and where: code points, half-open, in the article's text."""

    article: str
    start: int
    end: int
    quote: str
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One thing in a picture. `kind` says what it is and `colour` is a name of the palette, never a colour itself.

    `mark` is the outline (`box`, `pill`, `plain` for text alone; `circle`, `square`, … for a dot with its label under it),
    `lines` the label as it is broken into lines and `notes` further, quieter lines (`said`: the same, unbroken); `detail`
    says in words what the colour and the symbol say.
    """

    id: str
    kind: str
    label: str
    x: float
    y: float
    w: float
    h: float
    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()
    symbol: str = ""
    colour: str = "plain"
    mark: str = "box"
    dashed: bool = False
    detail: str = ""
    quotes: tuple[Quote, ...] = ()
    indent: float = 12  # from the left edge to the text; the symbol stands in it
    radius: float = 0  # of a dot
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two nodes; `points` are where it starts, what it passes, and where it ends, `style` a name of `STYLES`."""

    source: str
    target: str
    style: str
    points: tuple[tuple[float, float], ...]
    label: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of line looks: dash pattern in px (empty: solid), width in px, palette name, and what it says in words."""

    dashes: tuple[int, ...]
    width: float
    colour: str
    words: str


STYLES = {
    "commits": Style((), 1.5, "line", "commits itself"),
    "requirement": Style((), 1.8, "need", "only if"),
    "exceptIf": Style((11, 5), 1.8, "except", "unless"),
    "trigger": Style((2, 4), 2.2, "trigger", "in the case that"),
    "depends": Style((), 1.2, "need", "hangs on"),
    "decides": Style((7, 3, 2, 3), 1.2, "line", "decided by"),
    "differ": Style((), 1.2, "line", "one report says"),
    "link": Style((), 1.2, "line", "linked"),
}


@dataclass(frozen=True, slots=True)
class Legend:
    """One line of the legend: a node's mark with its colour and symbol, or (with `style`) a kind of line."""

    words: str
    symbol: str = ""
    colour: str = ""
    mark: str = ""
    style: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as plain data: nodes that lie where they lie, lines between them, and what the signs mean.

    `kind` is `chart` (reading order, boxes, whole chains light up) or `network` (dots, neighbours light up); `notes` are
    sentences shown under the title, such as that a reading was reviewed by no person. Without `directed` the lines go neither way.
    """

    kind: str
    title: str
    width: float
    height: float
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    legend: tuple[Legend, ...] = ()
    notes: tuple[str, ...] = ()
    summary: str = ""
    directed: bool = True

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the words, the drawing, and the page in a frame of its own."""
        from kg.view.picture import mimebundle  # draws pictures; here they are data

        return mimebundle(self)


@lru_cache(maxsize=4096)
def _letter(letter: str) -> float:
    """The width of one character in hundredths of an em, rather too much than too little."""
    if letter in _WIDTHS:
        return _WIDTHS[letter] * _RESERVE
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    plain = [c for c in unicodedata.normalize("NFKD", letter) if unicodedata.category(c) not in ("Mn", "Me")]
    if plain and plain != [letter]:
        return sum(_letter(c) for c in plain)
    if ord(letter) >= 0x1F000:
        return 140.0
    return 110.0 if unicodedata.east_asian_width(letter) in "WF" else 104.0


def text_width(text: str) -> float:
    """How wide the text is at `FONT`, in px, at most: fallback fonts and bold type are reckoned with.

    >>> text_width("ceasefire") < text_width("CEASEFIRE") < 120
    True
    """
    return sum(_letter(c) for c in text) * FONT / 100


def wrap(text: str, width: float) -> tuple[str, ...]:
    """The text in lines that are at most `width` px wide, broken at spaces, and inside a word only where it must be.

    Nothing is left out: the lines joined by spaces (by nothing, inside a word) are the text, with its white space collapsed.

    >>> wrap("only in countries neighbouring Ukraine", 180)
    ('only in countries', 'neighbouring Ukraine')
    """
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if text_width(joined) <= width:
            lines[-1] = joined
            continue
        parts = _pieces(word, width)
        lines[len(lines) if lines[-1] else 0 :] = parts
    return tuple(lines)


def _pieces(word: str, width: float) -> list[str]:
    """A word cut where it must be, never between a letter and the marks on it or inside a joined emoji."""
    pieces = [""]
    wide = 0.0
    for at, letter in enumerate(word):
        step = _letter(letter) * FONT / 100
        held = unicodedata.category(letter) in ("Mn", "Mc", "Me") or letter in _JOINERS or (at and word[at - 1] == "\u200d")
        if pieces[-1] and not held and wide + step > width:
            pieces.append("")
            wide = 0.0
        pieces[-1] += letter
        wide += step
    return pieces


def cut(lines: tuple[str, ...], most: int) -> tuple[str, ...]:
    """The first `most` lines, the last of them with an ellipsis if there were more.

    >>> cut(("a", "b", "c"), 2)
    ('a', 'b…')
    """
    return lines if len(lines) <= most else (*lines[: most - 1], lines[most - 1].rstrip(" ,.;") + "…")


def curve(points: tuple[tuple[float, float], ...], straight: bool = False) -> str:
    """The SVG path through the points: straight, or with horizontal tangents, as vis-network's `cubicBezier` at 0.55.

    >>> curve(((0, 0), (100, 50)))
    'M0 0C55 0 45 50 100 50'
    """
    path = f"M{number(points[0][0])} {number(points[0][1])}"
    for (x0, y0), (x1, y1) in pairwise(points):
        reach = (x1 - x0) * BEND
        middle = "" if straight else f"C{number(x0 + reach)} {number(y0)} {number(x1 - reach)} {number(y1)} "
        path += f"{middle or 'L'}{number(x1)} {number(y1)}"
    return path


def number(value: float) -> str:
    """A length as it is written out: at most two decimals, no trailing zeros, the same on every machine.

    >>> number(12.0), number(0.333)
    ('12', '0.33')
    """
    made = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if made == "-0" else made
