"""Paths that are no store, in place of a store."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from bench.faults.scorecard import SEEDS, Case, Trial, row
from bench.faults.stores import articles, stored
from kg.cli import app


@row(12, "empty or mistyped store path; a folder that is no store", 4, "refused, nothing is made", quick=4, budget=480)
def no_store(trial: Trial) -> Iterator[Case]:
    """Every command that has --store on a path where nothing is, on an empty folder, on one of other files, on a file.

    Those that make a store where none is yet are left out of the first two. The words that commands need are right, so that
    the place alone is wrong; one that is not told here what it needs fails.
    """
    store, export = stored(trial, articles(trial.place("articles"), 1)), trial.place("export.nq")
    trial.kg("export", "-o", export, "--store", store)
    makers = {"add": (SEEDS,), "import": (export,), "restore": (store,)}
    words: dict[str, tuple[object, ...]] = {
        "ask": ("who refused",), "query": ("ASK {}",), "show": ("Germany",), "diff": ("2025", "2026"), "graph": ("-o", "out.svg"),
        "site": ("out",), "export": ("-o", "out.nq"), "remove": ("x",), "backup": ("out",), "serve": ("--port", 0), **makers,
    }  # fmt: skip
    nothing, empty, other, file = (trial.place(name) for name in ("nothing", "empty", "other", "file"))
    empty.mkdir()
    other.mkdir()
    for path in (other / "a.txt", file):
        path.write_text("no store")
    for place in (nothing, empty, other, file):
        commands = [name for name in _with_store() if name not in makers or place not in (nothing, empty)]
        before = sorted(trial.folder.rglob("*"))
        runs = [trial.kg(name, *words.get(name, ()), "--store", place, seconds=20) for name in commands]
        wrong = [f"{name} on {place.name}: {run}" for name, run in zip(commands, runs, strict=True) if not run.clear(1)]
        made = [str(path) for path in sorted(trial.folder.rglob("*")) if path not in before]
        yield Case(not wrong and not made, max(run.seconds for run in runs), "; ".join([*wrong, *made]))


def _with_store() -> list[str]:
    """The commands of the program that are told which store to use."""
    commands = typer.main.get_group(app).commands
    return [name for name, command in commands.items() if any("--store" in option.opts for option in command.params)]
