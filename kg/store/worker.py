"""A query in a process of its own: it can be stopped at a time limit, its memory has a bound, and it has no network.

The engine cannot be told to stop, so the process is killed. Frames go through its standard streams: a header (kind, number of
bytes), then the bytes; a query and its dataset travel as JSON, answers as SPARQL JSON and N-Triples. A worker answers any
number of queries, and is started anew after a kill.
"""

from __future__ import annotations

import json
import os
import queue
import select
import selectors
import struct
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import LimitError, QueryError
from kg.store import sparql
from kg.store.embedded import Dataset, Store

if TYPE_CHECKING:
    from kg.store.remote import RemoteStore

MEMORY = 2 << 30  # bytes of address space: the engine, the query and its answer
_START = 10.0  # seconds a process may take to start, on a busy machine; not part of the query's time
_HEAD = struct.Struct("<cdQ")
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from kg.store.worker import serve; serve(sys.argv[2], int(sys.argv[3]))"
_ROOT = str(Path(__file__).resolve().parents[2])


class Worker:
    """One killable process over one store, as it is now; `with` it, or `close` it.

    `ask` takes guarded text and seconds and gives the kind of answer (`s` SELECT, `a` ASK, `c` CONSTRUCT) and its bytes.
    """

    def __init__(self, store: Store, memory: int = MEMORY) -> None:
        self._store, self._memory = store, memory
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def ask(self, text: str, seconds: float, dataset: Dataset | None = None) -> tuple[str, bytes]:
        """The answer of all graphs, or of a dataset, within `seconds`; raises QueryError where it takes longer, needs too much memory, or is wrong."""
        process = self._started()
        data = json.dumps((text, dataset), ensure_ascii=False).encode("utf-8", "replace")
        try:
            assert process.stdin
            process.stdin.write(_HEAD.pack(b"q", seconds, len(data)) + data)
            process.stdin.flush()
            kind, answer = _receive(process, seconds)
        except TimeoutError:
            self._kill()
            raise LimitError(f"the query was stopped at its limit of {seconds:g} s", "", sparql.LESS_OR_LONGER) from None
        except (EOFError, BrokenPipeError):
            self._kill()
            what = f"the query was stopped: it needed more than {self._memory >> 20:,} MB of memory, or broke the engine"
            raise LimitError(what, "", sparql.LESS) from None
        except BaseException:
            self._kill()
            raise
        if kind == "x":
            raise SyntaxError(answer.decode())
        if kind == "e":
            raise QueryError(f"the query failed: {answer.decode()}")
        return kind, answer

    def start(self) -> None:
        """Starts the process, where none runs, so that the next query need not wait for it; raises QueryError where none can be started."""
        self._started()

    def stop(self) -> None:
        """Ends the process while another thread asks, which hears that the query was stopped."""
        if self._process:
            self._process.kill()

    def close(self) -> None:
        """Ends the process and takes away what was copied for it."""
        self._kill()
        if self._folder:
            self._folder.cleanup()
            self._folder = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process and self._process.poll() is None:
            return self._process
        self._kill()
        command = [sys.executable, "-P", "-c", _BOOT, _ROOT, str(self._source()), str(self._memory)]
        # A session of its own, so that Ctrl-C reaches this process, which kills that one.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            kind, answer = _receive(self._process, _START)
        except (TimeoutError, EOFError):
            self._kill()
            raise QueryError("no process for the query could be started", "", "ask without --timeout; kg doctor says more") from None
        if kind == "e":
            self._kill()
            raise QueryError(f"the store cannot be read: {answer.decode()}", str(self._store.path or ""), "kg verify says what is damaged")
        return self._process

    def _source(self) -> Path:
        if self._store.snapshot:
            return self._store.snapshot
        if not self._folder:
            self._folder = tempfile.TemporaryDirectory(prefix="kg-")
            self._store.dump(Path(self._folder.name) / "quads.nq")
        return Path(self._folder.name) / "quads.nq"

    def _kill(self) -> None:
        if self._process:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout):
                if stream:
                    with suppress(OSError):
                        stream.close()
            self._process.wait()
            self._process = None


class Asker:
    """The same over a store at an address: its server runs the query, and is not waited for once the time is up."""

    def __init__(self, store: RemoteStore) -> None:
        self._store, self._here = store, Worker(store)
        self._told: queue.SimpleQueue[tuple[str, bytes] | BaseException] = queue.SimpleQueue()

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def ask(self, text: str, seconds: float, dataset: Dataset | None = None) -> tuple[str, bytes]:
        """As `Worker.ask`; raises what `Endpoint.asked` does too. Where its server is not believed a process here answers."""
        if self._store.at_home:
            return self._here.ask(text, seconds, dataset)
        told = self._told = queue.SimpleQueue()

        def go() -> None:
            try:
                told.put(self._store.endpoint.asked(text, dataset, seconds))
            except BaseException as error:  # handed to the waiting thread, which raises it
                told.put(error)

        threading.Thread(target=go, daemon=True).start()
        found = told.get()
        if isinstance(found, BaseException):
            raise found
        return found

    def start(self) -> None:
        """Nothing: the server runs."""

    def stop(self) -> None:
        """Lets whoever asks wait no longer."""
        self._told.put(LimitError("the query was stopped", "", "ask again"))
        self._here.stop()

    def close(self) -> None:
        """Ends the process here, where there is one."""
        self._here.close()


def worker_for(store: Store) -> Worker | Asker:
    """What asks a store within a limit of time: a process of its own, or the store's server."""
    from kg.store.remote import RemoteStore

    return Asker(store) if isinstance(store, RemoteStore) else Worker(store)


def _receive(process: subprocess.Popen[bytes], seconds: float) -> tuple[str, bytes]:
    """One frame of the process, whole within the time; raises TimeoutError, and EOFError where the process ended."""
    assert process.stdout
    until = time.monotonic() + seconds
    data = bytearray()
    needed = _HEAD.size
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while len(data) < needed:
            if not selector.select(max(0.0, until - time.monotonic())):
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), min(needed - len(data), 1 << 20))
            if not piece:
                raise EOFError
            data += piece
            if len(data) == _HEAD.size:
                needed += _HEAD.unpack(data)[2]
    return _HEAD.unpack(data[: _HEAD.size])[0].decode(), bytes(data[_HEAD.size :])


def serve(source: str, memory: int) -> None:
    """The worker's own side: opens a snapshot (or an N-Quads file) and answers frames until its input ends."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _leave_network()
    _share_memory()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    inlet, outlet = sys.stdin.buffer, sys.stdout.buffer
    try:
        store = _opened(Path(source))
    except (OSError, RuntimeError, SyntaxError) as error:
        _send(outlet, "e", str(error).encode())
        return
    _send(outlet, "r", b"")
    while head := inlet.read(_HEAD.size):
        _, seconds, size = _HEAD.unpack(head)
        used = resource.getrusage(resource.RUSAGE_SELF)
        # Where the parent is killed and cannot kill, the kernel does: its limit counts processor time, hence the margin.
        limit = int(used.ru_utime + used.ru_stime + min(seconds, 1e8)) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        text, graphs = json.loads(inlet.read(size))
        _send(outlet, *_answer(store, text, Dataset(*graphs) if graphs else None))


def _opened(source: Path) -> Store:
    import pyoxigraph as ox

    if source.is_dir():
        return Store(ox.Store.read_only(str(source)), snapshot=source)
    engine = ox.Store()
    engine.bulk_load(path=source, format=ox.RdfFormat.N_QUADS)
    return Store(engine)


def _answer(store: Store, text: str, dataset: Dataset | None) -> tuple[str, bytes]:
    import pyoxigraph as ox

    try:
        answer = store.query(text, dataset)
        if isinstance(answer, ox.QueryTriples):
            return "c", answer.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
        kind = "a" if isinstance(answer, ox.QueryBoolean) else "s"
        return kind, answer.serialize(format=ox.QueryResultsFormat.JSON) or b""
    except SyntaxError as error:
        return "x", str(error).encode()
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        return "e", (str(error) or type(error).__name__).encode()


def _send(outlet: BinaryIO, kind: str, data: bytes) -> None:
    outlet.write(_HEAD.pack(kind.encode(), 0.0, len(data)) + data)
    outlet.flush()


def _end_with_parent() -> None:
    """Ends this process, whatever it computes, once nobody can write to its input any more: the parent closed it, or was killed."""
    hung_up = select.poll()
    hung_up.register(sys.stdin, 0)  # no event but the one that needs no asking for
    hung_up.poll()
    os._exit(1)


def _share_memory() -> None:
    """Lets all threads allocate from one arena (glibc): one each would take 64 MB of an address space that has a limit."""
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(-8, 1)  # M_ARENA_MAX


def _leave_network() -> None:
    """Into a network namespace of its own with nothing in it, where the system lets a user do so (Linux)."""
    import ctypes

    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare:
        unshare(0x10000000 | 0x40000000)  # CLONE_NEWUSER | CLONE_NEWNET; SERVICE is refused before, whatever this says
