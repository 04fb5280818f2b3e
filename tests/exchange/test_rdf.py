"""A store goes out and comes back: same bytes every time, same digest, nothing overwritten, nothing fetched."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import Conflict, ProvisoError, ReadError, StoreError, UsageError
from kg.exchange import rdf
from kg.exchange.rdf import FORMATS, dump, export, load, read
from kg.store.embedded import Store, create, memory, open_store, quads, writer
from kg.vocabulary import DERIVED_GRAPH, PROV, PROVENANCE_GRAPH, RDF, REGISTRY_GRAPH, XSD, kg
from tests.support import Run

WHEN = "2026-01-06T12:00:00Z"
ARTICLE = "https://w3id.org/proviso/id/article/000_a%20b%3C"
SECOND = "https://w3id.org/proviso/id/article/second"


def triple(subject: str, predicate: str, value: str, kind: str = "", language: str = "") -> ox.Triple:
    """A triple with an IRI (no kind) or a literal."""
    if language:
        return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.Literal(value, language=language))
    term = ox.Literal(value, datatype=ox.NamedNode(XSD + kind)) if kind else ox.NamedNode(value)
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), term)


def article(iri: str, words: str = "") -> list[ox.Triple]:
    """An article's graph with every kind of literal."""
    nasty = words + 'He said "no"\n\r\t\\ \\u0041 😀 \u2028 \u00ad é'
    return [
        triple(iri, RDF + "type", kg("Article")), triple(iri, kg("text"), nasty, "string"), triple(iri, kg("a"), "2026", "gYear"),
        triple(iri, kg("a"), "2026-01", "gYearMonth"), triple(iri, kg("a"), "0.70", "decimal"), triple(iri, kg("a"), "28", "integer"),
        triple(iri, kg("a"), "true", "boolean"), triple(iri, kg("a"), "2026-01-06T00:00:00Z", "dateTime"), triple(iri, kg("a"), "0.5", "double"),
        triple(iri, kg("a"), "hallo 😀", language="de-at"), triple(iri, kg("a"), "", "string"), triple(iri, kg("a"), "x:o'o"),
    ]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two articles, a registry, a derived graph, provenance."""
    create(tmp_path / "store")
    with writer(tmp_path / "store", "add", WHEN) as writing:
        for iri in (ARTICLE, SECOND):
            reading = [triple(iri + "/annotation", kg("annotates"), iri)]
            writing.replace_graph(iri, article(iri), {PROVENANCE_GRAPH: ([], reading)}, when=WHEN)
        for iri in (REGISTRY_GRAPH, DERIVED_GRAPH + "standing"):
            writing.replace_graph(iri, [triple("x:actor", kg("memberOf"), "x:alliance")], when=WHEN)
    return open_store(tmp_path / "store")


def imported(source: Path, place: Path) -> Store:
    """A new store with what is in a file or folder."""
    create(place)
    with writer(place, "import", WHEN) as writing:
        load(writing, read(source), str(source), WHEN)
    return open_store(place)


def out(store: Store, tmp_path: Path, form: str) -> Path:
    """An export."""
    tmp_path.mkdir(exist_ok=True)
    target = tmp_path / ("folder" if form == "ttl" else f"export.{form}")
    export(store, target, form)
    return target


def content(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of each file of a folder."""
    return {p.name: p.read_bytes() for p in (path.iterdir() if path.is_dir() else [path])}


@pytest.mark.parametrize("form", FORMATS)
def test_out_and_in_gives_the_same_digest(form: str, store: Store, tmp_path: Path) -> None:
    """And the same bytes when exported again, from either store; literals, languages, emoji and all graphs come back."""
    target = out(store, tmp_path, form)
    before = content(target)
    again = imported(target, tmp_path / "again")
    assert again.digest() == store.digest() and again.graphs() == store.graphs() and len(again.graphs()) == 5
    export(again, target, form)
    assert content(target) == before
    assert not list(tmp_path.glob(".*"))


iris = st.text("az09-é😀", min_size=1, max_size=4).map(lambda name: ox.NamedNode(f"x:{name}"))
words = st.text(st.characters(codec="utf-8"), max_size=12)
literals = st.one_of(
    words.map(ox.Literal),
    st.builds(lambda value, language: ox.Literal(value, language=language), words, st.sampled_from(["de", "de-at"])),
    st.builds(
        lambda value, kind: ox.Literal(value, datatype=ox.NamedNode(XSD + kind)),
        words | st.sampled_from(["1", "01", "1.50", "true", "1e3", "2026"]),
        st.sampled_from(["integer", "decimal", "double", "boolean", "gYear", "dateTime"]),
    ),
)


@pytest.mark.parametrize("form", FORMATS)
@given(some=st.lists(st.builds(ox.Quad, iris, iris, iris | literals, iris), min_size=1, max_size=6))
def test_any_terms_come_back(form: str, some: list[ox.Quad]) -> None:
    """Any characters, also in literals that are no value of their type, and numbers in the form they were written."""
    store = memory(some)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"export.{form}"
        export(store, target, form)
        graphs = read(target)
    assert memory(quad for graph, triples in graphs.items() for quad in quads(graph, triples)).digest() == store.digest()


def test_the_nquads_hash_is_the_digest(store: Store, tmp_path: Path) -> None:
    """So that anybody can compare without this program."""
    assert hashlib.sha256(out(store, tmp_path, "nq").read_bytes()).hexdigest() == store.digest()


def test_bytes_do_not_depend_on_the_order(store: Store) -> None:
    """In which things were stored."""
    quads = [q for graph in store.graphs() for q in store.quads(graph)]
    for form in ("trig", "nq", "jsonld"):
        one, two = io.BytesIO(), io.BytesIO()
        dump(memory(quads), one, form)
        dump(memory(reversed(quads)), two, form)
        assert one.getvalue() == two.getvalue()


def test_importing_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    """It is all there already."""
    target = out(store, tmp_path, "trig")
    with writer(tmp_path / "store", "import", WHEN) as writing:
        done = load(writing, read(target), str(target), WHEN)
        assert done.added == done.kept == () and set(done.same) == set(store.graphs())
    assert open_store(tmp_path / "store").journal() == store.journal()


def test_another_reading_is_a_conflict_and_nothing_is_taken(store: Store, tmp_path: Path) -> None:
    """Not even the articles that are new."""
    target = out(store, tmp_path, "nq")
    create(tmp_path / "mine")
    with writer(tmp_path / "mine", "add", WHEN) as writing:
        writing.replace_graph(ARTICLE, article(ARTICLE, "other "), when=WHEN)
        before = writing.digest()
        with pytest.raises(Conflict, match=r"000_a%20b%3C.*nothing was imported"):
            load(writing, read(target), str(target), WHEN)
        assert writing.digest() == before


def test_what_a_store_has_of_its_own_it_keeps(store: Store, tmp_path: Path) -> None:
    """Its registry and derived graphs; provenance is added to."""
    target = out(store, tmp_path, "jsonld")
    create(tmp_path / "mine")
    with writer(tmp_path / "mine", "add", WHEN) as writing:
        writing.replace_graph(REGISTRY_GRAPH, [triple("x:mine", kg("memberOf"), "x:us")], when=WHEN)
        writing.change_graphs({PROVENANCE_GRAPH: ([], [triple("x:mine", kg("annotates"), "x:m")])}, when=WHEN)
        done = load(writing, read(target), str(target), WHEN)
        assert done.kept == (REGISTRY_GRAPH,) and ARTICLE in done.added
        assert (writing.count(REGISTRY_GRAPH), writing.count(PROVENANCE_GRAPH), writing.digest(ARTICLE)) == (2, 3, store.digest(ARTICLE))


def read_by(who: str, reviewed: bool, article: str = ARTICLE) -> list[ox.Triple]:
    """What a provenance tells of a reading."""
    node = f"{article}/annotation/{who}"
    return [triple(node, kg("annotates"), article), triple(node, kg("reviewed"), "true" if reviewed else "false", "boolean")]


def in_force(store: Store) -> list[str]:
    """Who made the readings that are in force."""
    nodes = {s for s, p, _ in store.graph(PROVENANCE_GRAPH) if p == kg("annotates")}
    return sorted(n.rpartition("/")[2] for n in nodes - {s for s, p, _ in store.graph(PROVENANCE_GRAPH) if p in ENDS})


ENDS = (PROV + "invalidatedAtTime", kg("supersededBy"))


def test_an_article_that_was_removed_comes_back_with_its_reading(tmp_path: Path) -> None:
    """That ended with the removal, and is in force again."""
    create(tmp_path / "s")
    ended = triple(f"{ARTICLE}/annotation/rules", ENDS[0], WHEN, "dateTime")
    with writer(tmp_path / "s", "add", WHEN) as writing:
        writing.replace_graph(ARTICLE, article(ARTICLE), {PROVENANCE_GRAPH: ([], read_by("rules", False))}, when=WHEN)
        target = out(writing, tmp_path, "nq")
        writing.remove_graph(ARTICLE, {PROVENANCE_GRAPH: ([], [ended])}, when=WHEN)
        removed = out(writing, tmp_path / "removed", "nq")
        assert in_force(writing) == []
        load(writing, read(target), "", WHEN)
        assert in_force(writing) == ["rules"] and writing.graph(ARTICLE)
        load(writing, read(removed), "", WHEN)  # where it ended is another store: here the article is there
        assert in_force(writing) == ["rules"]


@pytest.mark.parametrize(("mine", "other"), [("rules", "anna"), ("anna", "rules"), ("rules", "llm"), ("anna", "bob")])
def test_one_reading_is_in_force(mine: str, other: str, tmp_path: Path) -> None:
    """Where two stores read an article alike: a person's before a machine's, else the store's own; again it changes nothing."""
    people = ("anna", "bob")
    for who in (mine, other):
        create(tmp_path / who)
        with writer(tmp_path / who, "add", WHEN) as writing:
            writing.replace_graph(ARTICLE, article(ARTICLE), {PROVENANCE_GRAPH: ([], read_by(who, who in people))}, when=WHEN)
    target = out(open_store(tmp_path / other), tmp_path, "nq")
    with writer(tmp_path / mine, "import", WHEN) as writing:
        assert load(writing, read(target), "", WHEN).added == (PROVENANCE_GRAPH,)
        assert in_force(writing) == [other if other in people and mine not in people else mine]
        assert load(writing, read(target), "", WHEN).added == ()
        assert writing.count(PROVENANCE_GRAPH) == 6


def test_a_failed_export_leaves_the_old_one(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk, in every format; and nothing half stays beside it."""
    targets = {form: out(store, tmp_path, form) for form in FORMATS}
    before = {form: content(target) for form, target in targets.items()}

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for form, target in targets.items():
        with pytest.raises(StoreError, match="as it was: No space left"):
            export(store, target, form)
        assert content(target) == before[form]
    assert not list(tmp_path.glob(".*"))


def test_an_interrupted_export_leaves_the_old_one(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C too."""
    target = out(store, tmp_path, "nq")
    before = target.read_bytes()

    def stopped(store: Store, stream: BinaryIO, form: str) -> None:
        stream.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(rdf, "dump", stopped)
    with pytest.raises(KeyboardInterrupt):
        export(store, target, "nq")
    assert target.read_bytes() == before and not list(tmp_path.glob(".*"))


def test_a_folder_of_something_else_is_not_replaced(store: Store, tmp_path: Path) -> None:
    """Only an earlier export is; and Turtle is no single file."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match="something else"):
        export(store, tmp_path / "mine", "ttl")
    with pytest.raises(UsageError, match="one graph"):
        dump(store, io.BytesIO(), "ttl")
    with pytest.raises(UsageError, match="not an RDF format"):
        export(store, tmp_path / "x", "pdf")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("name", "data", "words", "place"),
    [
        ("a.nq", b"<x:a> <x:b> <x:c> <x:g> .\n<x:a> <x:b> .\n", "not N-Quads", ":2"),
        ("a.trig", b"<x:g> {\n <x:a> <x:b> [] .\n}", "blank node", ""),
        ("a.trig", b"<x:g> {\n <x:a> y:b 1 .\n}", "not TriG", ":2"),
        ("a.trig", b"<x:a> <x:b> <x:c> .", "no named graph", ""),
        ("a.ttl", b"<x:a> <x:b> <x:c> .", "one article", ""),
        ("a.nq", b'<x:a> <x:b> "\xff" <x:g> .', "UTF-8", ":1"),
        ("a.jsonld", b'[{"@id": "x:g",\n "@graph": [}]', "not JSON-LD", ":2"),
        ("a.jsonld", b'{"@context": "http://127.0.0.1:1/c", "@id": "x:a", "x:b": 1}', "nothing is fetched", ""),
        ("a.jsonld", b'{"@context": ["file:///etc/passwd"], "@id": "x:a"}', "nothing is fetched", ""),
        (
            "a.jsonld",
            b'{"@context": {"c": {"@id": "x:c", "@context": "http://127.0.0.1:1/c"}}, "@id": "x:a", "c": {"x:b": 1}}',
            "fetched",
            "",
        ),
        ("a.trig", b"<x:g> { <x:a> <x:b> " + b"(" * 100_000, "not TriG|blank node", ""),
        ("a.jsonld", b"[" * 100_000, "not JSON-LD", ""),
        ("a.jsonld", b'{"@id":"x:a","x:b":' * 100_000, "not JSON-LD", ""),
    ],
)
def test_a_wrong_file_is_told_with_its_line(name: str, data: bytes, words: str, place: str, tmp_path: Path) -> None:
    """Broken, bottomless, or asking for something from elsewhere."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReadError, match=words) as wrong:
        read(tmp_path / name)
    assert wrong.value.where == f"{tmp_path / name}{place}" or not place


def test_a_turtle_file_alone_is_one_article(store: Store, tmp_path: Path) -> None:
    """Its graph is named by the article it describes."""
    folder = out(store, tmp_path, "ttl")
    file = next(p for p in folder.iterdir() if p.name.startswith("second"))
    assert list(read(file)) == [SECOND]


def test_an_article_that_comes_without_who_read_it_is_told(store: Store, tmp_path: Path, run: Run) -> None:
    """As from a Turtle file alone; a whole export has it, in each of its forms."""
    folder = out(store, tmp_path, "ttl")
    file = next(p for p in folder.iterdir() if p.name.startswith("second"))
    done = run("import", file, "--store", tmp_path / "one")
    assert f"{file} does not tell who read {SECOND}, which counts as not reviewed; the whole export does" in done.stderr
    for form in FORMATS:
        done = run("import", out(store, tmp_path / form, form), "--store", tmp_path / f"whole-{form}")
        assert done.returncode == 0 and "who read" not in done.stderr


@pytest.mark.parametrize("damage", ["missing", "broken", "outside", "no file"])
def test_a_damaged_folder_is_refused(damage: str, store: Store, tmp_path: Path) -> None:
    """A manifest never leads out of its folder."""
    folder = out(store, tmp_path, "ttl")
    manifest = folder / "manifest.json"
    text = {"broken": "{", "outside": '{"graphs": {"../x.ttl": "x:g"}}', "no file": '{"graphs": {"x.ttl": "x:g"}}'}
    if damage == "missing":
        manifest.unlink()
    else:
        manifest.write_text(text[damage])
    with pytest.raises(ProvisoError) as wrong:
        read(folder)
    assert wrong.value.where and wrong.value.hint
