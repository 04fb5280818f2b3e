"""A query's tokens: what may be asked of a store, and where a parameter's values stand.

    text --guard--> the text to run, or a QueryError: it reads, fetches nothing, and is not built to exhaust the parser
    text --splice--> the same query with other values in its `VALUES ?name { … }`

Keywords count only where they are keywords: not in strings, comments, IRIs, names or variables. The engine's grammar
is more generous than the standard's: it takes `SERVICEx:y {` for SERVICE, and `<` either as an operator or as the start
of an IRI, whichever fits. So names that begin like SERVICE are refused before a brace, and an IRI that stands where an
operator could has its quotes and hashes written as escapes, which in the operator's place would be an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from kg.errors import QueryError

DEEPEST = 200  # brackets within brackets: 3,000 crash the engine's parser
HEAVIEST = 4000  # clauses, patterns and operators: 20,000 side by side crash it too
LONGEST = 4_000_000  # characters; a list of 50,000 IRIs has 3 million
LESS = "ask for less: a LIMIT, fewer patterns without a shared variable"  # what to try where a query was stopped
LESS_OR_LONGER = f"give it more with --timeout, or {LESS}"

_TOKEN = re.compile(
    r"""(?P<space>[\s\ufeff]+|\#[^\n]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*(?:\\u[0-9A-Fa-f]{4}[^<>"{}|^`\\\x00-\x20]*)*>)
      | (?P<string>'''(?:'{0,2}(?:[^'\\]|\\.))*'''|\"\"\"(?:"{0,2}(?:[^"\\]|\\.))*\"\"\"
          |'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
      | (?P<variable>[?$][\w\u00b7\u203f\u2040]+)
      | (?P<name>(?:[^\W\d_](?:\.*[\w\u00b7-])*|_)?:(?:\.*(?:[\w:\u00b7-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]))*)
      | (?P<language>@[A-Za-z]+(?:-+[A-Za-z0-9]+)*)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d][\w]*)
      | (?P<sign>\^\^|&&|\|\||!=|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)
_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"))
_HEAVY_SIGNS = frozenset(["{", "!", "+", "-", "*", "/", "|", "||", "&&", "=", "!=", "<", ">", "<=", ">=", "^", ".", ";", ","])
_OPEN, _CLOSE = frozenset("{(["), frozenset("})]")


class Token(NamedTuple):
    """A piece of a query, its kind (a group of the pattern above), and where it stands (characters, half-open)."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of a query, white space and comments left out.

    >>> [t.text for t in tokens('ASK { ?s ?p "SERVICE" } # LOAD')]
    ['ASK', '{', '?s', '?p', '"SERVICE"', '}']
    """
    found = (Token(str(m.lastgroup), m[0], m.start(), m.end()) for m in _TOKEN.finditer(text))
    return [token for token in found if token.kind != "space"]


def guard(text: str, dataset: bool = False, ours: bool = False) -> str:
    """The query as it may be given to the engine; lines stay where they are.

    Raises QueryError for an update, for SERVICE, FROM and LOAD, and for nesting or length that crashes parsers. With a `dataset`
    chosen beside the query, which overrides FROM, FROM may stand. `ours` are queries of this program's own: what they order by is
    never numbers among other literals, so that their order is left as it is, which is a fifth faster.

    >>> guard("ASK { ?s ?p 'SERVICE' }")
    "ASK { ?s ?p 'SERVICE' }"
    """
    if len(text) > LONGEST:
        raise QueryError(f"the query has {len(text):,} characters, more than {LONGEST:,}", "", "ask in several queries")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = tokens(text)
    for before, token, after in zip([None, *found], found, [*found[1:], None], strict=False):
        _refuse(token, before, after, text, dataset)
    _weigh(found, text)
    ordered = text if ours else _in_one_order(text, found)
    return _unambiguous(ordered, found if ordered == text else tokens(ordered))


def _refuse(token: Token, before: Token | None, after: Token | None, text: str, dataset: bool) -> None:
    if token.kind not in ("word", "name"):
        return
    word = token.text.upper()
    declared = before is not None and before.text.upper() in ("PREFIX", "GRAPH")
    head = word.partition(":")[0]
    glued = token.kind == "name" and "SERVICE" in head and not declared and after is not None and after.text == "{"
    if glued or (token.kind == "word" and "SERVICE" in word):
        raise _refused("SERVICE is refused: a query asks this store and nothing else", token, text)
    from_ = word in ("FROM", "NAMED") or (token.kind == "name" and head.startswith("FROM") and not declared and _outside(token, text))
    if from_ and not dataset:
        raise _refused("FROM is refused: a query asks all graphs of this store", token, text, "GRAPH <iri> { … } asks one graph")
    if token.kind == "word" and word in _UPDATES:
        raise _refused(f"{word} is refused: a query reads, it changes nothing", token, text, "kg add, import and remove change a store")


def _outside(token: Token, text: str) -> bool:
    return "{" not in {t.text for t in tokens(text[: token.start])}


def _refused(what: str, token: Token, text: str, hint: str = "take it out") -> QueryError:
    return QueryError(what, f"line {line_at(text, token.start)} of the query", hint)


def _weigh(found: Iterable[Token], text: str) -> None:
    depth = weight = 0
    for token in found:
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        weight += token.kind == "word" or token.text in _HEAVY_SIGNS
        if depth > DEEPEST:
            raise _refused(f"the query is nested more than {DEEPEST} deep", token, text, "ask in several queries")
        if weight > HEAVIEST:
            raise _refused(f"the query has more than {HEAVIEST} clauses, patterns and operators", token, text, "VALUES holds long lists")


def _in_one_order(text: str, found: Sequence[Token]) -> str:
    """The query with each condition of an ORDER BY behind one that sets values of different kinds apart.

    The standard leaves their order open. The engine puts numbers among themselves by their size and among texts by their words, which
    is no order; its sorting dies of that, and this process with it.
    """
    parts, done = [], 0
    for at, end, direction in _conditions(found):
        named = found[at].text.upper() == direction
        words = text[found[at + named].start : found[end].end]
        parts += [text[done : found[at].start], f'{direction}(COALESCE(IF(isNumeric({words}), "", STR(DATATYPE({words}))), "")) ']
        done = found[at].start
    return "".join([*parts, text[done:]])


def _conditions(found: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """The first and the last token of each condition of an ORDER BY, and its direction."""
    for start in (i for i, token in enumerate(found[1:], 1) if token.text.upper() == "BY" and found[i - 1].text.upper() == "ORDER"):
        at = start + 1
        while at < len(found) and found[at].text.upper() != "VALUES":
            opens = at + (found[at].text != "(")
            if found[at].kind == "variable":
                end = at
            elif found[at].kind in ("word", "name", "iri", "sign") and found[opens : opens + 1] and found[opens].text == "(":
                end = _closing(found, opens)
            else:
                break
            yield at, end, "DESC" if found[at].text.upper() == "DESC" else "ASC"
            at = end + 1


def _closing(found: Sequence[Token], opens: int) -> int:
    """Where the bracket is closed; the last token where it is not."""
    depth = 0
    for at in range(opens, len(found)):
        depth += (found[at].text in _OPEN) - (found[at].text in _CLOSE)
        if not depth:
            return at
    return len(found) - 1


def _unambiguous(text: str, found: Sequence[Token]) -> str:
    parts, done = [], 0
    for i, token in enumerate(found):
        if token.kind != "iri" or not ("#" in token.text or "'" in token.text) or not _after_operand(found[:i][-2:]):
            continue
        parts += [text[done : token.start], token.text.replace("#", "\\u0023").replace("'", "\\u0027")]
        done = token.end
    return "".join([*parts, text[done:]])


def _after_operand(before: Sequence[Token]) -> bool:
    """Whether an operator could stand here: not after a sign that opens or joins, and not where a prefix is declared."""
    if not before or before[0].text.upper() in ("PREFIX", "BASE"):
        return False
    return before[-1].kind != "sign" or before[-1].text in _CLOSE


def splice(text: str, name: str, terms: Sequence[str]) -> str:
    """The query with `terms` (serialised, as SPARQL writes them) in place of what stands in `VALUES ?name { … }`.

    Raises QueryError where no such clause of this one variable is there.

    >>> splice("SELECT * { VALUES ?who { UNDEF } ?s ?p ?who }", "who", ["<x:a>", "<x:b>"])
    'SELECT * { VALUES ?who { <x:a> <x:b> } ?s ?p ?who }'
    """
    places = _places(text, name)
    for start, end in reversed(places):
        text = f"{text[:start]} {' '.join(terms)} {text[end:]}"
    if not places:
        raise QueryError(f"the query has no VALUES ?{name} {{ … }}, where the parameter's values would stand", "", "write one")
    return text


def values(text: str, name: str) -> str:
    """What stands in the query's (first) `VALUES ?name { … }`; empty where there is none."""
    places = _places(text, name)
    return text[slice(*places[0])].strip() if places else ""


@lru_cache(maxsize=64)  # of named queries: asked for to know a default, then to put something else in its place
def _places(text: str, name: str) -> tuple[tuple[int, int], ...]:
    found = tokens(text)
    starts = [
        i + 2 for i in range(len(found) - 3)
        if found[i].text.upper() == "VALUES" and found[i + 1].text in (f"?{name}", f"${name}") and found[i + 2].text == "{"
    ]  # fmt: skip
    return tuple((found[i].end, next(t.start for t in found[i:] if t.text == "}")) for i in starts if any(t.text == "}" for t in found[i:]))


def line_at(text: str, offset: int) -> int:
    """The line, counted from 1, in which a character stands."""
    return text.count("\n", 0, offset) + 1


def explain(error: SyntaxError, text: str) -> QueryError:
    """The engine's complaint about a query as three short lines: its line, the line's words, a hint."""
    said = str(error)
    place = re.search(r"error at (\d+):", said)
    number = int(place[1]) if place else 1
    lines = text.splitlines() or [""]
    shown = lines[min(number, len(lines)) - 1].strip()
    where = f"line {number}: {shown[:100]}"
    if "refix not found" in said:
        return QueryError("the query uses a prefix it does not declare", where, "add PREFIX name: <iri> at its top")
    if not tokens(text):
        return QueryError("the query is empty", "", "SELECT * WHERE { ?s ?p ?o } LIMIT 10 is the shortest useful one")
    expected = re.search(r"expected (.+)", said)
    hint = "look at this line and the end of the one before: a bracket, a dot, a quotation mark"
    if expected and len(expected[1]) < 60 and "[" not in expected[1]:
        hint = f"look just before this place; the parser expected {expected[1]}"
    return QueryError("the query is not valid SPARQL", where, hint)


def as_select(text: str) -> str:
    """A CONSTRUCT as the SELECT of what its template is filled from.

    >>> as_select("CONSTRUCT { ?a <x:b> ?c } WHERE { ?a ?b ?c } LIMIT 1")
    'SELECT * WHERE { ?a ?b ?c } LIMIT 1'
    """
    found = tokens(text)
    at = next(i for i, token in enumerate(found) if token.kind == "word" and token.text.upper() == "CONSTRUCT")
    end = found[at].end
    if found[at + 1].text == "{":
        end = next(token.end for token in found[at:] if token.text == "}")  # a template holds no braces of its own
    return text[: found[at].start] + "SELECT *" + text[end:]
