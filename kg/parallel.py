"""One function over many things, on one process or several, in the order they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
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
    with ProcessPoolExecutor(jobs, get_context("spawn"), _set, (function, shared)) as pool:
        while True:
            while len(waiting) < jobs * AHEAD and (lot := list(islice(rest, AT_ONCE))):
                waiting.append(pool.submit(_run, lot))
            if not waiting:
                return
            yield from waiting.popleft().result()


def _set(function: Callable[[Any, Any], Any], shared: Any) -> None:
    _shared.update(function=function, shared=shared)


def _run(things: list[Any]) -> list[Any]:
    return [_shared["function"](_shared["shared"], thing) for thing in things]
