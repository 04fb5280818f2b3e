"""The 24 questions and what each answers on the seeds; `python tests/queries/test_questions.py` writes the answers again.

Beside `queries/questions/NAME.csv` stands what the question answers with its defaults, in words (things by their labels),
a row a line, in the answer's order. Whoever writes them again reads the difference before keeping it.
"""

from __future__ import annotations

import atexit
import csv
import io
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.actors import load_registry
from kg.analyse.derive import derive
from kg.articles import find_files, read_articles
from kg.ingest import add
from kg.query import NamedQuery, ask_store, list_queries, to_text_rows
from kg.store.embedded import Store, create, open_store, writer
from kg.vocabulary import XSD

SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
QUESTIONS = list_queries("questions")
NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float")}


@cache
def seeds() -> Store:
    """The seed articles with the annotations made by hand, as `kg add` stores them."""
    place = Path(tempfile.mkdtemp()) / "store"
    when = "2026-01-08T00:00:00Z"
    create(place)
    with writer(place, "add", when) as store:
        readings = (reading for path in find_files([SEEDS]) for reading in read_articles(path))
        outcomes = list(add(store, readings, load_registry(), when))
        assert len(outcomes) == 5 and {o.outcome for o in outcomes} == {"stored"}, outcomes
        derive(store, when)
    opened = open_store(place)
    atexit.register(shutil.rmtree, place.parent, ignore_errors=True)
    return opened


def answered(query: NamedQuery) -> str:
    """What the question answers on the seeds, as the text of its CSV file."""
    answer = ask_store(seeds(), query)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([answer.columns, *to_text_rows(seeds(), answer)])
    return out.getvalue()


def expected(query: NamedQuery) -> Path:
    """The file that says what the question answers on the seeds."""
    return query.path.with_suffix(".csv")


def test_each_question_is_asked_once() -> None:
    """Numbers 1 to 24, and the chart's without one."""
    assert sorted(q.number for q in QUESTIONS) == [0, *range(1, 25)]
    assert [q.name for q in QUESTIONS if not q.number] == ["who-what-only-if"]


@pytest.mark.parametrize("query", [q for q in QUESTIONS if q.number], ids=lambda q: q.name)
def test_a_question_answers_as_written_beside_it(query: NamedQuery) -> None:
    """On the seeds, to the letter."""
    assert answered(query) == expected(query).read_text("utf-8")


@pytest.mark.parametrize("query", [q for f in ("questions", "counts", "networks") for q in list_queries(f)], ids=lambda q: q.name)
def test_no_column_has_numbers_among_other_literals(query: NamedQuery) -> None:
    """The engine's sorting ends the process over such a column, and only the queries of others are kept from that (`kg.store.sparql`)."""
    for column in zip(*ask_store(seeds(), query).rows, strict=True):
        kinds = {term.datatype.value in NUMBERS for term in column if isinstance(term, ox.Literal)}
        assert len(kinds) < 2


def test_no_answer_is_left_of_a_question_that_went() -> None:
    """Every CSV file belongs to a question."""
    assert {path.stem for path in QUESTIONS[0].path.parent.glob("*.csv")} <= {q.name for q in QUESTIONS}


if __name__ == "__main__":
    for each in QUESTIONS:
        if each.number:
            expected(each).write_text(answered(each), "utf-8")
            print(expected(each))
