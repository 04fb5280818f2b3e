"""Every format gives back what it was given, a thousand times; formats are known by their names and endings, and others are refused."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.actors import load_registry
from kg.errors import ProvisoError, ReadError, UsageError
from kg.exchange import brat, uima, web
from kg.exchange.formats import ENDINGS, FOLDERS, INWARD, LEFT_OUT, form_in, form_of, write
from kg.exchange.marks import FOREIGN_CODES, Foreign, apart, to_marks
from kg.model import Actor, Annotation, Annotator, Article, Reference, Registry, Span, Statement
from kg.store.embedded import open_store
from tests.exchange.test_brat import read_again
from tests.readings import ARTICLE, OWN, REGISTRY, TEXT, readings
from tests.support import TOP, whole

# What stands in place of some characters of the text: beyond the first plane, line ends of every kind, what markup is made of.
READ_BY = Annotator("me", "1", True)
ODD = ("🚢", "👩\u200d🚒"[0], "\n", "\r", "\t", "\u2028", "\x85", "&", "<", '"', ";", "é", "\u0301", "\u202e", "\xa0", "\ufeff")
odd_texts = st.dictionaries(st.integers(1, len(TEXT) - 1), st.sampled_from(ODD), max_size=25).map(
    lambda changed: "".join(changed.get(place, character) for place, character in enumerate(TEXT))
)


def moved(value: Any, text: str) -> Any:
    """The same with its spans in another text of the same length."""
    if isinstance(value, Span):
        return Span.of(text, value.start, value.end)
    if isinstance(value, tuple):
        return tuple(moved(part, text) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **{f.name: moved(getattr(value, f.name), text) for f in dataclasses.fields(value)})
    return value


def through_each(annotation: Annotation, text: str, place: Path, registry: Registry = REGISTRY) -> None:
    """Out and in by each format: the article, the annotation, its actors and who read it are the same."""
    article, annotation = dataclasses.replace(ARTICLE, text=text), moved(annotation, text)
    marked = to_marks(article, annotation)
    place.mkdir(exist_ok=True)
    for name, data in brat.files([marked]):
        (place / name).write_bytes(data)
    (place / "a.json").write_bytes(web.to_json([marked]))
    found = [*brat.read(place), *web.read(place / "a.json"), uima._read_one("a.xmi", uima.to_xmi(apart(marked), uima.type_system()))]
    assert len(found) == 3
    for one in found:
        assert isinstance(one, Foreign), one
        read = read_again(one, registry)
        assert one.marked.article == article and whole(read) == whole(annotation), one.name
        assert read.actors == tuple(sorted(annotation.actors, key=lambda a: a.id)) and read.annotator == annotation.annotator


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("each") / "files"


@settings(max_examples=12)
@given(annotation=readings(), text=odd_texts)
def test_any_reading_of_any_text_comes_back_whole(annotation: Annotation, text: str, place: Path) -> None:
    """Overlaps, split spans, emoji, line ends within marks, marks on line ends alone."""
    through_each(annotation, text, place)


@pytest.mark.slow
@settings(max_examples=1000)
@given(annotation=readings(), text=odd_texts)
def test_a_thousand_readings_come_back_whole(annotation: Annotation, text: str, place: Path) -> None:
    """The same, a thousand times."""
    through_each(annotation, text, place)


def test_formats_are_known_by_their_endings(tmp_path: Path) -> None:
    """Or by what is in a folder; what is unknown, or only goes out, is refused before anything is done."""
    assert {form_of(Path("a" + ending)) for ending, form in ENDINGS.items() if form not in FOLDERS} == set(ENDINGS.values()) - set(FOLDERS)
    assert form_of(Path("a.JSONLD")) == "jsonld" and form_of(Path("a.anno.jsonld")) == "webannotation"
    with pytest.raises(UsageError, match=r"not exported as '\.pdf'") as wrong:
        form_of(Path("a.pdf"))
    assert wrong.value.hint == "end the name in .anno.jsonld, .trig, .nq, .jsonld, .ttl, .db, .sqlite, or say --format"
    for name, told in (("a.zip", ""), ("a.xmi", ""), ("a.ann", ""), ("a.zip", "uima"), ("a.XMI", "brat")):
        with pytest.raises(UsageError, match="exported as a folder") as wrong:
            form_of(Path(name), told)
        assert wrong.value.hint == f"kg export --format {told or ENDINGS[name[1:]]} -o FOLDER"
    with pytest.raises(UsageError, match="'csv' does not come in"):
        form_in(tmp_path / "a", "csv")
    with pytest.raises(ReadError, match="so it is no export"):
        form_in(tmp_path)
    for ending, form in ENDINGS.items():
        assert form in (*INWARD, *LEFT_OUT), ending
    for name, form in (("a.zip", "uima"), ("a.xmi", "uima"), ("a.ann", "brat"), ("manifest.json", "ttl")):
        (tmp_path / name).touch()
        assert form_in(tmp_path) == form
    assert set(INWARD) <= {*ENDINGS.values()} and set(LEFT_OUT) - set(INWARD) == {"csv", "parquet", "sqlite"}


def test_a_folder_does_not_go_into_a_stream(seeds: Path) -> None:
    """The user is told to name one."""
    import io

    with pytest.raises(UsageError, match="does not go to stdout"):
        write(open_store(seeds), Path("-"), "brat", io.BytesIO(), print)


def test_the_page_says_what_each_finding_and_format_is() -> None:
    """docs/formats.md names every format, every ending and every code of a finding."""
    page = (TOP / "docs" / "formats.md").read_text("utf-8")
    assert [name for name in (*FOREIGN_CODES, *ENDINGS, *LEFT_OUT) if f"`{name}`" not in page] == []


@pytest.mark.parametrize(("module", "form", "extra"), [("cassis", "uima", "uima"), ("pyarrow", "parquet", "parquet")])
def test_what_is_not_installed_is_named(
    module: str, form: str, extra: str, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its library a format is refused in three lines with the remedy, and nothing is left behind."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ProvisoError) as wrong:
        write(open_store(seeds), tmp_path / "out", form, None, print)
    assert wrong.value.hint == f"pip install proviso-kg[{extra}]" and list(tmp_path.iterdir()) == []


def test_an_articles_own_actor_is_nobody_of_the_registry(tmp_path: Path) -> None:
    """Also where the registry knows another by that name: an untouched reading comes back with whom it went out with."""
    congress = Actor("congress", "Congress", "parliament")
    said = Statement("s1", (Span.of(TEXT, 0, 30),), "indirect", "asserts", (Reference("congress", Span.of(TEXT, 0, 8)),))
    through_each(Annotation(READ_BY, (said,), actors=(congress,)), TEXT, tmp_path / "a", load_registry())


def test_an_article_of_nothing_goes_through(tmp_path: Path) -> None:
    """No statement at all, and no word."""
    through_each(Annotation(READ_BY, actors=tuple(sorted(OWN, key=lambda a: a.id))), TEXT, tmp_path / "a")
    assert to_marks(Article("a", ""), Annotation(READ_BY)).marks == ()
