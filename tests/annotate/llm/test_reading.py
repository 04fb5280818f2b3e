"""An article read by a model: the same facts as the rules find where it reads as they do, and votes where both read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.faults.model import honest, reply
from kg.actors import load_registry
from kg.annotate.llm.asking import Asker, Reply
from kg.annotate.llm.reading import Reader, report
from kg.annotate.llm.voting import ALONE, APART, DISAGREEMENT, Both, vote
from kg.annotate.reading import read_rules
from kg.check import check_reading
from kg.errors import ModelError
from kg.model import Annotation, Article
from tests.annotate.llm.test_form import commitment, condition, statement

TEXT = "Merz said Germany would send troops if the Bundestag agrees. “We will pay,” Macron said. “We will never leave.” He later told reporters that Spain rejects the plan."
ARTICLE = Article("a", TEXT, published="2026-01-06")
REGISTRY = load_registry()


def reader(answer: Callable[[str], Any] = honest, jobs: int = 1) -> Reader:
    """One whose model answers so."""

    def send(body: bytes) -> Reply:
        passage = json.loads(json.loads(body)["messages"][-1]["content"])["passage"]
        return Reply(200, {}, reply(answer(passage)))

    return Reader(Asker("m", send, lambda seconds: None), jobs)


def shown(annotation: Annotation) -> list[tuple[object, ...]]:
    """What statements say, without ids."""
    deeds = {c.id: (c.action.target, frozenset(r.target for r in c.committer)) for c in annotation.commitments}
    texts = {k.id: (k.text, k.kind) for k in annotation.conditions}
    return [
        (
            s.content,
            frozenset(r.target for r in s.speaker),
            s.force,
            s.stance,
            deeds.get(s.expresses or ""),
            tuple(texts[u.id] for u in s.conditions),
        )
        for s in annotation.statements
    ]


def test_a_model_that_reads_as_the_rules_do_makes_their_reading() -> None:
    """Ids, actors, actions and dates are worked out as theirs are, from several threads as from one."""
    article = Article(
        "a", "Merz said on Monday that Germany would send troops if the Bundestag agrees. Spain rejected the plan.", published="2026-01-08"
    )
    rules = read_rules(article, REGISTRY)
    for jobs in (1, 4):
        model = reader(jobs=jobs)(article, REGISTRY)
        assert shown(model) == shown(rules) and len(model.statements) == 2
        assert model.statements[0].said_on == rules.statements[0].said_on != None  # noqa: E711
    assert model.annotator.name == "llm" and model.annotator.version.startswith("m, prompt ") and not model.annotator.reviewed


def test_a_quotation_that_goes_on_has_its_speaker() -> None:
    """The model is shown the second half alone; who speaks is whoever spoke the first."""

    def bare(passage: str) -> Any:
        found: list[Any] = []
        if "We will pay" in passage:
            found = [statement(speaker=["Macron"], cue="said")]
        elif "never leave" in passage:
            found = [statement(content=["We will never leave"], force="refuses")]
        return {"statements": found}

    made = reader(bare)(ARTICLE, REGISTRY)
    assert [[r.target for r in s.speaker] for s in made.statements] == [["emmanuel-macron"]] * 2
    assert made.statements[1].found_by == "llm, quotation goes on" and made.statements[1].cue is None


@pytest.mark.parametrize("lie", ["Iran", "Ali Khamenei"])
def test_what_a_model_says_of_one_passage_changes_no_other(lie: str) -> None:
    """Also whom a pronoun stands for: the rules' reading of the text says that, not what the model names."""
    text = f"Germany spoke of {lie}. Nobody knows why. It will send troops, they said, and he will pay."

    def answer(passage: str, lying: bool) -> Any:
        if passage.startswith("It"):
            deeds = [commitment(action="send troops", committer=["It"]), commitment(action="pay", committer=["he"])]
            return {
                "statements": [statement(content=["It will send troops", "he will pay"], speaker=["they"], cue="said", commitments=deeds)]
            }
        named = statement(speaker=[lie], content=["Germany spoke"], commitments=[commitment(action="spoke", committer=[lie])])
        return {"statements": [named] if lying and lie in passage else []}

    honestly, lied = (reader(lambda passage, lying=lying: answer(passage, lying))(Article("a", text), REGISTRY) for lying in (False, True))  # type: ignore[misc]
    assert len(lied.statements) == len(honestly.statements) + 1 == 3
    assert shown(lied)[1:] == shown(honestly)


def test_a_passage_in_pieces_is_not_told_twice() -> None:
    """What stands where two pieces overlap is kept once, with all its words."""
    said = "Bonn said that it will pay for all the ships of the fleet"
    text = (
        "; ".join(f"item {n} of the list" for n in range(95))
        + f"; {said}; "
        + "; ".join(f"thing {n} of the list" for n in range(150))
        + "."
    )

    def one(passage: str) -> Any:
        words = "it will pay for all the ships of the fleet"
        cut = next((words[:n] for n in (len(words), 20, 11) if words[:n] in passage), "")
        return {"statements": [statement(speaker=[], cue=None, content=[cut])] if cut else []}

    model = reader(one)
    made = model(Article("a", text), REGISTRY)
    assert [s.content[0].text for s in made.statements] == ["it will pay for all the ships of the fleet"]


def test_what_it_cost_is_told() -> None:
    """Requests, tokens, and what was dropped by its reason."""
    model = reader(lambda passage: {"statements": [statement(content=["nowhere"])]})
    model(ARTICLE, REGISTRY)
    lines = report(model.asker)
    assert lines == [
        "m: 4 requests (0 of them again), 0 answers from the cache; tokens: 4,000 in, 200 out",
        "dropped: 4 not in the text, 4 part of what was dropped",
    ]


def test_where_one_request_fails_no_article_is_half_read() -> None:
    """And the rest of it is not asked about."""
    model = reader()
    sent: list[bytes] = []

    def refuse(body: bytes) -> Reply:
        sent.append(body)
        return Reply(401, {}, b"")

    model.asker.send = refuse
    with pytest.raises(ModelError):
        model(ARTICLE, REGISTRY)
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"error": "Unexpected endpoint. Returning 200 anyway"}', "no answer in it: Unexpected endpoint. Returning 200 anyway"),
        (b"<html><body>it works</body></html>", "no answer in it: <html>"), (reply("Sure!"), "not of the form"), (reply(None, refusal="no"), "refused"),
    ],
)  # fmt: skip
def test_an_endpoint_of_whose_answers_none_is_of_use_reads_nothing(body: bytes, why: str) -> None:
    """No reading is made of that, neither the model's nor a vote; what the endpoint said is told."""
    model = Reader(Asker("m", lambda _: Reply(200, {}, body), lambda seconds: None))
    for read in (model, Both(model)):
        with pytest.raises(ModelError, match="no answer of the model about the article a can be used") as failed:
            read(ARTICLE, REGISTRY)
        assert why in failed.value.what
    assert model(Article("b", "42 …"), REGISTRY).statements == ()  # of which nothing is asked


# ---------------------------------------------------------------------------------------------------- votes


def test_where_the_model_read_nothing_nobody_votes() -> None:
    """What stands in a passage that was left unread is as the rules have it; how many were left is said by the version."""
    article = Article(
        "a", "Merz said Germany would send troops if the Bundestag agrees. Spain rejected the plan. Macron said France will pay."
    )
    rules = read_rules(article, REGISTRY)

    def half(passage: str) -> Any:
        return "Sure!" if "Merz" in passage else {"statements": []} if "Spain" in passage else honest(passage)

    both = Both(reader(half))(article, REGISTRY)
    assert len(rules.statements) == 3 and both.annotator.version.endswith(", 1 of 3 passages unread") and shown(both) == shown(rules)
    for before, after in zip(rules.statements, both.statements, strict=True):
        words = " ".join(span.text for span in before.content)
        assert (after == before) is ("Germany" in words)
        assert str(after.found_by).endswith("llm: nothing") is ("plan" in words)


def test_where_both_agree_they_are_surer() -> None:
    """Statement by statement, and the annotator names both."""
    article = Article("a", "Merz said Germany would send troops if the Bundestag agrees.", published="2026-01-08")
    rules, both = read_rules(article, REGISTRY), Both(reader())(article, REGISTRY)
    assert shown(both) == shown(rules)
    assert (both.statements[0].confidence or 0) >= (rules.statements[0].confidence or 1) and str(both.statements[0].found_by).endswith(
        " and llm"
    )
    assert both.annotator.name == "rules and llm" and "prompt" in both.annotator.version


def test_where_they_differ_a_person_should_look() -> None:
    """The rules' reading stands, hardly sure, and says what each of them says; what one alone says is marked too."""
    article = Article(
        "a", "Merz said Germany would send troops if the Bundestag agrees. “We will pay,” Macron said.", published="2026-01-08"
    )

    def other(passage: str) -> Any:
        if "Merz" not in passage:
            return {"statements": []}
        bound = commitment(committer=["Germany"], action="send troops", stance="open", strength=None, conditions=[condition()])
        content = "Germany would send troops if the Bundestag agrees"
        extra = statement(content=["Merz"], force="warns")
        return {"statements": [statement(speaker=["Merz"], cue="said", content=[content], force="offers", commitments=[bound]), extra]}

    rules, both = read_rules(article, REGISTRY), Both(reader(other))(article, REGISTRY)
    by_words = {s.content[0].text: s for s in both.statements}
    differing = by_words["Germany would send troops if the Bundestag agrees"]
    assert differing.confidence == APART and differing.force == "pledges"
    assert differing.found_by == (
        f"{DISAGREEMENT}friedrich-merz pledges (pledged firm) “send troops”, if “the Bundestag agrees”; "
        "llm: friedrich-merz offers (open) “send troops”, if “the Bundestag agrees”"
    )
    assert str(by_words["We will pay"].found_by).endswith("; llm: nothing") and (by_words["We will pay"].confidence or 1) <= ALONE
    assert by_words["Merz"].found_by == f"{DISAGREEMENT}nothing; llm: nobody warns"
    assert set(shown(rules)) < set(shown(both))
    assert check_reading(article, both, REGISTRY).errors == ()


def test_a_vote_never_changes_what_the_rules_say() -> None:
    """Whatever the model says, also nothing."""
    rules = read_rules(ARTICLE, REGISTRY)
    nothing = replace(rules, statements=(), commitments=(), conditions=(), claims=(), actors=())
    assert shown(vote(ARTICLE, REGISTRY, rules, nothing)) == shown(rules) == shown(vote(ARTICLE, REGISTRY, rules, rules))
