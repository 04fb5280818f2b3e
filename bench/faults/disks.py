"""Disks that are full, that lie in wait, that may only be read; and in which order things are made to last."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.faults.scorecard import CannotRun, Case, Trial, row
from bench.faults.stores import articles, articles_of, content, copied, rows, stored, whole

NOBODY = 65534


@contextmanager
def small_disk(trial: Trial, size: int) -> Iterator[Path]:
    """A disk of so many bytes, in memory."""
    place = trial.place("disk")
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)], capture_output=True).returncode:
        raise CannotRun("a small disk is mounted by root on Linux alone")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@row(
    7,
    "what is synced before an article counts (strace)",
    5,
    "source, change, pending, engine, then the journal, then it is said",
    quick=1,
    budget=240,
)
def order(trial: Trial) -> Iterator[Case]:
    """Every sync and every write of a `kg add`, as a letter each, in the order in which they happened."""
    if not shutil.which("strace"):
        raise CannotRun("strace is not installed")
    store = stored(trial, articles(trial.place("first"), 1, first=90))
    for number in range(trial.cases):
        files, log = articles(trial.place("articles"), 1, first=number), trial.place("strace")
        traced = ["strace", "-f", "-y", "-s", "0", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o", str(log)]
        run = trial.run([*traced, *trial.command("add", files, "--store", store)])
        done = "".join(letter for line in log.read_text("utf-8", "replace").splitlines() for letter in _letters(line))
        # Article, annotation and change are each synced by file and name; then come its commit and those of the derived graphs.
        right = run.code == 0 and re.fullmatch("e*s{6,}(pe+we*je*)+o+", done)
        yield Case(bool(right), run.seconds, "" if right else f"{done} {run}")


STEPS = {
    "s": r"fsync\(\d+<.*/sources/", "p": r"fsync\(\d+<.*/pending>", "e": r"f(data)?sync\(\d+<.*/graph/.*\.(sst|log)>",
    "w": r"write\(\d+<.*/journal\.jsonl>", "j": r"fsync\(\d+<.*/journal\.jsonl>", "o": r"write\(1<",
}  # fmt: skip


def _letters(line: str) -> list[str]:
    return [letter for letter, pattern in STEPS.items() if re.search(pattern, line)]


@row(8, "disk full in every write path", 10, "a clear error; what was stored is read; it can go on", budget=480)
def full(trial: Trial) -> Iterator[Case]:
    """Add, replace, remove, purge, backup, on a disk with a little room left, another each time."""
    files = articles(trial.place("articles"), 6)
    later = articles(trial.place("later"), 12, first=40)
    store = stored(trial, files)
    want = articles_of(content(store))
    kinds: tuple[tuple[object, ...], ...] = (
        ("add", later),
        ("remove", "made-0001", "--purge"),
        ("backup", "copy"),
        ("add", later),
        ("repair",),
    )
    with small_disk(trial, 160 << 20) as disk:
        for number in range(trial.cases):
            words = kinds[number % len(kinds)]
            place, ballast = disk / "store", disk / "ballast"
            shutil.rmtree(disk / "copy", ignore_errors=True)
            shutil.rmtree(place, ignore_errors=True)
            subprocess.run(["cp", "-a", str(store), str(place)], check=True)
            if words[0] == "repair":
                (place / "graph" / "CURRENT").unlink()
            room = int(trial.chance.uniform(0.05, 1.2) * (1 << 20)) if words[0] == "add" else trial.chance.randrange(10_000, 3 << 20)
            _fill(ballast, shutil.disk_usage(disk).free - room)
            begun = time.monotonic()
            run = trial.kg(*words, "--store", place, cwd=disk)
            took = time.monotonic() - begun
            wrong = "" if run.clear(0, 1, 4) else f"{words[0]} with {room:,} bytes left: {run}"
            read = trial.kg("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--store", place)
            if not wrong and words[0] != "repair" and read.code:
                wrong = f"it cannot be read after {words[0]}: {read}"
            ballast.unlink()
            again = trial.kg(*words, "--store", place, cwd=disk) if run.code else run
            done = again.code == 0 or (
                words[0] == "remove" and again.code == 2
            )  # it opened the store, which finished the purge: no such article
            wrong = wrong or ("" if done else f"it cannot go on: {again}") or whole(trial, place)
            wrong = wrong or (whole(trial, disk / "copy") if words[0] == "backup" else "")
            left = {graph: digest for graph, digest in want.items() if words[0] != "remove" or not graph.endswith("made-0001")}
            found = articles_of(content(place))
            wrong = wrong or (
                "" if left.items() <= found.items() and len(found) == len(left) + 12 * (words[0] == "add") else "other articles"
            )
            yield Case(not wrong, took, wrong)


def _fill(file: Path, size: int) -> None:
    with file.open("wb") as stream:
        for _ in range(size >> 16):
            stream.write(bytes(1 << 16))


@row(9, "disk full while exporting", 5, "a clear error; the old export is as it was", quick=1, budget=240)
def full_export(trial: Trial) -> Iterator[Case]:
    """Exports and a site onto a disk with too little room, each over a smaller one from before."""
    small, large = (stored(trial, articles(trial.place("articles"), count)) for count in (3, 20))
    kinds: tuple[tuple[tuple[object, ...], str], ...] = (
        (("export", "-o", "out.nq"), "out.nq"), (("export", "-o", "out.trig"), "out.trig"), (("export", "--format", "ttl", "-o", "out"), "out"),
        (("site", "pages"), "pages"), (("export", "-o", "out.jsonld"), "out.jsonld"),
    )  # fmt: skip
    with small_disk(trial, 48 << 20) as disk:
        for number in range(trial.cases):
            words, name = kinds[number % len(kinds)]
            shutil.rmtree(disk / name, ignore_errors=True)
            first = trial.kg(*words, "--store", small, cwd=disk)
            before = _bytes(disk / name)
            ballast = disk / "ballast"
            _fill(ballast, shutil.disk_usage(disk).free - trial.chance.randrange(1 << 10, 40_000))
            run = trial.kg(*words, "--store", large, cwd=disk)
            same = before == _bytes(disk / name)
            left = [path.name for path in disk.iterdir() if path.name not in (name, "ballast") and path.name.startswith(".")]
            ballast.unlink()
            right = first.code == 0 and run.clear(1) and same and not left
            yield Case(right, run.seconds, "" if right else f"{name}: same {same}, left {left}, {first}, {run}")
            shutil.rmtree(disk / name) if (disk / name).is_dir() else (disk / name).unlink()


def _bytes(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return {str(file.relative_to(path.parent)): file.read_bytes() for file in files}


@row(19, "a folder that may only be read, and none that may be", 6, "a clear error; reading works where it may", quick=2, budget=240)
def read_only(trial: Trial) -> Iterator[Case]:
    """As another user than the one whose store it is."""
    if os.geteuid():
        raise CannotRun("only root can become another user")
    files = articles(trial.place("articles"), 2)
    store = stored(trial, files)
    want = rows(trial, store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    trial.folder.chmod(0o755)
    hidden = copied(trial, store)
    hidden.chmod(0o700)
    home = trial.place("home")
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    kinds: tuple[tuple[tuple[object, ...], int], ...] = (
        (("add", files, "--store", store), 1), (("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--store", store, "--format", "json"), 0),
        (("remove", "made-0000", "--store", store), 1), (("query", "ASK {}", "--store", hidden), 1),
        (("export", "-o", store / "x.nq", "--store", store), 1), (("backup", trial.folder / "copy", "--store", store), 1),
    )  # fmt: skip
    for words, code in kinds[: trial.cases]:
        run = trial.run([*as_nobody, *trial.command(*words)], env={"HOME": str(home)}, cwd=home)
        right = run.clear(code) and (code or (run.out.decode() and rows(trial, store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == want))
        yield Case(bool(right), run.seconds, "" if right else f"{words[0]}: {run}")
