"""UIMA CAS as INCEpTION has it: cassis loads what goes out, what comes back is whole, and slips are told by line and lose nothing else."""

from __future__ import annotations

import json
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import cassis
import pytest
from hypothesis import given, settings

from kg.actors import load_registry
from kg.errors import ProvisoError, ReadError
from kg.exchange import uima
from kg.exchange.marks import FEATURES, Foreign, Marked, apart, is_untouched, to_marks
from kg.exchange.readings import readings, write_folder
from kg.exchange.uima import CUSTOM
from kg.model import Annotation, Annotator, Article, Span, Statement
from kg.store.embedded import open_store
from tests import readings as drawn
from tests.exchange.test_brat import read_again, taken_in
from tests.support import kg, whole

TEXT = "Ann Berg 🚢 said Norland will send ships if the Assembly agrees.\n"


def unexpected(error: ProvisoError) -> None:
    raise AssertionError(error)


def out(folder: Path, *marked: Marked) -> Path:
    write_folder(folder, uima.files(marked, unexpected))
    return folder


def back(source: Path) -> list[Foreign]:
    found = [one for one in uima.read(source) if isinstance(one, Foreign)]
    assert len(found) == len(list(uima.read(source))) > 0
    return found


def loaded(folder: Path, name: str) -> Any:
    """The CAS of a file, as dkpro-cassis reads it."""
    with (folder / "TypeSystem.xml").open("rb") as types, (folder / name).open("rb") as file:
        return cassis.load_cas_from_xmi(file, typesystem=cassis.load_typesystem(types))


def test_the_seeds_come_back_whole(seeds: Path, tmp_path: Path) -> None:
    """Every article, with what is known of it, its actors and its reading, the same from any run."""
    told = list(readings(open_store(seeds)))
    folder = out(tmp_path / "uima", *(to_marks(*one) for one in told))
    for (article, annotation), one in zip(told, back(folder), strict=True):
        read = read_again(one, load_registry())
        assert one.marked.article == article and whole(read) == whole(annotation)
        assert (read.actors, read.annotator) == (annotation.actors, annotation.annotator)
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == dict(uima.files((to_marks(*one) for one in told), unexpected))


@settings(max_examples=8)
@given(drawn.readings())
def test_a_reading_comes_back_whole(annotation: Annotation) -> None:
    """Overlaps, split spans, an emoji, and what no words carry."""
    data = uima.to_xmi(apart(to_marks(drawn.ARTICLE, annotation)), uima.type_system())
    read = read_again(uima._read_one("x.xmi", data), drawn.REGISTRY)
    assert whole(read) == whole(annotation) and read.actors == annotation.actors and read.annotator == annotation.annotator


def test_cassis_reads_the_same(seeds: Path, tmp_path: Path) -> None:
    """Its types, its text, its code points, and links that lead to marks of the layer they are for."""
    folder = out(tmp_path / "uima", *(to_marks(*one) for one in readings(open_store(seeds))))
    for article, annotation in readings(open_store(seeds)):
        cas = loaded(folder, f"{article.id}.xmi")
        assert cas.sofa_string == article.text
        said = cas.select(CUSTOM + "Statement")
        assert sorted(s.get_covered_text() for s in said) == sorted(s.content[0].text for s in annotation.statements)
        speakers = [slot.target for s in said if s.Speaker for slot in s.Speaker.elements]
        assert {speaker.type.name for speaker in speakers} == {CUSTOM + "Actor"}
        assert len(speakers) == sum(r.span is not None for s in annotation.statements for r in s.speaker)
        assert len(cas.select(CUSTOM + "PartOf")) == sum(c.part_of is not None for c in annotation.commitments)


def annotated() -> Any:
    """A document as a person leaves it in INCEpTION: with tokens and sentences, new actors by name and kind, an emoji before the words."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of how cassis opens its own file
        types = cassis.merge_typesystems(uima.type_system(), cassis.load_dkpro_core_typesystem())
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = TEXT, "text/plain"
    cas.add(types.get_type("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence")(begin=0, end=len(TEXT) - 1))

    def mark(layer: str, words: str, **features: Any) -> Any:
        begin = TEXT.index(words)
        made = types.get_type(CUSTOM + layer)(begin=begin, end=begin + len(words), **features)
        cas.add(made)
        return made

    def link(source: Any, role: str, target: Any) -> None:
        slot = types.get_type(f"{source.type.name}{role}Link")(role=role, target=target)
        source[role] = types.get_type("uima.cas.FSArray")(elements=[*(source[role].elements if source[role] else []), slot])

    said = mark("Statement", "Norland will send ships", mode="indirect", force="pledges", stance="pledged", strength="firm", inferred=False)
    ships = mark("Commitment", "send ships")
    agreed = mark("Condition", "the Assembly agrees", kind="approval")
    marker = mark("Marker", "if")
    link(said, "Part", mark("Part", "if the Assembly agrees"))
    link(said, "Speaker", mark("Actor", "Ann Berg", kind="person"))
    link(said, "Cue", mark("Cue", "said"))
    link(said, "Expresses", ships)
    link(said, "Requires", marker)
    link(marker, "Marks", agreed)
    link(ships, "Committer", mark("Actor", "Norland"))
    link(agreed, "By", mark("Actor", "the Assembly", actor="assembly"))
    return cas


@pytest.fixture(scope="module")
def xmi() -> str:
    return str(annotated().to_xmi(pretty_print=True))


def project(place: Path, **files: str) -> Path:
    """An archive as INCEpTION exports a project: an archive a document and annotator within it."""
    with zipfile.ZipFile(place, "w") as outer:
        for name, text in files.items():
            inner = place.with_suffix(".inner")
            with zipfile.ZipFile(inner, "w") as archive:
                archive.writestr("norland.xmi", text)
                archive.writestr("TypeSystem.xml", "<x/>")
            folder, _, who = name.partition("_")
            if not who:
                outer.writestr(f"{folder}/norland.xmi", text)
                continue
            outer.write(inner, f"{folder}/norland.xmi/{who}.zip")
        outer.writestr("exportedproject.json", "{}")
    return place


def test_a_person_annotates_an_article_and_has_it_in_the_graph(xmi: str, tmp_path: Path) -> None:
    """UTF-16 offsets past an emoji, tokens and sentences of no concern, a split statement; it counts as reviewed."""
    assert 'begin="12" end="16"' in xmi  # said: one code unit later than in code points
    place = project(
        tmp_path / "p.zip", source=xmi, annotation_ann=xmi.replace("pledges", "offers"), curation_CURATION=xmi, annotation_INITIAL_CAS=xmi
    )
    ((outcome,), store) = taken_in(uima.read(place), tmp_path / "s")
    assert (outcome.outcome, outcome.article, outcome.findings) == ("stored", "norland", ()), outcome
    assert outcome.file.endswith("p.zip/curation/norland.xmi/CURATION.zip/norland.xmi")
    ((article, reading),) = readings(store)
    (said,) = reading.statements
    assert article.text == TEXT and reading.annotator.reviewed and said.force == "pledges"
    assert [span.text for span in said.content] == ["Norland will send ships", "if the Assembly agrees"]
    assert said.cue and said.cue.text == "said" and said.speaker[0].target == "ann-berg" and said.conditions[0].marker
    assert [c.by[0].target for c in reading.conditions] == ["assembly"] and reading.commitments[0].committer[0].target == "norland"


@pytest.mark.slow
def test_two_commands_there_and_two_back(tmp_path: Path) -> None:
    """Changed by a person with the real library, a reading supersedes what was there and counts as reviewed."""
    (tmp_path / "n.txt").write_text("🚢 Norland will send ships, Ann Berg said on Tuesday.", "utf-8")
    assert kg("add", tmp_path / "n.txt", "--store", tmp_path / "s").returncode == 0
    done = kg("export", "--format", "uima", "-o", tmp_path / "u", "--store", tmp_path / "s")
    assert done.returncode == 0 and "not in it: the registry" in done.stderr
    cas = loaded(tmp_path / "u", "n.xmi")
    cas.select(CUSTOM + "Statement")[0].force = "offers"
    (tmp_path / "u" / "n.xmi").write_text(cas.to_xmi(), "utf-8")
    done = kg("import", tmp_path / "u", "--store", tmp_path / "s")
    assert (done.returncode, done.stdout.splitlines()[1].split("\t")[0]) == (0, "superseded"), done.stderr
    ((article, reading),) = readings(open_store(tmp_path / "s"))
    assert article.file == "n.txt" and reading.annotator.reviewed and reading.statements[0].force == "offers"


def test_of_a_project_what_people_made_counts(xmi: str, tmp_path: Path) -> None:
    """Not the documents it began with, be it unpacked or not; a folder of that name alone is one like any other."""
    place = project(tmp_path / "p.zip", source=xmi, annotation_ann=xmi)
    with zipfile.ZipFile(place) as archive:
        archive.extractall(tmp_path / "p")
    for of in (place, tmp_path / "p"):
        assert [one.name for one in back(of)] == [f"{of}/annotation/norland.xmi/ann.zip/norland.xmi"]
    assert [one.name for one in back(tmp_path / "p" / "source")] == [f"{tmp_path}/p/source/norland.xmi"]


def element(xmi: str, name: str) -> tuple[int, str]:
    """The line of an element, counted from 1, and its text."""
    return next((n, line) for n, line in enumerate(xmi.splitlines(), 1) if re.match(rf"\s*<\w+:{name} ", line))


@pytest.mark.parametrize(
    ("where", "old", "new", "code", "lost"),
    [
        ("StatementSpeakerLink", r'target="\d+"', 'target="999"', "link-nowhere", {"speaker"}),
        ("StatementSpeakerLink", r' target="\d+"', "", "link-nowhere", {"speaker"}),
        ("Cue", r'begin="12"', 'begin="9999"', "mark-off", {"cue"}),
        ("Cue", r'begin="12"', 'begin="1x"', "mark-off", {"cue"}),
        ("Cue", r'begin="12"', 'begin="10"', "mark-off", {"cue"}),  # between the halves of the emoji
        ("Cue", r"<\w+:Cue ", "<custom:Kue ", "mark-unknown", {"cue"}),
        ("Condition", r'kind="approval"', "", "missing-key", {"conditions"}),
        ("Statement", r'strength="firm"', 'strength="firm" mood="good"', "feature-unknown", set()),
        ("Actor", r'kind="person"', "", "actor-unnamed", {"speaker"}),
    ],
)
def test_a_slip_is_told_by_line_and_the_rest_is_stored(
    where: str, old: str, new: str, code: str, lost: set[str], xmi: str, tmp_path: Path
) -> None:
    """A link to nothing, a span off, an unknown layer or feature, nobody's name: told once by line, and only what needed it is lost."""
    line, text = element(xmi, where)
    changed, count = re.subn(old, new, text)
    assert count == 1
    (tmp_path / "n.xmi").write_text(xmi.replace(text, changed), "utf-8")
    (outcome,), store = taken_in(uima.read(tmp_path / "n.xmi"), tmp_path / "s")
    told = {finding.code: finding.line for finding in outcome.findings if finding.severity == "error"}
    at = line if where != "StatementSpeakerLink" or "target" in new else element(xmi, "Statement")[0]
    assert told[code] == at and outcome.outcome == "stored", outcome
    said = next(readings(store))[1].statements[0]
    has = {"speaker": said.speaker, "cue": said.cue, "expresses": said.expresses, "conditions": said.conditions}
    assert {name for name, part in has.items() if not part} == lost, outcome


@pytest.mark.parametrize(
    ("data", "words", "place"),
    [
        (b"<a><b></a>", "no XML", ":1"),
        (b"<a/>", "no XMI", ""),
        (b'<x:XMI xmlns:x="http://www.omg.org/XMI"/>', "no text", ""),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>\n<a>&b;</a>', "document type", ":1"),
        (b"PK\x03\x04 and nothing", "damaged", ""),
        (b"", "no XML", ":1"),
        (b"<?xml version='1.0' encoding='UTF-8C'?><a/>", "no XML", ":1"),
        (b"<a>" * 100_000, "no XML", ":1"),
        (b"\x00\xff" * 30, "no XML", ":1"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(data: bytes, words: str, place: str, tmp_path: Path) -> None:
    """Broken, of another kind, or with a document type, which could hide anything: refused before it is read."""
    (tmp_path / "a.xmi").write_bytes(data)
    (wrong,) = uima.read(tmp_path / "a.xmi")
    assert isinstance(wrong, ReadError) and words in wrong.what and wrong.where == f"{tmp_path / 'a.xmi'}{place}"


def test_what_was_removed_does_not_come_back(tmp_path: Path) -> None:
    """An annotation that is in no index, though a link still leads to it: that leads nowhere, and is told."""
    cas = annotated()
    (said,) = cas.select(CUSTOM + "Statement")
    cas.remove(said.Cue.elements[0].target)
    (tmp_path / "a.xmi").write_text(cas.to_xmi(pretty_print=True), "utf-8")
    (outcome,), store = taken_in(uima.read(tmp_path / "a.xmi"), tmp_path / "s")
    assert [f.code for f in outcome.findings] == ["link-nowhere"]
    (read,) = next(readings(store))[1].statements
    assert read.cue is None and read.speaker


@pytest.mark.parametrize("told", [{}, {"id": " "}])
def test_a_new_actor_without_an_id_is_told(told: dict[str, str], tmp_path: Path) -> None:
    """No mark could name it, so it is left out, and that is told by its label; the rest is stored."""
    cas = annotated()
    cas.add(cas.typesystem.get_type(CUSTOM + "NewActor")(label="Sudland", kind="state", **told))
    (tmp_path / "a.xmi").write_text(cas.to_xmi(pretty_print=True), "utf-8")
    (outcome,), _ = taken_in(uima.read(tmp_path / "a.xmi"), tmp_path / "s")
    assert outcome.statements == 1 and [(f.code, f.severity) for f in outcome.findings] == [("left-out", "warning")]
    line = element((tmp_path / "a.xmi").read_text("utf-8"), "NewActor")[0]
    assert "a new actor (Sudland) has no id" in outcome.findings[0].message and outcome.findings[0].line == line


def test_annotations_of_another_view_are_not_of_this_text(tmp_path: Path) -> None:
    """They are left out, and that is told."""
    cas = annotated()
    view = cas.create_view("translation")
    view.sofa_string, view.sofa_mime = "Norland wird Schiffe schicken, sagte Ann Berg.", "text/plain"
    view.add(cas.typesystem.get_type(CUSTOM + "Statement")(begin=0, end=29, mode="direct", force="asserts"))
    (tmp_path / "a.xmi").write_text(cas.to_xmi(pretty_print=True), "utf-8")
    (outcome,), _ = taken_in(uima.read(tmp_path / "a.xmi"), tmp_path / "s")
    assert outcome.statements == 1 and [(f.code, f.severity) for f in outcome.findings] == [("left-out", "warning")]


def test_an_article_without_an_id_is_told(xmi: str, tmp_path: Path) -> None:
    """One that says that it is empty; where nothing is said it is the file's name."""
    told = xmi.replace("</xmi:XMI>", '<custom:Article xmi:id="9999" sofa="1" id=" "/></xmi:XMI>').replace('members="', 'members="9999 ')
    (tmp_path / "a.xmi").write_text(told, "utf-8")
    (wrong,) = uima.read(tmp_path / "a.xmi")
    assert isinstance(wrong, ReadError) and wrong.what == "the article has no id"


def test_an_archive_is_unpacked_to_a_depth_and_no_further(tmp_path: Path, xmi: str) -> None:
    """What is nested deeper is told by its place, as is an archive with nothing to read in it."""
    data, name = xmi.encode(), "norland.xmi"
    for _ in range(3):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr(name, data)
        data, name = (tmp_path / "x.zip").read_bytes(), "in.zip"
    (wrong,) = uima.read(tmp_path / "x.zip")
    assert (
        isinstance(wrong, ReadError)
        and "nested too deep" in wrong.what
        and wrong.where == f"{tmp_path / 'x.zip'}/in.zip/in.zip/norland.xmi"
    )
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("TypeSystem.xml", "<x/>")
    (wrong,) = uima.read(tmp_path / "x.zip")
    assert isinstance(wrong, ReadError) and wrong.what == "there is no .xmi file in it"


def test_what_xml_cannot_hold_is_said(tmp_path: Path) -> None:
    """An article with a form feed in its text is left out, with the place; the others are written."""
    told: list[ProvisoError] = []
    empty = Annotation(Annotator("me"))
    made = dict(uima.files([to_marks(Article(id, text), empty) for id, text in (("a", "One\x0ctwo."), ("b", "Two."))], told.append))
    assert "a.xmi" not in made and "b.xmi" in made and "U+000C at 3" in told[0].what and told[0].where == "a"


@pytest.mark.parametrize("found_by", [" cue ", "a\x01b", "\ufffe", "\t", "a, b"])
def test_a_value_that_comes_back_as_it_went_out_is_nobodys_change(found_by: str) -> None:
    """White space stays; what XML cannot hold is replaced, which is said, and counts as untouched all the same."""
    said = Statement("s1", (Span.of(TEXT, 0, 8),), "direct", "asserts", cue=Span.of(TEXT, 11, 15), found_by=found_by)
    told: list[ProvisoError] = []
    made = dict(uima.files([to_marks(Article("a", TEXT), Annotation(Annotator("rules", "1", False), (said,)))], told.append))
    one = uima._read_one("a.xmi", made["a.xmi"])
    annotation = read_again(one, drawn.REGISTRY)
    assert is_untouched(one.marked) and annotation.annotator == Annotator("rules", "1", False)
    altered = found_by in ("a\x01b", "\ufffe")
    assert [(error.where, error.what.split(" has ")[0]) for error in told] == [("a", "found_by")] * altered
    assert annotation.statements[0].found_by == re.sub("[\x01\ufffe]", "\ufffd", found_by)


def test_the_layers_of_a_project_are_those_of_the_types() -> None:
    """layers.json names every layer, feature and slot of the type system, and no other, with the words of its lists."""
    types, made = uima.type_system(), {layer["name"]: layer for layer in json.loads(json.dumps(uima.layers()))}
    own = {t.name: t for t in types.get_types() if t.name.startswith(CUSTOM) and not t.name.endswith("Link")}
    assert set(made) == set(own)
    for name, layer in made.items():
        features = {f.name for f in own[name].features} - {"Governor", "Dependent"}
        assert {f["name"] for f in layer["features"]} == features
        assert all(types.contains_type(f["link_type_name"]) for f in layer["features"] if f["link_mode"] == "WITH_ROLE")
    assert {layer["type"] for layer in made.values()} == {"span", "relation", "document-metadata"} and len(FEATURES) == 10
    force = next(f for f in made[CUSTOM + "Statement"]["features"] if f["name"] == "force")
    assert force["tag_set"]["tags"][0]["tag_name"] == "asserts"
