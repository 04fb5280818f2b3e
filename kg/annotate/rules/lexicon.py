"""The word lists that the rules for commitments and conditions share (`data/lexicon.toml`, `data/stances.tsv`, `data/markers.tsv`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from kg.annotate.rules.cues import forms

_IRREGULAR = {
    "undertake": "undertook undertaken", "swear": "swore sworn", "break": "broke broken", "withdraw": "withdrew withdrawn", "stand": "stood stood",
    "give": "gave given", "hold": "held held", "send": "sent sent", "take": "took taken", "leave": "left left", "fly": "flew flown", "free": "freed freed",
    "pay": "paid paid", "meet": "met met", "choose": "chose chosen", "rule out": "ruled_out ruled_out", "agree": "agreed agreed", "cut": "cut cut",
    "sell": "sold sold", "strike": "struck struck",
}  # fmt: skip
_MACROS = {"<be>": "is are was were am 's 're be been being", "<do>": "do does did don't doesn't didn't", "<have>": "has have had having"}


def rows(name: str) -> list[list[str]]:
    """The rows of a table of `data/`, without its remarks."""
    lines = (files("kg.annotate.rules") / "data" / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and line[0] != "#"]


def word_set(words: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(words.split())


@cache
def word_class(name: str) -> frozenset[str]:
    """The words of one class.

    >>> "government" in word_class("agents"), "guarantee" in word_class("concessions")
    (True, True)
    """
    return frozenset(_classes()[name].split())


@cache
def inflected_class(name: str) -> frozenset[str]:
    """The verbs of one class in all their forms.

    >>> sorted(form for form in inflected_class("concessions") if form.startswith("releas"))
    ['release', 'released', 'releases', 'releasing']
    """
    return frozenset(form for lemma in word_class(name) for form in forms(lemma, _IRREGULAR.get(lemma, "")))


@cache
def phrases(name: str) -> dict[str, list[tuple[list[frozenset[str]], list[str]]]]:
    """First word -> the patterns of a table that begin with it, longest first, each with the other fields of its row."""
    found: dict[str, list[tuple[list[frozenset[str]], list[str]]]] = {}
    for pattern, *fields in rows(name):
        parts = [_alternatives(part) for part in pattern.split(" ")]
        for first in parts[0]:
            found.setdefault(first, []).append((parts[1:], fields))
    return {first: sorted(patterns, key=lambda pattern: -len(pattern[0])) for first, patterns in found.items()}


@cache
def _classes() -> dict[str, str]:
    return tomllib.loads((files("kg.annotate.rules") / "data" / "lexicon.toml").read_text(encoding="utf-8"))


def _alternatives(part: str) -> frozenset[str]:
    words: set[str] = set()
    for word in part.split("|"):
        if word in _MACROS:
            words |= set(_MACROS[word].split())
        elif word[0] == "~":
            words |= set(forms(word[1:], _IRREGULAR.get(word[1:], "")))
        else:
            words.add(word)
    return frozenset(words)
