"""What a row of the scorecard is, and what its trials may use.

A row is a function that yields a `Case` for each fault it has tried, made from a seed. It runs in a process of its own, in a
folder of its own, and starts the program as users do: as processes. A `patch` is Python that each of them runs first: the tests
of the scorecard take a guard away with it, and the row must fail.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds" / "articles"


class CannotRun(Exception):
    """What a row needs and this machine has not; the row then counts as not passed."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fault that was tried: whether it ended as it should, how long that took (wall seconds), and else what was seen."""

    passed: bool
    seconds: float = 0.0
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a row's function is given: a folder, chance from a seed, the number of cases asked for, and the program to run."""

    folder: Path
    cases: int
    seed: int
    patch: str = ""
    chance: random.Random = field(default_factory=random.Random)

    def command(self, *words: object) -> list[str]:
        """The command line of `kg` with these words."""
        return self.python("import sys; from kg.cli import main; main()", *words)

    def python(self, code: str, *words: object) -> list[str]:
        """The command line of Python with this code, which sees the words as `sys.argv[1:]`."""
        return [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{self.patch}\n{code}", *map(str, words)]

    def kg(
        self, *words: object, stdin: bytes = b"", seconds: float = 60, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Run:
        """What `kg` with these words did; it is killed after so many seconds."""
        return self.run(self.command(*words), stdin, seconds, env, cwd)

    def run(
        self, command: list[str], stdin: bytes = b"", seconds: float = 60, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Run:
        """What a command did; it and its children are killed after so many seconds."""
        begun = time.monotonic()
        told = {**os.environ, "KG_STORE": str(self.folder / "no-store"), **(env or {})}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=told, cwd=cwd or self.folder, start_new_session=True
        ) as process:  # fmt: skip
            try:
                out, err = process.communicate(stdin, seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                out, err = process.communicate()
                return Run(None, out, err, time.monotonic() - begun)
        return Run(process.returncode, out, err, time.monotonic() - begun)

    def place(self, name: str) -> Path:
        """A new path in the row's folder that nothing is at yet."""
        number = sum(1 for _ in self.folder.iterdir())
        return self.folder / f"{number:04}-{name}"


@dataclass(frozen=True, slots=True)
class Run:
    """How a process ended: its exit code (minus a signal's number; None where it had to be killed for being late), what it wrote, wall seconds."""

    code: int | None
    out: bytes
    err: bytes
    seconds: float

    @property
    def said(self) -> str:
        """What it wrote to stderr, as text."""
        return self.err.decode("utf-8", "replace")

    def clear(self, *codes: int) -> bool:
        """Whether it ended by itself with one of these codes, without a traceback; a failure (not 0, 3, 4) in three short lines."""
        if self.code not in codes or b"Traceback" in self.err or b"something went wrong that should not" in self.err:
            return False
        return self.code in (0, 3, 4) or any(line.startswith("  at: ") for line in self.said.splitlines())

    def __str__(self) -> str:
        """The end in one line, for the report of a case that failed."""
        return f"exit {self.code} after {self.seconds:.1f} s: {' | '.join(self.said.split(chr(10)))[-300:]}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the scorecard: its number, what is tried, how many cases (and with `--quick`), what must come of it, its budget in wall seconds."""

    number: int
    fault: str
    cases: int
    quick: int
    expected: str
    budget: float
    run: Callable[[Trial], Iterator[Case]]


def row(
    number: int, fault: str, cases: int, expected: str, *, quick: int = 0, budget: float = 60
) -> Callable[[Callable[[Trial], Iterator[Case]]], Row]:
    """Makes a row of a function; `quick` cases (a tenth, at least one, where it is not said) are tried with `--quick`."""
    return lambda run: Row(number, fault, cases, quick or max(1, cases // 10), expected, budget, run)
