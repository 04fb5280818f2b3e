"""What the network saw -> statements, commitments and conditions, in words of the text.

An anchor that is likely enough becomes a thing; of the sequences of roles that are possible around it (no inside without
a beginning) the most likely one is taken (Viterbi).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.annotate.rules.found import Deed, Outcome, Said, Use
from kg.annotate.tagger.hints import FORCE_NUMBERS, find_hints
from kg.annotate.tagger.network import Array, Network, Window
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
MOST_ANCHORS = 40  # of one kind in one window; more stand in no prose


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles that tokens have to one kind of anchor: the number of each beginning, and after which the inside may stand."""

    count: int
    inside: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """Which role may follow which."""
        allowed = np.ones((self.count, self.count), bool)
        for role, before in self.inside:
            allowed[:, role] = False
            allowed[list(before), role] = True
        return allowed


# Number 0 is no role. Of a statement: speaker 1 2, cue 3 4, content 5 6, a further piece of it 7 6.
STATEMENT = Roles(8, ((2, (1, 2)), (4, (3, 4)), (6, (5, 6, 7))))
ACT = Roles(5, ((2, (1, 2)), (4, (3, 4))))  # what is done 1 2, who would do it 3 4
CONDITION = Roles(9, ((2, (1, 2)), (4, (3, 4)), (6, (5, 6)), (8, (7, 8))))  # its words 1 2, marker 3 4, (5 6), outcome 7 8
ONE = Roles(3, ((2, (1, 2)),))  # for or against whom; who decides
ROLES = {"say": STATEMENT, "unc": STATEMENT, "act": ACT, "ben": ONE, "con": CONDITION, "by": ONE}
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
        read = [_Window(tokens, network, window, numbers[window.first : window.first + len(window.hidden)]) for window in lot]
        for kind, roles in ROLES.items():
            _find_runs(read, kind, roles)
        for window in read:
            said += window.statements()
            bound, unbound = window.deeds()
            deeds += bound
            free += unbound
    return Tagged(tokens, hints, patterns, pattern_deeds, said, deeds, free)


def _sentence_numbers(tokens: Tokens) -> NDArray[np.int64]:
    """The number of the sentence that each token stands in."""
    starts = [start for start, _ in sentences(tokens.text)]
    return np.searchsorted(np.array(starts, np.int64), np.array(tokens.starts, np.int64), side="right")


@dataclass
class _Window:
    """One window as it is decoded; `sentences` are the numbers of its tokens' sentences."""

    tokens: Tokens
    network: Network
    window: Window
    sentences: NDArray[np.int64]

    def __post_init__(self) -> None:
        cues, uncued = self._anchors(_likely(self.window.cue), LEAST_CUE), self._anchors(_likely(self.window.uncued), LEAST_UNCUED)
        acts = self._anchors(1 - _shares(self.window.act)[:, 0], LEAST_ACT)
        conditions = self._anchors(1 - _shares(self.window.condition)[:, 0], LEAST_CONDITION)
        self.anchors = {"say": cues, "unc": uncued, "act": acts, "ben": acts, "con": conditions, "by": conditions}
        self.runs: dict[str, list[list[Run]]] = {}  # for each anchor of a kind the stretches of tokens that have a role to it

    def scores(self, kind: str) -> Array:
        """For each anchor of a kind the scores of the roles of all tokens; what it cannot reach has none."""
        anchors = list(self.anchors[kind])
        scores = self.network.roles(kind, self.window, anchors)
        scores[..., 1:] += np.where(self._reach(anchors, quoted=kind in ("say", "unc")), 0, FORBIDDEN)[..., None]
        return scores

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
        forces = self.network.of_pairs("force", self.window, [(at, group[0][0]) for at, _, _, group in told]).argmax(-1)
        for (_, sure, runs, group), force in zip(told, forces, strict=True):
            speaker = [self._span(run) for run in runs if run[2] == 1][:1]
            cue = next((self._span(run) for run in runs if run[2] == 3), None)
            content = tuple(self._span(run) for run in group)
            yield Said(content, "indirect", FORCES[int(force)], cue, tuple(speaker), None, None, round(sure, 2), "cue" if cue else "no cue")

    # ------------------------------------------------------------------------------------------------ commitments

    def deeds(self) -> tuple[list[Deed | Outcome], list[Use]]:
        acts, toward = self.anchors["act"], self.runs["ben"]
        stances = self.window.act[list(acts), 1:].argmax(-1) if acts else []
        bounds = self._bounds(acts)
        found: list[Deed | Outcome] = []
        for n, ((at, sure), runs) in enumerate(zip(acts.items(), self.runs["act"], strict=True)):
            action = self._own(at, [run for run in runs if run[2] == 1])
            stance, strength = ACTS[int(stances[n])]
            beneficiary = self._span(toward[n][0]) if toward[n] else None
            committer = tuple(self._span(run) for run in runs if run[2] == 3)
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
        kinds = self.window.condition[list(anchors), 1:].argmax(-1)
        pairs = [(act, at) for at in anchors for act in acts]
        links = _likely(self.network.of_pairs("link", self.window, pairs)[:, 0]).reshape(len(anchors), len(acts)) if pairs else None
        found: dict[int, list[tuple[Use, Span | None]]] = {}
        for n, ((at, sure), runs) in enumerate(zip(anchors.items(), self.runs["con"], strict=True)):
            by = tuple(self._span(run) for run in self.runs["by"][n][:1])
            marker = next((self._span(run) for run in runs if run[2] == 3), None)
            polarity = "unless" if self.window.unless[at] > 0 else "if"
            use = Use(
                self._own(at, [run for run in runs if run[2] == 1]), marker, polarity, kind=KINDS[int(kinds[n])], by=by,
                confidence=round(sure, 2), found_by=f"condition {KINDS[int(kinds[n])]}",
            )  # fmt: skip
            bound = [act for place, act in enumerate(acts) if links is not None and links[n, place] > LEAST_LINK]
            outcome = next((self._span(run) for run in runs if run[2] == 7), None)
            for act in bound or [-1]:
                found.setdefault(act, []).append((use, outcome))
        return found

    # ------------------------------------------------------------------------------------------------ tokens

    def _anchors(self, likely: Array, least: float) -> dict[int, float]:
        """The tokens that are likely anchors, and how likely, in the order of the text."""
        at = np.nonzero(likely > least)[0][:MOST_ANCHORS]
        return {int(place): float(likely[place]) for place in at}

    def _reach(self, anchors: Sequence[int], *, quoted: bool) -> NDArray[np.bool_]:
        """For each anchor the tokens that can have a role to it: those of its sentence, and where `quoted` of the sentences
        before and after it that stand in quotation marks without a break."""
        found: NDArray[np.bool_] = self.sentences[None, :] == self.sentences[anchors][:, None]
        if quoted:
            numbers = np.unique(self.sentences)
            inside = {int(n): bool(self.window.depths[self.sentences == n].mean() > MOSTLY) for n in numbers}
            for row, at in enumerate(anchors):
                here = int(self.sentences[at])
                for step in (-1, 1):
                    other = here + step
                    while inside.get(other):
                        found[row] |= self.sentences == other
                        other += step
        return found

    def _span(self, run: Sequence[int]) -> Span:
        first, last = self.window.first + run[0], self.window.first + run[1] - 1
        return Span.of(self.tokens.text, self.tokens.starts[first], self.tokens.ends[last])

    def _own(self, at: int, runs: list[Run]) -> Span:
        """The stretch that an anchor stands in; the first there is, or the anchor alone."""
        around = next((run for run in runs if run[0] <= at < run[1]), None)
        return self._span(around or (runs[0] if runs else (at, at + 1, 1)))


def _find_runs(windows: Sequence[_Window], kind: str, roles: Roles) -> None:
    """Decodes one kind of anchor in several windows at once."""
    with_some = [window for window in windows if window.anchors[kind]]
    for window in windows:
        window.runs[kind] = []
    if not with_some:
        return
    scores = [window.scores(kind) for window in with_some]
    padded = np.full((sum(map(len, scores)), max(one.shape[1] for one in scores), roles.count), FORBIDDEN, np.float32)
    padded[..., 0] = 0
    row = 0
    for one in scores:
        padded[row : row + len(one), : one.shape[1]] = one
        row += len(one)
    begins = {before[0] for _, before in roles.inside} | {b for _, before in roles.inside for b in before} - {i for i, _ in roles.inside}
    paths = iter(best_paths(padded, roles.allowed).tolist())
    for window in with_some:
        window.runs[kind] = [_runs(next(paths), begins) for _ in window.anchors[kind]]


def best_paths(scores: Array, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The most likely sequence of roles of each row: rows × tokens × roles (scores) -> rows × tokens (roles).

    >>> scores = np.array([[[0.0, 1.0, 5.0], [0.0, 0.0, 3.0], [1.0, 0.0, 0.0]]], np.float32)
    >>> best_paths(scores, ONE.allowed).tolist()
    [[1, 2, 0]]
    """
    forbidden = np.where(allowed, 0, -1e9).astype(np.float32).T[None]  # roles × the roles before them
    best = scores[:, 0] + forbidden[0, :, 0]  # a sequence begins like one that follows no role
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


def _runs(path: Sequence[int], begins: set[int]) -> list[Run]:
    found: list[Run] = []
    for at, role in enumerate(path):
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
