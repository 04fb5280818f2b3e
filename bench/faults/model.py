"""A language model's endpoint on this machine that follows a script: honest answers, and every kind of bad one.

The honest model reads with the rules of `kg` itself, so that an answer is as good as theirs; what it adds, leaves out or breaks
is up to the script.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kg.annotate.rules.found import Deed, Use
from kg.annotate.telling import Told, tell_by_network
from kg.model import Span
from kg.text import occurrences
from kg.vocabulary import FORCES_WITHOUT_STANCE


@dataclass(frozen=True, slots=True)
class Play:
    """One reply: `wait` seconds pass before it; with `broken` the connection ends in its middle."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    broken: bool = False


@dataclass(slots=True)
class Scripted:
    """An endpoint, and what came to it: the passages asked about, the whole requests, their headers."""

    url: str = ""
    passages: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """What tells `kg` of it; nothing is kept between runs."""
        return {"KG_LLM_URL": self.url, "KG_LLM_MODEL": "scripted", "KG_LLM_CACHE": "", "KG_LLM_KEY": ""}


Script = Callable[[int, str], Play]  # the number of the request, from 0, and the passage it asks about


def honest(passage: str) -> dict[str, Any]:
    """The answer of a model that reads as the rules do."""
    return {"statements": [_statement(passage, told) for told in tell_by_network(passage)]}


def _statement(passage: str, told: Told) -> dict[str, Any]:
    def say(span: Span | None) -> Any:
        starts = occurrences(passage, span.text) if span else []
        return None if span is None else {"text": span.text, "occurrence": starts.index(span.start) + 1 if span.start in starts else 1}

    def uses(some: tuple[Use, ...]) -> list[Any]:
        return [
            {
                "text": say(use.text),
                "marker": say(use.marker),
                "polarity": use.polarity,
                "as": use.role,
                "kind": use.kind,
                "by": [*map(say, use.by)],
            }
            for use in some
        ]

    said = told.said
    commitments = [
        {
            "committer": [*map(say, deed.committer)], "action": say(deed.action), "stance": None if said.force in FORCES_WITHOUT_STANCE else deed.stance,
            "strength": deed.strength, "beneficiary": say(deed.beneficiary), "against": say(deed.against), "only_in": [*map(say, deed.only_in)],
            "not_in": [*map(say, deed.not_in)], "conditions": uses(deed.uses),
        }
        for deed in told.deeds if isinstance(deed, Deed)
    ]  # fmt: skip
    outcomes = [{"text": say(deed.text), "conditions": uses(deed.uses)} for deed in told.deeds if not isinstance(deed, Deed)]
    return {
        "speaker": [*map(say, said.speakers)], "cue": say(said.cue), "content": [*map(say, said.content)], "force": said.force,
        "commitments": commitments, "outcomes": outcomes,
    }  # fmt: skip


def reply(content: Any, finish: str = "stop", usage: Any = None, **message: Any) -> bytes:
    """The body of a reply whose model said this; what is no text is written as JSON."""
    words = content if content is None or isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    told = {"prompt_tokens": 1000, "completion_tokens": 50} if usage is None else usage
    return json.dumps(
        {"choices": [{"finish_reason": finish, "message": {"role": "assistant", "content": words, **message}}], "usage": told}
    ).encode()


def well(_: int, passage: str) -> Play:
    """The honest model, always."""
    return Play(reply(honest(passage)))


@contextmanager
def scripted(script: Script = well) -> Iterator[Scripted]:
    """An endpoint that follows a script, on a port of this machine."""
    model = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            passage = json.loads(request["messages"][-1]["content"])["passage"]
            with model.lock:
                number = len(model.requests)
                model.requests.append(request)
                model.passages.append(passage)
                model.headers.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
                model.at_once += 1
                model.most_at_once = max(model.most_at_once, model.at_once)
            play = script(number, passage)
            time.sleep(play.wait)
            with model.lock:
                model.at_once -= 1
            self.send_response(play.status)
            for name, value in play.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(play.body)))
            self.end_headers()
            self.wfile.write(play.body[: len(play.body) // 2] if play.broken else play.body)
            self.close_connection = self.close_connection or play.broken

        def log_message(self, format: str, *words: object) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # the one who asked has gone
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        model.url = f"http://127.0.0.1:{server.server_port}/v1"
        try:
            yield model
        finally:
            server.shutdown()
            thread.join()
