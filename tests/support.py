"""What several tests share: an invented article with its annotation, the command line as a user runs it, and a running server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
import yaml

from kg.model import Annotation, Claim, Commitment, Condition, Statement

Result = TypeVar("Result")

TOP = Path(__file__).resolve().parent.parent
KG = (sys.executable, "-c", "from kg.cli import main; main()")  # as the installed command is
Run = Callable[..., "subprocess.CompletedProcess[str]"]

TEXT = "Norland will send ships if the Assembly agrees, Ann Berg said."
READING = """\
actors:
  - {id: norland, label: Norland, kind: state}
  - {id: assembly, label: Norland Assembly, kind: parliament}
  - {id: berg, label: Ann Berg, kind: person}
statements:
  - id: s1
    speaker: [{span: Ann Berg, actor: berg}]
    cue: said
    content: [Norland will send ships if the Assembly agrees]
    mode: indirect
    force: pledges
    expresses: c1
    stance: pledged
    strength: firm
    conditions: [{id: k1, marker: if}]
commitments:
  - {id: c1, committer: [{span: Norland, actor: norland}], action: {span: send ships, concept: send-ships}}
conditions:
  - {id: k1, text: the Assembly agrees, kind: approval, by: [{span: the Assembly, actor: assembly}]}
"""


def write(article: Path, text: str = TEXT, reading: str | None = READING) -> Path:
    article.parent.mkdir(exist_ok=True, parents=True)
    article.write_text(text, "utf-8")
    if reading is not None:
        article.with_suffix(".yaml").write_text(reading, "utf-8")
    return article


def kg(*arguments: str | Path, cwd: Path | None = None, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `kg` in a process of its own, with nothing of the user's environment that it looks at."""
    clean = {k: v for k, v in os.environ.items() if k not in ("KG_STORE", "NO_COLOR", "SOURCE_DATE_EPOCH", "COLUMNS")}
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [*KG, *map(str, arguments)],
        cwd=cwd,
        input=given,
        capture_output=True,
        env=clean | environment,
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def finished(*command: str, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """What a command prints; where it fails, the test does, and shows what it said."""
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


# What clients ask of the seeds: true, five rows, five triples.
ASK = "ASK { ?s ?p ?o }"
SELECT = "PREFIX kg: <https://w3id.org/proviso#> SELECT ?a { ?a a kg:Article } ORDER BY ?a"
CONSTRUCT = "PREFIX kg: <https://w3id.org/proviso#> CONSTRUCT { ?a a kg:Article } WHERE { ?a a kg:Article }"


class Server:
    """A server in a process of its own, on a port that was free."""

    def __init__(self, store: Path) -> None:
        self.process = subprocess.Popen([*KG, "serve", "--store", str(store), "--port", "0"], stderr=subprocess.PIPE, text=True)
        assert self.process.stderr
        self.said = self.process.stderr.readline()
        self.url = self.said.split()[0].rstrip("/")

    def ask(self, query: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}/sparql?{urlencode({'query': query})}", headers=headers, timeout=60)

    def stop(self) -> str:
        """Ends it by Ctrl-C, after which it ends by itself, and what it ran is counted; what it said since, but for that it was interrupted."""
        assert self.process.stderr
        self.process.send_signal(signal.SIGINT)
        with self.process.stderr:
            assert self.process.wait(20) in (0, 130)
            return self.process.stderr.read().removesuffix("interrupted\n")


def whole(annotation: Annotation) -> set[object]:
    """All a file says, with the entry in place of each id, so that two files that differ in ids alone are equal."""
    every: list[Any] = [*annotation.commitments, *annotation.conditions, *annotation.claims, *annotation.statements]
    entries = {e.id: e for e in every}

    swap: Any = replace  # entries stand where their ids did, which no type of the model says

    def shown(id: str | None) -> object:
        if id is None:
            return None
        e = replace(entries[id], id="")
        match e:
            case Commitment():
                return swap(e, part_of=shown(e.part_of))
            case Condition():
                return swap(e, depends_on=frozenset(map(shown, e.depends_on)), fulfilled_by=shown(e.fulfilled_by))
            case Claim():
                return swap(e, says=e.says and (e.says[0], shown(e.says[1])))
            case Statement():
                uses = frozenset(swap(u, id=shown(u.id), any_of=bool(u.any_of)) for u in e.conditions)
                return swap(e, relayed_by=shown(e.relayed_by), expresses=shown(e.expresses), conditions=uses)
        raise AssertionError(e)

    return {shown(id) for id in entries}


# What no page may run, and every page must show as it stands.
HOSTILE = (
    "<script>document.title='ran'</script>", "</script><img src=x onerror=alert(1)>", "\"'><svg/onload=alert(1)>", "{{ 7*7 }}{% raw %}", "javascript:alert(1)",
    "مرحبا بالعالم", "👩‍👩‍👧 é ﬁ", "x" * 300, "a & b < c > d",
)  # fmt: skip


def hostile_articles(folder: Path) -> Path:
    """Articles whose texts, names, actions and conditions are all hostile, each with an annotation."""
    for n, words in enumerate(HOSTILE):
        text = f"{words} will send {words} ships if {words} agrees, {words} said.\r\nAnother line: {words}\u2028end."
        reading = {
            "article": {"id": f"hostile-{n}"},
            "actors": [{"id": f"actor-{n}", "label": words, "kind": "person", "aliases": [words + " too"]}],
            "statements": [{
                "id": "s1", "speaker": [{"span": {"text": words, "occurrence": 4}, "actor": f"actor-{n}"}], "cue": "said", "mode": "indirect", "inferred": True,
                "content": [text[: text.index(",")] if "," not in words else f"send {words} ships"], "force": "pledges", "expresses": "c1", "stance": "pledged", "strength": "firm",
                "conditions": [{"id": "k1", "marker": {"text": "if", "occurrence": 1 + words.count(" if ")}}],
            }],
            "commitments": [{"id": "c1", "committer": [{"actor": f"actor-{n}"}], "action": {"span": f"send {words} ships", "concept": words}}],
            "conditions": [{"id": "k1", "text": f"{words} agrees", "circumstance": words, "kind": "approval", "by": [{"actor": f"actor-{n}"}]}],
        }  # fmt: skip
        folder.mkdir(exist_ok=True, parents=True)
        header = {"title": words, "outlet": words, "author": words, "published": f"2026-01-0{n + 1}"}
        (folder / f"hostile-{n}.txt").write_bytes(f"---\n{yaml.safe_dump(header, allow_unicode=True, width=1000)}---\n{text}".encode())
        (folder / f"hostile-{n}.yaml").write_text(yaml.safe_dump(reading, allow_unicode=True), "utf-8")
    return folder


def awaited(run: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """What a coroutine returns, run in a thread of its own: a browser's tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(lambda: asyncio.run(run())).result()
