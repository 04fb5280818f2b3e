"""Servers of others for a store at an address, each on this machine, in a folder that goes with it: Oxigraph's and Virtuoso 7.

    with oxigraph(folder) as server:      of the pinned environment; without it CannotRun
    with virtuoso(folder) as server:      Debian's virtuoso-opensource-7; `make reach` installs it where apt-get is

A server can be killed and started again over the same files, as a power cut or an administrator would.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.faults.scorecard import CannotRun

OXIGRAPH = "oxigraph"  # beside the interpreter
STARTING = 60.0  # seconds that Virtuoso may take to make its files on a busy machine
PASSWORD = "plain words of nobody"
INI = """\
[Database]
DatabaseFile = {place}/virtuoso.db
ErrorLogFile = {place}/virtuoso.log
LockFile = {place}/virtuoso.lck
TransactionFile = {place}/virtuoso.trx
xa_persistent_file = {place}/virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = {place}/temp.db
TransactionFile = {place}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 60
CaseMode = 2
NumberOfBuffers = 20000
MaxDirtyBuffers = 12000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {place}
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryCostEstimationTime = 400
MaxQueryExecutionTime = 60
"""


@dataclass
class Server:
    """A server of somebody's: where it is asked, and what its commands need to be let in."""

    address: str
    command: list[str]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it over its files, and waits until it answers; raises RuntimeError where it does not."""
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + STARTING
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise RuntimeError(f"{self.command[0]} did not start")
            time.sleep(0.05)

    def kill(self) -> None:
        """Ends it at once, as a power cut would (SIGKILL)."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


def free_port() -> int:
    """A port of this machine that nobody listened at a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


@contextmanager
def oxigraph(place: Path) -> Iterator[Server]:
    """Oxigraph's own server over a new folder; raises CannotRun where it is not installed."""
    program = Path(sys.executable).with_name(OXIGRAPH)
    if not program.exists():
        raise CannotRun("oxigraph is not in this environment: pip install proviso-kg[dev]")
    port = free_port()
    command = [str(program), "serve", "--location", str(place), "--bind", f"127.0.0.1:{port}"]
    server = Server(f"http://127.0.0.1:{port}/query", command, lambda: _answers(f"http://127.0.0.1:{port}/query?query=ASK%20%7B%7D"))
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def virtuoso(place: Path, rows: int = 10_000) -> Iterator[Server]:
    """Virtuoso 7 over a new folder, with a user who may write and is let in by digest; it gives at most so many rows of an answer.

    Raises CannotRun where it is not installed.
    """
    program, client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if not program or not client:
        raise CannotRun("Virtuoso is not on this machine: make reach installs it where apt-get is")
    place.mkdir(parents=True)
    port, sql = free_port(), free_port()
    (place / "virtuoso.ini").write_text(INI.format(place=place, port=port, sql=sql, rows=rows), "utf-8")
    command = [program, "+foreground", "+configfile", str(place / "virtuoso.ini")]
    address = f"http://127.0.0.1:{port}/sparql-auth"
    told = {"KG_STORE_USER": "writer", "KG_STORE_PASSWORD": PASSWORD}
    server = Server(address, command, lambda: _answers(f"http://127.0.0.1:{port}/sparql?query=ASK%20%7B%7D"), told)
    server.start()
    try:
        statements = f"""DB.DBA.USER_CREATE('writer', '{PASSWORD}'); GRANT SPARQL_UPDATE TO "writer";
            DB.DBA.RDF_DEFAULT_USER_PERMS_SET('writer', 7); CHECKPOINT;"""
        done = subprocess.run(
            [client, str(sql), "dba", "dba", f"EXEC={statements}"], capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode or "*** Error" in done.stdout + done.stderr:
            raise RuntimeError(f"Virtuoso could not be set up: {done.stdout[-300:]}{done.stderr[-300:]}")
        yield server
    finally:
        server.kill()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
