"""SPARQL -> an Answer, guarded, within a time, and interruptible."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from kg.errors import QueryError
from kg.query.answers import Answer, answer_of, received
from kg.query.files import NamedQuery
from kg.query.parameters import bind
from kg.store import sparql
from kg.store.embedded import Store
from kg.vocabulary import PREFIXES

Result = TypeVar("Result")


def ask_store(store: Store, query: NamedQuery, given: Mapping[str, str] | None = None, timeout: float | None = None) -> Answer:
    """What the store answers to a named query with these values of its parameters; raises as `bind` and `run` do."""
    return run(store, bind(store, query, given or {}), timeout, ours=True)


def known_prefixes() -> str:
    """The PREFIX lines of our vocabulary, in one line, to stand before a query; its own declarations prevail.

    >>> known_prefixes()[:44]
    'PREFIX kg: <https://w3id.org/proviso#> PREFI'
    """
    return " ".join(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items()) + " "


def run(store: Store, text: str, timeout: float | None = None, *, ours: bool = False) -> Answer:
    """What the store answers to any read-only SPARQL 1.1 query; all its graphs together are the default graph.

    `ours` says that the text is a named query's, or was made of a question in words.

    With `timeout` (seconds) the query runs in a process that is killed at the limit. Without, Ctrl-C raises
    KeyboardInterrupt at once, although the engine goes on in its thread until the process ends. Raises QueryError.

    >>> from kg.store.embedded import memory
    >>> run(memory(), "ASK { ?s ?p ?o }").rows[0][0].value
    'false'
    """
    guarded = sparql.guard(text, ours=ours)
    try:
        if timeout is not None:
            from kg.store.worker import worker_for

            with worker_for(store) as worker:
                return received(*worker.ask(guarded, timeout))
        return _interruptibly(lambda: answer_of(store.query(guarded)))
    except SyntaxError as error:
        raise sparql.explain(error, text) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query failed: {error}", "", "kg verify says whether the store is damaged") from error


def _interruptibly(work: Callable[[], Result]) -> Result:
    """Runs `work` so that the main thread can be interrupted: the engine never looks at signals, a waiting thread does."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    results: list[Result] = []
    errors: list[BaseException] = []

    def go() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the waiting thread, which raises it
            errors.append(error)

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
