"""What the rows about queries and pages share: the seeds in a store, a server over a store, and an address that counts who comes."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.faults.scorecard import SEEDS, Trial
from kg.store.embedded import open_store

_SERVE = """
import functools, pathlib, kg.serve
kg.serve.Live = functools.partial(kg.serve.Live, seconds=float(sys.argv[2]))
kg.serve.serve(pathlib.Path(sys.argv[1]), 0, lambda words: print(words, file=sys.stderr, flush=True))
"""


@dataclass(slots=True)
class Listener:
    """An address on this machine, and the first line that each who came there sent."""

    url: str
    came: list[str] = field(default_factory=list)


def stored(trial: Trial, articles: Path = SEEDS) -> Path:
    """A new store of these articles; raises RuntimeError where they cannot all be added."""
    store = trial.place("store")
    run = trial.kg("add", articles, "--store", store, seconds=300)
    if run.code != 0:
        raise RuntimeError(f"the articles could not be added: {run}")
    return store


def digest(store: Path) -> str:
    """The SHA-256 of all that a store holds."""
    return open_store(store).digest()


@contextmanager
def served(trial: Trial, store: Path, seconds: float = 30) -> Iterator[str]:
    """The address of a server over a store, in a process of its own, whose queries may take so many seconds."""
    with subprocess.Popen(trial.python(_SERVE, store, seconds), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = process.stderr.readline()
        if not said.startswith("http://"):
            raise RuntimeError(f"no server: {said}{process.stderr.read()}")
        # What it says later is taken away, or a full pipe would stop it.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        try:
            yield said.split()[0].rstrip("/")
        finally:
            process.terminate()


@contextmanager
def listening() -> Iterator[Listener]:
    """Answers nobody, and writes down who comes."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        heard = Listener(f"http://127.0.0.1:{held.getsockname()[1]}/")

        def hear() -> None:
            while True:
                try:
                    caller = held.accept()[0]
                except OSError:  # closed: the row is over
                    return
                with caller:
                    caller.settimeout(2)
                    try:
                        heard.came.append(caller.recv(200).partition(b"\r\n")[0].decode("latin-1"))
                    except OSError:
                        heard.came.append("nothing was sent")

        threading.Thread(target=hear, daemon=True).start()
        yield heard
        held.shutdown(socket.SHUT_RDWR)
