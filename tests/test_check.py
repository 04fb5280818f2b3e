"""Rules: well-formed as data, asked of graphs, placed at the lines of files."""

from __future__ import annotations

import re

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection

from kg.check import check_store, check_triples, rules
from kg.model import Annotation, Annotator, Article, Registry, Span, Statement
from kg.resources import folder
from kg.store.embedded import Store
from kg.triples import Iri, Literal, Triple, to_triples
from kg.vocabulary import ID, KG, RDFS, SCHEMES, concept, kg

SHAPES = folder("ontology") / "shapes.ttl"
QUERIES = sorted((folder("queries") / "checks").glob("*.rq"))
LABEL = RDFS + "label"


def small(**changes: object) -> list[Triple]:
    """The graph of a one-statement article."""
    fields: dict[str, object] = {"id": "s1", "content": (Span(12, 14, "no"),), "mode": "indirect", "force": "asserts", **changes}
    statement = Statement(**fields)  # type: ignore[arg-type]  # fields by name, of several types
    return to_triples(Article("a", "Macron said no."), Annotation(Annotator("me"), (statement,)), Registry())


def test_every_rule_is_whole() -> None:
    """A code in kebab-case, one of two severities, a message in one line that begins with what to do."""
    for code, rule in rules().items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", code) and rule.code == code
        assert rule.severity in ("error", "warning") and rule.scope in ("article", "store", "both")
        assert "\n" not in rule.message and rule.message[0].islower() and not rule.message.endswith(".")


def test_a_rule_stands_once() -> None:
    """No code is both a shape's and a query's; a query is named by its code."""
    shapes = {str(code) for code in rdflib.Graph().parse(SHAPES).objects(None, rdflib.DCTERMS.identifier)}
    queries = {path.stem for path in QUERIES}
    assert shapes and queries and not shapes & queries
    assert shapes | queries == set(rules())
    assert all(rules()[stem].query for stem in queries)


def test_check_queries_are_select_and_ordered() -> None:
    """Each selects ?node, orders its rows, and can be pasted anywhere: it parses alone."""
    for path in QUERIES:
        answer = ox.Store().query(path.read_text("utf-8"))
        assert isinstance(answer, ox.QuerySolutions), path.name
        assert [v.value for v in answer.variables] in (["node"], ["node", "detail"]), path.name
        assert "ORDER BY ?node" in path.read_text("utf-8"), path.name


def test_shapes_know_every_concept_of_the_closed_schemes() -> None:
    """The lists in the shapes are those of the vocabulary, whole."""
    graph = rdflib.Graph().parse(SHAPES)
    lists = {frozenset(map(str, Collection(graph, head))) for head in graph.objects(None, rdflib.SH["in"])}
    for scheme, (_, words) in SCHEMES.items():
        if scheme != "channels":  # open at the edges: a statement without one is no fault
            assert frozenset(concept(scheme, bare) for bare in words) in lists, scheme


def test_shapes_and_checks_use_only_known_terms() -> None:
    """Each kg: name in a rule is a term of the vocabulary, or a concept or scheme of it; a misspelt rule is never broken."""
    from kg.vocabulary import CLASSES, PROPERTIES

    concepts = {concept(scheme, bare).removeprefix(KG) for scheme, (_, words) in SCHEMES.items() for bare in words}
    known = {*CLASSES, *PROPERTIES, *SCHEMES, *concepts}
    for path in [SHAPES, *QUERIES]:
        names = set(re.findall(r"\bkg:([A-Za-z][\w-]*)", path.read_text("utf-8")))
        assert names <= known, (path.name, names - known)


def test_what_to_triples_writes_is_healthy() -> None:
    """A graph made by this package from a plain statement has no finding."""
    assert check_triples(small()) == []


def test_findings_are_sorted_and_placed() -> None:
    """`where` is the file of each finding; without it the node places it."""
    graph = [t for t in small() if t[1] not in (kg("force"), kg("reportedIn"))]
    findings = check_triples(graph, "a.yaml")
    assert [f.code for f in findings] == ["statement-no-article", "statement-one-force"]
    assert {f.file for f in findings} == {"a.yaml"} and findings[0].node.startswith(ID + "article/a/statement/")
    assert check_triples(reversed(graph), "a.yaml") == findings
    assert str(check_triples(graph)[0]).startswith(findings[0].node)


def test_hostile_words_stay_in_one_line() -> None:
    """What a text says never makes a finding look like two."""
    text = "We go \x1b[2J\u202eno\nerror: all is well."
    statement = Statement("s1", (Span.of(text, 0, len(text)),), "direct", "asserts")
    findings = check_triples(to_triples(Article("a", text), Annotation(Annotator("me"), (statement,)), Registry()), "a.yaml")
    assert findings and all(str(f).isprintable() for f in findings)


def test_a_graph_that_is_no_article_has_no_finding() -> None:
    """Foreign triples are not ours to judge."""
    assert check_triples([(Iri("https://example.org/a"), Iri("https://example.org/b"), Literal("c"))]) == []
    assert check_triples([]) == []


def test_rules_across_graphs() -> None:
    """Each graph is healthy alone, and together they name one thing twice."""
    store = ox.Store()
    names = ("Norland", "Kingdom of Norland")
    for name in names:
        store.load(
            f'<{ID}actor/norland> a <{kg("Actor")}> ; <{LABEL}> "{name}" .',
            format=ox.RdfFormat.TURTLE,
            to_graph=ox.NamedNode(f"x:{len(name)}"),
        )
        if name == names[0]:
            assert check_store(Store(store)) == []
    assert [f.code for f in check_store(Store(store))] == ["two-labels"]


def test_a_claim_may_be_written_in_other_capitals_elsewhere() -> None:
    """Its words name it whatever their capitals, and each article has its own; other words are another name."""
    for other, codes in (("Peace is possible", []), ("Peace is near", ["two-labels"])):
        store = ox.Store()
        for name in ("peace is possible", other):
            about = f'<{ID}claim/x> a <{kg("Claim")}> ; <{LABEL}> "{name}" .'
            store.load(about, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(f"x:{name[0]}"))
        assert [f.code for f in check_store(Store(store)) if f.code == "two-labels"] == codes


def test_dates_of_different_precision() -> None:
    """As much of two dates is compared as both have: a month does not contradict a day in it."""
    from kg.model import Reference

    def codes(said: str, published: str) -> list[str]:
        statement = Statement("s1", (Span(12, 14, "no"),), "indirect", "asserts", said_on=Reference(said))
        article = Article("a", "Macron said no.", published=published)
        return [f.code for f in check_triples(to_triples(article, Annotation(Annotator("me"), (statement,)), Registry()))]

    assert codes("2026-01-31", "2026-01") == codes("2026-01", "2026-01-01") == codes("2025-12-31", "2026") == []
    assert codes("2026-02", "2026-01-31") == codes("2027", "2026-12") == ["said-after-published"]


def test_direct_words_and_quotation_marks() -> None:
    """Straight, curly, low and single marks, a quote cut in two, a quote over several sentences; and none."""
    quoted = [
        'He said: "We go. We stay."',
        "He said: “We go. We stay.”",
        "„We go. We stay.“",
        "‘We go. We stay.’",
        '"We hope. We stay."\n\n"We end."',
        "«We go. We stay.»",
    ]
    bare = ["He said: We stay.", '"We go," he said. We stay.', "“We go,” he said. We stay."]
    for text in [*quoted, *bare]:
        start = text.index("We stay")
        statement = Statement("s1", (Span.of(text, start, start + 7),), "direct", "asserts")
        findings = check_triples(to_triples(Article("a", text), Annotation(Annotator("me"), (statement,)), Registry()))
        assert [f.code for f in findings] == ([] if text in quoted else ["mode-direct-unquoted"]), text
