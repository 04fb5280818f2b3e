"""Of an answer only what stands in the passage is believed, and what that makes is always a reading that may be stored."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg.actors import load_registry
from kg.annotate.from_file import schema
from kg.annotate.joining import join
from kg.annotate.llm.form import MOST_STATEMENTS, answer_schema, parse_answer, read_answer
from kg.annotate.llm.passages import Passage, passages
from kg.annotate.llm.prompt import DATA
from kg.annotate.reading import read_apart
from kg.check import check_reading
from kg.model import Article
from tests.support import TOP

TEXT = "Bonn said: “We will pay if the Bundestag agrees.” Paris, Bonn added, will not pay unless Bonn pays in Kyiv or the Bundestag agrees."
FORCES = answer_schema()["properties"]["statements"]["items"]["properties"]["force"]["enum"]


def statement(**told: Any) -> dict[str, Any]:
    """One in the form of an answer."""
    return {"speaker": [], "cue": None, "content": ["We will pay"], "force": "pledges", "commitments": [], "outcomes": []} | told


def commitment(**told: Any) -> dict[str, Any]:
    """One in the form of an answer."""
    empty: dict[str, Any] = {"committer": [], "beneficiary": None, "against": None, "only_in": [], "not_in": [], "conditions": []}
    return empty | {"action": "pay", "stance": "pledged", "strength": "firm"} | told


def condition(**told: Any) -> dict[str, Any]:
    """One in the form of an answer."""
    return {"text": "the Bundestag agrees", "marker": "if", "polarity": "if", "as": "requirement", "kind": "approval", "by": []} | told


def test_the_form_is_the_published_one_reduced() -> None:
    """The same words for forces, stances, kinds; no offsets, ids, actors, concepts, confidence, reviewer or article."""
    said = schema()["properties"]["statements"]["items"]["properties"]
    assert said["force"]["enum"] == FORCES
    told = json.dumps(answer_schema())
    assert [
        word for word in ("start", "actor", "concept", "confidence", "found_by", "reviewed", "annotator", '"id"', "article") if word in told
    ] == []


def test_endpoints_that_are_strict_take_the_form() -> None:
    """Every object lists all its keys as required and allows no others, as strict structured outputs want it."""

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("type") == "object":
                assert value["additionalProperties"] is False and value["required"] == list(value["properties"])
            for below in value.values():
                walk(below)
        elif isinstance(value, list):
            for below in value:
                walk(below)

    walk(answer_schema())


BAD_SPANS = {
    "no": "ends within a word", "Rome": "not in the text", "": "empty", " \n": "empty", "we will pay": "not in the text", "We will pay!": "not in the text",
}  # fmt: skip


@pytest.mark.parametrize("words", BAD_SPANS)
def test_words_that_do_not_stand_there_are_dropped_and_counted(words: str) -> None:
    """And with them what has no other words; nothing is repaired."""
    text = "Bonn will not pay. " if words == "no" else TEXT
    dropped: Counter[str] = Counter()
    assert read_answer(text, Passage(0, len(text)), {"statements": [statement(content=[words])]}, dropped) == []
    assert +dropped == {BAD_SPANS[words]: 1, "part of what was dropped": 1}


@pytest.mark.parametrize(("nth", "start"), [(1, 0), (2, 57), (3, 89), (4, None), (0, None), (-1, None), (2.0, 57), (1e300, None)])
def test_words_are_found_again_by_their_occurrence(nth: float, start: int | None) -> None:
    """Counted from 1 in the passage, also where a model writes 2.0, which JSON Schema takes for whole; one that is not there is dropped."""
    dropped: Counter[str] = Counter()
    said = statement(content=[{"text": "Bonn", "occurrence": nth}])
    answer = parse_answer(json.dumps({"statements": [said]}))
    assert answer is not None
    told = read_answer(TEXT, Passage(0, len(TEXT)), answer, dropped)
    assert [one.said.content[0].start for one in told] == ([] if start is None else [start])
    assert dropped["no such occurrence"] == (start is None)


def test_a_passage_s_answer_reaches_no_other_passage() -> None:
    """Words that stand elsewhere in the article do not stand in the passage."""
    dropped: Counter[str] = Counter()
    first = passages(TEXT)[0]
    said = statement(speaker=["Paris"], commitments=[commitment(conditions=[condition(text="Bonn pays", marker=None)])])
    (told,) = read_answer(TEXT, first, {"statements": [said]}, dropped)
    assert told.said.speakers == () and dropped["not in the text"] == 2


@pytest.mark.parametrize(
    ("words", "mode"), [(["We will pay"], "direct"), (["We will pay", "Paris"], "mixed"), (["will not pay"], "indirect")]
)
def test_the_mode_is_seen_in_the_text(words: list[str], mode: str) -> None:
    """A model is not asked what the quotation marks say."""
    (told,) = read_answer(TEXT, Passage(0, len(TEXT)), {"statements": [statement(content=words)]}, Counter())
    assert told.said.mode == mode


@pytest.mark.parametrize(
    "words",
    [
        "", "null", "[]", "{}", "Sure, here it is:", '{"statements": 1}', '{"statements": [{}]}', '{"statements": [], "reviewed": true}', "[" * 100_000,
        '{"statements": [NaN]}', json.dumps({"statements": [statement(force="commands")]}), json.dumps({"statements": [statement(actor="putin")]}),
        "```json\n", '{"answer": {"statements": [}}', '{"statements": [{"text": "{\\"statements\\": []}"}]}',
    ],
)  # fmt: skip
def test_what_is_not_of_the_form_is_no_answer(words: str) -> None:
    """Nothing is read out of it in part."""
    assert parse_answer(words) is None


def test_more_than_anybody_says_is_cut_and_counted() -> None:
    """A thousand statements of one passage are not believed."""
    dropped: Counter[str] = Counter()
    many = [statement(content=[{"text": "Bonn", "occurrence": 1 + n % 3}], force=FORCES[n % 12], cue=None) for n in range(1000)]
    told = read_answer(TEXT, Passage(0, len(TEXT)), {"statements": many}, dropped)
    assert 0 < len(told) <= MOST_STATEMENTS and dropped["more than anybody says"] == 1000 - MOST_STATEMENTS


def test_the_examples_are_gold_and_of_the_form() -> None:
    """Each is an item of the seen part of the gold, whole or its first passage, and every word of its answer stands in it."""
    gold = {
        item["id"]: item["text"]
        for line in (TOP / "bench" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
        if (item := json.loads(line))
    }
    examples = [json.loads(line) for line in (DATA / "examples.jsonl").read_text("utf-8").splitlines()]
    assert len(examples) > 4
    for example in examples:
        dropped: Counter[str] = Counter()
        assert example["text"] in gold[example["id"]] and example["id"][-1] not in "cdef"
        assert parse_answer(json.dumps(example["answer"])) is not None
        assert len(read_answer(example["text"], Passage(0, len(example["text"])), example["answer"], dropped)) == len(
            example["answer"]["statements"]
        )
        assert not +dropped, (example["id"], dropped)
    assert Path(DATA / "README.md").exists()


@pytest.mark.parametrize("seed", range(24))
def test_any_answer_of_the_form_makes_a_reading_that_may_be_stored(seed: int) -> None:
    """Whatever a model says in the form: every span is its slice, and no rule of the graph is broken; at random, from a seed."""
    chance = random.Random(seed)
    words = [
        "Bonn",
        "We",
        "will pay",
        "We will pay",
        "if",
        "the Bundestag",
        "the Bundestag agrees",
        "Paris",
        "pay",
        "Bonn pays",
        "Kyiv",
        "Rome",
        "unless",
        "said",
    ]

    def span() -> Any:
        told = chance.choice(words)
        return told if chance.random() < 0.6 else {"text": told, "occurrence": chance.randint(1, 3)}

    def some(make: Any, most: int = 3) -> list[Any]:
        return [make() for _ in range(chance.randint(0, most))]

    def maybe() -> Any:
        return chance.choice([None, span()])

    def a_condition() -> Any:
        kind = chance.choice(["event", "approval", "limit", "time"])
        return condition(
            text=span(),
            marker=maybe(),
            polarity=chance.choice(["if", "unless"]),
            kind=kind,
            by=some(span),
            **{"as": chance.choice(["requirement", "trigger"])},
        )

    def a_commitment() -> Any:
        return commitment(
            committer=some(span), action=span(), stance=chance.choice([None, "pledged", "open", "refused", "withdrawn"]), beneficiary=maybe(), against=maybe(),
            strength=chance.choice([None, "firm", "intended"]), only_in=some(span), not_in=some(span), conditions=some(a_condition),
        )  # fmt: skip

    def a_statement() -> Any:
        outcomes = some(lambda: {"text": span(), "conditions": some(a_condition)})
        return statement(
            speaker=some(span),
            cue=maybe(),
            content=some(span),
            force=chance.choice(FORCES),
            commitments=some(a_commitment),
            outcomes=outcomes,
        )

    article, registry = Article("a", TEXT, published="2026-01-06"), load_registry()
    answers = [{"statements": some(a_statement, 4)} for _ in passages(TEXT)]
    assert all(parse_answer(json.dumps(answer)) for answer in answers)
    told = [read_answer(TEXT, place, answer, Counter()) for place, answer in zip(passages(TEXT), answers, strict=True)]
    made = join(article, registry, read_apart(article, registry, told))
    assert [str(finding) for finding in check_reading(article, made, registry).errors] == []


SAID = json.dumps({"statements": [statement(content=["a } ```"])]})
ROUND = {
    "a fence": f"```json\n{SAID}\n```", "a sentence before the fence": f"Here is the reading:\n\n```json\n{SAID}\n```\nI hope it helps {{}}.",
    "thinking": f"<think>Perhaps {{}} or {{'statements': 1}}, or {{\"statements\": []}}?</think>\n\n{SAID}", "thinking, unopened": f"Hm {{.\n</think>{SAID}",
    "drafts": '{"statements": []} ' * 20 + SAID, "a sentence": f"The answer is {SAID} and no other", "a piece of one": f'{{"statements": [{{"statements": {SAID}',
}  # fmt: skip


@pytest.mark.parametrize("how", ROUND)
def test_an_answer_is_found_in_what_stands_round_it(how: str) -> None:
    """As models write that are not held to a form; of several the last that is of the form."""
    assert parse_answer(ROUND[how]) == json.loads(SAID)


def test_looking_for_an_answer_costs_little() -> None:
    """However often one begins: no more than some are looked at."""
    assert parse_answer('{"statements": ' * 6_000) is None and parse_answer(SAID + '{"statements": [' * 9) is None


TWICE = "Bonn said it will pay in Rome, not in Rome, if Paris agrees, unless Paris agrees, and it will pay."
SPAN_2 = {"occurrence": 2}
BROKEN: dict[str, dict[str, Any]] = {
    "condition-twice": commitment(conditions=[condition(text="Paris agrees"), condition(text={"text": "Paris agrees", **SPAN_2}, polarity="unless")]),
    "place-both": commitment(only_in=["Rome"], not_in=[{"text": "Rome", **SPAN_2}]),
    "stance-one": commitment(action={"text": "pay", **SPAN_2}, stance="refused", strength=None),
    "strength-missing": commitment(strength=None),
    "strength-forbidden": commitment(stance="open"),
    "stance-missing": commitment(stance=None),
    "trigger-unless": commitment(conditions=[condition(text="Paris agrees", polarity="unless", **{"as": "trigger"})]),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_what_a_rule_forbids_is_left_out(rule: str) -> None:
    """One such answer must not keep the whole article out of a store."""
    article, registry = Article("a", TWICE), load_registry()
    said = statement(speaker=["Bonn"], cue="said", content=["it will pay in Rome"], commitments=[commitment(), BROKEN[rule]])
    told = read_answer(TWICE, Passage(0, len(TWICE)), {"statements": [said]}, Counter())
    made = join(article, registry, read_apart(article, registry, [told]))
    assert made.statements and [finding.code for finding in check_reading(article, made, registry).errors] == []


def test_a_word_that_a_piece_cuts_is_not_whole() -> None:
    """Though it is all that the piece holds of it."""
    dropped: Counter[str] = Counter()
    text = "x" * 30
    assert (
        read_answer(text, Passage(0, 20), {"statements": [statement(content=["x" * 20])]}, dropped) == []
        and dropped["ends within a word"] == 1
    )
