"""Articles in: one outcome for every input, nothing half, nothing overwritten, nothing lost."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from bench.corpus import Corpus
from kg.actors import load_registry
from kg.analyse.derive import derive
from kg.annotate.automatic import find_annotator
from kg.annotate.from_file import read_annotation
from kg.articles import Reading, find_files, read_articles
from kg.errors import AnnotationError, Conflict, FaultError, ReadError, UsageError
from kg.exchange import rdf
from kg.ingest import Outcome, add, read_checked, remove
from kg.model import Annotation, Annotator, Article, Registry
from kg.query import run
from kg.store.embedded import Replacement, create, lines_of, open_store, writer
from kg.store.verify import inspect
from kg.triples import Iri, article_iri, to_triples
from kg.vocabulary import DERIVED_GRAPH, PROV, PROVENANCE_GRAPH, kg
from tests.analyse.test_origins import reports_of
from tests.support import READING, TEXT, write

FIRST, SECOND = "2026-01-06T10:00:00Z", "2026-01-07T10:00:00Z"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty store, and beside it a folder `in` with one article and its annotation."""
    create(tmp_path / "store")
    write(tmp_path / "in" / "ships.txt")
    return tmp_path


def put(place: Path, *paths: Path, when: str = FIRST, registry: Registry | None = None) -> list[Outcome]:
    with writer(place / "store", "add", when) as store:
        outcomes = list(add(store, _read(paths or (place / "in",)), registry or Registry(), when))
        derive(store, when)
    return outcomes


def _read(paths: Sequence[Path]) -> Iterator[Reading]:
    for path in find_files(paths):
        yield from read_articles(path)


def texts(place: Path) -> set[str]:
    """The texts of all articles in the store."""
    found = open_store(place / "store").select(f"SELECT ?t {{ ?a <{kg('text')}> ?t }}")
    return {row[0].value for row in found if isinstance(row[0], ox.Literal)}


def digest(place: Path) -> str:
    return open_store(place / "store").digest()


def test_adding_twice_changes_nothing(place: Path) -> None:
    """Not a triple, not a line of the journal; the outcome says so."""
    assert [o.outcome for o in put(place)] == ["stored"]
    before, lines = digest(place), len(open_store(place / "store").journal().entries)
    assert [o.outcome for o in put(place, when=SECOND)] == ["unchanged"]
    assert digest(place) == before
    assert len(open_store(place / "store").journal().entries) == lines


def test_the_same_input_gives_the_same_store(place: Path, tmp_path: Path) -> None:
    """In two stores, at one time: equal digests."""
    put(place)
    other = tmp_path / "other"
    create(other / "store")
    put(other, place / "in" / "ships.txt")
    assert digest(other) == digest(place)


def test_a_changed_article_replaces_its_reading_and_keeps_the_earlier_one(place: Path) -> None:
    """The graph holds the new text alone; the provenance holds both readings with their dates, the store both files' bytes."""
    put(place)
    write(place / "in" / "ships.txt", TEXT.replace("Ann Berg said", "Ann Berg said again"))
    assert [o.outcome for o in put(place, when=SECOND)] == ["superseded"]
    store = open_store(place / "store")
    assert texts(place) == {TEXT.replace("said", "said again")}
    told = store.graph(PROVENANCE_GRAPH)
    dates = {(p.removeprefix(PROV), o.value) for _, p, o in told if p.startswith(PROV) and hasattr(o, "value")}
    assert dates == {("endedAtTime", FIRST), ("endedAtTime", SECOND), ("invalidatedAtTime", SECOND)}
    old, new = (next(s for s, p, o in told if p == PROV + "endedAtTime" and getattr(o, "value", "") == when) for when in (FIRST, SECOND))
    assert (old, kg("supersededBy"), new) in told
    sums = {o.value for s, p, o in told if s == old and p == kg("sourceSha256") and hasattr(o, "value")}
    assert [store.source(sum).decode() for sum in sums] == [TEXT]


def test_a_changed_annotation_is_a_new_reading(place: Path) -> None:
    """The text is the same, what is read from it is not."""
    put(place)
    write(place / "in" / "ships.txt", reading=READING.replace("strength: firm", "strength: intended"))
    assert [o.outcome for o in put(place, when=SECOND)] == ["superseded"]
    write(place / "in" / "ships.txt", reading="# a comment\n" + READING.replace("strength: firm", "strength: intended"))
    assert [o.outcome for o in put(place, when=SECOND)] == ["unchanged"]


def test_two_files_of_one_run_with_one_id(place: Path) -> None:
    """The first is stored, the second reported, whatever it says."""
    write(place / "in" / "z" / "other.txt", f"---\nid: ships\n---\nSomething else. {TEXT}")
    outcomes = put(place)
    assert [(o.outcome, type(o.error)) for o in outcomes] == [("stored", type(None)), ("rejected", Conflict)]
    assert "ships.txt" in str(outcomes[1].error) and "other.txt" in str(outcomes[1].error)
    assert texts(place) == {TEXT}


def test_another_file_with_the_id_of_a_stored_article(place: Path) -> None:
    """Reported and nothing overwritten while the first file is there; once it is gone the other is where the article is now."""
    put(place)
    before = digest(place)
    other = write(place / "elsewhere" / "ships.txt", TEXT + " Truly.")
    [outcome] = put(place, other, when=SECOND)
    assert (outcome.outcome, type(outcome.error)) == ("rejected", Conflict)
    assert digest(place) == before
    (place / "in" / "ships.txt").unlink()
    assert [o.outcome for o in put(place, other, when=SECOND)] == ["superseded"]


@pytest.mark.parametrize(("text", "reading", "error"), [
    ("", READING, ReadError), (TEXT, None, ReadError), (TEXT, "statements: 7", AnnotationError), (TEXT, "- nothing", AnnotationError),
    (TEXT, READING.replace("strength: firm\n", ""), AnnotationError), ("No ships.", READING, AnnotationError),
])  # fmt: skip
def test_what_cannot_be_stored_says_why_and_the_rest_goes_on(place: Path, text: str, reading: str | None, error: type[Exception]) -> None:
    """A bad article beside a good one: one reason, one article in the store."""
    write(place / "in" / "bad.txt", text, reading)
    outcomes = {o.file.rpartition("/")[2]: o for o in put(place)}
    assert type(outcomes["bad.txt"].error) is error and outcomes["bad.txt"].outcome == "rejected"
    assert len(str(outcomes["bad.txt"].error).splitlines()) == 3
    assert outcomes["ships.txt"].outcome == "stored"
    assert [g for g in open_store(place / "store").graphs() if "/article/" in g] == [article_iri("ships")]


def test_an_id_too_long_for_a_file_name_is_stored(place: Path) -> None:
    """In letters of several bytes it is no name that a file can have, so no annotation has it either; it goes out in every form."""
    id = "Канцлер" * 20
    write(place / "in" / "ships.txt", f"---\nid: {id}\n---\n{TEXT}")
    assert [(o.outcome, o.article) for o in put(place)] == [("stored", id)]
    store = open_store(place / "store")
    rdf.export(store, place / "out", "ttl")
    assert article_iri(id) in rdf.read(place / "out")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fault_of_ours_costs_one_article(place: Path, jobs: int) -> None:
    """It is told as that article's, with its type and where it came about; the others are stored, on any number of processes."""
    for name in ("a", "b", "c"):
        (place / "in" / f"{name}.txt").write_text(f"Bonn said that it will pay, {name}.", "utf-8")
    with writer(place / "store", "add", FIRST) as store:
        outcomes = list(add(store, _read([place / "in"]), Registry(), FIRST, stumble_over_b, jobs))
    assert [(o.article, o.outcome) for o in outcomes] == [("a", "stored"), ("b", "rejected"), ("c", "stored"), ("ships", "stored")]
    error = outcomes[1].error
    assert isinstance(error, FaultError) and "ZeroDivisionError: " in error.what and error.where.endswith("b.txt")
    assert "stumble_over_b" in error.trace and "--debug" in error.hint


def stumble_over_b(article: Article, registry: Registry) -> Annotation:
    """An annotator with a bug."""
    return Annotation(Annotator("buggy", str(1 // (article.id != "b"))))


def test_what_is_stored_as_it_is_now_is_not_read_again(place: Path) -> None:
    """With `resume`: from the same bytes of the same file, and of its annotation; it is told all the same, once, with its statements."""
    write(place / "in" / "more.txt", TEXT + " More.")
    put(place, place / "in" / "ships.txt")

    def again(*paths: Path) -> dict[str, tuple[str, int]]:
        with writer(place / "store", "add", SECOND) as store:
            outcomes = list(add(store, _read(paths), Registry(), SECOND, resume=True))
        assert len({o.article for o in outcomes}) == len(outcomes)
        return {o.article: (o.outcome, o.statements) for o in outcomes}

    assert again(place / "in") == {"ships": ("unchanged", 1), "more": ("stored", 1)}
    (place / "in" / "ships.yaml").write_text("# a comment\n" + READING, "utf-8")
    assert again(place / "in" / "ships.txt") == {"ships": ("unchanged", 1)}  # read again, and it says the same
    write(place / "in" / "ships.txt", TEXT + " Again.")
    assert again(place / "in") == {"more": ("unchanged", 1), "ships": ("superseded", 1)}


def test_what_a_model_has_read_in_part_is_read_again(place: Path) -> None:
    """With `resume`, until it has all of it; not what a person has read."""
    (place / "in" / "talks.txt").write_text("Bonn said that it will pay.", "utf-8")

    def again(version: str) -> dict[str, str]:
        def annotate(article: Article, registry: Registry) -> Annotation:
            return Annotation(Annotator("llm", version))

        with writer(place / "store", "add", SECOND) as store:
            outcomes = list(add(store, _read([place / "in"]), Registry(), SECOND, annotate, resume=True))
        return {o.article: o.outcome for o in outcomes}

    part = "m, prompt 0, 1 of 2 passages unread"
    assert again(part) == {"ships": "stored", "talks": "stored"} and again(part) == {"ships": "unchanged", "talks": "unchanged"}
    assert again("m, prompt 0") == {"ships": "unchanged", "talks": "superseded"}
    assert again("n, prompt 0") == {"ships": "unchanged", "talks": "unchanged"}


def test_a_rule_that_is_no_more_leaves_no_graph(place: Path) -> None:
    """With the next command that derives."""
    put(place)
    old = DERIVED_GRAPH + "of-an-older-version"
    with writer(place / "store", "add", FIRST) as store:
        store.replace_graph(old, [(Iri("x:s"), Iri("x:p"), Iri("x:o"))], when=FIRST)
        assert old in store.graphs()
        derive(store, SECOND)
        assert old not in store.graphs()


def test_what_is_rejected_changes_nothing(place: Path) -> None:
    """Not even the registry."""
    before = digest(place)
    [outcome] = put(place, write(place / "bad.txt", "No annotation.", None), registry=load_registry())
    assert outcome.outcome == "rejected" and digest(place) == before


def test_an_article_that_only_moved_in_its_file_is_unchanged(place: Path) -> None:
    """Of two in one file, an edit of the first leaves the second's reading as it was."""
    both = "---\nid: a\n---\nFirst.\n---\nid: ships\n---\n" + TEXT
    for name in ("a", "ships"):
        write(place / "two" / f"{name}.txt", "", "statements: []" if name == "a" else READING).unlink()
    file = write(place / "two" / "two.txt", both, None)
    assert [o.outcome for o in put(place, file)] == ["stored", "stored"]
    write(file, both.replace("First.", "First, and more."), None)
    assert [o.outcome for o in put(place, file, when=SECOND)] == ["superseded", "unchanged"]


def test_derived_graphs_follow_what_is_there(place: Path) -> None:
    """Made with the articles, and empty of them once they are gone."""
    put(place)
    derived = [g for g in open_store(place / "store").graphs() if g.startswith(DERIVED_GRAPH)]
    assert {DERIVED_GRAPH + "conditional-on", DERIVED_GRAPH + "standing-ascribed"} <= set(derived)
    with writer(place / "store", "remove", SECOND) as store:
        remove(store, "ships", SECOND)
    assert not [g for g in open_store(place / "store").graphs() if g.startswith(DERIVED_GRAPH)]


@pytest.mark.parametrize("seed", [1, 3])
def test_what_is_derived_tells_nothing_of_how_the_articles_came(seed: int, tmp_path: Path) -> None:
    """Added, replaced and removed in any order, the graphs are those of a new store that gets what is left in one go."""
    draw, registry = random.Random(seed), load_registry()
    entangled = itertools.islice(Corpus(registry, seed, statements=(1, 3)).articles(), 12)  # they have statements, the others tell again
    nobody = Annotation(Annotator("test", "1"), (), ())
    again = [(Article("", one.text, published=one.date), nobody) for one in reports_of(seed, 24)]
    apart = [_read_by_hand(tmp_path / who, TEXT.replace("Assembly", who), READING.replace("Assembly", who).replace("assembly", who.lower()), registry) for who in ("Assembly", "Council")]  # fmt: skip
    read = [*entangled, *again, *apart * 5]
    left: dict[str, list[bytes]] = {}
    seen: set[str] = set()
    create(tmp_path / "store")
    with writer(tmp_path / "store", "test", FIRST) as store:
        for number in range(30):
            id = f"made-{draw.randrange(14)}" if number > 9 else f"made-{number}"
            if id in left and draw.random() < 0.4:
                store.remove_graph(article_iri(id), when=FIRST)
                del left[id]
            else:
                article, annotation = draw.choice(read)
                left[id] = lines_of(article_iri(id), to_triples(replace(article, id=id), annotation, registry))
                store.replace_graphs([Replacement(article_iri(id), left[id], {})], when=FIRST)
            derive(store, FIRST)
            if number % 6 == 5:
                assert store.digest() == _anew(tmp_path / str(number), draw.sample(sorted(left), len(left)), left)
            told = store.select("SELECT DISTINCT ?p { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), '" + DERIVED_GRAPH + "')) }")
            seen |= {p.value for (p,) in told if isinstance(p, ox.NamedNode)}
    assert {kg(term) for term in ("copyOf", "paraphraseOf", "reportOf", "between", "conditionalOn", "standing", "opposedBy")} <= seen


def _read_by_hand(place: Path, text: str, reading: str, registry: Registry) -> tuple[Article, Annotation]:
    article = Article("", text, published="2026-01-06")
    return article, read_annotation(write(place / "a.txt", text, reading).with_suffix(".yaml"), article, registry).annotation


def _anew(path: Path, order: Sequence[str], left: dict[str, list[bytes]]) -> str:
    create(path)
    with writer(path, "test", FIRST) as store:
        store.replace_graphs([Replacement(article_iri(id), left[id], {}) for id in order], when=FIRST)
        derive(store, FIRST)
        return store.digest()


def test_a_removed_article_leaves_its_history(place: Path) -> None:
    """Its graph is gone, its reading has an end; adding it again stores it anew."""
    put(place)
    with writer(place / "store", "remove", SECOND) as store:
        remove(store, "ships", SECOND)
    left = open_store(place / "store")
    assert article_iri("ships") not in left.graphs()
    assert [getattr(o, "value", "") for _, p, o in left.graph(PROVENANCE_GRAPH) if p == PROV + "invalidatedAtTime"] == [SECOND]
    assert [o.outcome for o in put(place, when="2026-01-08T10:00:00Z")] == ["stored"]


def test_a_reading_that_is_made_again_at_the_same_time_is_in_force_again(place: Path) -> None:
    """With one SOURCE_DATE_EPOCH it is the same reading: after it was removed or superseded, adding it once more ends no other than what was there."""
    put(place)
    with writer(place / "store", "remove", FIRST) as store:
        remove(store, "ships", FIRST)
    assert [o.outcome for o in put(place)] == ["stored"]
    assert [o.outcome for o in put(place)] == ["unchanged"]
    for text in (TEXT.replace("said", "said again"), TEXT):
        write(place / "in" / "ships.txt", text)
        assert [o.outcome for o in put(place)] == ["superseded"]
        assert [o.outcome for o in put(place)] == ["unchanged"]
    told = open_store(place / "store").graph(PROVENANCE_GRAPH)
    assert len({s for s, _, _ in told}) == 2 and [p for _, p, _ in told].count(Iri(PROV + "invalidatedAtTime")) == 1
    assert inspect(place / "store") == []


def test_a_reading_does_not_end_itself(place: Path) -> None:
    """The same bytes, read at the same time from a file with another name, give another graph by the same reading."""
    write(place / "in" / "ships.txt", f"---\nid: ships\n---\n{TEXT}")
    assert [o.outcome for o in put(place)] == ["stored"]
    (place / "in" / "ships.txt").rename(place / "in" / "renamed.txt")
    assert [o.outcome for o in put(place)] == ["superseded"]
    assert [o.outcome for o in put(place)] == ["unchanged"]
    assert not [p for _, p, _ in open_store(place / "store").graph(PROVENANCE_GRAPH) if p == PROV + "invalidatedAtTime"]


def test_a_purge_leaves_nothing(place: Path) -> None:
    """No byte of the article in any file of the store; one that was there beside it stays whole."""
    write(
        place / "in" / "other.txt",
        "Sudland stays out, an envoy said.",
        "statements: [{id: s1, content: [Sudland stays out], cue: said, mode: indirect, force: asserts}]",
    )
    put(place)
    write(place / "in" / "ships.txt", TEXT.replace("said", "said again"))
    put(place, when=SECOND)
    with writer(place / "store", "remove", SECOND) as store:
        remove(store, "ships", SECOND, purge=True)
    data = b"".join(p.read_bytes() for p in (place / "store").rglob("*") if p.is_file())
    assert b"send ships" not in data and b"Ann Berg" not in data and b"Sudland stays out" in data
    assert [a for a in open_store(place / "store").graphs() if "/article/" in a] == [article_iri("other")]


def test_a_purge_leaves_nothing_of_one_of_several_articles_in_a_file(place: Path) -> None:
    """Each has its own part as its kept file, with its header, so that what stays of the other holds no byte of it."""
    several = place / "several.txt"
    several.write_text(f"---\nid: a\n---\n{TEXT}\n\n---\nid: b\n---\n{TEXT} Nobody – but SECRET.\n")
    for id in "ab":
        (place / f"{id}.yaml").write_text(f"# {id}\n{READING}")
    assert [o.outcome for o in put(place, several)] == ["stored", "stored"]
    with writer(place / "store", "remove", SECOND) as store:
        assert remove(store, "b", SECOND, purge=True) == []
        kept = store.acknowledged()[article_iri("a")]["sources"][0]
        assert store.source(kept).decode() == f"---\nid: a\n---\n{TEXT}\n\n"
    data = b"".join(p.read_bytes() for p in (place / "store").rglob("*") if p.is_file())
    assert b"SECRET" not in data and b"send ships" in data
    assert [o.outcome for o in put(place, several)] == ["unchanged", "stored"]


def test_a_purge_says_which_copies_keep_the_bytes(place: Path) -> None:
    """An article that was read from the very same bytes keeps them, and is named."""
    write(place / "in" / "copy.txt")
    put(place)
    with writer(place / "store", "remove", SECOND) as store:
        assert remove(store, "ships", SECOND, purge=True) == ["copy"]
        assert remove(store, "copy", SECOND, purge=True) == []
    assert b"Ann Berg" not in b"".join(p.read_bytes() for p in (place / "store").rglob("*") if p.is_file())


def test_removing_what_is_not_there(place: Path) -> None:
    """An error, and nothing changed."""
    put(place)
    before = digest(place)
    with pytest.raises(UsageError, match="no article 'nothing'"), writer(place / "store", "remove", SECOND) as store:
        remove(store, "nothing", SECOND)
    assert digest(place) == before


def test_a_users_registry_stays_when_it_is_not_given_again(place: Path) -> None:
    """Its actors are described in kg:registry as long as the store is; the package's are always those of the package."""
    own = place / "own.ttl"
    own.write_text(
        "@prefix kg: <https://w3id.org/proviso#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<https://w3id.org/proviso/id/actor/norland> a kg:State, kg:Actor ; rdfs:label "Kingdom of Norland" .'
    )
    write(place / "in" / "ships.txt", reading=READING.replace("  - {id: norland, label: Norland, kind: state}\n", ""))
    assert [o.outcome for o in put(place, registry=load_registry(own))] == ["stored"]
    put(place, write(place / "in" / "x.txt", "x"), registry=load_registry())
    answer = run(open_store(place / "store"), 'ASK { ?a <http://www.w3.org/2000/01/rdf-schema#label> "Kingdom of Norland" }')
    assert answer.rows[0][0].value == "true"  # type: ignore[union-attr]


@pytest.mark.parametrize("reading", [None, READING])
def test_a_text_that_says_the_same_for_ever_is_left_to_people(tmp_path: Path, reading: str | None) -> None:
    """Each of its sentences would be a statement, at a price and to no avail."""
    [found] = read_articles(write(tmp_path / "long.txt", TEXT + "\n\n" + "Sudland, “as " * 1000, reading))
    if reading:
        assert read_checked(found, Registry(), find_annotator("rules"))[2].annotation
    else:
        with pytest.raises(ReadError, match="repeats itself"):
            read_checked(found, Registry(), find_annotator("rules"))


@pytest.mark.parametrize("reading", [None, READING])
def test_a_text_that_is_too_long_is_left_to_people(tmp_path: Path, reading: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The annotator would take minutes; a person's reading is as good as ever."""
    monkeypatch.setattr("kg.annotate.automatic.LONGEST", 100_000)
    file = write(tmp_path / "long.txt", TEXT + "\n\n" + " ".join(f"It rained {n * n} times." for n in range(5_000)), reading)
    [found] = read_articles(file)
    if reading:
        assert len(read_checked(found, Registry(), find_annotator("rules"))[0].text) > 100_000
    else:
        with pytest.raises(ReadError, match="the annotator reads 100,000") as told:
            read_checked(found, Registry(), find_annotator("rules"))
        assert told.value.where == str(file)


@pytest.mark.parametrize(("text", "reading"), [("", READING), (TEXT, None), (TEXT, "- nothing")])
def test_a_reason_holds_nothing_of_what_was_read(place: Path, text: str, reading: str | None) -> None:
    """No frame of the reading hangs on it, or a run's rejected inputs would all stay in memory."""
    [outcome] = put(place, write(place / "in" / "bad.txt", text, reading))
    assert outcome.error and (outcome.error.__traceback__, outcome.error.__cause__, outcome.error.__context__) == (None, None, None)
