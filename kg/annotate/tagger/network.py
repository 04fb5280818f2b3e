"""The network: tokens and hints of a text -> how likely each token is an anchor, and what the others are to it.

A small encoder (word-piece vectors, convolutions, one layer of attention) gives each token a vector. A statement hangs on
its cue, or on its first word where there is none; a commitment on the first word of its act; a condition on its own first
word: these are the anchors. For each anchor every token of its window gets a role (speaker, content, committer, ...).
The weights are made by `bench/tagger/train.py`; here they are only multiplied, with numpy, the same way on every run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from kg.annotate.tagger.hints import SIZES
from kg.annotate.tagger.tokens import Pieces, Tokens

Array = NDArray[np.float32]
Weights = dict[str, Array]
# Distances from an anchor fall into steps that widen with it; the last token of each step.
STEPS = np.array([-64, -32, -16, -8, -4, -2, -1, 0, 1, 2, 3, 5, 9, 17, 33, 65])
HEADS = 6  # of attention
DILATIONS = (1, 2, 4, 1)
AT_ONCE = 2500  # tokens, padding included, that are multiplied together


@dataclass(frozen=True, slots=True)
class Window:
    """What the encoder made of one window: a vector for each token, and the scores of the anchors (logits)."""

    first: int
    hidden: Array
    depths: NDArray[np.int64]
    cue: Array
    uncued: Array
    act: Array
    condition: Array
    unless: Array


class Network:
    """The weights, and what is computed with them."""

    def __init__(self, weights: Weights, vocabulary: Sequence[str], words: Sequence[str]) -> None:
        self.w = weights
        self.pieces = Pieces({piece: at for at, piece in enumerate(vocabulary)}, 0)
        self.words = {word: at + 1 for at, word in enumerate(words)}
        self.threads = ThreadpoolController()

    # ------------------------------------------------------------------------------------------------ the encoder

    def read(self, tokens: Tokens, hints: Sequence[Sequence[int]], windows: Sequence[tuple[int, int]]) -> list[Window]:
        """The windows of a text, each with its vectors and anchor scores, in order.

        One thread multiplies: the products are small, and the same on every machine's number of cores.
        """
        with self.threads.limit(limits=1, user_api="blas"):
            return self._read(tokens, hints, windows)

    def _read(self, tokens: Tokens, hints: Sequence[Sequence[int]], windows: Sequence[tuple[int, int]]) -> list[Window]:
        vectors = self._embed(tokens, hints) if windows else np.zeros((0, 1), np.float32)
        depths = np.array(tokens.depths, np.int64)
        found: dict[int, Window] = {}
        order = sorted(range(len(windows)), key=lambda at: windows[at][1] - windows[at][0])
        while order:
            longest = windows[order[-1]][1] - windows[order[-1]][0]
            here = order[-max(1, AT_ONCE // longest) :]
            del order[-len(here) :]
            padded = np.zeros((len(here), longest, vectors.shape[1]), np.float32)
            lengths = np.array([windows[at][1] - windows[at][0] for at in here])
            for row, at in enumerate(here):
                padded[row, : lengths[row]] = vectors[windows[at][0] : windows[at][1]]
            hidden = self._encode(padded, lengths)
            mixed = self._mix(hidden, tokens, windows, here)
            for row, at in enumerate(here):
                found[at] = self._window(windows[at], mixed[row], depths)
        return [found[at] for at in range(len(windows))]

    def _embed(self, tokens: Tokens, hints: Sequence[Sequence[int]]) -> Array:
        w, count = self.w, len(tokens.starts)
        words = [tokens.word(at) for at in range(count)]
        numbers = {word: self.pieces.of(word)[:8] for word in dict.fromkeys(words)}
        means = {word: w["table"][list(of)].mean(0) for word, of in numbers.items()}
        parts = [
            np.stack([means[word] for word in words]),
            w["extra"][[self.words.get(word.lower(), 0) for word in words]],
            w["shape"][tokens.shapes],
            w["depth"][tokens.depths],
            *(w[f"hint{n}"][list(hints[n])] for n in range(len(SIZES))),
        ]
        x = np.concatenate(parts, 1) @ w["inp.w"] + w["inp.b"]
        return _norm(x, w["n0.w"], w["n0.b"])

    def _encode(self, x: Array, lengths: NDArray[np.int64]) -> Array:
        mask = (np.arange(x.shape[1])[None, :] < lengths[:, None]).astype(np.float32)
        kept = mask[..., None]
        x = x * kept
        for layer in (0, 1):
            x = self._convolve(x, layer) * kept
        x = self._attend(x, mask) * kept
        for layer in (2, 3):
            x = self._convolve(x, layer) * kept
        return x

    def _convolve(self, x: Array, layer: int) -> Array:
        w, step = self.w, DILATIONS[layer]
        y = x @ w[f"conv{layer}.1"] + w[f"conv{layer}.b"]
        if x.shape[1] > step:
            y[:, step:] += x[:, :-step] @ w[f"conv{layer}.0"]
            y[:, :-step] += x[:, step:] @ w[f"conv{layer}.2"]
        return _norm(x + np.maximum(y, 0), w[f"ns{layer}.w"], w[f"ns{layer}.b"])

    def _attend(self, x: Array, mask: Array) -> Array:
        w, (rows, length, width) = self.w, x.shape
        q, k, v = (x @ w["qkv.w"] + w["qkv.b"]).reshape(rows, length, 3, HEADS, width // HEADS).transpose(2, 0, 3, 1, 4)
        places = np.arange(length)
        bias = w["rel"][step_of(places[None, :] - places[:, None])].transpose(2, 0, 1)
        scores = q @ k.transpose(0, 1, 3, 2) * np.float32((width // HEADS) ** -0.5) + bias + (mask[:, None, None, :] - 1) * np.float32(1e4)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ v
        return _norm(x + mixed.transpose(0, 2, 1, 3).reshape(rows, length, width) @ w["o.w"] + w["o.b"], w["an.w"], w["an.b"])

    def _mix(self, x: Array, tokens: Tokens, windows: Sequence[tuple[int, int]], here: Sequence[int]) -> list[Array]:
        w = self.w
        mixed = []
        for row, at in enumerate(here):
            first, stop = windows[at]
            parts = (x[row, : stop - first], w["mix.shape"][tokens.shapes[first:stop]], w["mix.depth"][tokens.depths[first:stop]])
            mixed.append(np.maximum(np.concatenate(parts, 1) @ w["mix.w"] + w["mix.b"], 0))
        return mixed

    def _window(self, window: tuple[int, int], hidden: Array, depths: NDArray[np.int64]) -> Window:
        scores = hidden @ self.w["anchors.w"] + self.w["anchors.b"]
        return Window(
            window[0], hidden, depths[window[0] : window[1]], scores[:, 0], scores[:, 1], scores[:, 2:8], scores[:, 8:15], scores[:, 15]
        )

    # ------------------------------------------------------------------------------------------------ pairs

    def roles(self, kind: str, window: Window, anchors: Sequence[int]) -> Array:
        """For each anchor (a token of the window) the scores of the roles of every token: anchors × tokens × roles."""
        at = np.array(anchors)
        tokens = np.arange(len(window.hidden))
        return self._pairs(kind, window, at[:, None], np.broadcast_to(tokens, (len(at), len(tokens))))

    def of_pairs(self, kind: str, window: Window, pairs: Sequence[tuple[int, int]]) -> Array:
        """The scores of single pairs of tokens: pairs × scores."""
        firsts, seconds = np.array(pairs).T
        return self._pairs(kind, window, firsts, seconds)

    def _pairs(self, kind: str, window: Window, one: NDArray[np.int64], other: NDArray[np.int64]) -> Array:
        w, h, depths = self.w, window.hidden, window.depths
        z = (h @ w[f"{kind}.a"])[one] + (h @ w[f"{kind}.t"])[other]
        z = z + w[f"{kind}.d"][step_of(other - one)] + w[f"{kind}.q"][depths[one] * 3 + depths[other]]
        scores: Array = np.maximum(z, 0) @ w[f"{kind}.o"] + w[f"{kind}.b"]
        return scores


def step_of(distance: NDArray[np.int64]) -> NDArray[np.int64]:
    """The step that a distance in tokens falls into.

    >>> step_of(np.array([-100, 0, 1, 4, 100])).tolist()
    [0, 7, 8, 11, 16]
    """
    return np.searchsorted(STEPS, distance, side="left")


def _norm(x: Array, weight: Array, bias: Array) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    spread = np.einsum("...d,...d->...", centred, centred)[..., None] / np.float32(x.shape[-1])
    normed: Array = centred / np.sqrt(spread + np.float32(1e-5)) * weight + bias
    return normed


@cache
def load_network() -> Network:
    """The network that ships with the package; read once, when first asked for."""
    with (files("kg.annotate.tagger") / "data" / "network.npz").open("rb") as file, np.load(file, allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    vocabulary = arrays.pop("vocabulary").tobytes().decode("utf-8").split("\n")
    words = arrays.pop("words").tobytes().decode("utf-8").split("\n")
    scale = arrays.pop("table.scale")
    weights = {name: array.astype(np.float32) * (scale if name == "table" else np.float32(1)) for name, array in arrays.items()}
    return Network(weights, vocabulary, words)
