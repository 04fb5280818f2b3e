"""Store + a query -> an answer: the named queries of `queries/`, their parameters, and any read-only SPARQL.

    NAME --load_query--> NamedQuery --bind--> SPARQL --run--> Answer --to_json_rows, to_text--> what is printed

A parameter is a variable with a clause `VALUES ?name { … }`; its values are found in the store by id, IRI, label or
other name, and their serialised terms are put between the braces. Nothing a user types becomes query text in any other
way.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pyoxigraph as ox

from kg.errors import QueryError, UsageError
from kg.listing import listing
from kg.resources import folder
from kg.store import sparql
from kg.store.embedded import Store, Term
from kg.vocabulary import ACTOR_KINDS, ID, KG, PREFIXES, PROV, RDFS, SCHEMA, SCHEMES, SKOS, XSD, concept

FOLDERS = ("questions", "counts", "networks", "derive", "checks")
ANY = "any"  # the value that binds nothing, where a query's author wrote UNDEF as the default
RDF_FORMATS = {"ttl": ox.RdfFormat.TURTLE, "nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD}

# Parameter type -> class of what is looked up, and the folder of its ids.
_THINGS = {
    "actor": ("Actor", "actor/"), "action": ("Action", "action/"), "circumstance": ("Circumstance", "circumstance/"),
    "place": ("Place", "place/"), "article": ("Article", "article/"),
}  # fmt: skip
_WORDS = {
    "condition-kind": "condition-kinds", "stance": "stances", "force": "forces", "strength": "strengths", "mode": "modes",
    "channel": "channels", "role": "roles",
}  # fmt: skip
TYPES = (*_THINGS, *_WORDS, "kind-of-actor", "date", "number", "text")

Row = tuple[Term | None, ...]
Result = TypeVar("Result")


class Parameter(NamedTuple):
    """A named query's parameter: its variable, one of `TYPES`, its default as a person would type it, what it means."""

    name: str
    type: str
    default: str = ""
    means: str = ""


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query file: its name (the file's stem), its header, and its whole text. `number` is 0 where it has none."""

    name: str
    path: Path
    question: str
    number: int
    parameters: tuple[Parameter, ...]
    draw: str
    text: str
    header: Mapping[str, Any]

    def asked(self, given: Mapping[str, str] | None = None) -> str:
        """The question in words, each `{parameter}` shown with the value given for it, or its default."""
        words = {p.name: p.default for p in self.parameters} | dict(given or {})
        return re.sub(r"\{([\w-]+)\}", lambda m: words.get(m[1], m[0]), self.question)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: `kind` is select, ask (one row, one boolean) or construct (rows of three); None where unbound."""

    columns: tuple[str, ...]
    rows: list[Row]
    kind: str = "select"

    def to_df(self) -> Any:
        """The answer as a pandas DataFrame: IRIs and texts as text, numbers and booleans as such, unbound as None.

        Raises UsageError where pandas is not installed; nothing here brings it.
        """
        try:
            import pandas
        except ImportError:
            raise UsageError("pandas is not installed", "", "pip install pandas, or use to_json_rows") from None
        return pandas.DataFrame([[plain_value(term) for term in row] for row in self.rows], columns=list(self.columns))


def list_queries(kind: str | None = None) -> list[NamedQuery]:
    """All named queries, or those of one folder (`questions`, `counts`, `networks`, `derive`, `checks`), sorted by name."""
    return [_read(path) for path in sorted(_files(kind), key=lambda p: p.stem)]


def list_questions() -> list[NamedQuery]:
    """The questions in the order of their numbers; those without one come last."""
    return sorted(list_queries("questions"), key=lambda query: (not query.number, query.number, query.name))


def load_query(name: str) -> NamedQuery:
    """The named query; raises UsageError with the nearest known names where there is none.

    >>> load_query("condition-cycle").question
    'Which conditions depend on themselves?'
    """
    found = next((path for path in _files() if path.stem == name), None)
    if not found:
        raise UsageError(f"there is no query called {name!r}", "", nearest(name, (p.stem for p in _files()), "kg queries lists them"))
    return _read(found)


def ask_store(store: Store, query: NamedQuery, given: Mapping[str, str] | None = None, timeout: float | None = None) -> Answer:
    """What the store answers to a named query with these values of its parameters; raises as `bind` and `run` do."""
    return run(store, bind(store, query, given or {}), timeout, ours=True)


def bind(store: Store, query: NamedQuery, given: Mapping[str, str]) -> str:
    """The query's text with what the values mean in this store spliced in; what is not given keeps its default.

    Raises UsageError for an unknown parameter, and for a value that is of the wrong type or names nothing known.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    text = query.text
    for name, value in given.items():
        if name not in known:
            hint = nearest(name, known, f"its parameters: {', '.join(known) or 'none'}")
            raise UsageError(f"the query {query.name} has no parameter {name!r}", "", hint)
        terms = _resolve(store, known[name], value, sparql.values(text, name))
        text = sparql.splice(text, name, terms)
    return text


def known_prefixes() -> str:
    """The PREFIX lines of our vocabulary, in one line, to stand before a query; its own declarations prevail.

    >>> known_prefixes()[:44]
    'PREFIX kg: <https://w3id.org/proviso#> PREFI'
    """
    return " ".join(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items()) + " "


def run(store: Store, text: str, timeout: float | None = None, *, ours: bool = False) -> Answer:
    """What the store answers to any read-only SPARQL 1.1 query; all its graphs together are the default graph.

    `ours` says that the text is a named query's, or was made of a question in words.

    With `timeout` (seconds) the query runs in a process that is killed at the limit. Without, Ctrl-C raises
    KeyboardInterrupt at once, although the engine goes on in its thread until the process ends. Raises QueryError.

    >>> from kg.store.embedded import memory
    >>> run(memory(), "ASK { ?s ?p ?o }").rows[0][0].value
    'false'
    """
    guarded = sparql.guard(text, ours=ours)
    try:
        if timeout is not None:
            from kg.store.worker import worker_for

            with worker_for(store) as worker:
                return received(*worker.ask(guarded, timeout))
        return _interruptibly(lambda: _answer(store.query(guarded)))
    except SyntaxError as error:
        raise sparql.explain(error, text) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query failed: {error}", "", "kg verify says whether the store is damaged") from error


def received(kind: str, data: bytes) -> Answer:
    """The answer in what a `Worker` sent."""
    if kind == "c":
        return _triples(quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
    return _answer(ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON))


def _answer(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Answer:
    if isinstance(found, ox.QueryBoolean):
        return Answer(("answer",), [(ox.Literal(bool(found)),)], "ask")
    if isinstance(found, ox.QueryTriples):
        return _triples(found)
    return Answer(tuple(variable.value for variable in found.variables), [tuple(row) for row in found])


def _triples(found: Iterable[ox.Triple]) -> Answer:
    rows: list[Row] = [(t.subject, t.predicate, t.object) for t in sorted(set(found), key=str)]
    return Answer(("subject", "predicate", "object"), rows, "construct")


def _interruptibly(work: Callable[[], Result]) -> Result:
    """Runs `work` so that the main thread can be interrupted: the engine never looks at signals, a waiting thread does."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    results: list[Result] = []
    errors: list[BaseException] = []

    def go() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the waiting thread, which raises it
            errors.append(error)

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


# Query files


def _files(kind: str | None = None) -> Iterator[Path]:
    top = folder("queries")
    for name in (kind,) if kind else FOLDERS:
        yield from (top / name).glob("*.rq")


def _read(path: Path) -> NamedQuery:
    text = path.read_text("utf-8")
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    header = _plain(lines)
    if header is None:
        import yaml

        header = yaml.load("\n".join(lines), Loader=yaml.BaseLoader)
    given = header.get("parameters") or {}
    parameters = tuple(Parameter(name, p.get("type", "text"), p.get("default", ""), p.get("means", "")) for name, p in given.items())
    number = int(header.get("number", 0))
    return NamedQuery(path.stem, path, header.get("question", ""), number, parameters, header.get("draw", "table"), text, header)


# What YAML calls plain and quoted scalars, as far as they need no unescaping; inside braces a comma ends a plain one.
_QUOTED = r"""\"([^"\\]*)\"|'([^']*)'"""
_FIRST = r"""[^\s"'\[\]{}#&*!|>%@`?:,-]"""
_PLAIN = rf"{_FIRST}(?:(?!:\s|:$|\s\#).)*"
_INNER = rf"{_FIRST}(?:(?!:\s|\s\#)[^,{{}}[\]])*"
_LINE = re.compile(rf"(\s*)([\w-]+):(?:\s+(?:{_QUOTED}|({_PLAIN})|\{{(.*)\}}))?\s*")
_ITEM = re.compile(rf"\s*([\w-]+):\s+(?:{_QUOTED}|({_INNER}))\s*(?:,|$)")


def _plain(lines: Sequence[str]) -> dict[str, Any] | None:
    """A header in the few forms of YAML that ours have; None where it needs the real parser, which is slow to import."""
    header: dict[str, Any] = {}
    inside = header
    for line in lines:
        found = _LINE.fullmatch(line)
        if not found:
            return None
        indent, key, *scalars, flow = found.groups()
        words = next((s.rstrip() for s in scalars if s is not None), None)
        value = _flow(flow) if flow is not None else words
        if not indent:
            inside = header
        elif inside is header:
            return None
        if value is not None:
            inside[key] = value
        elif indent or flow is not None:
            return None
        else:
            inside = header[key] = {}
    return header


def _flow(text: str) -> dict[str, str] | None:
    items, done = {}, 0
    while done < len(text):
        found = _ITEM.match(text, done)
        if not found:
            return None
        items[found[1]] = next(s for s in found.groups()[1:] if s is not None).rstrip()
        done = found.end()
    return items


# Values of parameters


def _resolve(store: Store, parameter: Parameter, value: str, default: str) -> list[str]:
    """The serialised terms a value means."""
    kind = parameter.type
    if value == ANY and kind != "text":
        return ["UNDEF"]
    if kind in _THINGS:
        return [str(ox.NamedNode(iri)) for iri in _find(store, parameter, value)]
    if kind in _WORDS:
        prefix, bare = SCHEMES[_WORDS[kind]]
        words = {_slug(word): word for word in bare}
        return [str(ox.NamedNode(concept(_WORDS[kind], words[_known(parameter, value, words, prefix)])))]
    if kind == "kind-of-actor":
        classes = {_slug(name): name for name in ("Actor", *ACTOR_KINDS.values())} | {_slug(w): name for w, name in ACTOR_KINDS.items()}
        return [str(ox.NamedNode(KG + classes[_known(parameter, value, classes)]))]
    if kind == "date":
        return [_date(parameter, value, typed="^^" in default)]
    if kind == "number":
        return [_number(parameter, value)]
    if kind == "text":
        return [_literal(parameter, value)]
    raise QueryError(f"the parameter {parameter.name} has the unknown type {kind!r}", "", f"types: {', '.join(TYPES)}")


def _find(store: Store, parameter: Parameter, value: str) -> list[str]:
    """The IRIs of all things of the parameter's type that the value names: by IRI, id, label or other name."""
    cls, place = _THINGS[parameter.type]
    if _is_a(store, iri := _expanded(value), cls):
        return [iri]
    named = store.once(_names_in, cls, place)
    found = named.find(value)
    if found:
        return found
    article = "an" if parameter.type[0] in "aeiou" else "a"
    what = f"{value!r} is not the name of {article} {parameter.type} in this store"
    raise UsageError(
        what, f"parameter {parameter.name}", nearest(value, {n for _, n in named.pairs}, "kg queries shows each query with an example")
    )


def _is_a(store: Store, iri: str, cls: str) -> bool:
    """Whether this is the IRI of a thing of a class of ours."""
    try:
        return bool(store.select(f"SELECT ?one {{ VALUES ?one {{ {ox.NamedNode(iri)} }} ?one a <{KG}{cls}> }} LIMIT 1"))
    except ValueError:  # it is no IRI
        return False


class _Names:
    """Pairs of an IRI and a name, to be found by what a person types."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = frozenset(pairs)
        self._things = {thing for thing, _ in self.pairs}

    def find(self, value: str) -> list[str]:
        """The IRIs that it means, sorted, as `matching` says."""
        iri = _expanded(value)
        found = {iri} & self._things or self._by_slug.get(_slug(value)) or self._by_bare.get(_bare(value), set())
        return sorted(found)

    @cached_property
    def _by_slug(self) -> dict[str, set[str]]:
        return self._by(_slug)

    @cached_property
    def _by_bare(self) -> dict[str, set[str]]:
        return self._by(_bare)

    def _by(self, fold: Callable[[str], str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for thing, name in self.pairs:
            found.setdefault(fold(name), set()).add(thing)
        return found


def _names_in(store: Store, cls: str, place: str) -> _Names:
    return _Names(names(store, cls, place))


def matching(named: Iterable[tuple[str, str]], value: str) -> list[str]:
    """The IRIs, of pairs of an IRI and a name, that a value means: its IRI, else a name, else one but for its accents.

    >>> matching([("i:a", "Pedro Sánchez"), ("i:b", "Spain")], "pedro sanchez")
    ['i:a']
    """
    return _Names(named).find(value)


def names(store: Store, cls: str, place: str) -> set[tuple[str, str]]:
    """Pairs of an IRI and a name (label, other name, headline, id) of all things of a class of ours; `place` is where its ids begin."""
    bear = ", ".join(f"<{term}>" for term in (RDFS + "label", SKOS + "prefLabel", SKOS + "altLabel", SCHEMA + "headline"))
    every = f"SELECT DISTINCT ?thing WHERE {{ ?thing a <{KG}{cls}> }}"
    rows = store.select(f"SELECT DISTINCT ?thing ?name WHERE {{ {{ {every} }} ?thing ?by ?name FILTER(?by IN ({bear})) }}")
    from urllib.parse import unquote

    found = {(thing.value, name.value) for thing, name in rows if isinstance(thing, ox.NamedNode) and isinstance(name, ox.Literal)}
    things = {thing.value for (thing,) in store.select(every) if isinstance(thing, ox.NamedNode)}
    return found | {(iri, unquote(iri.removeprefix(ID + place))) for iri in things if iri.startswith(ID + place)}


def _expanded(value: str) -> str:
    prefix, colon, rest = value.strip().removeprefix("<").removesuffix(">").partition(":")
    return PREFIXES[prefix] + rest if colon and prefix in PREFIXES else prefix + colon + rest


def _known(parameter: Parameter, value: str, words: Mapping[str, object], prefix: str = "") -> str:
    """The one of the words that a value is: as it stands, or as the name of its concept, which begins with the prefix."""
    iri = _expanded(value)
    slug = _slug(iri.removeprefix(KG) if iri.startswith(KG) else value)
    for name in (slug, slug.removeprefix(prefix)):
        if name in words:
            return name
    raise UsageError(f"{value!r} is not a {parameter.type}", f"parameter {parameter.name}", f"one of: {', '.join(sorted(words))}")


def _date(parameter: Parameter, value: str, typed: bool) -> str:
    """A plain string, which dates of every precision compare with as strings; a typed date where the query has one."""
    from datetime import date

    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}.get(len(value), "")
    try:
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", value):
            raise ValueError(value)
        date.fromisoformat(value + "0001-01-01"[len(value) :])
    except ValueError:
        hint = "write 2026-01-06, or 2026-01, or 2026"
        raise UsageError(f"{value!r} is not a date", f"parameter {parameter.name}", hint) from None
    return str(ox.Literal(value, datatype=ox.NamedNode(XSD + kind)) if typed else ox.Literal(value))


def _number(parameter: Parameter, value: str) -> str:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", value):
        raise UsageError(f"{value!r} is not a number", f"parameter {parameter.name}", "write it with digits, such as 5 or 0.75")
    return str(ox.Literal(value, datatype=ox.NamedNode(XSD + ("decimal" if "." in value else "integer"))))


def _literal(parameter: Parameter, value: str) -> str:
    try:
        return str(ox.Literal(value))
    except ValueError:
        raise UsageError("the value is not Unicode text", f"parameter {parameter.name}", "type it again in UTF-8") from None


def _slug(words: str) -> str:
    from kg.model import slug

    return slug(words)


def _bare(words: str) -> str:
    """The slug without accents, for names typed on a keyboard that lacks them."""
    import unicodedata

    return _slug("".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c)))


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """A hint that names up to three known words like this one, else `otherwise`."""
    from difflib import get_close_matches

    by_fold = {name.casefold(): name for name in sorted(known, reverse=True)}  # of two spellings the capital
    close = get_close_matches(word.casefold()[:200], by_fold, n=3, cutoff=0.6)
    return f"did you mean {', '.join(by_fold[c] for c in close)}?" if close else otherwise


# Answers


def to_json_rows(store: Store, answer: Answer) -> list[dict[str, Any]]:
    """The rows as JSON objects keyed by column: IRIs as `{"iri": …, "label": …}`, numbers and booleans as such, unbound null."""
    labels = label_of(store, answer)
    return [{column: _json(term, labels) for column, term in zip(answer.columns, row, strict=True)} for row in answer.rows]


def plain_value(term: Term | None) -> Any:
    """A term as Python has it: an IRI or text as text, a number or boolean as such, unbound as None."""
    value = _json(term, {})
    return value["iri"] if isinstance(value, dict) else value


def label_of(store: Store, answer: Answer) -> dict[str, str]:
    """What to show for each IRI of an answer: its rdfs:label, else its prefixed name, else itself."""
    iris = {term.value for row in answer.rows for term in row if isinstance(term, ox.NamedNode)}
    labels = store.labels(iris)
    return {iri: labels.get(iri) or _prefixed(iri) for iri in iris}


def to_text_rows(store: Store, answer: Answer) -> list[list[str]]:
    """The rows as words, labels for IRIs: what a table shows. Unbound is empty."""
    labels = label_of(store, answer)
    return [[_shown(term, labels) for term in row] for row in answer.rows]


def to_text(store: Store, answer: Answer, form: str, width: int | None = None) -> str:
    """The answer in one of `kg.listing.FORMATS`; a CONSTRUCT's also as `ttl`, `nq`, `trig` or `jsonld`.

    In CSV a column that holds IRIs shows their labels and is followed by `<name>_iri`. Raises UsageError for a format
    the answer does not come in.
    """
    if form in RDF_FORMATS:
        return _rdf(answer, form)
    if form in ("json", "jsonl"):
        return listing(answer.columns, [list(row.values()) for row in to_json_rows(store, answer)], form)
    if form == "csv":
        return listing(*_with_iris(store, answer), form)
    return listing(answer.columns, to_text_rows(store, answer), form, width)


def _rdf(answer: Answer, form: str) -> str:
    if answer.kind != "construct":
        raise UsageError(f"{form} holds triples, and this answer is rows", "", "use json, jsonl, csv or md, or ask with CONSTRUCT")
    triples = [ox.Quad(*row) for row in answer.rows]  # type: ignore[arg-type]  # rows of a CONSTRUCT are whole triples
    return (ox.serialize(triples, format=RDF_FORMATS[form], prefixes=PREFIXES) or b"").decode()


def _with_iris(store: Store, answer: Answer) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows with the IRIs of each column that holds some in a column beside it; numbers as numbers."""
    labels = label_of(store, answer)
    named = [any(isinstance(row[i], ox.NamedNode) for row in answer.rows) for i in range(len(answer.columns))]
    columns = [c for name, iri in zip(answer.columns, named, strict=True) for c in ((name, name + "_iri") if iri else (name,))]
    rows: list[list[Any]] = []
    for row in answer.rows:
        cells: list[Any] = []
        for term, iri in zip(row, named, strict=True):
            value = _json(term, {})
            cells.append(value if isinstance(value, int | float) and not isinstance(value, bool) else _shown(term, labels))
            if iri:
                cells.append(term.value if isinstance(term, ox.NamedNode) else "")
        rows.append(cells)
    return columns, rows


def _json(term: Term | None, labels: Mapping[str, str]) -> Any:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return {"iri": term.value, "label": labels.get(term.value, term.value)}
    if not isinstance(term, ox.Literal):
        return str(term)
    kind = term.datatype.value.removeprefix(XSD)
    if kind == "boolean" and term.value in ("true", "false", "1", "0"):
        return term.value in ("true", "1")
    number = {"integer": int, "decimal": float, "double": float, "float": float, "int": int, "long": int}.get(kind)
    if number and re.fullmatch(r"[+-]?[0-9]{1,300}(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?", term.value):
        return number(term.value)
    return term.value


def _shown(term: Term | None, labels: Mapping[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return labels.get(term.value, term.value)
    return term.value if isinstance(term, ox.Literal) else str(term)


def _prefixed(iri: str) -> str:
    """The IRI in its shortest form, `kg:speaker`; the longest fitting prefix wins."""
    fitting = [(len(base), name) for name, base in PREFIXES.items() if iri.startswith(base)]
    return f"{max(fitting)[1]}:{iri[max(fitting)[0] :]}" if fitting else iri


# ---------------------------------------------------------------------------------------------------- who read it

_READINGS = f"""SELECT ?article ?reviewed {{ ?reading <{KG}annotates> ?article ; <{KG}reviewed> ?reviewed
  FILTER NOT EXISTS {{ ?reading <{PROV}invalidatedAtTime> ?ended }}}}"""  # those in force
_GOES_BACK = f"""SELECT ?article ?source ?how ?share {{ VALUES (?term ?how) {{ (<{KG}copyOf> "copies") (<{KG}paraphraseOf> "paraphrases") }}
  ?article ?term ?source ; <{KG}share> ?share }}"""
NAMED = 5  # articles that a note names


def corroboration(store: Store, answer: Answer) -> tuple[str, ...]:
    """A sentence that says how many independent origins the articles of an answer go back to; none where each is its own.

    >>> from kg.store.embedded import memory
    >>> corroboration(memory(), Answer(("article",), []))
    ()
    """
    if "article" not in answer.columns:
        return ()
    at = answer.columns.index("article")
    named = {term.value for row in answer.rows if isinstance(term := row[at], ox.NamedNode)}
    origins = {_value(a): _value(o) for a, o in store.select(f"SELECT ?a ?o {{ ?a <{KG}origin> ?o }}") if _value(a) in named}
    copies = sorted(article for article, origin in origins.items() if article != origin)
    count = len({origins.get(article, article) for article in named})
    if not copies:
        return ()
    told = {_value(a): (_value(s), _value(how), float(_value(share))) for a, s, how, share in store.select(_GOES_BACK)}
    why = [f"{_last(a)} {told[a][1]} {_last(told[a][0])} ({told[a][2]:.0%})" for a in copies[:NAMED] if a in told]
    more = f" and {len(copies) - NAMED} more" if len(copies) > NAMED else ""
    return (f"{len(named)} reports, {count} independent origin{'' if count == 1 else 's'}: {', '.join(why)}{more}.",)


def _value(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _last(iri: str) -> str:
    return iri.rpartition("/")[2]


def unreviewed(store: Store, answer: Answer | None = None) -> tuple[str, ...]:
    """A sentence that says which of the readings behind an answer no person has reviewed; none where all are.

    The readings are those of the answer's articles, or of the whole store where it names none.

    >>> from kg.store.embedded import memory
    >>> unreviewed(memory())
    ()
    """
    named = None
    if answer and "article" in answer.columns:
        at = answer.columns.index("article")
        named = {str(row[at]) for row in answer.rows}
    return unreviewed_among(store, named)


def unreviewed_among(store: Store, named: Collection[str] | None) -> tuple[str, ...]:
    """The same of some articles (terms as SPARQL writes them), or of the whole store."""
    readings = {str(article): str(reviewed) for article, reviewed in run(store, _READINGS, ours=True).rows}
    if named is not None:
        readings = {article: reviewed for article, reviewed in readings.items() if article in named}
    machine = sorted(article.strip("<>").rsplit("/", 1)[-1] for article, reviewed in readings.items() if "false" in reviewed)
    if not machine:
        return ()
    which = ", ".join(machine[:NAMED]) + (f" and {len(machine) - NAMED} more" if len(machine) > NAMED else "")
    share = "the readings" if len(machine) == len(readings) else f"{len(machine)} of the {len(readings)} readings"
    return (f"No person has reviewed {share} this rests on: {which}.",)
