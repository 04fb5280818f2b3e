"""brat: what goes out is what brat reads, what brat writes comes in, and an annotator's slips are told by line and lose nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from bioc import brat as bioc_brat
from hypothesis import given, settings

from kg.actors import load_registry
from kg.annotate.from_file import resolve
from kg.errors import ReadError, StoreError
from kg.exchange import brat
from kg.exchange.brat import pieces, whole
from kg.exchange.marks import FEATURES, ROLES, Foreign, Marked, to_file, to_marks
from kg.exchange.readings import readings, write_folder
from kg.ingest import Outcome, add_foreign
from kg.model import Annotation, Annotator, Article, Registry
from kg.store.embedded import Store, create, open_store, writer
from kg.triples import article_iri, to_triples
from tests import readings as drawn
from tests.support import kg
from tests.support import whole as all_of

WHEN = "2026-01-06T12:00:00Z"
TEXT = "Ann Berg 🚢 said Norland will send ships if the Assembly agrees.\n"
# What a person draws in brat, with actors by name and kind, and one split mark.
ANN = """\
T1\tActor 0 8\tAnn Berg
A1\tActorKind T1 person
T2\tCue 11 15\tsaid
T3\tStatement 16 39;40 63\tNorland will send ships if the Assembly agrees.
A2\tMode T3 indirect
A3\tForce T3 pledges
A4\tStance T3 pledged
A5\tStrength T3 firm
T4\tActor 16 23\tNorland
#1\tAnnotatorNotes T4\tkind=state
T5\tCommitment 29 39\tsend ships
T6\tMarker 40 42\tif
T7\tCondition 43 62\tthe Assembly agrees
A6\tKind T7 approval
T8\tActor 43 55\tthe Assembly
A7\tActorKind T8 parliament
R1\tSpeaker Arg1:T3 Arg2:T1\t
R2\tCue Arg1:T3 Arg2:T2\t
R3\tExpresses Arg1:T3 Arg2:T5\t
R4\tCommitter Arg1:T5 Arg2:T4\t
R5\tRequires Arg1:T3 Arg2:T6\t
R6\tMarks Arg1:T6 Arg2:T7\t
R7\tBy Arg1:T7 Arg2:T8\t
"""


def out(folder: Path, *marked: Marked) -> Path:
    write_folder(folder, brat.files(marked))
    return folder


def back(folder: Path) -> list[Foreign]:
    """What a folder holds, all of it readable."""
    found = [one for one in brat.read(folder) if isinstance(one, Foreign)]
    assert len(found) == len(list(brat.read(folder))) > 0
    return found


def read_again(one: Foreign, registry: Registry) -> Annotation:
    """The annotation of what came back, nothing of it complained of."""
    document, findings = to_file(one.marked, registry, one.name)
    assert one.findings == findings == ()
    return resolve(document, one.marked.article, registry).annotation


def drawn_by_hand(folder: Path, ann: str = ANN) -> Path:
    folder.mkdir()
    (folder / "norland.txt").write_text(TEXT, "utf-8")
    (folder / "norland.ann").write_text(ann, "utf-8")
    return folder


def taken_in(found: Iterable[Foreign | ReadError], place: Path, registry: Registry = drawn.REGISTRY) -> tuple[list[Outcome], Store]:
    """What becomes of what was read, in a store that is made if need be."""
    if not place.exists():
        create(place)
    with writer(place, "import", WHEN) as held:
        outcomes = list(add_foreign(held, found, registry, WHEN))
    return outcomes, open_store(place)


def test_the_seeds_come_back_whole(seeds: Path, tmp_path: Path) -> None:
    """Every article, with what is known of it, its actors and its reading, the same from any run."""
    told = list(readings(open_store(seeds)))
    folder = out(tmp_path / "brat", *(to_marks(*one) for one in told))
    for (article, annotation), one in zip(told, back(folder), strict=True):
        read = read_again(one, load_registry())
        assert one.marked.article == article and all_of(read) == all_of(annotation)
        assert (read.actors, read.annotator) == (annotation.actors, annotation.annotator)
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == dict(brat.files(to_marks(*one) for one in told))


@settings(max_examples=8)
@given(drawn.readings())
def test_a_reading_comes_back_whole(annotation: Annotation) -> None:
    """Overlaps, split spans, an emoji, line ends within a span, and what no words carry."""
    marked = to_marks(drawn.ARTICLE, annotation)
    reader = brat._Reader(marked.article.text, "x.ann")
    for number, line in enumerate(brat.to_ann(marked).splitlines(), 1):
        reader.line(line, number)
    again = replace(marked, marks=tuple(reader.finished()), links=tuple(reader.links))
    read = read_again(Foreign(again, tuple(reader.findings), "x.ann", b"", b""), drawn.REGISTRY)
    assert all_of(read) == all_of(annotation) and read.actors == annotation.actors


def test_another_parser_reads_the_same(seeds: Path, tmp_path: Path) -> None:
    """bioc's: each mark's words stand where it says, each link joins two marks, each attribute and note is of a mark."""
    folder = out(tmp_path / "brat", *(to_marks(*one) for one in readings(open_store(seeds))))
    count = 0
    for document in bioc_brat.scandir(str(folder)):
        text = (folder / f"{document.id}.txt").read_bytes().decode()
        marks = {mark.id: mark for mark in document.entities}
        for mark in marks.values():
            assert mark.text == " ".join(text[span.begin : span.end] for span in sorted(mark.locations)) and mark.type in FEATURES
        for link in document.relations:
            source, target = (marks[link.arguments[name]] for name in ("Arg1", "Arg2"))
            assert target.type in ROLES[source.type][link.type].layers
        assert {of.refid for of in (*document.attributes, *document.notes)} <= set(marks)
        count += len(marks)
    assert count > 500


def test_what_may_be_marked_is_configured() -> None:
    """brat's configuration names every layer, link and word of a list, in words without spaces."""
    sections = dict(part.split("]\n", 1) for part in brat.config().split("[") if part)
    assert set(sections) == {"entities", "relations", "events", "attributes"}
    assert set(sections["entities"].split()) == {*FEATURES} - {"Part"}
    assert "Speaker\tArg1:Statement, Arg2:Actor\n" in sections["relations"]
    assert "Channel\tArg:Statement, Value:spoken|signed_document|" in sections["attributes"]
    assert all("|" not in line or " " not in line.partition("Value:")[2] for line in sections["attributes"].splitlines())


def test_a_person_draws_an_article_and_has_it_in_the_graph(tmp_path: Path) -> None:
    """New actors by their kind, a split mark, an emoji before the words; it counts as reviewed."""
    (outcome,), store = taken_in(brat.read(drawn_by_hand(tmp_path / "drawn")), tmp_path / "s")
    assert (outcome.outcome, outcome.article, outcome.statements, outcome.findings) == ("stored", "norland", 1, ())
    ((_, reading),) = readings(store)
    said = reading.statements[0]
    assert said.speaker[0].target == "ann-berg" and said.expresses == "c1" and said.conditions[0].marker
    assert [part.text for part in said.content] == ["Norland will send ships", "if the Assembly agrees."]
    assert reading.annotator.reviewed and [a.kind for a in reading.actors] == ["person", "parliament"]  # Norland is in the registry


def test_two_commands_there_and_two_back(tmp_path: Path) -> None:
    """Unchanged it changes nothing; a person's change supersedes the reading, which then counts as reviewed, with its sources kept."""
    article = tmp_path / "n.txt"
    article.write_text("Norland will send ships, Ann Berg said on Tuesday.", "utf-8")
    assert kg("add", article, "--store", tmp_path / "s").returncode == 0
    done = kg("export", "--format", "brat", "-o", tmp_path / "b", "--store", tmp_path / "s")
    assert done.returncode == 0 and "not in it: the registry" in done.stderr and done.stdout == ""
    (untouched,), _ = taken_in(brat.read(tmp_path / "b"), tmp_path / "s", load_registry())
    assert untouched.outcome == "unchanged"
    ann = tmp_path / "b" / "n.ann"
    ann.write_text(ann.read_text("utf-8").replace(" pledges", " offers"), "utf-8")
    done = kg("import", tmp_path / "b", "--store", tmp_path / "s")
    assert (done.returncode, done.stdout.splitlines()[1].split("\t")[0]) == (0, "superseded"), done.stderr
    store = open_store(tmp_path / "s")
    ((stored, reading),) = readings(store)
    assert stored.file == "n.txt" and reading.annotator.reviewed and reading.statements[0].force == "offers"
    kept = list(store.acknowledged()[article_iri("n")]["sources"])
    assert [store.source(digest) for digest in kept] == [article.read_bytes(), ann.read_bytes()]
    with pytest.raises(StoreError, match="something is here already"):
        write_folder(tmp_path / "b", [])


def test_an_older_export_that_nobody_changed_takes_nothing_back(tmp_path: Path) -> None:
    """A correction that was made since stays, whoever made it; what an untouched file adds is a person's word where there was none."""
    (tmp_path / "n.txt").write_text("Norland will send ships, Ann Berg said on Tuesday.", "utf-8")
    assert kg("add", tmp_path / "n.txt", "--store", tmp_path / "s").returncode == 0
    export = ("export", "--format", "brat", "-o")
    assert kg(*export, tmp_path / "old", "--store", tmp_path / "s").returncode == 0
    assert kg(*export, tmp_path / "anna", "--store", tmp_path / "s").returncode == 0
    forces = {}
    for before, now, folder in ((" pledges", " offers", "first"), (" offers", " threatens", "second")):
        ann = tmp_path / "anna" / "n.ann"
        ann.write_text(ann.read_text("utf-8").replace(before, now), "utf-8")
        (changed,), _ = taken_in(brat.read(tmp_path / "anna"), tmp_path / "s", load_registry())
        assert changed.outcome == "superseded"
        assert kg(*export, tmp_path / folder, "--store", tmp_path / "s").returncode == 0
        forces[folder] = now.strip()
    for folder in ("old", "first", "second"):
        (outcome,), store = taken_in(brat.read(tmp_path / folder), tmp_path / "s", load_registry())
        assert outcome.outcome == "unchanged" and bool(outcome.notes) is (folder != "second"), folder
        ((_, reading),) = readings(store)
        assert reading.statements[0].force == forces["second"] and reading.annotator.reviewed
    assert kg("add", tmp_path / "n.txt", "--store", tmp_path / "elsewhere").returncode == 0
    (outcome,), store = taken_in(brat.read(tmp_path / "second"), tmp_path / "elsewhere", load_registry())
    assert outcome.outcome == "superseded" and next(readings(store))[1].annotator.reviewed


SLIPS = [
    ("R1\tSpeaker Arg1:T3 Arg2:T1", "R1\tSpeaker Arg1:T3 Arg2:T99", "link-nowhere", 17, {"speaker"}),
    ("R1\tSpeaker", "R1\tBeneficiary", "link-wrong", 17, {"speaker"}),
    ("T2\tCue 11 15", "T2\tCue 12 16", "mark-off", 3, {"cue"}),
    ("T2\tCue 11 15", "T2\tCue 11 999", "mark-off", 3, {"cue"}),
    ("T2\tCue", "T2\tKue", "mark-unknown", 3, {"cue"}),
    ("A1\tActorKind T1 person\n", "", "actor-unnamed", 1, {"speaker"}),
    ("A1\tActorKind T1 person", "A1\tAktorKind T1 person", "feature-unknown", 2, {"speaker"}),
    ("R7\t", "R7 ", "line-syntax", 23, {"by"}),
    ("A6\tKind T7 approval\n", "", "missing-key", 13, {"conditions", "by"}),
    ("A1\tActorKind T1 person", "A1\tActorKind T1 persona", "actor-unnamed", 1, {"speaker"}),
    ("T5\tCommitment 29 39\tsend ships", "T5\tCommitment 29 39\tsends ship", "mark-off", 11, {"expresses", "strength"}),
    ("T2\tCue 11 15\tsaid", "T2\tCue 11 15\tsaid\nT2\tCue 16 23\tNorland", "line-syntax", 4, set()),
    ("T2\tCue 11 15\tsaid", "T2\tCue 11 15\tsaid\nT1\tCue 16 23\tNorland", "line-syntax", 4, set()),
    ("A2\tMode T3 indirect", "A2\tMode T3 indirect\nA9\tMode T77 indirect", "link-nowhere", 6, set()),
    ("A3\tForce T3 pledges", "A3\tForce T3 pledges\nA9\tForce T3 offers", "feature-twice", 4, set()),
    ("A6\t", "#7\tAnnotatorNotes T7\tcircumstance=a\n#8\tAnnotatorNotes T7\tcircumstance=b\nA6\t", "feature-twice", 13, set()),
    ("A2\tMode T3", "N8\tReference T5 kg:a\ta\nN9\tReference T5 kg:b\tb\nA2\tMode T3", "feature-twice", 13, set()),
    (
        "A2\tMode T3",
        "#7\tAnnotatorNotes T3\tsaid_on=2026\nT9\tDate 0 3\tAnn\nR8\tSaidOn Arg1:T3 Arg2:T9\nA2\tMode T3",
        "feature-twice",
        7,
        set(),
    ),
    ("A2\tMode T3 indirect", "A2\tMode T3 indirect\nN1\tReference T2 kg:said\tsaid", "feature-unknown", 6, set()),
    ("R3\tExpresses Arg1:T3 Arg2:T5\t", "R3\tExpresses Arg1:T3 Arg2:T5\t\nR9\tExpresses Arg1:T3 Arg2:T5\t", "link-twice", 20, set()),
    ("R6\tMarks Arg1:T6 Arg2:T7\t\n", "", "link-nowhere", 21, {"conditions", "by"}),
]


@pytest.mark.parametrize(("old", "new", "code", "line", "lost"), SLIPS)
def test_a_slip_is_told_by_line_and_the_rest_is_stored(old: str, new: str, code: str, line: int, lost: set[str], tmp_path: Path) -> None:
    """A link to nothing, a wrong one, a span off, an unknown label, nobody's name, two words for one thing: told once by line, and only what
    needed it is lost.
    """
    assert old in ANN
    (outcome,), store = taken_in(brat.read(drawn_by_hand(tmp_path / "drawn", ANN.replace(old, new))), tmp_path / "s")
    errors = [(finding.code, finding.line) for finding in outcome.findings if finding.severity == "error"]
    assert (code, line) in errors and outcome.outcome == "stored", outcome
    ((_, reading),) = readings(store)
    (said,) = reading.statements
    has = {
        "speaker": said.speaker, "cue": said.cue, "expresses": said.expresses, "strength": said.strength, "conditions": said.conditions,
        "by": [c for c in reading.conditions if c.by],
    }  # fmt: skip
    assert {name for name, part in has.items() if not part} == lost, outcome


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("T5\tCommitment 29 39\tsend ships", "T5\tCommitment 29 33;34 39\tsend ships", 11),
        ("T7\tCondition 43 62\tthe Assembly agrees", "T7\tCondition 43 55;56 62\tthe Assembly agrees", 13),
        ("T1\tActor 0 8\tAnn Berg", "T1\tActor 0 3;4 8\tAnn Berg", 1),
    ],
)
def test_what_is_in_one_piece_is_not_split(old: str, new: str, line: int, tmp_path: Path) -> None:
    """The first piece counts, and that is told; only a statement is in several."""
    assert old in ANN
    (outcome,), store = taken_in(brat.read(drawn_by_hand(tmp_path / "drawn", ANN.replace(old, new))), tmp_path / "s")
    assert [(f.code, f.severity, f.line) for f in outcome.findings] == [("mark-split", "error", line)]
    assert outcome.statements == 1 and next(readings(store))[1].statements[0].expresses


def test_a_statement_without_its_force_costs_only_itself(tmp_path: Path) -> None:
    """Its line is told, the other is stored; so is one with a word no list has."""
    more = "T9\tStatement 29 39\tsend ships\nA8\tMode T9 indirect\nA9\tForce T10 promises\nT10\tStatement 43 62\tthe Assembly agrees\n"
    (outcome,), store = taken_in(brat.read(drawn_by_hand(tmp_path / "drawn", ANN + more)), tmp_path / "s")
    assert {(f.code, f.line) for f in outcome.findings} == {("missing-key", 24), ("unknown-value", 27), ("missing-key", 27)}
    assert outcome.statements == len(next(readings(store))[1].statements) == 1


def test_faults_and_articles_that_cannot_be_read_end_with_4(tmp_path: Path) -> None:
    """No text beside the annotation, a text that is no UTF-8, a faulty line: each told by its place; the rest is stored."""
    folder = drawn_by_hand(tmp_path / "drawn", ANN.replace("T2\tCue 11 15", "T2\tCue 12 16"))
    (folder / "alone.ann").write_text("")
    (folder / "odd.ann").write_text("")
    (folder / "odd.txt").write_bytes(b"\xff\xfe\x00")
    done = kg("import", folder, "--store", tmp_path / "s")
    assert (
        done.returncode == 4 and "alone.txt" in done.stderr and "odd.ann" in done.stderr and "norland.ann:3: error mark-off" in done.stderr
    )
    assert [line.split("\t")[0] for line in done.stdout.splitlines()[1:]] == ["rejected", "stored", "rejected"]


def test_a_remark_is_no_fault(tmp_path: Path) -> None:
    """A note in words and brat's events are left aside, with a warning."""
    folder = drawn_by_hand(tmp_path / "d", ANN + "#2\tAnnotatorNotes T1\tI am not sure\nE1\tX:T1\n")
    (outcome,), _ = taken_in(brat.read(folder), tmp_path / "s")
    assert [(f.severity, f.code) for f in outcome.findings] == [("warning", "line-syntax")] * 2


def test_what_stands_on_a_mark_that_was_left_out_is_left_out_with_it(tmp_path: Path) -> None:
    """The mark is told once, and nothing that speaks of it again."""
    ann = ANN.replace("T2\tCue 11 15", "T2\tCue 12 16") + '#2\tAnnotatorNotes T2\tspans="11 15"\n'
    (outcome,), _ = taken_in(brat.read(drawn_by_hand(tmp_path / "d", ann)), tmp_path / "s")
    assert [(f.code, f.line) for f in outcome.findings] == [("mark-off", 3)]


def test_a_folder_without_annotations_is_told(tmp_path: Path) -> None:
    """As one error, with what to give."""
    (tmp_path / "norland.txt").write_text(TEXT, "utf-8")
    (wrong,) = brat.read(tmp_path)
    assert isinstance(wrong, ReadError) and wrong.what == "there is no .ann file in this folder" and wrong.where == str(tmp_path)


def test_what_the_store_knows_of_an_article_stays(tmp_path: Path) -> None:
    """Where the file has the same text and says nothing else of it; with another text it is another article."""
    folder = drawn_by_hand(tmp_path / "drawn")
    known = Article("norland", TEXT, title="Ships", published="2026-01-05")
    create(tmp_path / "s")
    with writer(tmp_path / "s", "add", WHEN) as held:
        held.replace_graph(article_iri("norland"), to_triples(known, Annotation(Annotator("me")), Registry()), when=WHEN)
    taken_in(brat.read(folder), tmp_path / "s")
    ((article, reading),) = readings(open_store(tmp_path / "s"))
    assert (article.title, article.published, len(reading.statements)) == ("Ships", "2026-01-05", 1)
    (folder / "norland.txt").write_text(TEXT + "More.\n", "utf-8")
    taken_in(brat.read(folder), tmp_path / "s")
    ((article, _),) = readings(open_store(tmp_path / "s"))
    assert (article.title, article.text) == (None, TEXT + "More.\n")


def test_an_article_without_text_is_none(tmp_path: Path) -> None:
    """As for `kg add`."""
    folder = drawn_by_hand(tmp_path / "drawn", "")
    (folder / "norland.txt").write_text(" \n")
    (outcome,), store = taken_in(brat.read(folder), tmp_path / "s")
    assert (outcome.outcome, outcome.article) == ("rejected", "norland") and not list(readings(store))


def test_a_text_that_was_changed_is_a_persons(tmp_path: Path) -> None:
    """It stands no longer where it was read from, and what is marked in it counts as reviewed."""
    said = Article("norland", TEXT, file="n.txt", range=(0, len(TEXT)))
    for text, same in ((TEXT, True), (TEXT + "More.\n", False)):
        folder = out(tmp_path / f"b{same}", to_marks(said, Annotation(Annotator("rules", "1", False))))
        (folder / "norland.txt").write_text(text, "utf-8")
        _, store = taken_in(brat.read(folder), tmp_path / f"s{same}")
        ((article, reading),) = readings(store)
        assert (article.range is not None, reading.annotator.reviewed, article.file) == (same, not same, "n.txt")


def test_what_is_beside_may_be_damaged(tmp_path: Path) -> None:
    """The line is told."""
    folder = drawn_by_hand(tmp_path / "drawn")
    (folder / brat.BESIDE).write_text('{"file": "norland"}\n{"fi\n')
    with pytest.raises(ReadError) as wrong:
        raise next(one for one in brat.read(folder) if isinstance(one, ReadError))
    assert wrong.value.where.endswith("proviso.jsonl:2")


@pytest.mark.parametrize(
    "told",
    [
        '"article": "x"', '"article": [1]', '"article": {"id": {"a": 1}}', '"article": {"id": "  "}', '"article": {"id": 7}', '"article": {"title": ["a"]}',
        '"actors": [null]', '"actors": ["id"]', '"actors": {"id": 1}', '"actors": "idx"', '"actors": [{"label": "A"}]', '"annotator": "me"',
        '"annotator": {"name": 5}', '"annotator": {"reviewed": "yes"}', '"article": {"published": "then"}',
    ],
)  # fmt: skip
def test_what_is_known_of_an_article_may_be_anything(told: str, tmp_path: Path) -> None:
    """That article is rejected, the one beside it stored."""
    folder = drawn_by_hand(tmp_path / "drawn")
    for suffix in (".txt", ".ann"):
        (folder / f"other{suffix}").write_bytes((folder / f"norland{suffix}").read_bytes())
    (folder / brat.BESIDE).write_text(
        '{"file": "norland", ' + told + '}\n{"file": "other", "article": {"title": null, "published": 2026}}\n'
    )
    (wrong, good), store = taken_in(brat.read(folder), tmp_path / "s")
    assert (wrong.outcome, good.outcome) == ("rejected", "stored") and wrong.file.endswith("norland.ann") and wrong.error
    ((article, _),) = readings(store)
    assert (article.id, article.title, article.published) == ("other", None, "2026")


@pytest.mark.parametrize("actor", ["{}", '{"label": 5, "aliases": 5}', '{"label": "Ann Berg", "kind": ["person"], "aliases": [null]}'])
def test_an_actor_that_is_told_in_part_costs_itself(actor: str, tmp_path: Path) -> None:
    """It is told, the reading is stored without it."""
    folder = drawn_by_hand(tmp_path / "drawn")
    line = '{"file": "norland", "actors": [' + actor.replace("{", '{"id": "x"' + (", " if len(actor) > 2 else "")) + "]}\n"
    (folder / brat.BESIDE).write_text(line)
    (outcome,), _ = taken_in(brat.read(folder), tmp_path / "s")
    assert (outcome.outcome, outcome.statements) == ("stored", 1) and any(f.severity == "error" for f in outcome.findings)


def test_numbers_without_end_are_told(tmp_path: Path) -> None:
    """In a mark's place its line, in a note nothing: the mark is where it is drawn."""
    endless = "1" * 5_000
    ann = ANN.replace("T2\tCue 11 15", f"T2\tCue 11 {endless}") + f'#9\tAnnotatorNotes T1\tspans="0-{endless}"\n'
    (outcome,), store = taken_in(brat.read(drawn_by_hand(tmp_path / "d", ann)), tmp_path / "s")
    assert ("line-syntax", 3) in [(f.code, f.line) for f in outcome.findings] and outcome.outcome == "stored"
    assert next(readings(store))[1].statements[0].speaker


def test_pieces_are_apart_and_within_lines() -> None:
    """What overlaps, touches or runs over a line end is drawn as near as can be."""
    text = "one\ntwo\t🚢 three\n"
    assert pieces(text, [(0, 7)]) == ((0, 3), (4, 7)) and whole(text, ((0, 3), (4, 7))) == ((0, 7),)
    assert pieces(text, [(8, 12), (10, 15)]) == ((8, 15),) and pieces(text, [(3, 4)]) == ((2, 3),)
    assert pieces(text, [(0, 3), (8, 9)]) == ((0, 3), (8, 9)) == whole(text, ((0, 3), (8, 9)))
