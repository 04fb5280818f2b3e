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
WASTE = 1.5  # how much longer the longest window of a batch may be than another


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
        self.means: dict[str, Array] = {}  # the vectors of words that were met

    # ------------------------------------------------------------------------------------------------ the encoder

    def read(self, tokens: Tokens, hints: Sequence[Sequence[int]], windows: Sequence[tuple[int, int]]) -> Iterator[list[Window]]:
        """The windows of a text with their vectors and anchor scores, in order, some at a time: a long text is never held whole."""
        depths = np.array(tokens.depths, np.int64)
        for lot in _lots(windows):
            first = lot[0][0]
            vectors = self._embed(tokens, hints, first, lot[-1][1])
            found: dict[tuple[int, int], Window] = {}
            for batch in _batches(lot):
                padded = np.zeros((len(batch), max(stop - start for start, stop in batch), vectors.shape[1]), np.float32)
                for row, (start, stop) in enumerate(batch):
                    padded[row, : stop - start] = vectors[start - first : stop - first]
                encoded = self._encode(padded, np.array([stop - start for start, stop in batch]))
                for row, (start, stop) in enumerate(batch):
                    found[start, stop] = self._window((start, stop), self._mix(encoded[row], tokens, start, stop), depths)
            yield [found[window] for window in lot]

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
        rows, length, width = x.shape
        beside = np.zeros((rows, length, 3 * width), np.float32)  # the token `step` before, the token itself, the one `step` after
        beside[..., width : 2 * width] = x
        if length > step:
            beside[:, step:, :width] = x[:, :-step]
            beside[:, :-step, 2 * width :] = x[:, step:]
        y = beside.reshape(-1, 3 * width) @ w[f"conv{layer}.w"]
        y += w[f"conv{layer}.b"]
        np.maximum(y, 0, out=y)
        y += x.reshape(-1, width)
        return _norm(y, w[f"ns{layer}.w"], w[f"ns{layer}.b"]).reshape(x.shape)

    def _attend(self, x: Array, mask: Array) -> Array:
        w, (rows, length, width) = self.w, x.shape
        q, k, v = (x.reshape(-1, width) @ w["qkv.w"] + w["qkv.b"]).reshape(rows, length, 3, HEADS, width // HEADS).transpose(2, 0, 3, 1, 4)
        places = np.arange(length)
        bias = w["rel"][step_of(places[None, :] - places[:, None])].transpose(2, 0, 1)
        scores = q @ k.transpose(0, 1, 3, 2) * np.float32((width // HEADS) ** -0.5) + bias + (mask[:, None, None, :] - 1) * np.float32(1e4)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ v
        y = mixed.transpose(0, 2, 1, 3).reshape(-1, width) @ w["o.w"]
        y += w["o.b"]
        y += x.reshape(-1, width)
        return _norm(y, w["an.w"], w["an.b"]).reshape(x.shape)

    def _mix(self, x: Array, tokens: Tokens, first: int, stop: int) -> Array:
        w = self.w
        parts = (x[: stop - first], w["mix.shape"][tokens.shapes[first:stop]], w["mix.depth"][tokens.depths[first:stop]])
        mixed: Array = np.maximum(np.concatenate(parts, 1) @ w["mix.w"] + w["mix.b"], 0)
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
        near = w[f"{kind}.d"][step_of(other - one)]
        near += w[f"{kind}.q"][depths[one] * 3 + depths[other]]
        near += h[one] @ w[f"{kind}.a"]
        near += (h @ w[f"{kind}.t"])[other]
        scores: Array = np.maximum(near, 0, out=near) @ w[f"{kind}.o"] + w[f"{kind}.b"]
        return scores


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
