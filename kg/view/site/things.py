"""All that is known of one actor, commitment or condition, down to the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from kg.analyse.readings import many
from kg.view.site.addresses import address
from kg.view.site.maker import Maker, Page, Row

MOST_QUOTES = 100  # statements that one page of a thing shows
MOST_ROWS = 200  # rows of one of its tables


def things(m: Maker) -> Iterator[Page]:
    """The lists of actors, commitments and conditions, and a page for each."""
    facts = m.facts
    most_said = sorted(m.commitments, key=lambda c: -len(facts.expressed[c]))
    by_actor = many((actor, c) for c in most_said for actor in facts.committers.get(c, ()))
    rows: list[Row] = [({"iris": [a]}, facts.kind.get(a, ""), len(by_actor.get(a, ())), len(facts.heard.get(a, ()))) for a in m.actors]
    yield from m.list("actors", "Actors", "Who speaks, commits or decides.", ("Actor", "Kind", "Commitments", "Statements"), rows)
    for a in m.actors:
        yield address(a), partial(_actor, m, a, by_actor.get(a, []))
    rows = [
        ({"iris": facts.committers.get(c, [])}, {"iris": [c]}, {"stances": list(m.show.stances(c))}, m.show.attached(c), m.show.origins(facts.expressed[c]))
        for c in m.commitments
    ]  # fmt: skip
    heads = ("Who", "Commitment", "Stance", "Conditions", "Sources")
    yield from m.list("commitments", "Commitments", "What was promised, left open or refused.", heads, rows)
    for c in m.commitments:
        yield address(c), partial(_commitment, m, c)
    conditions = sorted(facts.readings.conditions, key=lambda c: (-len(facts.needed_by.get(c, ())), facts.name(c).casefold(), c))
    rows = [({"iris": [c]}, facts.readings.conditions[c].kind, {"iris": sorted(facts.readings.conditions[c].by)}, len(_hanging(m, c)), m.show.origins(facts.needed_by.get(c, ()))) for c in conditions]  # fmt: skip
    heads = ("Condition", "Kind", "Who decides", "Commitments", "Sources")
    yield from m.list("conditions", "Conditions", "What must hold; those that most hangs on first.", heads, rows)
    for c in conditions:
        yield address(c), partial(_condition, m, c)


def _part(m: Maker, title: str, statements: Sequence[str], about: bool = True) -> dict[str, Any]:
    shown = m.show.all(statements[:MOST_QUOTES])
    note = f"The first {MOST_QUOTES} of {len(statements)} are shown." if len(statements) > MOST_QUOTES else ""
    return {"title": title, "count": len(statements), "said": shown, "about": about, "note": note, "table": None}


def _table(title: str, heads: Sequence[str], table: list[Row], count: int) -> dict[str, Any]:
    note = f"The first {MOST_ROWS} rows of {len(table)} are shown." if len(table) > MOST_ROWS else ""
    return {"title": title, "count": count, "said": None, "note": note, "heads": heads, "table": table[:MOST_ROWS]}


def _actor(m: Maker, a: str, commitments: list[str]) -> bytes:
    facts = m.facts
    details = facts.details.get(a, {})
    plain = [("Other names", (), ", ".join(facts.aliases.get(a, ())[:12])), ("Member of", details.get("memberOf", ()), "")]
    offices = [(f"{since or '?'} – {until or ''}".strip(" –") or "", office, of) for office, of, since, until in facts.tenures.get(a, ())]
    parts: list[dict[str, Any]] = []
    table: list[Row]
    if offices:
        table = [(office, {"iris": [of]}, when) for when, office, of in offices]
        parts.append(_table("Offices", ("Office", "Of", "When"), table, len(offices)))
    if commitments:
        table = [({"stance": stance}, {"iris": [c]}, m.show.attached(c), m.show.origins(facts.expressed[c])) for c in commitments for stance in m.show.stances(c)]  # fmt: skip
        parts.append(_table("Its commitments", ("Stance", "Commitment", "Conditions", "Sources"), table, len(commitments)))
    if decides := facts.decides.get(a):
        table = [({"iris": [c]}, {"iris": _hanging(m, c)}) for c in decides]
        parts.append(_table("What it decides", ("Condition", "Which commitments hang on it"), table, len(decides)))
    if facts.heard.get(a):
        parts.append(_part(m, "What it said, or was said for it", facts.heard[a]))
    pairs = [pair for pair in plain if pair[1] or pair[2]]
    return m.page(address(a), "thing", facts.name(a), kind=facts.kind.get(a, "actor"), pairs=pairs, parts=parts, iri=a)


def _hanging(m: Maker, condition: str) -> list[str]:
    statements = (m.facts.statements[s] for s in m.facts.needed_by.get(condition, ()))
    return sorted({s.expresses for s in statements if s.expresses}, key=lambda c: (m.facts.name(c), c))


def _commitment(m: Maker, c: str) -> bytes:
    facts = m.facts
    details = facts.details[c]
    pairs = [("Who", facts.committers.get(c, ()), ""), ("What", details.get("action", ()), ""), ("For", details.get("beneficiary", ()), ""),
             ("Against", details.get("against", ()), ""), ("Part of", details.get("partOf", ()), "")]  # fmt: skip
    pairs.append(("Parts", facts.parts.get(c, ()), ""))
    pairs += [(words.capitalize(), some, "") for words, some in m.show.conditions(c).items()]
    own = [s for s in facts.expressed[c] if facts.statements[s].words.get("stance")]
    others = [s for s in facts.expressed[c] if s not in set(own)]
    parts = [_part(m, "Who said so, and in which words", own, False)] + (
        [_part(m, "Who demands, asks or denies it", others, False)] if others else []
    )
    sources = m.show.origins(own)
    parts[0]["note"] = f"{sources} independent source{'' if sources == 1 else 's'}. {parts[0]['note']}"
    return m.page(address(c), "thing", facts.name(c), kind="Commitment", pairs=[p for p in pairs if p[1]], parts=parts, iri=c)


def _condition(m: Maker, c: str) -> bytes:
    facts = m.facts
    details = facts.details[c]
    kind = facts.readings.conditions[c].kind
    pairs = [("Circumstance", details.get("circumstance", ()), ""), ("Kind", (), kind), ("Who decides", details.get("decidedBy", ()), ""),
             ("Who refuses or can withhold it", details.get("opposedBy", ()), ""), ("Depends on", details.get("dependsOn", ()), ""),
             ("Brought about by", details.get("fulfilledBy", ()), ""),
             ("Needed by", facts.dependent.get(c, ()), "")]  # fmt: skip
    hanging = _hanging(m, c)
    parts: list[dict[str, Any]] = []
    if hanging:
        table: list[Row] = [({"iris": facts.committers.get(h, [])}, {"iris": [h]}, ", ".join(w for w, some in m.show.conditions(h).items() if c in some)) for h in hanging]  # fmt: skip
        parts.append(_table("What hangs on it", ("Who", "What", "How"), table, len(hanging)))
    if facts.needed_by.get(c):
        parts.append(_part(m, "In which words", facts.needed_by[c]))
    return m.page(address(c), "thing", facts.name(c), kind="Condition", pairs=[p for p in pairs if p[1] or p[2]], parts=parts, iri=c)
