"""The store: made by an explicit act, whole after any kill, one writer, readers never in the way."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.store import embedded, folder
from kg.store.embedded import (
    Change,
    Replacement,
    Store,
    Writer,
    create,
    digest_of,
    lines_of,
    memory,
    memory_of,
    open_store,
    quads,
    sum_of,
    update_of,
    writer,
)  # fmt: skip
from kg.store.patches import Patch, pack, unpack
from kg.store.verify import verify
from kg.triples import Iri, Literal, Triple
from kg.vocabulary import DERIVED_GRAPH, PROVENANCE_GRAPH, RDFS, XSD

WHEN = "2026-01-06T12:00:00Z"
LABEL = Iri(RDFS + "label")


def some(count: int, words: str = "v") -> list[Triple]:
    """As many triples, all of one version."""
    return [(Iri(f"x:s{i}"), LABEL, Literal(f'{words} {i} "quoted"\n\\u0041 😀')) for i in range(count)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A new empty store."""
    create(tmp_path / "store")
    return tmp_path / "store"


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process that runs some lines, with this module's names."""
    top = f"import sys; sys.path[:0] = {[str(Path(__file__).parents[2])]!r}\nfrom pathlib import Path\nfrom kg.store.embedded import *\n"
    code = top + f"from kg.triples import Iri, Literal\nWHEN = {WHEN!r}\n" + textwrap.dedent(code)
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def everything_under(path: Path) -> set[str]:
    """All names under a folder."""
    return {str(p.relative_to(path)) for p in path.rglob("*")}


# Making and opening


def test_a_new_store_can_be_read_at_once(place: Path) -> None:
    """It is empty, and says so."""
    store = open_store(place)
    assert (store.count(), store.graphs(), store.journal().entries) == (0, [], ())
    assert not list(place.parent.glob(".*"))


def test_a_store_is_made_in_an_empty_folder(tmp_path: Path) -> None:
    """Also in the one somebody works in, and below folders that are not there yet."""
    (tmp_path / "empty").mkdir()
    create(tmp_path / "empty")
    create(tmp_path / "a" / "b")
    done = child("import os; os.chdir(sys.argv[1]); create(Path('.')); print(open_store(Path('.')).count())", _folder(tmp_path / "here"))
    assert done.communicate() == ("0\n", "")
    assert open_store(tmp_path / "empty").count() == open_store(tmp_path / "a" / "b").count() == 0


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_what_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    """By the next that makes a store at the same place; what a running one builds is left alone."""
    gone = child("")
    gone.communicate()
    dead, alive = tmp_path / f".store.{gone.pid}.new", tmp_path / f".store.{os.getppid()}.new"
    for left in (dead, alive):
        _folder(left).joinpath("half").touch()
    create(tmp_path / "store")
    assert not dead.exists() and alive.exists()


def test_a_store_is_made_nowhere_else(place: Path, tmp_path: Path) -> None:
    """Not over a store, a folder with something in it, or a file; nothing there is changed."""
    _folder(tmp_path / "foreign").joinpath("mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    before = everything_under(tmp_path)
    for taken in (place, tmp_path / "foreign", tmp_path / "file"):
        with pytest.raises(StoreError, match="no store was made"):
            create(taken)
    assert everything_under(tmp_path) == before


@pytest.mark.parametrize("kind", ["missing", "empty", "foreign", "file", "other version", "other engine", "damaged mark"])
def test_what_is_no_store_is_refused_and_nothing_made(kind: str, place: Path, tmp_path: Path) -> None:
    """For reading and for writing alike, in three short lines."""
    path = tmp_path / "it"
    if kind in ("empty", "foreign"):
        path.mkdir()
    if kind == "foreign":
        (path / "mine.txt").write_text("mine")
    if kind == "file":
        path.write_text("mine")
    marks = {"other version": {"proviso-store": 99, "engine": "oxigraph 0.5"}, "other engine": {"proviso-store": 1, "engine": "x"}}
    if kind in marks or kind == "damaged mark":
        place.rename(path)
        (path / "proviso.json").write_text(json.dumps(marks[kind]) if kind in marks else "{")
    before = everything_under(tmp_path)
    with pytest.raises(StoreError) as opened:
        open_store(path)
    with pytest.raises(StoreError), writer(path, "add", WHEN):
        pass
    assert opened.value.where and opened.value.hint
    assert everything_under(tmp_path) == before


@pytest.mark.parametrize("mark", ["{}", "[]", "7", '{"engine": "oxigraph 0.5"}'])
def test_a_mark_that_names_no_layout_is_none(mark: str, place: Path) -> None:
    """The folder is somebody else's."""
    (place / "proviso.json").write_text(mark)
    with pytest.raises(StoreError, match="not a Proviso store"):
        open_store(place)


def test_a_store_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is, and in the folder that somebody works in, which is not replaced."""

    def full(place: Path) -> None:
        (place / "graph").mkdir()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.chdir(_folder(tmp_path / "here"))
    for path in (tmp_path / "new", tmp_path / "here"):
        with pytest.raises(StoreError, match="no store can be made here: No space left"):
            folder.lay_out(path, full)
    assert everything_under(tmp_path) == {"here"}


def test_what_is_no_hash_names_no_kept_file(place: Path) -> None:
    """Neither a path nor another number; a store in memory keeps none at all."""
    for digest in ("", "../../etc/passwd", "A" * 64, "0" * 63):
        with pytest.raises(StoreError, match="not a hex SHA-256"):
            open_store(place).source(digest)
    with pytest.raises(StoreError, match="cannot be read"):
        open_store(place).source("0" * 64)
    with pytest.raises(StoreError, match="in memory keeps no sources"):
        memory().source("0" * 64)


@pytest.mark.parametrize("line", [b"7", b"[]", b"{}", b'{"did": 1}', b'{"did": "change"}', b"{"])
def test_a_line_of_the_journal_that_is_no_entry_is_damaged(line: bytes, place: Path) -> None:
    """JSON that says nothing, or has not its sum: counted, and what stands around it counts."""
    with writer(place, "add", WHEN) as store:
        for graph in ("x:a", "x:b"):
            store.replace_graph(graph, [], when=WHEN)
    first, second = (place / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (place / "journal.jsonl").write_bytes(first + line + b"\n" + second)
    journal = folder.read_journal(place)
    assert journal.damaged == (2,) and [entry["graph"] for entry in journal.entries] == ["x:a", "x:b"]


# Writing


def test_a_graph_comes_back_as_it_was_written(place: Path) -> None:
    """Triples, kinds of literals, counts, labels, and a line in the journal."""
    triples: list[Triple] = [
        *some(3),
        (Iri("x:a"), Iri("x:p"), Literal("2026", XSD + "gYear")),
        (Iri("x:a"), Iri("x:p"), Literal("0.7", XSD + "decimal")),
        (Iri("x:a"), Iri("x:p"), Iri("x:b")),
    ]
    with writer(place, "add", WHEN) as store:
        kept = store.keep_source(b"source")
        entry = store.replace_graph("x:g", triples, when=WHEN, sources=[kept])
    read = open_store(place)
    assert sorted(read.graph("x:g"), key=repr) == sorted(triples, key=repr)
    assert (read.count(), read.count("x:g"), read.graphs(), read.source(kept)) == (6, 6, ["x:g"], b"source")
    assert read.labels(["x:s1", "x:nobody"]) == {"x:s1": 'v 1 "quoted"\n\\u0041 😀'}
    assert read.journal().entries == (entry,) and read.acknowledged()["x:g"] == entry
    assert entry["quads"] == 6 and entry["sha256"] == read.digest("x:g") == digest_of("x:g", triples)


def test_graphs_loaded_together_come_back_as_they_were_written(place: Path) -> None:
    """Names and words of any script and with any mark; the IRIs of lines are not looked at again, so what makes lines refuses one that is none."""
    odd: list[Triple] = [
        (Iri("x:é/%20?ü#😀"), Iri("x:p"), Iri("urn:a:'()*,;=@")),
        *((Iri("x:s"), Iri("x:p"), Literal(words)) for words in ("<x:a b>", '\\ " \t\r\n\x7f\x00\u2028', " <x:g> .", "\ufeff")),
    ]
    made = [Replacement(f"x:{n}", lines_of(f"x:{n}", odd), {PROVENANCE_GRAPH: ([], some(1, f"read {n}"))}) for n in range(3)]
    with writer(place, "add", WHEN) as store:
        store.replace_graphs(made, when=WHEN)
    read = open_store(place)
    assert [read.lines(one.graph) for one in made] == [one.lines for one in made]
    assert [read.patch(entry)[1][1:] for entry in read.journal().entries] == [one.lines for one in made]
    assert sorted(read.graph("x:0"), key=repr) == sorted(odd, key=repr)
    for bad in ("x:a b", "no scheme", "x:<>", 'x:"'):
        with pytest.raises(ValueError, match="IRI"):
            lines_of("x:g", [(Iri(bad), LABEL, Literal(""))])


@given(st.lists(st.tuples(st.sampled_from(["x:a", "x:é/%20?ü#😀"]), st.sampled_from(["x:p", "urn:a:'()*,;=@"]), st.text(max_size=12), st.sampled_from(
    ["", "string", "decimal", "integer", "dateTime", "date", "boolean", "gYear", "double", "anyURI"])), max_size=8))  # fmt: skip
@example(
    [
        ("x:a", "x:p", value, kind)
        for kind, value in (("decimal", "0.70"), ("integer", "007"), ("boolean", "1"), ("double", "1E0"), ("date", "2026-01-06Z"))
    ]
)
def test_lines_are_those_of_the_engine(found: list[tuple[str, str, str, str]]) -> None:
    """Whatever the words and the kinds of values, those too that the engine writes in another form; of its own triples, and read by it again."""
    triples: list[Triple] = [(Iri(s), Iri(p), Literal(value, XSD + kind) if kind else Iri("x:o")) for s, p, value, kind in found]
    handed = memory(quads("x:g", triples))
    lines = lines_of("x:g", triples)
    assert lines == handed.lines("x:g") == memory_of(lines).lines("x:g")
    assert lines_of("x:g", (quad.triple for quad in handed.quads("x:g"))) == lines


def test_a_patch_packed_by_another_version_is_read() -> None:
    """However hard it was pressed."""
    gone, come = [b"<x:a> <x:p> <x:o> <x:g> .\n"], [b'<x:b> <x:p> "D " <x:g> .\n', b'<x:c> <x:p> "A " <x:g> .\n']
    lines = gzip.decompress(pack(gone, come))
    assert lines == b"D " + gone[0] + b"A " + come[0] + b"A " + come[1]
    assert all(unpack(gzip.compress(lines, level)) == (gone, come) for level in range(10))
    assert (unpack(pack([], [])), unpack(pack(gone, []))) == (([], []), (gone, []))


def test_a_digest_is_the_hash_of_sorted_lines() -> None:
    """Of N-Quads, graph after graph, whatever order they came in."""
    found = [*quads("x:h", some(5)), *quads("x:g", some(7))]
    lines = sorted(f"{q} .\n".encode() for q in found if str(q.graph_name) == "<x:g>") + sorted(
        f"{q} .\n".encode() for q in found if str(q.graph_name) == "<x:h>"
    )
    assert memory(found).digest() == memory(reversed(found)).digest() == hashlib.sha256(b"".join(lines)).hexdigest()


def test_what_is_derived_anew_is_written_where_it_differs(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph and the journal's line are those of a graph that is replaced whole, or is gone."""
    graph, went = DERIVED_GRAPH + "rule", []

    def counted(graph: str, changes: Mapping[str, Patch]) -> str:
        went.append([tuple(map(len, patch)) for patch in changes.values()])
        return update_of(graph, changes)

    with writer(place, "test", WHEN) as store:
        store.replace_graph(graph, some(50), when=WHEN)
        monkeypatch.setattr(embedded, "update_of", counted)
        new = [*some(50)[3:], *some(60)[50:]]
        entry = store.replace_graph(graph, new, when=WHEN)
        assert (entry["quads"], entry["sha256"]) == (57, digest_of(graph, new)) == (store.count(graph), store.digest(graph))
        store.replace_graph(graph, [*new, *some(61)[60:]], when=WHEN)  # nothing goes, so it is loaded
        assert store.count(graph) == 58
        store.remove_graph(graph, when=WHEN)
        assert not store.holds(graph)
    assert went == [[(3, 10)], []]
    assert verify(place, WHEN) == []


def test_replacing_leaves_nothing_of_the_old_graph(place: Path) -> None:
    """And takes provenance in and out with it; the journal's sums add up to what is there."""
    old, new = some(2, "reading"), some(4, "reading")[2:]
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:g", some(30, "old"), {PROVENANCE_GRAPH: ([], old)}, when=WHEN)
        store.replace_graph("x:g", some(10, "new"), {PROVENANCE_GRAPH: (old[:1], new)}, when=WHEN)
        store.replace_graph("x:h", some(1), {PROVENANCE_GRAPH: (some(1, "not there"), new)}, when=WHEN)
    read = open_store(place)
    assert read.graph("x:g") == sorted(some(10, "new"), key=repr)
    assert read.graph(PROVENANCE_GRAPH) == sorted([old[1], *new], key=repr)
    changes = [entry["more"][PROVENANCE_GRAPH] for entry in read.journal().entries]
    assert sum(change["quads"] for change in changes) == read.count(PROVENANCE_GRAPH) == 3
    assert sum(int(change["sum"], 16) for change in changes) % 2**256 == sum_of(read.lines(PROVENANCE_GRAPH))


def test_a_failing_change_changes_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a later operation of the request fails, the earlier ones did not happen."""
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:g", some(3), when=WHEN)
        with pytest.raises(OSError, match="invalid format"):
            store._engine.update("DROP SILENT GRAPH <x:g> ; INSERT DATA { GRAPH <x:h> { <x:a> <x:b> 1 } } ; LOAD <file:///none>")
        assert (store.count("x:g"), store.graphs()) == (3, ["x:g"])
        with pytest.raises(ValueError, match="replaced as a whole"):
            store.replace_graph("x:g", [], {"x:g": ([], some(1))}, when=WHEN)


def test_removing_takes_the_whole_graph(place: Path) -> None:
    """And the journal no longer vouches for it."""
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:g", some(3), when=WHEN)
        store.replace_graph("x:h", some(2), when=WHEN)
        store.remove_graph("x:g", when=WHEN)
    read = open_store(place)
    assert (read.graphs(), read.count(), list(read.acknowledged())) == (["x:h"], 2, ["x:h"])


def test_a_purge_leaves_no_byte(place: Path) -> None:
    """Neither in the engine's files nor in journal, snapshots or sources; what is left is whole and the sums still add up."""
    secret = "Xylophonic-Quagmire"
    mine: list[Triple] = [(Iri(f"x:{secret}"), LABEL, Literal(f"{secret} said so"))]
    reading: list[Triple] = [(Iri(f"x:{secret}/annotation"), LABEL, Literal(secret))]
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:g", some(50), {PROVENANCE_GRAPH: ([], some(1, "other"))}, when=WHEN)
        kept = store.keep_source(secret.encode())
        store.replace_graph(f"x:{secret}", mine, {PROVENANCE_GRAPH: ([], reading)}, when=WHEN, sources=[kept])
    assert _holds(place, secret)
    with writer(place, "remove", WHEN) as store:
        store.purge(f"x:{secret}", [kept], {PROVENANCE_GRAPH: (reading, [])}, when=WHEN)
        assert store.count() == 51
    assert not _holds(place, secret)
    read = open_store(place)
    assert read.graph("x:g") == sorted(some(50), key=repr)
    total = sum(int(e["more"][PROVENANCE_GRAPH]["sum"], 16) for e in read.journal().entries if "more" in e)
    assert total % 2**256 == sum_of(read.lines(PROVENANCE_GRAPH))


def _holds(path: Path, words: str) -> bool:
    return any(words.encode() in p.read_bytes() or words in p.name for p in path.rglob("*") if p.is_file())


def test_sources_are_written_once(place: Path) -> None:
    """The same bytes twice are one file; a damaged one is found when read."""
    with writer(place, "add", WHEN) as store:
        kept = store.keep_source(b"abc")
        file = place / "sources" / kept[:2] / kept
        before = file.stat().st_mtime_ns
        assert store.keep_source(b"abc") == kept == hashlib.sha256(b"abc").hexdigest()
        assert file.stat().st_mtime_ns == before
        file.write_bytes(b"abd")
        with pytest.raises(StoreError, match="damaged"):
            store.source(kept)
    assert [p.name for p in (place / "sources").rglob("*") if p.is_file()] == [kept]


def test_a_torn_line_in_the_journal_is_told_and_mended(place: Path) -> None:
    """It is never taken for an entry, and the next line does not grow out of it."""
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:g", some(1), when=WHEN)
    with (place / "journal.jsonl").open("ab") as file:
        file.write(b'{"did": "replace", "graph": "x:h"')
    assert (len(open_store(place).journal().entries)) == 1
    with (place / "journal.jsonl").open("ab") as file:
        file.write(b"\xff{")
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:h", some(1), when=WHEN)
    assert [e["graph"] for e in open_store(place).journal().entries] == ["x:g", "x:h"]
    assert open_store(place).journal().damaged == ()
    (place / "journal.jsonl").write_bytes(b"junk\n" + (place / "journal.jsonl").read_bytes() + b"torn")
    torn = memory()
    torn.path = place
    assert torn.journal().damaged == (1, 4) and len(torn.journal().entries) == 2


# Others at the same time


def test_a_second_writer_hears_who_is_writing(place: Path) -> None:
    """Which command, which process, since when; once that is gone, even by a kill, the store is free."""
    code = "with writer(Path(sys.argv[1]), 'add', WHEN): print('in', flush=True); sys.stdin.read() if len(sys.argv) > 2 else __import__('time').sleep(60)"
    other = child(code, place)
    assert other.stdout and other.stdout.readline() == "in\n"
    with pytest.raises(StoreError, match=rf"kg add \(process {other.pid}, since {WHEN}\)"), writer(place, "remove", WHEN):
        pass
    assert open_store(place).count() == 0
    other.kill()
    other.communicate()
    with writer(place, "remove", WHEN) as store, pytest.raises(StoreError, match="kg remove"), writer(place, "add", WHEN):
        store.count()


def test_another_program_in_the_engines_files_is_told(place: Path) -> None:
    """Our lock does not hold those who do not know it."""
    other = ox.Store(str(place / "graph"))
    with pytest.raises(StoreError, match="held by another program"), writer(place, "add", WHEN):
        pass
    del other
    with writer(place, "add", WHEN) as store:
        assert store.count() == 0


def test_threads_take_turns(place: Path) -> None:
    """Four threads, each with its own articles and one shared graph: nothing is lost."""

    def work(store: Writer, n: int) -> None:
        for i in range(6):
            more: dict[str, Change] = {PROVENANCE_GRAPH: ([], [(Iri(f"x:{n}-{i}"), LABEL, Literal("read"))])}
            store.replace_graph(f"x:g{n}-{i}", some(5), more, when=WHEN)

    with writer(place, "add", WHEN) as store:
        threads = [threading.Thread(target=work, args=(store, n)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    read = open_store(place)
    assert (len(read.graphs()), read.count(), read.count(PROVENANCE_GRAPH)) == (25, 144, 24)
    assert len(read.acknowledged()) == 24


WRITE_VERSIONS = """
    place = Path(sys.argv[1])
    with writer(place, "add", WHEN) as store:
        for version in range(int(sys.argv[2]), 100000):
            triples = [(Iri(f"x:s{i}"), Iri("x:p"), Literal(f"{version}")) for i in range(200)]
            seen = [(Iri("x:seen"), Iri("x:p"), Literal(f"{version}"))]
            store.keep_source(str(version).encode())
            store.replace_graph("x:g", triples, {"x:prov": ([], seen)}, when=WHEN)
            if version % 7 == 0:
                store.make_snapshot()
            print(version, flush=True)
"""


def test_readers_see_old_or_new_while_somebody_writes(place: Path) -> None:
    """Forty opens beside a writer that replaces and makes snapshots all the time: no error, never a mixture."""
    other = child(WRITE_VERSIONS, place, 1)
    assert other.stdout
    other.stdout.readline()
    try:
        for _ in range(40):
            assert len(_versions(open_store(place).graph("x:g"))) <= 1
            time.sleep(random.random() / 50)
    finally:
        other.kill()
        other.communicate()
    assert len([p for p in (place / "snapshots").iterdir() if p.is_dir()]) <= 3


def test_killed_anywhere_it_is_whole_and_nothing_acknowledged_is_lost(place: Path) -> None:
    """Old or new, with its provenance; the next reader sees what was acknowledged last."""
    chance = random.Random(7)
    last = 0
    for _ in range(6):
        other = child(WRITE_VERSIONS, place, last + 1)
        assert other.stdout
        other.stdout.readline()
        time.sleep(chance.random() / 4)
        other.send_signal(signal.SIGKILL)
        said = other.communicate()[0].split()
        acknowledged = int(said[-1]) if said else last + 1
        read = open_store(place)
        versions = _versions(read.graph("x:g"))
        assert read.count("x:g") == 200 and len(versions) == 1
        last = versions.pop()
        assert last in (acknowledged, acknowledged + 1, acknowledged + 2)
        assert max(_versions(read.graph("x:prov"))) == last
        assert read.journal().damaged in ((), (len(read.journal().entries) + 1,))
        assert all(read.source(hashlib.sha256(str(v).encode()).hexdigest()) for v in range(1, last + 1))


def _versions(triples: list[Triple]) -> set[int]:
    return {int(value.value) for _, _, value in triples if isinstance(value, Literal)}


# Faults


def test_a_full_disk_is_an_error_and_what_was_stored_stays(place: Path) -> None:
    """Every file of the process may have 300 KB, then writing fails as on a full disk."""
    code = """
        import resource
        from kg.errors import StoreError
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        done = 0
        try:
            with writer(Path(sys.argv[1]), "add", WHEN) as store:
                for n in range(50):
                    words = f"{n} " + "long words " * 40
                    store.replace_graph(f"x:g{n}", [(Iri(f"x:{i}"), Iri("x:p"), Literal(f"{i} {words}")) for i in range(100)], when=WHEN)
                    done += 1
        except StoreError as error:
            print(done, error.what)
    """
    said, errors = child(code, place).communicate()
    assert errors == "" and "was not stored" in said
    done = int(said.split()[0])
    read = open_store(place)
    assert {read.count(f"x:g{n}") for n in range(done)} <= {100}
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:after", some(3), when=WHEN)
    assert open_store(place).count("x:after") == 3


def test_a_full_disk_for_sources_and_journal(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to do; no half line stays in the journal, no half file among the sources."""
    real = os.write
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:g", some(1), when=WHEN)

        def full(file: int, data: bytes) -> int:
            if len(data) > 10:
                return real(file, data[:10])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(StoreError, match="No space left") as failed:
            store.keep_source(b"x" * 100)
        assert "room" in failed.value.hint
        with pytest.raises(StoreError, match="No space left"):
            store.replace_graph("x:h", some(1), when=WHEN)
        monkeypatch.undo()
        assert store.journal().damaged == () and [e["graph"] for e in store.journal().entries] == ["x:g"]
        assert [p.name for p in (place / "sources").rglob("*") if p.is_file()] == [store.journal().entries[0]["patch"]]


@pytest.fixture
def not_writable(place: Path) -> Iterator[Path]:
    """A store with one graph that may only be read, in folders anybody may enter."""
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:g", some(3), when=WHEN)
    paths = [place, *place.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in place.parents:
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    yield place
    for path in paths:
        if path.exists():
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_folder_that_may_only_be_read_is_read(not_writable: Path) -> None:
    """Writing says what is missing, reading works; also as another user."""
    code = """
        import os
        from kg.errors import StoreError
        if os.getuid() == 0:
            os.setuid(65534)
        place = Path(sys.argv[1])
        print(open_store(place).count())
        for attempt in (lambda: writer(place, "add", WHEN).__enter__(), lambda: create(place.parent / "new")):
            try:
                attempt()
            except StoreError as error:
                print(error.what, "|", error.hint)
    """
    not_writable.parent.chmod(0o555)
    try:
        said, errors = child(code, not_writable).communicate()
    finally:
        not_writable.parent.chmod(0o755)
    assert errors == ""
    lines = said.splitlines()
    assert lines[0] == "3" and len(lines) == 3 and all("ermission denied" in line and "right to write" in line for line in lines[1:])


def test_a_reader_is_cheap(place: Path) -> None:
    """Opening and one query take less than 40 ms of processor time."""
    with writer(place, "add", WHEN) as store:
        for n in range(20):
            store.replace_graph(f"x:g{n}", some(300), when=WHEN)
    costs = []
    for _ in range(5):
        before = time.process_time()
        assert len(open_store(place).select("SELECT * { GRAPH <x:g1> { ?s ?p ?o } } LIMIT 10")) == 10
        costs.append(time.process_time() - before)
    assert min(costs) < 0.04


@pytest.mark.parametrize("full", [False, True], ids=["", "on a full disk"])
def test_files_that_more_than_doubled_are_merged(place: Path, monkeypatch: pytest.MonkeyPatch, full: bool) -> None:
    """As a writer closes that stored much, not one that stored little; a merge that fails loses nothing."""
    merged = []

    class Engine:
        def __init__(self, engine: ox.Store) -> None:
            self.engine = engine

        def __getattr__(self, name: str) -> object:
            return getattr(self.engine, name)

        def __contains__(self, quad: ox.Quad) -> bool:
            return quad in self.engine

        def optimize(self) -> None:
            merged.append(len(self.engine))
            if full:
                raise OSError(28, "No space left on device")
            self.engine.optimize()

    def add(numbers: range) -> None:
        with writer(place, "add", WHEN) as store:
            store.replace_graphs([Replacement(f"x:{n}", lines_of(f"x:{n}", some(200, f"v{n}")), {}) for n in numbers], when=WHEN)

    was = embedded._engine
    monkeypatch.setattr("kg.store.embedded._engine", lambda path: Engine(was(path)))
    monkeypatch.setattr("kg.store.embedded.MUCH", 1000)
    add(range(5))
    assert merged == [1000]
    add(range(5, 6))
    assert merged == [1000]
    add(range(6, 20))
    assert merged == [1000, 4000]
    monkeypatch.setattr("kg.store.embedded.MUCH", 10**9)
    add(range(20, 60))
    assert merged == [1000, 4000]
    store = open_store(place)
    assert all(store.lines(f"x:{n}") == lines_of(f"x:{n}", some(200, f"v{n}")) for n in range(0, 60, 5)) and verify(place, WHEN) == []


@pytest.mark.parametrize("ask", [lambda store: store.select("SELECT * {}"), lambda store: store.labels(["x:a"])])
def test_files_that_cannot_be_read_are_told(ask: Callable[[Store], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a command reads, what the engine says of a damaged block comes with what to try."""

    class Damaged:
        def query(self, *_: object, **__: object) -> None:
            raise RuntimeError("Corruption: block checksum mismatch")

        quads_for_pattern = query

    store = memory()
    monkeypatch.setattr(store, "_engine", Damaged())
    with pytest.raises(StoreError, match="cannot be read: Corruption") as told:
        ask(store)
    assert "kg verify" in told.value.hint
