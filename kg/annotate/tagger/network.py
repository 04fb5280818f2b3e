"""The network: tokens and hints of a text -> how likely each token is an anchor, and what the others are to it.

A small encoder (word-piece vectors, convolutions, one layer of attention) gives each token a vector. A statement hangs on
its cue, or on its first word where there is none; a commitment on the first word of its act; a condition on its own first
word: these are the anchors. For each anchor every token of its window gets a role (speaker, content, committer, ...).
The weights are made by `bench/tagger/train.py`; here they are only multiplied, with numpy, the same way on every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from kg.annotate.tagger.hints import SIZES
from kg.annotate.tagger.tokens import Pieces, Tokens

Array = NDArray[np.float32]
Weights = dict[str, Array]
# Distances from an anchor fall into steps that widen with it; the last token of each step.
STEPS = np.array([-64, -32, -16, -8, -4, -2, -1, 0, 1, 2, 3, 5, 9, 17, 33, 65])
HEADS = 6  # of attention
DILATIONS = (1, 2, 4, 1)
AT_ONCE = 2500  # tokens that are held at once
MOST_WORDS = 30_000  # words whose vectors are kept
WASTE = 1.3  # how much longer the longest window of a batch may be than another


@dataclass(frozen=True, slots=True)
class Lot:
    """What the encoder made of some windows that follow one another: a vector for each token, and the scores of the anchors (logits).

    `first` is the number in the text of the lot's first token; `windows` and everything asked of a lot count from it.
    """

    first: int
    windows: list[tuple[int, int]]
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
        self.means: dict[str, Array] = {}  # the vectors of words that were met

    # ------------------------------------------------------------------------------------------------ the encoder

    def read(self, tokens: Tokens, hints: Sequence[Sequence[int]], windows: Sequence[tuple[int, int]]) -> Iterator[Lot]:
        """The windows of a text with their vectors and anchor scores, in order, some at a time: a long text is never held whole."""
        for lot in _lots(windows):
            first, stop = lot[0][0], lot[-1][1]
            inside = [(a - first, b - first) for a, b in lot]
            hidden = self._mix(self._encode(self._embed(tokens, hints, first, stop), inside), tokens, first, stop)
            scores = hidden @ self.w["anchors.w"] + self.w["anchors.b"]
            yield Lot(
                first, inside, hidden, np.array(tokens.depths[first:stop], np.int64),
                scores[:, 0], scores[:, 1], scores[:, 2:8], scores[:, 8:15], scores[:, 15],
            )  # fmt: skip

    def _embed(self, tokens: Tokens, hints: Sequence[Sequence[int]], first: int, stop: int) -> Array:
        w = self.w
        words = [tokens.word(at) for at in range(first, stop)]
        if len(self.means) > MOST_WORDS:
            self.means.clear()
        for word in dict.fromkeys(words):
            if word not in self.means:
                self.means[word] = w["table"][list(self.pieces.of(word)[:8])].mean(0)
        parts = [
            np.stack([self.means[word] for word in words]),
            w["extra"][[self.words.get(word.lower(), 0) for word in words]],
            w["shape"][tokens.shapes[first:stop]],
            w["depth"][tokens.depths[first:stop]],
            *(w[f"hint{n}"][list(hints[n][first:stop])] for n in range(len(SIZES))),
        ]
        x = np.concatenate(parts, 1) @ w["inp.w"] + w["inp.b"]
        return _norm(x, w["n0.w"], w["n0.b"])

    def _encode(self, vectors: Array, windows: Sequence[tuple[int, int]]) -> Array:
        lengths = [stop - start for start, stop in windows]
        # The rows of the tokens: between windows stand empty ones, as many as a convolution reaches over.
        rows = np.arange(len(vectors)) + max(DILATIONS) * np.repeat(np.arange(len(windows)), lengths)
        x = np.zeros((rows[-1] + 1, vectors.shape[1]), np.float32)
        x[rows] = vectors
        for layer in (0, 1):
            x = self._convolve(x, layer, rows)
        x[rows] = self._attend(x[rows], windows)
        for layer in (2, 3):
            x = self._convolve(x, layer, rows)
        found: Array = x[rows]
        return found

    def _convolve(self, x: Array, layer: int, rows: NDArray[np.int64]) -> Array:
        w, step = self.w, DILATIONS[layer]
        length, width = x.shape
        beside = np.zeros((length, 3 * width), np.float32)  # the token `step` before, the token itself, the one `step` after
        beside[:, width : 2 * width] = x
        beside[step:, :width] = x[: max(0, length - step)]
        beside[: max(0, length - step), 2 * width :] = x[step:]
        y = beside @ w[f"conv{layer}.w"]
        y += w[f"conv{layer}.b"]
        np.maximum(y, 0, out=y)
        y += x
        found = np.zeros_like(x)
        found[rows] = _norm(y[rows], w[f"ns{layer}.w"], w[f"ns{layer}.b"])
        return found

    def _attend(self, x: Array, windows: Sequence[tuple[int, int]]) -> Array:
        w, width = self.w, x.shape[1]
        turned = x @ w["qkv.w"] + w["qkv.b"]
        mixed = np.zeros_like(x)
        for batch in _batches(windows):
            longest = batch[0][1] - batch[0][0]
            padded = np.zeros((len(batch), longest, 3 * width), np.float32)
            for row, (start, stop) in enumerate(batch):
                padded[row, : stop - start] = turned[start:stop]
            q, k, v = padded.reshape(len(batch), longest, 3, HEADS, width // HEADS).transpose(2, 0, 3, 1, 4)
            places = np.arange(longest)
            seen = places[None, :] < np.array([stop - start for start, stop in batch])[:, None]
            scores = q @ k.transpose(0, 1, 3, 2) * np.float32((width // HEADS) ** -0.5)
            scores += w["rel"][step_of(places[None, :] - places[:, None])].transpose(2, 0, 1)
            scores += np.where(seen, 0, np.float32(-1e4))[:, None, None, :]
            scores -= scores.max(-1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(-1, keepdims=True)
            for (start, stop), found in zip(batch, (scores @ v).transpose(0, 2, 1, 3).reshape(len(batch), longest, width), strict=True):
                mixed[start:stop] = found[: stop - start]
        y = mixed @ w["o.w"]
        y += w["o.b"]
        y += x
        return _norm(y, w["an.w"], w["an.b"])

    def _mix(self, x: Array, tokens: Tokens, first: int, stop: int) -> Array:
        w = self.w
        mixed = np.concatenate((x, w["mix.shape"][tokens.shapes[first:stop]], w["mix.depth"][tokens.depths[first:stop]]), 1) @ w["mix.w"]
        mixed += w["mix.b"]
        hidden: Array = np.maximum(mixed, 0, out=mixed)
        return hidden

    # ------------------------------------------------------------------------------------------------ pairs

    def of_pairs(self, kind: str, lot: Lot, one: NDArray[np.int64], other: NDArray[np.int64]) -> Array:
        """What tokens are to anchors: N anchors, N tokens -> N × scores."""
        w, depths = self.w, lot.depths
        near = w[f"{kind}.d"][step_of(other - one)]
        near += w[f"{kind}.q"][depths[one] * 3 + depths[other]]
        near += _turned(lot.hidden, one, w[f"{kind}.a"])
        near += _turned(lot.hidden, other, w[f"{kind}.t"])
        scores: Array = np.maximum(near, 0, out=near) @ w[f"{kind}.o"]
        scores += w[f"{kind}.b"]
        return scores


def _turned(hidden: Array, at: NDArray[np.int64], weight: Array) -> Array:
    """`hidden[at] @ weight`, each token once."""
    used = np.bincount(at, minlength=len(hidden)) > 0
    turned: Array = (hidden[used] @ weight)[used.cumsum()[at] - 1]
    return turned


def _lots(windows: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    lot: list[tuple[int, int]] = []
    for window in windows:
        if lot and window[1] - lot[0][0] > AT_ONCE:
            yield lot
            lot = []
        lot.append(window)
    if lot:
        yield lot


def _batches(lot: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """The windows of a lot by length, so that little is padded."""
    batch: list[tuple[int, int]] = []
    for start, stop in sorted(lot, key=lambda window: window[0] - window[1]):
        if batch and (stop - start) * WASTE < batch[0][1] - batch[0][0]:
            yield batch
            batch = []
        batch.append((start, stop))
    if batch:
        yield batch


def step_of(distance: NDArray[np.int64]) -> NDArray[np.int64]:
    """The step that a distance in tokens falls into.

    >>> step_of(np.array([-100, 0, 1, 4, 100])).tolist()
    [0, 7, 8, 11, 16]
    """
    return np.searchsorted(STEPS, distance, side="left")


def _norm(x: Array, weight: Array, bias: Array) -> Array:
    centred: Array = x - x.mean(-1, keepdims=True)
    spread = np.einsum("ij,ij->i", centred, centred)[:, None] / np.float32(x.shape[-1])
    centred /= np.sqrt(spread + np.float32(1e-5))
    centred *= weight
    centred += bias
    return centred


@cache
def load_network() -> Network:
    """The network that ships with the package; read once, when first asked for.

    From then on one thread multiplies in this process: the products are small, and bytes do not hang on the number of cores.
    """
    threadpool_limits(1, "blas")
    with (files("kg.annotate.tagger") / "data" / "network.npz").open("rb") as file, np.load(file, allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    vocabulary = arrays.pop("vocabulary").tobytes().decode("utf-8").split("\n")
    words = arrays.pop("words").tobytes().decode("utf-8").split("\n")
    scale = arrays.pop("table.scale")
    weights = {name: array.astype(np.float32) * (scale if name == "table" else np.float32(1)) for name, array in arrays.items()}
    for layer in range(len(DILATIONS)):
        weights[f"conv{layer}.w"] = np.concatenate([weights.pop(f"conv{layer}.{n}") for n in range(3)])
    return Network(weights, vocabulary, words)
