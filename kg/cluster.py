"""One function over many things on the workers of a dask.distributed cluster, in the order they came: `kg.parallel` past one machine.

    things --lots--> workers --results, packed--> the one that asked, in order

Whatever becomes of a worker, each thing has exactly one result. A lot whose worker dies is given to others; one that keeps
killing workers is taken apart, and a thing that does so with nothing else running is `Lost`. A lot that takes long is given
to a second worker, and the first result counts. What is sent is unpickled at the other end: whoever can speak to the
scheduler can run code here and on every worker.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from kg import __version__
from kg.errors import ProvisoError

Thing = TypeVar("Thing")
Made = TypeVar("Made")
AT_ONCE = 16  # things that go to a worker together
AHEAD = 3  # lots a worker has waiting
CONNECTING = 10.0  # seconds
PATIENCE = 120.0  # seconds until a lot is given to a second worker, and until it is given up then
_shared: dict[str, Any] = {}  # on a worker: what it works with, by the run's name


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a thing has no result."""

    reason: str


def ordered(
    function: Callable[[Any, Thing], Made],
    shared: Any,
    things: Iterable[Thing],
    address: str,
    here: Callable[[Thing], Made | None] = lambda _: None,
    patience: float = PATIENCE,
) -> Iterator[tuple[Thing, Made | Lost]]:
    """Each thing with `function(shared, thing)`, in order; `shared` goes to each worker once. What `here` makes goes nowhere.

    The function stands at the top of a module of kg, and things and results can be pickled. Raises ProvisoError where there is
    no cluster, no worker, or one with another version of kg.
    """
    cluster = _Cluster(address, function, shared, patience)
    rest = iter(things)
    waiting: deque[tuple[list[Thing], list[Made | None], Any]] = deque()  # things, what was made here, what the cluster is asked
    try:
        while True:
            while len(waiting) < AHEAD * cluster.threads() and (lot := list(islice(rest, AT_ONCE))):
                made = [here(thing) for thing in lot]
                away = [thing for thing, done in zip(lot, made, strict=True) if done is None]
                waiting.append((lot, made, cluster.ask(away)))
            if not waiting:
                return
            lot, made, asked = waiting.popleft()
            away = [thing for thing, done in zip(lot, made, strict=True) if done is None]
            found = iter(cluster.results(away, asked, [other for _, _, other in waiting]))
            yield from ((thing, next(found) if done is None else done) for thing, done in zip(lot, made, strict=True))
    finally:
        cluster.close()


class _Cluster:
    """A connection to a scheduler whose workers have what they work with."""

    def __init__(self, address: str, function: Callable[[Any, Any], Any], shared: Any, patience: float) -> None:
        try:
            import distributed
        except ImportError:
            raise ProvisoError("reading on a cluster needs dask.distributed, which is not installed", "option --cluster", "pip install proviso-kg[cluster]") from None  # fmt: skip
        for name in list(logging.root.manager.loggerDict):  # dask gives some of them a level of their own
            if name.partition(".")[0] in ("distributed", "tornado"):
                logging.getLogger(name).setLevel(logging.CRITICAL)  # what becomes of workers is told by what becomes of the work
        self._address, self._patience = address, patience
        try:
            asyncio.run(_greeted(address))
            self._client: Any = distributed.Client(address, timeout=CONNECTING)
        except Exception as error:  # whatever listens there, and whatever dask makes of what that says
            what = f"no cluster answers: {str(error).partition(chr(10))[0][:100] or type(error).__name__}"
            raise ProvisoError(what, address, "give the address that `dask scheduler` prints, such as tcp://127.0.0.1:8786") from None
        try:
            self._prepare(function, shared)
        except BaseException:
            self.close()
            raise

    def _prepare(self, function: Callable[[Any, Any], Any], shared: Any) -> None:
        from distributed import WorkerPlugin

        if not self.threads():
            raise ProvisoError("the cluster has no workers", self._address, f"dask worker {self._address} --nthreads 1 --nworkers 4")
        with self._held():
            versions = self._client.run(_version, on_error="return").values()
        for error in versions:
            if isinstance(error, Exception):
                raise ProvisoError(f"a worker cannot load kg: {error}", self._address, f"install kg {__version__} on each")
        others = {version for version in versions if version != __version__}
        if others:
            raise ProvisoError(
                f"its workers have kg {', '.join(sorted(others))}, this is {__version__}", self._address, "install one version on all"
            )
        self._run = f"kg-{id(self)}-{self._client.id}"

        class Bring(WorkerPlugin):
            """Gives a worker, also one that comes later, what it works with."""

            name = run = self._run
            given = pickle.dumps((function, shared))

            def setup(self, worker: Any) -> None:
                from kg import cluster

                cluster._shared[self.run] = pickle.loads(self.given)

            def teardown(self, worker: Any) -> None:
                from kg import cluster

                cluster._shared.pop(self.run, None)

        with self._held():
            self._client.register_plugin(Bring())

    @contextmanager
    def _held(self) -> Iterator[None]:
        """What dask raises of a scheduler that is gone, which depends on what it was at, as one error; all else as it is."""
        try:
            yield
        except (Exception, asyncio.CancelledError) as error:
            lost = isinstance(error, CancelledError | asyncio.CancelledError | OSError) or self._client.status != "running"
            if isinstance(error, ProvisoError) or not lost:
                raise
            raise ProvisoError("the cluster is gone", self._address, "start it again, then go on with --resume") from error

    def threads(self) -> int:
        """How many things can be worked on at a time."""
        with self._held():
            return sum(self._client.nthreads().values())

    def ask(self, things: list[Any], workers: list[str] | None = None) -> Any:
        """What will be the results of these things; None for none."""
        with self._held():
            return self._client.submit(_work, self._run, things, pure=False, retries=2, workers=workers) if things else None

    def results(self, things: list[Any], asked: Any, others: list[Any]) -> list[Any]:
        """The results of what was asked, a `Lost` for each thing that has none; `others` is what else the cluster is asked."""
        from distributed import wait

        with self._held():
            found = self._first(things, asked)
        if isinstance(found, Lost) and len(things) > 1:
            return [one for thing in things for one in self.results([thing], self.ask([thing]), others)]
        if isinstance(found, Lost):  # its worker may have died of something else that ran there
            running = [other for other in others if other is not None]
            with self._held(), suppress(TimeoutError):
                wait(running, timeout=self._patience)
            with self._held():
                found = self._first(things, self.ask(things))
        return [found] * len(things) if isinstance(found, Lost) else found

    def _first(self, things: list[Any], asked: Any) -> list[Any] | Lost:
        """The results from whichever worker has them first."""
        from distributed import KilledWorker, wait

        if asked is None:
            return []
        copies = [asked]
        try:
            for turn in range(2):
                try:
                    done = next(iter(wait(copies, timeout=self._patience, return_when="FIRST_COMPLETED").done))
                    return list(pickle.loads(zlib.decompress(done.result())))
                except TimeoutError:
                    if not self.threads():
                        raise ProvisoError(
                            "the cluster has no workers left", self._address, "start some, then go on with --resume"
                        ) from None
                    copies += [self.ask(things, self._idle(asked))] if turn == 0 else []
            return Lost(f"no worker was done with it within {2 * self._patience:g} s")
        except KilledWorker as error:
            return Lost(f"it killed every worker that read it, {error.allowed_failures + 1} of them")
        finally:
            self._client.cancel(copies, force=True)

    def _idle(self, asked: Any) -> list[str] | None:
        """The workers that are not at it."""
        at_it = {worker for workers in self._client.processing().items() if asked.key in workers[1] for worker in workers[:1]}
        return [worker for worker in self._client.nthreads() if worker not in at_it] or None

    def close(self) -> None:
        """Lets the workers forget what they were given."""
        with suppress(Exception):  # the cluster is gone, or was never given anything
            self._client.unregister_worker_plugin(self._run)
        with suppress(Exception):
            self._client.close(timeout=5)


async def _greeted(address: str) -> None:
    """Ends once what listens there greets as dask does; dask itself has no limit of time for that, nor for a web server's silence."""
    from distributed import Security
    from distributed.comm.core import connect

    greeting = connect(address, CONNECTING, **Security().get_connection_args("client"))
    await (await asyncio.wait_for(greeting, CONNECTING)).close()


def _version() -> str:
    return __version__


def _work(run: str, things: list[Any]) -> bytes:
    """On a worker: the results, packed, for graphs are long and much alike."""
    function, shared = _shared[run]
    return zlib.compress(pickle.dumps([function(shared, thing) for thing in things]), 1)
