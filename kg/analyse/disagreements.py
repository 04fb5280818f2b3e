"""Where sources cannot all be right, and where they word one utterance so that it means something else.

    store --find_contrasts--> Contrast, a pair of statements (or figures) each --disagreement_triples--> the graph kg:derived/disagreement

Articles that go back to one origin are one source. Nothing is merged away: each side keeps its words and its place.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.analyse.readings import WAYS, Passage, Said, among, near, pairs, rows, together
from kg.analyse.timeline import Moves
from kg.analyse.touched import Touched, reports_beside
from kg.analyse.utterances import Uttered, find_uttered, of_one_speech, told_of
from kg.analyse.wording import changes, likeness, plain, rare_words, words_of
from kg.query import ask_store, load_query, to_json_rows
from kg.store.embedded import Store
from kg.triples.terms import hashed
from kg.vocabulary import DERIVED_GRAPH, ID, OA, RDF, RDFS, SCHEMA, kg

KINDS = ("wording", "speaker", "number", "condition", "stance", "denial")
SOURCES = 20  # of one commitment, beyond which not each pair of them is told of: a thousand would make half a million
LETTERS = 12  # of a quoted piece that is looked for in other articles; shorter ones are anybody's
QUARTER = 92  # days between the articles of which one gives to another what the other quotes
OWN_WORDS = 4  # of a quoted piece that nobody else would say just so; one of fewer is to be of one week, with
LEAST_COMMON = 2  # other telling words that both statements have
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"][^“”\"]*$")
_LETTER = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Side:
    """One side: the statement or claim (IRI), who said it (IRIs), where."""

    iri: str
    speakers: tuple[str, ...]
    passage: Passage


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two sides of one thing: `about` are IRIs or, where nothing in the graph names it, words; `differs` says in what, by kind.

    A condition in `differs` is told by its label.
    """

    kind: str
    about: tuple[str, ...]
    differs: tuple[str, ...]
    one: Side
    other: Side


def find_contrasts(moves: Moves, statements: Iterable[Uttered] | None = None) -> list[Contrast]:
    """All contrasts of a store, by kind (`KINDS`) and place; `statements` as `utterance_triples` takes them."""
    store = moves.readings.store
    every = list(find_uttered(store) if statements is None else statements)
    found = [*_wordings(every, moves), *_speakers(every, moves), *_numbers(store), *_conditions(moves), *_stances(moves), *_denials(store)]
    return sorted(found, key=lambda c: (KINDS.index(c.kind), c.one.passage.article, c.one.passage.start, c.other.passage.article, c.other.passage.start, c.about))  # fmt: skip


def disagreement_triples(store: Store, statements: Iterable[Uttered] | None = None) -> list[ox.Triple]:
    """What the rule `disagreement` derives: one for each contrast that changes what is said, between its two sides.

    `statements` as `utterance_triples` takes them.
    """
    return _triples(find_contrasts(Moves(store), statements))


def disagreements_near(store: Store, touched: Touched) -> set[ox.Triple]:
    """The same where only some articles have changed: what these cannot touch stays as it is in the store. Utterances are to be in it."""
    moves = Moves(store, touched.commitments, touched.origins)
    regrouped = touched.beside.union(*reports_beside(store, touched.said).values())
    published = dict(pairs(store, f"?a <{SCHEMA}datePublished> ?b"))
    day = {article: published.get(origin, "") for article, origin in touched.origins.items()}
    days = {day.get(article, "") for article in touched.articles}
    near_days = {own for own in set(day.values()) if any(near(own, other, QUARTER) for other in days)}
    around = [article for article, own in day.items() if own in near_days]
    said = {s for s, _ in pairs(store, f"{among('b', around)} ?a <{kg('reportedIn')}> ?b")}
    anew = _triples([
        *_wordings(list(find_uttered(store, regrouped)), moves),
        *_speakers(list(find_uttered(store, said)), moves, touched.articles),
        *_numbers(store), *_conditions(moves), *_stances(moves), *_denials(store),
    ])  # fmt: skip
    of = {"wording": regrouped, "speaker": touched.statements, "condition": touched.about, "stance": touched.about}
    quads = list(store.quads(DERIVED_GRAPH + "disagreement"))
    kind = {q.subject: q.object.value for q in quads if q.predicate.value == kg("disagreementKind") and isinstance(q.object, ox.Literal)}
    stays = set(kind)
    for q in quads:
        if (
            q.predicate.value == kg("between")
            and isinstance(q.object, ox.NamedNode)
            and q.object.value in of.get(kind[q.subject], {q.object.value})
        ):
            stays.discard(q.subject)
    return {q.triple for q in quads if q.subject in stays}.union(anew)


def _triples(contrasts: Iterable[Contrast]) -> list[ox.Triple]:
    found = []
    for c in contrasts:
        if not c.differs:
            continue  # other words that say the same
        node = ox.NamedNode(f"{ID}disagreement/{hashed(c.kind, *c.about, c.one.iri, c.other.iri)}")
        found += [
            ox.Triple(node, ox.NamedNode(RDF + "type"), ox.NamedNode(kg("Disagreement"))),
            ox.Triple(node, ox.NamedNode(RDFS + "label"), ox.Literal("; ".join(c.differs), language="en")),
            ox.Triple(node, ox.NamedNode(kg("disagreementKind")), ox.Literal(c.kind)),
            *(ox.Triple(node, ox.NamedNode(kg("between")), ox.NamedNode(side.iri)) for side in (c.one, c.other)),
        ]
    return found


# ---------------------------------------------------------------------------------------------------- words


def _wordings(every: Sequence[Uttered], moves: Moves) -> Iterator[Contrast]:
    """The reports of one utterance in different sources, each source once, in other words."""
    for cluster in told_of(moves.readings.store, every):
        sources: dict[str, dict[str, Uttered]] = defaultdict(dict)  # the first in each wording
        for one in sorted(cluster, key=lambda u: moves.readings.reading_of(u.passage.article) != u.passage.article):
            sources[moves.readings.reading_of(one.passage.article)].setdefault(one.text, one)
        first, *others = (list(some.values()) for _, some in sorted(sources.items()))
        for some in others:
            one, other = max(itertools.product(first, some), key=lambda pair: likeness(pair[0].telling, pair[1].telling))
            if plain(one.text) != plain(other.text):
                told = list(map(str, changes(one.text, other.text)))
                if one.conditions != other.conditions:
                    told.append(_of_conditions(moves, one.conditions - other.conditions, other.conditions - one.conditions))
                yield Contrast("wording", tuple(sorted(one.speakers & other.speakers)), tuple(told), _side(one), _side(other))


def _speakers(every: Sequence[Uttered], moves: Moves, of: Container[str] | None = None) -> Iterator[Contrast]:
    """Words that one source quotes as somebody's and another one gives to somebody else in that quarter; each pair of sources and words once.

    Where articles are named (`of`), of those pairs of which one side stands in them.
    """
    words_in = [_LETTER.findall(one.text.lower()) for one in every]
    told = [f" {' '.join(words)} " for words in words_in]
    source = [moves.readings.reading_of(one.passage.article) for one in every]
    holders: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))  # word -> source -> those that have it
    for at, words in enumerate(words_in):
        for word in set(words):
            holders[word][source[at]].append(at)
    total = {word: sum(map(len, some.values())) for word, some in holders.items()}
    seen: set[tuple[str, frozenset[str]]] = set()
    for one, own in zip(every, source, strict=True):
        known = _LETTER.findall((quoted := _quoted(one)).lower())
        if len("".join(known)) < LETTERS:
            continue
        wanted = f" {' '.join(known)} "
        rarest = min(known, key=lambda word: total[word] - len(holders[word].get(own, ())))
        for there in sorted(at for reading, some in holders[rarest].items() if reading != own for at in some):
            other, pair = every[there], frozenset((own, source[there]))
            if wanted not in told[there] or one.likeliest & other.likeliest or (wanted, pair) in seen:
                continue
            if of is not None and one.passage.article not in of and other.passage.article not in of:
                continue
            own_words = len(known) >= OWN_WORDS or (of_one_speech(one, other) and _common(one, other, quoted) >= LEAST_COMMON)
            if own_words and near(one.published, other.published, QUARTER):
                seen.add((wanted, pair))
                sides = sorted((one, other), key=lambda u: (u.passage.article, u.passage.start))
                names = ["; ".join(moves.label(s) for s in sorted(side.likeliest)) for side in sides]
                yield Contrast("speaker", (quoted,), (f"speaker: {names[0]} → {names[1]}",), *map(_side, sides))


def _quoted(one: Uttered) -> str:
    """What stands in quotation marks: the content of direct speech, or the last quoted piece of a mixed one."""
    if one.mode == "direct":
        return one.text
    found = _QUOTED.search(one.text) if one.mode == "mixed" else None
    return found[1] if found else ""


def _common(one: Uttered, other: Uttered, words: str) -> int:
    """Telling words that two statements have in common beside some."""
    return (Counter(one.telling) & Counter(other.telling) - Counter(rare_words(words_of(words)))).total()


def _side(one: Uttered) -> Side:
    return Side(one.iri, tuple(sorted(one.likeliest)), one.passage)


# ---------------------------------------------------------------------------------------------------- what is said


def _numbers(store: Store) -> Iterator[Contrast]:
    """Pairs of figures of one measure whose intervals cannot both be true."""
    told = to_json_rows(store, ask_store(store, load_query("figures_compared")))
    for one, other in itertools.combinations(told, 2):
        contradicts = one.get("contradicts") and other["claim"] and one["contradicts"] == other["claim"]
        if contradicts and (one["counted"], one["of"]) == (other["counted"], other["of"]):
            spans = [" to ".join(dict.fromkeys(str(side[end]) for end in ("lowest", "highest") if side[end] is not None)) for side in (one, other)]  # fmt: skip
            sides = [
                Side(
                    row["claim"]["iri"],
                    (row["speaker"]["iri"],) if row.get("speaker") else (),
                    Passage(row["quote"], row["article"]["iri"], row["start"], row["end"]),
                )
                for row in (one, other)
            ]
            yield Contrast("number", (f"{one['counted']}: {one['of']}",), (f"number: {spans[0]} → {spans[1]}",), *sides)


def _conditions(moves: Moves) -> Iterator[Contrast]:
    """Commitments that two sources make hang, in one way, on different conditions of one kind; each pair of conditions and sources once.

    Where more than `SOURCES` make a commitment hang on something, each pair of conditions once, between the first two that differ so.
    """
    for commitment in moves.of():
        bound: dict[str, dict[tuple[str, str], Said]] = {}  # reading -> way and condition -> the first statement that attaches it
        for reading, some in moves.readings.by_commitment[commitment].items():
            attached = {(way, c): said for said in reversed(some) if said.stance != "withdrawn" for way in WAYS for c in said.attached[way]}
            if attached:
                bound[reading] = attached
        seen: set[frozenset[tuple[str, str]]] = set()
        for one, other in itertools.combinations([bound[reading] for reading in sorted(bound)], 2):
            for (way, c), (otherwise, d) in itertools.product(sorted(one.keys() - other.keys()), sorted(other.keys() - one.keys())):
                pair = frozenset(((way, c), (way, d)))
                if way == otherwise and _kind(moves, c) == _kind(moves, d) and pair not in seen:
                    if len(bound) > SOURCES:
                        seen.add(pair)
                    yield Contrast("condition", (commitment,), (_of_conditions(moves, {c}, {d}),), _said(one[way, c]), _said(other[way, d]))


def _kind(moves: Moves, condition: str) -> str:
    known = moves.readings.conditions.get(condition)
    return known.kind if known else ""


def _of_conditions(moves: Moves, one: Iterable[str], other: Iterable[str]) -> str:
    sides = ("; ".join(sorted(map(moves.label, side))) or "–" for side in (one, other))
    return f"condition: {' → '.join(sides)}"


def _stances(moves: Moves) -> Iterator[Contrast]:
    """First-hand statements of one time that stand otherwise to one commitment, in different sources, where their places overlap."""
    for commitment in moves.of():
        own = [said for said in moves.said(commitment) if said.first_hand]
        seen: set[frozenset[str]] = set()
        for one, other in itertools.combinations(own, 2):
            pair = frozenset((f"{one.stance} {one.article}", f"{other.stance} {other.article}"))
            if one.stance != other.stance and pair not in seen and _of_one_time(moves, one, other):
                seen.add(pair)
                yield Contrast("stance", (commitment,), (f"stance: {one.stance} → {other.stance}",), _said(one), _said(other))


def _of_one_time(moves: Moves, one: Said, other: Said) -> bool:
    return (
        together(one.date, other.date)
        and moves.readings.reading_of(one.article) != moves.readings.reading_of(other.article)
        and moves.overlap(one, other)
    )


def _said(said: Said) -> Side:
    return Side(said.iri, tuple(said.speakers), said.passage)


def _denials(store: Store) -> Iterator[Contrast]:
    """A claim or a commitment that one says there is and another denies, by statements of different speakers; each pair of speakers once."""
    told: dict[str, list[tuple[bool, Side]]] = defaultdict(list)
    of: dict[str, tuple[str, bool, Passage]] = {}
    speakers: dict[str, list[str]] = defaultdict(list)
    for s, thing, force, article, quote, start, end, who in rows(
        store,
        f"""SELECT DISTINCT ?s ?thing ?force ?article ?quote ?start ?end ?who {{
          ?denial <{kg("force")}> <{kg("force-denies")}> ; <{kg("expresses")}> ?thing .
          ?s <{kg("expresses")}> ?thing ; <{kg("force")}> ?force ; <{kg("reportedIn")}> ?article ; <{kg("context")}> ?sentence .
          ?sentence <{OA}exact> ?quote ; <{OA}start> ?start ; <{OA}end> ?end .
          OPTIONAL {{ ?s <{kg("speaker")}> ?who }} }} ORDER BY ?s ?who""",
    ):
        of[s] = thing, force == kg("force-denies"), Passage(quote, article, int(start), int(end))
        speakers[s] += [who] if who else []
    for s, (thing, denies, passage) in sorted(of.items()):
        told[thing].append((denies, Side(s, tuple(dict.fromkeys(speakers[s])), passage)))
    for thing, some in sorted(told.items()):
        seen: set[tuple[Sequence[str], Sequence[str]]] = set()
        for one, other in itertools.product((side for denies, side in some if not denies), (side for denies, side in some if denies)):
            pair = one.speakers, other.speakers
            if not set(one.speakers) & set(other.speakers) and pair not in seen:
                seen.add(pair)
                yield Contrast("denial", (thing,), ("denial: said → denied",), one, other)
