"""The flat form: its items are read, and Proviso's annotations are seen the same way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.actors import load_registry
from kg.annotate import automatic
from kg.annotate.to_file import to_json
from kg.errors import AnnotationError, ReadError, UsageError
from kg.evaluate import Item, Reading, Report, Row, compare_annotator, compare_files, compare_readings, flatten, read_item
from kg.evaluate.flat import SPOKEN
from kg.model import Annotation, Annotator, Article, Claim, Commitment, Condition, ConditionUse, Reference, Registry, Span, Statement
from tests.support import TOP, Run

GOLD = TOP / "bench" / "gold" / "dev.jsonl"
ME = Annotator("me")
TEXT = (
    "Ann Berg and Ole Dahl said Norland will send ships only in Westmark and pay Sudland if the Assembly agrees. "
    "Berg asked Eastmark to leave. Ann Berg left."
)
ARTICLE = Article("a", TEXT, published="2026-01-06")
SAID = "Norland will send ships only in Westmark and pay Sudland if the Assembly agrees"
FLAT: dict[str, Any] = {
    "id": "a", "date": "2026-01-06", "text": TEXT,
    "statements": [
        {"speaker": "Ann Berg and Ole Dahl", "cue": "said", "content": [SAID], "mode": "indirect", "force": "pledges"},
        {"speaker": "Berg", "cue": "asked", "content": ["Eastmark to leave"], "mode": "indirect", "force": "demands"},
    ],
    "commitments": [
        {"committer": ["Norland"], "action": "send ships", "stance": "pledged", "strength": "firm", "beneficiary": None, "conditions": [0, 1]},
        {"committer": ["Norland"], "action": "pay Sudland", "stance": "pledged", "strength": "firm", "beneficiary": "Sudland", "conditions": [0]},
    ],
    "conditions": [
        {"text": "the Assembly agrees", "marker": "if", "polarity": "if", "kind": "approval", "by": "the Assembly", "on": 0},
        {"text": "Westmark", "marker": "only in", "polarity": "if", "kind": "limit", "by": None, "on": 0},
    ],
}  # fmt: skip


def at(words: str, nth: int = 0) -> Span:
    """The nth place of some words in the text."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return Span.of(TEXT, start, start + len(words))


def ref(target: str, words: str | None = None, nth: int = 0) -> Reference:
    """Something named, with its words where it has any."""
    return Reference(target, at(words, nth) if words else None)


IF = (ConditionUse("k1", marker=at("if")),)
SEND = Statement(
    "s1", (at(SAID),), "indirect", "pledges", speaker=(ref("berg", "Ann Berg"), ref("dahl", "Ole Dahl")), cue=at("said"),
    expresses="c1", stance="pledged", strength="firm", only_in=(ref("westmark", "Westmark"),), conditions=IF,
)  # fmt: skip
PAY = replace(SEND, id="s2", expresses="c2", only_in=())
LEAVE = Statement("s3", (at("Eastmark to leave"),), "indirect", "demands", (ref("berg", "Berg", 1),), cue=at("asked"), expresses="c3")
DEEDS = (
    Commitment("c1", (ref("norland", "Norland"),), ref("send-ships", "send ships")),
    Commitment("c2", (ref("norland", "Norland"),), ref("pay", "pay Sudland"), against=ref("sudland", "Sudland")),
    Commitment("c3", (ref("eastmark", "Eastmark"),), ref("leave", "leave")),
)
VOTE = Condition("k1", at("the Assembly agrees"), "assembly-consent", "approval", by=(ref("assembly", "the Assembly"),))
READ = Annotation(ME, (SEND, PAY, LEAVE), DEEDS, (VOTE,))


def against(annotation: Annotation, item: Mapping[str, Any] = FLAT) -> Report:
    """The report on an annotation, measured by a flat item."""
    return compare_readings([Reading(*read_item(item, "gold:1"))], [Reading(ARTICLE, annotation)])


def row(report: Report, layer: str) -> Row:
    """The one row of a layer."""
    (found,) = [r for r in report.rows if r.layer == layer]
    return found


def of(annotation: Annotation, kind: str) -> list[Item]:
    """The items of one kind that are seen in an annotation."""
    return list(flatten(ARTICLE, annotation).items[kind])


def lines(path: Path, *values: object) -> Path:
    """A collection of these values, a line each."""
    path.write_text("".join(f"{value if isinstance(value, str) else json.dumps(value)}\n" for value in values), "utf-8")
    return path


def test_the_same_reading_in_both_forms_agrees() -> None:
    """Two pledges in one sentence are one statement and two commitments; a demand is none; a place is a condition: all but its marker."""
    report = against(READ)
    assert {r.layer for r in report.rows} == SPOKEN
    assert {r.layer for r in report.rows if r.gold and r.overlap[2] not in (1, None)} == {"marker"}
    assert [(m.layer, m.kind, m.gold) for m in report.misses] == [("marker", "missing", "only in")]
    assert row(report, "statements").gold == 2 and row(report, "commitments").gold == 2 and row(report, "link").matched == 3


def test_the_gold_agrees_wholly_with_itself() -> None:
    """Every figure of the 200 items is 1, and their counts are those its account tells."""
    report = compare_files(GOLD, GOLD, Registry())
    assert report.articles == 200 and report.misses == ()
    assert all(r.exact == (1, 1, 1) and r.agreement in (1, None) for r in report.rows)
    counts = {r.layer: r.gold for r in report.rows}
    assert (counts["statements"], counts["commitments"], counts["conditions"]) == (203, 146, 87)


def test_the_gold_said_in_proviso_s_form_agrees_with_itself() -> None:
    """Each item told as an annotation, a statement for each commitment, is seen flat again as it was."""
    golds, told = [], []
    for line in GOLD.read_text("utf-8").splitlines():
        article, layers = read_item(json.loads(line), "gold")
        annotation = _told(layers.items, layers.pairs["link"])
        if annotation:
            golds.append(Reading(article, layers))
            told.append(Reading(article, annotation))
    report = compare_readings(golds, told)
    assert len(golds) > 160 and report.misses == ()
    assert {r.exact for r in report.rows} == {(1, 1, 1)}


def _told(items: Mapping[str, tuple[Item, ...]], links: frozenset[tuple[str, str]]) -> Annotation | None:
    """An annotation that says these items, or None where no statement holds the words of a commitment (it is narrated apart)."""

    def refs(spans: tuple[Span, ...]) -> tuple[Reference, ...]:
        return tuple(Reference("x", span) for span in spans)

    said, deeds = [], []
    for s in items["statements"]:
        cue = next(iter(s.words["cue"]), None)
        (mode,), (force,) = s.values["mode"], s.values["force"]
        holding = [c for c in items["commitments"] if s.spans[0].start <= c.spans[0].start < s.spans[-1].end]
        for n, c in enumerate(holding or [None]):
            uses = tuple(
                ConditionUse(k.id, k.values["polarity"][0], marker=next(iter(k.words["marker"]), None))
                for k in items["conditions"]
                if c and (k.id, c.id) in links
            )
            (stance,), strength = (c.values["stance"], next(iter(c.values["strength"]), None)) if c else ((None,), None)
            said.append(
                Statement(
                    f"{s.id} {n}", s.spans, mode, force, refs(s.words["speaker span"]), cue=cue, expresses=c.id if c else None, stance=stance,
                    strength=strength, conditions=uses,
                )
            )  # fmt: skip
    if {c.id for c in items["commitments"]} - {s.expresses for s in said}:
        return None
    # a condition on an outcome is on a statement of no commitment, or has no statement in the flat form
    loose = [k for k in items["conditions"] if not any(k.id == one for one, _ in links)]
    bare = next((n for n, s in enumerate(said) if not s.expresses), None)
    if any(not s.speaker and not s.cue and not s.expresses and s.mode != "direct" for s in said) or (loose and bare is None):
        return None
    if loose and bare is not None:
        uses = tuple(ConditionUse(k.id, k.values["polarity"][0], marker=next(iter(k.words["marker"]), None)) for k in loose)
        said[bare] = replace(said[bare], conditions=uses)
    for c in items["commitments"]:
        toward = next(iter(refs(c.words["beneficiary span"])), None)
        deeds.append(Commitment(c.id, refs(c.words["committer span"]), Reference("x", c.spans[0]), toward))
    conditions = [Condition(k.id, k.spans[0], "x", k.values["kind"][0], refs(k.words["decider span"])) for k in items["conditions"]]
    return Annotation(ME, tuple(said), tuple(deeds), tuple(conditions))


def test_words_that_stand_several_times_may_be_meant_anywhere() -> None:
    """The flat form names `Berg`; it stands thrice, and the second is as right as the first; other words are not."""
    assert row(against(READ), "speaker span").agreement == 1
    other = replace(LEAVE, speaker=(ref("berg", "asked"),))
    assert row(against(replace(READ, statements=(SEND, PAY, other))), "speaker span").agreement == 0.5


def test_speakers_who_speak_as_one_are_one_stretch() -> None:
    """With `and` between them; two names far apart stay two."""
    assert [s.text for s in of(READ, "statements")[0].words["speaker span"]] == ["Ann Berg and Ole Dahl"]
    apart = replace(SEND, speaker=(ref("berg", "Ann Berg"), ref("norland", "Norland")))
    assert [s.text for s in of(replace(READ, statements=(apart,)), "statements")[0].words["speaker span"]] == ["Ann Berg", "Norland"]


def test_narration_without_commitment_or_condition_is_no_flat_statement() -> None:
    """A measured claim told by the article itself is left out; with a condition it is kept, and so is a quote of nobody."""
    told = replace(LEAVE, speaker=(), cue=None, expresses="q1")
    claim = Claim("q1", at("Ann Berg left"))
    for one, kept in ((told, 0), (replace(told, conditions=IF), 1), (replace(told, mode="direct"), 1), (replace(told, expresses="c1"), 1)):
        assert len(of(Annotation(ME, (one,), DEEDS, (VOTE,), (claim,)), "statements")) == kept


def test_a_commitment_is_one_for_each_stance() -> None:
    """Pledged by one and refused by another it is two, only demanded it is none, and entries that say the same are one."""
    refused = replace(PAY, id="s9", stance="refused", strength=None, conditions=())
    found = of(Annotation(ME, (PAY, refused, LEAVE), DEEDS, (VOTE,)), "commitments")
    assert sorted(i.values["stance"] for i in found) == [("pledged",), ("refused",)]
    twice = (*DEEDS, replace(DEEDS[1], id="c9", action=replace(DEEDS[1].action, target="other")))
    assert len(of(Annotation(ME, (PAY, replace(PAY, id="s9", expresses="c9")), twice, (VOTE,)), "commitments")) == 1


def test_an_action_without_words_has_those_of_its_statement() -> None:
    """As it has in Proviso's own form."""
    inferred = replace(READ, statements=(PAY,), commitments=(replace(DEEDS[1], action=ref("pay")),))
    (found,) = of(inferred, "commitments")
    assert found.spans == PAY.content


def test_conditions_of_the_same_words_are_one_and_its_place_is_a_limit() -> None:
    """Two entries are one condition with one decider; where not to act is a limit that must not be passed."""
    entries = (VOTE, replace(VOTE, id="k2", by=()))
    not_in = replace(SEND, only_in=(), not_in=(ref("westmark", "Westmark"),), conditions=(*IF, ConditionUse("k2", marker=at("if"))))
    found = {i.spans[0].text: i for i in of(Annotation(ME, (not_in,), DEEDS, entries), "conditions")}
    assert set(found) == {"the Assembly agrees", "Westmark"}
    assert found["the Assembly agrees"].words["decider span"] == (at("the Assembly"),)
    assert found["Westmark"].values == {"polarity": ("unless",), "kind": ("limit",)}
    without = flatten(ARTICLE, Annotation(ME, (not_in,), DEEDS, entries), places=False)
    assert [str(i) for i in without.items["conditions"]] == ["the Assembly agrees"]


def test_a_condition_on_an_outcome_has_no_link() -> None:
    """It is found all the same; links are those to commitments."""
    layers = flatten(ARTICLE, Annotation(ME, (replace(PAY, expresses=None, stance=None, strength=None),), (), (VOTE,)))
    assert len(layers.items["conditions"]) == 1 and layers.pairs["link"] == frozenset()


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"text": None}, "a flat item has 'text'"),
        ({"statements": {}}, "a flat item has 'statements'"),
        ({"conditions": [{"text": "if"}]}, "there is no key 'marker'"),
        ({"statements": [3]}, "no flat item"),
        ({"statements": [FLAT["statements"][0] | {"content": ["Norland will not"]}]}, "not in the text"),
        ({"conditions": []}, "a commitment names a condition that is not there"),
    ],
)
def test_what_is_no_item_is_said_with_its_line(changed: dict[str, Any], what: str) -> None:
    """File and line, what is wrong, what an item is."""
    with pytest.raises(ReadError, match=what) as error:
        read_item(FLAT | changed, "gold.jsonl:7")
    assert error.value.where == "gold.jsonl:7" and error.value.hint


def test_words_inside_other_words_are_not_meant() -> None:
    """`if` is not the middle of `lift`, unless it stands nowhere else."""
    said = {"speaker": None, "cue": "if", "content": ["they lift it"], "mode": "indirect", "force": "asserts"}
    for text, start in (("they lift it if he pays", 13), ("they lift it", 6)):
        _, layers = read_item(FLAT | {"text": text, "statements": [said], "commitments": [], "conditions": []}, "")
        (cue,) = layers.items["statements"][0].words["cue"]
        assert cue.start == start


# ---------------------------------------------------------------------------------------------------- collections


def test_lines_that_annotate_prints_are_scored_by_id(tmp_path: Path, run: Run) -> None:
    """Whatever their order: one item with its annotation, one of another text whose annotation failed and so says nothing."""
    other = FLAT | {"id": "b"}
    failed = {"article": {"id": "b"}, "outcome": "failed", "reason": "no time", "statements": []}
    gold = lines(tmp_path / "gold.jsonl", FLAT, other)
    mine = lines(tmp_path / "mine.jsonl", failed, to_json(ARTICLE, replace(READ, actors=()), indent=None))
    done = run("eval", gold, mine, "--registry", _actors(tmp_path), "--format", "json")
    assert done.returncode == 0, done.stderr
    found = {r["layer"]: r for r in json.loads(done.stdout)}
    assert (found["statements"]["gold"], found["statements"]["predicted"], found["statements"]["overlap_precision"]) == (4, 2, 1)
    assert "speaker actor" not in found and found["stance"]["agreement"] == 1


def _actors(folder: Path) -> Path:
    """A registry that has everybody of the text."""
    named = {"berg": "Person", "dahl": "Person", "norland": "State", "sudland": "State", "eastmark": "State", "assembly": "Parliament"}
    path = folder / "actors.ttl"
    entries = [f'<https://w3id.org/proviso/id/actor/{id}> a kg:{kind} ; rdfs:label "{id.title()}" .' for id, kind in named.items()]
    head = ["@prefix kg: <https://w3id.org/proviso#> .", "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."]
    path.write_text("\n".join([*head, *entries]), "utf-8")
    return path


def test_a_collection_of_annotations_is_gold_too(tmp_path: Path, run: Run) -> None:
    """What annotate prints of the seeds agrees with their files, in every layer of Proviso's own form."""
    printed = run("annotate", TOP / "seeds" / "articles", "--format", "jsonl").stdout
    path = tmp_path / "seeds.jsonl"
    path.write_text(printed, "utf-8")
    report = compare_files(path, TOP / "seeds" / "annotations", load_registry())
    assert report.articles == 5 and report.misses == ()
    assert row(report, "speaker actor").exact == (1, 1, 1)


@pytest.mark.parametrize(
    ("line", "error", "what"),
    [
        ("{", ReadError, "no JSON"),
        ("[]", ReadError, "a flat item has 'id'"),
        ('{"article": {"id": "z"}, "statements": []}', ReadError, "does not say its article"),
        ('{"article": {"id": "a"}, "statements": [{}]}', AnnotationError, "give the key"),
        (json.dumps(FLAT | {"id": "z"}), UsageError, "no reading of this article"),
        (json.dumps(FLAT | {"text": TEXT + "!"}), UsageError, "different texts"),
    ],
)
def test_a_line_that_cannot_be_scored_is_refused(tmp_path: Path, line: str, error: type[Exception], what: str) -> None:
    """With file and line, or the article that has no counterpart."""
    gold, mine = lines(tmp_path / "gold.jsonl", FLAT), lines(tmp_path / "mine.jsonl", line)
    with pytest.raises(error, match=what):
        compare_files(gold, mine, Registry())


# ---------------------------------------------------------------------------------------------------- an annotator


def read_alike(article: Article, registry: Registry) -> Annotation:
    """An annotator for tests: it says what `READ` says of any text, if the registry is the one it was given."""
    return READ if "norland" in registry.actors else Annotation(ME)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_annotator_reads_the_gold_s_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    """With the registry given, and the same from several processes."""
    monkeypatch.setitem(automatic.ANNOTATORS, "alike", (__name__, "read_alike"))
    gold = lines(tmp_path / "gold.jsonl", *(FLAT | {"id": str(n)} for n in range(5)))
    report = compare_annotator(gold, "alike", load_registry(_actors(tmp_path)), jobs)
    assert row(report, "commitments").exact == (1, 1, 1) and row(report, "commitments").gold == 10
    assert row(compare_annotator(gold, "alike", Registry()), "commitments").predicted == 0


def test_an_annotator_that_is_not_there_is_said(run: Run) -> None:
    """And so are two things to score at once."""
    done = run("eval", GOLD, "--annotator", "nobody")
    assert done.returncode == 2 and "'nobody'" in done.stderr
    done = run("eval", GOLD, GOLD, "--annotator", "rules")
    assert done.returncode == 2 and "give one of them" in done.stderr
