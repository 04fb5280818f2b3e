"""Annotation files <-> annotations: spans and names resolved as a person means them, all faults found at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.actors import load_registry
from kg.annotate.beside import empty_annotations, find_annotation, find_article_for
from kg.annotate.document import parse_document
from kg.annotate.from_file import AnnotationFile, resolve, schema
from kg.annotate.to_file import to_document, to_json, to_yaml
from kg.errors import AnnotationError
from kg.model import Annotation, Annotator, Article, Registry, Span, Statement
from tests import readings as drawn
from tests.support import READING, TEXT

ARTICLE = Article("ships", TEXT)
STATEMENT = {"id": "s1", "content": ["Norland will send ships"], "mode": "indirect", "force": "asserts"}


def read(value: Any, article: Article = ARTICLE, registry: Registry | None = None) -> AnnotationFile:
    document = parse_document(
        json.dumps(value).encode() if not isinstance(value, str) else value.encode(), "a", is_json=not isinstance(value, str)
    )
    return resolve(document, article, registry or Registry())


def codes(value: Any, article: Article = ARTICLE) -> list[str]:
    with pytest.raises(AnnotationError) as caught:
        read(value, article)
    return [f.code for f in caught.value.findings]


def said(**changes: Any) -> dict[str, Any]:
    return {"statements": [STATEMENT | changes]}


def test_the_schema_is_a_schema() -> None:
    """Valid by the draft it names, and it forbids keys it does not know at every level."""
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())
    objects = [part for part in _parts(schema()) if part.get("type") == "object"]
    assert len(objects) > 10 and all(part.get("additionalProperties") is False for part in objects)


def _parts(value: Any) -> list[dict[str, Any]]:
    below = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return ([value] if isinstance(value, dict) else []) + [part for v in below for part in _parts(v)]


def test_a_file_written_again_says_the_same() -> None:
    """With offsets and text as JSON, in brief as YAML."""
    first = read(READING).annotation
    for again in (to_json(ARTICLE, first), to_yaml(ARTICLE, first)):
        assert resolve(parse_document(again.encode(), "a"), ARTICLE, Registry()).annotation == first
    assert to_document(ARTICLE, first)["article"]["text"] == TEXT
    assert "text" not in to_document(ARTICLE, first, brief=True)["article"]


@given(drawn.readings(), st.sampled_from([to_json, to_yaml]))
def test_any_reading_comes_back_from_its_file(annotation: Annotation, write: Any) -> None:
    """With everything a file may say, in either form and in the order it was written."""
    again = resolve(parse_document(write(drawn.ARTICLE, annotation).encode(), "a", is_json=write is to_json), drawn.ARTICLE, drawn.REGISTRY)
    assert again.annotation == annotation


@pytest.mark.parametrize("words", ["00\x85", " \x85", "a\u2028b", "\u2029", "a: b\x85- c"])
def test_rare_line_ends_come_back_from_yaml(words: str) -> None:
    """The parser takes them for spaces where they stand in no quotation marks."""
    article, span = Article("a", words), Span.of(words, 0, len(words))
    annotation = Annotation(Annotator("me"), (Statement("s1", (span,), "direct", "asserts", cue=span),))
    again = resolve(parse_document(to_yaml(article, annotation).encode(), "a"), article, Registry())
    assert again.annotation.statements == annotation.statements


@given(drawn.TEXTS.filter(bool), st.data(), st.sampled_from([to_json, to_yaml]))
def test_spans_come_back_from_a_file_under_any_text(text: str, data: st.DataObject, write: Any) -> None:
    """Also one cut within a word, within an emoji, or of white space alone."""
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span.of(text, start, data.draw(st.integers(start + 1, len(text))))
    article = Article("a", text)
    annotation = Annotation(Annotator("me"), (Statement("s1", (span,), "direct", "asserts", cue=span),))
    again = resolve(parse_document(write(article, annotation).encode(), "a", is_json=write is to_json), article, Registry())
    assert again.annotation.statements == annotation.statements


@pytest.mark.parametrize(("span", "start"), [
    ("ships", 18), ({"text": "ships"}, 18), ({"text": "ships", "start": 18, "end": 23}, 18), ({"text": "ships", "occurrence": 1}, 18),
    ({"text": "ships", "occurrence": 1.0}, 18), ({"text": "ships", "start": 18.0, "end": 23.0}, 18),
    ({"text": "hip", "start": 19, "end": 22}, 19), ("said.", 57), ("Norland will", 0),
])  # fmt: skip
def test_spans(span: Any, start: int) -> None:
    """By exact text, by occurrence, by offsets (also within a word, as a machine may cut); a whole number may be written 1.0, as JSON has it."""
    [made] = read(said(content=[span])).annotation.statements[0].content
    assert made == Span.of(TEXT, start, made.end)


@pytest.mark.parametrize(("span", "code"), [
    ("ship", "span-word"), ("boats", "span-missing"), ({"text": "ships", "occurrence": 2}, "span-missing"), ("", "wrong-type"),
    ({"text": "ships", "start": 18}, "missing-key"), ({"text": "ships", "start": 17, "end": 22}, "span-mismatch"), (3, "wrong-type"),
    ({"text": "ships", "start": 900, "end": 905}, "span-mismatch"), ({"start": 18, "end": 23}, "missing-key"), (None, "wrong-type"),
])  # fmt: skip
def test_spans_that_are_none(span: Any, code: str) -> None:
    """Each has its code."""
    assert codes(said(content=[span])) == [code]


def test_the_nearest_wording_is_shown() -> None:
    """Another kind of quotation mark, dash, capital or space is what people get wrong."""
    article = Article("a", "He “will not\nsend” them – now.")
    for words in ('"will not send" them', "he “will not send” them - now"):
        with pytest.raises(AnnotationError, match="which writes"):
            read(said(content=[words]), article)


def test_all_faults_are_found_at_once() -> None:
    """Not the first alone, and in the order of the file."""
    value = said(cue="shouted", speaker=[{"actor": "nobody"}], expresses="c9", relayed_by="s9", content=["boats"])
    assert sorted(codes(value)) == ["span-missing", "span-missing", "unknown-actor", "unknown-id", "unknown-id"]
    assert sorted(codes(said(force="x", mode="y", extra=1))) == ["unknown-key", "unknown-value", "unknown-value"]


def test_actors_of_the_registry_are_known_by_name() -> None:
    """A file's actor that the registry has under this name and kind is that one; another is new, its id made of its name."""
    registry = load_registry()
    value = said(speaker=[{"actor": "a"}, {"actor": "b"}, {"actor": "friedrich-merz"}]) | {
        "actors": [{"id": "a", "label": "Chancellor Merz", "kind": "person"}, {"id": "b", "label": "Jane Q. Doe", "kind": "person"}]
    }
    made = read(value, registry=registry).annotation
    assert [r.target for r in made.statements[0].speaker] == ["friedrich-merz", "friedrich-merz", "jane-q-doe"]
    assert [a.id for a in made.actors] == ["jane-q-doe"]


def test_an_actor_whose_id_is_made_of_its_name_is_that_one() -> None:
    """Whomever else the registry knows by the name: a reading that is written out and read again speaks of whom it spoke of."""
    registry = load_registry()
    own: list[dict[str, Any]] = [
        {"id": "congress", "label": "Congress", "kind": "parliament"},
        {"id": "officials-ships", "label": "officials", "kind": "unnamed source", "member_of": ["friedrich-merz-person"]},
        {"id": "friedrich-merz-person", "label": "Friedrich Merz", "kind": "person"},
        {"id": "x", "label": "Congress", "kind": "parliament"},
    ]
    made = read(said(speaker=[{"actor": actor["id"]} for actor in own]) | {"actors": own}, registry=registry).annotation
    assert {r.target for r in made.statements[0].speaker} == {"congress", "officials-ships", "friedrich-merz-person", "us-congress"}
    assert [a.id for a in made.actors] == ["congress", "friedrich-merz-person", "officials-ships"]
    assert made.actors[2].member_of == ("friedrich-merz-person",)
    document = parse_document(to_yaml(ARTICLE, made).encode(), "a")
    assert resolve(document, ARTICLE, registry).annotation.actors == made.actors


def test_concepts_are_known_by_name_or_minted() -> None:
    """By any name the registry has, else from the words; the circumstance too."""
    commitments = [
        {"id": f"c{n}", "committer": [], "action": action}
        for n, action in enumerate([{"concept": "send troops"}, {"span": "send ships"}, {"concept": "Eat_fish"}])
    ]
    value = said() | {"commitments": commitments, "conditions": [{"id": "k", "text": "the Assembly agrees", "kind": "approval"}]}
    made = read(value, registry=load_registry()).annotation
    assert [c.action.target for c in made.commitments] == ["deploy-troops", "send-ships", "eat-fish"]
    assert made.conditions[0].circumstance == "assembly-agrees"


def test_a_file_beside_the_article_is_reviewed_unless_it_says_otherwise() -> None:
    """That is what a person's file means; the annotator's name is kept."""
    assert read(said()).annotation.annotator.reviewed
    assert not read(said() | {"annotator": {"name": "x", "reviewed": False}}).annotation.annotator.reviewed


@pytest.mark.parametrize("value", [[], 3, "a", None, {}, {"statements": {}}, {"statements": [3]}, {"statements": [{}]}])
def test_what_is_no_annotation(value: Any) -> None:
    """Findings, whatever the shape."""
    assert set(codes(value if not isinstance(value, str) else json.dumps(value))) <= {"wrong-type", "missing-key"}


@pytest.mark.parametrize("date", ["2026-13", "2026-02-30", "26", "2026-1-6", "tomorrow", "2026-00"])
def test_dates_that_are_none(date: str) -> None:
    """By form and by the calendar; also the article's."""
    assert codes(said(said_on={"date": date})) == ["bad-date"]
    assert codes(said() | {"article": {"published": date}}) == ["bad-date"]


def test_files_find_each_other(tmp_path: Path) -> None:
    """Beside it, below it and next door, by stem and by id, both ways; two in one place are one too many, but an empty file is none."""
    articles, next_door, below = tmp_path / "articles", tmp_path / "annotations", tmp_path / "articles" / "annotations"
    for place in (articles, next_door, below):
        place.mkdir()
    article = articles / "one.txt"
    article.write_text(f"---\nid: ships\n---\n{TEXT}")
    assert find_annotation(article, "ships") is None
    for place, name in ((next_door, "one.yaml"), (next_door, "ships.json"), (below, "one.yml"), (articles, "ships.yaml")):
        (place / name).write_text('{"article": {"id": "ships"}, "statements": []}')
        found = find_annotation(article, "ships")
        assert found == place / name
        back = find_article_for(found)
        assert back and back.id == "ships" and back.text == TEXT
    (articles / "ships.json").touch()
    assert find_annotation(article, "ships") == articles / "ships.yaml"
    assert empty_annotations(article, "ships") == [articles / "ships.json"]
    (articles / "ships.json").write_text('{"statements": []}')
    with pytest.raises(AnnotationError, match="keep one"):
        find_annotation(article, "ships")
