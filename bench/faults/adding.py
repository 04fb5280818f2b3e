"""What the rows about bad articles share: one `kg add` of many inputs, watched from outside as it goes from one to the next."""

from __future__ import annotations

import itertools
import json
import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.faults.scorecard import Run, Trial
from bench.faults.stores import article

GOOD = tuple(range(90, 93))  # numbers of articles that nothing is wrong with
_STEP = re.compile(rb"\rarticles: \d+")
_HIGHEST = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one input ended as, the reason if it was refused, what was said of its file beside that, and wall seconds."""

    outcome: str
    article: str
    reason: str
    notes: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Added:
    """A run of `kg add`: how it ended, what each file became (of several articles in one: the first), and the most memory in bytes."""

    run: Run
    of: dict[str, Outcome]
    memory: int

    def wrong(self, name: str, outcome: str, words: str) -> str:
        """What is wrong with what a file became, if it was to end so with these words as reason or note; empty if nothing is."""
        found = self.of.get(name)
        if not self.run.clear(0, 1, 4) or found is None:
            return f"{name}: {self.run}"
        right = found.outcome == outcome and words in (found.reason if outcome == "rejected" else found.notes)
        return "" if right else f"{name} is to be {outcome} with {words!r}: {found}"


def good(folder: Path) -> list[Path]:
    """Articles that nothing is wrong with."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"made-{number:04}.txt" for number in GOOD]
    for number, file in zip(GOOD, files, strict=True):
        file.write_text(article(number), "utf-8")
    return files


def add(trial: Trial, store: Path, paths: Sequence[Path], *words: object, seconds: float = 120) -> Added:
    """What came of these paths in one run, as a terminal shows it: how long each took is told by the count on stderr."""
    begun = time.monotonic()
    steps, said, memory = [begun], b"", 0
    ours, theirs = pty.openpty()
    out = trial.place("out")
    command = trial.command("add", *paths, "--store", store, "--format", "json", *words)
    with out.open("wb") as stdout, subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=theirs, cwd=trial.folder, start_new_session=True
    ) as process:  # fmt: skip
        os.close(theirs)
        for words_said in _heard(ours, begun + seconds):
            steps += [time.monotonic()] * len(_STEP.findall(words_said))
            said += words_said
            memory = max(memory, sum(_memory(process.pid)))
        late = process.poll() is None and time.monotonic() > begun + seconds
        if late:
            os.killpg(process.pid, 9)
    os.close(ours)
    run = Run(None if late else process.returncode, out.read_bytes(), said.replace(b"\r\n", b"\n"), time.monotonic() - begun)
    return Added(run, _outcomes(run, [after - before for before, after in itertools.pairwise(steps)]), memory)


def _heard(terminal: int, until: float) -> Iterator[bytes]:
    """What comes on a terminal, at least an empty piece each twentieth of a second, until nobody writes any more."""
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 0.05)[0]:
            yield b""
            continue
        try:
            yield os.read(terminal, 1 << 16)
        except OSError:  # its other end is closed
            return


def _memory(process: int) -> Iterator[int]:
    """The most bytes that a process, and each of its children that live, have held at once."""
    with suppress(OSError):  # one has just ended
        found = _HIGHEST.search(Path(f"/proc/{process}/status").read_text())
        yield int(found[1]) * 1024 if found else 0
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            yield from _memory(int(child))


def _outcomes(run: Run, seconds: Sequence[float]) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    lines = run.said.replace("\x1b[K", "\n").splitlines()
    with suppress(ValueError):
        for row, took in zip(json.loads(run.out), seconds, strict=True):
            notes = "\n".join(line for line in lines if row["file"] in line)
            found.setdefault(Path(row["file"]).name, Outcome(row["outcome"], row["article"], row["reason"], notes, took))
    return found
