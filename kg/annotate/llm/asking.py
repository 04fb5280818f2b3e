"""Asking a chat endpoint, with patience and within a budget: one answer for a passage, from the cache where it has been given before.

What goes out and comes back is bytes that somebody else carries (`Send`; at the command line `kg.endpoint`): nothing here knows
an address or a key. The clock is not asked either: how long to wait is handed to `sleep`.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from kg.annotate.llm.cache import Cache
from kg.annotate.llm.form import answer_schema, parse_answer
from kg.annotate.llm.prompt import messages, prompt_hash
from kg.errors import ModelError
from kg.text import one_line

TRIES = 6  # of a request that is refused for now, or does not arrive
FIRST, LONGEST = 1.0, 60.0  # seconds before the second try, and the most between two that the endpoint does not ask for
PATIENCE = 300.0  # seconds that an endpoint may ask to be left alone
MOST_TOKENS = 4096  # of one answer
FOR_NOW = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
FOR_GOOD = frozenset({401, 402, 403, 404, 405, *range(300, 400)})  # whatever is asked; others may be about one passage
UNTAKEN, UNABLE = (400, 422), (500, 501)  # what is said of an option that is not taken, and of a form that some servers fail at
OF_FORMS = ("response_format", "json_schema", "json schema", "json_object", "grammar")  # words that a refused form is told with
OF_SIZES = ("context", "too large", "too long", "at most", "maximum")  # and a passage, prompt or answer that is too long for a model
FORMS = ("json_schema", "json_object", "")  # what an answer's form is asked for with, the strictest first

Map = Mapping[str, Any]


class NoReply(Exception):
    """A request that got no reply: nobody there, or not in time."""


class NoWay(NoReply):
    """One that no request to that address will ever get."""


class TooLong(Exception):
    """A reply longer than any answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint sent back; the names of headers are in small letters."""

    status: int
    headers: Map
    body: bytes


Send = Callable[[bytes], Reply]


@dataclass(frozen=True, slots=True)
class Budget:
    """What one run may use: requests, and tokens in and out together."""

    requests: int = 5_000
    tokens: int = 5_000_000


@dataclass
class Spent:
    """What a run has used, and what became of the answers."""

    requests: int = 0
    retries: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    unsaid: int = 0  # answers that do not say their tokens; these are counted as a quarter of their letters
    cached: int = 0
    answers: Counter[str] = field(default_factory=Counter)  # that could not be used, by reason
    spans: Counter[str] = field(default_factory=Counter)  # that were dropped, by reason


@dataclass
class Asker:
    """One model of one endpoint, for one run; may be used from several threads."""

    model: str
    send: Send
    sleep: Callable[[float], None]
    say: Callable[[str], None] = lambda words: None
    hide: Callable[[str], str] = lambda words: words  # what is told of what an endpoint says, without what nobody should see
    budget: Budget = Budget()
    cache: Path | None = None
    seed: int = 0
    spent: Spent = field(default_factory=Spent)
    unusable: str = ""  # why the last answer of no use was none, in the endpoint's own words where there are some
    _form: int = 0
    _most: str = "max_tokens"
    _temperature: bool = True
    _ended: ModelError | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def ask(self, words: str) -> Map | None:
        """The answer about a passage, None where there is none of use; it is asked for twice.

        Raises ModelError where the endpoint does not answer, refuses to, or the budget is used up.
        """
        key = hashlib.sha256(json.dumps([self.model, prompt_hash(), words]).encode()).hexdigest()
        folder = self.cache  # which another thread may give up meanwhile
        kept = Cache(folder).get(key) if folder else None
        if kept is not None:
            with self._lock:
                self.spent.cached += 1
            return kept
        why = ""
        for again in range(2):
            said, why, seen = self._said(words, f"{key}{again}")
            answer = parse_answer(said) if said is not None else None
            if answer is not None:
                self._keep(key, answer)
                return answer
            why = why or "not of the form that was asked for"
            if why in ("cut off", "refused", "too long"):
                break
        with self._lock:
            self.spent.answers[why] += 1
            self.unusable = f"{why}: {seen}" if seen else why
        return None

    def count_spans(self, dropped: Counter[str]) -> None:
        """Adds what was left out of an article's answers to what this run has dropped."""
        with self._lock:
            self.spent.spans += dropped

    def _keep(self, key: str, answer: Map) -> None:
        """Puts an answer into the cache; where that cannot be written, which is said once, the run goes on without: the answer is paid for."""
        folder = self.cache
        try:
            if folder:
                Cache(folder).put(key, answer)
        except OSError as error:
            with self._lock:
                told, self.cache = self.cache is None, None
            if not told:
                self.say(f"answers are not kept, the cache cannot be written: {error.strerror or error} ({folder})")

    # ------------------------------------------------------------------------------------------------ one answer

    def _said(self, words: str, key: str) -> tuple[str | None, str, str]:
        """The words of the model, or why there are none and what the endpoint says in their place."""
        try:
            reply, sent = self._reply(words, key)
        except TooLong:
            with self._lock:
                self.spent.unsaid += 1
            return None, "too long", ""
        try:
            value = json.loads(reply.body)
            choice = value["choices"][0]
            said = _whole(choice["message"]["content"])
        except (ValueError, LookupError, TypeError, RecursionError):
            self._count({}, reply, sent)
            return None, "no answer in it", self._seen(reply)
        self._count(value, reply, sent)
        if choice.get("finish_reason") == "length":
            return None, "cut off", ""
        if not isinstance(said, str):
            return None, "refused" if choice["message"].get("refusal") else "no words in it", ""
        return said, "", ""

    def _count(self, value: Any, reply: Reply, sent: int) -> None:
        usage = value.get("usage") if isinstance(value, dict) else None
        told = [usage.get(name) if isinstance(usage, dict) else None for name in ("prompt_tokens", "completion_tokens")]
        with self._lock:
            if all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 1 << 40 for n in told):
                self.spent.tokens_in += told[0] or 0
                self.spent.tokens_out += told[1] or 0
            else:
                self.spent.unsaid += 1
                self.spent.tokens_in += sent // 4
                self.spent.tokens_out += len(reply.body) // 4

    def _reply(self, words: str, key: str) -> tuple[Reply, int]:
        """The endpoint's reply to a request that it takes, and how many bytes that had; what is refused for now is asked again a little later."""
        tries = 0
        while True:
            body, form = self._body(words)
            self._pay(body)
            try:
                reply = self.send(body)
            except NoReply as error:
                reply, seen = None, self.hide(str(error))
                if isinstance(error, NoWay):
                    hint = "check the address and its certificate; SSL_CERT_FILE names a file of those to trust"
                    raise self._end(ModelError(f"the model's endpoint cannot be asked: {seen}", "KG_LLM_URL", hint)) from None
            if reply and reply.status == 200:
                return reply, len(body)
            if reply and reply.status in (*UNTAKEN, *UNABLE) and self._yields(reply, form):
                continue
            if reply:
                seen = f"{reply.status} {self._seen(reply)}".strip()
            if reply and reply.status not in FOR_NOW:
                refused = ModelError(f"the model's endpoint refused a request: {seen}", "KG_LLM_URL", _hint(reply.status))
                raise self._end(refused) if reply.status in FOR_GOOD else refused
            tries += 1
            if tries == TRIES:
                raise ModelError(f"the model's endpoint did not answer, asked {TRIES} times: {seen}", "KG_LLM_URL", "try again later: what was answered is kept")  # fmt: skip
            with self._lock:
                self.spent.retries += 1
            self.sleep(self._wait(reply, tries, key))

    def _seen(self, reply: Reply) -> str:
        """What an endpoint says, fit to be shown; hidden before it is cut, or half of it would stand there."""
        return one_line(self.hide(_told(reply)[:4000]), 200)

    def _body(self, words: str) -> tuple[bytes, tuple[int, str, bool]]:
        with self._lock:
            form = self._form, self._most, self._temperature
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": messages(words, told=FORMS[form[0]] != "json_schema"),
            form[1]: MOST_TOKENS,
        }
        if form[2]:
            asked["temperature"] = 0
        if FORMS[form[0]] == "json_schema":
            asked["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reading", "strict": True, "schema": answer_schema()},
            }
        elif FORMS[form[0]]:
            asked["response_format"] = {"type": FORMS[form[0]]}
        return json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace"), form

    def _yields(self, reply: Reply, form: tuple[int, str, bool]) -> bool:
        """Whether the request can be made in another way, where the endpoint says that it does not take this one; which is said, once."""
        why = _told(reply).casefold()
        with self._lock:
            if form != (self._form, self._most, self._temperature):
                return True  # another thread has found that out
            untaken = reply.status in UNTAKEN
            if untaken and "max_tokens" in why and self._most == "max_tokens" and not any(word in why for word in OF_SIZES):
                self._most, what = "max_completion_tokens", "max_tokens; asking with max_completion_tokens"
            elif untaken and "temperature" in why and self._temperature:
                self._temperature, what = False, "temperature 0; its answers may differ from run to run"
            elif self._form + 1 < len(FORMS) and any(word in why for word in (*OF_FORMS, *("schema",) * untaken)):
                self._form += 1
                what = f"{FORMS[self._form - 1]} as the form of an answer; asking " + (f"with {FORMS[self._form]}" if FORMS[self._form] else "in words alone")  # fmt: skip
            else:
                return False
        self.say(f"the model's endpoint does not take {what}")
        return True

    # ------------------------------------------------------------------------------------------------ patience and budget

    def _pay(self, body: bytes) -> None:
        """Takes a request out of the budget; raises ModelError where none is left, or an earlier request ended the run."""
        with self._lock:
            if self._ended:
                raise ModelError(self._ended.what, self._ended.where, self._ended.hint)
            tokens = self.spent.tokens_in + self.spent.tokens_out
            for name, used, most in (("requests", self.spent.requests, self.budget.requests), ("tokens", tokens, self.budget.tokens)):
                if used >= most:
                    hint = f"set KG_LLM_{name.upper()} higher, or run again: what was answered is kept"
                    raise self._end(ModelError(f"the budget of {most:,} {name} is used up", f"KG_LLM_{name.upper()}", hint))
            self.spent.requests += 1

    def _end(self, error: ModelError) -> ModelError:
        """Remembers what makes any further request vain."""
        with self._lock:
            self._ended = self._ended or error
        return error

    def _wait(self, reply: Reply | None, tries: int, key: str) -> float:
        """Seconds until the next try: what the endpoint asks for, else twice as long each time, with jitter made from the seed."""
        asked = _retry_after(reply) if reply else None
        if asked is not None and asked > PATIENCE:
            raise self._end(ModelError(f"the model's endpoint asks to be left alone for {asked:,.0f} s", "KG_LLM_URL", "try again then: what was answered is kept"))  # fmt: skip
        jitter = random.Random(f"{self.seed} {key} {tries}").random()
        return asked + jitter if asked is not None else min(LONGEST, FIRST * 2 ** (tries - 1)) * (0.5 + jitter / 2)


def _whole(content: Any) -> Any:
    """The words of a message; some servers say them in parts."""
    if not isinstance(content, list):
        return content
    parts = [part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)]
    return "".join(parts) or None


def _retry_after(reply: Reply) -> float | None:
    """The seconds that a reply asks one to wait: a number, or a time that is taken from the reply's own."""
    told = str(reply.headers.get("retry-after", "")).strip()
    try:
        return max(0.0, float(told)) if told.replace(".", "", 1).isdecimal() else max(
            0.0, (parsedate_to_datetime(told) - parsedate_to_datetime(str(reply.headers.get("date", "")))).total_seconds()
        )  # fmt: skip
    except (ValueError, TypeError, OverflowError):
        return None


def _told(reply: Reply) -> str:
    """What an endpoint says is wrong."""
    words = reply.body.decode("utf-8", "replace")
    try:
        value = json.loads(reply.body)
        error = value.get("error", value.get("detail", words))
        words = str(error.get("message", words) if isinstance(error, dict) else error)
    except (ValueError, AttributeError, RecursionError):
        pass
    return words


def _hint(status: int) -> str:
    known = {
        401: "set KG_LLM_KEY to the key of this endpoint",
        403: "set KG_LLM_KEY to a key that may use this model",
        404: "check KG_LLM_URL and KG_LLM_MODEL",
    }
    return known.get(
        status,
        "name the endpoint's own address in KG_LLM_URL" if 300 <= status < 400 else "check KG_LLM_MODEL, and what the endpoint takes",
    )
