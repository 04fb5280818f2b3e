"""A proxy that cuts connections: before an update has gone through, in the middle of it, or once it is done and before its answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urlsplit

BEFORE, AMID, AFTER = "before the request", "amid the request", "before the answer"


@dataclass
class Proxy:
    """Where it is reached, which updates (counted from 1) it cuts and how, and how many it let through to the server."""

    address: str
    cuts: dict[int, str] = field(default_factory=dict)
    seen: int = 0
    through: int = 0


@contextmanager
def cutting(upstream: str) -> Iterator[Proxy]:
    """A proxy before a server, with the same paths."""
    parts = urlsplit(upstream)
    with socket.create_server(("127.0.0.1", 0)) as held:
        proxy = Proxy(parts._replace(netloc=f"127.0.0.1:{held.getsockname()[1]}").geturl())

        def serve() -> None:
            while True:
                try:
                    caller = held.accept()[0]
                except OSError:  # closed: the test is over
                    return
                threading.Thread(target=_handle, args=(proxy, caller, (parts.hostname, parts.port)), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield proxy
        held.shutdown(socket.SHUT_RDWR)


def _handle(proxy: Proxy, caller: socket.socket, upstream: tuple[str | None, int | None]) -> None:
    """One request a connection, read whole, then passed on or not."""
    with caller, caller.makefile("rb") as stream, suppress(OSError):
        head, body = _request(stream)
        if not head:
            return
        cut = ""
        if body.startswith(b"update="):
            proxy.seen += 1
            cut = proxy.cuts.get(proxy.seen, "")
        if cut == BEFORE:
            return
        with socket.create_connection((str(upstream[0]), int(upstream[1] or 80)), timeout=120) as server:
            server.sendall(head + (body[: len(body) // 2] if cut == AMID else body))
            if cut == AMID:
                return
            answer = b"".join(iter(lambda: server.recv(1 << 16), b""))
            proxy.through += body.startswith(b"update=") and b" 401 " not in answer[:20]
            if cut != AFTER:
                caller.sendall(answer)


def _request(stream: BinaryIO) -> tuple[bytes, bytes]:
    lines = []
    size = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        size = int(value) if name.lower() == b"content-length" else size
        lines += [b"Connection: close\r\n"] if name.lower() == b"connection" else [line]
    return b"".join([*lines, b"\r\n"]) if lines else b"", stream.read(size)
