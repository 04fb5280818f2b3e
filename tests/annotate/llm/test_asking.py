"""An endpoint may be slow, busy, broken or hostile: what it costs is bounded, and what it did is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.faults.model import reply
from kg.annotate.llm.asking import LONGEST, TRIES, Asker, Budget, NoReply, NoWay, Reply, TooLong
from kg.errors import ModelError

EMPTY: dict[str, Any] = {"statements": []}
GOOD = Reply(200, {}, reply(EMPTY))


class Line:
    """Replies in order, the last one for ever; what was sent and how long was waited."""

    def __init__(self, *replies: Reply | Exception | Callable[[dict[str, Any]], Reply]) -> None:
        self.replies = list(replies)
        self.sent: list[dict[str, Any]] = []
        self.waits: list[float] = []
        self.said: list[str] = []

    def send(self, body: bytes) -> Reply:
        self.sent.append(json.loads(body))
        one = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(one, Exception):
            raise one
        return one if isinstance(one, Reply) else one(self.sent[-1])

    def asker(self, **told: Any) -> Asker:
        return Asker("m", self.send, self.waits.append, self.said.append, **told)


def test_an_answer_and_what_it_cost() -> None:
    """One request, the tokens that the endpoint says."""
    line = Line(GOOD)
    asker = line.asker()
    assert asker.ask("Bonn said no.") == EMPTY
    spent = asker.spent
    assert (spent.requests, spent.tokens_in, spent.tokens_out, spent.unsaid) == (1, 1000, 50, 0)
    assert line.sent[0]["response_format"]["json_schema"]["strict"] is True and line.sent[0]["temperature"] == 0


UNUSABLE: dict[str, list[Reply | Exception]] = {
    "cut off": [Reply(200, {}, reply('{"statements": [', finish="length"))],
    "refused": [Reply(200, {}, reply(None, refusal="I cannot"))],
    "no words in it": [Reply(200, {}, reply(None, tool_calls=[{"function": {"name": "rm", "arguments": "-rf"}}]))] * 2,
    "no answer in it": [Reply(200, {}, b"<html>"), Reply(200, {}, b'{"choices": []}')],
    "not of the form that was asked for": [Reply(200, {}, reply("Sure!")), Reply(200, {}, reply({"statements": [{"x": 1}]}))],
    "too long": [TooLong()],
}


@pytest.mark.parametrize("why", UNUSABLE)
def test_an_answer_of_no_use_is_counted(why: str) -> None:
    """What may come out better is asked for once more; then the passage has no statements, and the run goes on."""
    line = Line(*UNUSABLE[why], GOOD)
    asker = line.asker()
    assert asker.ask("a") is None and asker.spent.answers == {why: 1} and len(line.sent) == len(UNUSABLE[why])
    assert asker.ask("b") == EMPTY


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
def test_what_is_refused_for_now_is_asked_again(status: int) -> None:
    """Twice as long each time, with jitter that is the same in every run."""
    lines = [Line(*[Reply(status, {}, b"busy")] * 3, GOOD) for _ in range(2)]
    for line in lines:
        asker = line.asker()
        assert asker.ask("a") == EMPTY and asker.spent.retries == 3
    waits = lines[0].waits
    assert waits == lines[1].waits and all(2**n / 2 <= wait <= 2**n for n, wait in enumerate(waits))
    assert waits != [2**n for n in range(3)]


def test_no_reply_is_asked_again_and_then_said() -> None:
    """After so many tries the article fails, in words."""
    line = Line(NoReply("no reply in time (127.0.0.1:1)"))
    with pytest.raises(ModelError, match=f"asked {TRIES} times: no reply in time"):
        line.asker().ask("a")
    assert len(line.sent) == TRIES and all(wait <= LONGEST for wait in line.waits)


def test_one_that_can_never_be_asked_is_asked_once() -> None:
    """A certificate of somebody else's gets no better; the run ends."""
    line = Line(NoWay("certificate verify failed (models.example)"))
    asker = line.asker()
    for _ in range(2):
        with pytest.raises(ModelError, match="cannot be asked: certificate verify failed"):
            asker.ask("a")
    assert len(line.sent) == 1 and line.waits == []


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"retry-after": "7"}, 7), ({"retry-after": "0"}, 0), ({"retry-after": "soon"}, 0.5),
        ({"retry-after": "Tue, 06 Jan 2026 10:00:09 GMT", "date": "Tue, 06 Jan 2026 10:00:00 GMT"}, 9),
        ({"retry-after": "Tue, 06 Jan 2026 10:00:09 GMT"}, 0.5), ({"retry-after": "-5"}, 0.5), ({"retry-after": "1e999"}, 0.5),
    ],
)  # fmt: skip
def test_an_endpoint_says_how_long_to_wait(headers: dict[str, str], least: float) -> None:
    """In seconds, or as a time beside its own; what is neither is not believed."""
    line = Line(Reply(429, headers, b""), GOOD)
    assert line.asker().ask("a") == EMPTY and least <= line.waits[0] <= least + 1


def test_one_that_wants_to_be_left_alone_for_long_ends_the_run() -> None:
    """An hour is not waited for; what comes after is told the same without a request."""
    line = Line(Reply(429, {"retry-after": "3600"}, b""))
    asker = line.asker()
    for _ in range(2):
        with pytest.raises(ModelError, match="left alone for 3,600 s"):
            asker.ask("a")
    assert len(line.sent) == 1 and line.waits == []


@pytest.mark.parametrize(
    ("status", "hint"), [(401, "KG_LLM_KEY"), (404, "KG_LLM_MODEL"), (302, "own address"), (405, "what the endpoint takes")]
)
def test_a_refusal_ends_the_run(status: int, hint: str) -> None:
    """With what the endpoint says, on one line; a thousand articles are not a thousand such requests."""
    line = Line(Reply(status, {}, json.dumps({"error": {"message": "no\nsuch thing"}}).encode()))
    asker = line.asker()
    for _ in range(2):
        with pytest.raises(ModelError, match=f"refused a request: {status} no such thing") as failed:
            asker.ask("a")
        assert hint in failed.value.hint
    assert len(line.sent) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refusal_of_one_passage_ends_no_run(status: int) -> None:
    """A filter that strikes at one article must not keep the others unread."""
    line = Line(Reply(status, {}, b'{"error": {"message": "content filtered"}}'), GOOD)
    asker = line.asker()
    with pytest.raises(ModelError, match=f"{status} content filtered"):
        asker.ask("a")
    assert asker.ask("b") == EMPTY


def picky(request: dict[str, Any]) -> Reply:
    """An endpoint that takes none of the options."""
    for name in ("max_tokens", "temperature"):
        if name in request:
            return Reply(400, {}, json.dumps({"error": {"message": f"Unsupported parameter: '{name}'"}}).encode())
    form = request.get("response_format", {}).get("type")
    return Reply(422, {}, f"response_format {form} is not supported".encode()) if form else GOOD


def test_one_that_takes_less_is_asked_for_less_and_that_is_said() -> None:
    """No schema, no JSON, no temperature, another name for the most tokens: each is found out once in a run."""
    line = Line(picky)
    asker = line.asker()
    assert asker.ask("a") == asker.ask("b") == EMPTY
    assert len(line.sent) == 6 and len(line.said) == 4
    assert "json_schema as the form of an answer; asking with json_object" in line.said[2] and "in words alone" in line.said[3]
    told = ["The schema of an answer" in request["messages"][0]["content"] for request in line.sent]
    assert told == ["json_schema" not in str(request.get("response_format")) for request in line.sent] and told[-1]
    assert {"temperature", "max_tokens", "response_format"}.isdisjoint(line.sent[-1]) and line.sent[-1]["max_completion_tokens"] > 0


@pytest.mark.parametrize(
    "body", [b'{"error": {"code": 500, "message": "JSON schema conversion failed: Unrecognized schema"}}', b"failed to parse grammar"]
)
def test_one_that_fails_at_the_form_is_asked_without(body: bytes) -> None:
    """Some servers say 500 to a schema that they cannot take; where they say it of everything, they are asked again and left."""
    line = Line(lambda request: Reply(500, {}, body) if request.get("response_format", {}).get("type") == "json_schema" else GOOD)
    assert line.asker().ask("a") == EMPTY and len(line.sent) == 2 and line.waits == []
    assert line.said == ["the model's endpoint does not take json_schema as the form of an answer; asking with json_object"]
    broken = Line(Reply(500, {}, body))
    with pytest.raises(ModelError, match="asked 6 times: 500"):
        broken.asker().ask("a")
    assert len(broken.sent) == TRIES + 2
    hot = Line(Reply(500, {}, b"temperature, max_tokens, database schema"), GOOD)
    assert hot.asker().ask("a") == EMPTY and hot.said == []


@pytest.mark.parametrize(
    "words",
    [
        "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 4096 tokens",
        "This model's maximum context length is 4096 tokens. However, you requested 7200 tokens. Please reduce max_tokens",
        "max_tokens is too large: 4096. This model supports at most 2048 completion tokens",
    ],
)
def test_too_much_for_a_model_is_told_as_that(words: str) -> None:
    """Not as an option that it does not take, though it names one; the other passages are asked about as before."""
    line = Line(Reply(400, {}, json.dumps({"error": {"message": words}}).encode()), GOOD)
    asker = line.asker()
    with pytest.raises(ModelError) as failed:
        asker.ask("a")
    assert words[:60] in failed.value.what and line.said == [] and asker.ask("b") == EMPTY and "max_tokens" in line.sent[1]


def test_an_answer_in_parts_is_put_together() -> None:
    """As some servers say it."""
    words = json.dumps(EMPTY)
    parts = [{"type": "text", "text": words[:5]}, {"type": "image"}, {"type": "text", "text": words[5:]}]
    for content, answer in ((parts, EMPTY), ([], None), ([{"type": "image"}, 3], None)):
        body = json.loads(reply(""))
        body["choices"][0]["message"]["content"] = content
        assert Line(Reply(200, {}, json.dumps(body).encode())).asker().ask("a") == answer


@pytest.mark.parametrize(
    ("budget", "name", "asked"),
    [(Budget(requests=2), "requests", 2), (Budget(tokens=2000), "tokens", 2), (Budget(requests=0), "requests", 0)],
)
def test_a_budget_is_kept(budget: Budget, name: str, asked: int) -> None:
    """No request more; the error says how to go on."""
    line = Line(GOOD)
    asker = line.asker(budget=budget)
    for words in "abcdef"[:asked]:
        asker.ask(words)
    with pytest.raises(ModelError, match=f"the budget of .* {name} is used up"):
        asker.ask("g")
    assert len(line.sent) == asked


@pytest.mark.parametrize(
    "usage", [{}, [], "many", {"prompt_tokens": -1, "completion_tokens": 5}, {"prompt_tokens": True, "completion_tokens": 1e9}]
)
def test_tokens_that_nobody_says_are_counted_by_length(usage: Any) -> None:
    """So that a budget holds there too."""
    asker = Line(Reply(200, {}, reply(EMPTY, usage=usage))).asker()
    asker.ask("a")
    assert asker.spent.unsaid == 1 and asker.spent.tokens_in > 1000 and asker.spent.tokens_out > 10


def test_what_was_answered_is_kept(tmp_path: Path) -> None:
    """By passage and model; a file that is damaged is asked for again, and an answer of no use is not kept."""
    line = Line(GOOD)
    assert [line.asker(cache=tmp_path).ask(words) for words in "aab"] == [EMPTY] * 3 and len(line.sent) == 2
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) == 2 and all(json.loads(file.read_text("utf-8")) == EMPTY for file in files)
    for file in files:
        file.write_bytes(b'{"statements": [{"speaker": "\xff')
    again = line.asker(cache=tmp_path)
    assert again.ask("a") == EMPTY and len(line.sent) == 3 and again.ask("a") == EMPTY and again.spent.cached == 1
    Asker("other", line.send, line.waits.append, cache=tmp_path).ask("a")
    assert len(line.sent) == 4
    bad = Line(Reply(200, {}, reply("Sure!")))
    assert bad.asker(cache=tmp_path).ask("c") is None and len([file for file in tmp_path.rglob("*") if file.is_file()]) == 3


@pytest.mark.parametrize("how", ["a file stands there", "no space"])
def test_a_cache_that_cannot_be_written_costs_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """It is said once, and the run goes on without one."""
    if how == "no space":

        def full(*_: Any, **__: Any) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_text", full)
    else:
        (tmp_path / "cache").write_text("mine", "utf-8")
    line = Line(GOOD)
    asker = line.asker(cache=tmp_path / "cache")
    assert [asker.ask(words) for words in "abc"] == [EMPTY] * 3 and len(line.sent) == 3
    (said,) = line.said
    assert "answers are not kept" in said and str(tmp_path / "cache") in said
    assert how == "no space" or (tmp_path / "cache").read_text("utf-8") == "mine"
