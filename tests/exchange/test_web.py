"""Web Annotation: JSON-LD processors read the standard's terms and no others, what comes back is whole, and slips cost only themselves.

`anno-terms.json` says what W3C's context (http://www.w3.org/ns/anno.jsonld) says of the terms used here, so that nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
from hypothesis import given, settings
from pyld import jsonld

from kg.actors import load_registry
from kg.errors import ReadError
from kg.exchange import web
from kg.exchange.marks import Foreign, to_marks
from kg.exchange.readings import readings
from kg.model import Annotation
from kg.store.embedded import open_store
from kg.triples import article_iri
from kg.vocabulary import OA
from tests import readings as drawn
from tests.exchange.test_brat import read_again, taken_in
from tests.support import kg, whole

TERMS = json.loads(Path(__file__).with_name("anno-terms.json").read_bytes())
NOTHING_ELSE = {"@vocab": "x-unknown:"}  # a word that is no term of the standard becomes one of these, and is seen


def back(path: Path, data: bytes) -> list[Foreign]:
    path.write_bytes(data)
    found = [one for one in web.read(path) if isinstance(one, Foreign)]
    assert len(found) == len(list(web.read(path))) > 0
    return found


def offline(url: str, options: object) -> dict[str, Any]:
    assert url == web.CONTEXT
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": TERMS}


@pytest.fixture(scope="module")
def seeds_file(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds as the command writes them."""
    path = tmp_path_factory.mktemp("web") / "seeds.anno.jsonld"
    done = kg("export", "-o", path, "--store", seeds)
    assert done.returncode == 0 and "not in it: the registry" in done.stderr
    return path


def test_the_seeds_come_back_whole(seeds: Path, seeds_file: Path, tmp_path: Path) -> None:
    """Every article, with what is known of it, its actors and its reading, the same from any run."""
    told = list(readings(open_store(seeds)))
    assert seeds_file.read_bytes() == web.to_json(to_marks(*one) for one in told)
    for (article, annotation), one in zip(told, back(tmp_path / "a", seeds_file.read_bytes()), strict=True):
        read = read_again(one, load_registry())
        assert one.marked.article == article and whole(read) == whole(annotation)
        assert (read.actors, read.annotator) == (annotation.actors, annotation.annotator)


def test_what_is_kept_of_an_article_holds_no_word_of_another(seeds_file: Path, tmp_path: Path) -> None:
    """Of a file with several each keeps its own annotations, which read as the file did: one can be taken down without the others."""
    found = back(tmp_path / "a", seeds_file.read_bytes())
    for one in found:
        (again,) = back(tmp_path / "b", one.words)
        assert again.source == one.source == one.words
        assert again.marked.article == one.marked.article
        assert whole(read_again(again, load_registry())) == whole(read_again(one, load_registry()))
        assert [o for o in found if f'"{article_iri(o.marked.article.id)}'.encode() in one.words] == [one]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drawn") / "x"


@settings(max_examples=8)
@given(annotation=drawn.readings())
def test_a_reading_comes_back_whole(annotation: Annotation, place: Path) -> None:
    """Overlaps, split spans, an emoji, and what no words carry."""
    (one,) = back(place, web.to_json([to_marks(drawn.ARTICLE, annotation)]))
    read = read_again(one, drawn.REGISTRY)
    assert whole(read) == whole(annotation) and read.actors == annotation.actors and read.annotator == annotation.annotator


def small() -> dict[str, Any]:
    """A reading of an article of one sentence, as plain values."""
    made: dict[str, Any] = json.loads(web.to_json([to_marks(drawn.ARTICLE, NORLAND)]))
    return made


def _norland() -> Annotation:
    from kg.annotate.document import Document
    from kg.annotate.from_file import resolve

    value = {
        "statements": [{
            "id": "s1", "speaker": [{"span": "Ann Berg", "actor": "assembly"}], "cue": {"text": "said", "occurrence": 1},
            "content": ["Norland will send ships", "Sudland 🚢 may follow"], "mode": "indirect", "force": "pledges", "expresses": "c1", "stance": "pledged",
            "strength": "firm",
        }],
        "commitments": [{"id": "c1", "committer": [{"span": "Norland", "actor": "norland"}], "action": {"span": "send ships"}}],
    }  # fmt: skip
    return resolve(Document("x", value, {}), drawn.ARTICLE, drawn.REGISTRY).annotation


NORLAND = _norland()


def test_processors_of_json_ld_read_it() -> None:
    """PyLD and rdflib find each annotation with its motivation, its bodies and its words; every word is a term of the standard."""
    told = small() | {"@context": [NOTHING_ELSE, web.CONTEXT]}
    expanded = jsonld.expand(told, {"documentLoader": offline})
    assert "x-unknown" not in json.dumps(expanded)
    quads = jsonld.to_rdf(told, {"documentLoader": offline, "format": "application/n-quads"})
    graph = rdflib.Graph().parse(data=quads, format="nt")
    found = {str(node) for node in graph.subjects(rdflib.RDF.type, rdflib.URIRef(OA + "Annotation"))}
    items = told["first"]["items"]
    assert found == {item["id"] for item in items} and len(items) == told["total"]
    text = drawn.ARTICLE.text
    count = 0
    for selector in graph.subjects(rdflib.RDF.type, rdflib.URIRef(OA + "TextPositionSelector")):
        start, end = (int(str(graph.value(selector, rdflib.URIRef(OA + name)))) for name in ("start", "end"))
        target = graph.value(None, rdflib.URIRef(OA + "hasSelector"), selector)
        quotes = [
            str(graph.value(s, rdflib.URIRef(OA + "exact")))
            for s in graph.objects(target, rdflib.URIRef(OA + "hasSelector"))
            if s != selector
        ]
        assert quotes == [text[start:end]] and str(graph.value(target, rdflib.URIRef(OA + "hasSource"))) == article_iri(drawn.ARTICLE.id)
        count += 1
    assert count == 6  # two spans of the statement, its cue, its speaker, the committer, the action
    linked = set(graph.subjects(rdflib.URIRef(OA + "motivatedBy"), rdflib.URIRef(OA + "linking")))
    assert len(linked) == 4


def test_a_whole_seed_is_of_the_standard(seeds_file: Path) -> None:
    """No key or motivation in the seeds' file is unknown to the context."""

    def keys(value: Any) -> Iterator[str]:
        for key, below in value.items() if isinstance(value, dict) else []:
            yield key
            yield from keys(below)
            yield from [below] if key in ("motivation", "purpose", "type") else []
        for below in value if isinstance(value, list) else []:
            yield from keys(below)

    assert set(keys(json.loads(seeds_file.read_bytes()))) - set(TERMS["@context"]) == {"@context"}


def item(told: dict[str, Any], layer: str) -> dict[str, Any]:
    """The annotation of a layer."""
    items: list[dict[str, Any]] = told["first"]["items"]
    return next(i for i in items if any(b.get("value") == layer for b in i["body"]))


def stored(told: Any, tmp_path: Path) -> tuple[Any, Annotation]:
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "a.json").write_text(json.dumps(told, indent=1), "utf-8")
    (outcome,), store = taken_in(web.read(tmp_path / "a.json"), tmp_path / "s")
    assert outcome.outcome == "stored", outcome
    return outcome, next(readings(store))[1]


def test_a_change_is_a_persons(tmp_path: Path) -> None:
    """Another tool's list of annotations, one stance changed, positions in code units of UTF-16 where the quote says better."""
    told = small()
    statement = item(told, "Statement")
    next(b for b in statement["body"] if b["value"] == "stance: pledged")["value"] = "stance: open"
    statement["body"] = [b for b in statement["body"] if b["value"] != "strength: firm"]
    statement["target"][1]["selector"][0]["end"] += 1  # the emoji is two of them
    outcome, reading = stored(told["first"]["items"], tmp_path)
    assert not [f for f in outcome.findings if f.severity == "error"]
    assert reading.statements[0].stance == "open" and reading.annotator.reviewed and reading.annotator.name == "a person"
    assert [part.text for part in reading.statements[0].content] == ["Norland will send ships", "Sudland 🚢 may follow"]


@pytest.mark.parametrize(
    ("slip", "code", "lost"),
    [
        ("gone", "link-nowhere", "speaker"),
        ("moved", "mark-off", "cue"),
        ("layer", "mark-unknown", "cue"),
        ("role", "link-wrong", "speaker"),
    ],
)
def test_a_slip_is_told_by_line_and_the_rest_is_stored(slip: str, code: str, lost: str, tmp_path: Path) -> None:
    """A link to nothing, words that are nowhere, an unknown layer or role: told by line, and nothing else is lost."""
    told = small()
    link = item(told, "Speaker")
    cue = item(told, "Cue")
    wrong = cue if lost == "cue" else link
    if slip == "gone":
        link["body"][1]["source"] = "https://example.org/nothing"
    elif slip == "role":
        link["body"][0]["value"] = "Shouter"
    elif slip == "layer":
        cue["body"][0]["value"] = "Kue"
    else:
        cue["target"][0]["selector"][1]["exact"] = "sayd"
    outcome, reading = stored(told, tmp_path)
    errors = {f.code: f.line for f in outcome.findings if f.severity == "error"}
    lines = (tmp_path / "a.json").read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines, 1) if f'"id": "{wrong["id"]}"' in line)
    assert errors[code] == at - 1, outcome  # the line of the annotation's brace
    said = reading.statements[0]
    assert {name for name, part in {"speaker": said.speaker, "cue": said.cue, "expresses": said.expresses}.items() if not part} == {lost}


@pytest.mark.parametrize(
    ("body", "code", "severity"),
    [
        ({"value": "a remark of mine"}, "line-syntax", "warning"),
        ({"value": "Note: I am unsure", "purpose": "commenting"}, "line-syntax", "warning"),
        ({"value": "Actor", "purpose": "classifying"}, "feature-twice", "error"),
        (["no body"], "line-syntax", "warning"),
        ({"value": "[1]", "format": "application/json"}, "line-syntax", "error"),
        ({"value": "{", "format": "application/json"}, "line-syntax", "error"),
    ],
)
def test_a_body_that_says_nothing_is_told_and_costs_nothing(body: object, code: str, severity: str, tmp_path: Path) -> None:
    """A remark at a mark, and what is known of the article in a form of its own."""
    told = small()
    about = next(i for i in told["first"]["items"] if i["motivation"] == "describing")
    if isinstance(body, dict) and "format" in body:
        about["body"] = [b for b in about["body"] if b["format"] == "text/plain"] + [body, {"value": "x", "format": "text/html"}]
    else:
        item(told, "Cue")["body"].append(body)
    outcome, reading = stored(told, tmp_path)
    assert [(f.code, f.severity) for f in outcome.findings if f.code != "mark-unused"] == [(code, severity)]
    assert reading.statements[0].cue and reading.statements[0].speaker


@pytest.mark.parametrize(("known", "iri"), [('{"article": "x"}', None), ("{}", article_iri("a").rpartition("/")[0] + "/")])
def test_what_is_known_of_an_article_may_be_anything(known: str, iri: str | None, tmp_path: Path) -> None:
    """Also that it has no id: it is rejected, and told."""
    about = next(i for i in small()["first"]["items"] if i["motivation"] == "describing")
    about["body"][1]["value"] = known
    about["target"] = iri or about["target"]
    (tmp_path / "a").write_text(json.dumps([about]), "utf-8")
    (wrong,) = web.read(tmp_path / "a")
    assert isinstance(wrong, ReadError) and wrong.where == str(tmp_path / "a")


def test_what_describes_an_article_may_name_it_in_a_list(tmp_path: Path) -> None:
    """As the standard lets it; what names none is told, and no article is made of it."""
    told = small()["first"]["items"]
    about = next(i for i in told if i["motivation"] == "describing")
    told.append(about | {"target": []})
    about["target"] = [about["target"]]
    (tmp_path / "a.json").write_text(json.dumps(told), "utf-8")
    outcomes, store = taken_in(web.read(tmp_path / "a.json"), tmp_path / "s")
    assert [o.outcome for o in outcomes] == ["stored", "rejected"]
    ((article, reading),) = readings(store)
    assert article.id == drawn.ARTICLE.id and len(reading.statements) == 1


def test_an_actor_is_no_place(tmp_path: Path) -> None:
    """An IRI that names something of another kind is told, and names nobody: the words do."""
    told = small()
    speaker = next(i for i in told["first"]["items"] if any(b.get("value") == "Actor" for b in i["body"]) and "norland" in json.dumps(i))
    (names,) = (body for body in speaker["body"] if body.get("purpose") == "identifying")
    assert names["source"].endswith("/id/actor/norland")
    names["source"] = names["source"].replace("/actor/norland", "/place/assembly")
    outcome, reading = stored(told, tmp_path)
    assert [f.code for f in outcome.findings] == ["feature-unknown"] and reading.commitments[0].committer[0].target == "norland"


def test_a_place_without_its_words_is_where_it_says(tmp_path: Path) -> None:
    """As long as that is in the text."""
    for end, code in ((None, []), (9_999, ["mark-off"])):
        told = small()
        cue = item(told, "Cue")
        cue["target"][0]["selector"] = [s for s in cue["target"][0]["selector"] if "exact" not in s]
        cue["target"][0]["selector"][0]["end"] = end or cue["target"][0]["selector"][0]["end"]
        outcome, reading = stored(told, tmp_path / str(end))
        assert [f.code for f in outcome.findings if f.severity == "error"][:1] == code
        assert (reading.statements[0].cue is not None) is (not code)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no annotations"),
        (b'{"type": "Annotation", "target": "x:a", "body": "b"}', "text of x:a is not in the file"),
        (
            b'{"type": "Annotation", "motivation": "describing", "target": {"source": 7}, "body": {"value": "T", "format": "text/plain"}}',
            "of no article",
        ),
        (b'{"type": ["Annotation"], "motivation": 7, "target": [7, [], {}], "body": [7]}', "of no article"),
    ],
)
def test_a_wrong_file_is_told(data: bytes, words: str, tmp_path: Path) -> None:
    """Broken, bottomless, of another kind, or without the text."""
    (tmp_path / "a").write_bytes(data)
    for one in web.read(tmp_path / "a"):
        assert isinstance(one, ReadError) and words in one.what


@pytest.mark.slow
def test_it_goes_through_pipes(seeds: Path, seeds_file: Path, tmp_path: Path) -> None:
    """Out on stdout and in from stdin, with the format said."""
    done = kg("export", "--format", "webannotation", "-o", "-", "--store", seeds)
    assert done.stdout.encode() == seeds_file.read_bytes()
    done = kg("import", "-", "--format", "webannotation", "--store", tmp_path / "s", stdin=done.stdout)
    assert done.returncode == 0 and done.stdout.count("\nstored\t") == 5, done.stderr
