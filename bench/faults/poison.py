"""Over a hundred poisoned inputs in one folder, good articles between them, one run."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.faults.scorecard import Case, Run, Trial, row
from bench.faults.stores import article, rows, whole

GOOD = 10  # poisons between one good article and the next
SECONDS = 230  # of the run
LONGEST, LARGEST = 12.0, 1 << 30  # seconds of CPU (of a busy machine wall time tells little) and bytes that one input may take
# Tells when each outcome comes, and at last how much memory the process and the largest of its children had.
_WATCHED = """
import json, os, resource, kg.cli
last = 0.0
def told(outcome, was=kg.cli.terminal.report_outcome):
    global last
    took, last = sum(os.times()[:4]) - last, sum(os.times()[:4])
    print(json.dumps([outcome.file, outcome.outcome, outcome.article, outcome.error.what if outcome.error else "", took]), flush=True)
    was(outcome)
kg.cli.terminal.report_outcome = told
def left(code, was=kg.cli._leave):
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps(peak * 1024), flush=True)
    was(code)
kg.cli._leave = left
kg.cli.main()
"""

Make = Callable[[Path], object]
_TEXT = "Norland said on Tuesday that it would send 5,000 tents to Sudland if its Assembly agrees. "


def _bytes(data: bytes, times: int = 1, after: bytes = b"") -> Make:
    return lambda path: path.write_bytes(data * times + after)


def _page(inside: str, before: str = "<!doctype html>", times: int = 1, after: str = "") -> Make:
    return lambda path: path.write_text(f"{before}<html><body>{inside * times}{after}</body></html>", "utf-8")


def _gigabyte(pack: Callable[[bytes], bytes]) -> Make:
    """A thousand million zeros: both forms may have many parts."""
    return lambda path: path.write_bytes(pack(bytes(10_000_000)) * 100)


def _sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1 << 30)


def _zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("a.txt", "w") as stream:
        for _ in range(200):
            stream.write(bytes(1_000_000))


def _header(**fields: str) -> bytes:
    return ("---\n" + "".join(f"{key}: {value}\n" for key, value in fields.items()) + f"---\n{_TEXT}").encode("utf-8", "surrogatepass")


def _line(**item: object) -> bytes:
    return json.dumps({"id": "line", "text": _TEXT} | item).encode() + b"\n"


def _read_by(made: Make) -> Make:
    """An article with an annotation beside it."""

    def make(path: Path) -> None:
        path.write_text(_TEXT, "utf-8")
        made(path.with_suffix(".yaml"))

    return make


def _link(target: str) -> Make:
    return lambda path: path.symlink_to(target.replace("SELF", path.name))


_ENTITIES = (
    "<!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'>" + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)) + "]>"
)
_CONTEXT = json.dumps({"@context": "http://127.0.0.1:9/c", "@id": "x:a", "x:p": _TEXT})
_P = f"<p>{_TEXT}</p>"


def poisons() -> list[tuple[str, Make]]:
    """All of them: the ending of the file, and how it is made."""
    return [
        # files that grow
        (".txt", _gigabyte(gzip.compress)), (".html", _gigabyte(gzip.compress)),
        (".jsonl", _gigabyte(bz2.compress)), (".txt", _zipped), (".txt", _sparse), (".jsonl", _sparse), (".html", _sparse), (".txt", _bytes(gzip.compress(_TEXT.encode()))),
        # endless lines and repetitions
        (".txt", _bytes(b"a", 9_999_999)), (".txt", _bytes(b"a ", 4_000_000)), (".txt", _bytes(_TEXT.encode(), 50_000)), (".txt", _bytes((_TEXT + "\n").encode(), 50_000)),
        (".txt", _bytes(b" ", 9_000_000)), (".txt", _bytes(b"\n", 9_000_000, b"x")), (".txt", _bytes(b'"', 99_000)), (".txt", _bytes("“a ".encode(), 33_000)), (".txt", _bytes("Norland said, “if ".encode(), 1667)), (".txt", _bytes("Norland said, “if ".encode(), 550)),
        (".txt", _bytes(b".", 99_000)), (".txt", _bytes(b"if ", 33_000)), (".txt", _bytes(b"Aa ", 33_000)), (".txt", _bytes(b"1,", 49_000)),
        (".txt", _bytes(("a" + "\u0301" * 1_000_000).encode())), (".txt", _bytes("👩\u200d🚒".encode(), 300_000)), (".md", _bytes(b"---\nid: a\n", 100_000)),
        (".md", _bytes(b"---\n", 500_000)), (".jsonl", _bytes(b"x", 40_000_000)), (".jsonl", _bytes(_line(text=_TEXT * 100_000))), (".txt", _bytes(b"((", 49_000)), (".txt", _bytes(b"Mr. ", 24_000)),
        # pages
        (".html", _page("<div>" * 1000 + _P + "</div>" * 1000)), (".html", _page("<div>", times=200_000, after=_TEXT)), (".html", _page("<b><i>", times=50_000)), (".html", _page("<table><tr><td>", times=3000, after=_P)),
        (".html", _page("<a href='x'>" + "<p>" * 100_000)), (".html", _page(f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>{_TEXT}")), (".html", _page(f"<p title='{'x' * 3_000_000}'>{_TEXT}")),
        (".html", _page("&j;" + _P, _ENTITIES)), (".html", _page("&x;", "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>")), (".html", _page("&x;", "<!DOCTYPE html SYSTEM 'http://127.0.0.1:9/x.dtd'>")),
        (".html", _page(f"<script type='application/ld+json'>{_CONTEXT}</script><link href='http://127.0.0.1:9/'><base href='http://127.0.0.1:9/'>")),
        (".html", _page("<iframe srcdoc='" + "<iframe srcdoc=" * 10_000 + "'></iframe>")), (".html", _page("<!--", times=200_000)), (".html", _page("<", times=500_000)), (".html", _page("&", times=500_000)),
        (".html", _page("<script>" + "x" * 2_000_000)), (".html", _page("<svg>", times=30_000)), (".htm", _bytes(b"<html><body>")), (".html", _page("\0", times=1000)), (".html", _bytes(b"<html>" + bytes(range(256)) * 200)),
        # encodings
        (".txt", _bytes(b"\xff\xfe" + b"\xd8" * 3001)), (".txt", _bytes(b"\xff\xfe\0\0" + b"\xff" * 4000)), (".txt", _bytes(b"\xef\xbb\xbf\xff\xff")), (".txt", _bytes(b"\xed\xa0\x80", 1000)), (".txt", _bytes(b"\x81\x8d\x8f\x90\x9d", 1000)),
        (".txt", _bytes(b"+ADw-script+AD4- " * 300 + b"\xc3")), (".txt", _bytes(_TEXT.encode("utf-16-be")[1:])), (".txt", _bytes(_TEXT.encode("utf-32-le")[:-1])), (".txt", _bytes(bytes(range(256)) * 100)),
        (".txt", _bytes(b"\xc0\xaf", 2000)), (".txt", _bytes(_TEXT.encode("cp037") * 20)), (".html", _bytes(b"<html><meta charset='unicode_escape'><body>\\ud800\xff" + _TEXT.encode() * 9)),
        (".html", _bytes(b"<html><meta charset='utf-7'><body>+ADw-\xff" + _TEXT.encode() * 9)), (".html", _bytes(b"<?xml version='1.0' encoding='UTF-16'?><html><body>" + _P.encode() * 9)),
        # signs that hide or turn
        (".txt", _bytes(("\u202e" * 100_000 + _TEXT).encode())), (".txt", _bytes(("\u2066\u2067\u202d" * 9000).encode())), (".txt", _bytes(("\u200b" * 90_000).encode())), (".txt", _bytes(b"")), (".txt", _bytes(b"\0", 5000)),
        (".txt", _bytes(_TEXT.encode() + b"\0")), (".txt", _bytes(b"\x1b[2J\x07", 2000)), (".txt", _bytes(b"\x7fELF" + bytes(400))), (".txt", _bytes("\U0010ffff\ufffe".encode(), 500)),
        # headers
        (".txt", _bytes(_header(title="x" * 5_000_000))), (".txt", _bytes(_header(id="x" * 300))), (".txt", _bytes(_header(id="../../x", published="9999-99-99"))), (".txt", _bytes(_header(range="9" * 400 + "-1"))),
        (".txt", _bytes(_header(outlet="a\u2028b\x1bc"))), (".txt", _bytes(b"---\nid: never closed\n" + b"a: b\n" * 100_000)), (".txt", _bytes(_header(**{f"k{n}": "v" for n in range(50_000)}))), (".txt", _bytes(_header(title='"' + "\\u0000" * 1000 + '"'))),
        # collections
        (".jsonl", _bytes(b"[", 500_000)), (".jsonl", _bytes(b'{"a":' * 100_000)), (".jsonl", _bytes(_line(id="\0"))), (".jsonl", _bytes(_line(text="\ud800"))), (".jsonl", _bytes(b'{"id": ' + b"9" * 100_000 + b', "text": "x"}\n')),
        (".jsonl", _bytes(b'{"id": "a", "text": "half')), (".jsonl", _bytes(_CONTEXT.encode())), (".jsonl", _bytes(b"\n", 1_000_000)), (".jsonl", _bytes(_line(id="x" * 100_000))), (".jsonl", _bytes(_line(title={"a": ["b"] * 9}, text=7))),
        # annotations
        (".txt", _read_by(_bytes(b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"))), (".txt", _read_by(_bytes(b'x: !!python/object/apply:os.system ["touch ran-by-yaml"]\n'))), (".txt", _read_by(_bytes(b"[", 100_000))), (".txt", _read_by(_sparse)),
        (".txt", _read_by(_bytes(b"- [a, b]\n", 1_000_000))),
        # no plain files
        (".txt", os.mkfifo), (".txt", _link("SELF")), (".txt", _link("nowhere")), (".txt", _link("x" * 300)), (".html", os.mkfifo), (".jsonl", _link("./SELF/./SELF")),
    ]  # fmt: skip


@row(
    43,
    "poisoned inputs in one run",
    102,
    "each ends with a reason in < 12 s and < 1 GiB, every good article is stored",
    quick=30,
    budget=240,
)
def poisoned(trial: Trial) -> Iterator[Case]:
    """One `kg add` of a folder; the good articles stand between the poisons, as files and in collections, and keep their every word."""
    chosen = poisons()[: trial.cases]
    folder, store = trial.place("folder"), trial.place("store")
    good = _laid_out(folder, chosen, trial.chance)
    run = trial.run(trial.python(_WATCHED, "add", folder, "--store", store, "--format", "csv"), seconds=SECONDS, cwd=folder)
    told, peak = _told(run)
    texts = {row["id"]: row["text"] for row in rows(trial, store, _TEXTS)} if store.exists() else {}
    lost = [id for id, text in good.items() if texts.get(id) != text]
    damaged = "" if lost else whole(trial, store)
    broken = [
        *lost,
        *([damaged] if damaged else []),
        *([] if run.clear(4) else [str(run)]),
        *([] if peak < LARGEST else [f"{peak:,} bytes"]),
        *map(str, folder.rglob("ran-*")),
    ]
    for number, (ending, _) in enumerate(chosen):
        here = told.get(f"{number:03}-poison{ending}", [])
        ended = here and all(outcome == "stored" or (outcome == "rejected" and why) for outcome, why, _ in here)
        slowest = max((took for *_, took in here), default=0.0)
        yield Case(bool(ended) and slowest < LONGEST and not broken, slowest, f"{number} ({ending}): {here[:3]}; of all: {broken}"[:900])


_TEXTS = "SELECT (REPLACE(STR(?a), '.*/', '') AS ?id) ?text { ?a a kg:Article ; kg:text ?text }"


def _laid_out(folder: Path, poisons: list[tuple[str, Make]], chance: random.Random) -> dict[str, str]:
    """Writes the poisons, and after each so many of them a good article; returns the texts of these by id."""
    folder.mkdir()
    good = {}
    for number, (ending, make) in enumerate(poisons):
        make(folder / f"{number:03}-poison{ending}")
        if number % GOOD == 0:
            text = f"{article(number).split(chr(10) * 2, 1)[1].strip()} {chance.randbytes(8).hex()}"
            good[f"good-{number}"], good[f"other-{number}"] = text, text + " Again."
            (folder / f"{number:03}-z.txt").write_text(f"---\nid: good-{number}\n---\n{text}\n", "utf-8")
            lines = [_line(id=f"other-{number}", text=text + " Again."), b'{"id": "broken\n', b"\xff\xfe\n"]
            (folder / f"{number:03}-zz.jsonl").write_bytes(b"".join(lines))
    return good


def _told(run: Run) -> tuple[dict[str, list[tuple[str, str, float]]], int]:
    """What is told of each file by its name: outcome, reason, seconds; and the peak of memory in bytes (huge where it is not told)."""
    found: dict[str, list[tuple[str, str, float]]] = {}
    peak = LARGEST
    for line in run.out.decode().splitlines():
        if line.startswith("["):
            file, outcome, _, why, took = json.loads(line)
            found.setdefault(Path(file).name, []).append((outcome, why, took))
        elif line.isdecimal():
            peak = int(line)
    return found, peak
