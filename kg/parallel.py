"""One function over many things, on one process or several, in the order they came.

Ctrl-C reaches the one that asked, not the others: it would find them half imported, and each would say so. They end with it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")
AT_ONCE = 32  # things that go to a process together
AHEAD = 3  # lots a process has waiting: what is read stays small, however many things there are
_shared: dict[str, Any] = {}


def ordered(function: Callable[[Any, Thing], Made], shared: Any, things: Iterable[Thing], jobs: int = 1) -> Iterator[Made]:
    """`function(shared, thing)` of each thing, in order; `shared` goes to each process once. With several processes the
    function stands at the top of a module, and things and results can be pickled.

    >>> list(ordered(lambda add, n: add + n, 10, [1, 2]))
    [11, 12]
    """
    if jobs == 1:
        yield from (function(shared, thing) for thing in things)
        return
    rest = iter(things)
    waiting: deque[Future[list[Made]]] = deque()
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _set, (function, shared))
    try:
        while True:
            while len(waiting) < jobs * AHEAD and (lot := list(islice(rest, AT_ONCE))):
                with _interrupts_held():  # a process may be started, and has what is held from then on
                    waiting.append(pool.submit(_run, lot))
            if not waiting:
                return
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def within(seconds: float, work: Callable[[], Made]) -> Made:
    """What `work` returns or raises; raises TimeoutError where that takes more than so many seconds, and leaves it to itself.

    For what waits in many steps: a time for each of them is none for all, and what comes byte by byte takes many.

    >>> within(5, lambda: 11)
    11
    """
    done: Future[Made] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except Exception as error:  # for the one who waits
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()  # one of a pool would be waited for at the end
    return done.result(seconds)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C comes when this is over."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _set(function: Callable[[Any, Any], Any], shared: Any) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _shared.update(function=function, shared=shared)


def _end_with_parent() -> None:
    """Ends this process, whatever it reads, once the one that asked is gone, by whatever it was ended."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _run(things: list[Any]) -> list[Any]:
    return [_shared["function"](_shared["shared"], thing) for thing in things]
