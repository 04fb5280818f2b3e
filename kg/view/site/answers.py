"""The questions with their answers, and what the data is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from kg.check import check_whole
from kg.listing import listing
from kg.query import Answer, NamedQuery, ask_store, list_questions, to_json_rows, unreviewed
from kg.view.site.addresses import file_name
from kg.view.site.maker import Maker, Page

MOST_ROWS = 200  # rows of an answer that are shown; its files have all
PLACED = frozenset(["start", "end", "otherStart", "otherEnd"])  # columns that the quote's link stands for
HIDDEN_WITHOUT_TEXT = frozenset(["quote", "otherQuote", "wording", "otherWording", "surroundings", "words"])  # columns


def questions(m: Maker) -> Iterator[Page]:
    """The list of questions, and for each its answer as a page, CSV and JSON."""
    asked = list_questions()
    for q in asked:
        for form in ("html", "csv", "json"):
            yield f"question/{file_name(q.name)}.{form}", partial(_answer, m, q, form)
    yield "questions.html", partial(_listed, m, asked)


def _listed(m: Maker, asked: list[NamedQuery]) -> bytes:
    shown = [{"file": file_name(q.name), "asked": q.asked({}), "rows": len(_rows(m, q)[1])} for q in asked]
    return m.page("questions.html", "questions", "Questions", questions=shown)


def _rows(m: Maker, q: NamedQuery) -> tuple[Answer, list[dict[str, Any]]]:
    """The answer to a question and its rows, asked once."""
    if q.name not in m.answers:
        answer = ask_store(m.store, q, {})
        m.answers[q.name] = answer, to_json_rows(m.store, answer)
    return m.answers[q.name]


def _answer(m: Maker, q: NamedQuery, form: str) -> bytes:
    answer, rows = _rows(m, q)
    columns = [c for c in answer.columns if m.text != "none" or c not in HIDDEN_WITHOUT_TEXT]
    if form != "html":
        table = [[row.get(column) for column in columns] for row in rows]
        plain = [[cell["label"] if isinstance(cell, dict) else cell for cell in row] for row in table]
        return listing(columns, table if form == "json" else plain, form).encode()
    asked, file = q.asked({}), file_name(q.name)
    shown = [c for c in columns if c not in PLACED and any(row.get(c) is not None for row in rows)]
    cells = [[_cell(m, row, column) for column in shown] for row in rows[:MOST_ROWS]]
    return m.page(
        f"question/{file}.html", "question", asked, number=q.number, columns=shown, table=cells, total=len(rows), file=file,
        notes=unreviewed(m.store, answer), text=q.text,
    )  # fmt: skip


def _cell(m: Maker, row: Mapping[str, Any], column: str) -> Any:
    """A cell of an answer; a quote leads to its place in the article, and can be cited."""
    side = "other" if column == "otherQuote" else ""
    if column in ("quote", "otherQuote") and row.get(column) is not None:
        article, start, end = (row.get(f"{side}{part.title()}" if side else part, 0) for part in ("article", "start", "end"))
        iri = article["iri"] if isinstance(article, dict) else ""
        if place := m.places.get((iri, start, end)):
            return {"iri": place, "label": row[column], "cite": m.show.citation(row[column], iri, (start, end), iri)}
    return row.get(column)


def quality(m: Maker) -> bytes:
    """Findings, who read what, dates that were inferred, what is doubtful."""
    facts = m.facts
    findings = check_whole(m.store)
    unread = [a for a in facts.articles.values() if not a.reviewed]
    undated = [s for s in facts.statements.values() if not s.words.get("saidOn")]
    inferred = [s for s in facts.statements.values() if s.words.get("inferred") == "true"]
    unplaced = [s for s in facts.statements.values() if not s.content]
    doubtful = sorted(
        (s for s in facts.statements.values() if _number(s.words.get("confidence")) < 0.6),
        key=lambda s: (_number(s.words.get("confidence")), s.iri),
    )
    counts = [
        (len(findings), "findings of the checks"), (len(unread), "articles no person has reviewed"), (len(unplaced), "statements without a place"),
        (len(undated), "statements without a date of their own"), (len(inferred), "inferred statements"), (len(doubtful), "statements below .6 confidence"),
    ]  # fmt: skip
    readers = Counter((a.annotator or "unknown", "reviewed" if a.reviewed else "not reviewed") for a in facts.articles.values())
    inferred_dates = [a for a in facts.articles.values() if a.inferred or not a.date]
    tables = [
        ("Findings", "What the checks find wrong with all articles together, each with its remedy; each article alone was checked when it was added.", ("Severity", "Code", "Message", "Where"), [(f.severity, f.code, f.message, f.node or f.file) for f in findings]),
        ("Who read the articles", "A person's file beside an article always wins over a machine's reading.", ("Reader", "", "Articles"), [(who, how, n) for (who, how), n in sorted(readers.items())]),
        ("Articles with an inferred date, or none", "An inferred date was worked out from the text.", ("Article", "Date"), [({"iri": a.iri}, a.date or "none") for a in inferred_dates]),
        ("Doubtful statements", "Those that whoever read them was least sure of.", ("Confidence", "Statement", "Found by"), [(s.words.get("confidence", ""), {"iri": s.iri}, s.words.get("foundBy", "")) for s in doubtful]),
    ]  # fmt: skip
    return m.page("quality.html", "quality", "Quality", counts=counts, tables=tables)


def _number(value: str | None) -> float:
    try:
        return float(value or 1)
    except ValueError:
        return 1.0
