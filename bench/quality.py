"""How well the annotator reads: on the gold (the part that was looked at, and the part that was not), on invented newspaper
prose that nothing was trained on, on the seeds, on GUM; and beside it what the lexicons and patterns read alone.

    .venv/bin/python bench/quality.py [--gum DIR] [--misses] [--pin [--lower]]

Prints a line a figure; `patterns` after a part's name means the other design, measured in the same run. `--misses` lists what was missed in the part that may be looked at, worst first; `--pin` writes what
was measured on the gold as floors to bench/floors.toml. A floor only rises, unless `--lower` is given.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import floor
from pathlib import Path
from typing import Any

from kg.actors import load_registry
from kg.annotate.automatic import Annotate
from kg.annotate.reading import read_patterns, read_rules
from kg.errors import ProvisoError
from kg.evaluate import Reading, Report, Row, compare_annotator, compare_readings, read_item, read_readings
from kg.listing import listing
from kg.model import Registry

TOP = Path(__file__).resolve().parents[1]
GOLD = TOP / "bench" / "gold" / "dev.jsonl"
FLOORS = TOP / "bench" / "floors.toml"
NEWS = TOP / "bench" / "tagger" / "labels" / "invented-news-d.jsonl"
LISTS = {"s": "statements", "c": "commitments", "k": "conditions"}
HELD_OUT = "cdef"  # the last hex digit of the ids that nobody who writes rules looks at
HEAD = """\
# What the annotator must reach on bench/gold/dev.jsonl, whose SHA-256 this is; tests/test_quality.py fails below.
# Written by `bench/quality.py --pin`; a floor is lowered only by `--pin --lower`.
"""

# Figure -> the layer it is read from, and what of its row. Speakers, stances … are of things that were found.
FIGURES: Mapping[str, tuple[str, str]] = {
    "statement content, overlap F1": ("statements", "overlap"),
    "speaker": ("speaker span", "agreement"),
    "force": ("force", "agreement"),
    "commitment action, overlap F1": ("commitment action", "overlap"),
    "commitment whole, F1": ("commitments", "overlap"),
    "stance": ("stance", "agreement"),
    "strength": ("strength", "agreement"),
    "condition, overlap F1": ("conditions", "overlap"),
    "polarity": ("polarity", "agreement"),
    "kind": ("kind", "agreement"),
    "link, F1": ("link", "overlap"),
}
Figures = dict[str, float]


def is_held_out(id: str) -> bool:
    """Whether an item is of the part that is only scored.

    >>> is_held_out("6f314564ba6e"), is_held_out("27c92ae9de80")
    (True, False)
    """
    return id[-1:] in HELD_OUT


def reports(read: Annotate = read_rules) -> dict[str, Report]:
    """The reports on the two parts of the gold, and on the newspaper prose."""
    registry = load_registry()
    found = {}
    for name, wanted in parts(registry).items():
        found[name] = compare_readings(wanted, [Reading(w.article, read(w.article, registry)) for w in wanted])
    return found


def parts(registry: Registry) -> dict[str, list[Reading]]:
    """What is read, by part."""
    gold = read_readings(GOLD, registry)
    return {
        "seen": [reading for reading in gold if not is_held_out(reading.article.id)],
        "held out": [reading for reading in gold if is_held_out(reading.article.id)],
        "newspaper": [reading for article in NEWS.read_text("utf-8").splitlines() for reading in _paragraphs(json.loads(article))],
    }


def _paragraphs(article: dict[str, Any]) -> Iterator[Reading]:
    """The paragraphs of a labelled article, in the flat form."""
    for n, p in enumerate(article["paragraphs"]):
        keys = {"s": ("speaker", "cue", "content", "mode", "force"), "k": ("text", "marker", "polarity", "kind", "by", "on")}
        keys["c"] = ("committer", "action", "stance", "strength", "beneficiary", "conditions")
        lists = {name: [dict(zip(keys[k], _bare(row), strict=True)) for row in p[k]] for k, name in LISTS.items()}
        yield Reading(*read_item({"id": f"{article['id']}-{n}", "text": p["text"], **lists}, article["id"]))


def _bare(value: Any) -> Any:
    """Without the numbers that say which of several places words have: the flat form leaves that open."""
    return re.sub(r"«\d+»$", "", value) if isinstance(value, str) else [_bare(one) for one in value] if isinstance(value, list) else value


def figures(report: Report) -> Figures:
    """The figures of a report that are kept; one that nothing was found for is 0."""
    rows = {row.layer: row for row in report.rows}
    return {name: _figure(rows[layer], kind) for name, (layer, kind) in FIGURES.items()}


def _figure(row: Row, kind: str) -> float:
    return (row.agreement if kind == "agreement" else row.overlap[2]) or 0.0


def digest() -> str:
    """The SHA-256 of the gold: floors are of these items and labels, and of no others."""
    return hashlib.sha256(GOLD.read_bytes()).hexdigest()


def below(floors: Mapping[str, Mapping[str, float]], measured: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What lies below its floor, in words.

    >>> below({"seen": {"force": 0.8}}, {"seen": {"force": 0.75}})
    ['seen: force 0.750 is below 0.800']
    """
    return [
        f"{part}: {name} {measured[part].get(name, 0.0):.3f} is below {least:.3f}"
        for part, those in floors.items()
        for name, least in those.items()
        if measured[part].get(name, 0.0) < least
    ]


def read_floors(path: Path = FLOORS) -> tuple[str, dict[str, Figures]]:
    """The digest of the gold that the floors are of, and the floors by part; nothing where none are pinned."""
    told = tomllib.loads(path.read_text("utf-8"))
    return told.pop("digest"), told


def pin(measured: Mapping[str, Figures], path: Path = FLOORS, *, lower: bool = False) -> list[str]:
    """Writes what was measured as floors, to three places, rounded down; returns what was in the way, and then writes nothing."""
    of, floors = read_floors(path)
    amiss = below(floors, measured) + (["the gold is another one than the floors are of"] if of != digest() else [])
    if amiss and not lower:
        return amiss
    lines = [HEAD, f'digest = "{digest()}"\n']
    for part, those in measured.items():
        lines += [f'\n["{part}"]\n', *(f'"{name}" = {floor(figure * 1000) / 1000:.3f}\n' for name, figure in those.items())]
    path.write_text("".join(lines), "utf-8")
    return []


def main() -> int:
    """Prints the figures, and does what else is asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--gum", type=Path, help="GUM's discourse relations: a folder with gold/ and raw/")
    parser.add_argument("--misses", action="store_true", help="list what was missed in the part that may be looked at")
    parser.add_argument("--pin", action="store_true", help="write what was measured as floors")
    parser.add_argument("--lower", action="store_true", help="let --pin lower a floor")
    given = parser.parse_args()
    by_part = reports()
    measured = {part: figures(report) for part, report in by_part.items()}
    shown = measured | {f"{part}, patterns": figures(report) for part, report in reports(read_patterns).items()}
    registry = load_registry()
    seeds = read_readings(TOP / "seeds" / "annotations", registry)
    for name, read in (("seeds", read_rules), ("seeds, patterns", read_patterns)):
        shown[name] = figures(compare_readings(seeds, [Reading(seed.article, read(seed.article, registry)) for seed in seeds]))
    print(listing(("figure", *shown), [(name, *(f[name] for f in shown.values())) for name in FIGURES], "table"), end="")
    if given.gum:
        _print_gum(compare_annotator(given.gum, "rules", load_registry()))
    if given.misses:
        for miss in by_part["seen"].misses:
            print(f"{miss.article}\t{miss.layer}\t{miss.kind}\t{miss.words!r}\tgold: {miss.gold!r}\tfound: {miss.predicted!r}")
    amiss = pin(measured, lower=given.lower) if given.pin else []
    for words in amiss:
        print(words, file=sys.stderr)
    return 1 if amiss else 0


def _print_gum(report: Report) -> None:
    print("\ngum\tlayer\tgold\tpredicted\tprecision\trecall\tF1, exact where nothing overlaps")
    for genre, part in (("all", replace(report, parts=())), *report.parts):
        for row in part.rows:
            shown = row.overlap if row.overlapping is not None else row.exact
            print(genre, row.layer, row.gold, row.predicted, *("-" if f is None else f"{f:.3f}" for f in shown), sep="\t")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ProvisoError as error:
        sys.exit(str(error))
