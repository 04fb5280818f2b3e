"""The first page, the matrix, and what the search looks through."""

from __future__ import annotations

from kg.analyse.readings import rows
from kg.view.picture import inert
from kg.view.site.addresses import address
from kg.view.site.maker import Maker
from kg.view.site.matrix import build_matrix
from kg.vocabulary import PREFIXES


def home(m: Maker) -> bytes:
    """Counts, the newest articles, a part of the matrix."""
    facts = m.facts
    newest = sorted(facts.articles.values(), key=lambda a: (a.date, a.iri), reverse=True)[:10]
    counts = [
        (len(facts.articles), "articles", "articles.html"),
        (len({a.origin for a in facts.articles.values()}), "independent origins", "sources.html"),
        (len(facts.statements), "statements", "articles.html"),
        (len(m.commitments), "commitments", "commitments.html"),
        (len(facts.readings.conditions), "conditions", "conditions.html"),
    ]
    return m.page(
        "index.html",
        "index",
        "Overview",
        counts=counts,
        newest=newest,
        articles=len(facts.articles),
        matrix=build_matrix(m.show, 10, 6),
    )


def matrix(m: Maker) -> bytes:
    """Who stands how to what."""
    return m.page("matrix.html", "matrix", "Matrix", matrix=build_matrix(m.show, 60, 30))


def search_index(m: Maker) -> bytes:
    """What the search looks through: label, kind and address of everything with a page; a script, since a page on disk may fetch nothing."""
    facts = m.facts
    listed = [(facts.name(a), facts.kind.get(a, "actor"), address(a)) for a in m.actors]
    listed += [(facts.name(c), "commitment", address(c)) for c in m.commitments]
    listed += [(facts.name(c), "condition", address(c)) for c in sorted(facts.readings.conditions)]
    listed += [(a.headline or a.label, "article", address(a.iri)) for a in facts.articles.values()]
    listed += [(name, facts.kind.get(a, "actor"), address(a)) for a in m.actors for name in facts.aliases.get(a, ())[:6]]
    return f"window.provisoIndex = {inert(listed)};\n".encode()


def terms(m: Maker) -> bytes:
    """What completes a word of a query, by the names of YASQE's completers: our prefixes, and the properties and classes the store has."""
    found = {
        "prefixes": [f"{prefix}: <{iri}>" for prefix, iri in PREFIXES.items()],
        "property": sorted(p for (p,) in rows(m.store, "SELECT DISTINCT ?p { ?s ?p ?o }")),
        "class": sorted(c for (c,) in rows(m.store, "SELECT DISTINCT ?c { ?s a ?c }")),
    }
    return f"window.provisoTerms = {inert(found)};\n".encode()
