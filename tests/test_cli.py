"""The command line: what it prints where, its exit codes, and three clear lines for every kind of bad input."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from kg.cli import app
from kg.errors import StoreError
from kg.store.embedded import writer
from tests.support import KG, READING, TEXT, Run, write

COMMANDS = ("add", "remove", "annotate", "review", "check", "ask", "query", "queries", "show", "graph", "export", "import", "eval")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with one article and its annotation."""
    write(tmp_path / "in" / "ships.txt")
    return tmp_path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """A folder with the article, its annotation and a store made of it."""
    place = tmp_path_factory.mktemp("made")
    write(place / "in" / "ships.txt")
    assert run("add", "in", cwd=place).returncode == 0
    return place


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    """A copy of that folder, for a test to do with as it likes."""
    return shutil.copytree(made, tmp_path / "made")


def refused(done: subprocess.CompletedProcess[str], code: int, *said: str) -> None:
    """Nothing on stdout, three lines on stderr (after what else was said), the exit code."""
    what, where, hint = done.stderr.splitlines()[-3:]
    assert done.returncode == code, done
    assert where.startswith("  at: ") and hint.startswith("  try: "), done.stderr
    assert "Traceback" not in done.stderr and all(len(line) < 300 for line in (what, where, hint))
    for words in said:
        assert words in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_help_begins_with_three_examples(run: Run, command: str) -> None:
    """After the usage line; each is a call of that command."""
    shown = run(command, "--help")
    examples = [line.strip() for line in shown.stdout.splitlines()[2:5]]
    assert shown.returncode == 0 and len(examples) == 3
    assert all(example.startswith(f"kg {command} ") or example == f"kg {command}" for example in examples), examples


def test_no_command_shows_the_help_and_is_a_usage_error(run: Run) -> None:
    """All commands of the contract are listed."""
    shown = run()
    assert shown.returncode == 2 and all(f"  {command} " in shown.stderr for command in COMMANDS)


def test_adding_says_what_became_of_each_article(home: Path, run: Run) -> None:
    """Data on stdout, the rest on stderr; the second time nothing is new."""
    first = run("add", "in", "--format", "json", cwd=home)
    assert (first.returncode, [row["outcome"] for row in json.loads(first.stdout)]) == (0, ["stored"])
    assert "made a store in .kg" in first.stderr
    second = run("add", "in", "--format", "json", cwd=home)
    assert (second.returncode, [row["outcome"] for row in json.loads(second.stdout)]) == (0, ["unchanged"])
    assert "made a store" not in second.stderr


def test_some_failed(home: Path, run: Run) -> None:
    """4 where some are stored, 1 where none is; the good ones are in either way."""
    write(home / "in" / "bad.txt", "No annotation here.", None)
    done = run("add", "in", "--annotator", "file", cwd=home)
    assert done.returncode == 4 and "has no annotation" in done.stderr
    assert [line.split("\t")[:2] for line in done.stdout.splitlines()[1:]] == [["rejected", "bad"], ["stored", "ships"]]
    assert run("add", "in/bad.txt", "--annotator", "file", cwd=home).returncode == 1


BAD_FILES = {
    "missing": (None, "there is no such file"),
    "empty": (b"", "empty"),
    "binary": (bytes(range(256)) * 8, "binary"),
    "wrong encoding": (b"\xff\xfe\xfa\xfb\x00\x81\x8d\x8f\x90\x9d\x00" * 9, ""),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_articles_that_cannot_be_read(store: Path, run: Run, name: str) -> None:
    """Each says why, names the file, and leaves the store as it was."""
    before = run("export", "-o", "-", "--format", "nq", cwd=store).stdout
    data, said = BAD_FILES[name]
    if data is not None:
        (store / "bad.txt").write_bytes(data)
    done = run("add", "bad.txt", cwd=store)
    assert done.returncode == 1 and "bad.txt" in done.stderr and said in done.stderr and "Traceback" not in done.stderr
    what, where, hint = done.stderr.splitlines()[-4:-1]
    assert what and where.startswith("  at: ") and hint.startswith("  try: ")
    assert run("export", "-o", "-", "--format", "nq", cwd=store).stdout == before


@pytest.mark.parametrize("command", ["add", "annotate"])
def test_an_address_is_no_article(home: Path, run: Run, command: str) -> None:
    """Nothing is fetched; it is told as it was given, with what to do, and does not keep the others from being read."""
    address = "https://news.example/ships.html"
    done = run(command, address, cwd=home)
    assert (
        done.returncode == 1
        and "this is an address, and articles are read from files\n  at: " + address + "\n  try: save the page" in done.stderr
    )
    if command == "add":
        done = run("add", address, "in", cwd=home)
        assert done.returncode == 4 and "1 rejected, 1 stored" in done.stderr and f"\t{address}\t" in done.stdout


BAD_ANNOTATIONS = {
    "unknown-key": (READING.replace("cue: said", "que: said"), "que", 8),
    "duplicate-key": (READING.replace("cue: said", "cue: said\n    cue: said"), "'cue'", 9),
    "span-missing": (READING.replace("cue: said", "cue: shouted"), "shouted", 8),
    "span-ambiguous": (READING.replace("text: the Assembly agrees", "text: e"), "", None),
    "unknown-actor": (READING.replace("actor: berg", "actor: bergg"), "berg", 7),
}


@pytest.mark.parametrize("code", BAD_ANNOTATIONS)
def test_annotations_that_cannot_be_stored(store: Path, run: Run, code: str) -> None:
    """File and line, what is wrong, what to do; the reading that was there stays."""
    reading, said, line = BAD_ANNOTATIONS[code]
    text = TEXT + " She did e and e."
    write(store / "in" / "ships.txt", text, reading)
    done = run("add", "in", cwd=store)
    assert done.returncode == 1
    assert f"[{code}]" in done.stderr and said in done.stderr
    assert f"  at: in/ships.yaml:{line}" in done.stderr if line else "  at: in/ships.yaml:" in done.stderr
    assert "Ann Berg" in run("ask", "what did Ann Berg say", cwd=store).stdout
    checked = run("check", "in", "--format", "json", cwd=store)
    assert checked.returncode == 3 and code in {f["code"] for f in json.loads(checked.stdout)}


def test_stores_that_are_none(home: Path, run: Run) -> None:
    """Nothing, an empty folder, a file, a folder of something else: refused, and nothing made."""
    (home / "empty").mkdir()
    (home / "other").mkdir()
    (home / "other" / "x").write_text("x")
    (home / "file").write_text("x")
    for command in (
        ("ask", "who refused ships"),
        ("query", "commitments_refused"),
        ("export", "-o", "x.nq"),
        ("remove", "a"),
        ("check",),
        ("show", "x"),
    ):
        for place in ("nothing", "empty", "other", "file"):
            refused(run(*command, "--store", place, cwd=home), 1, place)
    for place in ("other", "file"):
        refused(run("add", "in", "--store", place, cwd=home), 1, place)
    assert not (home / "nothing").exists() and not list((home / "empty").iterdir()) and not (home / "x.nq").exists()


def test_a_store_that_may_not_be_read_is_no_wrong_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store itself says what is wrong with it, not what reads the command line."""
    monkeypatch.setattr(os, "access", lambda *asked: False)
    with pytest.raises(StoreError, match="this folder is empty"):
        app(["query", "ASK {}", "--store", str(tmp_path)], standalone_mode=False)


def test_a_store_held_by_another_process(store: Path, run: Run) -> None:
    """Writing says who holds it; reading goes on."""
    with writer(store / ".kg", "import", "2026-01-06T10:00:00Z"):
        refused(run("add", "in", cwd=store), 1, "held", "import")
        assert run("query", "commitments_refused", cwd=store).returncode == 0
    assert run("add", "in", cwd=store).returncode == 0


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (("query", "SELECT ?a WHERE { ?a"), 1, "line 1"),
    (("query", "INSERT DATA { <x:a> <x:b> <x:c> }"), 1, ""),
    (("query", "SELECT * { SERVICE <http://127.0.0.1/> { ?a ?b ?c } }"), 1, "SERVICE"),
    (("query", "commitments_conditionedd"), 2, "commitments_conditioned"),
    (("query", "commitments_conditioned", "-p", "kind=blue"), 2, "kind"),
    (("query", "commitments_conditioned", "-p", "actor=Nobody At All"), 2, "actor"),
    (("query", "commitments_conditioned", "-p", "colour=blue"), 2, "colour"),
    (("query", "commitments_conditioned", "-p", "kind"), 2, "key=value"),
    (("query", "--file", "nothing.rq"), 2, "nothing.rq"),
    (("query",), 2, "kg queries"),
    (("ask", "who frobnicated ships"), 2, "frobnicated"),
    (("ask", "who refused ships", "--format", "xml"), 2, "json"),
    (("show", "Nobody At All"), 2, "Nobody At All"),
    (("graph", "-o", "x.pdf"), 2, ".svg"),
    (("graph", "-o", "x.html", "--kind", "pie"), 2, "pie"),
    (("export", "-o", "x.pdf"), 2, ".trig"),
    (("import", "nothing.nq"), 1, "nothing.nq"),
    (("remove", "nothing"), 2, "nothing"),
    (("eval", "in", "--annotator", "magic"), 2, "magic"),
    (("eval", "nothing", "in"), 1, "nothing"),
    (("annotate", "nothing.txt"), 1, "nothing.txt"),
    (("annotate", "in", "--format", "xml"), 2, "jsonl"),
    (("add", "in", "--annotator", "magic"), 2, "magic"),
    (("nonsense",), 2, "nonsense"),
    (("ask", "x", "--nonsense"), 2, "--nonsense"),
])  # fmt: skip
def test_bad_words(store: Path, run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    """Each kind of wrong argument has its three lines and its exit code."""
    refused(run(*arguments, cwd=store), code, said)


def test_formats(store: Path, run: Run) -> None:
    """One array of objects, a line each, a CSV with IRIs beside labels, a Markdown table, plain rows; the same rows in all."""
    ask = ("ask", "who conditioned send ships on parliament")
    [row] = json.loads(run(*ask, "--format", "json", cwd=store).stdout)
    assert row["actor"] == {"iri": "https://w3id.org/proviso/id/actor/norland", "label": "Norland"}
    assert {"speaker", "actor", "commitment", "condition", "quote", "article"} <= row.keys() and row["quote"] == TEXT
    assert TEXT[row["start"] : row["end"]] == row["quote"]
    assert [json.loads(line) for line in run(*ask, "--format", "jsonl", cwd=store).stdout.splitlines()] == [row]
    [cells] = csv.DictReader(io.StringIO(run(*ask, "--format", "csv", cwd=store).stdout))
    assert (cells["actor"], cells["actor_iri"]) == ("Norland", row["actor"]["iri"])
    assert run(*ask, "--format", "md", cwd=store).stdout.startswith("| speaker |")
    plain = run(*ask, cwd=store)
    assert [len(line.split("\t")) for line in plain.stdout.splitlines()] == [len(row)] * 2
    assert "understood: who conditioned" in plain.stderr and "understood" not in plain.stdout


def test_the_sparql_anyone_can_run(store: Path, run: Run) -> None:
    """What --show prints gives the same rows when it is run as a query."""
    asked = run("ask", "who conditioned send ships on parliament", "--show", "--format", "json", cwd=store)
    text = asked.stderr[asked.stderr.index("PREFIX") :].rpartition("}")[0] + "}" + asked.stderr.rpartition("}")[2].rpartition("1 row")[0]
    assert json.loads(run("query", "--file", "-", "--format", "json", stdin=text, cwd=store).stdout) == json.loads(asked.stdout)


def test_stdin_and_stdout(store: Path, run: Run) -> None:
    """`-` is an article, a query and an export."""
    nobody = run("add", "-", "--annotator", "file", stdin=TEXT, cwd=store)
    assert nobody.returncode == 1 and "no annotation" in nobody.stderr
    assert run("query", "--file", "-", stdin="ASK {}", cwd=store).stdout == "answer\ntrue\n"
    out = run("export", "-o", "-", "--format", "nq", cwd=store).stdout
    assert out.count("\n") > 100 and out.endswith(" .\n")
    assert run("import", "-", "--format", "nq", "--store", "copy", stdin=out, cwd=store).returncode == 0
    assert run("export", "-o", "-", "--format", "nq", "--store", "copy", cwd=store).stdout == out
    refused(run("import", "-", "--store", "other", stdin=out, cwd=store), 2, "stdin")
    refused(run("import", "-", "--format", "nq", "--store", "other", stdin="nonsense", cwd=store), 1, "  at: -:1\n")
    wrong = run("import", "-", "--format", "webannotation", "--store", "third", stdin="nonsense", cwd=store)
    assert wrong.returncode == 1 and "  at: -:1\n" in wrong.stderr and "rejected\t\t0\t-:1\t" in wrong.stdout
    assert not (store / "other").exists()
    checked = run("check", "-", stdin=f"article: {{text: {json.dumps(TEXT)}}}\n" + READING.replace("said", "sad", 1), cwd=store)
    assert checked.returncode == 3 and checked.stdout.startswith("-:9: error span-missing")


def test_files_next_door_are_found_from_inside(home: Path, run: Run) -> None:
    """From the folder of the articles, and of the annotations, as from outside; stdin is looked for here too."""
    (home / "annotations").mkdir()
    (home / "in" / "ships.yaml").rename(home / "annotations" / "ships.yaml")
    (home / "in").rename(home / "articles")
    for path in ("ships.txt", "."):
        assert run("annotate", path, cwd=home / "articles").returncode == 0
    for path in ("ships.yaml", "."):
        assert run("check", path, cwd=home / "annotations").returncode == 0
    assert run("annotate", "-", stdin=f"---\nid: ships\n---\n{TEXT}", cwd=home).returncode == 0


def test_our_prefixes_are_known(store: Path, run: Run) -> None:
    """A query need not declare them, and may."""
    for text in ("ASK { ?who a kg:Parliament }", "PREFIX kg: <https://w3id.org/proviso#> ASK { ?who a kg:Parliament }"):
        assert run("query", text, cwd=store).stdout == "answer\ntrue\n"


def test_a_device_is_written_to_and_stays(store: Path, run: Run) -> None:
    """Not replaced by a file of its name."""
    os.mkfifo(store / "pipe.nq")
    with subprocess.Popen(["wc", "-l", "pipe.nq"], cwd=store, stdout=subprocess.PIPE) as reader:
        assert run("export", "-o", "pipe.nq", cwd=store).returncode == 0
        assert reader.stdout and int(reader.stdout.read().split()[0]) > 100
    assert (store / "pipe.nq").is_fifo()


def test_an_annotation_printed_is_one_that_can_be_read(home: Path, run: Run) -> None:
    """As YAML beside the article and as JSON with the text inside it says the same as the file it came from."""
    shown = json.loads(run("annotate", "in/ships.txt", cwd=home).stdout)
    assert shown["article"]["text"] == TEXT and "reviewed" not in shown["annotator"]
    for name, form in (("again.json", "json"), ("again.yaml", "yaml")):
        place = home / name.replace(".", "-")
        write(place / "ships.txt", TEXT, None)
        (place / name.replace("again", "ships")).write_text(run("annotate", "in/ships.txt", "--format", form, cwd=home).stdout, "utf-8")
        again = json.loads(run("annotate", place / "ships.txt", cwd=home).stdout)
        assert {k: again[k] for k in again if k != "article"} == {k: shown[k] for k in shown if k != "article"}


def test_a_collection_gives_a_line_for_every_item(home: Path, run: Run) -> None:
    """In order, failed ones too, valid by the schema; the run then exits 4."""
    items = [{"id": "ships", "text": TEXT}, {"id": "nobody", "text": "No."}]
    (home / "in" / "all.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    (home / "in" / "nobody.json").write_text('{"statements": []}')
    done = run("annotate", "in/all.jsonl", "--format", "jsonl", cwd=home)
    assert (done.returncode, [json.loads(line)["article"]["id"] for line in done.stdout.splitlines()]) == (0, ["ships", "nobody"])
    (home / "in" / "nobody.json").unlink()
    done = run("annotate", "in/all.jsonl", "--format", "jsonl", "--annotator", "file", cwd=home)
    failed = json.loads(done.stdout.splitlines()[1])
    assert done.returncode == 4 and failed["outcome"] == "failed" and failed["statements"] == [] and failed["article"] == {"id": "nobody"}


def test_what_is_not_english_is_refused_with_a_line(home: Path, run: Run) -> None:
    """Named, and the others are read."""
    german = "Der Kanzler sagte am Dienstag, der Bundestag werde darüber entscheiden."
    items = [{"id": "de", "text": german}, {"id": "en", "text": "Ruritania says it will pay if Borduria agrees.", "date": "2025-05-01"}]
    (home / "news.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    done = run("annotate", "news.jsonl", "--raw", "--format", "jsonl", cwd=home)
    refused_line, read = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 4 and (refused_line["outcome"], refused_line["reason"]) == ("refused", "the text is in German")
    assert read["article"]["id"] == "en" and read["statements"]


def test_the_annotator_reads_the_same_on_two_processes(home: Path, run: Run) -> None:
    """Byte for byte, twice."""
    items = [{"id": f"a{n}", "text": f"Minister Lee said {n} ships would sail unless it rained."} for n in range(40)]
    (home / "news.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    one, two = (run("annotate", "news.jsonl", "--format", "jsonl", "--jobs", jobs, cwd=home).stdout for jobs in ("1", "2"))
    assert one == two and one.count("\n") == 40


def test_a_reading_by_the_annotator_is_mended_by_a_person(home: Path, run: Run) -> None:
    """Printed, edited, added: what the person says is stored, and nothing says any more that nobody reviewed it."""
    (home / "x.txt").write_text("Ruritania says it will pay if Borduria agrees.\n")
    added = run("add", "x.txt", cwd=home)
    assert added.returncode == 0
    asked = "SELECT ?article { ?article a kg:Article }"
    assert "No person has reviewed the readings this rests on: x." in run("query", asked, cwd=home).stderr
    printed = run("annotate", "x.txt", "--format", "yaml", cwd=home).stdout
    (home / "x.yaml").write_text(printed.replace("force: pledges", "force: offers"))
    assert "superseded" in run("add", "x.txt", cwd=home).stdout
    assert "force: offers" in run("annotate", "x.txt", "--format", "yaml", cwd=home).stdout
    exported = run("export", "-o", "-", "--format", "nq", cwd=home).stdout
    assert 'reviewed> "true"' in exported


def test_a_reading_is_written_beside_its_article(home: Path, run: Run) -> None:
    """`kg annotate x.txt --format yaml > x.yaml`: the shell has made the file by then, which is said and counts as none, also for `add`."""
    (home / "x.txt").write_text("Ruritania says it will pay if Borduria agrees.\n")
    (home / "x.yaml").touch()
    printed = run("annotate", "x.txt", "--format", "yaml", cwd=home)
    assert printed.returncode == 0 and "force: pledges" in printed.stdout
    assert printed.stderr == "x.txt: x.yaml is empty, and so no annotation of it\n"
    added = run("add", "x.txt", cwd=home)
    assert added.returncode == 0 and printed.stderr in added.stderr


@pytest.mark.parametrize("form", ["trig", "nq", "jsonld", "ttl"])
def test_export_and_import(store: Path, run: Run, form: str) -> None:
    """Into an empty store: the same N-Quads, so the same digest."""
    target = "graphs" if form == "ttl" else f"g.{form}"
    assert run("export", "-o", target, *(("--format", "ttl") if form == "ttl" else ()), cwd=store).returncode == 0
    assert run("import", target, "--store", "copy", cwd=store).returncode == 0
    there, copied = (run("export", "-o", "-", "--format", "nq", "--store", place, cwd=store).stdout for place in (".kg", "copy"))
    assert there == copied != ""


def test_removing(store: Path, run: Run) -> None:
    """Gone from the answers; with --purge from the disk."""
    assert run("remove", "ships", cwd=store).returncode == 0
    assert json.loads(run("query", "commitments_conditioned", "--format", "json", "-p", "action=any", cwd=store).stdout) == []
    assert run("remove", "ships", "--purge", cwd=store).returncode == 0
    assert b"send ships" not in b"".join(p.read_bytes() for p in (store / ".kg").rglob("*") if p.is_file())


@pytest.mark.parametrize("form", ["html", "svg", "graphml", "gexf", "json"])
@pytest.mark.parametrize("kind", ["chart", "network"])
def test_graphs(store: Path, run: Run, form: str, kind: str) -> None:
    """Each form of each kind is written, whole, the same bytes twice, and holds what was committed to."""
    assert run("graph", "-o", f"a.{form}", "--kind", kind, cwd=store).returncode == 0
    assert run("graph", "-o", f"b.{form}", "--kind", kind, cwd=store).returncode == 0
    data = (store / f"a.{form}").read_bytes()
    assert data == (store / f"b.{form}").read_bytes() and b"Norland" in data


def test_showing(store: Path, run: Run) -> None:
    """An actor as a tree, and as JSON, with the sentence that says so."""
    assert TEXT in run("show", "Norland", cwd=store).stdout
    assert TEXT in json.dumps(json.loads(run("show", "norland", "--format", "json", cwd=store).stdout))


def test_the_environment(store: Path, run: Run) -> None:
    """KG_STORE names the store, SOURCE_DATE_EPOCH the time."""
    assert run("query", "commitments_refused", cwd=store.parent, KG_STORE=str(store / ".kg")).returncode == 0
    assert run("add", "in", "--store", "a", cwd=store, SOURCE_DATE_EPOCH="0").returncode == 0
    assert "1970-01-01T00:00:00Z" in run("export", "-o", "-", "--format", "nq", "--store", "a", cwd=store).stdout


def test_debug_alone_shows_a_traceback(store: Path, run: Run) -> None:
    """Before the three lines."""
    shown = run("query", "nothing", "--debug", cwd=store)
    assert shown.returncode == 2 and shown.stderr.startswith("Traceback") and shown.stderr.splitlines()[-1].startswith("  try: ")


def test_no_terminal_acts_on_the_name_of_a_file(tmp_path: Path, run: Run) -> None:
    """Escape sequences and direction marks are spelt out; what is told stays in its lines."""
    name = "a\x1b]0;owned\x07\u202e.txt"
    (tmp_path / name).write_text("", "utf-8")
    done = run("add", name, cwd=tmp_path)
    assert done.returncode == 1 and r"a\x1b]0;owned\x07\u202e.txt" in done.stderr
    assert not set("\x1b\x07\u202e") & set(done.stderr) and len(done.stderr.splitlines()) >= 4


def test_a_closed_pipe_is_no_error(store: Path) -> None:
    """`kg … | head -1` ends quietly."""
    shell = f"{shlex.join(KG)} queries | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", shell], cwd=store, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def test_a_query_is_stopped_at_its_limit(store: Path, run: Run) -> None:
    """With --timeout: three lines, exit 1, long before it would end."""
    refused(run("query", SLOW, "--timeout", "1", cwd=store), 1, "1")


def test_ctrl_c_ends_a_query(store: Path) -> None:
    """A local query runs in the process itself; it ends at once, with 130 and without a traceback."""
    child = subprocess.Popen([*KG, "query", SLOW], cwd=store, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=10)
    assert (child.returncode, out, err) == (130, "", "interrupted\n")


def test_a_terminal_gets_a_table_and_progress(store: Path) -> None:
    """Aligned columns on stdout, a counter on stderr; nothing is cut off and no colour is forced."""
    shown = _in_terminal(store, "add", "in")
    assert "articles: 1" in shown and re.search(r"outcome +article +statements", shown)
    answer = re.sub(r"\s+", "", _in_terminal(store, "ask", "who conditioned send ships on parliament"))
    assert "NorlandAssembly" in answer and "\x1b[3" not in answer


def _in_terminal(place: Path, *arguments: str) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen([*KG, *arguments], cwd=place, stdin=theirs, stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        out = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                data = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            out += data
        os.close(ours)
        child.wait(60)
    return out.decode()


def test_completion_can_be_installed_and_completes(run: Run, tmp_path: Path) -> None:
    """A script for the shell is printed, and what it calls gives the commands that begin so."""
    script = run("--show-completion", "bash", HOME=str(tmp_path), _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert script.returncode == 0 and "complete -o default -F _kg_completion kg" in script.stdout
    asked = run(_KG_COMPLETE="complete_bash", COMP_WORDS="kg que", COMP_CWORD="1")
    assert asked.stdout.split() == ["query", "queries"]


def test_a_command_leaves_the_others_there(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """In one process one after another can be called, and an unknown one is told the nearest of all."""
    import kg.cli

    left: list[int] = []
    monkeypatch.setattr(kg.cli, "_leave", left.append)
    for words in (["queries", "--format", "csv"], ["doctor", "--help"], ["quer"]):
        monkeypatch.setattr("sys.argv", ["kg", *words])
        kg.cli.main()
    assert left == [0, 0, 2] and "'query', 'queries'" in capsys.readouterr().err
