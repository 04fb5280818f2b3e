"""A frame -> SPARQL: one general query over statements, built of serialised terms and of nothing a user typed.

Every block below is fixed text with places for lists of terms. What several articles say of one commitment or condition is taken
once, by a subquery (`queries/README.md`). A negated frame asks for the statements of those actors of whom no statement on the topic
says what is denied: whoever is silent is not in the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyoxigraph as ox

from kg.ask.frame import Frame, Group, Pick, Wanted
from kg.vocabulary import KG, PREFIXES, concept

_PASSAGE = ["?statement kg:reportedIn ?article ; kg:context ?context .", "?context oa:exact ?quote ; oa:start ?start ; oa:end ?end ."]
_COMMITMENT = "?statement kg:expresses ?commitment . { SELECT DISTINCT ?commitment ?actor WHERE { ?commitment kg:committer ?actor } }"
_REFUSED = f"?statement kg:stance {ox.NamedNode(concept('stances', 'refused'))}"
_PREFIXES = ("kg", "oa", "schema", "skos")


def compose(frame: Frame) -> str:
    """The SPARQL that answers a frame; `columns` says what its rows hold."""
    if frame.silent:
        body = list(_silent(frame))
    elif frame.asks == "many":
        body = list(_counted(frame))
    else:
        body = list(_statements(frame))
    shown = columns(frame)
    head = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in _PREFIXES)
    order = " ".join(
        f"?{c}" for c in (*(c for c in ("article", "start") if c in shown), *(c for c in shown if c not in ("article", "start")))
    )
    return (
        f"{head}SELECT DISTINCT {' '.join('?' + c for c in shown)} WHERE {{\n"
        + "".join(f"  {line}\n" for line in body)
        + f"}} ORDER BY {order}\n"
    )


def columns(frame: Frame) -> tuple[str, ...]:
    """The columns of the answer."""
    passage = ("quote", "article", "start", "end")
    if frame.silent:
        return ("actor", *passage)
    if frame.asks == "many":
        return ("speaker", "about", "measure", "lowest", "highest", "unit", *passage)
    more = {"where": ("not_in",) if frame.negated == "place" else ("only_in", "not_in"), "when": ("date",)}.get(frame.asks, ())
    decider = ("decider",) if frame.decides and _positive(frame) else ()
    others = tuple(f"condition_{n}" for n in range(2, len(_positive(frame)) + 1))
    return (*more, *decider, "speaker", "possible_speaker", "actor", "commitment", "stance", "condition", *others, *passage)


def _positive(frame: Frame) -> tuple[Group, ...]:
    return () if _denies(frame) else tuple(group for group in frame.conditions if not group.denied)


def _denies(frame: Frame) -> bool:
    """Whether the whole question is what is not so."""
    return frame.negated in ("stance", "condition")


# The whole query


def _statements(f: Frame) -> Iterator[str]:
    """What must hold, then what may, then what must not: the order in which an engine is quickest."""
    yield from _PASSAGE
    if _has_commitment(f):
        yield _COMMITMENT
        yield from _action(f, "?commitment", "?topic")
    if f.negated != "stance":
        yield from _verb(f, "?statement")
    for number, group in enumerate(_positive(f), 1):
        yield from _attached(group, "?statement", "?condition" if number == 1 else f"?condition_{number}", str(number))
    if "decider" in columns(f):
        yield f"{_decided('?condition', '?decider')} {_is('?decider', _deciders(f))}"
    attaches = "?statement kg:attaches ?condition"
    if not _positive(f) and f.conditioned and not _denies(f):
        yield f"{attaches} ."
    yield from _people(f)
    if not _has_commitment(f):
        yield f"OPTIONAL {{ {_COMMITMENT} }}"
    if not _positive(f) and not (f.conditioned and not _denies(f)):
        yield f"OPTIONAL {{ {attaches} }}"
    if not f.stances or f.negated == "stance":
        yield "OPTIONAL { ?statement kg:stance ?stance }"
    yield "OPTIONAL { ?statement kg:speaker ?speaker }"
    yield "OPTIONAL { ?statement kg:possibleSpeaker ?possible_speaker }"
    if f.asks == "who" and not _has_commitment(f):
        yield "FILTER(BOUND(?actor) || BOUND(?speaker) || BOUND(?possible_speaker))"
    if f.negated == "place":
        yield f"{{ ?statement kg:notIn ?not_in }} UNION {{ {_REFUSED} ; kg:onlyIn ?not_in }}"
    elif f.asks == "where":
        yield "OPTIONAL { ?statement kg:onlyIn ?only_in } OPTIONAL { ?statement kg:notIn ?not_in } FILTER(BOUND(?only_in) || BOUND(?not_in))"
    if f.asks == "when":
        yield "OPTIONAL { ?statement kg:saidOn ?said } OPTIONAL { ?article schema:datePublished ?published } BIND(COALESCE(?said, ?published) AS ?date)"
    yield from _denied(f)


def _has_commitment(f: Frame) -> bool:
    denied = f.negated or any(group.denied for group in f.conditions)
    return bool(f.actions or f.stances or denied or (f.reading == "committer" and f.slot("subject") != Pick()))


def _action(f: Frame, commitment: str, variable: str) -> Iterator[str]:
    if f.actions:
        named = f"VALUES {variable} {{ {_iris(f.actions)} }} {variable}_within skos:broaderTransitive {variable} ."
        yield f"{{ SELECT DISTINCT {commitment} WHERE {{ {named} {commitment} kg:action {variable}_within }} }}"


def _verb(f: Frame, statement: str) -> Iterator[str]:
    variable = "?stance" if statement == "?statement" else "?denied"
    if f.stances:
        yield f"VALUES {variable} {{ {_words('stances', f.stances)} }} {statement} kg:stance {variable} ."
    for name, scheme, words in (("strength", "strengths", f.strengths), ("force", "forces", f.forces), ("channel", "channels", f.channels)):
        if words:
            yield f"VALUES {variable}_{name} {{ {_words(scheme, words)} }} {statement} kg:{name} {variable}_{name} ."


def _denied(f: Frame) -> Iterator[str]:
    """Without those of whom a statement on the topic says it; where no topic is named, without those commitments.

    A subquery is answered once and not for every row. *No parliament and no ceasefire* is two of them.
    """
    each: list[tuple[Group, ...]] = [f.conditions] if f.negated == "stance" else [(g,) for g in f.conditions if g.denied]
    who = "?speaker" if f.forces and not f.stances and _denies(f) else "?actor"
    if f.negated != "stance":
        who = "?actor" if f.actions else "?commitment"
    if f.negated == "condition":
        each = [(group,) for group in f.conditions] or [()]
    if who == "?speaker":
        yield "FILTER(BOUND(?speaker))"
    same = "?commitment" if who == "?commitment" else "?same"
    for groups in each:
        yield f"MINUS {{ SELECT DISTINCT {who} WHERE {{"
        yield f"  ?other kg:expresses {same} . {same} kg:committer ?actor ." + (
            " ?other kg:speaker ?speaker ." if who == "?speaker" else ""
        )
        yield from (f"  {line}" for line in _action(f, same, "?same_topic"))
        if f.negated == "stance":
            yield from (f"  {line}" for line in _verb(f, "?other"))
        for number, group in enumerate(groups, 1):
            yield from (f"  {line}" for line in _attached(group, "?other", f"?denied_condition_{number}", f"d{number}"))
        if f.negated == "condition" and not groups:
            yield "  ?other kg:attaches ?any_condition ."
        yield "} }"


# Conditions


def _attached(group: Group, statement: str, condition: str, n: str) -> Iterator[str]:
    """The condition itself, or one that what is attached hangs on in the same article, however deep."""
    ways = "|".join(f"kg:{way}" for way in group.ways)
    top, named = f"?top_{n}", f"?named_{n}"
    yield f"{{ {statement} {ways} {condition} }}"
    yield f"UNION {{ {statement} {ways} {top} ; kg:mention {named} . {top} kg:mention {named} . {named} kg:refersTo {condition} }}"
    yield " UNION ".join(f"{{ {' '.join(_wanted(w, condition, n))} }}" for w in group.any_of)


def _wanted(w: Wanted, condition: str, number: str) -> Iterator[str]:
    if w.circumstances:
        named = (
            f"VALUES ?circumstance_{number} {{ {_iris(w.circumstances)} }} ?met_{number} skos:broaderTransitive ?circumstance_{number} ."
        )
        yield f"{{ SELECT DISTINCT {condition} WHERE {{ {named} {condition} kg:circumstance ?met_{number} }} }}"
    if w.kinds:
        named = f"VALUES ?kind_{number} {{ {_words('condition-kinds', w.kinds)} }}"
        yield f"{{ SELECT DISTINCT {condition} WHERE {{ {named} {condition} kg:kind ?kind_{number} }} }}"
    if w.by != Pick():
        yield f"{_decided(condition, f'?decider_{number}')} {_is(f'?decider_{number}', w.by)}"


def _decided(condition: str, decider: str) -> str:
    return f"{{ SELECT DISTINCT {condition} {decider} WHERE {{ {condition} kg:decidedBy {decider} }} }}"


def _deciders(f: Frame) -> Pick:
    """Who may decide, of all the conditions that are asked for."""
    found = Pick()
    for wanted in (w for group in _positive(f) for w in group.any_of):
        found |= wanted.by
    return found


# Actors and places: each a list of patterns of which one must hold, their variables ending in the slot's name


def _people(f: Frame) -> Iterator[str]:
    subject = f.slot("subject")
    if subject != Pick():
        yield from _any({"committer": _committed, "speaker": _spoken, "either": _either}[f.reading](subject, "subject"), subject)
    for name, pick in f.slots:
        if name in _SLOTS:
            refused = _refused(pick, name) if name in ("in", "for") and "refused" in f.stances and not f.negated else []
            yield from _any([*_SLOTS[name](pick, name), *refused], pick)


def _committed(pick: Pick, t: str) -> list[str]:
    """These would act, or they spoke for those who would."""
    mouth = f"?statement kg:speaker|kg:possibleSpeaker ?mouth_{t} . {_is(f'?mouth_{t}', pick)}"
    return [
        _is("?actor", pick),
        f"{mouth} ?statement kg:onBehalfOf ?actor .",
        f"{mouth} ?tenure_{t} kg:holder ?mouth_{t} ; kg:officeOf ?actor .",
    ]


def _either(pick: Pick, t: str) -> list[str]:
    return [*_touched(pick, t, "kg:expresses/kg:committer"), *_spoken(pick, t)]


def _spoken(pick: Pick, t: str) -> list[str]:
    """Said by these, in their name, or by who held an office of theirs at the time or is one of their own; or printed by these."""
    said = f"?statement kg:speaker|kg:possibleSpeaker|kg:onBehalfOf ?mouth_{t} . {_is(f'?mouth_{t}', pick)}"
    if not pick.actors:
        return [said]
    body = _is(f"?body_{t}", pick)
    office = (
        f"{body} ?tenure_{t} kg:officeOf ?body_{t} ; kg:holder ?mouth_{t} . ?statement kg:speaker ?mouth_{t} ; kg:reportedIn/schema:datePublished ?day_{t} . "
        f"OPTIONAL {{ ?tenure_{t} kg:from ?from_{t} }} OPTIONAL {{ ?tenure_{t} kg:to ?to_{t} }} "
        f"FILTER((!BOUND(?from_{t}) || STR(?from_{t}) <= STR(?day_{t})) && (!BOUND(?to_{t}) || STR(?to_{t}) >= STR(?day_{t})))"
    )
    own = f"{body} VALUES ?folk_{t} {{ kg:Person kg:UnnamedSource }} ?mouth_{t} kg:memberOf ?body_{t} ; a ?folk_{t} . ?statement kg:speaker ?mouth_{t} ."
    printed = f"{_is(f'?outlet_{t}', pick)} ?outlet_{t} a kg:Outlet ; skos:prefLabel|skos:altLabel ?name_{t} . ?article schema:publisher ?name_{t} ."
    return [said, office, own, printed]


def _according(pick: Pick, t: str) -> list[str]:
    """Said by these, or passed on by these."""
    relayed = f"?statement kg:relayedBy+ ?outer_{t} . ?outer_{t} kg:speaker ?mouth_{t} . {_is(f'?mouth_{t}', pick)}"
    return [*_spoken(pick, t), relayed]


def _touched(pick: Pick, t: str, properties: str) -> list[str]:
    return [f"?statement {properties} ?party_{t} . {_is(f'?party_{t}', pick)}"] if pick.actors or pick.classes else []


def _concerning(pick: Pick, t: str) -> list[str]:
    return _touched(pick, t, "(kg:expresses/(kg:committer|kg:beneficiary|kg:against))|kg:addressee")


def _for(pick: Pick, t: str) -> list[str]:
    return [*_touched(pick, t, "(kg:expresses/kg:beneficiary)|kg:addressee|kg:onBehalfOf"), *_within(pick, t)]


def _against(pick: Pick, t: str) -> list[str]:
    return _touched(pick, t, "kg:expresses/(kg:against|kg:beneficiary)")


def _from(pick: Pick, t: str) -> list[str]:
    return _touched(pick, t, "kg:expresses/kg:committer")


def _about(pick: Pick, t: str) -> list[str]:
    return _touched(pick, t, "(kg:mention/kg:refersTo)|(kg:expresses/(kg:committer|kg:beneficiary|kg:against))|(kg:attaches/kg:decidedBy)")


def _within(pick: Pick, t: str) -> list[str]:
    places = _iris(pick.places)
    return (
        [f"VALUES ?around_{t} {{ {places} }} ?inside_{t} skos:broaderTransitive ?around_{t} . ?statement kg:onlyIn ?inside_{t} ."]
        if places
        else []
    )


def _refused(pick: Pick, t: str) -> list[str]:
    """A refusal reaches a place where it names it either way, names one around it, or names none at all."""
    if not pick.places:
        return []
    named = f"VALUES ?here_{t} {{ {_iris(pick.places)} }}"
    return [
        f"{named} {_REFUSED} ; kg:notIn ?out_{t} . ?out_{t} skos:broaderTransitive ?here_{t} .",
        f"{named} {_REFUSED} ; kg:onlyIn|kg:notIn ?wide_{t} . ?here_{t} skos:broaderTransitive ?wide_{t} .",
        f"{_REFUSED} . FILTER NOT EXISTS {{ ?statement kg:onlyIn|kg:notIn ?named_{t} }}",
    ]


def _outside(pick: Pick, t: str) -> list[str]:
    """Not in a place in which the named one lies."""
    places = _iris(pick.places)
    return (
        [f"VALUES ?inner_{t} {{ {places} }} ?inner_{t} skos:broaderTransitive ?barred_{t} . ?statement kg:notIn ?barred_{t} ."]
        if places
        else []
    )


_SLOTS = {
    "concerning": _concerning, "for": _for, "against": _against, "in": _within, "outside": _outside, "according": _according,
    "from": _from, "about": _about,
}  # fmt: skip


def _any(patterns: list[str], pick: Pick) -> Iterator[str]:
    """A few actors lead to their statements; a class has too many, so each statement found is looked at."""
    if patterns and pick.classes:
        yield "FILTER(" + " || ".join(f"EXISTS {{ {pattern} }}" for pattern in patterns) + ")"
    elif patterns:
        yield " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)


def _is(variable: str, pick: Pick) -> str:
    """That a variable is one of the picked actors, or of a picked class."""
    one = [f"{{ VALUES {variable} {{ {_iris(pick.actors)} }} }}"] if pick.actors else []
    kind = (
        [f"{{ VALUES {variable}_class {{ {_iris(KG + name for name in pick.classes)} }} {variable} a {variable}_class }}"]
        if pick.classes
        else []
    )
    return " UNION ".join([*one, *kind])


# The two other forms


def _silent(f: Frame) -> Iterator[str]:
    """Who is named in an article and of whom no statement tells a stance on the topic."""
    pick = f.slot("subject") if f.slot("subject") != Pick() else Pick(classes=("State",))
    yield from _PASSAGE
    yield f"?statement (kg:mention/kg:refersTo)|kg:speaker|(kg:expresses/(kg:committer|kg:beneficiary|kg:against)) ?actor . {_is('?actor', pick)}"
    yield "MINUS { SELECT DISTINCT ?actor WHERE {"
    yield "  ?other kg:stance ?any_stance ; kg:expresses ?same . ?same kg:committer ?actor ."
    yield from (f"  {line}" for line in _action(f, "?same", "?topic"))
    yield "} }"


def _counted(f: Frame) -> Iterator[str]:
    yield from _PASSAGE
    yield "?statement kg:expresses ?claim . ?claim a kg:Claim ; kg:measure ?measure ."
    yield from (f"OPTIONAL {{ ?claim kg:{name} ?{name} }}" for name in ("about", "lowest", "highest", "unit"))
    yield "OPTIONAL { ?statement kg:speaker ?speaker }"
    if f.measures:
        words = ", ".join(str(ox.Literal(m)) for m in f.measures)
        yield f"FILTER(?measure IN ({words}) || ?unit IN ({words}) || ?about IN ({words}))"
    yield from _people(replace(f, reading="speaker"))


# Terms


def _iris(iris: Iterable[str]) -> str:
    return " ".join(str(ox.NamedNode(iri)) for iri in iris)


def _words(scheme: str, words: Iterable[str]) -> str:
    return _iris(concept(scheme, word) for word in words)
