"""What may be asked: keywords count where they are keywords, and nothing reaches a network or breaks the parser."""

from __future__ import annotations

import http.server
import random
import threading
from collections.abc import Iterator
from contextlib import nullcontext

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.query import run
from kg.store.embedded import memory
from kg.store.sparql import explain, guard, splice, tokens, values
from kg.vocabulary import XSD

ALLOWED = [
    "SELECT * { ?SERVICE ?from ?o } # SERVICE <x:y> {}",
    "SELECT * { ?s ?p 'SERVICE <x:y> { FROM', \"it's LOAD\", '''INSERT 'DATA' ''' }",
    'SELECT * { ?s ?p "a\\"SERVICE" , """ " SERVICE "" """ }',
    "PREFIX service: <x:service#> PREFIX from: <x:> SELECT * { service:a from:service ?load . GRAPH service:b { } }",
    "SELECT * { <http://x.org/SERVICE#FROM> ?p <http://x.org/Côte_d'Ivoire> }",
    "PREFIX e: <x:> SELECT * { ?s e:load\\'s e:x.y ; e:insert 1.5e3 , -2 , 'x'@en-GB , '1'^^e:int . _:b.c ?p () , [] }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(?o<1&&?o>-1||?o<=3) } GROUP BY ?s HAVING(?n<5) ORDER BY ?n LIMIT 5",
    "DESCRIBE <x:a>",
    "ASK { ?s <x:p>/^<x:q>+|!<x:r> ?o MINUS { ?s ?p 1 } }",
    "SELECT * { VALUES ?x { " + "<x:a> " * 50_000 + "} }",
]

REFUSED = [
    "SELECT * { SERVICE <U> { ?s ?p ?o } }",
    "select*{service<U>{?s ?p ?o}}",
    "PREFIX e: <U> SELECT * { SERVICE e: { ?s ?p ?o } }",
    "PREFIX e: <U> SELECT * { SERVICEe: { ?s ?p ?o } }",
    "PREFIX e: <U> SELECT * { SERVICESILENTe: { ?s ?p ?o } }",
    "PREFIX e: <U> SELECT * { ?s ?p 1.SERVICEe:{ ?s ?p ?o } }",
    "PREFIX e: <U> SELECT * { ?s ?p trueSERVICE e:{ ?s ?p ?o } }",
    "SELECT * { VALUES ?s { <U> } SERVICE ?s { ?x ?y ?z } }",
    "SELECT * { {} UNION { SERVICE SILENT <U> { ?s ?p ?o } } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <U> { ?s ?p ?o } } }",
    "SELECT * { ?s ?p '\\'' . SERVICE <U> { ?s ?p ?o } }",
    "SELECT * { # comment \r SERVICE <U> { ?s ?p ?o } }",
    "SELECT * FROM <U> { ?s ?p ?o }",
    "SELECT * FROM NAMED <U> { ?s ?p ?o }",
    "PREFIX e: <U> ASK FROMe:x { ?s ?p ?o }",
    "LOAD <U>",
    "INSERT DATA { <x:a> <x:b> <x:c> }",
    "DELETE WHERE { ?s ?p ?o }",
    "WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP GRAPH <x:g>",
    "ASK {} ; INSERT DATA { <x:a> <x:b> <x:c> }",
]

# The engine may read `<` as an operator, and then a string or a comment where an IRI seems to be: these must not run.
AMBIGUOUS = [
    "SELECT * { VALUES ?s { <U> } ?x ?y ?z FILTER(?z<2)SERVICE?s#>\n { ?x ?y ?z } }",
    "SELECT * { ?s ?p ?o FILTER('a'<'x>y')SERVICE <U> { ?s ?p ?o } FILTER('') }",
]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    """An address that writes down who asks."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/", asked
        running.shutdown()


@pytest.mark.parametrize("text", ALLOWED)
def test_what_only_looks_forbidden_is_asked(text: str) -> None:
    """And means the same after the guard: the engine takes it."""
    ox.Store().query(guard(text), use_default_graph_as_union=True)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_forbidden_is_refused(text: str) -> None:
    """With the line, and what to do."""
    with pytest.raises(QueryError, match="is refused") as refused:
        guard(text.replace("U", "x:y"))
    assert refused.value.hint and "line" in refused.value.where


@pytest.mark.parametrize("text", REFUSED)
def test_a_dataset_lifts_from_and_nothing_else(text: str) -> None:
    """One that is chosen beside the query overrides FROM; all else is refused as ever."""
    with nullcontext() if "FROM" in text else pytest.raises(QueryError, match="is refused"):
        guard(text.replace("U", "x:y"), dataset=True)


@pytest.mark.parametrize("text", [*REFUSED, *AMBIGUOUS])
def test_nothing_reaches_a_network(text: str, server: tuple[str, list[str]]) -> None:
    """Whatever the guard lets through, no request is made."""
    address, asked = server
    store = ox.Store()
    store.update("INSERT DATA { GRAPH <x:g> { <x:a> <x:b> 1 } }")
    try:
        found = store.query(guard(text.replace("<U>", f"<{address}>")), use_default_graph_as_union=True)
        assert not isinstance(found, ox.QueryBoolean) and not list(found)
    except (QueryError, SyntaxError):
        pass
    assert not asked


def test_the_engine_alone_would_ask_the_network(server: tuple[str, list[str]]) -> None:
    """Glued to a name too, which is why the guard looks at names: without this the test above would prove nothing."""
    address, asked = server
    for text in ("SELECT * { SERVICE e: { ?s ?p ?o } }", "SELECT * { SERVICEe: { ?s ?p ?o } }"):
        with pytest.raises(OSError, match=r"404|Network is unreachable"):  # the second where not even this machine can be asked
            list(ox.Store().query(f"PREFIX e: <{address}> {text}"))  # type: ignore[arg-type]  # a SELECT's rows
    asked.clear()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE " + "{" * 3000 + "}" * 3000,
        "SELECT * { FILTER(" + "(" * 20000 + "1" + ")" * 20000 + ") }",
        "SELECT * { " + "[<x:p> " * 2000 + "1" + "]" * 2000 + " }",
        "SELECT * { FILTER(" + "!" * 20000 + "true) }",
        "SELECT * { FILTER(1" + "+1" * 20000 + ") }",
        "SELECT * { " + "OPTIONAL {} " * 20000 + "}",
        "SELECT * { ?s ?p 1 " + "; ?p 1 " * 50000 + "}",
        "SELECT * { ?s <x:p>" + "/<x:p>" * 20000 + " ?o }",
        "SELECT * { " + "?s" * 4_000_000 + " }",
    ],
)
def test_what_would_crash_the_parser_is_refused_before(text: str) -> None:
    """Deep nesting and endless chains end a process whole, so they never get there."""
    with pytest.raises(QueryError, match=r"nested|clauses|characters"):
        guard(text)


MIXED = [
    word
    for n in range(150)
    for word in (f'"{n}"', str(n), f'"{1900 + n}"^^<{XSD}gYear>', f"<x:{n}>", f'"{n}"@en', f"{n}.5", "true", "UNDEF")
]


@pytest.mark.parametrize(
    "order",
    ["?o", "ASC(?o)", "DESC(?o)", "(?o)", "desc( ?o ) ?s", "STR(?o) ?o", "?o LIMIT 5000", "?o OFFSET 0 LIMIT 5000", "?o VALUES ?s { 1 }"],
)
def test_values_of_every_kind_are_put_in_an_order(order: str) -> None:
    """The engine's own order of them is none, and its sorting ends the process; each value is there once it is sorted too."""
    text = f"SELECT ?o {{ BIND(1 AS ?s) VALUES ?o {{ {' '.join(random.Random(1).sample(MIXED, len(MIXED)))} }} }} ORDER BY {order}"
    kept = run(memory(), text).rows
    assert sorted(map(str, kept)) == sorted(map(str, run(memory(), text.partition(" ORDER")[0]).rows))
    numbers = [
        float(row[0].value)
        for row in kept
        if isinstance(row[0], ox.Literal) and row[0].datatype.value.endswith(("integer", "decimal", "double"))
    ]
    if "STR" not in order:
        assert numbers == sorted(numbers, reverse=order.lower().startswith("desc"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?a { ?a ?b ?c }", "SELECT ?a { ?a ?b ?c }"),
        ("SELECT * { ?s ?p 'ORDER BY ?x' }", "SELECT * { ?s ?p 'ORDER BY ?x' }"),
        ("SELECT * { ?s ?p ?o } ORDER BY", "SELECT * { ?s ?p ?o } ORDER BY"),
        ("SELECT * { ?s ?p ?o } ORDER BY x", "SELECT * { ?s ?p ?o } ORDER BY x"),
    ],
)
def test_without_an_order_nothing_changes(text: str, expected: str) -> None:
    """Nor where what follows is none; the engine says what is wrong with it."""
    assert guard(text) == expected


def test_values_are_put_where_they_stand() -> None:
    """Into each clause of that variable, and not into strings, comments or clauses of others."""
    text = "# VALUES ?a { 1 }\nSELECT * { VALUES ?a { UNDEF } { VALUES $a{1 2} } VALUES ?ab { 'VALUES ?a { 1 }' } VALUES (?a) { (1) } }"
    made = splice(text, "a", ["<x:}>", '"}"'])
    assert made == text.replace("{ UNDEF }", '{ <x:}> "}" }').replace("{1 2}", '{ <x:}> "}" }')
    assert values(text, "a") == "UNDEF" and values(text, "b") == ""
    with pytest.raises(QueryError, match=r"no VALUES \?b"):
        splice(text, "b", ["1"])


def test_every_character_is_in_one_token() -> None:
    """Tokens and what is between them make the text again."""
    for text in (*ALLOWED[:-1], *(t.replace("\r", "\n") for t in REFUSED), "'unclosed SERVICE", '"""', "\\ ` ~ ü ² €"):
        between = text
        for token in reversed(tokens(text)):
            assert text[token.start : token.end] == token.text
            between = between[: token.start] + between[token.end :]
        assert not [line for line in between.splitlines() if line.partition("#")[0].strip()]


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("SELECT * WHERE {\n ?s ?p ?o .\n FILTER(?x > ) }", "line 3: FILTER(?x > ) }", ""),
        ("SELECT * {\n ?s foo:bar ?o }", "line 2", "PREFIX"),
        ("# only a comment", "", "SELECT"),
        ("hello", "line 1: hello", ""),
    ],
)
def test_a_mistake_is_shown_with_its_line(text: str, line: str, hint: str) -> None:
    """And in three short lines, whatever the parser said."""
    with pytest.raises(SyntaxError) as said:
        ox.Store().query(text)
    told = explain(said.value, text)
    assert told.where.startswith(line) and hint in told.hint and len(told.hint) < 200
