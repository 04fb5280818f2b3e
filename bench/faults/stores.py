"""What a store's rows share: articles made from a seed, a store of them, and whether a store is what it should be."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from bench.faults.scorecard import Trial

NAMES = ("Norway", "Sweden", "Finland", "Denmark", "Iceland", "Estonia", "Latvia", "Lithuania")


def article(number: int, version: int = 0) -> str:
    """A short article with a header and two statements, one of them on a condition; each number and version has its own words."""
    who, other = NAMES[number % len(NAMES)], NAMES[(number + 3) % len(NAMES)]
    return (
        f"id: made-{number:04}\ntitle: Talks, part {number}\noutlet: The Bench\npublished: 2026-01-{1 + number % 28:02}\n\n"
        f"{who} said on Tuesday that it would send {100 + number} troops to the border if its parliament agrees to edition {version}.\n\n"
        f"“We will deliver {200 + version} generators to {other},” the prime minister of {who} told reporters.\n"
    )


def articles(folder: Path, count: int, version: int = 0, first: int = 0) -> Path:
    """A folder of so many articles."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        (folder / f"made-{number:04}.txt").write_text(article(number, version), "utf-8")
    return folder


def stored(trial: Trial, folder: Path, name: str = "store") -> Path:
    """A store of a folder of articles."""
    store = trial.place(name)
    run = trial.kg("add", folder, "--store", store)
    assert run.code == 0, run
    return store


def copied(trial: Trial, store: Path) -> Path:
    """The store again, file by file (links too), at another place."""
    copy = trial.place("copy")
    subprocess.run(["cp", "-a", str(store), str(copy)], check=True)
    return copy


def content(store: Path) -> dict[str, str]:
    """The SHA-256 of the sorted N-Quads lines of each graph, read from the engine's own files, by nothing of ours; nobody may be writing."""
    code = (
        "import hashlib, json, sys, pyoxigraph as ox\n"
        "lines = {}\n"
        "for quad in ox.Store.read_only(sys.argv[1]): lines.setdefault(quad.graph_name.value, []).append(f'{quad} .\\n'.encode())\n"
        "print(json.dumps({graph: hashlib.sha256(b''.join(sorted(some))).hexdigest() for graph, some in lines.items()}))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(store / "graph")], capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def read_alike(store: Path) -> bool:
    """Whether each quad is found by its subject, its predicate and its object too: the engine reads each way from tables of its own."""
    code = (
        "import sys, pyoxigraph as ox\n"
        "store = ox.Store.read_only(sys.argv[1])\n"
        "quads = set(store)\n"
        "for at in range(3):\n"
        "    terms = {quad[at] for quad in quads}\n"
        "    for graph in (None, *store.named_graphs()):\n"
        "        asked = ([term if n == at else None for n in range(3)] for term in terms)\n"
        "        found = {quad for words in asked for quad in store.quads_for_pattern(*words, graph)}\n"
        "        assert found == {quad for quad in quads if graph in (None, quad.graph_name)}\n"
    )
    return subprocess.run([sys.executable, "-c", code, str(store / "graph")], capture_output=True, timeout=60).returncode == 0


def articles_of(found: dict[str, str]) -> dict[str, str]:
    """Of what `content` found, the graphs of articles alone."""
    return {graph: digest for graph, digest in found.items() if "/article/" in graph}


def journal(store: Path) -> list[dict[str, object]]:
    """The journal's lines that can be read, as JSON alone."""
    found = []
    for line in (store / "journal.jsonl").read_bytes().split(b"\n"):
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def kept(store: Path, data: bytes) -> bool:
    """Whether the store keeps these source bytes, whole."""
    digest = hashlib.sha256(data).hexdigest()
    file = store / "sources" / digest[:2] / digest
    return file.is_file() and file.read_bytes() == data


def rows(trial: Trial, store: Path, query: str) -> list[dict[str, str]]:
    """The rows of a query, by the program."""
    run = trial.kg("query", query, "--store", store, "--format", "json")
    assert run.code == 0, run
    found: list[dict[str, str]] = json.loads(run.out)
    return found


def counted(store: Path) -> dict[str, str]:
    """The digest of each graph that counts as stored, by the journal alone."""
    found: dict[str, str] = {}
    for entry in journal(store):
        if entry["did"] == "replace":
            found[str(entry["graph"])] = str(entry["sha256"])
        elif entry["did"] == "remove":
            found.pop(str(entry["graph"]), None)
    return found


def whole(trial: Trial, store: Path, but: Iterable[str] = ()) -> str:
    """What `kg verify` finds wrong with a store, empty if nothing; `but` are codes that may be there."""
    run = trial.kg("verify", "--store", store, "--format", "json", seconds=90)
    if run.code not in (0, 1) or not run.out.startswith(b"["):
        return str(run)
    wrong = [row["code"] for row in json.loads(run.out or b"[]") if row["severity"] == "error" and row["code"] not in but]
    return ", ".join(wrong)
