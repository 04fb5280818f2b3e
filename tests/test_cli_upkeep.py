"""The commands in this process: copies, damage and repair, stores at an address, and what is said beside the data."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.annotate.from_file import read_annotation
from kg.cli import app
from kg.cli.articles import _edit
from kg.cli.terminal import endpoint_at, report_outcome
from kg.errors import AnnotationError, Finding, ProvisoError, StoreError, UsageError
from kg.ingest import Outcome
from kg.model import Annotation, Annotator, Article, Registry
from kg.store import folder
from kg.store.embedded import open_store
from kg.store.endpoint import Endpoint
from kg.vocabulary import ID
from tests.exchange.test_brat import ANN
from tests.exchange.test_brat import TEXT as BRAT_TEXT
from tests.store.test_remote import Here
from tests.support import READING, TEXT, write

AWAY = "http://127.0.0.1:9/query"
GRAPH = f"{ID}article/ships"


def here(*words: str | Path) -> int:
    """Runs a command in this process; its exit code."""
    return app([str(word) for word in words], prog_name="kg", standalone_mode=False) or 0


@pytest.fixture(autouse=True, scope="module")
def nobody_known() -> Iterator[None]:
    """No actor but the article's: the registry is most of a store, and not what is tried here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.actors.load_registry", lambda *_: Registry())
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, nobody_known: None) -> Path:
    """A folder with an article, its annotation and a store made of it."""
    place = tmp_path_factory.mktemp("made")
    write(place / "in" / "ships.txt")
    assert here("add", place / "in", "--store", place / ".kg") == 0
    return place


@pytest.fixture
def store(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, for a test to do with as it likes, where the commands run."""
    copied = shutil.copytree(made, tmp_path / "made")
    monkeypatch.chdir(copied)
    return copied


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Here:
    """A server at an address, with nothing in it yet, which every command reaches."""
    endpoint = Here()
    for module in ("terminal", "upkeep"):
        monkeypatch.setattr(f"kg.cli.{module}.endpoint_at", lambda *_: endpoint)
    return endpoint


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """An automatic annotator that reads of ships what the annotation says, and nothing of anything else."""

    def annotate(article: Article, registry: Registry) -> Annotation:
        if article.text != TEXT:
            return Annotation(Annotator("rules"))
        file = Path("machine.yaml")
        file.write_text(READING, "utf-8")
        read = read_annotation(file, article, registry).annotation
        file.unlink()
        return replace(read, annotator=Annotator("rules", "1"))

    monkeypatch.setattr("kg.annotate.automatic.find_annotator", lambda _: annotate)


# ---------------------------------------------------------------------------------------------------- copies and damage


def test_a_copy_is_made_verified_and_restored(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The store made of it holds the same, and is said to be as it was stored."""
    assert [here("backup", "copy"), here("restore", "copy", "--store", "back"), here("verify", "--store", "back")] == [0, 0, 0]
    said = capsys.readouterr().err.splitlines()
    count = open_store(store / ".kg").count()
    assert said == [f"copied .kg to copy: {count} quads", f"made a store in back: {count} quads", "all is as it was stored"]
    assert open_store(store / "back").digest() == open_store(store / ".kg").digest()


@pytest.mark.parametrize("copy", [".kg/copy", ".kg/sources/copy", ".kg", "link/copy"])
def test_no_copy_is_made_in_the_store_itself(store: Path, copy: str) -> None:
    """It would go with it, and be in the way; by another name of the folder neither."""
    Path("link").symlink_to(store / ".kg")
    before = sorted((store / ".kg").rglob("*"))
    for words in (("backup", copy), ("restore", ".kg", "--store", copy)):
        with pytest.raises(StoreError, match="a copy in the store would go with it"):
            here(*words)
    assert [path for path in sorted((store / ".kg").rglob("*")) if path not in before] == []


def test_a_damaged_copy_is_not_restored(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Verifying it says what is wrong and ends with 1; of two faults it says so."""
    here("backup", "copy")
    digests = open_store(store / "copy").acknowledged()[GRAPH]["sources"]
    for count, digest in enumerate(digests, 1):
        folder.source_path(store / "copy", str(digest)).write_bytes(b"damaged")
        capsys.readouterr()
        assert here("verify", "--store", "copy", "--format", "json") == 1
        told = capsys.readouterr()
        assert [row["code"] for row in json.loads(told.out)] == ["source-damaged"] * count
        assert told.err == ("1 error\n" if count == 1 else "2 errors\n")
    with pytest.raises(StoreError, match="the copy is damaged"):
        here("restore", "copy", "--store", "back")
    assert not (store / "back").exists()


def test_repairing_takes_kept_files_again_from_where_they_were_read(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If those still have the same bytes; all is then as it was stored."""
    digest = str(open_store(store / ".kg").acknowledged()[GRAPH]["sources"][0])
    folder.source_path(store / ".kg", digest).unlink()
    # The journal names the file in the folder that this one is a copy of; it has the same bytes.
    assert here("repair") == 0
    assert capsys.readouterr().err == "all is as it was stored\n"
    assert open_store(store / ".kg").source(digest) == TEXT.encode()


def test_what_is_lost_is_named_and_ends_with_1(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A graph of which neither the engine nor the kept changes have anything: add it again."""
    shutil.rmtree(store / ".kg" / "graph")
    patch = next(e["patch"] for e in folder.read_journal(store / ".kg").entries if e.get("graph") == GRAPH)
    folder.source_path(store / ".kg", str(patch)).unlink()
    assert here("repair") == 1
    assert f"lost, add it again: {GRAPH} (" in capsys.readouterr().err
    assert GRAPH not in open_store(store / ".kg").graphs()


def test_an_older_store_is_upgraded_after_a_dump(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says where that stands, and nothing is lost."""
    from tests.store.test_repair import as_layout_2

    before = open_store(store / ".kg").digest(GRAPH)
    as_layout_2(store / ".kg")
    assert here("repair") == 0
    told = capsys.readouterr().err.splitlines()
    dump = Path(told[0].removeprefix("upgraded; as it was, it stands in "))
    assert dump.is_file() and told[-1] == "all is as it was stored"
    assert open_store(store / ".kg").digest(GRAPH) == before


def test_the_doctor_says_what_works_and_what_does_not(
    store: Path, machine: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row for each trial; the first that fails is the error, which a store places."""
    monkeypatch.setattr("kg.doctor._annotator", lambda: "reads")
    monkeypatch.delenv("KG_LLM_URL", raising=False)
    assert here("doctor", "--format", "json") == 0
    rows = {row["trial"]: row for row in json.loads(capsys.readouterr().out)}
    assert {row["outcome"] for row in rows.values()} == {"works"} and "none is named" in rows["model"]["seen"]
    for name, value in {"URL": "http://127.0.0.1:9/v1", "MODEL": "m", "CACHE": ""}.items():
        monkeypatch.setenv(f"KG_LLM_{name}", value)
    with pytest.raises(ProvisoError, match="store fails: there is no store here") as told:
        here("doctor", "--store", "nothing", "--format", "json")
    assert told.value.where == "nothing"
    assert json.loads(capsys.readouterr().out)[-1]["seen"] == "m at http://127.0.0.1:9/v1, which was not asked"


# ---------------------------------------------------------------------------------------------------- a store at an address


def test_a_store_at_an_address_is_made_once_and_verified(store: Path, away: Here, capsys: pytest.CaptureFixture[str]) -> None:
    """The first command makes it and says so; what it has no files for is said; purged, it leaves nothing of the article."""
    assert [here("add", "in", "--store", AWAY), here("add", "in", "--store", AWAY)] == [0, 0]
    told = capsys.readouterr()
    assert told.err.splitlines().count(f"made a store in {AWAY}") == 1
    assert [line.partition("\t")[0] for line in told.out.splitlines() if "ships" in line] == ["stored", "unchanged"]
    assert here("verify", "--store", AWAY) == 0
    assert "keeps no files" in capsys.readouterr().err
    with pytest.raises(UsageError, match="the store has no article 'nosuch'") as unknown:
        here("remove", "nosuch", "--store", AWAY)
    assert unknown.value.where == AWAY
    assert here("remove", "ships", "--purge", "--store", AWAY) == 0
    assert "administrator" in capsys.readouterr().err.splitlines()[-1]
    assert not [quad for quad in away.held if "Ann Berg" in str(quad)]


def test_a_store_at_an_address_is_checked_by_its_name_too(store: Path, away: Here, capsys: pytest.CaptureFixture[str]) -> None:
    """As with --store: its graphs are read, and what is wrong with one is found."""
    here("add", "in", "--store", AWAY)
    capsys.readouterr()
    assert here("check", AWAY, "in") == 0
    assert capsys.readouterr().err == "checked 2: 0 errors, 0 warnings\n"
    away.held.clear()
    with pytest.raises(StoreError, match="there is no store at this address"):
        here("check", AWAY)


@pytest.mark.parametrize("seconds", ["soon", "0", "-1", "inf", "nan"])
def test_a_number_of_seconds_is_one(seconds: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a server may be silent; else it is said which word of the environment is none."""
    monkeypatch.setenv("KG_STORE_SECONDS", seconds)
    with pytest.raises(UsageError, match="KG_STORE_SECONDS is no number of seconds"):
        endpoint_at(AWAY)
    monkeypatch.setenv("KG_STORE_SECONDS", "7.5")
    made = endpoint_at(AWAY)
    assert isinstance(made, Endpoint) and made._seconds == 7.5
    made.close()


def test_a_purge_says_where_a_models_answers_still_stand(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there are any."""
    (store / "answers").mkdir()
    monkeypatch.setenv("KG_LLM_CACHE", "answers")
    assert here("remove", "ships", "--purge") == 0
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "purged ships" and "may still stand in answers" in told[1]


# ---------------------------------------------------------------------------------------------------- what is refused, and what is said


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("annotate", "in", "--format", "json"), "2 articles are not one json document"),
        (("query", "ASK {}", "-p", "actor=x"), "only a named query has parameters"),
        (("show", "Norland", "--format", "csv"), "a tree does not come as 'csv'"),
        (("eval", "in", "--annotator", "file"), "nobody would read the gold's articles"),
    ],
)
def test_words_that_do_not_go_together(store: Path, words: tuple[str, ...], what: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Said before anything is printed."""
    write(store / "in" / "more.txt")
    with pytest.raises(UsageError, match=what):
        here(*words)
    assert capsys.readouterr().out == ""


def test_a_query_is_shown_where_it_is_asked_for(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, with our prefixes, as anyone can run it."""
    assert here("query", "ASK { ?who a kg:Parliament }", "--show") == 0
    told = capsys.readouterr()
    assert told.out == "answer\ntrue\n" and told.err.startswith("PREFIX kg: ") and "ASK { ?who a kg:Parliament }\n" in told.err


def test_what_nobody_has_reviewed_is_said_to_be_so(store: Path, machine: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside every answer that rests on it: comparing, timelines, what-if, an export."""
    write(store / "new" / "ships.txt", reading=None)
    assert here("add", "new", "--store", "machines") == 0
    for words in (("compare",), ("timeline",), ("whatif", "--met", "assembly-agrees"), ("export", "-o", "out.nq")):
        capsys.readouterr()
        assert here(*words, "--store", "machines") == 0
        assert "No person has reviewed the readings this rests on: ships." in capsys.readouterr().err, words
        assert here(*words, "--store", ".kg") == 0
        assert "reviewed" not in capsys.readouterr().err, words


def test_on_a_terminal_a_scenario_is_a_tree(store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Elsewhere it is rows."""
    assert here("whatif", "--met", "assembly-agrees") == 0
    rows = capsys.readouterr().out
    monkeypatch.setattr("kg.cli.questions.terminal_width", lambda: 100)
    assert here("whatif", "--met", "assembly-agrees") == 0
    tree = capsys.readouterr().out
    assert "\t" in rows and "\t" not in tree and "send ships" in tree and "active" in tree


def test_misses_are_listed_with_the_scores_or_alone(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a table after the scores, in any other form alone; an annotator that finds nothing misses all."""
    monkeypatch.setattr("kg.annotate.automatic.find_annotator", lambda _: lambda article, registry: Annotation(Annotator("none")))
    assert here("eval", "in/ships.yaml", "--misses", "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows and any("Norland will send ships" in str(row) for row in rows)
    assert here("eval", "in/ships.yaml", "--misses") == 0
    both = capsys.readouterr().out
    assert here("eval", "in/ships.yaml") == 0
    scores = capsys.readouterr().out
    assert both.startswith(scores) and len(both.splitlines()) == len(scores.splitlines()) + 1 + len(rows)


def test_faults_of_foreign_annotations_are_counted_and_end_with_4(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rest of the article is stored."""
    write(store / "drawn" / "norland.txt", BRAT_TEXT, None)
    (store / "drawn" / "norland.ann").write_text(ANN.replace("T2\tCue 11 15", "T2\tCue 12 16"), "utf-8")
    assert here("import", "drawn", "--store", "new") == 4
    told = capsys.readouterr()
    assert "stored\tnorland\t1\t" in told.out and told.err.splitlines()[-1].startswith("1 faults, told above")


def test_an_article_that_cannot_be_exported_is_told_and_ends_with_4(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file of the others is written."""
    text = TEXT.replace("ships", "\x01ships")
    write(
        store / "odd" / "odd.txt",
        text,
        READING.replace("send ships if", "send \\x01ships if")
        .replace("[Norland will send \\x01ships if the Assembly agrees]", '["Norland will send \\x01ships if the Assembly agrees"]')
        .replace("span: send ships", 'span: "send \\x01ships"'),
    )
    assert here("add", "odd") == 0
    assert here("export", "--format", "uima", "-o", "out") == 4
    assert "odd" in capsys.readouterr().err and [file.stem for file in (store / "out").rglob("*.xmi")] == ["ships"]


def test_everything_that_is_odd_of_an_article_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Notes with its file, warnings, and each finding of an annotation once."""
    findings = [Finding(f"code-{n}", "error", f"do {n}", "a.yaml", n) for n in (1, 2, 3)]
    report_outcome(
        Outcome(
            "rejected",
            "a",
            "a.txt",
            error=AnnotationError(findings),
            findings=(Finding("odd", "warning", "look", "a.yaml", 9),),
            notes=("was in UTF-16",),
        )
    )
    told = capsys.readouterr().err
    assert told.startswith("a.txt: was in UTF-16\na.yaml:9: warning odd: look\n")
    assert [told.count(f"do {n}") for n in (1, 2, 3)] == [1, 1, 1]


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing else is done."""
    from kg import __version__

    assert here("--version", "queries") == 0
    assert capsys.readouterr().out == f"kg {__version__}\n"


# ---------------------------------------------------------------------------------------------------- checking and reviewing


def test_checking_takes_files_articles_folders_and_stores(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 where all is well; 1 where one cannot be checked, in three lines; 3 where one is wrong."""
    (store / "empty").mkdir()
    write(store / "alone.txt", reading=None)
    write(store / "wrong" / "ships.txt", reading=READING.replace("cue: said", "que: said"))
    asked: dict[tuple[str, ...], tuple[int, str, str]] = {
        ("in",): (0, "", "checked 1: 0 errors"), ("in/ships.yaml",): (0, "", "checked 1: 0 errors"), ("in/ships.txt",): (0, "", "checked 1: 0 errors"),
        (".kg",): (0, "", "checked 1: 0 errors"), (): (0, "", "checked 1: 0 errors"), ("nothing.yaml",): (1, "", "there is no such file"),
        ("nothing.txt",): (1, "", "there is no such file"), ("empty",): (1, "", "no annotation files in this folder"),
        ("alone.txt",): (1, "", "the article has no annotation"), ("wrong",): (3, "unknown-key", "checked 1: "), ("in", "alone.txt"): (1, "", "checked 1: 0 errors"),
    }  # fmt: skip
    for paths, (code, found, said) in asked.items():
        assert here("check", *paths) == code, paths
        told = capsys.readouterr()
        assert found in told.out and (found or not told.out) and said in told.err, (paths, told)
    with pytest.raises(StoreError, match="there is no store here"):
        here("check", "nothing")


def test_a_review_says_what_is_left(
    store: Path, machine: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing to decide, nothing decided, something kept."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    write(store / "quiet.txt", "Nothing happened in Norland today, and nobody spoke of it.", None)
    write(store / "ships.txt", reading=None)
    assert [here("review", "quiet.txt"), here("review", "ships.txt")] == [0, 0]
    told = capsys.readouterr().err
    assert "nothing is told in this article that the annotator finds" in told
    assert told.splitlines()[-1] == "nothing was decided; 1 statements wait" and not (store / "ships.yaml").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("a\n"))
    assert here("review", "ships.txt") == 0
    assert capsys.readouterr().err.splitlines()[-1] == "ships.yaml: reviewed" and (store / "ships.yaml").exists()


@pytest.mark.parametrize(
    ("editor", "made"),
    [("true", "words"), ("false", None), ("sh -c 'printf new >\"$0\"'", "new"), ("sh -c 'rm \"$0\"'", None), ("sh -c 'printf \"\\377\" >\"$0\"'", "\udcff")],
)  # fmt: skip
def test_what_an_editor_makes_of_a_statement(editor: str, made: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing where it failed or left nothing; what is no UTF-8 comes back whole, to be edited again."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor)
    assert _edit("words") == made


@pytest.mark.parametrize("editor", ["/no/such/editor", "'"])
def test_an_editor_that_cannot_be_run_is_told(editor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to set."""
    monkeypatch.setenv("VISUAL", editor)
    with pytest.raises(UsageError, match="the editor cannot be run"):
        _edit("words")


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_no_copy_is_made_at_an_address(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be a folder named http:, and the error told the password."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError) as refused:
        here(command, "http://u:secret@host/x", "--store", "store")
    assert "secret" not in str(refused.value) and not list(tmp_path.iterdir())
