"""A named query + values as a person types them -> its text with what they mean in a store."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import pyoxigraph as ox

from kg.errors import QueryError, UsageError
from kg.query.files import NamedQuery, Parameter, nearest
from kg.store import sparql
from kg.store.embedded import Store
from kg.vocabulary import ACTOR_KINDS, ID, KG, PREFIXES, RDFS, SCHEMA, SCHEMES, SKOS, XSD, concept

ANY = "any"  # the value that binds nothing, where a query's author wrote UNDEF as the default
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
        return bool(store.query(f"ASK {{ {ox.NamedNode(iri)} a <{KG}{cls}> }}"))
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
