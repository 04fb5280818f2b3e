"""What changed for an actor, beside the rule spelt out in Python, on dates of every precision."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from kg.query import ask_store, load_query
from kg.store.embedded import memory
from kg.vocabulary import concept

DATES = ("2025", "2026", "2025-12", "2026-01", "2026-02", "2025-12-30", "2026-01-03", "2026-01-05", "2026-01-31", "2026-02-01")
PREFIXES = "".join(f"PREFIX {name}: <{iri}> " for name, iri in {
    "kg": "https://w3id.org/proviso#", "oa": "http://www.w3.org/ns/oa#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/", "x": "x:"}.items())  # fmt: skip
Said = tuple[str, str]  # when, and the stance

said = st.tuples(st.sampled_from(DATES), st.sampled_from(("pledged", "open", "refused")))


def no_later(one: str, other: str) -> bool:
    """Whether a date is no later than another, as far as both say."""
    return one[: len(other)] <= other[: len(one)]


def expected(statements: list[Said], since: str, until: str) -> set[tuple[str, str, str, str]]:
    """Date, change, stance before and stance of what was said after `since`, up to `until`."""
    earlier = [one for one in statements if no_later(one[0], since)]
    latest = {stance for when, stance in earlier if all(no_later(other, when) for other, _ in earlier)}
    return {
        (when, "same" if before == stance else "changed" if before else "new", before, stance)
        for when, stance in statements
        if not no_later(when, since) and no_later(when, until)
        for before in latest or {""}
    }


@given(st.lists(said, max_size=6), st.sampled_from(DATES), st.sampled_from(DATES))
def test_the_latest_stance_before_is_told_whatever_the_precision_of_dates(statements: list[Said], since: str, until: str) -> None:
    """None up to that day: new. Several of them as late as each other: a row for each."""
    words = f'{PREFIXES} x:norland a kg:Actor, kg:State ; rdfs:label "Norland" . x:promise kg:committer x:norland .'
    for n, (when, stance) in enumerate(statements):
        date = f"x:a{n} schema:datePublished" if n % 2 else f"x:s{n} kg:saidOn"
        words += f"""
            x:s{n} kg:expresses x:promise ; kg:stance <{concept("stances", stance)}> ; kg:reportedIn x:a{n} ; kg:context x:q{n} .
            x:q{n} oa:exact "words" ; oa:start 0 ; oa:end 5 . {date} "{when}" ."""
    triples = ox.parse(words, format=ox.RdfFormat.TURTLE)
    store = memory(ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode("x:all")) for t in triples)
    answer = ask_store(store, load_query("stances_changed"), {"actor": "Norland", "since": since, "until": until})
    at = [answer.columns.index(column) for column in ("date", "change", "before", "stance")]
    told = {tuple(getattr(row[k], "value", "").rsplit("#stance-", 1)[-1] for k in at) for row in answer.rows}
    assert told == expected(statements, since, until)
