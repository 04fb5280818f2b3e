"""The registry -> triples: actors, tenures, and the concepts of open and closed schemes."""

from __future__ import annotations

from collections.abc import Iterable

from kg.model import Actor, Concept, Registry, Tenure, slug
from kg.triples.terms import LABEL_OF, TYPE, Iri, Literal, Triple, date_literal, sort_triples, thing_iri
from kg.vocabulary import ACTOR_KINDS, OPEN_SCHEMES, SCHEMA, SCHEMES, SKOS, SOURCE, SUPERCLASSES, concept, kg

# A minted action that undoes its object is no narrower kind of it: withdrawing troops is not deploying them.
UNDOING = frozenset(["abandon", "against", "ban", "block", "cancel", "cut", "deny", "end", "expel", "forbid", "freeze", "halt", "limit", "no", "not", "oppose", "out", "prevent", "reduce", "refuse", "reject", "remove", "stop", "suspend", "withdraw", "withdrawing", "withdrawal"])  # fmt: skip


def registry_triples(registry: Registry) -> list[Triple]:
    """The registry as the sorted triples of `kg:registry`: actors, tenures, concepts of open and closed schemes.

    `skos:broaderTransitive` is written out, reflexive, so that no query needs a `*` path.
    """
    out: list[Triple] = []
    for actor in registry.actors.values():
        out += actor_triples(actor)
    for scheme, folder in OPEN_SCHEMES.items():
        for found in registry.concepts.get(scheme, {}).values():
            out += concept_triples(scheme, folder, found, ancestors(registry, scheme, found))
    for scheme, (_, words) in SCHEMES.items():
        for bare in words:
            iri = Iri(concept(scheme, bare))
            out += [(iri, TYPE, Iri(SKOS + "Concept")), (iri, LABEL_OF, Literal(bare)), (iri, Iri(SKOS + "prefLabel"), Literal(bare))]
            out += [(iri, Iri(SKOS + "inScheme"), Iri(kg(scheme)))]
    for tenure in registry.tenures:
        out += _tenure(registry, tenure)
    return sort_triples(out)


def actor_triples(actor: Actor) -> list[Triple]:
    iri, kind = thing_iri("actor", actor.id), ACTOR_KINDS[actor.kind]
    out: list[Triple] = [(iri, TYPE, Iri(kg(name))) for name in (kind, *SUPERCLASSES[kind])]
    out += [(iri, LABEL_OF, Literal(actor.label)), (iri, Iri(SKOS + "prefLabel"), Literal(actor.label))]
    out += [(iri, Iri(SKOS + "altLabel"), Literal(name)) for name in actor.aliases]
    out += [(iri, Iri(kg("memberOf")), thing_iri("actor", body)) for body in actor.member_of]
    out += [(iri, Iri(SCHEMA + "sameAs"), Iri(other)) for other in actor.same_as]
    return out + [(iri, Iri(SOURCE), Literal(source)) for source in actor.sources]


def concept_triples(scheme: str, folder: str, made: Concept, ancestors: Iterable[str]) -> list[Triple]:
    place = folder.rstrip("/")
    iri = thing_iri(place, made.id)
    out: list[Triple] = [
        (iri, TYPE, Iri(kg(place.capitalize()))),
        (iri, TYPE, Iri(SKOS + "Concept")),
        (iri, Iri(SKOS + "inScheme"), Iri(kg(scheme))),
    ]
    out += [(iri, LABEL_OF, Literal(made.label)), (iri, Iri(SKOS + "prefLabel"), Literal(made.label))]
    out += [(iri, Iri(SKOS + "altLabel"), Literal(name)) for name in made.aliases]
    out += [(iri, Iri(SKOS + "broader"), thing_iri(place, id)) for id in made.broader]
    return out + [(iri, Iri(SKOS + "broaderTransitive"), thing_iri(place, id)) for id in (made.id, *ancestors)]


def _tenure(registry: Registry, tenure: Tenure) -> list[Triple]:
    iri = thing_iri("tenure", slug(f"{tenure.holder} {tenure.office} {tenure.of} {tenure.start or ''}"))
    label = f"{registry.actors[tenure.holder].label}, {tenure.office} of {registry.actors[tenure.of].label}"
    out: list[Triple] = [(iri, TYPE, Iri(kg("Tenure"))), (iri, LABEL_OF, Literal(label)), (iri, Iri(kg("office")), Literal(tenure.office))]
    out += [(iri, Iri(kg("holder")), thing_iri("actor", tenure.holder)), (iri, Iri(kg("officeOf")), thing_iri("actor", tenure.of))]
    return out + [(iri, Iri(kg(end)), date_literal(day)) for end, day in (("from", tenure.start), ("to", tenure.end)) if day]


def ancestors(registry: Registry, scheme: str, found: Concept) -> list[str]:
    """Ids of all broader concepts, nearest first; a cycle in the registry does no harm."""
    seen: list[str] = []
    queue = list(found.broader)
    while queue:
        id = queue.pop(0)
        if id not in seen:
            seen.append(id)
            queue += registry.concepts[scheme][id].broader if id in registry.concepts[scheme] else ()
    return seen


def broader_of(registry: Registry, scheme: str, id: str) -> tuple[str, ...]:
    """The registry concept whose name the words of an unknown one contain, the longest name first, then the first one:
    *send peacekeepers* is narrower than whatever bears *peacekeepers*. An action that undoes its object is not."""
    words = id.split("-")
    if UNDOING & set(words):
        return ()
    runs = ("-".join(words[first : first + count]) for count in range(len(words), 0, -1) for first in range(len(words) - count + 1))
    known = next(filter(None, (registry.find_concept(scheme, run) for run in runs)), None)
    return (known.id,) if known else ()
