"""The page of a review answers whoever began it, and nobody else: not another name, page, tab's token or form."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from kg.review.session import Review
from kg.reviewing import FORM, Guard, application
from tests.review.sitting import begun
from tests.support import KG, awaited

URL = "http://127.0.0.1:8000"


@dataclass
class Sitting:
    """A review on a page, and whoever has the address of it."""

    review: Review
    folder: Path
    guard: Guard
    app: object
    stopped: list[bool] = field(default_factory=list)
    cookie: str = ""

    async def ask(self, method: str = "GET", path: str = "/", data: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """One request, with the cookie of the sitting unless another is given."""
        given = {"Cookie": self.cookie, "Origin": URL, "Content-Type": FORM} if method == "POST" else {"Cookie": self.cookie}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=URL) as client:  # type: ignore[arg-type]
            return await client.request(method, path, content=urlencode(data or {}), headers=given | named)

    async def begin(self) -> httpx.Response:
        """Opens the address with the token."""
        answer = await self.ask(path=f"/?token={self.guard.token}")
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def decision(self, what: str, **more: str) -> dict[str, str]:
        """What the form of the page sends."""
        return {"form": self.guard.form, "id": self.review.undecided()[0].id, "decision": what, **more}


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    """A review of an article with three statements."""
    review, kept = begun(tmp_path)
    guard = Guard()
    stopped: list[bool] = []
    return Sitting(review, tmp_path, guard, application(review, kept, guard, lambda: stopped.append(True)), stopped)


def test_the_token_opens_the_page_once(sitting: Sitting) -> None:
    """It is exchanged for a cookie that no script and no other site has; the address with it is worth nothing from then on."""

    async def go() -> None:
        token = sitting.guard.token
        assert (await sitting.ask()).status_code == 403 and (await sitting.ask(path="/?token=guess")).status_code == 403
        first = await sitting.begin()
        assert first.status_code == 303 and first.headers["location"] == "/"
        told = first.headers["set-cookie"].lower()
        assert told.startswith("kg-review-8000=") and "httponly" in told and "samesite=strict" in told
        page = await sitting.ask()
        assert (
            page.status_code == 200
            and "frame-ancestors 'none'" in page.headers["content-security-policy"]
            and page.headers["cache-control"] == "no-store"
        )
        assert token not in page.text and sitting.guard.cookie not in page.text
        sitting.cookie = ""
        assert (await sitting.ask(path=f"/?token={token}")).status_code == 403

    awaited(go)


FOREIGN: dict[str, dict[str, str]] = {
    "no cookie": {"Cookie": ""}, "another cookie": {"Cookie": "kg-review-8000=guess"}, "another port's cookie": {"Cookie": "kg-review-8001={cookie}"},
    "another origin": {"Origin": "http://evil.example"}, "another port": {"Origin": "http://127.0.0.1:8001"}, "a sandboxed frame": {"Origin": "null"},
    "no origin": {"Origin": ""}, "plain text": {"Content_Type": "text/plain"}, "JSON": {"Content_Type": "application/json"},
}  # fmt: skip


@pytest.mark.parametrize("how", FOREIGN)
def test_what_others_send_decides_nothing(sitting: Sitting, how: str) -> None:
    """Refused in words, and no file is written."""

    async def go() -> None:
        await sitting.begin()
        headers = {name: value.replace("{cookie}", sitting.guard.cookie) for name, value in FOREIGN[how].items()}
        answer = await sitting.ask("POST", data=sitting.decision("accept"), **headers)
        assert answer.status_code == 403 and "not sent by the page" in answer.text

    awaited(go)
    assert not (sitting.folder / "talks.yaml").exists() and len(sitting.review.undecided()) >= 3


@pytest.mark.parametrize("form", ["", "guess", None])
def test_a_form_has_its_secret(sitting: Sitting, form: str | None) -> None:
    """Also one that was sent with the cookie, from the right origin."""

    async def go() -> None:
        await sitting.begin()
        data = sitting.decision("accept")
        sent = {**data, "form": form} if form is not None else {key: value for key, value in data.items() if key != "form"}
        assert (await sitting.ask("POST", data=sent)).status_code == 403

    awaited(go)
    assert not (sitting.folder / "talks.yaml").exists()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "0.0.0.0"])
def test_another_name_is_refused(sitting: Sitting, host: str) -> None:
    """A domain of others that is pointed here; also with the token."""

    async def go() -> None:
        assert (await sitting.ask(path=f"/?token={sitting.guard.token}", Host=host)).status_code == 400
        await sitting.begin()
        assert (await sitting.ask("POST", data=sitting.decision("accept"), Host=host, Origin=f"http://{host}")).status_code == 400

    awaited(go)


def test_decisions_are_kept_one_by_one(sitting: Sitting) -> None:
    """Accepted, corrected, rejected, skipped, each from the page; sent twice it counts once; what is amiss is shown with what was written."""

    async def go() -> None:
        await sitting.begin()
        first = sitting.decision("accept")
        for _ in range(2):
            answer = await sitting.ask("POST", data=first)
            assert answer.status_code == 303
        total = len(sitting.review.annotation.statements)
        assert len(sitting.review.undecided()) == total - 1 and (sitting.folder / "talks.yaml").exists()
        amiss = await sitting.ask("POST", data=sitting.decision("correct", text="statements: [</textarea><script>]"))
        assert amiss.status_code == 400 and 'role="alert"' in amiss.text and "&lt;/textarea&gt;&lt;script&gt;]" in amiss.text
        id = sitting.review.undecided()[0].id
        text = sitting.review.text_of(id).replace("\n", "\r\n")
        assert (await sitting.ask("POST", data=sitting.decision("correct", text=text))).status_code == 303
        await sitting.ask("POST", data=sitting.decision("skip"))
        assert "1 of them skipped" in (await sitting.ask()).text
        while (statement := sitting.review.next()) is not None:
            await sitting.ask("POST", data=sitting.decision("reject") | {"id": statement.id})
        assert "skipped for today" in (await sitting.ask()).text
        assert (await sitting.ask("POST", data=sitting.decision("burn"))).status_code == 400
        done = await sitting.ask("POST", data={"form": sitting.guard.form, "decision": "quit"})
        assert "can be closed" in done.text and sitting.stopped == [True]

    awaited(go)
    assert "reviewed: false" in (sitting.folder / "talks.yaml").read_text("utf-8")


def test_what_is_written_on_a_second_page_is_not_lost(sitting: Sitting) -> None:
    """Where the first has decided on the statement it is told and shown, apart from the next one's text; what is sent twice counts once."""

    async def go() -> None:
        await sitting.begin()
        other = sitting.decision("correct", text="statements: []  # <mine>")
        await sitting.ask("POST", data=sitting.decision("accept"))
        late = await sitting.ask("POST", data=other)
        assert late.status_code == 400 and "decided meanwhile" in late.text and late.text.count("statements: []  # &lt;mine&gt;") == 1
        assert f'name="id" value="{other["id"]}"' not in late.text and '<details class="correct">' in late.text
        twice = sitting.decision("correct", text=sitting.review.text_of(sitting.review.undecided()[0].id))
        for _ in range(2):
            assert (await sitting.ask("POST", data=twice)).status_code == 303

    awaited(go)


def test_what_is_amiss_is_shown_with_its_own_statement(sitting: Sitting) -> None:
    """Not with the next one's, where it was skipped on another page."""

    async def go() -> None:
        await sitting.begin()
        other = sitting.decision("correct", text="statements: [")
        await sitting.ask("POST", data=sitting.decision("skip"))
        amiss = await sitting.ask("POST", data=other)
        assert amiss.status_code == 400 and f'name="id" value="{other["id"]}"' in amiss.text and "statements: [" in amiss.text
        assert '<details class="correct" open>' in amiss.text

    awaited(go)


def test_what_changed_on_disk_is_said(sitting: Sitting) -> None:
    """And left as it is."""

    async def go() -> None:
        await sitting.begin()
        (sitting.folder / "talks.yaml").write_text("statements: []\n", "utf-8")
        answer = await sitting.ask("POST", data=sitting.decision("accept"))
        assert answer.status_code == 400 and "somebody else has changed" in answer.text

    awaited(go)
    assert (sitting.folder / "talks.yaml").read_text("utf-8") == "statements: []\n"


@pytest.mark.parametrize("what", ["accept", "reject", "correct"])
@pytest.mark.parametrize("how", ["somebody else", "no space"])
def test_what_is_not_written_is_not_decided(sitting: Sitting, monkeypatch: pytest.MonkeyPatch, what: str, how: str) -> None:
    """Neither for the page nor for the one who began the review; where it can be written again, it goes on from what the file holds."""

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    async def go() -> None:
        await sitting.begin()
        await sitting.ask("POST", data=sitting.decision("accept"))
        file = sitting.folder / "talks.yaml"
        waiting, written = len(sitting.review.undecided()), file.read_bytes()
        with monkeypatch.context() as broken:
            if how == "no space":
                broken.setattr("os.fsync", full)
            else:
                file.write_bytes(written + b"# mine\n")
            for statement in sitting.review.undecided():
                sent = sitting.decision(what, text=sitting.review.text_of(statement.id)) | {"id": statement.id}
                answer = await sitting.ask("POST", data=sent)
                assert answer.status_code == 400 and ("nothing was written" in answer.text or "cannot be written: No space" in answer.text)
        assert len(sitting.review.undecided()) == waiting and f"{waiting} of" in (await sitting.ask()).text
        file.write_bytes(written)
        assert (await sitting.ask("POST", data=sitting.decision("accept"))).status_code == 303
        assert len(begun(sitting.folder)[0].undecided()) == waiting - 1

    awaited(go)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/assets/site.css", 200), ("GET", "/assets/../x", 404), ("PUT", "/", 405), ("GET", "/nothing", 404), ("DELETE", "/", 405)],
)
def test_there_is_nothing_else(sitting: Sitting, method: str, path: str, status: int) -> None:
    """Two assets, one page."""

    async def go() -> None:
        assert (await sitting.ask(method, path)).status_code == status

    awaited(go)


def test_the_command_serves_it(tmp_path: Path) -> None:
    """It prints the address, listens on this machine alone, and ends when a person is through."""
    (tmp_path / "a.txt").write_text("Merz said Germany would send troops if the Bundestag agrees.\n", "utf-8")
    with subprocess.Popen([*KG, "review", "a.txt", "--web"], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = process.stderr.readline()
        try:
            address = said.split()[0]
            base = address.partition("?")[0]
            with httpx.Client(follow_redirects=True, timeout=60) as client:
                page = client.get(address)
                form, id = (re.search(rf'name="{name}" value="([^"]+)"', page.text) for name in ("form", "id"))
                assert form and id
                sent = {"form": form[1], "id": id[1], "decision": "accept"}
                done = client.post(base, data=sent, headers={"Origin": base.rstrip("/")})
                assert "reviewed: true" in done.text
                client.post(base, data={"form": form[1], "decision": "quit"}, headers={"Origin": base.rstrip("/")})
            assert process.stderr.read().endswith("a.yaml: reviewed\n") and process.wait(30) == 0
        finally:
            process.kill()
    assert base.startswith("http://127.0.0.1:")
