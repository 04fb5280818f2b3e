"""Store + a query -> an answer: the named queries of `queries/`, their parameters, and any read-only SPARQL.

    NAME --load_query--> NamedQuery --bind--> SPARQL --run--> Answer --to_json_rows, to_text--> what is printed

A parameter is a variable with a clause `VALUES ?name { … }`; its values are found in the store by id, IRI, label or
other name, and their serialised terms are put between the braces. Nothing a user types becomes query text in any other
way.
"""

from kg.query.answers import RDF_FORMATS, Answer, Row, plain_value, received, to_json_rows, to_text, to_text_rows
from kg.query.files import NamedQuery, Parameter, list_queries, list_questions, load_query, nearest
from kg.query.parameters import TYPES, bind, matching, names
from kg.query.readings import corroboration, read_by_machine, unreviewed, unreviewed_among
from kg.query.running import ask_store, known_prefixes, run

__all__ = [
    "RDF_FORMATS", "TYPES", "Answer", "NamedQuery", "Parameter", "Row", "ask_store", "bind", "corroboration", "known_prefixes",
    "list_queries", "list_questions", "load_query", "matching", "names", "nearest", "plain_value", "read_by_machine", "received", "run",
    "to_json_rows", "to_text", "to_text_rows", "unreviewed", "unreviewed_among",
]  # fmt: skip
