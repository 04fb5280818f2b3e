"""The colours of every picture, light and dark: few, quiet, told apart by people who do not see red from green.

The hues are Okabe and Ito's (*Color Universal Design*, 2008). No colour stands alone: stances bear a symbol, lines a
dash pattern, a network's kinds a mark. Text is at least 4.5 : 1 against what it stands on, in both.
"""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """What a named thing is filled and outlined with, by day and by night."""

    fill: str
    line: str
    dark_fill: str
    dark_line: str


PALETTE = {
    "ground": Colour("#ffffff", "#dfe3e8", "#14181d", "#333c46"),
    "ink": Colour("#1c2430", "#57616e", "#e6eaef", "#a5b0bc"),  # text, and quieter text
    "plain": Colour("#ffffff", "#7b8794", "#14181d", "#8592a0"),
    "actor": Colour("#eef1f5", "#7b8794", "#232a32", "#7d8a98"),
    "pledged": Colour("#e2f4ec", "#00795a", "#12352a", "#3fc79a"),
    "open": Colour("#fdf2d8", "#946200", "#3a2e10", "#e5b045"),
    "refused": Colour("#fce8de", "#b84700", "#40210f", "#f08a4b"),
    "withdrawn": Colour("#f8e6f1", "#9c4379", "#3a2033", "#e08fc0"),
    "mixed": Colour("#ebebf5", "#565690", "#2a2a40", "#a9a9e0"),
    "unstated": Colour("#f4f4f4", "#7d7d7d", "#262626", "#9a9a9a"),
    "gate": Colour("#dde3ea", "#4a5563", "#37414c", "#a8b3bf"),
    "condition": Colour("#e3f0fa", "#0068a8", "#10293f", "#5cb3ec"),
    "decider": Colour("#f5f1e8", "#84734f", "#2c2820", "#b8a57f"),
    "line": Colour("none", "#8f9aa6", "none", "#6d7884"),
    "need": Colour("none", "#3f6184", "none", "#86a9cc"),
    "except": Colour("none", "#b84700", "none", "#f08a4b"),
    "trigger": Colour("none", "#6d4fa3", "none", "#b79cf0"),
    "kind0": Colour("#56b4e9", "#1f5f85", "#56b4e9", "#cfeafa"),
    "kind1": Colour("#e69f00", "#7d5600", "#e69f00", "#ffe3a8"),
    "kind2": Colour("#009e73", "#00523b", "#1fb389", "#b6efdd"),
    "kind3": Colour("#cc79a7", "#7c3a5e", "#cc79a7", "#f6d7e7"),
    "kind4": Colour("#0072b2", "#003b5c", "#3d9bd3", "#bfe1f7"),
    "kind5": Colour("#d55e00", "#733200", "#e37a26", "#ffd3b0"),
}


def dark_style() -> str:
    """CSS that turns the classes of a picture (`c-<name>`, `ink`, `quiet`) to their colours by night; paper stays light.

    >>> ".c-pledged{fill:#12352a;stroke:#3fc79a}" in dark_style()
    True
    """
    rules = [f".c-{name}{{fill:{c.dark_fill};stroke:{c.dark_line}}}" for name, c in PALETTE.items()]
    rules += [f".s-{name}{{fill:{c.dark_line}}}" for name, c in PALETTE.items()]
    rules += [f".ink{{fill:{PALETTE['ink'].dark_fill}}}", f".quiet{{fill:{PALETTE['ink'].dark_line}}}"]
    rules.append(f".halo{{stroke:{PALETTE['ground'].dark_fill}}}")
    return "@media screen and (prefers-color-scheme:dark){" + "".join(rules) + "}"


def contrast(one: str, other: str) -> float:
    """The contrast of two `#rrggbb` colours as WCAG 2 reckons it, 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
