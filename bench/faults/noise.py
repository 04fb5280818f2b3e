"""Random bytes where a file, a query or a command line is expected: what comes of them is an answer or three lines, never a crash."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.faults.notation import READING
from bench.faults.scorecard import ROOT, SEEDS, Case, Run, Trial, row
from bench.faults.serving import stored

LATE = 12.0  # seconds
_CODES = (0, 1, 2, 3, 4)
_AT_ONCE = 100  # inputs a process

# Runs each of the command lines it is given on stdin as the program does, but for ending with it: the code, what it wrote and seconds.
_EACH = """
import io, json, os, time, kg.cli
class Left(BaseException):
    pass
def leave(code):
    raise Left(code)
kg.cli._leave = leave
real = sys.stdout
for line in sys.stdin:
    number, words = json.loads(line)
    sys.argv, begun, code = ["kg", *words], time.monotonic(), None
    sys.stdout, sys.stderr = out, err = [io.TextIOWrapper(io.BytesIO()) for _ in range(2)]
    try:
        kg.cli.main()
    except Left as left:
        code = left.args[0]
    except BaseException as error:
        err.write(f"Traceback: {error!r}")
    wrote = []
    for stream in (out, err):
        stream.flush()
        wrote.append(stream.buffer.getvalue().decode("utf-8", "replace"))
    real.write(json.dumps([number, code, wrote[0][-2000:], wrote[1][-2000:], time.monotonic() - begun]) + "\\n")
    real.flush()
"""


@dataclass(frozen=True, slots=True)
class Parser:
    """One of ours: by which command line it is met (FILE stands for the input), the share of inputs, and what input it knows, if in a file of this ending."""

    words: tuple[str, ...]
    share: int
    known: bytes
    ending: str = ""


def _parsers() -> list[Parser]:
    seed = (SEEDS / "003-paraphrase.txt").read_bytes()[:3000]
    valid = ROOT / "ontology" / "examples" / "valid"
    line = json.dumps({"id": "a", "title": "Ships", "date": "2026-01-06", "text": "Norland will send ships, Berg said."}).encode() + b"\n"
    actor = b'@prefix kg: <https://w3id.org/proviso#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n<https://w3id.org/proviso/id/actor/x> a kg:Person ; rdfs:label "Ann Berg" .\n'
    query = b'SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o FILTER(?n > 1 && REGEX(STR(?s), "a")) } GROUP BY ?s ORDER BY ?s LIMIT 5'
    quad = b'<x:a> <x:b> "c"@en <https://w3id.org/proviso/id/article/x> .\n'
    graph = b'{"@id": "x:g", "@graph": [{"@id": "x:a", "x:b": [{"@value": "c", "@language": "en"}]}]}'
    annotate, read = ("annotate", "FILE", "--annotator", "file", "--format", "jsonl"), ("annotate", "FILE", "--format", "jsonl")
    return [
        Parser(annotate, 4, b"---\nid: a\ntitle: Ships\npublished: 2026-01-06\n---\n" + seed, "txt"), Parser(read, 2, seed, "md"),
        Parser(annotate, 3, line * 3, "jsonl"), Parser(("check", "FILE"), 4, READING.encode(), "yaml"),
        Parser(("check", "FILE"), 2, next(valid.glob("*.yaml")).read_bytes(), "yaml"), Parser(("check", "FILE"), 2, b'{"statements": [{"id": "s", "content": ["no"]}]}', "json"),
        Parser(("annotate", "PLAIN", "--registry", "FILE"), 3, actor, "ttl"), Parser(("whatif", "--scenario", "FILE"), 4, b"met: [ceasefire, 'kind:approval']\nfailed: [by:Bundestag]\n", "yaml"),
        Parser(("query", "INPUT"), 4, query), Parser(("ask", "INPUT"), 4, b"who conditioned troops on parliament before January 2026"),
        Parser(("query", "who-what-only-if", "-p", "INPUT"), 1, b"actor=germany"), Parser(("whatif", "--met", "INPUT"), 1, b"by:Bundestag"),
        Parser(("import", "FILE", "--store", "COPY"), 2, quad * 3, "nq"), Parser(("import", "FILE", "--store", "COPY"), 2, graph, "jsonld"),
        Parser(("import", "FILE", "--store", "COPY"), 1, b"@prefix x: <x:> .\nx:g { x:a x:b 'c', 1.5, true }\n", "trig"),
    ]  # fmt: skip


@row(40, "random bytes to every parser; random command lines", 2500, "no crash, no hang, no traceback", quick=250, budget=600)
def noise(trial: Trial) -> Iterator[Case]:
    """Random bytes, and what each parser knows with some of it changed; most in processes that take a hundred, one in fifty in its own."""
    store = stored(trial, _one(trial))
    plain = trial.place("plain.txt")
    plain.write_text("Norland will send ships, Ann Berg said.", "utf-8")
    given = {"PLAIN": str(plain), "STORE": str(store)}
    (store.parent / "work").mkdir()
    lines = [*_inputs(trial, given, trial.cases * 4 // 5), *_command_lines(trial, trial.cases // 5)]
    with ThreadPoolExecutor(2) as pool:
        for found in pool.map(lambda lot: _tried(trial, store, lot), _lots(lines)):
            yield from found


def _lots(lines: list[list[str]]) -> Iterator[list[tuple[int, list[str]]]]:
    numbered = list(enumerate(lines))
    yield from (numbered[at : at + _AT_ONCE] for at in range(0, len(numbered), _AT_ONCE))


def _one(trial: Trial) -> Path:
    folder = trial.place("articles")
    folder.mkdir()
    (folder / "a.txt").write_bytes((SEEDS / "003-paraphrase.txt").read_bytes())
    return folder


def _inputs(trial: Trial, given: dict[str, str], count: int) -> Iterator[list[str]]:
    """Command lines that have each parser read as many inputs as its share; NUL is no part of a word of a command line."""
    parsers = _parsers()
    chosen = [parser for parser in parsers for _ in range(parser.share)]
    folder = trial.place("inputs")
    folder.mkdir()
    for number in range(count):
        parser = chosen[number % len(chosen)]
        data = noisy(trial.chance, parser.known)
        file = folder / f"{number}.{parser.ending}"
        if parser.ending:
            file.write_bytes(data)
        text = data.replace(b"\0", b"").decode("utf-8", "surrogateescape")
        words = given | {"FILE": str(file), "INPUT": text, "COPY": str(folder / f"store-{number}")}
        yield [words.get(word, word) for word in parser.words]


def noisy(chance: random.Random, known: bytes) -> bytes:
    """Random bytes, or every other time known ones with some of them changed, taken out, doubled or put in."""
    if chance.random() < 0.3:
        return chance.randbytes(chance.choice((0, 1, 7, 60, 900)))
    data = bytearray(known)
    for _ in range(chance.choice((1, 2, 5, 20))):
        at, to = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        data[at : chance.choice((at, at + 1, to))] = chance.choice(
            (b"", chance.randbytes(3), data[at:to][:200], chance.choice(_MARKS), b"[" * 2000, "\u202e\U0001f600".encode(), b"9" * 40)
        )
    return bytes(data[:20_000])


_MARKS = (b"{", b"}", b"[", b"]", b"(", b")", b'"', b"'", b"\\", b":", b"\n", b"\t", b"#", b"<", b">", b"&a", b"*a", b"!!int", b"---\n", b"- ", b"? ", b"\\ud800", b"\0", b"\r", b"%00", b"1e999", b"2026-99-99")


# What starts no server, and names no path outside of where it runs.
_WORDS = (
    "add", "annotate", "check", "query", "ask", "show", "queries", "whatif", "compare", "timeline", "diff", "graph", "site", "export", "import", "eval", "remove", "verify", "doctor",
    "--store", "--format", "--registry", "--annotator", "--jobs", "--timeout", "-p", "--param", "--show", "--met", "--failed", "--scenario", "--as-reported", "--pivotal", "-o", "--kind",
    "--text", "--raw", "--version", "--help", "--debugs", "--", "-", "json", "csv", "table", "jsonld", "nq", "rules", "file", "1", "0", "-1", "1e9", "nan", "inf", "a=b", "=", "", " ",
    "Germany", "2025", "2026-01", "2026-99", "out.svg", "out.html", "out.nq", ".", "x", "--store=x", "--timeout=0", "--jobs=0", "--no-such", "é", "\u202e", "\udc80", "a\nb", "[", "{", "'", '"',
)  # fmt: skip


def _command_lines(trial: Trial, count: int) -> Iterator[list[str]]:
    for _ in range(count):
        words = trial.chance.choices(_WORDS, k=trial.chance.randint(1, 6))
        noise = noisy(trial.chance, b"kg").replace(b"\0", b"").replace(b"/", b"").decode("utf-8", "surrogateescape")[:50]
        yield [*words, noise] if trial.chance.random() < 0.3 else words


# ---------------------------------------------------------------------------------------------------- trying


def _tried(trial: Trial, store: Path, lot: list[tuple[int, list[str]]]) -> list[Case]:
    """What came of some command lines; the process that takes many starts anew after one it has not lived through."""
    cases = [_case(words, trial.kg(*words, env={"KG_STORE": str(store)}, seconds=2 * LATE, cwd=store.parent / "work")) for _, words in lot[::50]]
    waiting = [(number, words) for at, (number, words) in enumerate(lot) if at % 50]
    while waiting:
        ends = _ends(trial, store, waiting)
        cases += [_case(words, ends[number]) for number, words in waiting if number in ends]
        if len(ends) < len(waiting):
            number, words = next(one for one in waiting if one[0] not in ends)
            cases.append(Case(False, LATE, f"kg {words!r}: the process ended or hung"))
            waiting = [one for one in waiting if one[0] > number]
        else:
            waiting = []
    return cases


def _ends(trial: Trial, store: Path, lines: list[tuple[int, list[str]]]) -> dict[int, Run]:
    given = "".join(json.dumps(line) + "\n" for line in lines).encode()
    run = trial.run(trial.python(_EACH), given, 3 * _AT_ONCE, {"KG_STORE": str(store)}, store.parent / "work")
    ends = {}
    for line in run.out.splitlines():
        number, code, out, err, seconds = json.loads(line)
        ends[number] = Run(code, out.encode(), err.encode("utf-8", "replace"), seconds)
    return ends


def _case(words: list[str], run: Run) -> Case:
    """A usage's help may be long; all else is an answer or three lines."""
    whole = run.clear(*_CODES) and b"Traceback" not in run.out
    helped = run.code == 2 and b"Usage: " in run.err
    return Case((whole or helped) and run.seconds < LATE, run.seconds, f"kg {' '.join(map(repr, words))[:300]}: {run}")
