"""Annotation -> triples -> annotation: the same input gives the same graph, and the graph gives the file back whole.

Identifiers are minted from natural keys (`ontology.md`, Identity), so two articles meet in the actors, commitments and
conditions they share; a statement and its mentions belong to one article. An entry's words become Mentions of the
statement (or parent condition) that uses it, which is how entries in different words come back as different entries:

    statement --mention--> condition's Mention --mention--> its marker's and deciders' Mentions
    condition, and its Mention --mention--> the Mention of a condition it depends on

There are no blank nodes, and only what the registry lacks is described in the article's own graph.
"""

from kg.triples.reading import from_triples
from kg.triples.registry import registry_triples
from kg.triples.terms import Iri, Literal, Term, Triple, article_iri, sort_triples, thing_id, thing_iri
from kg.triples.writing import annotation_triples, nodes, same_statements, to_triples

__all__ = [
    "Iri", "Literal", "Term", "Triple", "annotation_triples", "article_iri", "from_triples", "nodes", "registry_triples", "same_statements",
    "sort_triples", "thing_id", "thing_iri", "to_triples",
]  # fmt: skip
