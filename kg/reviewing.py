"""A review on a page of its own: on this machine alone, for whoever has the address with the token, which opens it once.

    the address with its token --once--> a cookie --with a form's own secret, from the page itself--> a decision

A page of another origin can do nothing here: it does not have the cookie (strict), not the form's secret, and another Origin.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import AnnotationError, ProvisoError, ReadError, UsageError
from kg.local import ADDRESS, HEADERS, NAMES, TYPES, body, listening, run, told
from kg.review.files import Kept
from kg.review.session import Review
from kg.review.showing import show
from kg.view.picture import static, templates

FAREWELL = 1.0  # seconds that the last page has to fetch its style
ASSETS = {"site.css": ("site.css", "review.css"), "review.js": ("review.js",)}
FORM = "application/x-www-form-urlencoded"
# With no-referrer a browser would send the page's own forms with the Origin null.
PAGE = {**HEADERS, "Referrer-Policy": "same-origin", "Cache-Control": "no-store", "Content-Type": TYPES[".html"]}
LATE = "this statement was decided meanwhile, on another page; what was written of it here was not taken over:"
DECISIONS = ("accept", "reject", "skip", "correct", "quit")


@dataclass
class Guard:
    """The token of the address, good once; the cookie that it is exchanged for; the secret of the forms."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    form: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, token: str) -> bool:
        """Whether this is the token, which is then good no more."""
        with self.lock:
            good = bool(self.token) and _same(token, self.token)
            if good:
                self.token = ""
            return good


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def application(review: Review, kept: Kept, guard: Guard, stop: Callable[[], None]) -> Starlette:
    """The page of a review, and the decisions that its forms send; `stop` is called when a person is through with it."""
    lock = threading.Lock()  # of the review: one decision after another
    taken: dict[str, str] = {}  # what was written of a statement that was corrected

    def name(request: Request) -> str:
        return f"kg-review-{request.url.port or 80}"  # a browser sends cookies to every port of a host

    def known(request: Request) -> bool:
        return _same(request.cookies.get(name(request), ""), guard.cookie)

    async def page(request: Request) -> Response:
        token = request.query_params.get("token")
        if token is not None and guard.spend(token):
            answer = Response(status_code=303, headers={**HEADERS, "Location": "/"})
            answer.set_cookie(name(request), guard.cookie, httponly=True, samesite="strict", path="/")
            return answer
        if not known(request):
            return told(
                ProvisoError("this page is for whoever began the review", "", "open the address that kg review printed; it opens once"), 403
            )
        return await run_in_threadpool(shown, "", "")

    async def decide(request: Request) -> Response:
        origin = request.headers.get("origin", "")
        if not known(request) or origin != f"{request.url.scheme}://{request.headers.get('host', '')}" or _kind(request) != FORM:
            return told(ProvisoError("this was not sent by the page of the review", "", "use its buttons"), 403)
        sent = parse_qs((await body(request)).decode("utf-8", "replace"), keep_blank_values=True)
        given = {key: values[0] for key, values in sent.items()}
        if not _same(given.get("form", ""), guard.form):
            return told(ProvisoError("this was not sent by the page of the review", "", "use its buttons"), 403)
        return await run_in_threadpool(decided, given)

    def decided(given: dict[str, str]) -> Response:
        what, id = given.get("decision", ""), given.get("id", "")
        if what not in DECISIONS:
            raise UsageError(f"there is no decision {what!r}", "parameter decision", f"one of {', '.join(DECISIONS)}")
        if what == "quit":
            stop()
            return shown("", "", quit=True)
        text = given.get("text", "").replace("\r\n", "\n")
        with lock:
            if id not in {s.id for s in review.undecided()}:
                return _again() if what != "correct" or taken.get(id) == text else shown(f"{LATE}\n\n{text}", "")
            before = review.annotation
            try:
                _do(review, what, id, text)
                if what != "skip":
                    kept.keep(review)
            except AnnotationError as error:
                return shown("\n".join(map(str, error.findings)), text, id=id)
            except ReadError:
                review.annotation = before  # what is not written is not decided
                raise
            if what == "correct":
                taken[id] = text
        return _again()

    def shown(amiss: str, text: str, id: str = "", quit: bool = False) -> Response:
        statement = next((s for s in review.undecided() if s.id == id), None) or review.next()
        made = templates().get_template("review.html").render(
            title=review.article.title or review.article.id, file=str(kept.path), item=show(review, statement) if statement and not quit else None,
            text=text or (review.text_of(statement.id) if statement else ""), amiss=amiss, form=guard.form, left=len(review.undecided()),
            skipped=len(review.skipped), total=len(review.annotation.statements), kept=kept.seen is not None, quit=quit, editing=bool(id),
        )  # fmt: skip
        return Response(made.encode(), 400 if amiss else 200, PAGE)

    async def asset(request: Request) -> Response:
        files = ASSETS.get(request.path_params["name"])
        if not files:
            return told(ProvisoError("there is no such page", request.url.path, "begin at /"), 404)
        kind = TYPES["." + request.path_params["name"].rpartition(".")[2]]
        return Response("".join(map(static, files)), headers={**HEADERS, "Content-Type": kind})

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, ProvisoError)
        return told(error, 400)

    async def hung_up(_: Request, __: Exception) -> Response:
        return Response(status_code=400)  # which nobody reads

    async def broken(_: Request, error: Exception) -> Response:
        return told(ProvisoError("something went wrong that should not", type(error).__name__, "please report it"), 500)

    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=NAMES, www_redirect=False)
    routes = [Route("/", page), Route("/", decide, methods=["POST"]), Route("/assets/{name}", asset)]
    return Starlette(
        routes=routes, middleware=[hosts], exception_handlers={ProvisoError: refused, ClientDisconnect: hung_up, Exception: broken}
    )


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _do(review: Review, what: str, id: str, text: str) -> None:
    if what == "correct":
        review.correct(id, text)
    else:
        {"accept": review.accept, "reject": review.reject, "skip": review.skip}[what](id)


def _again() -> Response:
    """The page anew, so that going back in the browser sends nothing twice."""
    return Response(status_code=303, headers={**HEADERS, "Location": "/"})


def serve_review(review: Review, kept: Kept, port: int, say: Callable[[str], None]) -> None:
    """Serves a review until a person is through with it, or it is interrupted; raises UsageError where the port is taken."""
    guard, ended = Guard(), threading.Event()
    with listening(port) as at:
        say(f"http://{ADDRESS}:{at.getsockname()[1]}/?token={guard.token} opens the review of {kept.path}, once; Ctrl-C stops it")
        run(application(review, kept, guard, lambda: threading.Timer(FAREWELL, ended.set).start()), at, ended=ended.is_set)
