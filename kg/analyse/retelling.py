"""What a copy or a paraphrase made of its source: told otherwise, dropped, added; only sentences that carry a statement.

store --find_retold--> Retold, a sentence or a pair of aligned ones each
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import log

from kg.analyse.origins import Prepared, Sentence, Text, told_after
from kg.analyse.readings import Passage, pairs, rows
from kg.analyse.wording import changes, plain
from kg.store.embedded import Store
from kg.vocabulary import OA, kg

KINDS = ("retold", "dropped", "added")


@dataclass(frozen=True, slots=True)
class Retold:
    """A sentence of a source and how an article that goes back to it has it.

    *retold*: both are there and few words differ in meaning, or the sentences are aligned and their words are others; *dropped*: no
    sentence of the article tells it; *added*: no sentence of the source does. `differs` names what changes the meaning.
    """

    kind: str
    article: str
    differs: tuple[str, ...]
    source_words: Passage | None
    words: Passage | None


def find_retold(store: Store) -> list[Retold]:
    """For each article that copies or paraphrases another, by article: aligned sentences in other words, then what is gone, then what is new."""
    reused = pairs(store, f"?a <{kg('copyOf')}>|<{kg('paraphraseOf')}> ?b")
    texts: dict[str, str] = {}
    for article in {article for pair in reused for article in pair}:
        texts[article] = next((text for (text,) in rows(store, f"SELECT ?t {{ <{article}> <{kg('text')}> ?t }}")), "")
    telling = _telling(store, texts)
    return [one for article, source in reused for one in _retold(article, source, texts, telling)]


def _telling(store: Store, articles: dict[str, str]) -> dict[str, list[tuple[int, int, str]]]:
    """Where the sentences that carry a statement stand, and which utterance that reports (or ""), by article."""
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    if articles:
        told = rows(
            store,
            f"""SELECT DISTINCT ?a ?start ?end ?u {{ ?s <{kg("reportedIn")}> ?a ; <{kg("context")}> ?sentence .
              ?sentence <{OA}start> ?start ; <{OA}end> ?end OPTIONAL {{ ?s <{kg("reportOf")}> ?u }} }}""",
        )
        for article, start, end, utterance in told:
            if article in articles:
                found[article].append((int(start), int(end), utterance))
    return found


def _retold(article: str, source: str, texts: dict[str, str], telling: dict[str, list[tuple[int, int, str]]]) -> Iterator[Retold]:
    new, old = (Prepared(Text(iri, texts[iri])) for iri in (article, source))
    ours, theirs = new.sentences, old.sentences

    def words(iri: str, one: Sentence) -> Passage:
        return Passage(texts[iri][one.start : one.end], iri, one.start, one.end)

    rarity = _rarity([*ours, *theirs])
    forth, back = told_after(new, old, rarity)[0].pairs, told_after(old, new, rarity)[0].pairs
    said = [
        {at: held for at, one in enumerate(some) if (held := _carried(one, telling[iri]))}
        for iri, some in ((article, ours), (source, theirs))
    ]
    uttered = {(a, b) for a, mine in said[0].items() for b, others in said[1].items() if (mine & others) - {""}}
    same = _worded_alike([words(article, one) for one in ours], [words(source, one) for one in theirs])
    beside = set(same.items())
    for more in (uttered, forth):
        known = {a for a, _ in beside}
        beside |= {(a, b) for a, b in more if a not in known}
    aligned = {*beside, *uttered, *((a, b) for b, a in back)}

    for a, b in sorted(beside):
        one, other = words(source, theirs[b]), words(article, ours[a])
        if (a in said[0] or b in said[1]) and plain(one.quote) != plain(other.quote):
            differs = tuple(map(str, changes(one.quote, other.quote)))
            yield Retold("retold", article, differs, one, other)
    for b in sorted(said[1].keys() - {b for _, b in aligned}):
        yield Retold("dropped", article, (), words(source, theirs[b]), None)
    for a in sorted(said[0].keys() - {a for a, _ in aligned}):
        yield Retold("added", article, (), None, words(article, ours[a]))


def _worded_alike(ours: list[Passage], theirs: list[Passage]) -> dict[int, int]:
    places = {tuple(plain(one.quote)): at for at, one in enumerate(theirs)}
    return {at: places[key] for at, one in enumerate(ours) if (key := tuple(plain(one.quote))) in places}


def _rarity(sentences: list[Sentence]) -> dict[str, float]:
    """How much a word tells: the more, the fewer sentences of the two texts have it."""
    holders = Counter(word for one in sentences for word in one.rare)
    return {word: log(1 + len(sentences) / count) for word, count in holders.items()}


def _carried(sentence: Sentence, places: list[tuple[int, int, str]]) -> set[str]:
    """The utterances that the statements of a sentence report, "" for one that is nobody else's; nothing where it carries none."""
    return {utterance for start, end, utterance in places if start < sentence.end and sentence.start < end}
