"""Makes the network that ships, kg/annotate/tagger/data/network.npz, from the labels beside this file.

    python bench/tagger/train.py [--teacher FILE] [--gold FILE] [--texts DIR]

First the large network learns the labels (some 30 minutes on two cores), then the small one learns the labels and what the
large one says of them and of texts without labels (some 30 minutes), and last the gold's seen part among other labels. `--teacher` keeps the large one, or takes it up if it is
there; `--texts` is a folder of dated items (JSON lines with `text`), those in the gold left out. Set-up: README.md.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from labels import Example, read_gold, read_labels, read_texts
from model import PAIRS, Large, Net, Small, lengths, minilm, padded
from torch import Tensor, nn
from torch.nn import functional as F

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "kg" / "annotate" / "tagger" / "data" / "network.npz"
PIECE_SIZE, WORDS = 128, 4000
GOLD_TIMES, AMONG, LAST_EPOCHS = 3, 2000, 3
PER_ROLE, FORCE, KIND, LINK = 1 / 8, 3.0, 2.0, 2.0  # weights of parts of the loss
Scores = dict[str, Any]


def batches(examples: list[Example], tokens: int) -> list[list[Example]]:
    """Batches of examples of about one length, in random order."""
    found: list[list[Example]] = []
    here: list[Example] = []
    for example in sorted(examples, key=lambda e: e.length + random.random() * 8):
        if here and (len(here) + 1) * example.length > tokens:
            found.append(here)
            here = []
        here.append(example)
    random.shuffle(found := [*found, here])
    return found


# ---------------------------------------------------------------------------------------------------- what is scored


def asked(batch: list[Example]) -> dict[str, list[tuple[int, ...]]]:
    """The anchors and pairs of a batch that a loss looks at: those of the labels, or those that a teacher saw."""
    rows: dict[str, list[tuple[int, ...]]] = {kind: [] for kind in PAIRS}
    for b, e in enumerate(batch):
        of = e.soft["asked"] if e.soft else _asked(e)
        for kind, some in of.items():
            rows[kind] += [(b, *row) for row in some]
    return rows


def _asked(e: Example) -> dict[str, list[tuple[int, ...]]]:
    anchors = {"say": e.say, "unc": e.unc, "act": e.act, "ben": e.ben, "con": e.con, "by": e.by}
    of: dict[str, list[tuple[int, ...]]] = {kind: [(at,) for at in table] for kind, table in anchors.items()}
    return of | {"link": [(a, k) for k in e.con for a in e.act], "force": [*e.force]}


def scores_of(net: Net, batch: list[Example]) -> tuple[Tensor, dict[str, Tensor], dict[str, list[tuple[int, ...]]]]:
    """The scores of all anchors, and those of the roles and pairs asked for."""
    hidden, depths = net.hidden(batch)
    rows = asked(batch)
    found: dict[str, Tensor] = {}
    for kind, some in rows.items():
        if some:
            found[kind] = (net.of_pairs if kind in ("link", "force") else net.roles)(kind, hidden, depths, some)  # type: ignore[operator]
    return net.anchors(hidden), found, rows


def loss_of(net: Net, batch: list[Example], soft: float) -> Tensor:
    """The loss: against the labels, and as far as `soft` against what the teacher said."""
    anchors, found, rows = scores_of(net, batch)
    mask = (torch.arange(anchors.shape[1])[None] < lengths(batch)[:, None]).float()
    loss = torch.zeros(())
    if batch[0].labelled:
        loss = loss + (1 - soft) * _hard(batch, anchors, found, rows, mask)
    if soft:
        loss = loss + (soft if batch[0].labelled else 1.0) * _soft(batch, anchors, found, rows, mask)
    return loss


def _hard(batch: list[Example], anchors: Tensor, found: dict[str, Tensor], rows: dict[str, list[tuple[int, ...]]], mask: Tensor) -> Tensor:
    goal = torch.zeros(*mask.shape, 5, dtype=torch.long)
    for b, e in enumerate(batch):
        for place, table in enumerate((dict.fromkeys(e.say, 1), dict.fromkeys(e.unc, 1), e.stance, e.kind, e.unless)):
            for at, value in table.items():
                goal[b, at, place] = value
    n = len(batch)
    loss = sum(
        ((F.binary_cross_entropy_with_logits(anchors[..., c], goal[..., c].float(), reduction="none") * mask).sum() / n for c in (0, 1)),
        torch.zeros(()),
    )
    for place, some in ((2, anchors[..., 2:8]), (3, anchors[..., 8:15])):
        weight = mask * torch.where(goal[..., place] > 0, KIND, 1.0)
        loss = loss + (F.cross_entropy(some.transpose(1, 2), goal[..., place], reduction="none") * weight).sum() / n
    conditions = (goal[..., 3] > 0).float()
    unless = F.binary_cross_entropy_with_logits(anchors[..., 15], goal[..., 4].float(), reduction="none")
    loss = loss + (unless * conditions).sum() / conditions.sum().clamp(min=1)
    for kind, scores in found.items():
        here = rows[kind]
        if kind == "link":
            told = torch.tensor([float((row[1], row[2]) in batch[row[0]].links) for row in here])
            loss = loss + LINK * F.binary_cross_entropy_with_logits(scores[:, 0], told)
        elif kind == "force":
            kept = [(at, batch[row[0]].force.get((row[1], row[2]))) for at, row in enumerate(here)]
            kept = [pair for pair in kept if pair[1] is not None]
            if kept:
                loss = loss + FORCE * F.cross_entropy(scores[[at for at, _ in kept]], torch.tensor([force for _, force in kept]))
        else:
            tables = [getattr(batch[row[0]], kind).get(row[1]) for row in here]
            goals = torch.full(scores.shape[:2], -100)
            for at, roles in enumerate(tables):
                if roles:
                    goals[at, : len(roles)] = torch.tensor(roles)
            loss = loss + PER_ROLE * F.cross_entropy(scores.transpose(1, 2), goals, ignore_index=-100, reduction="sum") / len(here)
    return loss


def _soft(batch: list[Example], anchors: Tensor, found: dict[str, Tensor], rows: dict[str, list[tuple[int, ...]]], mask: Tensor) -> Tensor:
    told = padded([e.soft["anchors"] for e in batch]).float()
    n = len(batch)
    loss = torch.zeros(())
    for c in (0, 1):
        loss = loss + (F.binary_cross_entropy_with_logits(anchors[..., c], told[..., c].sigmoid(), reduction="none") * mask).sum() / n
    for some in (slice(2, 8), slice(8, 15)):
        weight = mask * (1 + (KIND - 1) * (1 - told[..., some].softmax(-1)[..., 0]))
        loss = loss + (_cross(anchors[..., some], told[..., some]) * weight).sum() / n
    for kind, scores in found.items():
        of = [batch[b].soft[kind] for b in range(n) if kind in batch[b].soft]
        if kind in ("link", "force"):
            goal = torch.cat([torch.as_tensor(one) for one in of]).float()
            if kind == "link":
                loss = loss + LINK * F.binary_cross_entropy_with_logits(scores, goal.sigmoid())
            else:
                loss = loss + FORCE * _cross(scores, goal).mean()
        else:
            goal = torch.cat([F.pad(torch.as_tensor(one).float(), (0, 0, 0, scores.shape[1] - one.shape[1])) for one in of])
            here = mask[[row[0] for row in rows[kind]]]
            loss = loss + PER_ROLE * (_cross(scores, goal) * here).sum() / len(scores)
    return loss


def _cross(scores: Tensor, told: Tensor) -> Tensor:
    return -(told.softmax(-1) * scores.log_softmax(-1)).sum(-1)


@torch.no_grad()
def ask(net: Net, examples: list[Example]) -> None:
    """Lets a teacher say of each example what it sees; where there are no labels it chooses the anchors itself."""
    net.eval()
    for batch in batches(examples, 2000):
        hidden, depths = net.hidden(batch)
        anchors = net.anchors(hidden)
        for b, e in enumerate(batch):
            own = anchors[b, : e.length]
            of = _asked(e) if e.labelled else _seen(own)
            e.soft = {"asked": of, "anchors": own.to(torch.float16).numpy()}
            for kind, rows in of.items():
                if rows:
                    here = [(b, *row) for row in rows]
                    pairs = kind in ("link", "force")
                    scores = (net.of_pairs if pairs else net.roles)(kind, hidden, depths, here)  # type: ignore[operator,arg-type]
                    e.soft[kind] = (scores if pairs else scores[:, : e.length]).to(torch.float16).numpy()


def _seen(anchors: Tensor) -> dict[str, list[tuple[int, ...]]]:
    cues, uncued = ([int(at) for at in (anchors[:, c] > -1).nonzero()] for c in (0, 1))
    acts, conditions = ([int(at) for at in (anchors[:, some].softmax(-1)[:, 0] < 0.7).nonzero()] for some in (slice(2, 8), slice(8, 15)))
    single = {"say": cues, "unc": uncued, "act": acts, "ben": acts, "con": conditions, "by": conditions}
    of: dict[str, list[tuple[int, ...]]] = {kind: [(at,) for at in some] for kind, some in single.items()}
    return of | {"link": [(a, k) for k in conditions for a in acts], "force": []}


# ---------------------------------------------------------------------------------------------------- training


def train(net: Net, examples: list[Example], epochs: int, rates: dict[str, float], tokens: int, soft: float = 0.0) -> None:
    """Trains a network in place."""
    slow = [p for p in net.encoder.parameters() if p.requires_grad]
    kept = {id(p) for p in slow}
    groups = [
        {"params": slow, "lr": rates["encoder"]},
        {"params": [p for p in net.parameters() if id(p) not in kept and p.requires_grad], "lr": rates["heads"]},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    by_kind = [[e for e in examples if e.labelled], [e for e in examples if not e.labelled]]
    steps = epochs * sum(len(batches(some, tokens)) for some in by_kind if some)
    warm = steps // 12 + 1
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, step / warm) * max(0.02, 1 - step / (steps * 1.02)))
    begun = time.time()
    for epoch in range(epochs):
        net.train()
        total, mixed = 0.0, [batch for some in by_kind if some for batch in batches(some, tokens)]
        random.shuffle(mixed)
        for batch in mixed:
            loss = loss_of(net, batch, soft)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1} of {epochs}: loss {total / len(mixed):.3f}, {time.time() - begun:.0f} s", flush=True)


def small(examples: list[Example]) -> Small:
    """The small encoder, its piece vectors MiniLM's, turned to their main directions."""
    weights, vocabulary = minilm()
    table = weights["embeddings.word_embeddings.weight"].float()
    kept = [100, *(at for at, piece in enumerate(vocabulary) if at > 999 and all(ord(c) < 0x250 for c in piece))]
    table = table[kept] - table[kept].mean(0)
    u, s, _ = torch.linalg.svd(table, full_matrices=False)
    turned = u[:, :PIECE_SIZE] * s[:PIECE_SIZE]
    counts = Counter(e.tokens.word(at).lower() for e in examples if e.labelled for at in range(e.first, e.stop))
    words = [word for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:WORDS] if count > 2]
    scaled = torch.tensor(np.round(turned.numpy() / float(turned.abs().max()) * 127)).float()
    return Small(scaled / scaled.std(), [vocabulary[at] for at in kept], words)


def write(net: Net, path: Path) -> None:
    """The weights as `kg/annotate/tagger/network.py` reads them: half precision, the piece vectors as bytes."""
    e = net.encoder
    w: dict[str, Tensor] = {
        "extra": e.extra.weight, "shape": e.shape.weight, "depth": e.depth.weight, "inp.w": e.inp.weight.T, "inp.b": e.inp.bias,
        "n0.w": e.n0.weight, "n0.b": e.n0.bias, "qkv.w": e.qkv.weight.T, "qkv.b": e.qkv.bias, "o.w": e.o.weight.T, "o.b": e.o.bias,
        "an.w": e.an.weight, "an.b": e.an.bias, "rel": e.rel.weight, "mix.shape": net.shape.weight, "mix.depth": net.depth.weight,
        "mix.w": net.mix.weight.T, "mix.b": net.mix.bias, "anchors.w": net.anchors.weight.T, "anchors.b": net.anchors.bias,
    }  # fmt: skip
    for n, hint in enumerate(e.hints.of):
        w[f"hint{n}"] = hint.weight
    for n, (conv, norm) in enumerate(zip(e.convs, e.ns, strict=True)):
        w |= {f"conv{n}.{k}": conv.weight[..., k].T for k in range(3)} | {
            f"conv{n}.b": conv.bias,
            f"ns{n}.w": norm.weight,
            f"ns{n}.b": norm.bias,
        }
    for kind in PAIRS:
        pair: Any = net.pairs[kind]
        w |= {f"{kind}.a": pair.a.weight.T, f"{kind}.t": pair.t.weight.T, f"{kind}.d": pair.d.weight + pair.a.bias + pair.t.bias}
        w |= {f"{kind}.q": pair.q.weight, f"{kind}.o": pair.o.weight.T, f"{kind}.b": pair.o.bias}
    held: dict[str, Any] = {name: tensor.detach().numpy().astype(np.float16) for name, tensor in w.items()}
    scale = float(e.table.abs().max()) / 127
    held |= {"table": np.round(e.table.numpy() / scale).astype(np.int8), "table.scale": np.float32(scale)}
    for name, words in (("vocabulary", e.vocabulary), ("words", e.words)):
        held[name] = np.frombuffer("\n".join(words).encode(), np.uint8)
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **held)
    print(f"wrote {path.name}: {path.stat().st_size / 1e6:.1f} MB")


def texts_of(folder: Path, left_out: set[str]) -> Iterator[str]:
    """The texts of dated items, those of the gold and of the labels left out."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.open(encoding="utf-8"):
            item = json.loads(line)
            if item["id"] not in left_out:
                yield item["text"]


def main() -> None:
    """Trains and writes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--teacher", type=Path, help="where the large network is kept")
    parser.add_argument("--texts", type=Path, help="a folder of items without labels")
    parser.add_argument("--leave", default="", help="files of labels that are not learned from, by the beginning of their names")
    parser.add_argument("--alone", action="store_true", help="no teacher: the small network learns the labels alone")
    parser.add_argument("--large-epochs", type=int, default=7)
    parser.add_argument("--small-epochs", type=int, default=30)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    random.seed(7)
    torch.manual_seed(7)
    torch.set_num_threads(2)
    leave = tuple(filter(None, given.leave.split(",")))
    files = [path for path in sorted((HERE / "labels").glob("*.jsonl")) if not leave or not path.name.startswith(leave)]
    examples = read_labels(files)
    print(f"{len(examples)} examples, {sum(e.length for e in examples)} tokens, from {len(files)} files", flush=True)
    if not given.alone:
        _teach(examples, files, given)
    student = Net(small(examples))
    train(student, examples, given.small_epochs, {"encoder": 2e-3, "heads": 2e-3}, 600, soft=0.0 if given.alone else 0.6)
    settle(student, files)
    write(student, given.out)


def settle(net: Net, files: list[Path]) -> None:
    """The last steps, small ones: the gold's seen part some times over, among as many of the dated items and of the others."""
    parts = [read_labels([path for path in files if (path.stem == "items") == real]) for real in (True, False)]
    for part in parts:
        random.shuffle(part)
    examples = read_gold(HERE.parent / "gold" / "dev.jsonl") * GOLD_TIMES + [e for part in parts for e in part[:AMONG]]
    train(net, examples, LAST_EPOCHS, {"encoder": 3e-4, "heads": 3e-4}, 600)


def _teach(examples: list[Example], files: list[Path], given: argparse.Namespace) -> None:
    """Trains the teacher, or takes it up, and lets it say what it sees; adds the texts without labels."""
    teacher = Net(Large())
    if given.teacher and given.teacher.exists():
        teacher.load_state_dict(torch.load(given.teacher))
    else:
        train(teacher, examples, given.large_epochs, {"encoder": 2e-4, "heads": 1.5e-3}, 300)
        if given.teacher:
            torch.save(teacher.state_dict(), given.teacher)
    if given.texts:
        gold = {json.loads(line)["id"] for line in (HERE.parent / "gold" / "dev.jsonl").open(encoding="utf-8")}
        known = {json.loads(line).get("id") for path in files for line in path.open(encoding="utf-8")}
        examples += read_texts(texts_of(given.texts, gold | known))
    ask(teacher, examples)


if __name__ == "__main__":
    main()
