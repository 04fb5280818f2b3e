"""GUM's explicit conditions as gold, by genre: are they found, and how many of their words.

    DIR/gold/GUM_genre_name  (a relation a line, in PDTB's columns)  + DIR/raw/GUM_genre_name (the text) --read_gum--> documents

What counts as a condition there, and only this:
- relations of type `Explicit` whose sense is `Contingency.Condition.*` or `Contingency.Negative-condition.*`; implicit
  ones and those told by other means than a connective (AltLex) are left out, and no connective is;
- the circumstance is the argument that the sense names, but for `by`, where it is the second one (GUM's sense names the
  end there, not the means); white space and punctuation at its edges is left out; of `if … then` the marker is `if`;
- one circumstance told by two relations (`if` and the `then` that answers it) is one condition.
The guide leaves out some of these (*if* of habit, of speech, of purpose), and counts what GUM does not (*after a ceasefire*,
*subject to approval*). Of a reading only conditions with a marker that GUM has as a connective of conditions are counted, or with none: an
*until* is no condition there, right or wrong. No annotator that follows the guide reaches 1 here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import ReadError
from kg.evaluate.layers import LAYERS, Item, Layers
from kg.evaluate.matching import ENOUGH, overlap
from kg.evaluate.scoring import Report, Row, score
from kg.model import Article, Span
from kg.text import sentences

SENSES = ("Contingency.Condition.", "Contingency.Negative-condition.")
TYPE, CONNECTIVE, SENSE, FIRST, SECOND = 0, 1, 8, 14, 20  # columns of PDTB 3's format
SILENT = frozenset(layer.name for layer in LAYERS) - {"conditions", "marker", "polarity"}
_WORD = re.compile(r"\w+")
# The first words of the explicit connectives that GUM's guidelines have for these senses; a reading's other markers are not counted.
CONNECTIVES = frozenset(
    [
        "if",
        "unless",
        "when",
        "where",
        "once",
        "by",
        "as",
        "so",
        "provided",
        "providing",
        "without",
        "in",
        "otherwise",
        "only",
        "then",
        "should",
        "assuming",
        "supposing",
    ]
)
PRESENCE, WORDS, WITHIN = "sentences with a condition", "words of conditions", "words of them in sentences both mark"


@dataclass(frozen=True, slots=True)
class Document:
    """One text with its genre and its conditions."""

    article: Article
    genre: str
    layers: Layers


def is_gum(path: Path) -> bool:
    """Whether this is a folder in GUM's form."""
    return (path / "gold").is_dir() and (path / "raw").is_dir()


def read_gum(folder: Path) -> list[Document]:
    """The documents of such a folder, in the order of their names.

    Raises ReadError where a text is missing, or a relation points outside it.
    """
    return [_document(file, folder / "raw" / file.name) for file in sorted((folder / "gold").iterdir())]


def _document(relations: Path, raw: Path) -> Document:
    try:
        article = Article(raw.name, raw.read_bytes().decode("utf-8"))
        lines = relations.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"this document cannot be read: {error}", str(raw), "its relations are in gold/, its text in raw/, as UTF-8"
        ) from error
    items: list[Item] = []
    for number, line in enumerate(lines, 1):
        try:
            item = _condition(line.split("|"), number, article.text)
        except (ValueError, IndexError) as error:
            raise ReadError(
                f"this is no relation: {error}", f"{relations}:{number}", "a line has PDTB's columns, with | between"
            ) from error
        if item and not any(overlap(item.spans, other.spans) > ENOUGH for other in items):
            items.append(item)
    return Document(article, raw.name.split("_")[1], Layers(article.id, article.sha256, {"conditions": tuple(items)}, silent=SILENT))


def _condition(cells: Sequence[str], number: int, text: str) -> Item | None:
    sense = cells[SENSE]
    if cells[TYPE] != "Explicit" or not sense.startswith(SENSES):
        return None
    marker = _spans(cells[CONNECTIVE], text)
    means = [span.text.lower() for span in marker] == ["by"]
    words = _spans(cells[SECOND if means or ".Arg2" in sense else FIRST], text)
    polarity = "unless" if sense.startswith(SENSES[1]) else "if"
    return Item(f"condition {number}", words, {"marker": marker[:1]}, {"polarity": (polarity,)})


def _spans(told: str, text: str) -> tuple[Span, ...]:
    """`12..20;30..40` -> the spans, without white space and punctuation at the edges of each."""
    found = []
    for part in told.split(";"):
        start, end = map(int, part.split(".."))
        Span.of(text, start, end)  # raises where that is outside
        while start < end and not text[start].isalnum():
            start += 1
        while end > start and not text[end - 1].isalnum():
            end -= 1
        found += [Span.of(text, start, end)] if start < end else []
    return tuple(sorted(found))


def score_gum(documents: Sequence[Document], predicted: Sequence[Layers]) -> Report:
    """The report on flat readings of the documents, with parts by genre.

    Before the rows of the scorer there are three more: in how many sentences a condition is marked (`if` and `unless` alone
    give an F1 of .78), how many words stand in conditions, and how many of these in sentences that both readings mark.
    """
    predicted = [_connected(layers) for layers in predicted]
    whole = _report(documents, predicted)
    by_id = {layers.article: layers for layers in predicted}
    parts = []
    for genre in sorted({d.genre for d in documents}):
        some = [d for d in documents if d.genre == genre]
        parts.append((genre, _report(some, [by_id[d.article.id] for d in some])))
    return Report(whole.rows, whole.misses, whole.articles, tuple(parts))


def _connected(layers: Layers) -> Layers:
    """A reading with the conditions that GUM could have: those whose marker is a connective of conditions, or that have none."""
    kept = [i for i in layers.items.get("conditions", ()) if not i.words.get("marker") or _first_word(i) in CONNECTIVES]
    return replace(layers, items={**layers.items, "conditions": tuple(kept)})


def _first_word(item: Item) -> str:
    return item.words["marker"][0].text.split()[0].casefold()


def _report(documents: Sequence[Document], predicted: Sequence[Layers]) -> Report:
    scored = score([d.layers for d in documents], predicted)  # raises where they are of different articles
    by_id = {layers.article: layers for layers in predicted}
    counts = [_counted(d.article.text, d.layers, by_id[d.article.id]) for d in documents]
    rows = [Row(name, *(sum(count[name][n] for count in counts) for n in range(3))) for name in (PRESENCE, WORDS, WITHIN)]
    return Report((*rows, *scored.rows), scored.misses, scored.articles)


def _counted(text: str, ours: Layers, theirs: Layers) -> dict[str, tuple[int, int, int]]:
    """How many the gold has, how many the other reading, how many both."""
    starts = [start for start, _ in sentences(text)]
    marked = [_marked(starts, layers) for layers in (ours, theirs)]
    words = [_worded(layers) for layers in (ours, theirs)]
    both = marked[0] & marked[1]
    within = [{at for at in side if bisect_right(starts, at) in both} for side in words]
    return {name: (len(a), len(b), len(a & b)) for name, (a, b) in ((PRESENCE, marked), (WORDS, words), (WITHIN, within))}


def _marked(starts: Sequence[int], layers: Layers) -> set[int]:
    """The sentences in which the marker of a condition begins, or where it has none the condition."""
    found = [i.words.get("marker") or i.spans for i in layers.items.get("conditions", ())]
    return {bisect_right(starts, spans[0].start) for spans in found if spans}


def _worded(layers: Layers) -> set[int]:
    """Where the words begin that stand in a condition."""
    spans = [span for i in layers.items.get("conditions", ()) for span in i.spans]
    return {span.start + word.start() for span in spans for word in _WORD.finditer(span.text)}
