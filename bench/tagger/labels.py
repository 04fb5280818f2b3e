"""Labelled paragraphs -> examples: what each token is, for the network to learn.

A file of labels holds one JSON object a line: an item of one paragraph, `{id, text, s, c, k}`, or an article,
`{id, title, date, paragraphs: [{text, s, c, k}, ...]}`. The labels, by the rules of what counts:

- `s` statements: [speaker, cue, [content, ...], mode, force]
- `c` commitments: [[committer, ...], action, stance, strength, beneficiary, [index of a condition, ...]]
- `k` conditions: [text, marker, polarity, kind, by, on], `on` the index of a commitment or the words of an outcome

A span is its exact words, the first whole-word place of them, or the n-th: `he«2»`.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.annotate.tagger.decoding import ACTS, FORCES, KINDS
from kg.annotate.tagger.hints import find_hints
from kg.annotate.tagger.tokens import Tokens, tokenize, windows

AUXILIARIES = frozenset(["has", "have", "had", "having", "is", "are", "was", "were", "be", "been", "being", "will", "would", "also"])
HELD_OUT = "cdef"  # the last digit of the ids that are never learned from
FLAT = {
    "statements": ("speaker", "cue", "content", "mode", "force"),
    "commitments": ("committer", "action", "stance", "strength", "beneficiary", "conditions"),
    "conditions": ("text", "marker", "polarity", "kind", "by", "on"),
}
_NTH = re.compile(r"(.*?)«(\d+)»", re.DOTALL)


@dataclass
class Example:
    """One window of a text: its tokens and hints, and for each anchor (by its place in the window) the roles of all tokens.

    `soft` holds what another network said of it, if one was asked.
    """

    tokens: Tokens
    hints: list[list[int]]
    first: int
    stop: int
    say: dict[int, list[int]] = field(default_factory=dict)
    unc: dict[int, list[int]] = field(default_factory=dict)
    force: dict[tuple[int, int], int] = field(default_factory=dict)
    act: dict[int, list[int]] = field(default_factory=dict)
    ben: dict[int, list[int]] = field(default_factory=dict)
    stance: dict[int, int] = field(default_factory=dict)
    con: dict[int, list[int]] = field(default_factory=dict)
    by: dict[int, list[int]] = field(default_factory=dict)
    kind: dict[int, int] = field(default_factory=dict)
    unless: dict[int, int] = field(default_factory=dict)
    links: set[tuple[int, int]] = field(default_factory=set)
    labelled: bool = True
    soft: dict[str, Any] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Tokens."""
        return self.stop - self.first


def read_labels(paths: Iterable[Path]) -> list[Example]:
    """The examples of some files."""
    return [example for path in paths for line in path.open(encoding="utf-8") for example in _of_line(json.loads(line))]


def read_gold(path: Path) -> list[Example]:
    """The examples of the gold's seen part (`bench/quality.py` says which that is): flat items, their lists by name."""
    found = []
    for line in path.open(encoding="utf-8"):
        item = json.loads(line)
        if item["id"][-1:] not in HELD_OUT:
            flat = [[tuple(one[key] for key in keys) for one in item[name]] for name, keys in FLAT.items()]
            found += _Labels(item["text"]).read(*flat)
    return found


def read_texts(texts: Iterable[str]) -> list[Example]:
    """Examples without labels."""
    found = []
    for text in texts:
        tokens = tokenize(text)
        hints, _, _ = find_hints(tokens)
        found += [Example(tokens, hints, first, stop, labelled=False) for first, stop in windows(tokens)]
    return found


def _of_line(item: dict[str, Any]) -> Iterator[Example]:
    for paragraph in item.get("paragraphs", [item]):
        yield from _Labels(paragraph["text"]).read(paragraph["s"], paragraph["c"], paragraph["k"])


class _Labels:
    def __init__(self, text: str) -> None:
        self.text, self.tokens = text, tokenize(text)
        hints, _, _ = find_hints(self.tokens)
        self.examples = [Example(self.tokens, hints, first, stop) for first, stop in windows(self.tokens)]

    def read(self, statements: list[Any], commitments: list[Any], conditions: list[Any]) -> list[Example]:
        for speaker, cue, content, _, force in statements:
            self._statement(self._place(speaker), self._place(cue), sorted(filter(None, map(self._place, content))), force)
        acts = [self._commitment(*told) for told in commitments]
        for n, told in enumerate(conditions):
            bound = [act for act, commitment in zip(acts, commitments, strict=True) if n in commitment[5]]
            self._condition(*told, bound)
        return self.examples

    def _statement(self, speaker: Any, cue: Any, content: list[tuple[int, int]], force: str) -> None:
        if not content:
            return
        at = self._head(cue) if cue else content[0][0]
        example = self._around(at)
        parts = [(piece, 5 if n == 0 else 7, 6) for n, piece in enumerate(content)]
        parts += [(speaker, 1, 2)] if speaker else []
        parts += [(cue, 3, 4)] if cue else []
        table = example.say if cue else example.unc
        table[at - example.first] = _roles(example, table.get(at - example.first), parts)
        if example.first <= content[0][0] < example.stop:
            example.force[at - example.first, content[0][0] - example.first] = FORCES.index(force)

    def _commitment(self, committers: list[str], action: str, stance: str, strength: Any, toward: Any, _: list[int]) -> Any:
        place = self._place(action)
        if not place:
            return None
        example = self._around(place[0])
        at = place[0] - example.first
        who = [(found, 3, 4) for found in map(self._place, committers) if found]
        example.act[at] = _roles(example, _roles(example, example.act.get(at), who), [(place, 1, 2)])
        beneficiary = self._place(toward)
        example.ben[at] = _roles(example, None, [(beneficiary, 1, 2)] if beneficiary else [])
        example.stance[at] = 1 + ACTS.index((stance, strength))
        return example, at

    def _condition(self, words: str, marker: Any, polarity: str, kind: str, by: Any, on: Any, bound: list[Any]) -> None:
        place = self._place(words)
        if not place:
            return
        example = self._around(place[0])
        at = place[0] - example.first
        outcome = self._place(on) if isinstance(on, str) else None
        marked, decider = self._place(marker), self._place(by)
        parts = [(found, b, b + 1) for found, b in ((outcome, 7), (place, 1), (marked, 3)) if found]
        example.con[at] = _roles(example, None, parts)
        example.by[at] = _roles(example, None, [(decider, 1, 2)] if decider else [])
        example.kind[at], example.unless[at] = 1 + KINDS.index(kind), int(polarity == "unless")
        example.links |= {(act[1], at) for act in bound if act and act[0] is example}

    def _place(self, words: Any) -> tuple[int, int] | None:
        """The tokens of a labelled span."""
        if words is None:
            return None
        nth = _NTH.fullmatch(words)
        words, n = (nth[1], int(nth[2])) if nth else (words, 1)
        whole = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", self.text)]
        places = whole or [m.start() for m in re.finditer(re.escape(words), self.text)]
        if len(places) < n:
            raise ValueError(f"{words!r} is not in {self.text[:60]!r}")
        start = places[n - 1]
        first, stop = bisect_right(self.tokens.ends, start), bisect_left(self.tokens.starts, start + len(words))
        return (first, stop) if first < stop else None

    def _head(self, cue: tuple[int, int]) -> int:
        """The first word of a cue that is not an auxiliary."""
        return next((at for at in range(*cue) if self.tokens.word(at).lower() not in AUXILIARIES), cue[0])

    def _around(self, at: int) -> Example:
        return next(example for example in self.examples if at < example.stop)


def _roles(example: Example, roles: list[int] | None, parts: Iterable[tuple[tuple[int, int], int, int]]) -> list[int]:
    roles = roles or [0] * example.length
    for (first, stop), begins, inside in parts:
        for at in range(max(first, example.first), min(stop, example.stop)):
            roles[at - example.first] = begins if at == first else inside
    return roles
