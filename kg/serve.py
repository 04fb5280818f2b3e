"""The pages live, with a SPARQL 1.1 endpoint: on this machine alone, and nothing that is asked can change anything.

    store's path --application--> Starlette --serve--> 127.0.0.1

Queries run in processes that are killed at their limits (`kg.store.worker`); which limit struck is said. A store that changes is read
again with the next request; one that is gone is said to be gone, and served again when it is back.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import LimitError, ProvisoError, QueryError, StoreError
from kg.listing import listing
from kg.local import ADDRESS, HEADERS, NAMES, TYPES, body, listening, run, told
from kg.query import Answer, list_questions, plain_value, received, to_json_rows, unreviewed
from kg.store import sparql
from kg.store.embedded import Dataset, Store, open_store
from kg.store.endpoint import Endpoint
from kg.store.folder import JOURNAL
from kg.store.remote import newest, open_remote
from kg.store.worker import Asker, Worker, worker_for
from kg.view.site.facts import read_facts
from kg.view.site.maker import MENU, Maker
from kg.view.site.pages import editor_files, site_pages
from kg.vocabulary import ID, PREFIXES

SECONDS = 30.0  # that a query may take
WORKERS = 2  # processes that answer queries
MOST_BYTES = 64 << 20  # of an answer
MOST_SHOWN = 500  # rows on a page
# What an answer can be written as: media type -> the engine's format, the first where a client takes anything.
RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON, "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV, "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    "application/json": ox.QueryResultsFormat.JSON, "application/xml": ox.QueryResultsFormat.XML,
}  # fmt: skip
GRAPHS = {
    "text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES, "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML, "text/plain": ox.RdfFormat.N_TRIPLES, "application/json": ox.RdfFormat.JSON_LD,
}  # fmt: skip
SHORT = {"json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "csv": "text/csv", "tsv": "text/tab-separated-values", "ttl": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json"}  # fmt: skip
DESCRIPTION = """\
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
[] a sd:Service ;
  sd:endpoint <{endpoint}> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:feature sd:UnionDefaultGraph ;
  sd:resultFormat <http://www.w3.org/ns/formats/SPARQL_Results_JSON>, <http://www.w3.org/ns/formats/SPARQL_Results_XML>,
    <http://www.w3.org/ns/formats/SPARQL_Results_CSV>, <http://www.w3.org/ns/formats/SPARQL_Results_TSV>, <http://www.w3.org/ns/formats/Turtle>,
    <http://www.w3.org/ns/formats/N-Triples>, <http://www.w3.org/ns/formats/JSON-LD> .
"""


@dataclass
class _State:
    """A store as it was read: its pages by path, made when first asked for, and the processes that answer queries over it."""

    mark: tuple[int | str, ...]
    store: Store
    maker: Maker
    pages: dict[str, Callable[[], bytes]]
    every: tuple[Worker | Asker, ...]
    free: queue.Queue[Worker | Asker] = field(default_factory=queue.Queue)
    stopped: bool = False
    made: dict[str, bytes] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def page(self, path: str) -> bytes | None:
        """The bytes of a page; None where there is none."""
        with self.lock:
            if path not in self.made and path in self.pages:
                self.made[path] = self.pages[path]()
            return self.made.get(path)

    def ask(self, text: str, seconds: float, dataset: Dataset | None = None) -> tuple[str, bytes]:
        """The kind of answer and its bytes, in one of the processes; raises QueryError where none is free in time, it is stopped, or too long."""
        # The Protocol leaves it to the service what relative IRIs are relative to: here, to where the ids are.
        guarded = f"BASE <{ID}> {sparql.guard(text, dataset is not None)}"
        try:
            worker = self.free.get(timeout=seconds)
        except queue.Empty:
            raise LimitError(f"all {WORKERS} processes for queries were busy for {seconds:g} s", "", "ask again a little later") from None
        try:
            if self.stopped:
                raise _stopping()
            kind, data = worker.ask(guarded, seconds, dataset)
        except SyntaxError as error:
            raise sparql.explain(error, text) from error
        except LimitError as error:
            if self.stopped:
                raise _stopping() from None
            if error.hint == sparql.LESS_OR_LONGER:
                error.hint = sparql.LESS  # whoever asks over HTTP has no option
            raise
        finally:
            threading.Thread(target=self.give, args=(worker,), daemon=True).start()
        if len(data) > MOST_BYTES:
            what = f"the query was stopped: its answer has more than {MOST_BYTES >> 20} MB"
            raise LimitError(what, "", "ask for less: a LIMIT, fewer columns")
        return kind, data

    def give(self, worker: Worker | Asker) -> None:
        """Gives a process back when it can take the next query; one that was killed is started again first."""
        with suppress(QueryError):  # then whoever asks next is told
            if not self.stopped:
                worker.start()
        self.free.put(worker)

    def stop(self) -> None:
        """Ends what the processes are at, and lets them begin nothing more."""
        self.stopped = True
        for worker in self.every:
            worker.stop()

    def close(self) -> None:
        """Ends the processes, each when it is free."""
        for _ in self.every:
            self.free.get(timeout=SECONDS + 5).close()


class Live:
    """A store that is served: what was read of it last, read again when it has changed."""

    def __init__(self, place: Path | Endpoint, seconds: float = SECONDS) -> None:
        self.place, self.seconds = place, seconds
        self._state: _State | None = None
        self._lock = threading.Lock()

    def state(self) -> _State:
        """The store as it is now; raises StoreError where there is none."""
        with self._lock:
            mark = self._mark()
            if self._state is None or self._state.mark != mark:
                old, self._state = self._state, self._read(mark)
                if old:
                    threading.Thread(target=old.close, daemon=True).start()
            return self._state

    def _mark(self) -> tuple[int | str, ...]:
        if isinstance(self.place, Endpoint):
            return (newest(self.place, self.seconds),)
        try:
            stat = (self.place / JOURNAL).stat()
        except OSError:
            raise StoreError("the store is gone", str(self.place), "put it back, or stop with Ctrl-C") from None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _read(self, mark: tuple[int | str, ...]) -> _State:
        store = open_remote(self.place) if isinstance(self.place, Endpoint) else open_store(self.place)
        maker = Maker(read_facts(store), menu=(*MENU, ("query", "Query")))
        state = _State(
            mark, store, maker, dict([*site_pages(maker), *editor_files(maker)]), tuple(worker_for(store) for _ in range(WORKERS))
        )
        for worker in state.every:
            state.give(worker)
        return state

    def stop(self) -> None:
        """Ends the queries that run, so that nobody waits for them."""
        if self._state:
            self._state.stop()

    def close(self) -> None:
        """Ends the processes."""
        if self._state:
            self._state.close()
            self._state = None


def application(live: Live) -> Starlette:
    """The pages, `/sparql`, `/query` and `/healthz` of a store."""

    async def page(request: Request) -> Response:
        path = request.path_params.get("path") or "index.html"
        data = await run_in_threadpool(lambda: live.state().page(path))
        if data is None:
            return told(ProvisoError("there is no such page", f"/{path}", "begin at /"), 404)
        return Response(data, headers={**HEADERS, "Content-Type": TYPES.get(Path(path).suffix, "application/octet-stream")})

    async def endpoint(request: Request) -> Response:
        text, dataset = await _query_of(request)
        if text is None:
            return Response(
                DESCRIPTION.format(endpoint=str(request.url.replace(query=""))), headers={**HEADERS, "Content-Type": "text/turtle"}
            )
        kind, data = await run_in_threadpool(lambda: live.state().ask(text, live.seconds, dataset))
        return await run_in_threadpool(_written, kind, data, request)

    async def editor(request: Request) -> Response:
        text = dict(_fields(request.scope["query_string"])).get("query", "")
        made = await run_in_threadpool(_query_page, live, text)
        return Response(made, headers={**HEADERS, "Content-Type": TYPES[".html"]})

    async def health(_: Request) -> Response:
        state = await run_in_threadpool(live.state)
        facts_now = {"status": "ok", "articles": len(state.maker.facts.articles), "statements": len(state.maker.facts.statements)}
        return Response(json.dumps(facts_now), headers={**HEADERS, "Content-Type": "application/json"})

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, ProvisoError)
        return told(error, 503 if isinstance(error, LimitError | StoreError) else 400)

    async def hung_up(_: Request, __: Exception) -> Response:
        return Response(status_code=400)  # which nobody reads

    async def broken(_: Request, error: Exception) -> Response:
        return told(ProvisoError("something went wrong that should not", type(error).__name__, "please report it"), 500)

    routes = [
        Route("/sparql", endpoint, methods=["GET", "POST"]), Route("/query", editor), Route("/healthz", health),
        Route("/", page), Route("/{path:path}", page),
    ]  # fmt: skip
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=NAMES, www_redirect=False)
    return Starlette(
        routes=routes, middleware=[hosts], exception_handlers={ProvisoError: refused, ClientDisconnect: hung_up, Exception: broken}
    )


def serve(place: Path | Endpoint, port: int, say: Callable[[str], None]) -> None:
    """Serves a store until it is interrupted; raises StoreError where there is none, UsageError where the port is taken."""
    live = Live(place)
    live.state()
    with listening(port) as at:
        say(f"http://{ADDRESS}:{at.getsockname()[1]}/ serves {place.address if isinstance(place, Endpoint) else place}; Ctrl-C stops it")
        try:
            run(application(live), at, live.stop)  # running queries end on Ctrl-C, and nobody waits for them
        finally:
            live.close()


# ---------------------------------------------------------------------------------------------------- the protocol


async def _query_of(request: Request) -> tuple[str | None, Dataset | None]:
    """The query of a request by the SPARQL 1.1 Protocol, None where it asks for the description of the service; and its dataset."""
    given = _fields(request.scope["query_string"])
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        sent = await body(request)
        if kind == "application/sparql-query":
            given.append(("query", _words(sent)))
        elif kind == "application/x-www-form-urlencoded":
            given += _fields(sent)
        else:
            raise QueryError(
                f"a query is not sent as {kind or 'nothing'}",
                "header Content-Type",
                "application/sparql-query or application/x-www-form-urlencoded",
            )
    if {"using-graph-uri", "using-named-graph-uri", "update"} & {name for name, _ in given}:
        raise QueryError("a request reads, it changes nothing", "", "kg add, import and remove change a store")
    queries = [value for name, value in given if name == "query"]
    if len(queries) > 1 or (not queries and request.method == "POST"):
        raise QueryError("a request has exactly one query", f"{len(queries)} were sent", "send one parameter query")
    return (queries[0] if queries else None), _dataset(given)


def _words(sent: bytes) -> str:
    try:
        return sent.decode()
    except UnicodeDecodeError:
        raise _garbled() from None


def _fields(sent: bytes) -> list[tuple[str, str]]:
    """The fields of a form, or of what stands behind an address; raises QueryError where they are not in UTF-8."""
    try:
        return parse_qsl(sent.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise _garbled() from None


def _garbled() -> QueryError:
    return QueryError("the request is not in UTF-8", "", "send it as UTF-8")


def _dataset(given: Iterable[tuple[str, str]]) -> Dataset | None:
    """The graphs of the store that a request chooses, None where it chooses none; raises QueryError for what is no IRI."""
    chosen = [(name, iri) for name, iri in given if name in ("default-graph-uri", "named-graph-uri")]
    for name, iri in chosen:
        try:
            ox.NamedNode(iri)
        except ValueError:
            raise QueryError(f"{iri[:100]!r} is not an IRI", f"parameter {name}", "write a graph's IRI whole, with its scheme") from None
    default, named = ([iri for name, iri in chosen if name == which] for which in ("default-graph-uri", "named-graph-uri"))
    return Dataset(default, named) if chosen else None


def _written(kind: str, data: bytes, request: Request) -> Response:
    """The answer in the form that the client likes best."""
    forms: Mapping[str, ox.QueryResultsFormat | ox.RdfFormat] = GRAPHS if kind == "c" else RESULTS
    named = SHORT.get(request.query_params.get("format", ""), "")
    media = named if named in forms else _liked(request.headers.get("accept", "*/*"), tuple(forms))
    if not media:
        return told(ProvisoError("the answer cannot be written as asked", "header Accept", f"one of: {', '.join(forms)}"), 406)
    form = forms[media]
    if named and form == ox.QueryResultsFormat.CSV:  # by name from the page: a person opens it, in a spreadsheet
        answer = received(kind, data)
        written: bytes | None = listing(answer.columns, [[plain_value(term) for term in row] for row in answer.rows], "csv").encode()
    elif isinstance(form, ox.RdfFormat):
        written = ox.serialize(
            ox.parse(data, format=ox.RdfFormat.N_TRIPLES), format=form, prefixes=PREFIXES if form == ox.RdfFormat.TURTLE else None
        )
    else:
        written = (
            data
            if form == ox.QueryResultsFormat.JSON
            else ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON).serialize(format=form)
        )
    charset = "; charset=utf-8" if media.startswith("text/") else ""
    return Response(written or b"", headers={**HEADERS, "Content-Type": media + charset, "Vary": "Accept"})


def _liked(accept: str, forms: tuple[str, ...]) -> str:
    """The form that an Accept header likes best, of several the first of ours; "" where it takes none."""
    best, found = 0.0, ""
    for at, form in enumerate(forms):
        worth, close = 0.0, -1
        for part in accept.split(","):
            name, *rest = (piece.strip().lower() for piece in part.split(";"))
            fits = {form: 2, form.partition("/")[0] + "/*": 1, "*/*": 0}.get(name, -1)
            if fits > close:
                close = fits
                worth = next((_weight(piece[2:]) for piece in rest if piece.startswith("q=")), 1.0)
        if worth - at / 1000 > best and close >= 0 and worth > 0:
            best, found = worth - at / 1000, form
    return found


def _weight(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0


def _stopping() -> LimitError:
    return LimitError("the query was stopped: the server is stopping", "", "ask again when it is back")


# ---------------------------------------------------------------------------------------------------- a page to ask on


def _query_page(live: Live, text: str) -> bytes:
    """The form with the examples, and below it the answer as a table whose things lead to their pages."""
    state = live.state()
    answer, amiss = Answer((), []), ""
    if text.strip():
        try:
            answer = received(*state.ask(text, live.seconds))
        except QueryError as error:
            amiss = str(error)
    rows = to_json_rows(state.store, answer._replace(rows=answer.rows[:MOST_SHOWN])) if answer.rows else []
    examples = [(q.asked({}), q.text) for q in list_questions()]
    return state.maker.page(
        "query", "query", "Ask", query=text, amiss=amiss, columns=answer.columns, total=len(answer.rows),
        table=[[row.get(c) for c in answer.columns] for row in rows], notes=unreviewed(state.store, answer) if rows else (), examples=examples,
        forms=("ttl", "nt", "jsonld") if answer.kind == "construct" else ("json", "xml", "csv", "tsv"),
    )  # fmt: skip
