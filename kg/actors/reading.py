"""Turtle -> the registry: the files that travel with the package, and a user's own on top of them.

What bears the same IRI in a user's file takes the place of the packaged entry, whole.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox

from kg.errors import ReadError
from kg.model import Actor, Concept, Registry, Tenure
from kg.resources import folder
from kg.vocabulary import ACTOR_KINDS, ID, OPEN_SCHEMES, RDF, RDFS, SCHEMA, SKOS, SOURCE, SUPERCLASSES, kg

FILES = ("actors.ttl", "states.ttl", "bodies.ttl", "people.ttl", "actions.ttl")
FORM = "write it in the form of ontology/actors.ttl and ontology/actions.ttl"
HELD = {kg(name) for name in ("Actor", *ACTOR_KINDS.values(), "Tenure", "Action", "Circumstance", "Place")}
PARTIAL_DATE = r"\d{4}(-\d\d(-\d\d)?)?"
HIGHEST = 100  # concepts above one; each is written out for each below it, so a long chain would grow by its square
CLOSE = 0.6  # how alike two names must be to be suggested: difflib's own default

Values = dict[str, list[str]]  # predicate -> the values, literals by their words, in the order of the file
Entry = Actor | Concept | Tenure
Key = tuple[str, str]  # folder and id: ("actor/", "friedrich-merz")


def load_registry(extra: Path | None = None) -> Registry:
    """The registry that travels with the package, and a user's own file on top of it.

    `extra` is Turtle in the same form: an actor, concept or tenure with an IRI that is there already replaces it whole.
    Raises ReadError, which names the file (and for bad Turtle the line), where it cannot be read, uses blank nodes,
    gives an actor no kind or a thing no name, or refers to what neither has.

    >>> merz = load_registry().find_actor("Merz", "person")
    >>> merz.label, [tenure.of for tenure in load_registry().tenures if tenure.holder == merz.id]
    ('Friedrich Merz', ['germany'])
    """
    packaged = _packaged()
    return _registry(packaged | _read(extra), extra) if extra else _registry_of_the_package()


def nearest(registry: Registry, word: str, n: int = 3) -> list[str]:
    """At most `n` names of actors and concepts that look most like the word, nearest first; for error messages.

    >>> nearest(load_registry(), "Bundestaag", 1)
    ['Bundestag']
    """
    concepts = [concept for scheme in registry.concepts.values() for concept in scheme.values()]
    things: list[Actor | Concept] = [*registry.actors.values(), *concepts]
    names: dict[str, str] = {}
    for thing in things:
        for name in (thing.label, *thing.aliases):
            names.setdefault(name.casefold(), name)
    return [names[close] for close in difflib.get_close_matches(word.casefold(), names, n, CLOSE)] if word else []


@functools.cache
def _packaged() -> dict[Key, Entry]:
    return {key: entry for name in FILES for key, entry in _read(folder("ontology") / name).items()}


@functools.cache
def _registry_of_the_package() -> Registry:
    return _registry(_packaged(), folder("ontology"))


def _registry(entries: dict[Key, Entry], path: Path) -> Registry:
    """The entries by what they are; raises ReadError where one refers to an actor or concept that is not among them."""
    for key, entry in entries.items():
        for other in _refers_to(key, entry):
            if other not in entries:
                raise ReadError(
                    f"{''.join(key)} refers to {''.join(other)}, which nothing describes", str(path), "describe it in the same file"
                )
        if len(_above(entries, key)) > HIGHEST:
            raise ReadError(
                f"{''.join(key)} has more than {HIGHEST} concepts above it", str(path), "leave out skos:broader where it says little"
            )
    concepts = {
        scheme: {c.id: c for key, c in entries.items() if isinstance(c, Concept) and key[0] == place}
        for scheme, place in OPEN_SCHEMES.items()
    }
    actors = {actor.id: actor for actor in entries.values() if isinstance(actor, Actor)}
    return Registry(actors, concepts, tuple(tenure for tenure in entries.values() if isinstance(tenure, Tenure)))


def _above(entries: dict[Key, Entry], key: Key) -> set[Key]:
    """The concepts above an entry, the first `HIGHEST` and some; a cycle does no harm."""
    found: set[Key] = set()
    reached = {key}
    while reached and len(found) <= HIGHEST:
        reached = {broader for at in reached if isinstance(entry := entries[at], Concept) for broader in _refers_to(at, entry)} - found
        found |= reached
    return found


def _refers_to(key: Key, entry: Entry) -> list[Key]:
    match entry:
        case Concept():
            return [(key[0], id) for id in entry.broader]
        case Actor():
            return [("actor/", id) for id in entry.member_of]
        case Tenure():
            return [("actor/", entry.holder), ("actor/", entry.of)]


def _read(path: Path) -> dict[Key, Entry]:
    """The actors, concepts and tenures of one file, in its order."""
    described: dict[str, Values] = defaultdict(lambda: defaultdict(list))
    try:
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.NamedNode | ox.Literal):
                raise ReadError("a blank node stands in the registry", str(path), f"give every thing an IRI below {ID}")
            described[quad.subject.value][quad.predicate.value].append(quad.object.value)
    except SyntaxError as error:
        raise ReadError(f"the registry is not well-formed Turtle: {error.msg}", f"{path}:{error.lineno}", FORM) from error
    except OSError as error:
        raise ReadError(f"the registry cannot be read: {error}", str(path), "give a Turtle file") from error
    entries: dict[Key, Entry] = {}
    for iri, values in described.items():
        place, id = _key(iri)
        if place == "actor/":
            same, sources = tuple(values.get(SCHEMA + "sameAs", ())), tuple(values.get(SOURCE, ()))
            names, members = _names(values), _ids(values, kg("memberOf"))
            entries[place, id] = Actor(id, _name(iri, values, path), _kind(iri, values, path), names, members, same, sources)
        elif place in OPEN_SCHEMES.values():
            entries[place, id] = Concept(id, _name(iri, values, path), _names(values), _ids(values, SKOS + "broader"))
        elif place == "tenure/":
            entries[place, id] = _tenure(iri, values, path)
        elif HELD & set(values.get(RDF + "type", ())):
            raise ReadError(
                f"{iri} is not an IRI of the registry",
                str(path),
                f"name it {ID}actor/…, …/action/…, …/circumstance/…, …/place/… or …/tenure/…",
            )
    return entries


def _kind(iri: str, values: Values, path: Path) -> str:
    """The one kind of an actor: what its classes say, without those that are above another of them."""
    kinds = [kind for kind, name in ACTOR_KINDS.items() if kg(name) in values.get(RDF + "type", ())]
    above = {parent for kind in kinds for parent in SUPERCLASSES[ACTOR_KINDS[kind]]}
    own = [kind for kind in kinds if ACTOR_KINDS[kind] not in above]
    if len(own) != 1:
        raise ReadError(
            f"{iri} has {'several kinds: ' + ', '.join(own) if own else 'no kind'}", str(path), f"make it one of {', '.join(ACTOR_KINDS)}"
        )
    return own[0]


def _tenure(iri: str, values: Values, path: Path) -> Tenure:
    holder, of = (_key(_one(iri, values, kg(term), path))[1] for term in ("holder", "officeOf"))
    start, end = (_one(iri, values, kg(term), path) if kg(term) in values else None for term in ("from", "to"))
    for day in (start, end):
        if day and not re.fullmatch(PARTIAL_DATE, day):
            raise ReadError(f"{iri} has the date {day}", str(path), "write a day, a month or a year: 2026-01-06, 2026-01, 2026")
    return Tenure(holder, _one(iri, values, kg("office"), path), of, start, end)


def _one(iri: str, values: Values, predicate: str, path: Path) -> str:
    found = values.get(predicate, [])
    if len(found) != 1:
        raise ReadError(f"{iri} has {len(found)} values of {predicate}, not one", str(path), FORM)
    return found[0]


def _name(iri: str, values: Values, path: Path) -> str:
    return _one(iri, values, SKOS + "prefLabel" if SKOS + "prefLabel" in values else RDFS + "label", path)


def _names(values: Values) -> tuple[str, ...]:
    return tuple(values.get(SKOS + "altLabel", ()))


def _ids(values: Values, predicate: str) -> tuple[str, ...]:
    return tuple(_key(iri)[1] for iri in values.get(predicate, ()))


def _key(iri: str) -> Key:
    """Folder and id of an IRI of the registry; for any other IRI no folder and the whole of it."""
    place, slash, id = iri.removeprefix(ID).partition("/")
    return (place + slash, unquote(id)) if iri.startswith(ID) and slash else ("", iri)
