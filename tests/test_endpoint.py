"""Over the wire: the model's endpoint named by the environment is asked, alone, and every fault of it ends in words and an exit code."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.faults.model import Play, Scripted, honest, reply, scripted, well
from kg.actors import load_registry
from kg.annotate.llm.asking import NoReply
from kg.annotate.llm.reading import Reader, report
from kg.annotate.to_file import to_document
from kg.endpoint import MOST_BYTES, address, cache_folder, open_endpoint
from kg.errors import ModelError, ProvisoError, UsageError
from kg.model import Article, Registry
from tests.support import KG, Run

TEXT = "Merz said Germany would send troops if the Bundestag agrees. “We will pay,” Macron said. Spain rejects the plan.\n"
KEY = "sk-secret-0123456789"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """One without an annotation."""
    (tmp_path / "talks.txt").write_text(TEXT, "utf-8")
    return tmp_path / "talks.txt"


def refuse_to_say(words: str) -> None:
    """What an endpoint that does all it is asked for needs not."""
    raise AssertionError(words)


# ---------------------------------------------------------------------------------------------------- what is named


@pytest.mark.parametrize(
    ("command", "annotator"), [(("add", "talks.txt"), "llm"), (("annotate", "talks.txt"), "both"), (("eval", "gold.jsonl"), "llm")]
)
def test_without_an_endpoint_it_says_what_to_set(article: Path, run: Run, command: tuple[str, ...], annotator: str) -> None:
    """Exit 2, three lines, no store made."""
    done = run(*command, "--annotator", annotator, cwd=article.parent, KG_LLM_URL="")
    what, where, hint = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert "no endpoint" in what and where == "  at: KG_LLM_URL" and "KG_LLM_URL=http://127.0.0.1" in hint
    assert not (article.parent / ".kg").exists()


@pytest.mark.parametrize("annotator", ["llm", "both"])
def test_a_cluster_asks_no_model(article: Path, run: Run, annotator: str) -> None:
    """It is refused before anything is sent or made: one machine asks as fast as an endpoint answers."""
    named = {"KG_LLM_URL": "https://models.example/v1", "KG_LLM_MODEL": "m"}
    done = run("add", "talks.txt", "--annotator", annotator, "--cluster", "tcp://127.0.0.1:1", cwd=article.parent, **named)
    what, where, hint = done.stderr.splitlines()
    assert done.returncode == 2 and "language model" in what and where == "  at: option --cluster" and "--jobs" in hint
    assert not (article.parent / ".kg").exists()


@pytest.mark.parametrize(
    ("environment", "where", "what"),
    [
        ({"KG_LLM_MODEL": ""}, "KG_LLM_MODEL", "no language model is named"),
        ({"KG_LLM_KEY": f"{KEY}\nX-Evil: 1"}, "KG_LLM_KEY", "characters that no key has"),
        ({"KG_LLM_KEY": "schlüssel"}, "KG_LLM_KEY", "characters that no key has"),
        ({"KG_LLM_TOKENS": "many"}, "KG_LLM_TOKENS", "'many' is no number"),
        ({"KG_LLM_SECONDS": "nan"}, "KG_LLM_SECONDS", "'nan' is no number"),
        ({"KG_LLM_SECONDS": "1e11"}, "KG_LLM_SECONDS", "'1e11' is no number"),
        ({"KG_LLM_REQUESTS": "-1"}, "KG_LLM_REQUESTS", "'-1' is no number"),
        *(
            ({"KG_LLM_URL": url}, "KG_LLM_URL", "")
            for url in (
                "models.example/v1", "ftp://models.example", "http://", f"https://me:{KEY}@models.example/v1", "https://models.example/v1?key=x", "https://[::1",
                "https://models.example:port/", "file:///etc/passwd",
            )
        ),
        ({"KG_LLM_URL": "http://models.example/v1"}, "KG_LLM_URL", "everybody on the way to models.example"),
        ({"KG_LLM_URL": "http://127.0.0.1.evil.example/v1"}, "KG_LLM_URL", "everybody on the way"),
    ],
)  # fmt: skip
def test_what_is_named_wrongly_is_refused(environment: dict[str, str], where: str, what: str) -> None:
    """Before anything is sent, and without the key in the message."""
    named = {"KG_LLM_URL": "https://models.example/v1", "KG_LLM_MODEL": "m"} | environment
    with pytest.raises(UsageError) as refused, open_endpoint(named, refuse_to_say):
        pass
    assert what in refused.value.what and refused.value.where == where
    assert "secret" not in str(refused.value) and len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("url", "plain", "sent"),
    [
        ("http://127.0.0.1:80/v1", False, "http://127.0.0.1:80/v1/chat/completions"), ("http://[::1]/v1/", False, "http://[::1]/v1/chat/completions"),
        ("http://localhost", False, "http://localhost/chat/completions"), ("http://models.example/v1", True, "http://models.example/v1/chat/completions"),
        ("https://models.example/openai/v1/chat/completions", False, "https://models.example/openai/v1/chat/completions"),
    ],
)  # fmt: skip
def test_an_address_is_the_base_or_the_whole(url: str, plain: bool, sent: str) -> None:
    """Plain HTTP to this machine alone, unless it is allowed."""
    assert address(url, plain) == sent


def test_where_answers_are_kept() -> None:
    """Where the environment says, nowhere, or in the user's folder for such things."""
    assert cache_folder({"KG_LLM_CACHE": "here"}) == Path("here") and cache_folder({"KG_LLM_CACHE": ""}) is None
    assert cache_folder({"XDG_CACHE_HOME": "x", "HOME": "h"}) == Path("x/proviso-kg/llm") and cache_folder({"HOME": "h"}) == Path(
        "h/.cache/proviso-kg/llm"
    )


def test_without_httpx_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes with an extra."""
    monkeypatch.setitem(sys.modules, "httpx", None)
    named = {"KG_LLM_URL": "https://models.example/v1", "KG_LLM_MODEL": "m"}
    with pytest.raises(ProvisoError) as failed, open_endpoint(named, refuse_to_say):
        pass
    assert failed.value.hint == "pip install proviso-kg[llm]"


# ---------------------------------------------------------------------------------------------------- what is sent


def test_it_sends_the_passage_and_the_key_and_keeps_neither(article: Path, run: Run, tmp_path: Path) -> None:
    """The key goes in its header to the one address; it is in no output, file, store or cache. A second run costs nothing."""
    with scripted() as model:
        told = model.environment | {"KG_LLM_KEY": KEY, "KG_LLM_CACHE": str(tmp_path / "cache")}
        first = run("add", "talks.txt", "--annotator", "llm", "--jobs", "3", cwd=tmp_path, **told)
        assert first.returncode == 0, first.stderr
        assert "scripted: 3 requests (0 of them again), 0 answers from the cache; tokens: 3,000 in, 150 out" in first.stderr
        assert sorted(model.passages) == sorted(
            ["Merz said Germany would send troops if the Bundestag agrees.", "“We will pay,” Macron said.", "Spain rejects the plan."]
        )
        assert {headers["authorization"] for headers in model.headers} == {f"Bearer {KEY}"} and model.headers[0][
            "path"
        ] == "/v1/chat/completions"
        again = run("annotate", "talks.txt", "--annotator", "llm", cwd=tmp_path, **told)
        assert "0 requests" in again.stderr and "3 answers from the cache" in again.stderr and len(model.requests) == 3
        both = run("annotate", "talks.txt", "--annotator", "both", cwd=tmp_path, **told)
    made = json.loads(again.stdout)
    assert (
        made["annotator"]["name"] == "llm" and made["annotator"]["version"].startswith("scripted, prompt ") and len(made["statements"]) >= 3
    )
    assert json.loads(both.stdout)["annotator"]["name"] == "rules and llm"
    history = run("query", "SELECT ?v { ?r <https://w3id.org/proviso#annotatorVersion> ?v }", cwd=tmp_path)
    assert made["annotator"]["version"] in history.stdout
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert KEY.encode() not in written and all(KEY not in done.stdout + done.stderr for done in (first, again, both))


def test_requests_at_a_time() -> None:
    """As many as --jobs says, and no more; in order all the same."""
    text = " ".join(f"Bonn said that it will pay {n} euros." for n in range(12))
    read = []
    for jobs in (1, 3):
        with scripted(lambda n, passage: Play(reply(honest(passage)), wait=0.03)) as model:
            with open_endpoint(model.environment, refuse_to_say) as asker:
                read.append(Reader(asker, jobs)(Article("a", text), Registry()))
            assert model.most_at_once == jobs
    assert read[0] == read[1] and len(read[0].statements) == 12


@pytest.mark.slow
def test_eval_scores_a_model(run: Run, tmp_path: Path) -> None:
    """On a gold set, as it does the rules: one that reads as they do has their score."""
    item = {"id": "a", "text": "Bonn says it will pay.", "commitments": [], "conditions": [], "statements": [
        {"speaker": "Bonn", "cue": "says", "content": ["it will pay"], "mode": "indirect", "force": "pledges"}]}  # fmt: skip
    (tmp_path / "gold.jsonl").write_text(json.dumps(item) + "\n", "utf-8")
    with scripted() as model:
        done = run("eval", "gold.jsonl", "--annotator", "llm", "--format", "csv", cwd=tmp_path, **model.environment)
    assert done.returncode == 0 and done.stdout == run("eval", "gold.jsonl", "--annotator", "rules", "--format", "csv", cwd=tmp_path).stdout
    assert "1 requests" in done.stderr
    nobody = run("eval", "gold.jsonl", "--annotator", "file", cwd=tmp_path)
    assert nobody.returncode == 2 and "  at: option --annotator" in nobody.stderr


# ---------------------------------------------------------------------------------------------------- what may come back


def first(play: Play) -> Callable[[int, str], Play]:
    """The first reply is this one, the others are those of an honest model."""
    return lambda number, passage: play if number == 0 else well(number, passage)


HOSTILE = json.dumps({"statements": [{
    "speaker": ["Vladimir Putin"], "cue": "said", "content": ["<script>alert(1)</script>", "Spain rejects the plan"], "force": "threatens", "commitments": [], "outcomes": [],
}]})  # fmt: skip
FAULTS: dict[str, tuple[Play, str]] = {
    "malformed": (Play(b"<html>it works</html>"), "4 requests (0 of them again)"),
    "truncated": (Play(reply('{"statements": [{"speaker": ["Me', finish="length")), "answers that could not be used: 1 cut off"),
    "broken off": (Play(reply({"statements": []}), broken=True), "1 of them again"),
    "slow": (Play(reply({"statements": []}), wait=1.5), "1 of them again"),
    "429": (Play(b"{}", 429, {"Retry-After": "0"}), "1 of them again"),
    "500": (Play(b"oops", 500), "1 of them again"),
    "hostile": (Play(reply(HOSTILE)), "dropped: 2 not in the text"),
    "huge": (Play(b" " * (MOST_BYTES + 1)), "answers that could not be used: 1 too long"),
    "packed": (Play(gzip.compress(reply({"statements": []})), 200, {"Content-Encoding": "gzip"}), "3 requests (0 of them again)"),
    "packed badly": (Play(b"\x1f\x8bnothing", 200, {"Content-Encoding": "gzip"}), "4 requests (0 of them again)"),
    "a bomb": (Play(gzip.compress(b" " * 9 * MOST_BYTES), 200, {"Content-Encoding": "gzip"}), "answers that could not be used: 1 too long"),
    "refusal of the form": (Play(b'{"error": {"message": "response_format is not supported"}}', 400), "does not take json_schema as the form"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_lived_with_and_said(fault: str) -> None:
    """All spans are verbatim, the rest of the article is read, and what happened is said."""
    play, said = FAULTS[fault]
    notes: list[str] = []
    article = Article("talks", TEXT)
    with scripted(first(play)) as model, open_endpoint(model.environment | {"KG_LLM_SECONDS": "1"}, notes.append) as asker:
        made = to_document(article, Reader(asker)(article, load_registry()))
        told = "\n".join([*notes, *report(asker)])
    assert len(made["statements"]) >= 2 and said in told, told
    assert "<script" not in json.dumps(made) + told

    def spans(value: Any) -> list[dict[str, Any]]:
        below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        own = [value] if isinstance(value, dict) and "start" in value else []
        return own + [span for one in below for span in spans(one)]

    found = spans(made)
    assert found and all(TEXT[span["start"] : span["end"]] == span["text"] for span in found)


def test_a_fault_that_stays_fails_the_article_and_the_run_can_go_on(article: Path, run: Run, tmp_path: Path) -> None:
    """Exit 1 where nothing is stored; what was answered before is kept, so the next run asks for the rest alone."""

    def worn_out(number: int, passage: str) -> Play:
        return well(number, passage) if number < 2 else Play(b'{"error": {"message": "quota: sk-secret-0123456789"}}', 401)

    with scripted(worn_out) as model:
        told = model.environment | {"KG_LLM_CACHE": str(tmp_path / "cache"), "KG_LLM_KEY": KEY}
        done = run("add", "talks.txt", "--annotator", "llm", cwd=tmp_path, **told)
        assert (
            done.returncode == 1
            and "refused a request: 401 quota:" in done.stderr
            and "KG_LLM_KEY" in done.stderr
            and KEY not in done.stderr
        )
        assert done.stdout.splitlines()[1].startswith("rejected\ttalks")
    with scripted() as model:
        done = run("add", "talks.txt", "--annotator", "llm", cwd=tmp_path, **(told | {"KG_LLM_URL": model.url}))
        assert done.returncode == 0 and len(model.requests) == 1 and "2 answers from the cache" in done.stderr


def test_a_reading_is_not_replaced_by_none(article: Path, run: Run, tmp_path: Path) -> None:
    """An endpoint that answers everything with an error, and says that all is well, fails: what was read before stays, and what it said is told."""
    broken = scripted(lambda n, passage: Play(b'{"error": "no such endpoint; returning 200 anyway"}'))
    with scripted() as model, broken as other:
        assert run("add", "talks.txt", "--annotator", "llm", cwd=tmp_path, **model.environment).returncode == 0
        done = run("add", "talks.txt", "--annotator", "llm", cwd=tmp_path, **other.environment)
        assert done.returncode == 1 and "no such endpoint; returning 200 anyway" in done.stderr and "\nrejected\ttalks" in done.stdout
        again = run("add", "talks.txt", "--annotator", "llm", "--resume", cwd=tmp_path, **model.environment)
    assert again.returncode == 0 and again.stdout.splitlines()[1].split("\t")[:2] == ["unchanged", "talks"]
    assert int(again.stdout.splitlines()[1].split("\t")[2]) >= 3


@pytest.mark.slow
def test_a_budget_ends_a_run(article: Path, run: Run, tmp_path: Path) -> None:
    """Of several articles those that were paid for are stored: exit 4."""
    (tmp_path / "more.txt").write_text("Bonn said that it will pay. Paris will too, Macron said.", "utf-8")
    with scripted() as model:
        done = run("add", "more.txt", "talks.txt", "--annotator", "llm", cwd=tmp_path, **(model.environment | {"KG_LLM_REQUESTS": "3"}))
    assert done.returncode == 4 and len(model.requests) == 3 and "the budget of 3 requests is used up" in done.stderr
    assert [line.split("\t")[0] for line in done.stdout.splitlines()[1:]] == ["stored", "rejected"]


@pytest.mark.slow
def test_ctrl_c_waits_for_no_endpoint(article: Path, tmp_path: Path) -> None:
    """It ends at once, though a reply may take minutes."""
    with scripted(lambda n, passage: Play(b"", wait=20)) as model:
        told = {name: value for name, value in os.environ.items() if name != "KG_STORE"} | model.environment
        with subprocess.Popen(
            [*KG, "annotate", "talks.txt", "--annotator", "llm"], cwd=tmp_path, env=told, stderr=subprocess.PIPE
        ) as process:
            while not model.requests:
                assert process.poll() is None
                time.sleep(0.05)
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            assert process.stderr and b"interrupted" in process.stderr.read()
            assert process.wait(10) == 130 and time.monotonic() - begun < 5


@pytest.mark.parametrize("key", ["sk-secret/0123456789+=", 'sk-"secret"\\0123'])
@pytest.mark.parametrize("how", ["as it is", "slashes", "code points", "twice", "after a whole line"])
def test_the_key_is_in_no_message(key: str, how: str) -> None:
    """However an endpoint escapes it, and wherever what it says is cut."""
    plain = json.dumps(f"wrong: {key}")[1:-1]
    words = {
        "as it is": plain, "slashes": plain.replace("/", "\\/"), "code points": "".join(f"\\u{ord(c):04X}" for c in key),
        "twice": json.dumps(json.dumps({"message": key}))[1:-1].replace("/", "\\\\/"), "after a whole line": "x" * 190 + plain,
    }[how]  # fmt: skip
    plays = [(f'{{"error": {{"message": "{words}"}}}}', 401), (f'{{"error": "{words}"}}', 200), (words, 400)]
    with scripted(lambda n, passage: Play(plays[-1][0].encode(), plays[-1][1])) as model:
        while plays:
            with pytest.raises(ModelError) as failed, open_endpoint(model.environment | {"KG_LLM_KEY": key}, refuse_to_say) as asker:
                Reader(asker)(Article("a", "Bonn said no."), Registry())
            assert all(part not in str(failed.value) for part in ("0123", "secret", "0073", "x" * 190 + "sk"))
            plays.pop()


@pytest.mark.parametrize("key", ["no", "null", "1", "token", "none", "statements"])
def test_a_key_that_is_a_word_changes_no_answer(key: str) -> None:
    """As people set one for an endpoint that wants none: what a model says is taken as it says it."""
    article = Article("a", "The token nobody wants: “We will pay 1 euro and none more,” Macron said.")
    with scripted() as model:
        read = []
        for told in (key, ""):
            with open_endpoint(model.environment | {"KG_LLM_KEY": told}, refuse_to_say) as asker:
                read.append(Reader(asker)(article, load_registry()))
    assert read[0] == read[1] and len(read[0].statements) == 1


def test_a_redirect_is_not_followed() -> None:
    """Nothing is sent to another host, the key least of all."""
    with scripted() as other, scripted(lambda n, passage: Play(b"", 307, {"Location": f"{other.url}/chat/completions"})) as model:
        with open_endpoint(model.environment | {"KG_LLM_KEY": KEY}, refuse_to_say) as asker, pytest.raises(ModelError, match="307"):
            asker.ask("Bonn said no.")
        assert len(model.requests) == 1 and other.requests == []


def test_this_machine_is_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is for the way out."""
    with scripted() as proxy, scripted() as model:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with open_endpoint(model.environment, refuse_to_say) as asker:
            assert asker.ask("Bonn said no.") is not None
        assert (len(model.requests), len(proxy.requests)) == (1, 0)


def test_nobody_there() -> None:
    """A port that nothing listens on is asked again, and then said to be silent."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        environment = Scripted(f"http://127.0.0.1:{taken.getsockname()[1]}/v1").environment
        with open_endpoint(environment, refuse_to_say) as asker:
            asker.sleep = lambda seconds: None
            with pytest.raises(ModelError, match="did not answer, asked 6 times: ConnectError"):
                asker.ask("Bonn said no.")


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200"])
def test_a_drip_is_cut_off(head: bytes) -> None:
    """A reply that comes byte by byte has the same time as any other, from its first byte on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        given_up = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(head)
                while not given_up.wait(0.02):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        environment = Scripted(f"http://127.0.0.1:{listening.getsockname()[1]}/v1").environment
        named = environment | {"KG_LLM_SECONDS": "0.3"}
        with open_endpoint(named, refuse_to_say) as asker, pytest.raises(NoReply, match=r"no whole reply within 0\.3 s"):
            asker.send(b"{}")
        given_up.set()
        thread.join(5)


def test_an_address_that_is_none_is_not_gone_to() -> None:
    """A redirect to one is a redirect: refused at once, in words."""
    for location in ("http://[::1", "http://a:abc/", "//"):
        with scripted(lambda n, passage, to=location: Play(b"", 302, {"Location": to})) as model:  # type: ignore[misc]
            with open_endpoint(model.environment, refuse_to_say) as asker, pytest.raises(ModelError, match="refused a request: 302"):
                asker.ask("Bonn said no.")
            assert len(model.requests) == 1


@pytest.mark.parametrize(
    "proxy", ["socks5://me:secret@127.0.0.1:1", "ftp://me:secret@127.0.0.1:1", "http://me:secret@[::1", "http://a:port"]
)
@pytest.mark.parametrize("name", ["ALL_PROXY", "HTTPS_PROXY"])
def test_a_proxy_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch, name: str, proxy: str) -> None:
    """In three lines, without its password."""
    for other in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, proxy)
    named = {"KG_LLM_URL": "https://models.example/v1", "KG_LLM_MODEL": "m"}
    with pytest.raises(UsageError, match="the proxy") as refused, open_endpoint(named, refuse_to_say):
        pass
    assert len(str(refused.value).splitlines()) == 3 and "secret" not in str(refused.value)


def test_a_stranger_is_not_asked_twice() -> None:
    """Whoever has another's certificate, or one that nobody vouches for, is told of and left."""

    def refuse(request: httpx.Request) -> httpx.Response:
        try:
            raise ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
        except ssl.SSLError as error:
            raise httpx.ConnectError(str(error)) from error

    named = {"KG_LLM_URL": "https://models.example/v1", "KG_LLM_MODEL": "m", "KG_LLM_CACHE": ""}
    with open_endpoint(named, refuse_to_say) as asker:
        asker.send.client = httpx.Client(transport=httpx.MockTransport(refuse))  # type: ignore[attr-defined]
        with pytest.raises(ModelError, match=r"cannot be asked: ConnectError: .*self-signed certificate") as failed:
            asker.ask("Bonn said no.")
    assert asker.spent.requests == 1 and "certificate" in failed.value.hint
