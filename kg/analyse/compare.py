"""The same utterance or fact across sources: who confirms it, how its wording moved, where sources cannot all be right.

    store --utterances--> clusters of statements that report one act of speaking
          --compare--> rows: wording (one utterance, other words), speaker, number, condition, stance (sources disagree)

Articles that go back to one origin are one source. Nothing is merged away: every row has both passages.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.analyse.readings import Passage, Said, later, rows
from kg.analyse.timeline import Moves
from kg.analyse.wording import changes, likeness, marked, rare_words, words_of
from kg.query import ask_store, load_query, to_json_rows
from kg.store.embedded import Store
from kg.vocabulary import OA, SCHEMA, kg

COLUMNS = (
    "kind", "about", "differs", "speaker", "quote", "article", "start", "end", "other_speaker", "other_quote", "other_article", "other_start",
    "other_end", "wording",
)  # fmt: skip
KINDS = ("wording", "speaker", "number", "condition", "stance")
ALIKE = 0.6  # share of the telling words of the shorter wording that the other has
QUESTIONS = {"speaker": "quotes_disputed", "condition": "conditions_differing"}  # kind -> the question that finds it


@dataclass(frozen=True, slots=True)
class Uttered:
    """A statement as somebody's words: the speakers (IRIs), the date, the contents in one, the place of them."""

    iri: str
    speakers: frozenset[str]
    date: str
    text: str
    passage: Passage
    conditions: frozenset[str]


def utterances(store: Store, origin_of: Mapping[str, str]) -> list[list[Uttered]]:
    """Statements of different sources that report one act of speaking: of one speaker, of one time, in like words.

    Each source is there once, by its own article; a cluster of one source is none.
    """
    by_speaker: dict[str, list[Uttered]] = {}
    for one in _uttered(store):
        for speaker in one.speakers:
            by_speaker.setdefault(speaker, []).append(one)
    found: dict[frozenset[str], list[Uttered]] = {}
    for said in by_speaker.values():
        for cluster in _clusters(said, origin_of):
            found[frozenset(one.iri for one in cluster)] = cluster
    return [found[key] for key in sorted(found, key=sorted)]


def _clusters(said: Sequence[Uttered], origin_of: Mapping[str, str]) -> Iterator[list[Uttered]]:
    telling = [rare_words(words_of(one.text)) for one in said]
    cluster_of = list(range(len(said)))
    for a, b in itertools.combinations(range(len(said)), 2):
        one, other = said[a], said[b]
        apart = one.passage.article != other.passage.article and not later(one.date, other.date) and not later(other.date, one.date)
        if apart and likeness(telling[a], telling[b]) >= ALIKE:
            old, new = cluster_of[b], cluster_of[a]
            cluster_of = [new if at == old else at for at in cluster_of]
    for number in sorted(set(cluster_of)):
        members = sorted(
            (said[at] for at, own in enumerate(cluster_of) if own == number), key=lambda one: (one.passage.article, one.passage.start)
        )
        sources: dict[str, Uttered] = {}
        for one in sorted(members, key=lambda m: origin_of.get(m.passage.article, m.passage.article) != m.passage.article):
            sources.setdefault(origin_of.get(one.passage.article, one.passage.article), one)
        if len(sources) > 1:
            yield [sources[key] for key in sorted(sources)]


def _uttered(store: Store) -> list[Uttered]:
    told = rows(
        store,
        f"""SELECT DISTINCT ?s ?article ?said ?published ?quote ?start ?end {{
          ?s <{kg("speaker")}> ?who ; <{kg("reportedIn")}> ?article ; <{kg("passage")}> ?words .
          ?words <{OA}exact> ?quote ; <{OA}start> ?start ; <{OA}end> ?end .
          OPTIONAL {{ ?s <{kg("saidOn")}> ?said }} OPTIONAL {{ ?article <{SCHEMA}datePublished> ?published }} }}""",
    )
    speakers: dict[str, set[str]] = {}
    for s, who in rows(store, f"SELECT DISTINCT ?s ?who {{ ?s <{kg('speaker')}> ?who }}"):
        speakers.setdefault(s, set()).add(who)
    attached: dict[str, set[str]] = {}
    for s, c in rows(store, f"SELECT DISTINCT ?s ?c {{ ?s <{kg('attaches')}> ?c }}"):
        attached.setdefault(s, set()).add(c)
    parts: dict[str, list[tuple[str, ...]]] = {}
    for row in told:
        parts.setdefault(row[0], []).append(row)
    found = []
    for s, some in parts.items():
        some.sort(key=lambda row: int(row[5]))
        _, article, said, published, _, start, _ = some[0]
        text = " … ".join(row[4] for row in some)
        passage = Passage(text, article, int(start), int(some[-1][6]))
        found.append(Uttered(s, frozenset(speakers[s]), said or published, text, passage, frozenset(attached.get(s, ()))))
    return sorted(found, key=lambda one: one.iri)


# ---------------------------------------------------------------------------------------------------- rows


def compare(store: Store, structured: bool = False) -> list[tuple[Any, ...]]:
    """All that sources say otherwise of one thing, by `COLUMNS`: first other wordings, then what cannot all be right.

    `differs` names what changes the meaning: a modal, a hedge, a negation, a number, a condition, with the words of either side.

    >>> from kg.store.embedded import memory
    >>> compare(memory())
    []
    """
    moves = Moves(store)
    found = [*_wordings(store, moves), *_speakers(store, moves), *_numbers(store), *_conditions(store, moves), *_stances(moves)]
    order = {kind: at for at, kind in enumerate(KINDS)}
    found.sort(key=lambda row: (order[row["kind"]], _text(row["about"]), str(row["quote"]), str(row["other_quote"])))
    return [tuple(_shown(row.get(column), structured) for column in COLUMNS) for row in found]


def _wordings(store: Store, moves: Moves) -> Iterator[dict[str, Any]]:
    clusters = utterances(store, moves.readings.origin_of)
    labels = store.labels({iri for cluster in clusters for one in cluster for iri in (*one.speakers, *one.conditions, one.passage.article)})

    def thing(iri: str) -> dict[str, str]:
        return {"iri": iri, "label": labels.get(iri, iri.rpartition("/")[2])}

    for cluster in clusters:
        first = cluster[0]
        for other in cluster[1:]:
            if words_of(first.text.lower()) == words_of(other.text.lower()):
                continue
            told = [f"{d.kind}: {d.one or '–'} → {d.other or '–'}" for d in changes(first.text, other.text)]
            if first.conditions != other.conditions:
                one_side, other_side = ("; ".join(sorted(thing(c)["label"] for c in a - b)) or "–" for a, b in ((first.conditions, other.conditions), (other.conditions, first.conditions)))  # fmt: skip
                told.append(f"condition: {one_side} → {other_side}")
            yield {
                "kind": "wording", "about": [thing(who) for who in sorted(first.speakers & other.speakers)], "differs": told,
                "speaker": [thing(who) for who in sorted(first.speakers)], **_place(first.passage, thing),
                "other_speaker": [thing(who) for who in sorted(other.speakers)], **_place(other.passage, thing, "other_"),
                "wording": marked(first.text, other.text),
            }  # fmt: skip


def _place(passage: Passage, thing: Any, side: str = "") -> dict[str, Any]:
    return {
        side + "quote": passage.quote,
        side + "article": thing(passage.article),
        side + "start": passage.start,
        side + "end": passage.end,
    }


def _apart(moves: Moves, row: Mapping[str, Any], one: str = "article", other: str = "otherArticle") -> bool:
    return moves.readings.reading_of(row[one]["iri"]) != moves.readings.reading_of(row[other]["iri"])


def _both(row: Mapping[str, Any]) -> dict[str, Any]:
    sides = {"speaker": "speaker", "quote": "quote", "article": "article", "start": "start", "end": "end"}
    return {ours: row.get(theirs) for ours, theirs in sides.items()} | {
        f"other_{ours}": row.get("other" + theirs.title()) for ours, theirs in sides.items()
    }


def _asked(store: Store, kind: str) -> list[dict[str, Any]]:
    return to_json_rows(store, ask_store(store, load_query(QUESTIONS[kind])))


def _speakers(store: Store, moves: Moves) -> Iterator[dict[str, Any]]:
    for row in _asked(store, "speaker"):
        if _apart(moves, row):
            differs = [f"speaker: {_text(row['speaker'])} → {_text(row['otherSpeaker'])}"]
            yield {
                "kind": "speaker",
                "about": row["wording"],
                "differs": differs,
                **_both(row),
                "wording": marked(row["quote"], row["otherQuote"]),
            }


def _conditions(store: Store, moves: Moves) -> Iterator[dict[str, Any]]:
    """Commitments that two sources make hang on different conditions of one kind, each pair of conditions and sources once."""
    seen: set[frozenset[str]] = set()
    for row in _asked(store, "condition"):
        pair = frozenset(moves.readings.reading_of(row[article]["iri"]) for article in ("article", "otherArticle"))
        key = pair | {row[thing]["iri"] for thing in ("commitment", "condition", "otherCondition")}
        if len(pair) > 1 and key not in seen:
            seen.add(key)
            differs = [f"condition: {_text(row['condition'])} → {_text(row['otherCondition'])}"]
            yield {"kind": "condition", "about": row["commitment"], "differs": differs, **_both(row)}


def _numbers(store: Store) -> Iterator[dict[str, Any]]:
    """Pairs of figures of one measure whose intervals cannot both be true."""
    told = to_json_rows(store, ask_store(store, load_query("figures_compared")))
    for one, other in itertools.combinations(told, 2):
        contradicts = one.get("contradicts") and other["claim"] and one["contradicts"] == other["claim"]
        if contradicts and (one["counted"], one["of"]) == (other["counted"], other["of"]):
            spans = [
                " to ".join(dict.fromkeys(str(side[end]) for end in ("lowest", "highest") if side[end] is not None))
                for side in (one, other)
            ]
            yield {
                "kind": "number", "about": f"{_text(one['counted'])}: {_text(one['of'])}", "differs": [f"number: {spans[0]} → {spans[1]}"],
                **{key: one.get(key) for key in ("speaker", "quote", "article", "start", "end")},
                **{f"other_{key}": other.get(key) for key in ("speaker", "quote", "article", "start", "end")},
            }  # fmt: skip


def _stances(moves: Moves) -> Iterator[dict[str, Any]]:
    """First-hand statements of one time that stand otherwise to one commitment, in different sources, where their places overlap."""
    for commitment in moves.of():
        own = [said for said in moves.said(commitment) if said.first_hand]
        seen: set[frozenset[str]] = set()
        for one, other in itertools.combinations(own, 2):
            pair = frozenset((f"{one.stance} {one.article}", f"{other.stance} {other.article}"))
            if one.stance != other.stance and pair not in seen and _of_one_time(moves, one, other):
                seen.add(pair)
                yield {
                    "kind": "stance", "about": moves.thing(commitment), "differs": [f"stance: {one.stance} → {other.stance}"],
                    "speaker": [moves.thing(who) for who in one.speakers], **_place(one.passage, moves.thing),
                    "other_speaker": [moves.thing(who) for who in other.speakers], **_place(other.passage, moves.thing, "other_"),
                }  # fmt: skip


def _of_one_time(moves: Moves, one: Said, other: Said) -> bool:
    together = not later(one.date, other.date) and not later(other.date, one.date)
    return together and moves.readings.reading_of(one.article) != moves.readings.reading_of(other.article) and moves.overlap(one, other)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(value["label"])
    return "; ".join(map(_text, value)) if isinstance(value, list) else "" if value is None else str(value)


def _shown(value: Any, structured: bool) -> Any:
    return value if structured or isinstance(value, int) or value is None else _text(value)
