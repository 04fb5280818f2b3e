"""GUM's conditions: what is read of its relations, and what is counted by genre."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.annotate import automatic as automatic_annotators
from kg.errors import ReadError, UsageError
from kg.evaluate import Item, Layers, Report, Row, compare_annotator, flatten, is_gum, read_gum, score_gum
from kg.evaluate.gum import PRESENCE, WITHIN, WORDS
from kg.model import Annotation, Annotator, Article, Condition, ConditionUse, Registry, Span, Statement
from tests.support import Run

NEWS = "If it rains , we stay . They go unless he calls . By walking you get there . We wait , they said ."
TRIP = "You may enter if you pay , then go ."


def relation(
    text: str, marker: str, first: str, second: str, sense: str = "Contingency.Condition.Arg2-as-cond", type: str = "Explicit"
) -> str:
    """A line of PDTB's columns; the parts of an argument are joined by an ellipsis."""

    def places(words: str) -> str:
        return ";".join(f"{text.index(part)}..{text.index(part) + len(part)}" for part in words.split("…"))

    cells = [""] * 34
    cells[0], cells[1], cells[7], cells[8], cells[14], cells[20] = type, places(marker), marker, sense, places(first), places(second)
    return "|".join(cells)


@pytest.fixture
def gum(tmp_path: Path) -> Path:
    """Two documents of two genres."""
    for folder in ("gold", "raw"):
        (tmp_path / folder).mkdir()
    negative, end = "Contingency.Negative-condition.Arg2-as-negcond", "Contingency.Condition.Arg1-as-cond"
    news = [
        relation(NEWS, "If", "we stay .", "it rains ,"),
        relation(NEWS, "unless", "They go", "he calls .", negative),
        relation(NEWS, "By", "you get there", "walking", end),
        relation(NEWS, "they said", "we stay", "We wait", type="Implicit"),
        relation(NEWS, "If", "we stay", "They go", "Contingency.Cause.Result"),
    ]
    trip = [relation(TRIP, "if…then", "You may enter…go", "you pay ,"), relation(TRIP, "then", "go", "if you pay ,")]
    for name, text, told in (("GUM_news_rain", NEWS, news), ("GUM_voyage_pay", TRIP, trip)):
        (tmp_path / "raw" / name).write_text(text, "utf-8")
        (tmp_path / "gold" / name).write_text("\n".join(told) + "\n", "utf-8")
    return tmp_path


def read_if(article: Article, registry: Registry) -> Annotation:
    """An annotator for tests: a word after each `if`, and a stray one before `said`."""
    found = []
    for marker, wanted in (("If", "it rains"), ("if", "you pay"), ("they", "said")):
        start = article.text.find(f"{marker} {wanted}")
        if start >= 0:
            words = Span.of(article.text, start + len(marker) + 1, start + len(marker) + 1 + len(wanted))
            found.append((words, Span.of(article.text, start, start + len(marker))))
    conditions = tuple(Condition(f"k{n}", words, "x", "event") for n, (words, _) in enumerate(found))
    uses = tuple(ConditionUse(f"k{n}", marker=None if marker.text == "they" else marker) for n, (_, marker) in enumerate(found))
    said = Statement("s1", (Span.of(article.text, 0, 2),), "indirect", "asserts", conditions=uses)
    return Annotation(Annotator("if"), (said,), (), conditions)


def row(report: Report, layer: str) -> Row:
    """The one row of a layer."""
    (found,) = [r for r in report.rows if r.layer == layer]
    return found


def test_explicit_conditions_are_read_and_nothing_else(gum: Path) -> None:
    """The circumstance without its punctuation; after `by` the means; `if … then` once, though two relations tell it."""
    assert is_gum(gum) and not is_gum(gum / "raw")
    news, trip = read_gum(gum)
    assert [d.genre for d in (news, trip)] == ["news", "voyage"]
    told = [(str(i), i.words["marker"][0].text, i.values["polarity"]) for i in news.layers.items["conditions"]]
    assert told == [("it rains", "If", ("if",)), ("he calls", "unless", ("unless",)), ("walking", "By", ("if",))]
    assert [(str(i), i.words["marker"][0].text) for i in trip.layers.items["conditions"]] == [("you pay", "if")]


def test_the_counts_are_those_one_gets_by_hand(gum: Path) -> None:
    """Sentences with a marker, words in conditions, and words in the sentences that both mark; the same for each genre."""
    documents = read_gum(gum)
    report = score_gum(documents, [flatten(d.article, read_if(d.article, Registry())) for d in documents])
    assert row(report, PRESENCE) == Row(PRESENCE, gold=4, predicted=3, matched=2)
    assert row(report, WORDS) == Row(WORDS, gold=7, predicted=5, matched=4)
    assert row(report, WITHIN) == Row(WITHIN, gold=4, predicted=4, matched=4)
    assert row(report, "conditions") == Row("conditions", 4, 3, 2, 2)
    parts = dict(report.parts)
    assert set(parts) == {"news", "voyage"} and row(parts["voyage"], PRESENCE).exact == (1, 1, 1)
    assert {r.layer for r in report.rows} == {PRESENCE, WORDS, WITHIN, "conditions", "marker", "polarity"}


def test_what_is_no_connective_of_conditions_there_is_not_counted(gum: Path) -> None:
    """A reading's *until* is neither right nor wrong."""
    documents = read_gum(gum)
    text = documents[0].article.text
    at = text.index("stay")
    stray = Item("k", (Span.of(text, at - 3, at - 1),), {"marker": (Span.of(text, at, at + 4),)})
    found = [Layers(d.article.id, d.article.sha256, {"conditions": (stray,) if d is documents[0] else ()}) for d in documents]
    assert row(score_gum(documents, found), PRESENCE).predicted == 0


def test_gum_agrees_with_itself_and_nothing_finds_nothing(gum: Path) -> None:
    """All 1 for its own conditions, all 0 for none."""
    documents = read_gum(gum)
    own = score_gum(documents, [d.layers for d in documents])
    assert {r.exact for r in own.rows} == {(1, 1, 1)} and own.misses == ()
    nothing = score_gum(documents, [Layers(d.article.id, d.article.sha256, {}) for d in documents])
    assert row(nothing, PRESENCE).exact == (None, 0, 0)
    with pytest.raises(UsageError, match="no reading"):
        score_gum(documents, [documents[0].layers])


def test_eval_knows_the_folder_and_prints_a_column_of_genres(gum: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Run) -> None:
    """An annotator, or a collection of annotations by the names of the documents."""
    monkeypatch.setitem(automatic_annotators.ANNOTATORS, "if", (__name__, "read_if"))
    assert row(compare_annotator(gum, "if", Registry()), PRESENCE).matched == 2
    lines = "".join(f'{{"article": {{"id": "{name}"}}, "statements": []}}\n' for name in ("GUM_news_rain", "GUM_voyage_pay"))
    (tmp_path / "mine.jsonl").write_text(lines, "utf-8")
    done = run("eval", gum, tmp_path / "mine.jsonl")
    assert done.returncode == 0, done.stderr
    assert [line.split("\t")[:4] for line in done.stdout.splitlines()][:2] == [
        ["part", "layer", "gold", "predicted"],
        ["all", PRESENCE, "4", "0"],
    ]
    assert {line.split("\t")[0] for line in done.stdout.splitlines()} == {"part", "all", "news", "voyage"}


def test_a_document_that_cannot_be_read_is_said(gum: Path) -> None:
    """A relation that points outside its text, with its line; and relations without a text."""
    (gum / "raw" / "GUM_voyage_pay").write_text("You may", "utf-8")
    with pytest.raises(ReadError, match="no relation") as error:
        read_gum(gum)
    assert error.value.where.endswith("GUM_voyage_pay:1")
    (gum / "raw" / "GUM_voyage_pay").unlink()
    with pytest.raises(ReadError, match="cannot be read"):
        read_gum(gum)
