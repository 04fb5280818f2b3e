"""Articles that come again, that change, that must go."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

from bench.faults.scorecard import Case, Trial, row
from bench.faults.stores import article, articles, articles_of, content, journal, kept, rows, stored, whole


@row(20, "the same articles twice", 100, "nothing is written", budget=240)
def twice(trial: Trial) -> Iterator[Case]:
    """Not a byte of journal, kept files or graphs; each is reported as unchanged."""
    files = articles(trial.place("articles"), trial.cases)
    store = stored(trial, files)
    before = _written(store)
    run = trial.kg("add", files, "--store", store, "--format", "csv", seconds=100)
    said = {line.split(",")[1]: line.split(",")[0] for line in run.out.decode().splitlines()[1:]}
    same = _written(store) == before
    for number in range(trial.cases):
        outcome = said.get(f"made-{number:04}", "")
        right = same and outcome == "unchanged"
        yield Case(right, run.seconds / trial.cases, "" if right else f"made-{number:04}: {outcome}; the same bytes: {same}; {run}")


def _written(store: Path) -> dict[str, bytes]:
    files = [store / "journal.jsonl", *(path for path in (store / "sources").rglob("*") if path.is_file())]
    return {str(path): path.read_bytes() for path in files} | {graph: digest.encode() for graph, digest in content(store).items()}


@row(
    21,
    "an article that changed; two files with one id",
    20,
    "the new version with the old one's history; the conflict is named",
    budget=240,
)
def changed(trial: Trial) -> Iterator[Case]:
    """Every other time a new version, else another file that claims an id: what is stored stays."""
    files = articles(trial.place("articles"), trial.cases)
    store = stored(trial, files)
    others = trial.place("others")
    others.mkdir()
    before = articles_of(content(store))
    for number in range(trial.cases):
        (files if number % 2 == 0 else others).joinpath(f"made-{number:04}.txt").write_text(article(number, version=1), "utf-8")
    runs = [trial.kg("add", folder, "--store", store, "--format", "csv", seconds=100) for folder in (files, others)]
    after = articles_of(content(store))
    outcomes = {
        line.split(",")[1]: line.split(",")[0]
        for run in runs
        for line in run.out.decode().splitlines()[1:]
        if not line.startswith("unchanged")
    }
    asked = (
        "SELECT (STR(?article) AS ?a) (COUNT(?r) AS ?n) { ?r <https://w3id.org/proviso#annotates> ?article } GROUP BY ?article ORDER BY ?a"
    )
    history = {row["a"].rsplit("/", 1)[-1]: int(row["n"]) for row in rows(trial, store, asked)}
    for number in range(trial.cases):
        name = f"made-{number:04}"
        graph = next(graph for graph in before if graph.endswith(name))
        if number % 2 == 0:
            sources = kept(store, article(number).encode()) and kept(store, article(number, 1).encode())
            right = after[graph] != before[graph] and outcomes[name] == "superseded" and history.get(name, 0) == 2 and sources
        else:
            right = after[graph] == before[graph] and outcomes[name] == "rejected" and str(others / f"{name}.txt") in runs[1].said
        yield Case(
            right,
            runs[number % 2].seconds / trial.cases,
            "" if right else f"{name}: {outcomes.get(name)}, {history.get(name)} readings; {runs[number % 2]}",
        )


@row(41, "takedown: an article is purged", 5, "no byte of it in store, kept files, journal, copies made after", quick=1, budget=480)
def takedown(trial: Trial) -> Iterator[Case]:
    """Words, title and id that stand in no other article; looked for in every file, in packed ones too."""
    files = articles(trial.place("articles"), 4)
    for number in range(trial.cases):
        begun = time.monotonic()
        name, word = f"secret-{number}-zyxwv", f"Quagmiria{number}"
        place = trial.place("secret")
        place.mkdir()
        text = article(50).replace("id: made-0050", f"id: {name}").replace("Talks", f"{word} talks")
        text = text.replace(article(50).split()[article(50).split().index("said") - 1], word)
        (place / f"{name}.txt").write_text(text, "utf-8")
        store = stored(trial, files)
        added = trial.kg("add", place, "--store", store)
        there = _holds(store, name) and _holds(store, word)
        if number % 2:  # a later version of it too, and a removal first
            (place / f"{name}.txt").write_text(text + f"\n{word} again.\n", "utf-8")
            trial.kg("add", place, "--store", store)
            trial.kg("remove", name, "--store", store)
        run = trial.kg("remove", name, "--purge", "--store", store)
        copy = trial.place("copy")
        trial.kg("backup", copy, "--store", store)
        left = [f"{what} in {where}" for what in (name, word) for folder in (store, copy) for where in _holds(folder, what)]
        wrong = "" if added.code == run.code == 0 and there and not left else f"{left or there}; {run}"
        wrong = (
            wrong
            or whole(trial, store)
            or ("" if len(articles_of(content(store))) == 4 and len(journal(store)) > 4 else "others are gone too")
        )
        yield Case(not wrong, time.monotonic() - begun, wrong)


def _holds(folder: Path, words: str) -> list[str]:
    """The files that hold these words, in their bytes, their names or what is packed in them."""
    found = []
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if data[:2] == b"\x1f\x8b":
            data += gzip.decompress(data)
        if words.encode() in data or words in path.name:
            found.append(str(path.relative_to(folder)))
    return found
