"""What a server for this machine alone needs: its address and headers, a port, a request's body within limits, errors in words."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import ProvisoError, QueryError, UsageError

ADDRESS = "127.0.0.1"
NAMES = [ADDRESS, "localhost"]  # by which this machine calls itself; another's domain can be pointed here too
ARRIVING = 5.0  # seconds that a request may take to come whole; one who stops in the middle holds up whoever stops the server
LONGEST = 4_000_000  # bytes of a request
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".csv": "text/csv; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml", ".gexf": "application/xml"}  # fmt: skip


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket that listens on a port of this machine alone, 0 for any that is free; raises UsageError where the port is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((ADDRESS, port))
            made.listen(2048)
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"port {port} cannot be used: {error}", ADDRESS, "name another one with --port, or 0 for any that is free"
            ) from None
        yield made


def run(
    application: Starlette, at: socket.socket, stopping: Callable[[], None] = lambda: None, ended: Callable[[], bool] = lambda: False
) -> None:
    """Serves until it is interrupted, of which `stopping` is told at once, or until `ended` says so."""
    import uvicorn

    class Server(uvicorn.Server):
        """One that says when it is to stop, before it waits for anybody."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            stopping()
            super().handle_exit(sig, frame)

        async def on_tick(self, counter: int) -> bool:
            return ended() or await super().on_tick(counter)

    Server(uvicorn.Config(application, log_level="error", lifespan="off", server_header=False)).run(sockets=[at])


async def body(request: Request) -> bytes:
    """The body, whole; raises QueryError where it is too long, or does not come."""
    got = bytearray()
    try:
        async with asyncio.timeout(ARRIVING):
            async for piece in request.stream():
                got += piece
                if len(got) > LONGEST:
                    raise QueryError("the request is too long", f"more than {LONGEST} bytes", "send less")
    except TimeoutError:
        raise QueryError("the request did not come whole", f"within {ARRIVING:g} s", "send it again") from None
    return bytes(got)


def told(error: ProvisoError, status: int) -> Response:
    """An error in its three lines."""
    return Response(f"{error}\n", status, {**HEADERS, "Content-Type": "text/plain; charset=utf-8"})
