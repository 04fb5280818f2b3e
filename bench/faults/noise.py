"""Noise: bytes that nobody meant for each parser of ours, and command lines that nobody would type."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.faults.loop import Line, ran
from bench.faults.scorecard import ROOT, Case, Run, Trial, row
from bench.faults.stores import article, stored, whole

CODES = (0, 1, 2, 3, 4)
ALONE = 100  # of so many inputs one is given to a process of its own too
_EXAMPLE = ROOT / "ontology" / "examples" / "valid" / "conditional-pledge.yaml"
_TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\xed\xa0\x80", b"---\n", b"id: a\n", b"\r", b"\t", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"{", b"}", b"[", b"]",
    b"<!--", b"<script>", b"&#0;", b"\\ud800", b"'", b'"', b'"""', b"<", b">", b" .", b";", b"@", b"^^", b"_:b", b"&a ", b"*a ", b"!!x ", b"9" * 400, b"-1e999", b"null",
    b"UNION ", b"{" * 300, b"(" * 300, b"[" * 3000, b"a" * 3000,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parser:
    """What a parser is given: files of this ending, out of one that is right, by these words (FILE stands for the file), so many of a hundred."""

    ending: str
    right: bytes
    words: tuple[str, ...]
    share: int


def _parsers(folder: Path) -> tuple[Parser, ...]:
    text = article(1).encode()
    line = json.dumps({"id": "a", "title": "Talks", "date": "2026-01-06", "text": article(2).split("\n\n", 1)[1]}).encode()
    page = b"<!doctype html><html><head><title>Talks</title></head><body><article><p>" + text * 2 + b"</p></article></body></html>"
    own = b'<https://w3id.org/proviso/id/actor/ann-lee> a <https://w3id.org/proviso#Person> ; <http://www.w3.org/2000/01/rdf-schema#label> "Ann Lee" .\n'
    quad = b'<x:s> <x:p> "o"^^<x:t> <x:g> .\n<x:s> <x:q> <x:o> <x:g> .\n'
    trig = b'@prefix a: <x:> . a:g { a:s a:p "o"@en , 1.5 ; a:q [] , ( 1 2 ) . }\n'
    expanded = b'[{"@id": "x:g", "@graph": [{"@id": "x:s", "x:p": [{"@value": "o", "@language": "en"}]}]}]'
    # What can be read is then refused: the store is no store.
    into = ("import", "FILE", "--store", "right.yaml")
    reading = _EXAMPLE.read_bytes()
    (folder / "right.yaml").write_bytes(reading)
    return (
        Parser("txt", text, ("annotate", "FILE", "--format", "jsonl"), 12),
        Parser("jsonl", line + b"\n" + line.replace(b'"a"', b'"b"'), ("annotate", "FILE"), 10),
        Parser("html", page, ("annotate", "FILE", "--format", "jsonl"), 1),
        Parser("yaml", reading, ("check", "FILE", "--format", "json"), 20),
        Parser("json", _as_json(reading), ("check", "FILE", "--format", "json"), 15),
        Parser("ttl", own, ("check", "right.yaml", "--registry", "FILE", "--format", "json"), 10),
        Parser("scenario", b"met: [ceasefire]\nfailed: ['by:Norway']\n", ("whatif", "--scenario", "FILE", "--format", "json"), 7),
        Parser("rq", b"SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o FILTER(STRLEN(STR(?o)) > 3) } GROUP BY ?s LIMIT 5", ("query", "--file", "FILE", "--format", "json"), 7),
        Parser("question", b"who conditioned troops on parliament in 2026?", ("ask", "WORDS", "--format", "json"), 4),
        Parser("nq", quad, into, 4), Parser("trig", trig, into, 5), Parser("jsonld", expanded, into, 5),
    )  # fmt: skip


def _as_json(reading: bytes) -> bytes:
    import yaml

    return json.dumps(yaml.safe_load(reading), default=str, indent=1).encode()


@row(
    40,
    "random bytes to each parser, random command lines",
    2500,
    "no crash, hang or traceback; the exit codes that are said",
    quick=150,
    budget=480,
)
def noise(trial: Trial) -> Iterator[Case]:
    """Four of five are files, the fifth is a command line; one process takes them in turn, some have one of their own too."""
    cage = trial.place("cage")
    cage.mkdir()
    store = stored(trial, _two(cage))
    store.rename(cage / ".kg")
    around = _listed(trial.folder, cage)
    parsers = _parsers(cage)
    lines = [_line(trial.chance, number, parsers, cage) for number in range(trial.cases * 4 // 5)]
    told = ran(trial, lines, cage)
    commands = _command_lines(trial.chance, trial.cases - len(lines))
    ended = ran(trial, commands, cage)
    moved = _listed(trial.folder, cage) - around
    damaged = whole(trial, cage / ".kg") if (cage / ".kg").exists() else ""
    for number, (line, run) in enumerate(zip((*lines, *commands), (*told, *ended), strict=True)):
        wrong = [*([str(run)] if not run.clear(*CODES) else []), *_unreadable(line, run), *sorted(moved), *([damaged] if damaged else [])]
        if number < len(lines) and number % ALONE == 0:
            alone = trial.kg(*line.words, stdin=line.stdin, cwd=cage, env={"KG_STORE": ".kg"})
            wrong += [] if alone.code == run.code else [f"in a process of its own: {alone}"]
        yield Case(not wrong, run.seconds, f"kg {' '.join(line.words)!r}: {'; '.join(wrong)}"[:600])


def _two(cage: Path) -> Path:
    folder = cage / "articles"
    folder.mkdir()
    for number in range(2):
        (folder / f"made-{number}.txt").write_text(article(number), "utf-8")
    return folder


def _listed(folder: Path, but: Path) -> set[str]:
    """What is in a folder but for all below one of its folders, and how large it is."""
    return {f"{path}: {path.lstat().st_size}" for path in folder.rglob("*") if but not in (path, *path.parents) and path.is_file()}


# ---------------------------------------------------------------------------------------------------- files


def _line(chance: random.Random, number: int, parsers: tuple[Parser, ...], cage: Path) -> Line:
    """The command line for a file that is written for it."""
    (parser,) = chance.choices(parsers, [parser.share for parser in parsers])
    data = chance.randbytes(chance.randrange(400)) if chance.random() < 0.15 else _spoilt(chance, parser.right)
    file = cage / f"noise-{number:04}.{parser.ending}"
    file.write_bytes(data)
    typed = data.replace(b"\0", b"").decode("utf-8", "surrogateescape")  # as a shell hands it over
    return Line(tuple({"FILE": file.name, "WORDS": typed}.get(word, word) for word in parser.words))


def _spoilt(chance: random.Random, data: bytes) -> bytes:
    """Bytes after one to four small accidents."""
    accidents: tuple[Callable[[bytes, int, int], bytes], ...] = (
        lambda d, i, j: d[:i] + d[j:],
        lambda d, i, j: d[:j] + d[i:j] + d[j:],
        lambda d, i, j: d[:i] + d[j:] + d[i:j],
        lambda d, i, j: d[:i],
        lambda d, i, j: d[:i] + bytes([chance.randrange(256)]) + d[i + 1 :],
        lambda d, i, j: d[:i] + chance.choice(_TOKENS) + d[i:],
        lambda d, i, j: d[:i] + chance.choice(_TOKENS) + d[j:],
    )
    for _ in range(chance.randint(1, 4)):
        i = chance.randrange(len(data) + 1)
        data = chance.choice(accidents)(data, i, min(len(data), i + chance.randrange(40)))
    return data


def _unreadable(line: Line, run: Run) -> list[str]:
    """What is wrong with data on stdout: it is no JSON, or words in it are not where it says they are."""
    if line.words[0] not in ("annotate", "check", "whatif", "query", "ask") or run.code not in (0, 3) or "json" not in " ".join(line.words):
        return []
    many = line.words[0] == "annotate" and line.words[-1] != "json"
    try:
        found = [json.loads(one) for one in (run.out.decode().splitlines() if many else [run.out])]
    except ValueError as error:
        return [f"what was printed is no JSON: {error}"]
    return [f"not in the text: {span}" for one in found if isinstance(one, dict) for span in _misplaced(one, one)]


def _misplaced(whole: object, part: object) -> Iterator[object]:
    """The spans within an annotation whose words do not stand in its text at their offsets."""
    if isinstance(part, dict) and {"start", "end", "text"} <= part.keys() and isinstance(whole, dict):
        text = whole.get("article", {}).get("text", "")
        if text and text[part["start"] : part["end"]] != part["text"]:
            yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _misplaced(whole, inner)


# ---------------------------------------------------------------------------------------------------- command lines

_VALUES = (
    "articles", "right.yaml", "articles/made-0.txt", "made-0", "none", ".", "-", "", "out", "out.html", "out.svg", "out.nq", "out.json", "copy", ".kg", "Norway", "ceasefire",
    "by:Norway", "kind:event", "2026", "2025-01", "2026-02-30", "table", "json", "jsonl", "csv", "md", "yaml", "ttl", "rules", "file", "commitments_conditioned", "ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT 2", "actor=norway", "=", "a=b=c", "0", "1", "-1", "0.5", "nan", "1e400", "9" * 30, "\udcff", "é\u0301", "\u202e", "x" * 5000, "full", "network",
)  # fmt: skip


def _command_lines(chance: random.Random, count: int) -> list[Line]:
    """Commands, options and values of the program in any order; without `serve`, which would stay, and with processes enough."""
    from typer.main import get_command

    from kg.cli import app

    commands = {name: found for name, found in get_command(app).commands.items() if name != "serve"}  # type: ignore[attr-defined]
    every = sorted(
        {option for found in commands.values() for parameter in found.params for option in parameter.opts if option[0] == "-"} - {"--jobs"}
    )
    lines = []
    for _ in range(count):
        command = chance.choice(sorted(commands))
        own = [option for parameter in commands[command].params for option in parameter.opts if option[0] == "-" and option != "--jobs"]
        words = [chance.choice(chance.choice((own or every, every, _VALUES, _VALUES, _VALUES))) for _ in range(chance.randrange(6))]
        if chance.random() < 0.1:
            words.insert(0, chance.choice((*_VALUES, *every)))
            words.append(command)
        else:
            words.insert(0, command)
        lines.append(Line(tuple(words), chance.choice((b"", article(3).encode(), chance.randbytes(50)))))
    return lines
