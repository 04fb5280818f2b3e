"""The endpoint of a language model, as the environment names it: the one thing that `kg` itself sends anything to.

KG_LLM_URL, KG_LLM_MODEL, KG_LLM_KEY --open_endpoint--> Asker, whose requests go to that host and no other
"""

from __future__ import annotations

import ipaddress
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kg import __version__
from kg.annotate.llm.asking import Asker, Budget, NoReply, NoWay, Reply, TooLong
from kg.errors import ProvisoError, UsageError
from kg.parallel import within
from kg.text import one_line

MOST_BYTES = 1 << 20  # of a reply; an answer about a passage has a few thousand
SECONDS = 120.0  # that a reply may take to come whole
MOST_SECONDS = 86_400.0  # more than anybody waits, and no more than a socket can
CONNECTING = 10.0
PATH = "/chat/completions"
HINT = "KG_LLM_URL=http://127.0.0.1:8080/v1 for one on this machine; docs/llm.md has the rest"


@contextmanager
def open_endpoint(environment: Mapping[str, str], say: Callable[[str], None]) -> Iterator[Asker]:
    """Who asks the model that the environment names, as long as this is open; sends nothing yet.

    Raises UsageError where the address, the model or a number is missing or wrong, ProvisoError where httpx is not installed.
    """
    url, model, key = (environment.get(f"KG_LLM_{name}", "").strip() for name in ("URL", "MODEL", "KEY"))
    if not url:
        raise UsageError("no endpoint of a language model is named", "KG_LLM_URL", HINT)
    if not model or not model.isprintable():
        raise UsageError("no language model is named", "KG_LLM_MODEL", "set it to the name that the endpoint knows the model by")
    if not key.isprintable() or not key.isascii():
        raise UsageError("the key has characters that no key has", "KG_LLM_KEY", "set it again, without line breaks")
    sender = _Sender(address(url, environment.get("KG_LLM_PLAIN") == "1"), key, _number(environment, "SECONDS", SECONDS, MOST_SECONDS))
    budget = Budget(int(_number(environment, "REQUESTS", Budget().requests)), int(_number(environment, "TOKENS", Budget().tokens)))
    with closing(sender.client):
        yield Asker(model, sender, time.sleep, say, hiding(key), budget, cache_folder(environment), int(_number(environment, "SEED", 0)))


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """Where answers are kept: KG_LLM_CACHE, nowhere if that is empty, else the user's folder for such things."""
    named = environment.get("KG_LLM_CACHE")
    if named is not None:
        return Path(named) if named else None
    base = environment.get("XDG_CACHE_HOME", "")
    home = environment.get("HOME") or environment.get("USERPROFILE") or "."
    return (Path(base) if base else Path(home, ".cache")) / "proviso-kg" / "llm"


def _number(environment: Mapping[str, str], name: str, default: float, most: float = 1e12) -> float:
    told = environment.get(f"KG_LLM_{name}", "").strip()
    try:
        value = float(told) if told else default
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        hint = f"a number from 0 to {most:,.0f}; {default:g} where it is not set"
        raise UsageError(f"{told!r} is no number to use here", f"KG_LLM_{name}", hint)
    return value


def address(url: str, plain: bool = False) -> str:
    """The address that requests are sent to; raises UsageError for one that no key may be sent to.

    >>> address("https://models.example/v1/")
    'https://models.example/v1/chat/completions'
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise UsageError("this is no address", "KG_LLM_URL", HINT) from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError("an endpoint is named by http or https, a host and a path, and nothing else", "KG_LLM_URL", HINT)
    if parts.scheme == "http" and not is_here(host) and not plain:
        what = f"everybody on the way to {host} could read the key and the articles"
        raise UsageError(what, "KG_LLM_URL", "use https; or set KG_LLM_PLAIN=1 if you trust every part of the way")
    path = parts.path.rstrip("/")
    return parts._replace(path=path if path.endswith(PATH) else path + PATH).geturl()


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hiding(key: str) -> Callable[[str], str]:
    """What takes a key out of words, also where its characters are escaped as JSON escapes them, once or several times.

    >>> hiding("sk-a/b")(r'no sk-a/b, no sk-a\\/b, no \\\\u0073\\u006b-a/b')
    'no […], no […], no […]'
    """
    if not key:
        return lambda words: words
    pattern = re.compile("".join(rf"\\{{0,8}}(?:{re.escape(c)}|(?i:u{ord(c):04x}))" for c in key))
    return lambda words: pattern.sub("[…]", words)


def _unpacked(data: bytes, how: str) -> bytes:
    """The bytes of a reply that some gateway has packed, though nobody asked it to; raises TooLong where they are too many."""
    if how.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return data
    try:
        whole = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, MOST_BYTES + 1)  # either, by its head
    except zlib.error:
        return data
    if len(whole) > MOST_BYTES:
        raise TooLong
    return whole


def _forget_where_to(reply: Any) -> None:
    """Takes a redirect's address out: it is not followed, and httpx would read it, which fails where it is none."""
    reply.headers.pop("location", None)


class _Sender:
    """Sends to one address. A redirect is not followed, so the key goes to that host alone."""

    def __init__(self, url: str, key: str, seconds: float) -> None:
        try:
            import httpx
        except ImportError:
            raise ProvisoError("asking a language model needs httpx", "option --annotator", "pip install proviso-kg[llm]") from None
        self.url, self.seconds, self.host = url, seconds, urlsplit(url).netloc
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": f"proviso-kg/{__version__}"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        # The proxies of the environment are for the way out; what is on this machine is asked directly.
        outside = not is_here(urlsplit(url).hostname or "")
        limits = httpx.Timeout(seconds, connect=min(seconds, CONNECTING))
        try:
            self.client = httpx.Client(
                headers=headers, timeout=limits, follow_redirects=False, trust_env=outside, event_hooks={"response": [_forget_where_to]}
            )
        except (ImportError, ValueError, httpx.InvalidURL):  # whose words may hold a password
            what = "the proxy that the environment names cannot be used"
            raise UsageError(
                what, "HTTPS_PROXY, ALL_PROXY", "name one as http://host:port; or name the endpoint's host in NO_PROXY"
            ) from None
        self.failed: tuple[type[Exception], ...] = (httpx.HTTPError, httpx.InvalidURL)

    def __call__(self, body: bytes) -> Reply:
        """The reply to a request; raises NoReply where none comes whole in time, NoWay where none ever will, TooLong where it does not end."""
        try:
            return within(self.seconds, lambda: self._exchanged(body))
        except TimeoutError:
            raise NoReply(f"no whole reply within {self.seconds:g} s ({self.host})") from None
        except self.failed as error:
            where = f"({self.host})"
            if "Timeout" in type(error).__name__:
                raise NoReply(f"no reply in time {where}") from None
            words = f"{type(error).__name__}: {one_line(str(error), 200)} {where}"
            raise (NoWay(words) if _is_stranger(error) else NoReply(words)) from None

    def _exchanged(self, body: bytes) -> Reply:
        until = time.monotonic() + self.seconds
        got = bytearray()
        with self.client.stream("POST", self.url, content=body) as reply:
            for piece in reply.iter_raw():
                got += piece
                if len(got) > MOST_BYTES:
                    raise TooLong
                if time.monotonic() > until:  # nobody waits for it any more
                    raise NoReply(f"no whole reply within {self.seconds:g} s ({self.host})")
            headers: dict[str, Any] = {name.lower(): value for name, value in reply.headers.items()}
            return Reply(reply.status_code, headers, _unpacked(bytes(got), str(headers.get("content-encoding", ""))))


def _is_stranger(error: BaseException | None) -> bool:
    """Whether a request failed because the other side's certificate is not the one of its name."""
    return error is not None and (isinstance(error, ssl.SSLCertVerificationError) or _is_stranger(error.__cause__ or error.__context__))
