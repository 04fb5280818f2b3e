"""Which item of one reading is which item of the other: one to one, by their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kg.evaluate.layers import LAYERS, Item, Layers
from kg.model import Span

ENOUGH = 0.5  # predicted ∩ gold / union must be more than this to count as overlap (the project's measures)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items that are one thing, and how far their words overlap."""

    gold: Item
    predicted: Item
    overlap: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One article's two readings, and by kind of thing what is matched with what."""

    gold: Layers
    predicted: Layers
    pairs: Mapping[str, tuple[Pair, ...]]


def overlap(one: Sequence[Span], other: Sequence[Span]) -> float:
    """The code points that two sets of spans share, divided by those that either has; 1 for two empty ones.

    >>> overlap([Span(0, 2, "ab"), Span(4, 6, "ef")], [Span(0, 6, "abcdef")])
    0.6666666666666666
    """
    if not one or not other:
        return float(not one and not other)
    if max(s.end for s in one) <= min(s.start for s in other) or max(s.end for s in other) <= min(s.start for s in one):
        return 0.0
    ours, theirs = ({point for s in spans for point in range(s.start, s.end)} for spans in (one, other))
    return len(ours & theirs) / len(ours | theirs)


def assign(weights: Sequence[Mapping[int, int]]) -> dict[int, int]:
    """The one-to-one choice of the greatest total weight: row -> column, rows and columns counted from 0.

    Exact, where taking the best pair first is not (there below it would take 5 and lose 4 + 4). Rows come in one by one;
    each takes the alternating path that gains most, which keeps the choice so far the best one (successive augmentation). A
    path only walks where pairs exist, so the cost is that of the small groups in which words overlap.

    >>> assign([{0: 5, 1: 4}, {0: 4}])
    {0: 1, 1: 0}
    """
    holder: dict[int, int] = {}  # column -> row
    for start in range(len(weights)):
        # gain: of a row, the best total change of a path that leaves this row without a column
        gain, via, queue = {start: 0}, dict[int, tuple[int, int]](), [start]
        best, end, free = 0, start, None
        while queue:
            row = queue.pop(0)
            for column, weight in weights[row].items():
                reached, held = gain[row] + weight, holder.get(column)
                if held is None:
                    if reached > best:
                        best, end, free = reached, row, column
                elif held not in gain or reached - weights[held][column] > gain[held]:
                    gain[held], via[held] = reached - weights[held][column], (row, column)
                    queue.append(held)
        left = max(gain, key=gain.__getitem__)
        if gain[left] > best:
            end, free = left, None
        if free is not None:
            holder[free] = end
        while end != start:
            end, column = via[end]
            holder[column] = end
    return {row: column for column, row in sorted(holder.items(), key=lambda pair: pair[1])}


def _match(gold: Sequence[Item], predicted: Sequence[Item]) -> tuple[Pair, ...]:
    # Both ways round the same problem is solved, so that swapping the readings swaps the figures and nothing else.
    ours, theirs = sorted(gold, key=_order), sorted(predicted, key=_order)
    turned = [_order(i) for i in theirs] < [_order(i) for i in ours]
    rows, columns = (theirs, ours) if turned else (ours, theirs)
    overlaps = [{j: value for j, other in enumerate(columns) if (value := overlap(row.spans, other.spans)) > ENOUGH} for row in rows]
    weights = [{j: _weight(rows[i], columns[j], value, abs(i - j)) for j, value in found.items()} for i, found in enumerate(overlaps)]
    pairs = [(rows[i], columns[j], overlaps[i][j]) for i, j in assign(weights).items()]
    return tuple(Pair(two, one, value) if turned else Pair(one, two, value) for one, two, value in pairs)


def _order(item: Item) -> tuple[object, ...]:
    return item.spans, sorted(item.words.items()), sorted(item.values.items())


def _weight(one: Item, other: Item, shared: float, apart: int) -> int:
    """Each part outweighs the sums of the next: exact words, overlap, what else is said alike, the order in the text.

    Several things may have the very same words (one sentence that pledges and refuses): what is said of them decides.
    """
    alike = sum(overlap(fact, other.words.get(layer, ())) > 0 for layer, fact in one.words.items())
    alike += sum(fact == other.values.get(layer) for layer, fact in one.values.items())
    return (((shared == 1) * 10**10 + round(shared * 10**6)) * 10**6 + alike) * 10**9 + 10**5 - min(apart, 10**5)


def compare(gold: Layers, predicted: Layers) -> Compared:
    """One article's two readings with their items matched; those that share no more than half of their words stay alone."""
    kinds = dict.fromkeys(layer.of for layer in LAYERS)
    pairs = {of: _match(gold.items.get(of, ()), predicted.items.get(of, ())) for of in kinds}
    return Compared(gold, predicted, {of: tuple(_placed(pair, gold, predicted) for pair in found) for of, found in pairs.items()})


def _placed(pair: Pair, gold: Layers, predicted: Layers) -> Pair:
    """The pair with what is said of it (a speaker, a marker) where the other reading has it, as far as a form leaves that open."""
    ours = _moved(pair.gold, pair.predicted, gold.elsewhere)
    return Pair(ours, _moved(pair.predicted, ours, predicted.elsewhere), pair.overlap)


def _moved(item: Item, other: Item, elsewhere: Mapping[Span, tuple[Span, ...]]) -> Item:
    if not elsewhere:
        return item
    words = {layer: tuple(_nearest(span, other.words.get(layer, ()), elsewhere) for span in spans) for layer, spans in item.words.items()}
    return replace(item, words=words)


def _nearest(span: Span, wanted: Sequence[Span], elsewhere: Mapping[Span, tuple[Span, ...]]) -> Span:
    """The place of the span's words that shares most with the wanted ones; the first, where none does."""
    return max(elsewhere.get(span, (span,)), key=lambda place: overlap((place,), wanted))
