"""What was read, as tables: one a class, one for each link of several to several; out as CSV, Parquet and SQLite.

A row's `id` is the thing's IRI without its common beginning (`kg.vocabulary.ID`); a column that names a row of another table
holds that row's id. Rows are in the order of their ids, so that one store gives the same files. A table `columns` says what each
column holds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.errors import ProvisoError
from kg.listing import listing
from kg.store.embedded import Store
from kg.vocabulary import ACTOR_KINDS, ID, KG, OA, PROV, RDF, RDFS, SCHEMA, SKOS, kg, word

TEXT, WHOLE, NUMBER, FLAG = "text", "whole number", "number", "yes or no"
SQL = {TEXT: "TEXT", WHOLE: "INTEGER", NUMBER: "REAL", FLAG: "INTEGER"}
LABEL = RDFS + "label"


class Column(NamedTuple):
    """One column: the property it holds, of which kind, the table whose rows it names, and what it is in words."""

    name: str
    property: str
    kind: str = TEXT
    of: str = ""
    about: str = ""


class Table(NamedTuple):
    """One table: what it holds in words, its columns after `id`, its rows by `select` (each `?id` with `?p ?o`)."""

    about: str
    columns: tuple[Column, ...]
    select: str


class Joined(NamedTuple):
    """One table of links: from rows of one table by these properties (each with its word, where there are several) to another's."""

    about: str
    source: str
    target: str
    ways: Mapping[str, str]


def _class(name: str) -> str:
    return f"?id a <{kg(name)}> ; ?p ?o"


_PLACE = (
    Column("start", OA + "start", WHOLE, "", "where it begins, in code points from 0"),
    Column("end", OA + "end", WHOLE, "", "where it ends, the first code point that is no more in it"),
    Column("words", OA + "exact", TEXT, "", "the exact words"),
)
_SURE = (
    Column("confidence", kg("confidence"), NUMBER, "", "how sure who read it was, 0 to 1"),
    Column("found_by", kg("foundBy"), TEXT, "", "which rule found it"),
)
_NAME = Column("label", LABEL, TEXT, "", "its name for people")

TABLES: dict[str, Table] = {
    "articles": Table(
        "the texts and where they came from",
        (
            _NAME,
            Column("title", SCHEMA + "headline"), Column("outlet", SCHEMA + "publisher"), Column("author", SCHEMA + "author"),
            Column("published", SCHEMA + "datePublished", TEXT, "", "an ISO date, may be partial"),
            Column("published_inferred", kg("publishedInferred"), FLAG, "", "the text does not give the date"),
            Column("url", SCHEMA + "url"), Column("language", SCHEMA + "inLanguage"),
            Column("file", kg("rawFile"), TEXT, "", "the file it stood in"),
            Column("range_start", kg("rawStart"), WHOLE, "", "where it begins in that file, in code points"), Column("range_end", kg("rawEnd"), WHOLE),
            Column("sha256", kg("sha256"), TEXT, "", "of the text in UTF-8"),
            Column("origin", kg("origin"), TEXT, "articles", "the article this is a copy or a paraphrase of, at last; itself where it is its own origin"),
            Column("annotator", kg("annotator"), TEXT, "", "who read it"),
            Column("reviewed", kg("reviewed"), FLAG, "", "a person has looked at the reading"),
            Column("text", kg("text"), TEXT, "", "the whole text"),
        ),
        f"""{{ {_class("Article")} }} UNION {{ ?reading <{kg("annotates")}> ?id ; ?p ?o VALUES ?p {{ <{kg("annotator")}> <{kg("reviewed")}> }}
            FILTER NOT EXISTS {{ ?reading <{PROV}invalidatedAtTime> ?ended }} }}""",
    ),
    "actors": Table(
        "who speaks, commits and decides; all of the registry, and those the articles add",
        (_NAME, Column("kind", RDF + "type", TEXT, "", "person, state, institution, parliament, court, alliance, outlet or unnamed source")),
        _class("Actor"),
    ),
    "actions": Table("what is committed to", (_NAME,), _class("Action")),
    "circumstances": Table("what a condition asks for", (_NAME,), _class("Circumstance")),
    "places": Table("where something is to happen, or not", (_NAME,), _class("Place")),
    "commitments": Table(
        "courses of action of the committers' own; whether pledged or refused is said by statements",
        (
            _NAME, Column("action", kg("action"), TEXT, "actions"), Column("beneficiary", kg("beneficiary"), TEXT, "actors"),
            Column("against", kg("against"), TEXT, "actors"),
        ),
        _class("Commitment"),
    ),
    "conditions": Table(
        "what must hold",
        (
            _NAME, Column("circumstance", kg("circumstance"), TEXT, "circumstances"),
            Column("kind", kg("kind"), TEXT, "", "event, approval, reciprocity, finding, limit or time"),
            Column("fulfilled_by", kg("fulfilledBy"), TEXT, "commitments", "the commitment that would bring it about"),
        ),
        _class("Condition"),
    ),
    "claims": Table(
        "what is said to be so",
        (
            _NAME, Column("about", kg("about")), Column("measure", kg("measure"), TEXT, "", "what is counted"), Column("lowest", kg("lowest"), NUMBER),
            Column("highest", kg("highest"), NUMBER), Column("unit", kg("unit")),
            Column("says_met", kg("saysMet"), TEXT, "conditions"), Column("says_failed", kg("saysFailed"), TEXT, "conditions"),
            Column("says_kept", kg("saysKept"), TEXT, "commitments"), Column("says_broken", kg("saysBroken"), TEXT, "commitments"),
        ),
        _class("Claim"),
    ),
    "statements": Table(
        "speech acts, each with one content, in one article",
        (
            _NAME, Column("article", kg("reportedIn"), TEXT, "articles"), Column("force", kg("force"), TEXT, "", "pledges, refuses, asserts …"),
            Column("mode", kg("mode"), TEXT, "", "direct, indirect or mixed"), Column("channel", kg("channel")),
            Column("said_on", kg("saidOn"), TEXT, "", "an ISO date, may be partial"),
            Column("stance", kg("stance"), TEXT, "", "pledged, open, refused or withdrawn"), Column("strength", kg("strength"), TEXT, "", "firm or intended"),
            Column("commitment", kg("expresses"), TEXT, "commitments", "what it expresses, if that is a commitment"),
            Column("claim", kg("expresses"), TEXT, "claims", "what it expresses, if that is a claim"),
            Column("relayed_by", kg("relayedBy"), TEXT, "statements"), Column("inferred", kg("inferred"), FLAG, "", "part of it no words carry"),
            *_SURE,
        ),
        _class("Statement"),
    ),
    "passages": Table(
        "words of an article, each stretch once",
        (Column("article", OA + "hasSource", TEXT, "articles"), *_PLACE),
        f"{_class('Passage')} FILTER NOT EXISTS {{ ?id a <{kg('Mention')}> }}",
    ),
    "condition_groups": Table("conditions of one statement of which any will do", (_NAME,), _class("ConditionGroup")),
    "mentions": Table(
        "the words that name something, and what they name",
        (
            Column("article", OA + "hasSource", TEXT, "articles"), Column("role", kg("role"), TEXT, "", "speaker, cue, committer, condition, marker …"),
            Column("refers_to", kg("refersTo"), TEXT, "", "the id of what they name: an actor, an action, a condition …"), *_PLACE, *_SURE,
        ),
        _class("Mention"),
    ),
}  # fmt: skip

JOINED: dict[str, Joined] = {
    "actor_names": Joined("other names", "actors", "", {SKOS + "altLabel": "name"}),
    "actor_members": Joined("who belongs to what", "actors", "actors", {kg("memberOf"): "member_of"}),
    "commitment_committers": Joined("whose commitment it is", "commitments", "actors", {kg("committer"): "committer"}),
    "commitment_parts": Joined("what is part of what", "commitments", "commitments", {kg("partOf"): "part_of"}),
    "condition_deciders": Joined("who decides whether it holds", "conditions", "actors", {kg("decidedBy"): "decider"}),
    "condition_needs": Joined("which condition hangs on which", "conditions", "conditions", {kg("dependsOn"): "depends_on"}),
    "statement_speakers": Joined(
        "who said it, and for whom and to whom", "statements", "actors",
        {kg("speaker"): "speaker", kg("possibleSpeaker"): "possible speaker", kg("onBehalfOf"): "on behalf of", kg("addressee"): "addressee"},
    ),
    "statement_conditions": Joined(
        "on which conditions", "statements", "conditions",
        {kg("requires"): "requires", kg("exceptIf"): "except if", kg("triggeredBy"): "triggered by"},
    ),
    "statement_groups": Joined("any of which conditions will do", "statements", "condition_groups", {kg("anyOf"): "group"}),
    "condition_group_members": Joined("the conditions of a group", "condition_groups", "conditions", {kg("member"): "condition"}),
    "statement_places": Joined("where, and where not", "statements", "places", {kg("onlyIn"): "only in", kg("notIn"): "not in"}),
    "statement_passages": Joined(
        "what is said (content), and the sentences around it (context)", "statements", "passages",
        {kg("passage"): "content", kg("context"): "context"},
    ),
    "condition_passages": Joined("the words of it", "conditions", "passages", {kg("passage"): "passage"}),
    "claim_passages": Joined("the words of it", "claims", "passages", {kg("passage"): "passage"}),
    "statement_mentions": Joined("whose words they are", "statements", "mentions", {kg("mention"): "mention"}),
    "mention_mentions": Joined("words within the words of a condition: who decides, what marks it", "mentions", "mentions", {kg("mention"): "part"}),
}  # fmt: skip

KINDS = {kg(name): kind for kind, name in ACTOR_KINDS.items()}
Rows = list[tuple[Any, ...]]


class Made(NamedTuple):
    """One table that is ready to be written: `keys` is how many columns at its beginning tell its rows apart."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Rows
    keys: int = 1


def tables(store: Store) -> Iterator[Made]:
    """Every table of a store, those that others name first; the last, `columns`, says what is in them."""
    told: Rows = []
    for made in (*(_things(store, name) for name in TABLES), *(_links(store, name) for name in JOINED)):
        told += [(made.name, c.name, c.kind, c.of or None, c.about or None, made.about) for c in made.columns]
        yield made
    heads = [
        ("table", ""),
        ("column", ""),
        ("kind", ""),
        ("names_a_row_of", ""),
        ("about", "what it holds"),
        ("about_table", "what a row is"),
    ]
    yield Made("columns", "what each column holds", tuple(Column(name, "", about=about) for name, about in heads), sorted(told), 2)


def _things(store: Store, name: str) -> Made:
    table = TABLES[name]
    rows: Rows = []
    wanted = " ".join(f"<{property}>" for property in dict.fromkeys(column.property for column in table.columns))
    found = store.select(f"SELECT DISTINCT ?id ?p ?o {{ VALUES ?p {{ {wanted} }} {table.select} }} ORDER BY ?id ?p ?o")
    for id, pairs in groupby(found, lambda row: row[0]):
        values: dict[str, list[Any]] = {}
        for _, p, o in pairs:
            values.setdefault(_value(p), []).append(o)
        rows.append((_id(id), *(_cell(column, values.get(column.property, [])) for column in table.columns)))
    return Made(
        name,
        table.about,
        (Column("id", "", about="the IRI without its common beginning"), *table.columns),
        sorted(rows, key=lambda r: r[0]),
    )


def _links(store: Store, name: str) -> Made:
    joined = JOINED[name]
    source, target = joined.source, joined.target
    ways = " ".join(f"<{property}>" for property in joined.ways)
    kinds = f"?a a <{_class_of(source)}> . " + (f"?b a <{_class_of(target)}> . " if target else "")
    found = store.select(f"SELECT DISTINCT ?a ?p ?b {{ VALUES ?p {{ {ways} }} ?a ?p ?b . {kinds} }}")
    several = len(joined.ways) > 1
    rows = [(_id(a), _id(b) if target else _value(b), *([joined.ways[_value(p)]] if several else [])) for a, p, b in found]
    second = next(iter(joined.ways.values())) if not several else _one(target)
    columns = [Column(_one(source), "", TEXT, source), Column(second, "", TEXT, target)]
    columns += [Column("way", "", TEXT, "", ", ".join(joined.ways.values()))] if several else []
    return Made(name, joined.about, tuple(columns), sorted(rows), len(columns))


def _one(table: str) -> str:
    return table[:-1]


def _class_of(table: str) -> str:
    return kg(_one(table).title().replace("_", ""))


def _value(term: Any) -> str:
    return "" if term is None else str(term.value)


def _id(term: Any) -> str:
    return _value(term).removeprefix(ID)


def _cell(column: Column, terms: list[Any]) -> Any:
    """What a column holds of the values a property has: the first that is of its kind, None where there is none."""
    for term in terms:
        value = _value(term)
        if column.property == RDF + "type":
            kinds = sorted({KINDS[_value(t)] for t in terms if _value(t) in KINDS}, key=lambda kind: kind == "institution")
            return kinds[0] if kinds else None
        if column.of:
            if f"/{_one(column.of)}/" in f"/{_id(term)}":
                return _id(term)
        elif isinstance(term, ox.NamedNode):
            return word(value) if value.startswith(KG) else _id(term)
        elif column.kind == FLAG:
            return value == "true"
        elif column.kind == TEXT:
            return value
        else:
            return int(value) if column.kind == WHOLE else float(value)
    return False if column.kind == FLAG else None


# ---------------------------------------------------------------------------------------------------- out


def csv_files(store: Store) -> Iterator[tuple[str, bytes]]:
    """A CSV file a table, in UTF-8; a cell that a spreadsheet would run gets an apostrophe, as everywhere (`kg.listing`)."""
    for made in tables(store):
        yield f"{made.name}.csv", listing([c.name for c in made.columns], made.rows, "csv").encode("utf-8", "surrogatepass")


def parquet_files(store: Store) -> Iterator[tuple[str, bytes]]:
    """A Parquet file a table, with what each column holds in its metadata. Raises ProvisoError where pyarrow is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ProvisoError("Parquet is written by pyarrow, which is not installed", "", "pip install proviso-kg[parquet]") from None
    kinds = {TEXT: pa.string(), WHOLE: pa.int64(), NUMBER: pa.float64(), FLAG: pa.bool_()}
    for made in tables(store):
        fields = [pa.field(c.name, kinds[c.kind], metadata={"about": c.about, "names_a_row_of": c.of}) for c in made.columns]
        cells = list(zip(*made.rows, strict=True)) or [()] * len(fields)
        arrays = [pa.array(column, field.type) for column, field in zip(cells, fields, strict=True)]
        out = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata={"about": made.about})), out)
        yield f"{made.name}.parquet", out.getvalue().to_pybytes()


def write_sqlite(store: Store, path: Path) -> int:
    """Writes a new SQLite file with every table, its keys and which rows name which; how many rows. Raises sqlite3.Error."""
    count = 0
    with closing(sqlite3.connect(path)) as database:
        for made in tables(store):
            lines = [f'"{c.name}" {SQL[c.kind]}{" NOT NULL" if number < made.keys else ""}' for number, c in enumerate(made.columns)]
            lines.append(f"PRIMARY KEY ({', '.join(_quoted(c.name for c in made.columns[: made.keys]))})")
            lines += [f'FOREIGN KEY ("{c.name}") REFERENCES "{c.of}" ("id")' for c in made.columns if c.of]
            database.execute(f'CREATE TABLE "{made.name}" (\n  {(chr(44) + chr(10) + "  ").join(lines)}\n)')
            database.executemany(f'INSERT INTO "{made.name}" VALUES ({", ".join("?" * len(made.columns))})', made.rows)
            for column in made.columns:
                if column.of and column is not made.columns[0]:
                    database.execute(f'CREATE INDEX "{made.name} by {column.name}" ON "{made.name}" ("{column.name}")')
            count += len(made.rows)
        database.commit()
    return count


def _quoted(names: Iterable[str]) -> Iterator[str]:
    return (f'"{name}"' for name in names)


def datasette_metadata(name: str) -> bytes:
    """What Datasette reads beside the file: the tables and columns in words, and which column names a row."""
    about = {
        table: {
            "description": made.about,
            "columns": {c.name: c.about for c in made.columns if c.about},
            **({"label_column": "label"} if _NAME in made.columns else {}),
        }
        for table, made in TABLES.items()
    } | {table: {"description": joined.about} for table, joined in JOINED.items()}
    told = {"title": "Who committed to what, on what condition, in which words", "databases": {name: {"tables": about}}}
    # A byte of the file's name that is no UTF-8 is half a character here, which JSON has an escape for.
    return json.dumps(told, indent=1, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
