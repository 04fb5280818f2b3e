"""Paths that are no store, in place of a store."""

from __future__ import annotations

from collections.abc import Iterator

from bench.faults.scorecard import SEEDS, Case, Trial, row

READERS = (
    ("query", "ASK {}"), ("ask", "who refused"), ("show", "Germany"), ("whatif",), ("compare",), ("timeline",), ("diff", "2025", "2026"),
    ("graph", "-o", "out.svg"), ("site", "out"), ("export", "-o", "out.nq"), ("remove", "x"), ("check",),
)  # fmt: skip
MAKERS = (("add", SEEDS),)


@row(12, "empty or mistyped store path; a folder that is no store", 4, "refused, nothing is made", quick=4, budget=120)
def no_store(trial: Trial) -> Iterator[Case]:
    """Every command on a path where nothing is, on an empty folder, on one of other files, on a file."""
    nothing, empty, other, file = (trial.place(name) for name in ("nothing", "empty", "other", "file"))
    empty.mkdir()
    other.mkdir()
    for path in (other / "a.txt", file):
        path.write_text("no store")
    for place in (nothing, empty, other, file):
        commands = READERS if place in (nothing, empty) else (*READERS, *MAKERS)
        before = sorted(trial.folder.rglob("*"))
        runs = [trial.kg(*words, "--store", place) for words in commands]
        wrong = [f"{words[0]} on {place.name}: {run}" for words, run in zip(commands, runs, strict=True) if not run.clear(1)]
        made = [str(path) for path in sorted(trial.folder.rglob("*")) if path not in before]
        yield Case(not wrong and not made, max(run.seconds for run in runs), "; ".join([*wrong, *made]))
