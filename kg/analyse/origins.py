"""Which articles copy or paraphrase which, and so how many independent sources a thing has.

    texts --find_reuse--> Reuse, a pair each --origins_of--> article -> the article it goes back to

Two articles are compared only where they share rare shingles (runs of five words): those of a fixed sample of all are looked up in
an index, so the cost grows with the number of words, not of pairs (A. Broder, On the resemblance and containment of documents, 1997:
a sample by residue, which estimates containment). What is compared then is exact:

- *copy*: how much of the article stands, word for word, in the other;
- *paraphrase*: how much of it stands there sentence for sentence in the same order, by its rarer words, names and numbers. Independent
  reports of one event share names, figures and the quotes of one press conference, but not the order of what they tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import log
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pyoxigraph as ox

from kg.analyse.readings import day_of, many, pairs
from kg.analyse.wording import rare_words, stem, words_of
from kg.store.embedded import Store
from kg.text import sentences
from kg.vocabulary import SCHEMA, XSD, kg

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHINGLE = 5  # words
SAMPLE = 4  # one shingle of so many is looked up
MOST_HOLDERS = (
    40  # articles that hold a shingle and are all compared; one in more is a story that many reprint, a phrase or an outlet's boilerplate
)
REPRINTED_WITHIN = 30  # days in which most of those that reprint a story do so; what stands in articles of other times too is boilerplate
LEAST_REPRINTED = 0.35  # share of the sampled shingles of the smaller of two articles that both hold, where those are in so many
REPRINTED = 0.8  # and from which on the two are counted as one story
LEAST_SHARED = 2  # sampled shingles that two articles share before they are compared
LEAST_COPY = 0.5  # share of an article's words that stand word for word in another
LEAST_COPIED = 40  # and how many; of a shorter text every word: short reports of like events share all but a number
LEAST_TOLD = 0.25  # share of its words in sentences that another tells in the same order
LEAST_TOLD_ANYHOW = 0.45  # the same in any order
ALIKE = 0.4  # share of a sentence's rarer words that stand in the one it is told after
JOINED = 0.95  # what two sentences that it is told after together count
NEARLY = 1 - 1e-9  # sums of floats are held to so much of a bound, lest their last digits decide what is looked into
LEAST_RETOLD = 80  # words in such sentences: in a few short ones names alone make two reports alike
_BASE = 0x9E3779B97F4A7C15  # odd, its bits as even as can be: 2^64 by the golden ratio
WORDS_KEPT = 200_000  # whose numbers are remembered
SHORT = 3  # words of a sentence too short to be told after another


@dataclass(frozen=True, slots=True)
class Text:
    """An article to be compared: its id, its text, its ISO date (may be partial or "")."""

    id: str
    text: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Reuse:
    """An article that goes back to another: by `copy` or `paraphrase`, and the share (0 to 1) of its words that do."""

    article: str
    source: str
    kind: str
    share: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: where it stands (code points, half-open), its number of words, its rarer words."""

    start: int
    end: int
    count: int
    rare: Counter[str]


class _Numbers(dict[str, int]):
    """The number of each word met."""

    def __missing__(self, word: str) -> int:
        if len(self) > WORDS_KEPT:
            self.clear()
        self[word] = crc32(stem(word).encode())
        return self[word]


class Prepared:
    """A text with the numbers of its words (hashes of their stems), its shingles and sentences.

    `sample` are the shingles that are looked up, `lexicon` the numbers of its words, each once and in order; both are arrays.
    """

    def __init__(self, text: Text) -> None:
        import numpy as np

        self.text = text
        self.words = np.fromiter(map(_NUMBERS.__getitem__, words_of(text.text)), np.uint32)
        shingles = self.shingles
        self.sample = np.unique(shingles[shingles % SAMPLE == 0])
        self.lexicon = np.unique(self.words)

    @property
    def shingles(self) -> NDArray[Any]:
        """A number for each run of `SHINGLE` words, in order."""
        import numpy as np

        found = np.zeros(max(0, len(self.words) - SHINGLE + 1), np.uint64)
        for place in range(SHINGLE):
            found = (found + self.words[place : place + len(found)]) * _BASE
        return (found >> np.uint64(32)).astype(np.uint32)  # the low bits hang on the low bits of the words alone

    @cached_property
    def runs(self) -> dict[int, list[int]]:
        """Where each of its shingles stands."""
        return many((shingle, at) for at, shingle in enumerate(self.shingles.tolist()))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Its sentences of more than a few words, in order."""
        found = []
        for start, end in sentences(self.text.text):
            words = words_of(self.text.text[start:end])
            if len(words) > SHORT:
                found.append(Sentence(start, end, len(words), Counter(rare_words(words))))
        return found

    @cached_property
    def index(self) -> dict[str, list[tuple[int, int]]]:
        """For each rarer word the sentences that have it, and how often."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, sentence in enumerate(self.sentences):
            for word, count in sentence.rare.items():
                found[word].append((at, count))
        return found


_NUMBERS = _Numbers()


def find_reuse(texts: Iterable[Text]) -> list[Reuse]:
    """For each article that goes back to others the one it has most of, by article.

    An article goes back to one that is older; of one day, to the one that has more of what the other lacks.

    >>> lead = "Norland will send ships to the river delta next week, the defence minister said on Monday in the capital. "
    >>> find_reuse([Text("a", lead + "It is raining there.", "2026-01-06"), Text("b", lead, "2026-01-07")])
    [Reuse(article='b', source='a', kind='copy', share=1.0)]
    """
    prepared = sorted(map(Prepared, texts), key=lambda one: (one.text.date or "9", -len(one.words), one.text.id))
    rarity = Rarity(prepared)
    found: dict[str, Reuse] = {}
    for one, other in _candidates(prepared):
        newer, older = _by_age(prepared[one], prepared[other])
        best = found.get(newer.text.id)
        reuse = _compare(newer, older, rarity, best.share if best else 0.0)
        if reuse and (not best or (-reuse.share, reuse.source) < (-best.share, best.source)):
            found[reuse.article] = reuse
    return [found[article] for article in sorted(found)]


def origins_of(articles: Iterable[str], reuses: Iterable[Reuse]) -> dict[str, str]:
    """For each article the independent one it goes back to, step by step along the largest share; itself where it is one, the first by id of a circle.

    >>> origins_of("abc", [Reuse("c", "b", "copy", 0.9), Reuse("b", "a", "paraphrase", 0.4)])
    {'a': 'a', 'b': 'a', 'c': 'a'}
    """
    source = _main(reuses)
    found: dict[str, str] = {}
    for article in articles:
        way: dict[str, None] = {}
        at = article
        while at in source and at not in found and at not in way:
            way[at] = None
            at = source[at].source
        if at in way:  # a circle
            at = min(list(way)[list(way).index(at) :])
        found |= dict.fromkeys([*way, at], found.get(at, at))
    return found


def _main(reuses: Iterable[Reuse]) -> dict[str, Reuse]:
    """For each article the reuse of the largest share."""
    best: dict[str, Reuse] = {}
    for reuse in reuses:
        if reuse.article not in best or reuse.share > best[reuse.article].share:
            best[reuse.article] = reuse
    return best


def origin_triples(store: Store) -> list[ox.Triple]:
    """What the rule `origin` derives: of each article that goes back to another how, how far and to which; of each its origin."""
    published = dict(pairs(store, f"?a <{SCHEMA}datePublished> ?b"))  # apart, and sorted here: the engine takes five times as long
    texts = [Text(a, text, published.get(a, "")) for a, text in pairs(store, f"?a <{kg('text')}> ?b")]
    reuses = find_reuse(texts)
    found = [ox.Triple(ox.NamedNode(a), ox.NamedNode(kg("origin")), ox.NamedNode(o)) for a, o in origins_of([t.id for t in texts], reuses).items()]  # fmt: skip
    for reuse in reuses:
        article = ox.NamedNode(reuse.article)
        found.append(ox.Triple(article, ox.NamedNode(kg("copyOf" if reuse.kind == "copy" else "paraphraseOf")), ox.NamedNode(reuse.source)))
        found.append(
            ox.Triple(article, ox.NamedNode(kg("share")), ox.Literal(f"{reuse.share:.2f}", datatype=ox.NamedNode(XSD + "decimal")))
        )
    return found


# ---------------------------------------------------------------------------------------------------- which to compare


def _candidates(prepared: Sequence[Prepared]) -> list[tuple[int, int]]:
    """Pairs of articles, older and longer ones first, that may go back to one another; those that share most first.

    Where more hold a shingle than are all compared, they are counted by story: of those of one month each is paired with the one before
    it and with the first of all, and what stands almost whole in the other is one story with it.
    """
    import numpy as np

    holders = _holders(prepared)
    near: set[tuple[int, int]] = set()
    for some in (some for some in holders if len(some) > MOST_HOLDERS):
        if _days(prepared[at].text.date for at in some) <= REPRINTED_WITHIN:
            near.update((other, at) for before, at in pairwise(some) for other in (some[0], before))
    shared: Counter[tuple[int, int]] = Counter()
    stories = list(range(len(prepared)))
    for one, other in sorted(near):
        samples = prepared[one].sample, prepared[other].sample
        both, least = len(np.intersect1d(*samples, assume_unique=True)), min(map(len, samples))
        if both >= LEAST_REPRINTED * least:
            shared[one, other] = both
            if both >= REPRINTED * least:
                first, again = sorted((_story(stories, one), _story(stories, other)))
                stories[again] = first
    for some in holders:
        told = some if len(some) <= MOST_HOLDERS else sorted({_story(stories, at) for at in some})
        if len(told) <= MOST_HOLDERS:
            shared.update(combinations(told, 2))
    return sorted((pair for pair, count in shared.items() if count >= LEAST_SHARED), key=lambda pair: (-shared[pair], pair))


def _holders(prepared: Sequence[Prepared]) -> list[list[int]]:
    """The articles that hold a sampled shingle, in order, for each that more than one holds."""
    import numpy as np

    if not prepared:
        return []
    shingles = np.concatenate([one.sample for one in prepared])
    articles = np.repeat(np.arange(len(prepared)), [len(one.sample) for one in prepared])
    order = np.argsort(shingles, kind="stable")
    _, first, count = np.unique(shingles[order], return_index=True, return_counts=True)
    articles = articles[order]
    return [articles[at : at + size].tolist() for at, size in zip(first[count > 1], count[count > 1], strict=True)]


def _story(stories: list[int], at: int) -> int:
    """What an article is one story with, in the end; the way there is made shorter."""
    while stories[at] != at:
        stories[at] = stories[stories[at]]
        at = stories[at]
    return at


def _days(dates: Iterable[str]) -> int:
    """Days between the first and the last tenth of some dates in order, of those that tell a day."""
    days = [day for day in map(day_of, dates) if day is not None]
    return days[len(days) * 9 // 10] - days[len(days) // 10] if days else 0


class Rarity:
    """How much a word tells: the more, the fewer of some articles have it."""

    def __init__(self, prepared: Sequence[Prepared]) -> None:
        import numpy as np

        self._known, self._counts = np.unique(
            np.concatenate([np.array([], np.uint32), *(one.lexicon for one in prepared)]), return_counts=True
        )
        self._articles = len(prepared)
        self._told: dict[str, dict[str, float]] = {}

    def of(self, article: Prepared) -> Mapping[str, float]:
        """That of each rarer word of one of them."""
        import numpy as np

        if article.text.id not in self._told:
            words = list({word for sentence in article.sentences for word in sentence.rare})
            counts = self._counts[np.searchsorted(self._known, [crc32(word.encode()) for word in words])].tolist()
            self._told[article.text.id] = {
                word: 0.3 + log(1 + (self._articles + 1) / (1 + count)) for word, count in zip(words, counts, strict=True)
            }
        return self._told[article.text.id]


# ---------------------------------------------------------------------------------------------------- what they share


def _compare(newer: Prepared, older: Prepared, rarity: Rarity, least: float) -> Reuse | None:
    """How the newer goes back to the older, if it does; a paraphrase of a share below `least` need not be found."""
    copied = verbatim(newer, older)
    if copied >= (LEAST_COPY if copied * len(newer.words) >= LEAST_COPIED else 1):
        return Reuse(newer.text.id, older.text.id, "copy", round(copied, 2))
    if len(newer.words) < LEAST_RETOLD:
        return None
    # Shares are compared as they are rounded, so that one a little below may be as large.
    every, in_order = told_after(newer, older, rarity.of(newer), max(LEAST_TOLD, LEAST_RETOLD / len(newer.words), least - 0.006))
    for told, enough in ((in_order, LEAST_TOLD), (every, LEAST_TOLD_ANYHOW)):
        if told.share >= enough and told.share * len(newer.words) >= LEAST_RETOLD:
            return Reuse(newer.text.id, older.text.id, "paraphrase", round(told.share, 2))
    return None


def _by_age(one: Prepared, other: Prepared) -> tuple[Prepared, Prepared]:
    """The newer and the older; where dates do not tell, the older is the one of which less stands in the other."""
    length = min(len(one.text.date), len(other.text.date))
    if length and one.text.date[:length] != other.text.date[:length]:
        return (one, other) if one.text.date > other.text.date else (other, one)
    forth, back = verbatim(one, other), verbatim(other, one)
    if abs(forth - back) < 0.02:
        forth, back = len(other.words), len(one.words)  # the longer one has what the other lacks
    return (one, other) if forth > back or (forth == back and one.text.id > other.text.id) else (other, one)


def verbatim(article: Prepared, source: Prepared) -> float:
    """The share of an article's words that stand in a run of `SHINGLE` that the source has too."""
    covered, until, shared = 0, 0, article.runs.keys() & source.runs.keys()
    for at in sorted(at for shingle in shared for at in article.runs[shingle]):
        covered += SHINGLE if at >= until else at + SHINGLE - until
        until = at + SHINGLE
    return covered / len(article.words) if len(article.words) else 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """Sentences of an article and those of a source that they are told after (pairs of numbers), and the share of its words in them."""

    pairs: tuple[tuple[int, int], ...]
    share: float


def told_after(article: Prepared, source: Prepared, rarity: Mapping[str, float], least: float = 0.0) -> tuple[Told, Told]:
    """What of an article a source tells sentence for sentence: in any order, and in the same order.

    Ends where the sentences that are left cannot bring it to `least` of the words any more.
    """
    words = sum(sentence.count for sentence in article.sentences) or 1
    left = words
    matches: list[tuple[int, int, int]] = []
    for at in sorted(range(len(article.sentences)), key=lambda at: -article.sentences[at].count):
        sentence = article.sentences[at]
        best, place = _most_alike(sentence, source, rarity)
        if best >= ALIKE:
            matches.append((at, place, sentence.count))
        else:
            left -= sentence.count
            if left < least * words:
                break

    matches.sort()

    def told(some: Sequence[tuple[int, int, int]]) -> Told:
        return Told(tuple((at, place) for at, place, _ in some), sum(count for _, _, count in some) / words)

    return told(matches), told(_in_order(matches))


def _most_alike(sentence: Sentence, source: Prepared, rarity: Mapping[str, float]) -> tuple[float, int]:
    """How much of a sentence stands in the most like one of the source, or in two that follow one another, and where the likest is.

    Two hold at most what each of them holds alone: they are looked into only where that could be the most, and `ALIKE`.
    """
    weights: dict[int, float] = {}
    total, index = 0.0, source.index
    for word, count in sentence.rare.items():
        weight = rarity.get(word, 1.0)
        total += weight * count
        for at, held in index.get(word, ()):
            weights[at] = weights.get(at, 0.0) + weight * (count if count < held else held)
    most = max(weights.values(), default=0.0)
    if not most or 2 * JOINED * most < ALIKE * total * NEARLY:
        return 0.0, -1
    best = max((weight / total, -at) for at, weight in weights.items() if weight >= most * NEARLY)
    least = max(best[0], ALIKE) * total / JOINED * NEARLY
    both = max(
        (
            (_joint(sentence, source, at, rarity) / total * JOINED, -(at if weight >= weights[at + 1] else at + 1))
            for at, weight in weights.items()
            if at + 1 in weights and weight + weights[at + 1] >= least
        ),
        default=(0.0, 0),
    )
    share, place = max(best, both)
    return share, -place


def _joint(sentence: Sentence, source: Prepared, at: int, rarity: Mapping[str, float]) -> float:
    one, other = (some.rare for some in source.sentences[at : at + 2])
    return sum(rarity.get(word, 1.0) * min(count, one[word] + other[word]) for word, count in sentence.rare.items())


def _in_order(matches: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The matches of most words whose places never go back (a longest non-decreasing run, weighted)."""
    best: list[tuple[int, int]] = []  # words so far, the match before
    for at, (_, place, count) in enumerate(matches):
        before = max(((best[k][0], k) for k in range(at) if matches[k][1] <= place), default=(0, -1))
        best.append((before[0] + count, before[1]))
    at = max(range(len(best)), key=lambda k: best[k][0], default=-1)
    kept = []
    while at >= 0:
        kept.append(matches[at])
        at = best[at][1]
    return kept[::-1]
