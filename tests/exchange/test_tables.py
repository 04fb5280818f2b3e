"""Tables open in pandas, Arrow, SQLite and Datasette, say the same in each, and hold what the graph holds."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas
import pyarrow.parquet as pq
import pytest
from datasette.app import Datasette

from kg.errors import StoreError
from kg.exchange.formats import write
from kg.exchange.readings import readings
from kg.exchange.tables import JOINED, TABLES, csv_files, datasette_metadata, parquet_files, tables, write_sqlite
from kg.listing import listing
from kg.store.embedded import Store, open_store
from kg.vocabulary import ID, kg
from tests.support import awaited
from tests.support import kg as run


@pytest.fixture(scope="module")
def store(seeds: Path) -> Store:
    return open_store(seeds)


@pytest.fixture(scope="module")
def file(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds as a SQLite file."""
    path = tmp_path_factory.mktemp("tables") / "seeds.db"
    write_sqlite(store, path)
    return path


@pytest.fixture
def database(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file)) as opened:
        yield opened


def count(store: Store, pattern: str) -> int:
    ((found,),) = store.select(f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT * {{ {pattern} }} }}")
    return int(found.value)  # type: ignore[union-attr]  # a count is a literal


def test_every_row_of_the_graph_is_there(store: Store, database: sqlite3.Connection) -> None:
    """A row for each thing of a class and for each link; every table of the file is in the account of its columns."""
    for name, of in (("statements", "Statement"), ("commitments", "Commitment"), ("conditions", "Condition"), ("claims", "Claim"), ("mentions", "Mention"),
                     ("articles", "Article"), ("actors", "Actor"), ("places", "Place")):  # fmt: skip
        ((rows,),) = database.execute(f"SELECT COUNT(*) FROM {name}")
        assert rows == count(store, f"?s a <{kg(of)}>") > 0, name
    ((links,),) = database.execute("SELECT COUNT(*) FROM statement_conditions")
    assert links == count(store, f"?s <{kg('requires')}>|<{kg('exceptIf')}>|<{kg('triggeredBy')}> ?c")
    named = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert (
        named
        == {*TABLES, *JOINED, "columns"}
        == {name for (name,) in database.execute('SELECT DISTINCT "table" FROM columns')} | {"columns"}
    )


def test_every_row_that_is_named_is_there(database: sqlite3.Connection) -> None:
    """No key leads nowhere, and the words of each passage and mention stand where it says."""
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    for table in ("passages", "mentions"):
        found = database.execute(f"SELECT words, start, end, text FROM {table} JOIN articles ON articles.id = article").fetchall()
        assert found and all(text[start:end] == words for words, start, end, text in found)


def test_a_question_can_be_asked_in_sql(database: sqlite3.Connection) -> None:
    """Who conditioned troops on the approval of the Bundestag, in which words."""
    asked = """SELECT DISTINCT actors.label, passages.words FROM statements JOIN statement_speakers s ON s.statement = statements.id AND s.way = 'speaker'
        JOIN actors ON actors.id = s.actor JOIN statement_conditions c ON c.statement = statements.id
        JOIN condition_deciders d ON d.condition = c.condition JOIN actors who ON who.id = d.decider AND who.label = 'Bundestag'
        JOIN statement_passages p ON p.statement = statements.id AND p.way = 'content' JOIN passages ON passages.id = p.passage
        ORDER BY 1, 2"""
    found = database.execute(asked).fetchall()
    assert {who for who, _ in found} == {"Friedrich Merz"} and any("Bundestag" in words for _, words in found)


@pytest.mark.slow
def test_pandas_and_arrow_read_the_same(store: Store, file: Path, tmp_path: Path) -> None:
    """Each table in each format has the same columns and rows, with numbers as numbers, truth as truth, and nothing as nothing."""
    as_csv, as_parquet = dict(csv_files(store)), dict(parquet_files(store))
    with closing(sqlite3.connect(file)) as database:
        for made in tables(store):
            names = [column.name for column in made.columns]
            arrow = pq.read_table(io.BytesIO(as_parquet[f"{made.name}.parquet"]))
            rows = list(zip(*arrow.to_pydict().values(), strict=True))
            assert arrow.column_names == names and rows == made.rows, made.name
            assert database.execute(f'SELECT * FROM "{made.name}"').fetchall() == made.rows
            frame: Any = pandas.read_csv(io.BytesIO(as_csv[f"{made.name}.csv"]), keep_default_na=False)
            assert list(frame.columns) == names and len(frame) == len(made.rows), made.name
    claims: Any = pandas.read_parquet(io.BytesIO(as_parquet["claims.parquet"]))
    assert set(claims["lowest"].dropna()) >= {27.0, 31.0}
    articles: Any = pandas.read_csv(io.BytesIO(as_csv["articles.csv"]))
    assert articles["reviewed"].all() and set(articles["text"]) == {article.text for article, _ in readings(store)}


def test_datasette_shows_it(file: Path) -> None:
    """Its own server opens the file, names a row's commitment by its label, and has the words about each table."""
    told = json.loads(datasette_metadata("seeds"))

    async def asked() -> tuple[Any, Any]:
        shown = Datasette([str(file)], metadata=told)
        await shown.invoke_startup()
        rows = (await shown.client.get("/seeds/statements.json?_labels=on&_shape=objects&stance=refused")).json()
        page = (await shown.client.get("/seeds/statements")).text
        return rows, page

    rows, page = awaited(asked)
    assert {row["commitment"]["label"] for row in rows["rows"]} >= {"Italy: deploy troops", "Poland: deploy troops"}
    assert "speech acts, each with one content" in page


def test_the_same_store_gives_the_same_bytes(store: Store, file: Path, tmp_path: Path) -> None:
    """In SQLite and Parquet too."""
    assert dict(parquet_files(store)) == dict(parquet_files(store))
    write_sqlite(store, tmp_path / "again.db")
    assert (tmp_path / "again.db").read_bytes() == file.read_bytes()


def test_no_cell_of_a_csv_is_run(hostile_store: Path) -> None:
    """What a spreadsheet would take for a formula gets an apostrophe; all else is as it was."""
    store = open_store(hostile_store)
    for data in dict(csv_files(store)).values():
        for row in list(csv.reader(io.StringIO(data.decode(), newline="")))[1:]:
            assert not any(cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not cell[1:2].isdigit()) for cell in row)


@pytest.mark.parametrize("cell", ["a\rb", "a\r", "a\nb", "a\r\nb", 'a"\rb', "a b", "a,b", ""])
def test_a_line_end_in_a_cell_ends_no_row(cell: str) -> None:
    """Also a bare carriage return, which readers take for one; rows end in a newline, as ever."""
    made = listing(["text", "n"], [[cell, 1], [cell, 2]], "csv")
    assert made.startswith("text,n\n") and made.endswith(",2\n") and "\r\n1" not in made
    assert list(csv.reader(io.StringIO(made, newline=""))) == [["text", "n"], [cell, "1"], [cell, "2"]]
    assert pandas.read_csv(io.StringIO(made, newline=""), keep_default_na=False).values.tolist() == [[cell, 1], [cell, 2]]


def test_a_failed_export_leaves_the_old_one(seeds: Path, tmp_path: Path) -> None:
    """A file that is there is replaced whole; folders that are there are never written into; tables do not come back in."""
    done = run("export", "-o", tmp_path / "g.db", "--store", seeds)
    assert done.returncode == 0 and "do not come back in" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["g.db", "g.metadata.json"]
    assert set(json.loads((tmp_path / "g.metadata.json").read_bytes())["databases"]) == {"g"}
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.csv").write_text("mine")
    with pytest.raises(Exception, match="something is here already"):
        write(open_store(seeds), tmp_path / "full", "csv", None, print)
    back = run("import", tmp_path / "g.db", "--store", tmp_path / "s")
    assert back.returncode == 2 and "'sqlite' does not come in" in back.stderr and not (tmp_path / "s").exists()


@pytest.mark.parametrize("folder", ["x.db", "x.metadata.json"])
def test_a_failed_export_leaves_what_is_beside_it(folder: str, store: Store, tmp_path: Path) -> None:
    """The words for Datasette are somebody's own until the file they are about is in its place."""
    (tmp_path / folder).mkdir()
    other = tmp_path / ("x.metadata.json" if folder == "x.db" else "x.db")
    other.write_text("mine")
    with pytest.raises(StoreError, match="what was there is as it was"):
        write(store, tmp_path / "x.db", "sqlite", None, print)
    assert other.read_text() == "mine" and sorted(path.name for path in tmp_path.iterdir()) == ["x.db", "x.metadata.json"]


def test_a_file_may_have_any_name(store: Store, tmp_path: Path) -> None:
    """Also one that is no UTF-8; Datasette finds the words about it under the name it has for it."""
    name = os.fsdecode(b"n\xff")
    write(store, tmp_path / f"{name}.db", "sqlite", None, lambda _: None)
    assert list(json.loads((tmp_path / f"{name}.metadata.json").read_bytes())["databases"]) == [name]


def test_an_iri_is_an_id_and_its_beginning(store: Store) -> None:
    """So that a row leads back into the graph."""
    first = next(iter(tables(store))).rows[0]
    assert count(store, f"<{ID}{first[0]}> a <{kg('Article')}>") == 1
