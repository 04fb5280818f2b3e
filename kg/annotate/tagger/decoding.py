"""What the network saw -> statements, commitments and conditions, in words of the text.

An anchor that is likely enough becomes a thing; of the sequences of roles that are possible around it (no inside without
a beginning) the most likely one is taken (Viterbi).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.annotate.rules.found import Deed, Outcome, Said, Use
from kg.annotate.rules.lexicon import word_class
from kg.annotate.tagger.hints import FORCE_NUMBERS, find_hints
from kg.annotate.tagger.network import Array, Lot, Network
from kg.annotate.tagger.tokens import Tokens, tokenize, windows
from kg.model import Span
from kg.text import sentences

# Anchors below these are left; chosen on items that were read for training, not on the gold (bench/tagger/README.md).
LEAST_CUE, LEAST_UNCUED, LEAST_ACT, LEAST_CONDITION, LEAST_LINK = 0.5, 0.5, 0.5, 0.5, 0.5
FORCES = tuple(sorted(FORCE_NUMBERS, key=FORCE_NUMBERS.__getitem__))
ACTS = (("pledged", "firm"), ("pledged", "intended"), ("open", None), ("refused", None), ("withdrawn", None))
KINDS = ("event", "approval", "reciprocity", "finding", "limit", "time")
FORBIDDEN = np.float32(-1e4)
MOSTLY = 0.6  # share of the tokens of a sentence that stand in quotation marks where it is a quoted one
ARTICLES = frozenset(["the", "a", "an"])
OPEN = ARTICLES | {"its", "their", "his", "her", "of"}  # no name ends in these
LOOSE = frozenset(["and", "or", "but", "nor", "than", "of", ",", ";"])  # no phrase ends in these
CONCEDING = re.compile(r"\b(?:even|as) if\s+$", re.IGNORECASE)  # what follows is no condition
JOINTS = frozenset(["and", "or", "then"])
SAME = 0.8  # share of the tokens of two stretches that both have where they are one thing
MOST_ANCHORS = 40  # of one kind in one window; more stand in no prose


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles that tokens have to one kind of anchor: the number of each beginning, and after which the inside may stand."""

    count: int
    inside: tuple[tuple[int, tuple[int, ...]], ...]

    def forbidden(self, size: int) -> Array:
        """What a role costs after another: `size` roles × those before them."""
        costs = np.zeros((size, size), np.float32)
        for role, before in self.inside:
            costs[role, [other for other in range(size) if other not in before]] = -1e9
        return costs

    @property
    def begins(self) -> frozenset[int]:
        """The roles that a stretch of tokens begins with."""
        return frozenset(range(1, self.count)) - {role for role, _ in self.inside}


# Number 0 is no role. Of a statement: speaker 1 2, cue 3 4, content 5 6, a further piece of it 7 6.
STATEMENT = Roles(8, ((2, (1, 2)), (4, (3, 4)), (6, (5, 6, 7))))
ACT = Roles(5, ((2, (1, 2)), (4, (3, 4))))  # what is done 1 2, who would do it 3 4
CONDITION = Roles(9, ((2, (1, 2)), (4, (3, 4)), (6, (5, 6)), (8, (7, 8))))  # its words 1 2, marker 3 4, (5 6), outcome 7 8
ONE = Roles(3, ((2, (1, 2)),))  # for or against whom; who decides
ROLES = {"say": STATEMENT, "unc": STATEMENT, "act": ACT, "ben": ONE, "con": CONDITION, "by": ONE}
MOST_ROLES = max(roles.count for roles in ROLES.values())
Run = tuple[int, int, int]  # first token, stop, the role it begins with


@dataclass(frozen=True, slots=True)
class Tagged:
    """What was found in a text: statements and, by the words they point to, commitments and bounded outcomes."""

    tokens: Tokens
    hints: list[list[int]]
    patterns: list[Said]  # the statements that the patterns alone find
    pattern_deeds: list[Deed | Outcome]  # and the deeds
    said: list[Said]
    deeds: list[Deed | Outcome]
    free: list[Use]  # conditions that bound no commitment and no outcome in words of their own


def tag(text: str, network: Network) -> Tagged:
    """The statements, commitments and conditions of a text, in its order; spans equal their slices.

    >>> from kg.annotate.tagger.network import load_network
    >>> found = tag("Ruritania says it will send troops if its parliament agrees.", load_network())
    >>> [(s.speakers[0].text, s.cue.text) for s in found.said], [(d.action.text, d.uses[0].text.text) for d in found.deeds]
    ([('Ruritania', 'says')], [('send troops', 'its parliament agrees')])
    """
    tokens = tokenize(text)
    ranges = windows(tokens)
    said: list[Said] = []
    deeds: list[Deed | Outcome] = []
    free: list[Use] = []
    hints, patterns, pattern_deeds = find_hints(tokens)
    numbers = _sentence_numbers(tokens)
    for lot in network.read(tokens, hints, ranges):
        read = _Lot(tokens, network, lot, numbers[lot.first : lot.first + len(lot.hidden)])
        said += read.statements()
        bound, unbound = read.deeds()
        deeds += bound
        free += unbound
    return Tagged(tokens, hints, patterns, pattern_deeds, said, deeds, free)


def _sentence_numbers(tokens: Tokens) -> NDArray[np.int64]:
    """The number of the sentence that each token stands in."""
    starts = [start for start, _ in sentences(tokens.text)]
    return np.searchsorted(np.array(starts, np.int64), np.array(tokens.starts, np.int64), side="right")


class _Lot:
    """Some windows as they are decoded; `sentences` are the numbers of their tokens' sentences."""

    def __init__(self, tokens: Tokens, network: Network, lot: Lot, sentences: NDArray[np.int64]) -> None:
        self.tokens, self.network, self.lot = tokens, network, lot
        cues, uncued = self._anchors(_likely(lot.cue), LEAST_CUE), self._anchors(_likely(lot.uncued), LEAST_UNCUED)
        acts = self._anchors(1 - _shares(lot.act)[:, 0], LEAST_ACT)
        conditions = self._anchors(1 - _shares(lot.condition)[:, 0], LEAST_CONDITION)
        self.anchors = {"say": cues, "unc": uncued, "act": acts, "ben": acts, "con": conditions, "by": conditions}
        self.places = _Places(lot, sentences)
        self.runs = self._find_runs()  # for each anchor of a kind the stretches of tokens that have a role to it
        for kind, other in (("act", "ben"), ("con", "by")):
            self._once(kind, other)

    def _find_runs(self) -> dict[str, list[list[Run]]]:
        """The most likely roles to each anchor of the tokens it can reach."""
        reaches = {kind: [self.places.reach(at, quoted=kind in ("say", "unc")) for at in some] for kind, some in self.anchors.items()}
        count, longest = (
            sum(map(len, reaches.values())),
            max((stop - start for some in reaches.values() for start, stop in some), default=0),
        )
        padded = np.full((count, longest, MOST_ROLES), FORBIDDEN, np.float32)
        padded[..., 0] = 0
        row = 0
        for kind, roles in ROLES.items():
            if not reaches[kind]:
                continue
            lengths = np.array([stop - start for start, stop in reaches[kind]])
            rows, others = np.repeat(np.arange(len(lengths)), lengths), np.concatenate([np.arange(*reach) for reach in reaches[kind]])
            anchors = np.array(list(self.anchors[kind]))[rows]
            inside = others - np.repeat([start for start, _ in reaches[kind]], lengths)
            padded[row + rows, inside, : roles.count] = self.network.of_pairs(kind, self.lot, anchors, others)
            row += len(lengths)
        paths = iter(best_paths(padded, [(len(reaches[kind]), roles) for kind, roles in ROLES.items()]).tolist() if count else ())
        return {
            kind: [_runs(next(paths)[: stop - start], start, ROLES[kind].begins) for start, stop in some] for kind, some in reaches.items()
        }

    def _once(self, kind: str, other: str) -> None:
        """Leaves out the anchors whose stretch stands in that of a surer one: *the deployment* and *deployment* are one act. Of
        *build a bridge and close a port* the second is an act of its own, if it was found: the first ends before it.
        """
        anchors, sure = list(self.anchors[kind]), list(self.anchors[kind].values())
        runs = [[run for run in some if run[2] != 1] for some in self.runs[kind]]
        own = [self._around(at, [run for run in some if run[2] == 1]) for at, some in zip(anchors, self.runs[kind], strict=True)]
        for n, (start, stop, role) in enumerate(own):
            inner = [one[0] for one in own if start < one[0] - 1 and one[1] <= stop and self._word(one[0] - 1) in JOINTS]
            if inner:
                stop = min(inner) - 1
                own[n] = (start, stop - (stop - 1 > start and self._word(stop - 1) == ","), role)
        kept: list[int] = []
        for n in sorted(range(len(own)), key=lambda n: (-sure[n], n)):
            if not any(_within(own[n], own[m]) > SAME for m in kept):
                kept.append(n)
        kept.sort()
        self.anchors[kind] = self.anchors[other] = {anchors[n]: sure[n] for n in kept}
        self.runs[kind] = [[own[n], *runs[n]] for n in kept]
        self.runs[other] = [self.runs[other][n] for n in kept]

    def _names(self, runs: Iterable[Run]) -> Iterator[Span]:
        """The words of those that are named; of whom no more than an article is known is nobody."""
        return (span for span in map(self._phrase, runs) if span.text.lower() not in ARTICLES)

    def _word(self, at: int) -> str:
        return self.tokens.word(self.lot.first + at).lower()

    # ------------------------------------------------------------------------------------------------ statements

    def statements(self) -> list[Said]:
        found = [one for kind in ("say", "unc") for one in self._said(kind)]
        return sorted(found, key=lambda said: (said.content[0].start, -said.content[-1].end, said.cue.start if said.cue else -1))

    def _said(self, kind: str) -> Iterator[Said]:
        told = [
            (at, sure, runs, group)
            for (at, sure), runs in zip(self.anchors[kind].items(), self.runs[kind], strict=True)
            for group in _contents(runs)
        ]
        if not told:
            return
        firsts = np.array([(at, group[0][0]) for at, _, _, group in told])
        forces = self.network.of_pairs("force", self.lot, *firsts.T).argmax(-1)
        for (_, sure, runs, group), force in zip(told, forces, strict=True):
            speaker = list(self._names(run for run in runs if run[2] == 1))[:1]
            cue = next((self._span(run) for run in runs if run[2] == 3), None)
            content = tuple(self._phrase(run) for run in group)
            yield Said(content, "indirect", FORCES[int(force)], cue, tuple(speaker), None, None, round(sure, 2), "cue" if cue else "no cue")

    # ------------------------------------------------------------------------------------------------ commitments

    def deeds(self) -> tuple[list[Deed | Outcome], list[Use]]:
        acts, toward = self.anchors["act"], self.runs["ben"]
        stances = self.lot.act[list(acts), 1:].argmax(-1) if acts else []
        bounds = self._bounds(acts)
        found: list[Deed | Outcome] = []
        for n, ((at, sure), runs) in enumerate(zip(acts.items(), self.runs["act"], strict=True)):
            action = self._own(at, [run for run in runs if run[2] == 1])
            stance, strength = ACTS[int(stances[n])]
            beneficiary = next(self._names(toward[n][:1]), None)
            committer = tuple(self._names(run for run in runs if run[2] == 3))
            uses = tuple(use for use, _ in bounds.get(at, ()))
            deed = Deed(committer, action, stance, strength, beneficiary, uses=uses, confidence=round(sure, 2), found_by=f"act {stance}")
            found.append(deed)
        outcomes: dict[Span, list[Use]] = {}
        for use, outcome in bounds.get(-1, ()):
            if outcome:
                outcomes.setdefault(outcome, []).append(use)
        found += [Outcome(span, tuple(uses), confidence=0.5, found_by="outcome") for span, uses in outcomes.items()]
        return found, [use for use, outcome in bounds.get(-1, ()) if not outcome]

    def _bounds(self, acts: dict[int, float]) -> dict[int, list[tuple[Use, Span | None]]]:
        """The conditions by the anchor of the act they bound, and under -1 those that bound none, with their outcome."""
        anchors = self.anchors["con"]
        if not anchors:
            return {}
        kinds = self.lot.condition[list(anchors), 1:].argmax(-1)
        links = self._links(acts)
        found: dict[int, list[tuple[Use, Span | None]]] = {}
        for n, ((at, sure), runs) in enumerate(zip(anchors.items(), self.runs["con"], strict=True)):
            words = self._own(at, [run for run in runs if run[2] == 1])
            if CONCEDING.search(self.tokens.text[max(0, words.start - 10) : words.start]):
                continue
            by = tuple(self._names(self.runs["by"][n][:1]))
            marker = next((self._span(run) for run in runs if run[2] == 3), None)
            polarity = "unless" if self.lot.unless[at] > 0 else "if"
            use = Use(
                words, marker, polarity, kind=KINDS[int(kinds[n])], by=by,
                confidence=round(sure, 2), found_by=f"condition {KINDS[int(kinds[n])]}",
            )  # fmt: skip
            bound = links.get(at)
            outcome = next((self._phrase(run) for run in runs if run[2] == 7), None)
            for act in bound or [-1]:
                found.setdefault(act, []).append((use, outcome))
        return found

    def _links(self, acts: Iterable[int]) -> dict[int, list[int]]:
        """For each condition the acts that it bounds, by their anchors."""
        window = self.places.window_of
        pairs = np.array([(act, at) for at in self.anchors["con"] for act in acts if window[at] == window[act]])
        found: dict[int, list[int]] = {}
        if len(pairs):
            for (act, at), sure in zip(pairs.tolist(), _likely(self.network.of_pairs("link", self.lot, *pairs.T)[:, 0]), strict=True):
                if sure > LEAST_LINK:
                    found.setdefault(at, []).append(act)
        return found

    # ------------------------------------------------------------------------------------------------ tokens

    def _anchors(self, likely: Array, least: float) -> dict[int, float]:
        """The tokens that are likely anchors, and how likely, in the order of the text."""
        found: dict[int, float] = {}
        for start, stop in self.lot.windows:
            found |= {start + int(at): float(likely[start + at]) for at in np.nonzero(likely[start:stop] > least)[0][:MOST_ANCHORS]}
        return found

    def _span(self, run: Sequence[int]) -> Span:
        first, last = self.lot.first + run[0], self.lot.first + run[1] - 1
        return Span.of(self.tokens.text, self.tokens.starts[first], self.tokens.ends[last])

    def _phrase(self, run: Run) -> Span:
        """The words of a stretch; with the name that follows where it was cut before one, without what can only begin something else."""
        first, stop, role = run
        if self._word(stop - 1) in OPEN:
            while stop < len(self.lot.hidden) and self._names_somebody(stop):
                stop += 1
        while stop - first > 1 and self._word(stop - 1) in LOOSE:
            stop -= 1
        return self._span((first, stop, role))

    def _names_somebody(self, at: int) -> bool:
        return self.tokens.word(self.lot.first + at)[:1].isupper() or self._word(at) in word_class("agents")

    def _own(self, at: int, runs: list[Run]) -> Span:
        """The stretch that an anchor stands in; the first there is, or the anchor alone."""
        return self._phrase(self._around(at, runs))

    def _around(self, at: int, runs: list[Run]) -> Run:
        return next((run for run in runs if run[0] <= at < run[1]), runs[0] if runs else (at, at + 1, 1))


def _within(one: Run, other: Run) -> float:
    """The share of the tokens of the shorter of two stretches that the other has too."""
    return max(min(one[1], other[1]) - max(one[0], other[0]), 0) / min(one[1] - one[0], other[1] - other[0])


class _Places:
    """Where the sentences of a lot begin and end, cut at its windows, and what an anchor can reach from there."""

    def __init__(self, lot: Lot, sentences: NDArray[np.int64]) -> None:
        self.window_of = np.repeat(np.arange(len(lot.windows)), [stop - start for start, stop in lot.windows])
        cuts = np.nonzero(np.diff(sentences) + np.diff(self.window_of))[0] + 1
        self.starts = np.concatenate(([0], cuts, [len(sentences)]))
        self.quoted = np.add.reduceat(lot.depths, self.starts[:-1]) > MOSTLY * np.diff(self.starts)

    def reach(self, at: int, *, quoted: bool) -> tuple[int, int]:
        """The tokens that can have a role to an anchor: those of its sentence, and where `quoted` of the sentences of its window
        before and after it that stand in quotation marks without a break."""
        first = last = int(np.searchsorted(self.starts, at, side="right")) - 1
        while quoted and self._goes_on(first - 1, at):
            first -= 1
        while quoted and self._goes_on(last + 1, at):
            last += 1
        return int(self.starts[first]), int(self.starts[last + 1])

    def _goes_on(self, sentence: int, at: int) -> bool:
        inside = 0 <= sentence < len(self.quoted) and self.quoted[sentence]
        return bool(inside and self.window_of[self.starts[sentence]] == self.window_of[at])


def best_paths(scores: Array, kinds: Iterable[tuple[int, Roles]]) -> NDArray[np.int64]:
    """The most likely sequence of roles of each row: rows × tokens × roles (scores) -> rows × tokens (roles).

    `kinds` says how many rows there are of each kind of anchor, in order.

    >>> scores = np.array([[[0.0, 1.0, 5.0], [0.0, 0.0, 3.0], [1.0, 0.0, 0.0]]], np.float32)
    >>> best_paths(scores, [(1, ONE)]).tolist()
    [[1, 2, 0]]
    """
    forbidden = np.concatenate([np.repeat(roles.forbidden(scores.shape[2])[None], rows, 0) for rows, roles in kinds])
    best = scores[:, 0] + forbidden[:, :, 0]  # a sequence begins like one that follows no role
    back = np.zeros(scores.shape, np.int8)
    for at in range(1, scores.shape[1]):
        through = best[:, None, :] + forbidden
        back[:, at] = through.argmax(2)
        best = through.max(2) + scores[:, at]
    paths = np.zeros(scores.shape[:2], np.int64)
    paths[:, -1] = best.argmax(-1)
    rows = np.arange(len(scores))
    for at in range(scores.shape[1] - 1, 0, -1):
        paths[:, at - 1] = back[rows, at, paths[:, at]]
    return paths


def _runs(path: Sequence[int], start: int, begins: frozenset[int]) -> list[Run]:
    found: list[Run] = []
    for at, role in enumerate(path, start):
        if role in begins:
            found.append((at, at + 1, role))
        elif role and found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1, found[-1][2])
    return found


def _contents(runs: list[Run]) -> Iterator[list[Run]]:
    """The contents of the statements round one cue: a further piece (7) belongs to the one before it."""
    group: list[Run] = []
    for run in runs:
        if run[2] == 5 and group:
            yield group
            group = []
        if run[2] in (5, 7):
            group.append(run)
    if group:
        yield group


def _likely(scores: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-scores)), np.float32)


def _shares(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    shares: Array = raised / raised.sum(-1, keepdims=True)
    return shares
