"""Requests that other people's pages, names and programs could send to the server on this machine."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from bench.faults.scorecard import Case, Trial, row
from bench.faults.serving import digest, served, stored

ASK = "/sparql?query=ASK%7B%7D"
EVIL = "evil.example"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{EVIL}"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, and the statuses that it may have."""

    statuses: tuple[int, ...]
    path: str = "/"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


REQUESTS = (
    # names that another's domain can be pointed from
    *(Sent((400,), headers={"Host": host}) for host in (EVIL, f"{EVIL}:8765", f"127.0.0.1.{EVIL}", "localhost.evil.example", "0.0.0.0", "[::ffff:127.0.0.1]", "")),
    Sent((400,), ASK, headers={"Host": EVIL, "X-Forwarded-Host": "127.0.0.1"}),
    Sent((200,), ASK, headers={"X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}"}),
    # pages of others that would read answers, or have something done in the user's name
    Sent((200,), ASK, headers={"Origin": f"http://{EVIL}"}),
    Sent((200,), ASK, headers={"Origin": "null"}),
    Sent((405,), ASK, "OPTIONS", {"Origin": f"http://{EVIL}", "Access-Control-Request-Method": "POST"}),
    Sent((405,), "/", "OPTIONS", {"Origin": f"http://{EVIL}", "Access-Control-Request-Method": "DELETE"}),
    Sent((400,), "/sparql", "POST", FORM, "update=DROP%20ALL"),
    Sent((400,), "/sparql", "POST", FORM, "query=DROP%20ALL"),
    Sent((400,), "/sparql", "POST", {"Content-Type": "application/sparql-update"}, "DROP ALL"),
    Sent((400,), "/sparql", "POST", {"Content-Type": "text/plain", "Origin": f"http://{EVIL}"}, "query=DROP ALL"),
    Sent((400,), "/sparql", "POST", {"Content-Type": "multipart/form-data; boundary=x"}, '--x\r\nContent-Disposition: form-data; name="update"\r\n\r\nDROP ALL\r\n--x--'),
    Sent((400,), "/sparql?update=DROP%20ALL"),
    Sent((405,), "/query?query=DROP%20ALL", "POST", FORM, "query=DROP%20ALL"),
    # addresses that other servers turn into ones elsewhere, or out of the pages
    *(Sent((404,), path) for path in (f"//{EVIL}/", f"//{EVIL}/%2e%2e", f"/%5c{EVIL}", f"/http://{EVIL}/", f"/{quote('x', safe='')}%0d%0aLocation:%20http://{EVIL}/")),
    Sent((404,), "/article", headers={"Host": "localhost"}),
    # verbs
    *(Sent((405,), path, verb) for verb, path in (("PUT", "/sparql"), ("DELETE", "/"), ("PATCH", "/index.html"))),
    Sent((404, 405), "/", "TRACE"),
)  # fmt: skip


@row(38, "Host, CORS, CSRF, redirects, verbs", 30, "refused as fits, never sent elsewhere, never readable by others", quick=30, budget=180)
def asked_by_others(trial: Trial) -> Iterator[Case]:
    """Each in a connection of its own; none may lead elsewhere, be read by a page of another origin, or change the store."""
    store = stored(trial)
    before = digest(store)
    with served(trial, store) as url:
        for sent in REQUESTS:
            begun = time.monotonic()
            status, headers, body = _answer(url, sent)
            took = time.monotonic() - begun
            writes = sent.method != "GET" or "DROP" in sent.path
            shared = [name for name in headers if name.startswith("access-control-")]
            wrong = [
                *([f"{status}"] if status not in sent.statuses else []), *shared, *(["set-cookie"] if "set-cookie" in headers else []),
                *([f"leads to {headers['location']}"] if "location" in headers or "refresh" in headers else []),
                *(["no policy"] if status == 200 and "frame-ancestors 'none'" not in headers.get("content-security-policy", "") else []),
                *(["its words name another host"] if status == 200 and EVIL in body else []),
                *(["the store has changed"] if writes and digest(store) != before else []),
            ]  # fmt: skip
            yield Case(not wrong, took, f"{sent}: {wrong}")


def _answer(url: str, sent: Sent) -> tuple[int, dict[str, str], str]:
    """Status, headers by their names in small letters, body; the Host is the server's own where none is given."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
    try:
        connection.putrequest(sent.method, sent.path, skip_host=True, skip_accept_encoding=True)
        for name, value in ({"Host": place.netloc} | sent.headers | {"Content-Length": str(len(sent.body))}).items():
            connection.putheader(name, value)
        connection.endheaders(sent.body.encode())
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()
