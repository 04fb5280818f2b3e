"""The counts of each layer and the list of what was missed, from two readings of the same articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import UsageError
from kg.evaluate.layers import LAYERS, Item, Layer, Layers, joined
from kg.evaluate.matching import ENOUGH, Compared, Pair, compare, overlap

# Rows that count again what another row lists: their misses are found there.
_RECOUNTED = ("direct content", "commitments")


@dataclass(frozen=True, slots=True)
class Row:
    """The counts of one layer; figures are None where there is nothing to count.

    `matched` are the exact matches, `overlapping` those by overlap (None for a layer of values). Of `n` matched pairs of
    which one at least says something at this layer, `agreed` say the same: equal values, or words that overlap enough.
    """

    layer: str
    gold: int
    predicted: int
    matched: int
    overlapping: int | None = None
    n: int | None = None
    agreed: int | None = None
    kappa: float | None = None

    @property
    def exact(self) -> tuple[float | None, float | None, float | None]:
        """Precision, recall and F1 by exact match.

        >>> Row("cue", gold=4, predicted=2, matched=1).exact
        (0.5, 0.25, 0.3333333333333333)
        """
        return _figures(self.matched, self.gold, self.predicted)

    @property
    def overlap(self) -> tuple[float | None, float | None, float | None]:
        """Precision, recall and F1 by overlap."""
        return (None, None, None) if self.overlapping is None else _figures(self.overlapping, self.gold, self.predicted)

    @property
    def agreement(self) -> float | None:
        """The share of matched pairs that say the same at this layer."""
        return _share(self.agreed or 0, self.n or 0)


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing the readings differ in: `missing` from the predicted one, `extra` there, or `differs`.

    `words` are those of the thing it is about, `gold` and `predicted` what each reading says, `start` a code point.
    """

    layer: str
    kind: str
    article: str
    words: str
    gold: str
    predicted: str
    start: int


@dataclass(frozen=True, slots=True)
class Report:
    """All rows, summed over the articles, and the misses, worst first; and the same of named parts, where there are some."""

    rows: tuple[Row, ...]
    misses: tuple[Miss, ...]
    articles: int
    parts: tuple[tuple[str, Report], ...] = ()


def score(gold: Sequence[Layers], predicted: Sequence[Layers]) -> Report:
    """The report on `predicted`, measured by `gold`, the counts of all articles summed (micro-averaged).

    Raises UsageError where the two do not hold the same articles, once each, with the same text.

    >>> report = score([], [])
    >>> report.rows[0].exact, report.misses
    ((None, None, None), ())
    """
    compared = [compare(one, other) for one, other in _by_article(gold, predicted)]
    silent = {name for layers in (*gold, *predicted) for name in layers.silent}
    rows, misses = [], []
    for place, layer in enumerate(LAYERS):
        found = [] if layer.name in silent else [(c.gold.article, outcome) for c in compared for outcome in _COMPARE[layer.by](layer, c)]
        if layer.name not in silent:
            rows.append(_row(layer, [outcome for _, outcome in found]))
        # worst first: by what is lost with it, then in the order of the layers and of the text
        misses += [((-o.cost, place, id, _start(o.about), o.texts), _miss(layer, id, o)) for id, o in found if o.cost]
    return Report(tuple(rows), tuple(miss for _, miss in sorted(misses, key=lambda pair: pair[0])), len(compared))


def _by_article(gold: Sequence[Layers], predicted: Sequence[Layers]) -> Iterator[tuple[Layers, Layers]]:
    for name, layers in (("gold", gold), ("annotations", predicted)):
        if twice := [id for id, n in Counter(one.article for one in layers).items() if n > 1]:
            raise UsageError(f"the {name} hold two readings of one article", twice[0], "keep one of them")
    ours, theirs = {one.article: one for one in gold}, {one.article: one for one in predicted}
    for id in sorted(ours.keys() ^ theirs.keys()):
        lacking = "annotations" if id in ours else "gold"
        raise UsageError(
            f"the {lacking} have no reading of this article", id, "give both the same articles; one with no statements counts too"
        )
    for id, one in ours.items():
        if one.text != theirs[id].text:
            raise UsageError(
                "the two readings are of different texts, so their spans cannot be compared", id, "annotate the gold's own text"
            )
        yield one, theirs[id]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of one comparison at one layer: what it adds to the counts, and how bad it is (0 where nothing is amiss)."""

    about: Item
    texts: tuple[str, str]
    gold: int
    predicted: int
    matched: int
    alike: bool
    cost: float


def _row(layer: Layer, outcomes: Sequence[_Outcome]) -> Row:
    counts = sum(o.gold for o in outcomes), sum(o.predicted for o in outcomes), sum(o.matched for o in outcomes)
    alike = sum(o.alike for o in outcomes)
    if layer.by in ("found", "pair"):
        return Row(layer.name, *counts, alike)
    kappa = _kappa(Counter(o.texts for o in outcomes)) if layer.by == "category" else None
    return Row(layer.name, *counts, alike if layer.by == "span" else None, len(outcomes), alike, kappa)


def _miss(layer: Layer, article: str, o: _Outcome) -> Miss:
    kind = "differs" if all(o.texts) else "missing" if o.texts[0] else "extra"
    return Miss(layer.name, kind, article, str(o.about), *o.texts, _start(o.about))


def _things(layer: Layer, c: Compared) -> Iterator[_Outcome]:
    """A lost thing costs 1 and what is said of it; that is not listed again in its own layers."""
    listed = layer.name not in _RECOUNTED
    for one, ours in ((c.gold, True), (c.predicted, False)):
        matched = {(p.gold if ours else p.predicted).id for p in c.pairs[layer.of]}
        for item in one.items.get(layer.of, ()):
            if item.id not in matched and _counts(layer, item):
                hanging = sum(item.id in pair for pairs in one.pairs.values() for pair in pairs)
                cost = listed * (1.0 + sum(map(bool, (*item.words.values(), *item.values.values()))) + hanging)
                yield _Outcome(item, (str(item), "") if ours else ("", str(item)), ours, not ours, 0, False, cost)
    for p in c.pairs[layer.of]:
        counted = _counts(layer, p.gold), _counts(layer, p.predicted)
        right = all(counted) and _right(layer, p)
        yield _Outcome(p.gold, (str(p.gold), str(p.predicted)), *counted, right and p.overlap == 1, right, listed * (1 - p.overlap))


def _counts(layer: Layer, item: Item) -> bool:
    return layer.name != "direct content" or item.values.get("mode") == ("direct",)


def _right(layer: Layer, pair: Pair) -> bool:
    """A whole commitment is right with its action, stance and committer: the actor, or the words where one names none."""
    if layer.name != "commitments":
        return True
    actors = [i.values.get("committer actor", ()) for i in (pair.gold, pair.predicted)]
    spans = [i.words.get("committer span", ()) for i in (pair.gold, pair.predicted)]
    same = actors[0] == actors[1] if all(actors) else overlap(*spans) > ENOUGH
    return same and pair.gold.values.get("stance") == pair.predicted.values.get("stance")


def _said(layer: Layer, c: Compared) -> Iterator[_Outcome]:
    """What is said of matched things; where neither says anything there is nothing to compare, save in a category."""
    for p in c.pairs[layer.of]:
        if layer.by == "span":
            words = p.gold.words.get(layer.name, ()), p.predicted.words.get(layer.name, ())
            if any(words):
                shared = overlap(*words)
                texts = joined(words[0]), joined(words[1])
                yield _Outcome(p.gold, texts, bool(words[0]), bool(words[1]), shared == 1, shared > ENOUGH, 1 - shared)
            continue
        ours, theirs = p.gold.values.get(layer.name, ()), p.predicted.values.get(layer.name, ())
        if ours or theirs or layer.by == "category":
            common, same = len(set(ours) & set(theirs)), ours == theirs
            yield _Outcome(p.gold, (", ".join(ours), ", ".join(theirs)), len(ours), len(theirs), common, same, float(not same))


def _relations(layer: Layer, c: Compared) -> Iterator[_Outcome]:
    """A relation costs only where both its ends are matched; else the end that is lost is the miss."""
    to_gold = {p.predicted.id: p.gold.id for of in c.pairs.values() for p in of}
    matched = {p.gold.id: p for of in c.pairs.values() for p in of}
    nothing = Item("", ())
    ours = c.gold.pairs.get(layer.name, frozenset())
    theirs = {(to_gold.get(a, f"extra {a}"), to_gold.get(b, f"extra {b}")) for a, b in c.predicted.pairs.get(layer.name, ())}
    for pair in sorted(ours | theirs):
        both, known = pair in ours and pair in theirs, all(end in matched for end in pair)
        one, other = (matched.get(end) if known else None for end in pair)
        exact = both and all(matched[end].overlap == 1 for end in pair)
        texts = str(other.gold) if other and pair in ours else "", str(other.predicted) if other and pair in theirs else ""
        yield _Outcome(one.gold if one else nothing, texts, pair in ours, pair in theirs, exact, both, float(known and not both))


_COMPARE: Mapping[str, Callable[[Layer, Compared], Iterator[_Outcome]]] = {
    "found": _things, "span": _said, "value": _said, "category": _said, "pair": _relations,
}  # fmt: skip


def _kappa(table: Counter[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two readers' choices; None where both always chose one and the same, which shows nothing."""
    total, same = table.total(), sum(n for (one, other), n in table.items() if one == other)
    ours, theirs = Counter[str](), Counter[str]()
    for (one, other), n in table.items():
        ours[one] += n
        theirs[other] += n
    chance = sum(n * theirs[choice] for choice, n in ours.items())
    return None if chance == total * total else (total * same - chance) / (total * total - chance)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _figures(matched: int, gold: int, predicted: int) -> tuple[float | None, float | None, float | None]:
    return _share(matched, predicted), _share(matched, gold), _share(2 * matched, gold + predicted)


def _start(item: Item) -> int:
    return item.spans[0].start if item.spans else 0


COLUMNS = (
    "layer", "gold", "predicted", "matched", "precision", "recall", "f1", "overlapping", "overlap_precision", "overlap_recall",
    "overlap_f1", "n", "agreement", "kappa",
)  # fmt: skip


def to_rows(report: Report) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
    """The columns and rows of a report's table; figures to three places, None (printed as `-`) where there is none.

    Where the report has parts, the first column names them: `all` for the whole.

    >>> to_rows(score([], []))[1][0][:6]
    ('statements', 0, 0, 0, None, None)
    """
    if not report.parts:
        return COLUMNS, [_cells(row) for row in report.rows]
    parts = (("all", report), *report.parts)
    return ("part", *COLUMNS), [(name, *_cells(row)) for name, part in parts for row in part.rows]


def _cells(r: Row) -> tuple[str | int | float | None, ...]:
    cells = (r.layer, r.gold, r.predicted, r.matched, *r.exact, r.overlapping, *r.overlap, r.n, r.agreement, r.kappa)
    return tuple(round(cell, 3) if isinstance(cell, float) else cell for cell in cells)
