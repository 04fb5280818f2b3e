"""A question in plain words -> SPARQL: `who conditioned troops on parliament`.

    question --understand--> Understood --to_query--> SPARQL --kg.query.run--> Answer

The words are those of the grammar (`queries/ask/grammar.toml`) and the names in the store; a word that is neither is an
error with the nearest that are. A question that a query of `queries/questions` has as its own goes to that query; any other
becomes one query over statements, made of fixed blocks and serialised terms (`compose`). Nothing typed becomes query text.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.ask.compose import compose
from kg.ask.frame import Frame, Part, sentence
from kg.ask.named import Match, find
from kg.ask.reading import read
from kg.ask.words import Lexicon
from kg.query import Answer, run
from kg.store.embedded import Store


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it was understood: `sentence` says it in words, `parts` what each run of words was taken for.

    `frame` is what is looked for; where the question is that of a named query, `query` is its name, `text` its SPARQL with
    the parameters' values in it, and `frame` is None.
    """

    question: str
    sentence: str
    parts: tuple[Part, ...]
    frame: Frame | None = None
    query: str = ""
    text: str = ""

    def __str__(self) -> str:
        """The line to show: `understood: who conditioned [military presence (+9 narrower)] on [any Parliament]`."""
        return f"understood: {self.sentence}"


def understand(store: Store, question: str) -> Understood:
    """What a question means in this store.

    Raises UsageError for a word that is unknown (with the nearest known ones) or that fits nowhere.

    >>> from kg.store.embedded import memory
    >>> print(understand(memory(), "Who refused?"))
    understood: who refused
    """
    lexicon = store.once(Lexicon)
    named = find(store, lexicon, question)
    if named:
        return _named(question, named)
    frame, parts = read(lexicon, question)
    return Understood(question, sentence(lexicon, frame), parts, frame)


def to_query(understood: Understood) -> str:
    """The SPARQL of an understood question: `columns` of `kg.ask.compose`, or those of the named query."""
    return compose(understood.frame) if understood.frame else understood.text


def ask(store: Store, question: str, timeout: float | None = None) -> Answer:
    """What the store answers to a question in plain words; raises as `understand` and `kg.query.run` do."""
    return run(store, to_query(understand(store, question)), timeout, ours=True)


def _named(question: str, match: Match) -> Understood:
    return Understood(question, match.sentence, match.parts, query=match.query, text=match.text)
