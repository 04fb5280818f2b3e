"""Who read what an answer rests on, and how many independent origins its articles go back to."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pyoxigraph as ox

from kg.query.answers import Answer
from kg.store.embedded import Store, Term
from kg.vocabulary import KG, PROV

_READINGS = f"""?reading <{KG}annotates> ?article ; <{KG}reviewed> ?reviewed
  FILTER NOT EXISTS {{ ?reading <{PROV}invalidatedAtTime> ?ended }}"""  # those in force
_GOES_BACK = f"""VALUES (?term ?how) {{ (<{KG}copyOf> "copies") (<{KG}paraphraseOf> "paraphrases") }}
  ?article ?term ?source ; <{KG}share> ?share"""
NAMED = 5  # articles that a note names
FEW = 500  # articles are looked up one by one; of more, all are read


def corroboration(store: Store, answer: Answer) -> tuple[str, ...]:
    """A sentence that says how many independent origins the articles of an answer go back to; none where each is its own.

    >>> from kg.store.embedded import memory
    >>> corroboration(memory(), Answer(("article",), []))
    ()
    """
    if "article" not in answer.columns:
        return ()
    at = answer.columns.index("article")
    named = {term.value for row in answer.rows if isinstance(term := row[at], ox.NamedNode)}
    of_them = _these(f"<{article}>" for article in named)
    found = store.select(f"SELECT ?article ?origin {{ {of_them} ?article <{KG}origin> ?origin }}")
    origins = {_value(article): _value(origin) for article, origin in found if _value(article) in named}
    copies = sorted(article for article, origin in origins.items() if article != origin)
    count = len({origins.get(article, article) for article in named})
    if not copies:
        return ()
    why_so = store.select(f"SELECT ?article ?source ?how ?share {{ {of_them} {_GOES_BACK} }}")
    told = {_value(a): (_value(s), _value(how), float(_value(share))) for a, s, how, share in why_so}
    why = [f"{_last(a)} {told[a][1]} {_last(told[a][0])} ({told[a][2]:.0%})" for a in copies[:NAMED] if a in told]
    more = f" and {len(copies) - NAMED} more" if len(copies) > NAMED else ""
    return (f"{len(named)} reports, {count} independent origin{'' if count == 1 else 's'}: {', '.join(why)}{more}.",)


def _these(articles: Iterable[str]) -> str:
    """The clause that asks of these articles (terms as SPARQL writes them) alone, where they are few."""
    some = sorted(articles)
    return f"VALUES ?article {{ {' '.join(some)} }}" if len(some) <= FEW else ""


def _value(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _last(iri: str) -> str:
    return iri.rpartition("/")[2]


def unreviewed(store: Store, answer: Answer | None = None) -> tuple[str, ...]:
    """A sentence that says which of the readings behind an answer no person has reviewed; none where all are. An article of which
    no reading in force is known, as of a file of its graph alone, counts as not reviewed.

    The readings are those of the answer's articles, or of the whole store where it names none.

    >>> from kg.store.embedded import memory
    >>> unreviewed(memory())
    ()
    """
    named = None
    if answer and "article" in answer.columns:
        at = answer.columns.index("article")
        named = {str(term) for row in answer.rows if isinstance(term := row[at], ox.NamedNode)}
    return unreviewed_among(store, named)


def unreviewed_among(store: Store, named: Collection[str] | None) -> tuple[str, ...]:
    """The same of some articles (terms as SPARQL writes them), or of the whole store."""
    machine, count = read_by_machine(store, named)
    if not machine:
        return ()
    from urllib.parse import unquote

    names = sorted(map(_last, machine))
    which = ", ".join(map(unquote, names[:NAMED])) + (f" and {len(machine) - NAMED} more" if len(machine) > NAMED else "")
    share = "the readings" if len(machine) == count else f"{len(machine)} of the {count} readings"
    return (f"No person has reviewed {share} this rests on: {which}.",)


def read_by_machine(store: Store, named: Collection[str] | None = None) -> tuple[set[str], int]:
    """The articles (IRIs) of which no reading in force is known that a person has reviewed, and how many articles there are in all: of
    some (terms as SPARQL writes them), or of the whole store.

    >>> from kg.store.embedded import memory
    >>> read_by_machine(memory())
    (set(), 0)
    """
    of_them = "" if named is None else _these(named)
    found = list(store.select(f"SELECT ?article ?reviewed {{ {of_them} {_READINGS} }}"))
    every = {article for (article,) in store.select(f"SELECT ?article {{ {of_them} ?article a <{KG}Article> }}")} | {a for a, _ in found}
    if named is not None:
        every = {article for article in every if str(article) in named}
    machine = every - {article for article, reviewed in found if _value(reviewed) == "true"}
    return set(map(_value, machine)), len(every)
