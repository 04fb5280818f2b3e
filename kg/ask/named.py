"""Is a question that of a named query? Its words are compared with each query's own, and with the forms of the grammar.

Where may {actor}'s {action} stand?   +   where may German troops stand   ->   queries/questions/….rq, actor, action
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.ask.frame import Part
from kg.ask.words import Lexicon, grammar, stems, tokens
from kg.errors import UsageError
from kg.query import NamedQuery, bind, list_queries
from kg.store.embedded import Store

THINGS = ("actor", "action", "circumstance", "place")
LONGEST = 12  # words of a parameter's value

Template = tuple[str, ...]  # stems, and slots as "{name}"
Values = dict[str, tuple[str, str]]  # slot -> its words, and for a thing its IRI


@dataclass(frozen=True, slots=True)
class Match:
    """A named query that is asked: its name, its SPARQL with the values bound, and the question in its words."""

    query: str
    text: str
    sentence: str
    parts: tuple[Part, ...]


def find(store: Store, lexicon: Lexicon, question: str) -> Match | None:
    """The named query whose question this is, word for word but for small words and endings; None where there is none."""
    words = _without_filler(tokens(question))
    if not words:
        return None
    queries = list_queries("questions")
    for query in queries:
        types = {p.name: p.type for p in query.parameters}
        values = _match(lexicon, _template(query.question), words, types)
        if values is not None:
            found = _bound(store, lexicon, query, values)
            if found:
                return found
    by_number = {query.number: query for query in queries if query.number}
    for form in grammar()["form"]:
        for say in form["say"] if form["number"] in by_number else ():
            values = _match(lexicon, _template(say), words, {name: name for name in THINGS})
            found = None if values is None else _by_type(store, lexicon, by_number[form["number"]], values)
            if found:
                return found
    return None


def _by_type(store: Store, lexicon: Lexicon, query: NamedQuery, values: Values) -> Match | None:
    """The query with a form's values in the parameters of their types; None where it lacks such a parameter."""
    places: dict[str, str] = {}
    for kind in values:
        fitting = [p.name for p in query.parameters if p.type == kind]
        if len(fitting) != 1:
            return None
        places[kind] = fitting[0]
    return _bound(store, lexicon, query, {places[kind]: value for kind, value in values.items()})


def _bound(store: Store, lexicon: Lexicon, query: NamedQuery, values: Values) -> Match | None:
    given = {name: iri or words for name, (words, iri) in values.items()}
    try:
        text = bind(store, query, given)
    except UsageError:
        return None  # the words stand where a value would and are none: it is another question
    shown = {name: f"[{lexicon.label.get(iri, iri) or words}]" for name, (words, iri) in values.items()}
    parts = tuple(Part(words, name, lexicon.label.get(iri, iri) or words) for name, (words, iri) in values.items())
    unsaid = ", ".join(f"{name} {words}" for name, words in shown.items() if f"{{{name}}}" not in query.question)
    return Match(query.name, text, query.asked(shown).rstrip("?. ") + (f" ({unsaid})" if unsaid else ""), parts)


def _template(text: str) -> Template:
    pieces: list[str] = []
    for piece in re.split(r"(\{[\w-]+\})", text):
        pieces += [piece] if piece.startswith("{") else stems(_without_filler(tokens(piece)))
    return tuple(pieces)


def _match(lexicon: Lexicon, template: Template, words: tuple[str, ...], types: Mapping[str, str]) -> Values | None:
    if not template:
        return None if words else {}
    first, *rest = template
    if not first.startswith("{"):
        return _match(lexicon, tuple(rest), words[1:], types) if words and stems(words[:1]) == (first,) else None
    name = first[1:-1]
    for length in range(1, min(LONGEST, len(words)) + 1):
        for value in _values(lexicon, words[:length], types.get(name, "text")):
            others = _match(lexicon, tuple(rest), words[length:], types)
            if others is not None:
                return {name: value} | others
    return None


def _values(lexicon: Lexicon, words: tuple[str, ...], kind: str) -> Iterator[tuple[str, str]]:
    if kind in THINGS:
        yield from ((" ".join(words), entry.value) for entry in lexicon.at(words) if entry.kind == kind)
    else:
        yield " ".join(words), ""


def _without_filler(words: tuple[str, ...]) -> tuple[str, ...]:
    small = {word for phrase in grammar()["filler"]["filler"] for word in (tokens(phrase) if " " not in phrase else ())}
    return tuple(word for word in words if word not in small)
