"""Counts and groupings over columns: a property's pairs as numbers, read from a snapshot when counts are asked of it.

    SPARQL --read_count--> Count --Columns.answer--> the counted groups, in the order that is asked for

A count is a SELECT of grouped variables and COUNT(DISTINCT …) over plain triple patterns with known properties; whatever else is
asked the engine answers (a COUNT that is not distinct too: a triple of two graphs is there twice for it). It gives each pattern's
matches once; they are joined and grouped as arrays. An order by numbers and IRIs is made here, in half the time; whatever else is
left of the query, such as a limit, the engine does over the few rows that come of that. So the answer has the engine's rows.

Columns last as long as the store is open. On disk they do not earn their place: to read a pattern's matches costs about what the
engine's own count does, so the first count is the engine's, and from the second on there are columns.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from kg.store import sparql
from kg.vocabulary import RDF

if TYPE_CHECKING:
    import numpy as np

    Column = np.ndarray[tuple[int], np.dtype[np.int64]]
    Table = Mapping[str, Column]  # variable -> the numbers of its terms, row by row

LEAST = 48_000_000  # bytes of a snapshot, some 250,000 quads, below which the engine counts faster than numpy is imported
MOST = 1_000_000  # rows of a pattern or a join; where there could be more the engine counts, which holds none
_NOT_AFTER = frozenset(("HAVING", "VALUES", "EXISTS", "COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))


class Pattern(NamedTuple):
    """A triple pattern: a variable (`?name`) or a term as SPARQL writes it, the property's IRI, and again one of the two."""

    subject: str
    property: str
    object: str


class Counted(NamedTuple):
    """A COUNT(DISTINCT …): its name (`?n`), and the variable it counts."""

    name: str
    of: str


class Count(NamedTuple):
    """A query that counts: the variables it shows, its patterns, groups, counts, and what follows them.

    Where that is no more than an order by variables, `order` has each with whether it goes down.
    """

    shown: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    groups: tuple[str, ...]
    counts: tuple[Counted, ...]
    rest: str
    order: tuple[tuple[str, bool], ...] = ()


class Columns:
    """The columns of one snapshot. `ask` gives a SELECT's rows as the engine writes TSV."""

    def __init__(self, snapshot: Path, ask: Callable[[str], bytes]) -> None:
        self._snapshot, self._ask = snapshot, ask
        self._asked, self._turn = 0, threading.Lock()
        self._worth: bool | None = None
        self._terms: list[str] = []  # as SPARQL writes them; a term's place here is its number
        self._numbers: dict[str, int] = {}
        self._tables: dict[tuple[str, str, str], Table | None] = {}

    def answer(self, text: str) -> ox.QuerySolutions | None:
        """The answer to a query that is a count; None where the engine is to answer."""
        count = read_count(text) if self._is_worth() else None
        if not count:
            return None
        with self._turn:
            self._asked += 1
            rows = self._rows(count) if self._asked > 1 else None
        if rows is None:
            return None
        return _in_order(count, rows) if _is_simple(count, rows) else _by_engine(count, rows)

    def _is_worth(self) -> bool:
        if self._worth is None:
            self._worth = False
            with suppress(FileNotFoundError):  # writers may have taken the snapshot away since; what is open of it is still read
                self._worth = sum(file.stat().st_size for file in self._snapshot.iterdir()) >= LEAST
        return self._worth

    def _rows(self, count: Count) -> list[tuple[str, ...]] | None:
        """A row for each group: its terms, its counts; None where there could be too many rows on the way, or blank nodes."""
        import numpy as np

        joined = self._joined(count.patterns)
        if joined is None:
            return None
        size = len(next(iter(joined.values())))
        if not count.groups:
            firsts, group = np.zeros(1, np.int64), np.zeros(size, np.int64)
        else:
            _, firsts, group = np.unique(self._key([joined[name] for name in count.groups]), return_index=True, return_inverse=True)
        columns = [[self._terms[n] for n in joined[name][firsts].tolist()] for name in count.groups]
        if any(term.startswith("_:") for column in columns for term in column):
            return None
        for counted in count.counts:
            pairs = np.sort(self._key([group, joined[counted.of]]))  # np.unique takes four times as long
            pairs = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
            columns.append([str(n) for n in np.bincount(pairs // max(len(self._terms), 1), minlength=len(firsts)).tolist()])
        return list(zip(*columns, strict=True))

    def _joined(self, patterns: tuple[Pattern, ...]) -> Table | None:
        """All the patterns' matches that go together; None where a join has nothing in common or comes to too much."""
        first, *waiting = [self._matching(pattern) for pattern in patterns]
        joined = first
        while waiting and joined is not None:
            at = next((i for i, table in enumerate(waiting) if table is not None and joined.keys() & table.keys()), None)
            if at is None:
                return None
            table = waiting.pop(at)
            assert table is not None
            joined = self._join(joined, table)
        return joined

    def _join(self, left: Table, right: Table) -> Table | None:
        import numpy as np

        keys = sorted(left.keys() & right.keys())
        size = len(left[keys[0]])
        key = self._key([np.concatenate((left[name], right[name])) for name in keys])
        if len(keys) > 1:  # as small as the numbers of terms are, which have a place each
            key = np.unique(key, return_inverse=True)[1]
        order = np.argsort(key[size:], kind="stable")
        held = np.bincount(key[size:], minlength=int(key.max(initial=-1)) + 1)
        often, begins = held[key[:size]], (np.cumsum(held) - held)[key[:size]]
        total = int(often.sum())
        if total > MOST:
            return None
        mine = np.repeat(np.arange(size), often)
        theirs = order[np.arange(total) + np.repeat(begins - (np.cumsum(often) - often), often)]
        return {name: column[mine] for name, column in left.items()} | {name: column[theirs] for name, column in right.items()}

    def _key(self, columns: list[Column]) -> Column:
        """One number for each row, the same where all of its numbers are."""
        import numpy as np

        key = columns[0]
        for place, column in enumerate(columns[1:]):
            if place:  # two numbers of terms fit into one, three need not
                key = np.unique(key, return_inverse=True)[1]
            key = key * len(self._terms) + column
        return key

    def _matching(self, pattern: Pattern) -> Table | None:
        """The matches of a pattern under the names of its variables; None where there are too many."""
        ends = pattern.subject, pattern.object
        asked = tuple("?" if end.startswith("?") else end for end in ends)
        key = (asked[0], pattern.property, asked[1])
        if key not in self._tables:
            self._tables[key] = self._read(*key)
        table = self._tables[key]
        return table and {end: table[place] for end, place in zip(ends, "so", strict=True) if end.startswith("?")}

    def _read(self, subject: str, property: str, object: str) -> Table | None:
        import numpy as np

        names = [place for place, end in (("s", subject), ("o", object)) if end == "?"]
        triple = f"{'?s' if subject == '?' else subject} <{property}> {'?o' if object == '?' else object}"
        lines = (
            self._ask(f"SELECT DISTINCT {' '.join('?' + name for name in names)} {{ {triple} }} LIMIT {MOST + 1}")
            .decode()
            .split("\n")[1:-1]
        )
        if len(lines) > MOST:
            return None
        parts = [lines] if len(names) == 1 else [[line.partition("\t")[i] for line in lines] for i in (0, 2)]
        return {name: np.fromiter(map(self._number, part), np.int64, len(part)) for name, part in zip(names, parts, strict=True)}

    def _number(self, term: str) -> int:
        number = self._numbers.setdefault(term, len(self._terms))
        if number == len(self._terms):
            self._terms.append(term)
        return number


def read_count(text: str) -> Count | None:
    """The count that a query is; None where it is anything else.

    >>> list(read_count("SELECT ?p (COUNT(DISTINCT ?s) AS ?n) { ?s <x:p> ?p } GROUP BY ?p").patterns)
    [Pattern(subject='?s', property='x:p', object='?p')]
    """
    try:
        return _Reader(text).count()
    except (_NoCount, IndexError):
        return None


def _is_simple(count: Count, rows: list[tuple[str, ...]]) -> bool:
    """Whether the rows can be put in order here: by numbers, and by IRIs, which go by their characters; without a limit."""
    places = [count.groups.index(name) for name, _ in count.order if name in count.groups]
    return bool(count.order) == bool(count.rest) and all(row[at].startswith("<") for row in rows for at in places)


def _in_order(count: Count, rows: list[tuple[str, ...]]) -> ox.QuerySolutions:
    names = _names(count)
    for name, down in reversed(count.order):
        at, number = names.index(name), name not in count.groups
        rows.sort(key=lambda row: int(row[at]) if number else row[at][1:-1], reverse=down)
    places = [names.index(name) for name in count.shown]
    lines = ["\t".join(cells) for cells in (count.shown, *([row[at] for at in places] for row in rows))]
    found = ox.parse_query_results("\n".join(lines) + "\n", format=ox.QueryResultsFormat.TSV)
    assert isinstance(found, ox.QuerySolutions)
    return found


def _by_engine(count: Count, rows: list[tuple[str, ...]]) -> ox.QuerySolutions:
    values = " ".join(f"({' '.join(row)})" for row in rows)
    found = ox.Store().query(f"SELECT {' '.join(count.shown)} {{ VALUES ({' '.join(_names(count))}) {{ {values} }} }} {count.rest}")
    assert isinstance(found, ox.QuerySolutions)
    return found


def _names(count: Count) -> tuple[str, ...]:
    """The variables of a row, in its order."""
    return (*count.groups, *(counted.name for counted in count.counts))


class _NoCount(Exception):
    """The query is no count of the known form."""


class _Reader:
    """A query, token by token; raises _NoCount at the first that does not belong to a count."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text, sparql.tokens(text), 0
        self.prefixes: dict[str, str] = {}

    def count(self) -> Count:
        while self.takes("PREFIX"):
            name, iri = self.take(), self.take()
            self.need(name.kind == "name" and name.text.endswith(":") and iri.kind == "iri")
            self.prefixes[name.text[:-1]] = iri.text[1:-1]
        self.need(self.takes("SELECT"))
        shown, counts = self.shown()
        self.takes("WHERE")
        patterns = self.patterns()
        groups = self.groups()
        rest = self.tokens[self.at :]
        self.need(all(t.kind in ("variable", "number", "word", "string", "sign") and t.text.upper() not in _NOT_AFTER for t in rest))
        variables = {term for pattern in patterns for term in (pattern.subject, pattern.object) if term.startswith("?")}
        self.need({*groups, *(c.of for c in counts)} <= variables)
        names = [*groups, *(c.name for c in counts)]
        self.need(
            bool(counts) and set(shown) <= set(names) and len({*variables, *(c.name for c in counts)}) == len(variables) + len(counts)
        )
        if any(t.text.upper() in ("LIMIT", "OFFSET") for t in rest):  # which rows these leave must not be left to chance
            self.need(set(groups) <= {"?" + t.text[1:] for t in rest if t.kind == "variable"})
        order = self.order(names)
        return Count(tuple(shown), tuple(patterns), groups, tuple(counts), self.text[rest[0].start :] if rest else "", order)

    def shown(self) -> tuple[list[str], list[Counted]]:
        shown: list[str] = []
        counts: list[Counted] = []
        while self.tokens[self.at].kind == "variable" or self.tokens[self.at].text == "(":
            if self.takes("("):
                self.need(self.takes("COUNT") and self.takes("(") and self.takes("DISTINCT"))
                of = self.variable()
                self.need(self.takes(")") and self.takes("AS"))
                counts.append(Counted(self.variable(), of))
                self.need(self.takes(")"))
                shown.append(counts[-1].name)
            else:
                shown.append(self.variable())
        return shown, counts

    def patterns(self) -> list[Pattern]:
        found: list[Pattern] = []
        self.need(self.takes("{"))
        while not self.takes("}"):
            subject = self.term()
            while True:
                property = RDF + "type" if self.takes("a") else self.term().strip("<>")
                self.need(not property.startswith(("?", '"')))
                while True:
                    object = self.term()
                    self.need((subject.startswith("?") or object.startswith("?")) and subject != object and not subject.startswith('"'))
                    found.append(Pattern(subject, property, object))
                    if not self.takes(","):
                        break
                if not self.takes(";") or self.tokens[self.at].text in (".", "}"):
                    break
            self.need(self.takes(".") or self.tokens[self.at].text == "}")
        self.need(bool(found))
        return found

    def groups(self) -> tuple[str, ...]:
        groups: list[str] = []
        if self.at < len(self.tokens) and self.takes("GROUP"):
            self.need(self.takes("BY"))
            while self.at < len(self.tokens) and self.tokens[self.at].kind == "variable":
                groups.append(self.variable())
            self.need(bool(groups) and len(set(groups)) == len(groups))
        return tuple(groups)

    def order(self, names: list[str]) -> tuple[tuple[str, bool], ...]:
        """The variables that all of the rest orders by, each with whether downwards; none where the rest is anything else."""
        found = (
            re.fullmatch(r"ORDER\s+BY((?:\s+(?:\?\w+|(?:ASC|DESC)\(\?\w+\)))+)\s*", self.text[self.tokens[self.at].start :], re.IGNORECASE)
            if self.at < len(self.tokens)
            else None
        )
        words = found[1].split() if found else []
        order = tuple(("?" + word.partition("?")[2].rstrip(")"), word.upper().startswith("DESC")) for word in words)
        return order if {name for name, _ in order} <= set(names) else ()

    def term(self) -> str:
        """A variable, an IRI in brackets, or a plain string."""
        token = self.take()
        self.need("\\" not in token.text)
        if token.kind == "variable":
            return "?" + token.text[1:]
        if token.kind == "iri":
            self.need(":" in token.text)
            return token.text
        if token.kind == "name":
            prefix, _, rest = token.text.partition(":")
            self.need(prefix in self.prefixes and "%" not in rest)
            return f"<{self.prefixes[prefix]}{rest}>"
        words = token.text[1:-1]
        self.need(token.kind == "string" and not {'"', "'", "\t", "\n", "\r"} & set(words))
        self.need(self.at == len(self.tokens) or self.tokens[self.at].text[0] not in "@^")
        return f'"{words}"'

    def variable(self) -> str:
        token = self.take()
        self.need(token.kind == "variable")
        return "?" + token.text[1:]

    def take(self) -> sparql.Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def takes(self, text: str) -> bool:
        """Goes past this word or sign, where it stands next; words in any case, but for `a`."""
        token = self.tokens[self.at]
        found = token.text == text or (token.kind == "word" and text != "a" and token.text.upper() == text)
        self.at += found
        return found

    def need(self, holds: bool) -> None:
        if not holds:
            raise _NoCount
