"""SPARQL 1.1 over HTTP: queries and updates sent, and answers taken only where they are whole.

    Endpoint(address, access).asked(query)            -> the kind of answer, and SPARQL JSON or N-Triples
    Endpoint(address, access).changed(update, done)   once, also where the answer to it is lost

A query is sent again after a broken connection or a busy server, with longer and longer pauses. An update never is unless
`done`, which looks on the server for its trace, says that it did not come through. An answer counts only with the content type
that was asked for, to its last byte, within a bound of size, well-formed, and without a sign that the server left something out.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kg.errors import LimitError, QueryError, StoreError, UsageError
from kg.parallel import within
from kg.store import dialect, sparql
from kg.store.embedded import Dataset

if TYPE_CHECKING:
    import httpx

JSON, TRIPLES = "application/sparql-results+json", "application/n-triples"
TRIES = 4  # of what may be sent again
PAUSE = 0.2  # seconds before the second, four times as long before each after that
BUSY = frozenset((429, 502, 503, 504))  # what a server, or what stands before it, says when it has no time
MOST_BYTES = 512 << 20  # of one answer
CONNECTING = 10.0  # seconds
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True, slots=True)
class Access:
    """How an endpoint is reached: who asks, where updates go if not where the address says, how long it may be silent and, if that has
    a limit, take for an answer in all (seconds).

    `plain` lets a password go over http to another machine; `believed` takes a server's answers even where its kind misreads some queries.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    update: str = ""
    plain: bool = False
    seconds: float = 300.0
    believed: bool = False
    limit: float | None = None


def update_address(address: str) -> str:
    """Where an endpoint takes updates, unless somebody says: `…/update` beside `…/query`, else the same place.

    >>> update_address("http://127.0.0.1:7878/query"), update_address("https://example.org/sparql")
    ('http://127.0.0.1:7878/update', 'https://example.org/sparql')
    """
    return address.removesuffix("/query") + "/update" if address.endswith("/query") else address


class Endpoint:
    """One SPARQL 1.1 endpoint; raises UsageError for what is no address, StoreError where a password would be readable on its way."""

    def __init__(self, address: str, access: Access | None = None) -> None:
        access = access or Access()
        self.address, self._update, self._seconds = address, access.update or update_address(address), access.seconds
        self._limit = access.limit
        for each in (self.address, self._update):
            _check(each, bool(access.user or access.password) and not access.plain)
        self.believed, self._http = access.believed, _client(access)
        self.dialect = dialect.STANDARD

    def asked(self, text: str, dataset: Dataset | None = None, seconds: float | None = None) -> tuple[str, bytes]:
        """The kind of answer (`s` SELECT, `a` ASK, `c` triples) to a query, and its bytes as SPARQL JSON or N-Triples, whole.

        Without a dataset all graphs together are the default graph. Raises QueryError, LimitError where it takes more than
        `seconds` (or the limit that the access has) or is not whole, StoreError where the server cannot be asked, SyntaxError where the text is no query.
        """
        form = form_of(text)
        if form in ("SELECT", "ASK"):
            data = self._read(text, JSON, dataset, seconds)  # which may be the first, and tell the dialect
            return ("s" if form == "SELECT" else "a"), self.dialect.read_json(data)
        if self.dialect.cuts_triples:  # it does not say when it does, but says so of rows
            if form == "DESCRIBE":
                raise QueryError("this server does not say whether its answer to a DESCRIBE is whole", self.address, "ask with CONSTRUCT")
            self._read(sparql.as_select(text), JSON, dataset, seconds)
        return "c", self.dialect.read_triples(self._read(text, TRIPLES, dataset, seconds))

    def changed(self, text: str, done: Callable[[], bool]) -> None:
        """Runs an update, whose trace `done` finds; raises StoreError where it did not come through."""
        text, why = self.dialect.prologue + text, ""
        for number in range(TRIES):
            try:
                answer = self._send(self._update, {"update": text}, "*/*", None)
            except _Late:
                why = f"it was silent for {self._seconds:g} s"
            except _Broken as error:
                why = str(error)
            else:
                why = "it says it did it, and did not" if answer.is_success else _told(answer)
                if 300 <= answer.status_code < 500 and answer.status_code not in BUSY:
                    raise self._refused(answer)
            # What broke off may have come through all the same, or may yet.
            if done():
                return
            if number < TRIES - 1:
                time.sleep(PAUSE * 4**number)
        raise StoreError(
            f"the server did not take the change: {why}", self._update, "what it had taken before counts; run the command again"
        )

    def close(self) -> None:
        """Closes its connections."""
        self._http.close()

    def _read(self, text: str, kind: str, dataset: Dataset | None, seconds: float | None) -> bytes:
        """What a query gives, sent again where the connection broke or the server was busy."""
        form = {"query": text, **_graphs(dataset)}
        seconds = seconds or self._limit
        until = time.monotonic() + seconds if seconds else None  # for all tries together
        why = ""
        try:
            for number in range(TRIES):
                try:
                    answer = self._send(self.address, form, kind, until)
                    if answer.status_code not in BUSY:
                        return self._whole(answer, kind, text)
                    why = _told(answer)
                except _Broken as error:
                    why = str(error)
                if number < TRIES - 1:
                    time.sleep(min(PAUSE * 4**number, _left(until) if until else PAUSE * 4**number))
        except _Late:
            if not why:
                raise _late(self.address, self._seconds, seconds) from None
        raise StoreError(f"the server does not answer: {why}", self.address, "start it, or look whether the address is right")

    def _send(self, address: str, form: Mapping[str, str | list[str]], kind: str, until: float | None) -> httpx.Response:
        """One request and its answer to the last byte; raises _Broken where the connection failed on the way, _Late where the
        server is silent too long, or not done by then (of the clock that only goes on)."""
        import httpx

        limit = min(_left(until), self._seconds) if until else self._seconds
        # Form and not body: Virtuoso never answers a query that is the body.
        request = self._http.build_request("POST", address, data=dict(form), headers={"Accept": kind})
        # Not all of it for connecting: that nobody is there is told as that, and not as an answer that takes long.
        request.extensions["timeout"] = httpx.Timeout(limit, connect=min(0.9 * limit, CONNECTING)).as_dict()
        try:
            return within(_left(until), lambda: self._exchanged(request, until)) if until else self._exchanged(request, None)
        except (TimeoutError, httpx.ReadTimeout):
            raise _Late from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Broken(_words(error)) from None

    def _exchanged(self, request: httpx.Request, until: float | None) -> httpx.Response:
        import httpx

        with closing(self._http.send(request, stream=True)) as answer:
            data = bytearray()
            for piece in answer.iter_bytes():
                data += piece
                if len(data) > MOST_BYTES:
                    raise LimitError(
                        f"the answer has more than {MOST_BYTES >> 20} MB", self.address, "ask for less: a LIMIT, fewer columns"
                    )
                if until:
                    _left(until)  # or nobody waits for it any more
            return httpx.Response(answer.status_code, headers=_kept(answer.headers), content=bytes(data))

    def _whole(self, answer: httpx.Response, kind: str, text: str) -> bytes:
        if answer.status_code == 400:
            _parse(text)
        if answer.status_code != 200:
            raise self._refused(answer, text)
        for sign, what in dialect.PARTIAL.items():
            if sign in answer.headers:
                raise LimitError(f"the server left out part of the answer: {what} ({sign}: {answer.headers[sign][:80]})", self.address,
                                 "ask for less with a LIMIT, or let the server give more")  # fmt: skip
        found = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if found != kind:
            raise StoreError(f"the answer is {found or 'of no kind'}, not {kind}: this is no SPARQL 1.1 endpoint", self.address,
                             "give the address that takes queries")  # fmt: skip
        if kind == TRIPLES and "x-framed" not in answer.headers:
            raise StoreError("the server does not say how long its answer is, so that nobody can see whether it is whole", self.address)
        if kind == TRIPLES:
            return answer.content
        if self.dialect is dialect.STANDARD:
            self.dialect = dialect.dialect_of(answer.headers.get("server", ""), answer.content[:2000].partition(b'"bindings"')[0])
        return _well_formed(answer.content, self.address, form_of(text) == "ASK")

    def _refused(self, answer: httpx.Response, text: str = "") -> StoreError | QueryError:
        """What to tell of a status that is not a success, of a query or, without one, of an update."""
        status, address = answer.status_code, self.address if text else self._update
        if status in (401, 403):
            return StoreError(f"the server does not let this user in (HTTP {status})", address, "set KG_STORE_USER and KG_STORE_PASSWORD")
        if 300 <= status < 400:
            return StoreError("the endpoint is at another address", address, f"name it: {bare(answer.headers.get('location', ''))}")
        if status in (404, 405, 410):
            hint = "give the address that takes queries" if text else "KG_STORE_UPDATE names the address that takes updates"
            return StoreError(f"there is no SPARQL endpoint here (HTTP {status})", address, hint)
        if text:
            return QueryError(f"the server refuses the query: {_told(answer)}", address, "kg query --show prints what is asked")
        return StoreError(f"the server refuses the change: {_told(answer)}", address, "see whether this user may write there")


class _Broken(Exception):
    """A request whose answer did not come, or not whole."""


class _Late(Exception):
    """A request whose answer did not come in time."""


def form_of(text: str) -> str:
    """Which of the four forms a query has.

    >>> form_of("PREFIX select: <x:> # ASK\\nCONSTRUCT WHERE { ?s ?p ?o }")
    'CONSTRUCT'
    """
    return next((word for token in sparql.tokens(text) if token.kind == "word" and (word := token.text.upper()) in FORMS), "SELECT")


def _parse(text: str) -> None:
    """Raises SyntaxError where a query that was refused is none, with the words that a store in a folder has for it."""
    import pyoxigraph as ox

    ox.Store().query(text)


def _check(address: str, secret: bool) -> None:
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        port, host, parts = 0, "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or port == 0 or parts.query or parts.fragment or not address.isprintable():
        raise UsageError("this is no address of a store", bare(address), "write it as http://host:port/path")
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "an address is shown and kept, so no password stands in it", bare(address), "set KG_STORE_USER and KG_STORE_PASSWORD"
        )
    if secret and parts.scheme == "http" and not _loopback(host):
        raise StoreError("a password would go to another machine over http, which anybody on the way can read", bare(address),
                         "use https, or set KG_STORE_PLAIN=1 where the way is safe")  # fmt: skip


def bare(address: str) -> str:
    """An address without what stands before the last @ in it, for a password may have a / in it.

    >>> bare("http://me:se/cret@host/query"), bare("http://host/query")
    ('http://host/query', 'http://host/query')
    """
    scheme, sign, rest = address.partition("://")
    return scheme + sign + rest.rpartition("@")[2]


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _client(access: Access) -> httpx.Client:
    try:
        import httpx
    except ImportError:
        raise StoreError("a store at an address needs the library httpx", "", "pip install proviso-kg[remote]") from None
    # Nothing of the environment (proxies, .netrc) is taken, or a password could go where nobody sent it.
    auth = _auth(access.user, access.password) if access.user or access.password else None
    return httpx.Client(auth=auth, trust_env=False, follow_redirects=False, headers={"User-Agent": "kg"})


def _auth(user: str, password: str) -> httpx.Auth:
    """The password in the way that the server asks for, which only its answer tells; the bytes of the environment, whatever they are."""
    import httpx

    given = os.fsencode(user), os.fsencode(password)

    class Challenged(httpx.Auth):
        """Basic or digest, whichever the first refusal names."""

        chosen: httpx.Auth | None = None

        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            if self.chosen is None:
                answer = yield request
                schemes = answer.headers.get("www-authenticate", "").lower()
                if answer.status_code != 401:
                    return
                self.chosen = httpx.DigestAuth(*given) if "digest" in schemes else httpx.BasicAuth(*given)
            yield from self.chosen.auth_flow(request)

    return Challenged()


def _graphs(dataset: Dataset | None) -> dict[str, str | list[str]]:
    """The Protocol's parameters for a dataset; without one, what Oxigraph calls all graphs together, as others do unasked."""
    if dataset is None:
        return {"union-default-graph": ""}
    return {"default-graph-uri": list(dataset.default), "named-graph-uri": list(dataset.named)}


def _well_formed(data: bytes, address: str, asks: bool) -> bytes:
    """SPARQL JSON of what was asked (of an ASK a boolean, else rows), if that is what it is, to its last bracket, and each of its
    terms one; raises StoreError."""
    import pyoxigraph as ox

    try:
        told: Any = json.loads(data)
        if isinstance(told.get("boolean"), bool) != asks:
            raise ValueError("rows in answer to an ASK" if asks else "a boolean in answer to a query for rows")
        if not asks:
            # The engine reads a row when that is asked for, and would find fault with the query then. No name is given to its answer:
            # an error holds what has one, and it may be let go by the thread alone that has made it.
            deque(ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON), maxlen=0)  # type: ignore[arg-type]  # rows
    except (ValueError, SyntaxError, AttributeError, RecursionError) as error:
        raise StoreError(f"the answer is not whole, or not SPARQL JSON: {str(error)[:80]}", address, "ask again") from None
    return data


def _kept(headers: httpx.Headers) -> dict[str, str]:
    """The headers that count here; `x-framed` where the answer's end can be told from a broken connection."""
    kept = {name: headers[name] for name in ("content-type", "server", "location", *dialect.PARTIAL) if name in headers}
    framed = "content-length" in headers or "chunked" in headers.get("transfer-encoding", "")
    return kept | ({"x-framed": "1"} if framed else {})


def _left(until: float) -> float:
    """Seconds until then; raises _Late where there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise _Late
    return left


def _late(address: str, silent: float, seconds: float | None) -> LimitError:
    """What to tell of an answer that did not come within the limit, or without one of a server that was silent too long."""
    if not seconds or silent < seconds:
        hint = "KG_STORE_SECONDS lets it be silent longer"
        return LimitError(f"the server was silent for {silent:g} s; it may go on with the query", address, hint)
    return LimitError(f"the query was stopped at its limit of {seconds:g} s; the server may go on with it", address, sparql.LESS_OR_LONGER)


def _told(answer: httpx.Response) -> str:
    """The first line of what a server says of its failure."""
    words = " ".join(answer.text.strip().partition("\n")[0].split())[:200]
    return f"HTTP {answer.status_code}{': ' + words if words and '<' not in words[:1] else ''}"


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
