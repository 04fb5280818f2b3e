"""What a cluster reads is what one process reads, byte for byte, whatever becomes of its workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import distributed
import pytest

from kg.cluster import AT_ONCE, Lost, ordered
from kg.errors import ProvisoError
from kg.store.embedded import open_store
from kg.store.verify import verify
from tests.support import KG, READING, TEXT, TOP, Run, write

WHEN = "1767700000"
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file")


@contextmanager
def started(place: Path) -> Iterator[str]:
    """A scheduler with two workers on this machine; its address."""
    told, dask = place / "scheduler.json", (sys.executable, "-m", "dask")
    environment = os.environ | {"PYTHONPATH": str(TOP), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with (place / "log").open("wb") as log:
        run = [
            subprocess.Popen([*dask, "scheduler", *LOOPBACK, str(told), "--port", "0"], stdout=log, stderr=log, env=environment, cwd=place)
        ]
        worker = [*dask, "worker", *LOOPBACK, str(told), "--nthreads", "1", "--nworkers", "2", "--local-directory", str(place / "work")]
        run.append(subprocess.Popen(worker, stdout=log, stderr=log, env=environment, cwd=place))
        try:
            while not told.exists() or not told.read_text():
                assert run[0].poll() is None, (place / "log").read_text()
                time.sleep(0.1)
            address = str(json.loads(told.read_text())["address"])
            while (place / "log").read_text().count("Registered to") < 2:
                time.sleep(0.1)
            yield address
        finally:
            for process in reversed(run):
                process.terminate()
                process.wait(60)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster."""
    with started(tmp_path_factory.mktemp("cluster")) as address:
        yield address


def work(more: int, number: int) -> int:
    """For tests: ends its worker at 13, and is slow at 40."""
    if number == 13:
        os._exit(1)
    if number == 40:
        time.sleep(1.5)
    return number + more


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty articles of a collection, a page, one that a person annotated, two with one id, one that is not English, one that is none."""
    place = tmp_path_factory.mktemp("news")
    items = [json.loads(line) for line in (TOP / "bench" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()[:40]]
    items += [
        dict(items[3], text="The same id again, said Ann Berg."),
        {"id": "german", "text": "Der Minister sagte, er werde das nicht tun. " * 5},
    ]
    lines = [json.dumps({"id": item["id"], "text": item["text"], "date": "2025-06-01"}) for item in items]
    (place / "a.jsonl").write_text("\n".join([*lines[:20], "no item", *lines[20:]]), "utf-8")
    (place / "b.html").write_text(f"<!DOCTYPE html><html><body><article><p>{TEXT}</p><p>{TEXT[::-1]}</p></article></body></html>", "utf-8")
    write(place / "ships.txt")
    assert READING in (place / "ships.yaml").read_text("utf-8")
    return place


@pytest.fixture(scope="module")
def serial(news: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> tuple[Path, str]:
    """The store that one process makes of them, and what it says."""
    store = tmp_path_factory.mktemp("serial") / "store"
    done = run("add", news, "--store", store, SOURCE_DATE_EPOCH=WHEN)
    assert done.returncode == 4, done.stderr
    return store, done.stdout


def kept(store: Path) -> tuple[str, bytes, set[str]]:
    """All that is in a store: its digest, its journal, the files it keeps."""
    names = {file.name for file in (store / "sources").rglob("*") if file.is_file()}
    return open_store(store).digest(), (store / "journal.jsonl").read_bytes(), names


def test_the_store_is_the_one_that_a_single_process_makes(
    cluster: str, news: Path, serial: tuple[Path, str], tmp_path: Path, run: Run
) -> None:
    """Graphs, journal, kept files and outcomes, in order; conflicts, refusals and a person's annotation too."""
    done = run("add", news, "--store", tmp_path / "store", "--cluster", cluster, SOURCE_DATE_EPOCH=WHEN)
    assert done.returncode == 4 and done.stdout == serial[1], done.stderr
    assert sorted({line.split("\t")[0] for line in done.stdout.splitlines()[1:]}) == ["rejected", "stored"]
    assert kept(tmp_path / "store") == kept(serial[0])


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on(cluster: str, news: Path, serial: tuple[Path, str], tmp_path: Path, run: Run) -> None:
    """The cluster forgets it, what was stored is there, and --resume ends at the same graphs."""
    store = tmp_path / "store"
    command = [*KG, "add", str(news), "--store", str(store), "--cluster", cluster]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"SOURCE_DATE_EPOCH": WHEN})
    journal = store / "journal.jsonl"
    while not (journal.exists() and journal.stat().st_size) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = run("add", news, "--store", store, "--cluster", cluster, "--resume", SOURCE_DATE_EPOCH=WHEN)
    assert done.returncode == 4, done.stderr
    assert open_store(store).digest() == open_store(serial[0]).digest()
    assert verify(store, "2026-01-07T12:00:00Z") == []


def test_things_keep_their_order_and_some_are_made_here(cluster: str) -> None:
    """What the one that asked can make itself goes nowhere."""
    things = list(range(14, 40 + 3 * AT_ONCE))
    found = list(ordered(work, 100, things, cluster, lambda n: -n if n % 5 == 0 else None))
    assert found == [(n, -n if n % 5 == 0 else n + 100) for n in things]
    assert list(ordered(work, 1, [], cluster)) == []


def test_what_takes_long_is_asked_of_another_worker(cluster: str) -> None:
    """And given up when that takes as long; the others have their results."""
    assert list(ordered(work, 0, [39, 40, 41], cluster, patience=1.0)) == [(39, 39), (40, 40), (41, 41)]
    [(_, lost)] = ordered(work, 0, [40], cluster, patience=0.2)
    assert isinstance(lost, Lost) and lost.reason == "no worker was done with it within 0.4 s"


@pytest.mark.slow
def test_what_kills_its_worker_is_lost_alone(cluster: str) -> None:
    """All others have their results, in order, exactly one each."""
    found = dict(ordered(work, 0, list(range(40)), cluster))
    lost = found.pop(13)
    assert found == {n: n for n in range(40) if n != 13}
    assert isinstance(lost, Lost) and lost.reason == "it killed every worker that read it, 2 of them"


@pytest.mark.parametrize("address", ["nonsense", "tls://127.0.0.1:9", "ucx://127.0.0.1:9", "greets", "silent"])
def test_no_cluster_is_said_in_three_lines(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At an address that is none, of a kind that this machine has not, of a web server, and of one that says nothing."""
    monkeypatch.setattr("kg.cluster.CONNECTING", 1.0)

    def greet() -> None:
        with server.accept()[0] as connection:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        if address in ("greets", "silent"):
            if address == "greets":
                Thread(target=greet, daemon=True).start()
            address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(ProvisoError, match="no cluster answers") as error:
            list(ordered(work, 0, [1], address))
    assert len(str(error.value).splitlines()) == 3


def test_a_cluster_that_goes_is_said_with_what_to_do(cluster: str) -> None:
    """Whatever dask raises then, and wherever."""
    found = ordered(work, 0, range(50, 50 + 20 * AT_ONCE), cluster)
    assert next(found) == (50, 50)
    distributed.default_client().close()
    with pytest.raises(ProvisoError, match="the cluster is gone") as error:
        list(found)
    assert "--resume" in error.value.hint


@pytest.mark.slow
def test_a_scheduler_that_is_killed_ends_the_run_in_three_lines(news: Path, tmp_path: Path) -> None:
    """None of them dask's own."""
    with started(tmp_path) as address:
        items = [{"id": f"a{number}", "text": TEXT * 20} for number in range(20_000)]
        (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, items)), "utf-8")
        command = [*KG, "add", str(tmp_path / "many.jsonl"), "--store", str(tmp_path / "store"), "--cluster", address]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        journal = tmp_path / "store" / "journal.jsonl"
        while not (journal.exists() and journal.stat().st_size) and process.poll() is None:
            time.sleep(0.02)
        with distributed.Client(address) as client:
            scheduler = client.run_on_scheduler(os.getpid)
        os.kill(scheduler, signal.SIGKILL)
        told = process.communicate()[1].splitlines()
    assert process.returncode == 1 and told[1:] == [
        "the cluster is gone", f"  at: {address}", "  try: start it again, then go on with --resume"
    ], told  # fmt: skip


def test_a_worker_without_kg_is_refused_in_words(cluster: str) -> None:
    """Before anything is read."""

    def hide() -> None:
        sys.modules.update({"kg.cluster": None, "hidden": sys.modules.get("kg.cluster")})  # type: ignore[dict-item]  # Python's way to have none

    def show() -> None:
        sys.modules.pop("kg.cluster")
        found = sys.modules.pop("hidden")
        if found:
            sys.modules["kg.cluster"] = found

    with distributed.Client(cluster, set_as_default=False) as client:
        client.run(hide)
        try:
            with pytest.raises(ProvisoError, match="a worker cannot load kg") as error:
                list(ordered(work, 0, [1], cluster))
        finally:
            client.run(show)
    assert error.value.hint.startswith("install kg")


@pytest.mark.parametrize("address", ["", " "])
def test_an_address_of_nothing_is_none(address: str, tmp_path: Path, run: Run) -> None:
    """As of a variable that is not set: nothing is read here instead, and no store is made."""
    done = run("add", write(tmp_path / "a.txt"), "--store", tmp_path / "store", "--cluster", address)
    assert done.returncode == 2 and done.stderr.startswith("no scheduler is named"), done.stderr
    assert not (tmp_path / "store").exists()
