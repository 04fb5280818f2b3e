"""RDF terms, plain: IRIs, literals, triples, and how IRIs of ours are made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from kg.model import Number
from kg.vocabulary import ID, RDF, RDFS, XSD

_INTEGER = XSD + "integer"
LABEL = 80  # code points of a label made from a text's words


class Iri(str):
    """An absolute IRI."""

    __slots__ = ()


class Literal(NamedTuple):
    """A literal: its lexical form and the IRI of its datatype."""

    value: str
    datatype: str = XSD + "string"


Term = Iri | Literal
Triple = tuple[Iri, Iri, Term]

_to_json = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode  # which json.dumps makes anew each time
TYPE, LABEL_OF = Iri(RDF + "type"), Iri(RDFS + "label")


def article_iri(article_id: str) -> Iri:
    """The IRI of an article and of its named graph; any id is safe in it.

    >>> article_iri("a <b>")
    'https://w3id.org/proviso/id/article/a%20%3Cb%3E'
    """
    return Iri(f"{ID}article/{quote(article_id, safe='')}")


@lru_cache(10_000)
def thing_iri(folder: str, id: str) -> Iri:
    """The IRI of an actor, action, circumstance, place or tenure by its slug; `thing_id` is the way back."""
    return Iri(f"{ID}{folder}/{quote(id, safe='')}")


def thing_id(iri: str) -> str:
    """The slug of an actor, action, circumstance or place, or the id of an article, by its IRI."""
    return unquote(iri.rsplit("/", 1)[1])


def sort_triples(triples: Iterable[Triple]) -> list[Triple]:
    """The triples without duplicates, in one fixed order."""
    each = set(triples)
    try:
        return sorted(each)  # half the time
    except TypeError:  # a property has things and words as values of one subject
        return sorted(each, key=lambda t: (t[0], t[1], isinstance(t[2], Literal), t[2]))


def hashed(*parts: object) -> str:
    return hashlib.sha256(_to_json(parts).encode()).hexdigest()[:16]


def short(words: str, length: int = LABEL) -> str:
    words = " ".join(words.split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def boolean(value: bool) -> Literal:
    return Literal("true" if value else "false", XSD + "boolean")


def integer(value: int) -> Literal:
    return Literal(str(value), _INTEGER)


def number_literal(value: Number) -> Literal:
    return integer(value) if isinstance(value, int) else Literal(f"{Decimal(repr(value)):f}", XSD + "decimal")


def date_literal(iso: str) -> Literal:
    """A partial ISO date as the XSD type of its precision: xsd:date, xsd:gYearMonth or xsd:gYear."""
    return Literal(iso, XSD + {10: "date", 7: "gYearMonth", 4: "gYear"}[len(iso)])
