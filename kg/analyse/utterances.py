"""Statements of different articles that report one act of speaking.

    store --find_uttered--> Uttered --find_utterances--> clusters of them --utterance_triples--> the graph kg:derived/utterance (`kg:reportOf`)

Two statements report one utterance where they are of one speaker, can be of one time, and have most of their telling words in
common; where they also express the same thing with the same force, a good part of them is enough: one may be direct speech, the
other retell it; and where each is the only one in its article that does so, any words of that day or the next are. Other figures
on another day are another report. A statement joins the reports it is most like, and only where it may be of one time with each of
them. Of what no words date the article's day tells; one that goes back to another is of its day: so the rule `origin` comes first.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice

import pyoxigraph as ox

from kg.analyse.readings import NEWS, Passage, among, day_of, later, many, pairs, rows, together
from kg.analyse.touched import Touched, reports_beside
from kg.analyse.wording import figures, likeness, rare_words, words_of
from kg.store.embedded import Store
from kg.triples.terms import hashed, short
from kg.vocabulary import DERIVED_GRAPH, ID, OA, RDF, RDFS, SCHEMA, kg

ALIKE = 0.6  # share of the telling words of the shorter wording that the other has
ALIKE_OF_ONE_THING = 0.4  # the same where both express one thing with one force
NEXT = 1  # and of which any words tell of one where nothing else does
LEAST = 0.1  # likeness of two reports that nothing but what they express holds together: they join last
_NAME = re.compile(r"(?<=[\w,;:\])] )[(\[“]?([A-Z]\w{1,3})")
LEAST_TELLING = 2  # telling words that two statements share before they are compared
FEW_HOLDERS = 200  # statements of one speaker that have a word, or express a thing; what more have says nothing


@dataclass(frozen=True)
class Uttered:
    """A statement as somebody's words: its contents in one and their place, what it expresses and with which force.

    `said` and `published` are ISO dates, may be partial or "": of the speech, and of the article or the one it goes back to.
    `speakers` (IRIs) surely spoke; `anyone` may have, too.
    """

    iri: str
    speakers: frozenset[str]
    anyone: frozenset[str]
    mode: str
    said: str
    published: str
    text: str
    passage: Passage
    conditions: frozenset[str]
    expresses: tuple[str, str]

    @property
    def likeliest(self) -> frozenset[str]:
        """Who surely spoke; where that is open, who may have."""
        return self.speakers or self.anyone

    @cached_property
    def telling(self) -> list[str]:
        """The stems of its telling words."""
        return rare_words(words_of(self.text))

    @cached_property
    def day(self) -> int | None:
        """The number of the day of the speech, or of the article; None where only a month is known, or nothing."""
        return day_of(self.said or self.published)

    @cached_property
    def names(self) -> frozenset[str]:
        """The first letters of its words with a capital that do not open a sentence: Ukraine, Ukrainian."""
        return frozenset(found[1] for found in _NAME.finditer(self.text))

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers in its words."""
        return figures(self.text)


def find_utterances(statements: Iterable[Uttered]) -> list[list[Uttered]]:
    """The clusters of statements of at least two articles that report one act of speaking; by the first of them, each by article and place."""
    by_speaker: dict[str, list[Uttered]] = defaultdict(list)
    for one in statements:
        for speaker in one.speakers:
            by_speaker[speaker].append(one)
    found = {tuple(one.iri for one in cluster): cluster for said in by_speaker.values() for cluster in _clusters(said)}
    return [found[key] for key in sorted(found)]


def utterance_triples(store: Store, statements: Iterable[Uttered] | None = None) -> list[ox.Triple]:
    """What the rule `utterance` derives: an utterance for each cluster, named by its reports, and which statements report it.

    `statements` are those of the store, where they have been read already.
    """
    return _triples(store, find_utterances(find_uttered(store) if statements is None else statements))


def _triples(store: Store, clusters: Iterable[Sequence[Uttered]]) -> list[ox.Triple]:
    found = []
    for cluster in clusters:
        utterance = ox.NamedNode(f"{ID}utterance/{hashed(*(one.iri for one in cluster))}")
        who = store.labels(set(cluster[0].speakers))
        label = f"{' and '.join(who.get(s, s.rpartition('/')[2]) for s in sorted(cluster[0].speakers))}: “{short(cluster[0].text)}”"
        found.append(ox.Triple(utterance, ox.NamedNode(RDF + "type"), ox.NamedNode(kg("Utterance"))))
        found.append(ox.Triple(utterance, ox.NamedNode(RDFS + "label"), ox.Literal(label, language="en")))
        found += [ox.Triple(ox.NamedNode(one.iri), ox.NamedNode(kg("reportOf")), utterance) for one in cluster]
    return found


def utterances_near(store: Store, touched: Touched) -> set[ox.Triple]:
    """The same where only some articles have changed: those of other speakers stay as they are in the store."""
    anew = set(map(ox.NamedNode, reports_beside(store, touched.said)))
    speakers = touched.speakers | {who for _, who in pairs(store, f"{among('a', touched.beside)} ?a <{kg('speaker')}> ?b")}
    said = {s for s, _ in pairs(store, f"{among('b', speakers)} ?a <{kg('speaker')}> ?b")}
    kept = {q.triple for q in store.quads(DERIVED_GRAPH + "utterance") if q.subject not in anew and q.object not in anew}
    return kept.union(_triples(store, find_utterances(find_uttered(store, said))))


def told_of(store: Store, statements: Iterable[Uttered]) -> list[list[Uttered]]:
    """The clusters that the rule `utterance` found, as `find_utterances` gives them."""
    by_iri = {one.iri: one for one in statements}
    reports = many((utterance, s) for s, utterance in pairs(store, f"?a <{kg('reportOf')}> ?b") if s in by_iri)
    clusters = [sorted((by_iri[s] for s in some), key=_place) for some in reports.values()]
    return sorted(clusters, key=lambda cluster: [one.iri for one in cluster])


def _place(one: Uttered) -> tuple[str, int, str]:
    return one.passage.article, one.passage.start, one.iri


def _clusters(said: Sequence[Uttered]) -> Iterator[list[Uttered]]:
    groups = _repeated(said)
    alone = _alone(groups)
    pairs = sorted((-_alike(groups[a], groups[b], (a, b) in alone), a, b) for a, b in _candidates([some[0] for some in groups]) | alone)
    cluster_of = {at: [at] for at in range(len(groups))}
    for share, a, b in pairs:
        one, other = cluster_of[a], cluster_of[b]
        if share < 0 and one is not other and all(_joinable(groups[i][0], groups[j][0]) for i in one for j in other):
            one += other
            cluster_of |= dict.fromkeys(other, one)
    for members in {id(some): some for some in cluster_of.values()}.values():
        reports = [one for at in members for one in groups[at]]
        if len({one.passage.article for one in reports}) > 1:
            yield sorted(reports, key=_place)


def _repeated(said: Sequence[Uttered]) -> list[list[Uttered]]:
    """Statements of different articles in the same words and of one time, together: reprints of a story count once, however many.

    Not where their words tell too little to be of one utterance.
    """
    found: dict[tuple[object, ...], list[Uttered]] = {}
    times: Counter[tuple[object, ...]] = Counter()
    for one in said:
        key = one.text, one.said, one.published
        times[key, one.passage.article] += 1
        telling = likeness(one.telling, one.telling) > 0
        found.setdefault((key, times[key, one.passage.article], "" if telling else one.iri), []).append(one)
    return list(found.values())


def _candidates(said: Sequence[Uttered]) -> set[tuple[int, int]]:
    """Pairs that share telling words of few others."""
    holders: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(said):
        for word in set(one.telling):
            holders[word].append(at)
    shared = Counter(pair for some in holders.values() if len(some) <= FEW_HOLDERS for pair in _near(some, said))
    return {pair for pair, count in shared.items() if count >= LEAST_TELLING}


def _near(some: Iterable[int], said: Sequence[Uttered]) -> Iterator[tuple[int, int]]:
    """Pairs of some statements but for those of days too far apart, which `_together` refuses."""
    undated = [at for at in some if said[at].day is None]
    dated = sorted((day, at) for at in some if (day := said[at].day) is not None)
    yield from combinations(undated, 2)
    for place, (day, at) in enumerate(dated):
        yield from ((min(at, other), max(at, other)) for other in undated)
        for later_day, other in islice(dated, place + 1, None):
            if later_day - day > NEWS:
                break
            yield min(at, other), max(at, other)


def _alone(groups: Sequence[Sequence[Uttered]]) -> set[tuple[int, int]]:
    """Pairs of groups with statements of which each is the only one of its article that expresses a thing with a force."""
    of: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at, some in enumerate(groups):
        for one in some:
            if one.expresses[0]:
                of[one.expresses][one.passage.article].append(at)
    only = [sorted({some[0] for some in by_article.values() if len(some) == 1}) for by_article in of.values()]
    return {pair for some in only if len(some) <= FEW_HOLDERS for pair in _near(some, [group[0] for group in groups])}


def _alike(some: Sequence[Uttered], others: Sequence[Uttered], alone: bool) -> float:
    """How like two groups of reports in the same words are, 0 where they are not of one utterance."""
    one, other = some[0], others[0]
    if (len(some) == len(others) == 1 and one.passage.article == other.passage.article) or not _joinable(one, other):
        return 0.0
    if one.names - other.names and other.names - one.names:
        return 0.0  # like words, of somebody else
    share = likeness(one.telling, other.telling)
    if alone and (one.day is None or other.day is None or abs(one.day - other.day) <= NEXT):
        return max(share, LEAST)
    if ALIKE_OF_ONE_THING <= share < ALIKE:
        return share if {s.expresses for s in some if s.expresses[0]} & {s.expresses for s in others} else 0.0
    return share if share >= ALIKE else 0.0


def _joinable(one: Uttered, other: Uttered) -> bool:
    """Whether two statements can be of one time, and do not tell the figures of two days."""
    apart = None not in (one.day, other.day) and one.day != other.day and one.figures - other.figures and other.figures - one.figures
    return not apart and of_one_speech(one, other)


def of_one_speech(one: Uttered, other: Uttered) -> bool:
    """Whether two statements can be of one time: no article reports what is said later, nor as news what was said long ago."""
    if one.said and other.said:
        return together(one.said, other.said)
    if later(one.said, other.published) or later(other.said, one.published):
        return False
    if one.day is not None and other.day is not None:
        return abs(one.day - other.day) <= NEWS
    return together(one.said or one.published, other.said or other.published)


def find_uttered(store: Store, only: Iterable[str] | None = None) -> Iterator[Uttered]:
    """Every statement somebody made, by IRI; or of these statements alone (`only`, IRIs)."""
    told = rows(
        store,
        f"""SELECT DISTINCT ?s ?article ?said ?quote ?start ?end ?thing ?force ?mode {{ {among("s", only)}
          ?s <{kg("mode")}> ?mode ; <{kg("reportedIn")}> ?article ; <{kg("force")}> ?force ; <{kg("passage")}> ?words .
          ?words <{OA}exact> ?quote ; <{OA}start> ?start ; <{OA}end> ?end .
          OPTIONAL {{ ?s <{kg("saidOn")}> ?said }}
          OPTIONAL {{ ?s <{kg("expresses")}> ?thing }} }}""",
    )
    parts: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in told:
        parts[row[0]].append(row)
    articles = None if only is None else {row[1] for found in parts.values() for row in found}
    origins = dict(pairs(store, f"{among('a', articles)} ?a <{kg('origin')}> ?b"))
    published = dict(pairs(store, f"{among('a', None if only is None else set(origins.values()))} ?a <{SCHEMA}datePublished> ?b"))
    some = among("a", only)
    speakers, possible, attached = (_gathered(store, f"{some} ?a <{kg(term)}> ?b") for term in ("speaker", "possibleSpeaker", "attaches"))
    for s, told_in in sorted(parts.items()):
        told_in.sort(key=lambda row: int(row[4]))
        _, article, said, _, start, _, thing, force, mode = told_in[0]
        sure, maybe = speakers.get(s, frozenset()), possible.get(s, frozenset())
        if not sure | maybe:
            continue
        text = " … ".join(dict.fromkeys(row[3] for row in told_in))
        passage = Passage(text, article, int(start), int(told_in[-1][5]))
        day, conditions = published.get(origins.get(article, ""), ""), attached.get(s, frozenset())
        yield Uttered(s, sure, sure | maybe, mode.rpartition("-")[2], said, day, text, passage, conditions, (thing, force))


def _gathered(store: Store, pattern: str) -> dict[str, frozenset[str]]:
    return {s: frozenset(things) for s, things in many(pairs(store, pattern)).items()}
