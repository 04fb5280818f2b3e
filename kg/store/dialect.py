"""What servers write otherwise than the standard has it, put right on the way in and out.

Virtuoso 7 gives a boolean as 1 or 0, a year as the January of it, and calls a literal with a type another kind of term; it takes a
long update only with a word of its own before it; it ends the triples of an answer at a limit without a word; and of the named
queries it answers a third otherwise than they are meant, so they are asked of a copy of its graphs (docs/remote.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kg.vocabulary import KG, XSD

# A header, and what it means where it is there: rows were left out.
PARTIAL = {"x-sparql-maxrows": "it gives no more rows", "x-sql-state": "it ran out of time"}
YEAR, OUR_YEAR = f"{XSD}gYear", f"{KG}year"  # a type it does not know is kept as it stands
_BOOLEAN = {"1": "true", "0": "false"}
_BOOLEAN_TERM = re.compile(rf'"([01])"(\^\^<{XSD}boolean> \.$)'.encode(), re.MULTILINE)
_YEAR_TERM = re.compile(rf'"\^\^<{OUR_YEAR}> \.$'.encode(), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of server differs: words before an update, whether triples end unsaid, graphs of its own, literals; and whether
    it is known to answer some queries otherwise than the standard has it."""

    name: str = "standard"
    prologue: str = ""
    cuts_triples: bool = False
    own: tuple[str, ...] = ()  # how the IRIs of its own graphs begin
    rewrites: bool = False
    misreads: bool = False

    def owns(self, graph: str) -> bool:
        """Whether a graph is the server's own, which nobody stored."""
        return graph.startswith(self.own) if self.own else False

    def lines(self, lines: Iterable[bytes], graph: str) -> list[bytes]:
        """N-Quads lines of a graph as the server is to have them."""
        if not self.rewrites:
            return list(lines)
        end = f" <{graph}> .\n".encode()
        old, new = f'"^^<{YEAR}>'.encode() + end, f'"^^<{OUR_YEAR}>'.encode() + end
        return [line.removesuffix(old) + new if line.endswith(old) else line for line in lines]

    def read_json(self, data: bytes) -> bytes:
        """SPARQL JSON as the standard has it."""
        if not self.rewrites:
            return data
        told: Any = json.loads(data)
        for row in told.get("results", {}).get("bindings", ()):
            for term in row.values():
                _mend(term)
        return json.dumps(told).encode()

    def read_triples(self, data: bytes) -> bytes:
        """N-Triples as the standard has them."""
        if not self.rewrites:
            return data
        # A text that ends like this has its quotation mark after it, so that the pattern finds types alone.
        data = _BOOLEAN_TERM.sub(lambda m: b'"true"' + m[2] if m[1] == b"1" else b'"false"' + m[2], data)
        return _YEAR_TERM.sub(f'"^^<{YEAR}> .'.encode(), data)


def _mend(term: dict[str, str]) -> None:
    if term.get("type") == "typed-literal":
        term["type"] = "literal"
    if term.get("datatype") == f"{XSD}boolean":
        term["value"] = _BOOLEAN.get(term["value"], term["value"])
    if term.get("datatype") == OUR_YEAR:
        term["datatype"] = YEAR


STANDARD = Dialect()
VIRTUOSO = Dialect(
    "Virtuoso", "define sql:big-data-const 1\n", True,
    ("http://www.openlinksw.com/", "http://www.w3.org/ns/ldp#", "http://localuriqaserver/", "http://localhost:8890/", "urn:activitystreams-owl:map",
     "urn:core:services:sparql", "http://www.w3.org/2002/07/owl#", "urn:rules.skos", "virtrdf-label"), True, True,
)  # fmt: skip


def dialect_of(server: str, opening: bytes = b"") -> Dialect:
    """The dialect of a server by what it calls itself (its header Server), or, where a proxy hides that, by how its JSON begins.

    >>> dialect_of("Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu").name, dialect_of("Oxigraph/0.5.13").name
    ('Virtuoso', 'standard')
    """
    return VIRTUOSO if server.startswith("Virtuoso") or b'"ordered": true' in opening else STANDARD
