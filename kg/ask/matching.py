"""Which of the things that some words may mean is meant, where the reading stands."""

from __future__ import annotations

from collections.abc import Iterator

from kg.ask.finish import DECIDING
from kg.ask.frame import Pick
from kg.ask.words import Entry, Lexicon, grammar, stems, tokens

VERBS = ("stance", "strength", "force", "said", "channel", "condition")
NAMES = ("actor", "action", "circumstance", "place", "class", "kind", "approval", "assent", "measure")
# What words that mean several things mean, by where the reading stands; what is not listed comes before it.
_DEFAULT = ("action", "class", "actor", "circumstance", "place", "kind", "measure", "approval")
_ORDER = {
    "condition": ("assent", "approval", "circumstance", "class", "actor", "kind", "action", "place", "measure"),
    "in": ("place", "class", "actor", "action", "circumstance", "kind", "measure", "approval"),
    "many": ("measure", *_DEFAULT),
}
_ORDER["outside"] = _ORDER["in"]


def rank(entry: Entry, words: tuple[str, ...], mode: str, joined: bool) -> tuple[int, int]:
    """The place of a meaning among the others of these words: the lowest is meant."""
    order = _ORDER.get(mode, _DEFAULT)
    place = order.index(entry.kind) if entry.kind in order else -1
    if mode == "condition" and entry.kind in ("assent", "approval", "circumstance") and not (entry.kind == "assent" and joined):
        return 0, order.index(entry.kind) - len(order)
    if entry.kind == "assent":  # outside a condition it is a stance, where it can be
        return 2, 0
    if entry.kind == "said" and mode == "object":  # refused talks
        place = len(order)
    return int(entry.words != words), place


def noun(found: list[Entry], words: tuple[str, ...]) -> bool:
    """*Demanded guarantees*: after a verb, a form of another that the grammar does not have is no verb."""
    return bool(found) and all(e.kind in ("stance", "force") and e.words != words for e in found)


def phrase(words: tuple[str, ...], at: int) -> tuple[Entry, int, int, int] | None:
    """A phrase with a gap that begins here: its entry, the length of its first half, where the second stands, its length.

    >>> phrase(("who", "left", "troops", "open"), 1)
    (Entry(kind='stance', value='open', words=('left', 'open')), 1, 3, 1)
    """
    for table, key, first, second in _gapped():
        if stems(words[at : at + len(first)]) != stems(first):
            continue
        for other in range(at + len(first), len(words) - len(second) + 1):
            if stems(words[other : other + len(second)]) == stems(second):
                return Entry(table, key, (*first, *second)), len(first), other, len(second)
    return None


def decider(lexicon: Lexicon, words: tuple[str, ...]) -> Pick:
    """Who decides, as the name of a circumstance has it: *the Bundestag's consent*. Parliament is any parliament."""
    for run in (words[at : at + length] for length in range(len(words) - 1, 0, -1) for at in range(len(words) - length + 1)):
        found = lexicon.at(run)
        classes = dict.fromkeys(e.value for e in found if e.kind == "class" and e.value in DECIDING)
        named = dict.fromkeys(e.value for e in found if e.kind == "actor" and lexicon.classes.get(e.value, set()) & set(DECIDING))
        if classes or named:
            return Pick(classes=tuple(classes)) if classes else Pick(actors=tuple(named))
    return Pick()


def _gapped() -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    for table in VERBS:
        for key, phrases in grammar()[table].items():
            for text in phrases:
                first, gap, second = text.partition("…")
                if gap:
                    yield table, key, tokens(first), tokens(second)
