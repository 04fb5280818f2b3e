"""Damage of every kind is found by `verify`, and what the store keeps puts it right."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.model import Actor, Annotation, Annotator, Article, Commitment, Condition, ConditionUse, Reference, Registry, Span, Statement
from kg.store import folder
from kg.store.backup import backup
from kg.store.embedded import Change, Replacement, Writer, create, current, lines_of, open_store, writer
from kg.store.repair import repair, upgrade
from kg.store.scan import scan
from kg.store.verify import verify
from kg.triples import Iri, Literal, Triple, to_triples
from kg.vocabulary import DERIVED_GRAPH, PROVENANCE_GRAPH, RDFS

WHEN = "2026-01-07T12:00:00Z"
LABEL = Iri(RDFS + "label")


def some(count: int, words: str) -> list[Triple]:
    """As many triples."""
    return [(Iri(f"x:{words}{n}"), LABEL, Literal(f"{words} {n}")) for n in range(count)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store with two articles of files that are still there, their provenance, and a derived graph."""
    place = tmp_path / "store"
    create(place)
    with writer(place, "add", WHEN) as store:
        for name in "ab":
            file = tmp_path / f"{name}.txt"
            file.write_text(f"the article {name}")
            kept = store.keep_source(file.read_bytes())
            told: dict[str, Change] = {PROVENANCE_GRAPH: ([], some(3, f"read-{name}"))}
            store.replace_graph(f"x:{name}", some(200, name), told, when=WHEN, sources=[kept], origin=str(file))
        store.replace_graph(DERIVED_GRAPH + "rule", some(5, "derived"), when=WHEN)
        store.replace_graph(DERIVED_GRAPH + "finds-nothing", [], when=WHEN)
        store.replace_graph(
            "x:a", some(150, "a-again"), {PROVENANCE_GRAPH: (some(1, "read-a"), some(2, "read-a-again"))}, when=WHEN, sources=[], origin=""
        )
    return place


def content(place: Path) -> dict[str, str]:
    """The digest of each graph but the derived ones."""
    store = open_store(place)
    return {graph: store.digest(graph) for graph in store.graphs() if not graph.startswith(DERIVED_GRAPH)}


def codes(place: Path) -> list[str]:
    """What is wrong, by code."""
    return [finding.code for finding in verify(place, WHEN)]


def flip(file: Path, at: int = -1) -> None:
    """Changes one byte in the middle, or at a place."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2 if at < 0 else at] ^= 0xFF
    file.write_bytes(bytes(data))


def engine_file(place: Path, pattern: str) -> Path:
    """The largest of the engine's files of a kind."""
    return max((place / "graph").glob(pattern), key=lambda file: file.stat().st_size)


def test_a_whole_store_is_said_to_be_so(place: Path) -> None:
    """Nothing is found and nothing changed; a repair then changes nothing either."""
    before = content(place)
    assert verify(place, WHEN) == []
    journal = (place / "journal.jsonl").read_bytes()
    assert repair(place, WHEN) == [] and (place / "journal.jsonl").read_bytes() == journal
    assert content(place) == before


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a flipped byte in the engine's tables": (lambda place: flip(engine_file(place, "*.sst")), "graph-unread"),
    "the engine's list of tables flipped": (lambda place: flip(engine_file(place, "MANIFEST-*"), 20), "graph-unread"),
    "the engine's name of that list gone": (lambda place: (place / "graph" / "CURRENT").unlink(), "graph-unread"),
    "all of the engine's files gone": (lambda place: shutil.rmtree(place / "graph"), "graph-unread"),
    "a line of the journal flipped": (lambda place: flip(place / "journal.jsonl", 30), "journal-line"),
    "the journal gone": (lambda place: (place / "journal.jsonl").unlink(), "graph-unknown"),
    "a kept file flipped": (lambda place: flip(source_of(place)), "source-damaged"),
    "a kept file gone": (lambda place: source_of(place).unlink(), "source-lost"),
    "a kept change flipped": (lambda place: flip(patch_of(place)), "source-damaged"),
    "a kept change gone": (lambda place: patch_of(place).unlink(), "source-lost"),
    "the snapshot's name flipped": (lambda place: flip(place / "snapshots" / "current", 0), "snapshot"),
    "the snapshot gone": (lambda place: shutil.rmtree(place / "snapshots"), "snapshot"),
}  # fmt: skip


def source_of(place: Path) -> Path:
    """A kept file that an article was read from."""
    return folder.source_path(place, folder.read_journal(place).entries[1]["sources"][0])


def patch_of(place: Path) -> Path:
    """A kept change."""
    return folder.source_path(place, folder.read_journal(place).entries[0]["patch"])


FIRST = (
    "a flipped byte in the engine's tables",
    "a line of the journal flipped",
    "a kept change gone",
    "the snapshot gone",
)  # `make test-full` has all


@pytest.mark.parametrize("damage", [damage if damage in FIRST else pytest.param(damage, marks=pytest.mark.slow) for damage in DAMAGE])
def test_damage_is_found_and_put_right(place: Path, damage: str) -> None:
    """It has its code; afterwards every graph is what it was, and nothing is wrong any more."""
    before = content(place)
    do, code = DAMAGE[damage]
    do(place)
    assert code in codes(place)
    assert repair(place, WHEN) == []
    assert content(place) == before
    assert codes(place) == []


def test_an_engine_that_lost_its_last_commits_is_found(place: Path, tmp_path: Path) -> None:
    """It opens without a word, an article short, as after a power cut on a disk that lies; the journal knows."""
    shutil.copytree(place / "graph", tmp_path / "earlier")
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:c", some(50, "c"), {PROVENANCE_GRAPH: ([], some(1, "read-c"))}, when=WHEN)
    before = content(place)
    shutil.rmtree(place / "graph")
    (tmp_path / "earlier").rename(place / "graph")
    assert {*codes(place)} == {"graph-lost", "graph-changed"}
    assert repair(place, WHEN) == [] and codes(place) == [] and content(place) == before


def test_what_cannot_be_made_again_is_named(place: Path) -> None:
    """Engine and kept change damaged at once: the article is named with its file, the others are there, the old files kept aside."""
    lost = folder.source_path(place, next(e["patch"] for e in folder.read_journal(place).entries if e.get("graph") == "x:b"))
    lost.unlink()
    flip(engine_file(place, "*.sst"))
    (named,) = repair(place, WHEN)
    assert named.startswith("x:b (") and named.endswith("b.txt)")
    assert open_store(place).count("x:a") == 150 and (place / "graph.damaged").is_dir()


def test_a_damaged_file_without_another_stays_and_is_said(place: Path, tmp_path: Path) -> None:
    """What can still be read of it is not thrown away."""
    (tmp_path / "b.txt").write_text("another text")
    source = source_of(place)
    flip(source)
    damaged = source.read_bytes()
    repair(place, WHEN)
    assert codes(place) == ["source-damaged"] and source.read_bytes() == damaged


def test_a_part_of_a_file_is_taken_from_that_file(place: Path, tmp_path: Path) -> None:
    """Of a file with several articles each kept only its own part, which is still there, though the rest has changed."""
    (tmp_path / "b.txt").write_text("---\nid: x\n---\nanother\n---\nid: b\n---\nthe article b\n")
    with writer(place, "add", WHEN) as store:
        kept = store.keep_source(b"---\nid: b\n---\nthe article b\n")
        store.replace_graph("x:c", some(2, "c"), when=WHEN, sources=[kept], origin=str(tmp_path / "b.txt"))
    folder.source_path(place, kept).unlink()
    assert codes(place) == ["source-lost"]
    assert repair(place, WHEN) == [] and codes(place) == []


def test_a_commit_that_came_through_before_a_kill_counts(place: Path) -> None:
    """Its line had been pending: verify finds nothing wrong, the next writer writes it."""
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:d", some(5, "d"), {PROVENANCE_GRAPH: ([], some(1, "read-d"))}, when=WHEN)
    journal = place / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-40])  # the kill tore the line
    assert codes(place) == ["journal-torn"]
    with writer(place, "add", WHEN) as store:
        assert "x:d" in store.acknowledged()
    assert codes(place) == []


@pytest.mark.parametrize("seen", [False, True], ids=["readers see the old graph", "readers see the new graph"])
def test_a_commit_that_does_not_count_yet_damages_no_snapshot(place: Path, monkeypatch: pytest.MonkeyPatch, seen: bool) -> None:
    """Killed between engine and journal, a writer leaves an engine that is ahead: verify finds nothing wrong."""

    def killed(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with writer(place, "add", WHEN) as store:
        with monkeypatch.context() as patched:
            patched.setattr("kg.store.folder.append_journal", killed)
            with pytest.raises(StoreError):
                store.replace_graph("x:d", some(5, "d"), when=WHEN)
        if seen:
            store.make_snapshot()
    assert codes(place) == []
    assert ("x:d" in open_store(place).graphs()) == seen
    with writer(place, "add", WHEN) as store:
        assert "x:d" in store.acknowledged()


def test_a_commit_that_did_not_come_through_does_not_count(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line was pending, the engine knows nothing of it."""

    def refuse(*_: object) -> str:
        raise OSError(28, "No space left on device")

    with writer(place, "add", WHEN) as store:
        before = store.replace_graph("x:d", some(3, "d"), when=WHEN)
        monkeypatch.setattr("kg.store.embedded.update_of", refuse)
        with pytest.raises(StoreError):
            store.replace_graph("x:d", some(5, "e"), when=WHEN)
    with writer(place, "add", WHEN) as store:
        assert store.acknowledged()["x:d"] == before
    assert codes(place) == []


@pytest.mark.parametrize("torn", [0, 40, 10_000], ids=["before the journal", "in its second line", "in its first line"])
def test_graphs_that_were_stored_together_all_count_after_a_kill(place: Path, monkeypatch: pytest.MonkeyPatch, torn: int) -> None:
    """Wherever between engine and journal: verify finds nothing wrong, the next writer counts those that were not yet."""
    together = [Replacement(f"x:{n}", lines_of(f"x:{n}", some(5, f"d{n}")), {PROVENANCE_GRAPH: ([], some(1, f"read-{n}"))}) for n in (7, 8)]

    def killed(path: Path, entries: list[folder.Entry]) -> None:
        lines = b"".join(map(folder.line_of, entries))
        with (path / "journal.jsonl").open("ab") as file:
            file.write(b"" if not torn else lines[:-torn] or lines[:40])
        raise OSError(28, "No space left on device")

    with writer(place, "add", WHEN) as store:
        monkeypatch.setattr("kg.store.folder.append_journal", killed)
        with pytest.raises(StoreError, match="x:7 and 1 more were not stored"):
            store.replace_graphs(together, when=WHEN)
    monkeypatch.undo()
    assert {*codes(place)} <= {"journal-torn"}
    with writer(place, "add", WHEN) as store:
        assert {"x:7", "x:8"} <= store.acknowledged().keys()
    assert codes(place) == []


def test_of_graphs_that_are_stored_together_all_are_or_none_is(place: Path) -> None:
    """One that the engine refuses leaves the others as they were, and what is there already may stand among what is new."""
    new, old = (Replacement(g, lines_of(g, some(5, g)), {}) for g in ("x:new", "x:a"))
    with writer(place, "add", WHEN) as store:
        before = store.digest()
        with pytest.raises(SyntaxError):
            store.replace_graphs([new, Replacement("x:bad", [b"<x:s> <x:p> nonsense .\n"], {})], when=WHEN)
        assert store.digest() == before
        store.replace_graphs([new, old], when=WHEN)
        assert [store.lines(r.graph) for r in (new, old)] == [new.lines, old.lines]
    assert codes(place) == []


def test_a_purge_that_was_killed_is_finished(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At whatever step: the next writer goes on, and nothing of the article is left."""
    source = source_of(place)
    for step in ("_forgotten", "_rebuild", "make_snapshot"):
        with monkeypatch.context() as patch:
            patch.setattr(Writer, step, _killed)
            with pytest.raises(KeyboardInterrupt):
                _purge(place, source.name)
    with writer(place, "add", WHEN):
        pass
    assert codes(place) == [] and not source.exists()
    assert not [file for file in place.rglob("*") if file.is_file() and b"read-b" in file.read_bytes()]
    assert not [
        e for e in open_store(place).journal().entries if b"read-b" in b"".join(b"".join(side) for side in open_store(place).patch(e))
    ]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def _purge(place: Path, source: str) -> None:
    with writer(place, "remove", WHEN) as store:
        store.purge("x:b", [source], {PROVENANCE_GRAPH: (some(3, "read-b"), [])}, when=WHEN)


def test_an_older_store_is_refused_and_upgraded(place: Path) -> None:
    """Every command says how; the dump beside it holds all quads, and the journal vouches for each graph."""
    before = content(place)
    as_layout_2(place)
    with pytest.raises(StoreError) as refused:
        open_store(place)
    assert "kg repair" in refused.value.hint
    dump = upgrade(place, WHEN)
    assert dump and sorted(dump.read_bytes().splitlines(keepends=True)) == sorted(
        line for graph in open_store(place).graphs() for line in open_store(place).lines(graph)
    )
    assert content(place) == before and codes(place) == [] and upgrade(place, WHEN) is None
    assert [e["sources"] for e in open_store(place).journal().entries if e.get("graph") == "x:b"] == [[source_of_b(place)]]


def source_of_b(place: Path) -> str:
    """The hash of what x:b was read from."""
    return next(str(e["sources"][0]) for e in folder.read_journal(place).entries if e.get("graph") == "x:b")


def as_layout_2(place: Path) -> None:
    """The mark of the layout before this one."""
    mark = json.loads((place / "proviso.json").read_text())
    (place / "proviso.json").write_text(json.dumps(mark | {"proviso-store": 2}))


def test_what_layout_2_did_not_mention_is_mentioned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Upgraded, a statement on a chain of conditions has the graph that this version makes of it."""
    text = "Norland will send ships after a truce, which needs a vote, which needs a quorum."
    names = ("truce", "vote", "quorum")
    ships, *spans = (Span(text.index(words), text.index(words) + len(words), words) for words in ("will send ships", *names))
    chain = tuple(
        Condition(name, span, name, "event", (), names[n:][:1]) for n, (name, span) in enumerate(zip(names, spans, strict=True), 1)
    )
    promise = Commitment("c1", (Reference("norland"),), Reference("send-ships", ships))
    said = Statement(
        "s1", (ships,), "indirect", "pledges", expresses="c1", stance="pledged", conditions=(ConditionUse("truce"),), inferred=True
    )
    annotation = Annotation(Annotator("me"), (said,), (promise,), chain, actors=(Actor("norland", "Norland", "state"),))
    made = lines_of("x:a", to_triples(Article("a", text), annotation, Registry()))
    monkeypatch.setattr("kg.triples.writing._Writer._names_what", lambda *_: None)
    before = to_triples(Article("a", text), annotation, Registry())
    create(tmp_path / "store")
    with writer(tmp_path / "store", "add", WHEN) as store:
        store.replace_graph("x:a", before, when=WHEN)
    as_layout_2(tmp_path / "store")
    upgrade(tmp_path / "store", WHEN)
    assert open_store(tmp_path / "store").lines("x:a") == made and codes(tmp_path / "store") == []
    assert len(made) - len(lines_of("x:a", before)) == 3  # the statement both needs, the truce the quorum


def test_a_newer_store_is_refused(place: Path) -> None:
    """By every command, also by repair, and nothing is changed."""
    (place / "proviso.json").write_text(json.dumps({"proviso-store": 4, "engine": "oxigraph 0.5"}))
    before = {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}
    for refused in (open_store, lambda path: upgrade(path, WHEN), lambda path: verify(path, WHEN)):
        with pytest.raises(StoreError, match="layout 4"):
            refused(place)
    assert {file: file.read_bytes() for file in place.rglob("*") if file.is_file()} == before


def test_a_copy_is_a_store(place: Path, tmp_path: Path) -> None:
    """The same digest, journal and kept files; it can be made while somebody writes, and holds then what counted."""
    with writer(place, "add", WHEN) as store:
        store.replace_graph("x:later", some(5, "later"), when=WHEN)
        backup(place, tmp_path / "copy")
        assert "x:later" not in open_store(tmp_path / "copy").graphs()
        assert codes(tmp_path / "copy") == []
    backup(place, tmp_path / "second")
    assert open_store(tmp_path / "second").digest() == open_store(place).digest()
    assert codes(tmp_path / "second") == []
    with pytest.raises(StoreError, match="already"):
        backup(place, tmp_path / "second")


def test_what_a_writer_is_about_to_rename_is_not_copied(place: Path, tmp_path: Path) -> None:
    """It is seen in its folder and gone when it is opened."""
    kept = source_of(place)
    kept.with_name(f".{kept.name}.tmp").symlink_to("gone")
    backup(place, tmp_path / "copy")
    assert codes(tmp_path / "copy") == [] and not list((tmp_path / "copy").rglob("*.tmp"))


def test_a_damaged_store_is_not_copied(place: Path, tmp_path: Path) -> None:
    """A kept file that is not whole stops it, and no copy is left."""
    flip(source_of(place))
    with pytest.raises(StoreError, match="damaged"):
        backup(place, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_table_that_only_readers_have_is_read_by_every_index(place: Path) -> None:
    """The engine has merged its own since: a block of an index that no graph is read by is damaged for readers alone."""
    name, _ = current(place)
    for table in sorted((place / folder.SNAPSHOTS / name).glob("*.sst")):
        whole = table.read_bytes()
        table.unlink()  # no longer the engine's own file
        table.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])
        if not scan(table.parent, indices=False).error and codes(place) == ["snapshot"]:
            return
        table.write_bytes(whole)  # damage to it stops the reading of graphs, or is of strings that no quad has any more
    pytest.fail("damage to an index is not found, or none is read but for the graphs")
