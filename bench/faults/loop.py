"""Many command lines of `kg`, one after the other in one process: what starting a process for each would cost goes into more of them."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.faults.scorecard import Run, Trial

LATE = 60  # seconds after which one command line ends the process
_OBEY = "from bench.faults.loop import obey; obey()"


@dataclass(frozen=True, slots=True)
class Line:
    """The words after `kg`, and what comes on stdin."""

    words: tuple[str, ...]
    stdin: bytes = b""


def ran(trial: Trial, lines: Sequence[Line], cwd: Path, seconds: float = 600) -> list[Run]:
    """How each ended, in order; where one ends the process, by a signal or by being late, the rest goes on in another."""
    found: list[Run] = []
    begun = time.monotonic()
    while len(found) < len(lines):
        jobs = [[line.words, base64.b64encode(line.stdin).decode()] for line in lines[len(found) :]]
        left = begun + seconds - time.monotonic()
        whole = trial.run(trial.python(_OBEY), json.dumps(jobs).encode(), left, _homes(cwd), cwd)
        answers = whole.out.decode().split("\n")
        found += [Run(code, out.encode(), err.encode(), took) for code, out, err, took in map(json.loads, answers[:-1])]
        if len(found) < len(lines):
            found.append(Run(whole.code, b"", b"the process ended: " + whole.err, whole.seconds))
    return found


def _homes(cwd: Path) -> dict[str, str]:
    """All places that a program may write to unasked, within the folder: its store too."""
    return {"KG_STORE": ".kg"} | {name: str(cwd) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}


class _Left(BaseException):
    """What ends a command line in place of the process; nothing of the program may catch it."""


def obey() -> None:
    """Runs the command lines that come on stdin, and tells of each on stdout, as JSON: the other end of `ran`."""
    from kg.cli import main

    jobs = json.load(sys.stdin)
    tell = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os._exit = _leave  # type: ignore[assignment]  # with it `main` ends its process
    for words, given in jobs:
        sys.argv = ["kg", *words]
        sys.stdin = _stream(base64.b64decode(given))
        sys.stdout, sys.stderr = _stream(), _stream()
        begun, code = time.monotonic(), -1
        signal.alarm(LATE)
        try:
            main()
        except _Left as left:
            (code,) = left.args
        except BaseException:
            traceback.print_exc()
        signal.alarm(0)
        tell.write(json.dumps([code, _written(sys.stdout), _written(sys.stderr), time.monotonic() - begun]) + "\n")
        tell.flush()


def _leave(code: int) -> None:
    raise _Left(code)


def _stream(data: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")


def _written(stream: object) -> str:
    assert isinstance(stream, io.TextIOWrapper)
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8", "replace")
