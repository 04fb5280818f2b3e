"""A person decides statement by statement; what is decided is kept at once, and nothing that a person wrote is lost."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from kg.annotate.from_file import read_annotation
from kg.annotate.llm.voting import vote
from kg.annotate.reading import read_rules
from kg.check import check_annotation, check_reading
from kg.errors import AnnotationError, LanguageError, ReadError, UsageError
from kg.model import Article
from kg.review.session import ACCEPTED, CORRECTED, Review, is_decided
from kg.review.showing import show
from kg.review.terminal import walk
from tests.review.sitting import REGISTRY, begun
from tests.support import READING, Run, write

WRITTEN = "talks.yaml"


def words(review: Review) -> list[str]:
    """The first words of the undecided statements, in the order in which they are shown."""
    return [s.content[0].text for s in review.undecided()]


def nothing(text: str) -> str | None:
    """An editor that changes nothing."""
    return text


# ---------------------------------------------------------------------------------------------------- decisions


def test_disagreements_come_first_then_doubt(tmp_path: Path) -> None:
    """How sure a statement is, is how sure its least sure part is."""
    review, _ = begun(tmp_path)
    order = review.undecided()
    assert str(order[0].found_by).startswith("rules: ") and review.sure(order[0]) > review.sure(order[1])
    assert [review.sure(s) for s in order[1:]] == sorted(review.sure(s) for s in order[1:])


def test_a_decision_of_each_kind(tmp_path: Path) -> None:
    """Accepted stays as it is and is sure; rejected goes, with what only it led to; skipped waits for another day."""
    review, kept = begun(tmp_path)
    first, second, third = (s.id for s in review.undecided()[:3])
    review.accept(first)
    review.reject(second)
    review.skip(third)
    kept.keep(review)
    following = review.next()
    assert following is None or following.id not in (first, second, third)
    made = read_annotation(tmp_path / WRITTEN, review.article, REGISTRY).annotation
    by_id = {s.id: s for s in made.statements}
    assert (
        by_id[first].confidence == 1
        and str(by_id[first].found_by).endswith(ACCEPTED)
        and second not in by_id
        and not is_decided(by_id[third])
    )
    assert not made.annotator.reviewed and made.annotator.name == "rules"
    assert not check_annotation(tmp_path / WRITTEN, review.article, REGISTRY).errors
    used = {s.expresses for s in made.statements} | {u.id for s in made.statements for u in s.conditions}
    assert {c.id for c in made.commitments} | {k.id for k in made.conditions} | {q.id for q in made.claims} <= used


@pytest.mark.parametrize("words", [ACCEPTED, CORRECTED, f"signed and {ACCEPTED}"])
def test_no_words_of_an_article_decide(words: str) -> None:
    """A disagreement is told in the article's own words; whatever they are, a person has decided nothing yet."""
    article = Article("a", f"Merz said Germany would send troops if the plan is {words}.")
    rules = read_rules(article, REGISTRY)
    other = replace(rules, statements=tuple(replace(s, force="warns", stance=None, strength=None) for s in rules.statements))
    for model in (other, replace(rules, statements=())):
        review = Review(article, REGISTRY, vote(article, REGISTRY, rules, model))
        assert len(review.undecided()) == len(rules.statements) == 1 and words in str(review.undecided()[0].found_by)
        review.accept(review.undecided()[0].id)
        assert review.undecided() == []
        sure = replace(review.annotation.statements[0], found_by=f"rules: x; llm: {words}", confidence=0.2)
        assert not is_decided(sure)


def test_what_is_shown_is_in_the_article_s_words(tmp_path: Path) -> None:
    """The content is marked in its sentence, whatever characters stand there."""
    review, _ = begun(tmp_path)
    statement = next(s for s in review.annotation.statements if "🇩🇪" in s.content[0].text)
    shown = show(review, statement)
    assert "".join(text for text, marked in shown.context if marked) == "".join(span.text for span in statement.content)
    assert "".join(text for text, _ in shown.context) in review.article.text
    facts = dict(shown.facts)
    assert facts["speaker"] == "Merz (Friedrich Merz)" and "the Bundestag agrees" in facts["if"] and facts["stance"].startswith("pledged")


def test_a_correction_is_taken_over_whole(tmp_path: Path) -> None:
    """Another force, a condition more, an actor of its own: as if it had been read so."""
    review, kept = begun(tmp_path)
    id = next(s.id for s in review.annotation.statements if "Germany" in s.content[0].text)
    document = yaml.safe_load(review.text_of(id))
    assert set(document) == {"statements", "commitments", "conditions"}
    document["statements"][0]["strength"] = "intended"
    document["statements"][0]["speaker"] = [{"span": "Merz", "actor": "someone"}]
    document["statements"][0]["conditions"].append({"id": "k9", "polarity": "unless"})
    document["conditions"].append({"id": "k9", "text": "Spain rejects the plan", "kind": "event"})
    document["actors"] = [{"id": "someone", "label": "Some One", "kind": "person"}]
    review.correct(id, yaml.safe_dump(document, allow_unicode=True))
    made = next(s for s in review.annotation.statements if s.id == id)
    assert (made.strength, made.speaker[0].target, len(made.conditions), made.found_by) == ("intended", "some-one", 2, CORRECTED)
    kept.keep(review)
    assert not check_annotation(tmp_path / WRITTEN, review.article, REGISTRY).errors


def test_a_correction_may_be_no_statement_or_several(tmp_path: Path) -> None:
    """Their ids meet no others."""
    review, _ = begun(tmp_path)
    first, second = (s.id for s in review.annotation.statements[:2])
    review.correct(first, "statements: []")
    assert first not in {s.id for s in review.annotation.statements}
    said = {"content": ["We will pay"], "mode": "direct", "force": "pledges"}
    two = [{"id": second, **said}, {"id": review.annotation.statements[-1].id, **said, "force": "warns"}]
    review.correct(second, json.dumps({"statements": two}))
    ids = [s.id for s in review.annotation.statements]
    assert len(ids) == len(set(ids)) and sum(is_decided(s) for s in review.annotation.statements) == 2


def sharing(tmp_path: Path) -> Review:
    """Three statements with one condition, which depends on another."""
    text = "Bonn pays, Paris pays and Rome pays if Spain agrees and Bonn asks."
    spans = ("Bonn pays", "Paris pays", "Rome pays")
    document = {
        "statements": [
            {"id": f"s{n}", "content": [span], "mode": "indirect", "force": "pledges", "expresses": f"c{n}", "stance": "pledged", "strength": "firm",
             "conditions": [{"id": "k1", "polarity": "if"}]} for n, span in enumerate(spans, 1)
        ],
        "commitments": [{"id": f"c{n}", "committer": [{"span": "Spain", "actor": "spain"}], "action": {"span": span}} for n, span in enumerate(spans, 1)],
        "conditions": [{"id": "k1", "text": "Spain agrees", "kind": "approval", "depends_on": ["k2"]}, {"id": "k2", "text": "Bonn asks", "kind": "event"}],
    }  # fmt: skip
    (tmp_path / "a.txt").write_text(text, "utf-8")
    (tmp_path / "a.yaml").write_text(yaml.safe_dump({"annotator": {"name": "me", "reviewed": False}} | document), "utf-8")
    return begun(tmp_path, "a.txt")[0]


@pytest.mark.parametrize(("before", "after"), [("kind: approval", "kind: event"), ("kind: event", "kind: limit")])
def test_a_correction_changes_nothing_that_was_accepted(tmp_path: Path, before: str, after: str) -> None:
    """Not through a condition that both have, nor through what that depends on: it has entries of its own."""
    review = sharing(tmp_path)
    review.accept("s1")
    accepted = review.piece(review.annotation.statements[0])
    review.correct("s2", review.text_of("s2").replace(before, after))
    first, second, third = review.annotation.statements
    assert review.piece(first) == accepted and is_decided(first) and is_decided(second) and not is_decided(third)
    kinds = [[k.kind for k in review.piece(s).conditions] for s in (first, second, third)]
    assert kinds[0] == ["approval", "event"] and kinds[1] != kinds[0] and kinds[2] == kinds[0]
    assert {k.id for k in review.piece(second).conditions}.isdisjoint({"k1"}) and check_reading(
        review.article, review.annotation, REGISTRY
    ).errors == ()
    review.correct("s3", review.text_of("s3"))
    assert len(review.annotation.conditions) == (3 if "approval" in before else 4)  # what was not changed is shared as before


def test_a_correction_changes_what_is_still_to_be_decided(tmp_path: Path) -> None:
    """It will be shown as it is then."""
    review = sharing(tmp_path)
    review.correct("s2", review.text_of("s2").replace("kind: approval", "kind: event"))
    assert [[k.kind for k in review.piece(s).conditions] for s in review.annotation.statements] == [["event", "event"]] * 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("statements: [", "syntax"), ("statements: &a []", "alias"), ("statements: [{id: x}]", "missing-key"), ("- a", "wrong-type"), ("", "wrong-type"),
        ("statements: [{id: x, content: [nowhere at all], mode: direct, force: pledges}]", "span-missing"),
        ("statements: [{id: x, content: [We will pay], mode: direct, force: shouts}]", "unknown-value"),
        ("statements: [{id: x, content: [We will pay], mode: direct, force: pledges, stance: pledged}]", "stance-forbidden"),
        ("statements: []\nreviewed: true", "unknown-key"),
    ],
)  # fmt: skip
def test_a_correction_that_cannot_be_is_refused(tmp_path: Path, text: str, code: str) -> None:
    """With what is wrong where, and nothing is changed."""
    review, _ = begun(tmp_path)
    before = review.annotation
    with pytest.raises(AnnotationError) as refused:
        review.correct(before.statements[0].id, text)
    assert code in {finding.code for finding in refused.value.findings} and review.annotation is before


# ---------------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize("name", ["talks.yaml", "talks.json", "annotations/talks.yml"])
def test_it_goes_on_where_it_was_left(tmp_path: Path, name: str) -> None:
    """From the file alone, in the form and place that it has; reviewed is true when nothing is left, and not before."""
    review, kept = begun(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    kept.path = tmp_path / name
    total = len(review.undecided())
    for left in range(total - 1, -1, -1):
        review.accept(review.undecided()[0].id)
        assert kept.keep(review) is None
        assert read_annotation(tmp_path / name, review.article, REGISTRY).annotation.annotator.reviewed is (left == 0)
        if left:
            review, kept = begun(tmp_path)
            assert kept.path == tmp_path / name and len(review.undecided()) == left
    with pytest.raises(UsageError, match="a person has reviewed"):
        begun(tmp_path)
    assert [file.name for file in kept.path.parent.iterdir() if file.suffix in (".part", ".before")] == []
    assert not check_annotation(kept.path, review.article, REGISTRY).errors


def test_a_person_s_file_is_never_overwritten_silently(tmp_path: Path) -> None:
    """One that is reviewed is refused, one that says it is not is copied first, one that changed meanwhile stops the review."""
    write(tmp_path / "ships.txt")
    before = (tmp_path / "ships.yaml").read_bytes()
    with pytest.raises(UsageError, match="a person has reviewed"):
        begun(tmp_path, "ships.txt")
    assert (tmp_path / "ships.yaml").read_bytes() == before
    own = "annotator: {name: me, reviewed: false}  # half of it\n" + READING.partition("\n")[2] if READING.startswith("annotator") else ""
    own = own or "# half of it\nannotator: {name: me, reviewed: false}\n" + "".join(
        line for line in READING.splitlines(keepends=True) if not line.startswith("annotator")
    )
    (tmp_path / "ships.yaml").write_text(own, "utf-8")
    review, kept = begun(tmp_path, "ships.txt")
    review.accept(review.undecided()[0].id)
    assert kept.keep(review) == tmp_path / "ships.yaml.before" and (tmp_path / "ships.yaml.before").read_text("utf-8") == own
    (tmp_path / "ships.yaml").write_text(own, "utf-8")
    with pytest.raises(ReadError, match="somebody else has changed"):
        kept.keep(review)
    assert (tmp_path / "ships.yaml").read_text("utf-8") == own


def test_a_file_that_comes_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Nor one that goes."""
    review, kept = begun(tmp_path)
    review.accept(review.undecided()[0].id)
    (tmp_path / WRITTEN).write_text("statements: []\n", "utf-8")
    with pytest.raises(ReadError, match="somebody else"):
        kept.keep(review)
    assert (tmp_path / WRITTEN).read_text("utf-8") == "statements: []\n"
    (tmp_path / WRITTEN).unlink()
    kept.keep(review)
    (tmp_path / WRITTEN).unlink()
    with pytest.raises(ReadError, match="taken away"):
        kept.keep(review)


def test_a_file_stays_where_and_whose_it_is(tmp_path: Path) -> None:
    """One that a link leads to is written there; who may read it may read it afterwards, and the copy of what a person wrote, and nobody else."""
    write(tmp_path / "ships.txt")
    kept_at, link = tmp_path / "elsewhere.yaml", tmp_path / "ships.yaml"
    own = "annotator: {name: me, reviewed: false}\n" + "".join(
        line for line in READING.splitlines(keepends=True) if not line.startswith("annotator")
    )
    kept_at.write_text(own, "utf-8")
    kept_at.chmod(0o640)
    link.unlink()
    link.symlink_to(kept_at.name)
    review, kept = begun(tmp_path, "ships.txt")
    review.accept(review.undecided()[0].id)
    copy = kept.keep(review)
    assert link.is_symlink() and ACCEPTED in kept_at.read_text("utf-8") and copy is not None and copy.read_text("utf-8") == own
    assert [file.stat().st_mode & 0o777 for file in (kept_at, copy)] == [0o640] * 2
    assert sorted(file.name for file in tmp_path.iterdir()) == ["elsewhere.yaml", "ships.txt", "ships.yaml", "ships.yaml.before"]


def test_what_cannot_be_written_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file whole, and no piece of a new one."""
    review, kept = begun(tmp_path)
    review.accept(review.undecided()[0].id)
    kept.keep(review)
    before = (tmp_path / WRITTEN).read_bytes()
    review.accept(review.undecided()[0].id)

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReadError, match="cannot be written: No space left"):
        kept.keep(review)
    assert (tmp_path / WRITTEN).read_bytes() == before and sorted(file.name for file in tmp_path.iterdir()) == ["talks.txt", WRITTEN]


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("none.txt", None, ReadError), ("german.txt", "Der Kanzler sagte am Dienstag, der Bundestag werde darüber entscheiden, und zwar bald.", LanguageError),
        ("two.jsonl", '{"id": "a", "text": "Bonn said no."}\n{"id": "b", "text": "Bonn said no."}\n', UsageError), ("alone.yaml", "statements: []\n", ReadError),
        ("empty.txt", "", ReadError),
    ],
)  # fmt: skip
def test_what_cannot_be_reviewed_is_refused(tmp_path: Path, name: str, text: str | None, error: type[Exception]) -> None:
    """In words."""
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(error):
        begun(tmp_path, name) if text is not None else __import__("kg.review.files", fromlist=["open_review"]).open_review(
            tmp_path / name, REGISTRY, None
        )


# ---------------------------------------------------------------------------------------------------- the terminal


def walked(review: Review, folder: Path, keys: str, edit: Callable[[str], str | None] = nothing) -> tuple[str, str]:
    """What a walk prints and says."""
    _, kept = begun(folder)
    printed: list[str] = []
    said: list[str] = []
    walk(review, kept, [f"{key}\n" for key in keys], edit, printed.append, said.append)
    return "".join(printed), "\n".join(said)


def test_keys_decide(tmp_path: Path) -> None:
    """One after the other; a key that is none is asked for again; at the end of the keys it stops and keeps what was decided."""
    review, _ = begun(tmp_path)
    total = len(review.undecided())
    printed, said = walked(review, tmp_path, "aXr")
    assert f"1 of {total}" in printed and f"3 of {total}" in printed and "there is no key 'x'" in said
    assert len(read_annotation(tmp_path / WRITTEN, review.article, REGISTRY).annotation.statements) == total - 1


def test_skipping_all_writes_nothing(tmp_path: Path) -> None:
    """A file stands for decisions."""
    review, _ = begun(tmp_path)
    walked(review, tmp_path, "s" * 20)
    assert not (tmp_path / WRITTEN).exists() and len(review.skipped) == len(review.undecided())


def test_an_edit_that_fails_is_said_and_gone_on_with(tmp_path: Path) -> None:
    """One that changes nothing, one that is not of the form, one that comes to nothing, all but emptied, then one that holds: what was written is there each time."""
    review, _ = begun(tmp_path)
    first = review.undecided()[0].id
    before = review.text_of(first)
    broken = before.replace("  force:", "  chanel: spoken\n  force:")
    results = iter([before, broken, None, " \n", broken.replace("chanel", "channel")])
    given: list[str] = []

    def edit(text: str) -> str | None:
        given.append(text)
        return next(results)

    _, said = walked(review, tmp_path, "eeeeeq", edit)
    assert given == [before, before, broken, broken, broken]
    assert "there is no key 'chanel'" in said and said.count("nothing was changed") == 2 and said.count("not taken over") == 2
    assert next(s for s in review.annotation.statements if s.id == first).found_by == CORRECTED


def test_no_terminal_acts_on_the_words_of_an_article(tmp_path: Path) -> None:
    """Escape sequences and direction marks are blanks."""
    (tmp_path / "talks.txt").write_text("Merz said “we \x1b]0;owned will \u202epay”, if the Bundestag agrees.", "utf-8")
    review, _ = begun(tmp_path)
    printed, _ = walked(review, tmp_path, "q")
    assert "owned" in printed and not {"\x1b", "\u202e"} & set(printed)


def test_the_command_reviews_from_a_pipe(tmp_path: Path, run: Run) -> None:
    """Statement on stdout, keys on stderr, an editor of the user's; what is decided wins over the annotator when the article is added."""
    (tmp_path / "a.txt").write_text("Merz said Germany would send troops if the Bundestag agrees.\n", "utf-8")
    (tmp_path / "ed.py").write_text(
        "import sys; p = sys.argv[1]; t = open(p).read(); open(p, 'w').write(t.replace('strength: firm', 'strength: intended'))"
    )
    editor = f"{sys.executable} {tmp_path / 'ed.py'}"
    unset = run("review", "a.txt", cwd=tmp_path, stdin="e\n", EDITOR="", VISUAL="")
    assert unset.returncode == 2 and "  at: EDITOR" in unset.stderr and not (tmp_path / "a.yaml").exists()
    done = run("review", "a.txt", cwd=tmp_path, stdin="e\n", EDITOR=editor, VISUAL="")
    assert (
        done.returncode == 0
        and "[Germany would send troops if the Bundestag agrees]" in done.stdout
        and done.stderr.endswith("a.yaml: reviewed\n")
    )
    (tmp_path / "b.txt").write_text("Merz said Germany would send troops if the Bundestag agrees.\n", "utf-8")
    (tmp_path / "old.py").write_text(
        "import sys; p = sys.argv[1]; b = open(p, 'rb').read(); t = b'# schl\\xfcssel\\n'; "
        "open(p, 'wb').write(b.replace(t, b'').replace(b'strength: firm', b'strength: intended') if t in b else t + b)"
    )
    latin = run("review", "b.txt", cwd=tmp_path, stdin="e\ne\n", EDITOR=f"{sys.executable} {tmp_path / 'old.py'}", VISUAL="")
    assert latin.returncode == 0 and "UTF-8" in latin.stderr and latin.stderr.endswith("b.yaml: reviewed\n"), latin.stderr
    again = run("review", "a.txt", cwd=tmp_path)
    assert again.returncode == 2 and "a person has reviewed this annotation" in again.stderr
    assert "strength: intended" in (tmp_path / "a.yaml").read_text("utf-8")
