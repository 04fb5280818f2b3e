"""What the words of a question may mean: the grammar's own words, and the names of everything in a store.

Words are compared without regard to case, accents, punctuation and simple endings (`stem`); where several entries fit,
the longest wins, and among equals the one that is spelled exactly so. An action is found by its verb and noun too, with other
words of its name between them.
"""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.resources import folder
from kg.store.embedded import Store
from kg.triples.registry import UNDOING
from kg.vocabulary import ACTOR_KINDS, KG, RDF, RDFS, SKOS

THINGS = ("Actor", "Action", "Circumstance", "Place")
NAMES = ("label", "prefLabel", "altLabel")
ARTICLES = frozenset(("the", "a", "an"))
# Tables of the grammar whose words say nothing about what is looked for, or are no words of a question at all.
_NO_WORDS = ("endings", "contractions", "ways", "form")


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning of some words: a table of the grammar and a key of it, or a kind of thing and its IRI."""

    kind: str
    value: str
    words: tuple[str, ...]


@functools.cache
def grammar() -> Mapping[str, Any]:
    """The grammar, `queries/ask/grammar.toml`: the file says what its tables mean."""
    with (folder("queries") / "ask" / "grammar.toml").open("rb") as file:
        return tomllib.load(file)


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text in the form in which they are compared; contractions are written out.

    >>> tokens("Who won't send Sánchez's soldiers?")
    ('who', 'will', 'not', 'send', 'sanchez', 's', 'soldiers')
    """
    plain = text.casefold().replace("’", "'")
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    plain = _contraction().sub(lambda m: grammar()["contractions"][m[0]], plain)
    return tuple(re.findall(r"[^\W_]+", plain))


@functools.cache
def _contraction() -> re.Pattern[str]:
    """All contractions, the whole words before the ending `n't`."""
    return re.compile("|".join(rf"(?<=\w){short}\b" if short.startswith("n'") else rf"\b{short}\b" for short in grammar()["contractions"]))


@functools.cache
def stem(word: str) -> str:
    """The word without its ending, by the rules of the grammar.

    >>> stem("ratifies"), stem("ratified"), stem("refusing"), stem("refused"), stem("Congress".lower())
    ('ratify', 'ratify', 'refus', 'refus', 'congres')
    """
    for ending, other in grammar()["endings"]:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            if ending != "s" or word[-2:] not in ("ss", "us", "is"):
                word = word[: -len(ending)] + other
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def stems(words: Iterable[str]) -> tuple[str, ...]:
    """The words without their endings."""
    return tuple(map(stem, words))


class Lexicon:
    """All that a store and the grammar have names for.

    `label` gives the name to show for an IRI, `classes` its classes (`Parliament`), `above` the concepts it lies within,
    itself included.
    """

    def __init__(self, store: Store) -> None:
        self.label: dict[str, str] = {}
        self.classes: dict[str, set[str]] = {}
        self.above: dict[str, set[str]] = {}
        self.names: set[str] = set()  # as they are written, to suggest
        self._index: dict[tuple[str, ...], set[Entry]] = {}
        self._begin: dict[tuple[str, ...], set[Entry]] = {}  # how a name begins -> what bears such a name
        self._end: dict[tuple[str, ...], set[Entry]] = {}
        self._held: dict[tuple[str, str], list[tuple[tuple[str, ...], Entry]]] = {}  # verb and noun of an action's name -> it up to there
        self._grammar()
        self._store(store)
        self.longest = max(map(len, self._index))

    def at(self, words: tuple[str, ...]) -> list[Entry]:
        """What these words may mean; what is spelled exactly so first."""
        return sorted(self._index.get(stems(words), ()), key=lambda e: (e.words != words, e.kind, e.value))

    def at_name(self, name: str) -> list[Entry]:
        """What a name as it is written may mean."""
        return self.at(tuple(word for word in tokens(name) if word not in ARTICLES))

    def match(self, words: tuple[str, ...], start: int) -> tuple[list[Entry], int]:
        """The meanings of the longest run of words from `start` that has one, and its length; none and 0."""
        for length in range(min(self.longest, len(words) - start), 0, -1):
            found = self.at(words[start : start + length])
            if found:
                return found, length
        return [], 0

    def ending(self, words: tuple[str, ...], kind: str) -> list[Entry]:
        """One entry for each thing of a kind of which some name ends with these words: *hubs* of *military hubs*."""
        return _things(self._end, words, kind)

    def edge(self, words: tuple[str, ...], start: int, kind: str) -> tuple[list[Entry], int]:
        """What the words from `start` may be short for, and how many words: one thing of a kind, or actions that so begin.

        The end of a name stands for the thing where it is the end of no other: *hubs*, but not *war* of *end the war*.
        """
        for length in range(min(self.longest, len(words) - start), 0, -1):
            run = words[start : start + length]
            ends, begins = self.ending(run, kind), _things(self._begin, run, kind)
            if len(ends) == 1:
                return ends, length
            if not ends and begins and (kind == "action" or len(begins) == 1):
                return begins, length
        return [], 0

    def holding(self, words: tuple[str, ...], start: int) -> tuple[list[Entry], int]:
        """The actions of which some name has the words from `start`, from its verb to its noun, between others, and how many words:
        *send missiles* of *send long-range missiles to Ukraine*.
        """
        for length in range(min(self.longest, len(words) - start), 1, -1):
            run = words[start : start + length]
            wanted = stems(word for word in run if word not in ARTICLES)
            some = self._held.get((wanted[0], wanted[-1]), ()) if len(wanted) > 1 else ()
            found = {e.value: e for name, e in some if _is_among(wanted, name) and not UNDOING & (set(e.words) - set(run))}
            if found:
                return [found[value] for value in sorted(found)], length
        return [], 0

    def bearing(self, word: str) -> list[str]:
        """The names in which a word stands, the best known first: labels, then short ones."""
        labels, wanted = set(self.label.values()), stem(word)
        found = [name for name in self.names if wanted in stems(tokens(name)) and name.casefold() != word]
        return sorted(found, key=lambda name: (name not in labels, len(name), name))

    def narrower(self, iris: Iterable[str]) -> set[str]:
        """The concepts that lie within one of these, without these."""
        wanted = set(iris)
        return {iri for iri, above in self.above.items() if above & wanted} - wanted

    def _grammar(self) -> None:
        for table, keys in grammar().items():
            if table in _NO_WORDS:
                continue
            for key, phrases in keys.items():
                for phrase in phrases:
                    if "…" not in phrase:
                        self._add(Entry(table, key, tokens(phrase)))
                        self.names.add(phrase)

    def _store(self, store: Store) -> None:
        things = " ".join(f"<{KG}{name}>" for name in dict.fromkeys((*THINGS, *ACTOR_KINDS.values())))
        for thing, cls in _texts(store, f"SELECT DISTINCT ?t ?c {{ VALUES ?c {{ {things} }} ?t <{RDF}type> ?c }}"):
            self.classes.setdefault(thing, set()).add(cls.removeprefix(KG))
        by = ", ".join(f"<{RDFS if name == 'label' else SKOS}{name}>" for name in NAMES)
        kinds = " ".join(f"<{KG}{name}>" for name in THINGS)
        named: dict[tuple[str, str], set[tuple[str, ...]]] = {}
        for thing, name, cls, how in _texts(
            store,
            f"SELECT DISTINCT ?t ?n ?c ?by {{ {{ SELECT DISTINCT ?t ?c {{ VALUES ?c {{ {kinds} }} ?t a ?c }} }}"
            f" ?t ?by ?n FILTER(?by IN ({by}) && isLiteral(?n)) }}",
        ):
            words = tokens(name)
            while words and words[0] in ARTICLES:
                words = words[1:]
            if words:
                named.setdefault((cls.removeprefix(KG), thing), set()).add(words)
                self.names.add(name)
            if how == RDFS + "label":
                self.label[thing] = min(name, self.label.get(thing, name))
        for (cls, thing), all_words in named.items():
            for words in all_words:
                if not self._led_in(words, all_words):
                    self._name(Entry(cls.lower(), thing, words))
        for thing, broad in _texts(store, f"SELECT DISTINCT ?t ?b {{ ?t <{SKOS}broaderTransitive> ?b }}"):
            self.above.setdefault(thing, set()).add(broad)
        for (measure,) in _texts(store, f"SELECT DISTINCT ?m {{ VALUES ?p {{ <{KG}measure> <{KG}unit> <{KG}about> }} ?claim ?p ?m }}"):
            self._add(Entry("measure", measure, tokens(measure)))
            self.names.add(measure)

    def _led_in(self, words: tuple[str, ...], others: set[tuple[str, ...]]) -> bool:
        """Whether a name is another one after a preposition: *in Ukraine* is for the grammar to take apart."""
        rest = words[1:]
        while rest and rest[0] in ARTICLES:
            rest = rest[1:]
        return rest in others and any(entry.kind in ("slot", "marker") for entry in self.at(words[:1]))

    def _name(self, entry: Entry) -> None:
        self._add(entry)
        if entry.kind in ("action", "circumstance"):
            made = stems(entry.words)
            for cut in range(1, len(made)):
                self._begin.setdefault(made[:cut], set()).add(entry)
                self._end.setdefault(made[cut:], set()).add(entry)
        if entry.kind == "action":
            name = stems(word for word in itertools.takewhile(lambda word: word not in _enders(), entry.words) if word not in ARTICLES)
            if len(name) > 1:
                self._held.setdefault((name[0], name[-1]), []).append((name, entry))

    def _add(self, entry: Entry) -> None:
        if entry.words:
            self._index.setdefault(stems(entry.words), set()).add(entry)


@functools.cache
def _enders() -> frozenset[str]:
    """What may follow the noun of an action's name."""
    return frozenset(
        ["that", *(p for table in ("slot", "marker", "ask", "join") for phrases in grammar()[table].values() for p in phrases)]
    )


def _is_among(some: tuple[str, ...], words: tuple[str, ...]) -> bool:
    rest = iter(words)
    return all(word in rest for word in some)


def _things(index: Mapping[tuple[str, ...], set[Entry]], words: tuple[str, ...], kind: str) -> list[Entry]:
    """Words of three letters are too common to stand for a name."""
    found = {e.value: e for e in index.get(stems(words), ()) if e.kind == kind} if len(words[0]) > 3 else {}
    return [found[value] for value in sorted(found)]


def _texts(store: Store, query: str) -> Iterator[tuple[str, ...]]:
    for row in store.select(query):
        yield tuple([str(getattr(term, "value", term)) for term in row])
