"""Ids, links, YAML and RDF that would have the program write, run or fetch something elsewhere."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

from bench.faults.loop import Line, ran
from bench.faults.scorecard import ROOT, Case, Trial, row
from bench.faults.serving import listening
from bench.faults.stores import content

TAKEN = (
    "../../../escaped", "..", ".", "/etc/escaped", "a/../../b", "..\\..\\escaped", "C:\\escaped", "~/escaped", "file:///escaped", "-o", "Case", "case",
    "con", "com1", "lpt9", "x" * 200, "%2e%2e%2fescaped", "a?b#c",
)  # fmt: skip
REFUSED = ("nul\0byte", "x" * 300, "line\nend")
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
PORTABLE = re.compile(r"[A-Za-z0-9._-]{1,100}")
SECRET = "Quagmiria will send 17 zeppelins, its ruler said."


@row(28, "ids, names and links that lead elsewhere", 33, "inside the folder, nothing of others overwritten", quick=33, budget=240)
def led_elsewhere(trial: Trial) -> Iterator[Case]:
    """Articles with such ids, stored, shown and exported; then links and names that lead out; what lies around is as it was."""
    around = trial.place("around")
    cage = around / "a" / "b" / "cage"
    cage.mkdir(parents=True)
    _laid_around(around, cage)
    before = _files(around, but=cage)
    texts = {id: f"Norland will send {n} kites to Sudland, word{n}x, its ruler said." for n, id in enumerate((*TAKEN, *REFUSED))}
    (cage / "in.jsonl").write_text("".join(json.dumps({"id": id, "text": text}) + "\n" for id, text in texts.items()), "utf-8")
    runs = ran(trial, [Line(words) for words in (
        ("add", "in.jsonl", "linked", "--format", "csv"), ("site", "pages"), ("export", "-o", "all.nq"), ("export", "-o", "graphs", "--format", "ttl"),
    )], cage)  # fmt: skip
    moved = _changed(before, _files(around, but=cage))
    broken = "; ".join(str(run) for run, codes in zip(runs, ((4,), (0,), (0,), (0,)), strict=True) if not run.clear(*codes)) or moved
    outcomes = {line["article"].removeprefix("'"): line for line in csv.DictReader(io.StringIO(runs[0].out.decode()))}
    pages, graphs = (_files(cage / name) for name in ("pages/article", "graphs"))
    kept = (cage / "all.nq").read_text("utf-8") if (cage / "all.nq").exists() else ""
    for id in TAKEN:
        wrong = broken or _told(id, texts[id], outcomes, kept) or _placed(texts[id].split(", ")[1], pages) or _placed(texts[id], graphs)
        yield Case(not wrong, runs[0].seconds / len(texts), f"{id!r}: {wrong}")
    for id in REFUSED:
        found = [line for line in outcomes.values() if line["outcome"] == "rejected" and line["article"] == id.strip()]
        right = (
            not broken
            and (len(found) == 1 or id not in outcomes)
            and texts[id] not in kept
            and runs[0].said.count("in.jsonl:") >= len(REFUSED)
        )
        yield Case(right, runs[0].seconds / len(texts), f"{id[:20]!r}: {found}; {broken}; {runs[0]}")
    yield Case(not broken and SECRET not in kept and not _holding(cage / ".kg", SECRET), 0.0, f"what a link leads to was read: {broken}")
    yield from _misled(trial, cage, around, before)


def _told(id: str, text: str, outcomes: dict[str, dict[str, str]], kept: str) -> str:
    """What is wrong with how an article with this id was stored; its graph is named by the id, every sign of it written out."""
    told = outcomes.get(id, {})
    graph = "".join(chr(byte) if re.fullmatch(rb"[\w.~-]", bytes([byte])) else f"%{byte:02X}" for byte in id.encode())
    lines = [line for line in kept.splitlines() if json.dumps(text) in line and line.endswith(f"/article/{graph}> .")]
    return "" if told.get("outcome") == "stored" and lines else f"{told}, {len(lines)} lines with its text"


def _placed(words: str, files: dict[str, bytes]) -> str:
    """What is wrong with the file that has some words: one alone has them, by a name for every disk, and no other has that name in other letters."""
    names = [name for name, data in files.items() if words.encode() in data]
    same = [name for name in files if names and name.casefold() == names[0].casefold()]
    wrong = [name for name in names if RESERVED.match(Path(name).name) or not PORTABLE.fullmatch(Path(name).name)]
    return "" if len(names) == len(same) == 1 and not wrong else f"{names} of {len(files)} files have {words}"


def _laid_around(around: Path, cage: Path) -> None:
    """Files of others around a folder, and links in it that lead to them."""
    precious = around / "precious"
    precious.mkdir()
    (precious / "secret.txt").write_text(SECRET, "utf-8")
    (precious / "all.ttl").write_text("<x:a> <x:b> <x:c> .\n", "utf-8")
    (precious / "escaped.rq").write_text("SELECT ?s { ?s ?p ?o }\n", "utf-8")
    (cage / "linked").mkdir()
    (cage / "linked" / "good.txt").write_text("Norland said on Tuesday that it would send 16 trains.", "utf-8")
    (cage / "linked" / "out.txt").symlink_to(precious / "secret.txt")
    (cage / "linked" / "folder").symlink_to(precious)
    for name, manifest in (("export-up", "../../../../precious/all.ttl"), ("export-root", str(precious / "all.ttl"))):
        (cage / name).mkdir()
        (cage / name / "manifest.json").write_text(json.dumps({"graphs": {manifest: "x:g"}, "digest": ""}), "utf-8")
    (cage / "full").mkdir()
    (cage / "full" / "own.txt").write_text("mine", "utf-8")
    (cage / "way").symlink_to(precious)


def _misled(trial: Trial, cage: Path, around: Path, before: dict[str, bytes]) -> Iterator[Case]:
    """Commands that a name or a link would take elsewhere: each is refused, and no file but those of the store is another than before."""
    (cage / "pages" / "link").symlink_to(around / "precious")
    refused = (
        ("site", "full"), ("site", "full/own.txt"), ("site", "way"), ("export", "--format", "ttl", "-o", "full"), ("export", "--format", "ttl", "-o", "way"),
        ("export", "-o", "full"), ("import", "export-up"), ("import", "export-root"), ("remove", "../../precious", "--purge"),
        ("query", "../../../../precious/escaped"), ("graph", "-o", "chart.html", "--kind", "../../../../precious/escaped"),
    )  # fmt: skip
    inside = _files(cage, but=cage / ".kg")
    for words, run in zip(refused, ran(trial, [Line(words) for words in refused], cage), strict=True):
        wrong = _changed(before | inside, _files(around, but=cage / ".kg") if run.code is not None else {})
        yield Case(run.clear(1, 2) and not wrong, run.seconds, f"kg {' '.join(words)}: {run}; {wrong}")


def _files(folder: Path, but: Path | None = None) -> dict[str, bytes]:
    """The bytes of each file in a folder, by its whole path; what lies below `but` is left out, links are not followed."""
    every = (path for path in folder.rglob("*") if not but or but not in (path, *path.parents))
    return {str(path): path.read_bytes() for path in every if path.is_file() and not path.is_symlink()}


def _changed(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    return ", ".join(name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name))


def _holding(folder: Path, words: str) -> list[str]:
    return [name for name, data in _files(folder).items() if words.encode() in data]


# ---------------------------------------------------------------------------------------------------- YAML

VALID = ROOT / "ontology" / "examples" / "valid" / "conditional-pledge.yaml"
_RUN = "touch ran-by-yaml"
# What takes the place of the line `published:`; the line of what is wrong, from the first of it.
YAML = {
    "duplicate-key": ("  published: 2026-05-04\n  published: 2026-05-05\n", 1), "duplicate-id": ("  id: another\n", 0),
    "unknown-key": ("  publisher: 2026-05-04\n", 0), "anchor": ("  published: &a 2026-05-04\n", 0), "merge": ("  published: 2026\n  <<: *a\n", 1),
    "bomb": ("  title: &a [x, x, x, x, x, x, x, x, x]\n  outlet: [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n", 0),
    "python": (f'  published: !!python/object/apply:os.system ["{_RUN}"]\n', 0), "python-name": ("  published: !!python/name:os.system\n", 0),
    "own-tag": ("  published: !env HOME\n", 0), "tab": ("\tpublished: 2026-05-04\n", 0), "huge": (f"  range: [0, 1{'0' * 9000}]\n", 0),
    "wrong-type": ("  published: [2026, 5, 4]\n", 0), "no-date": ("  published: 2026-05-44\n", 0), "deep": (f"  published: {'[' * 5000}\n", 0),
    "second": ("---\n", 0),
}  # fmt: skip


@row(29, "YAML that runs, grows, or says two things", 15, "refused with its line; nothing is run", quick=15, budget=120)
def yaml_refused(trial: Trial) -> Iterator[Case]:
    """Each in an annotation and, where it is more than a wrong word of one, in a scenario; one that is right beside them passes."""
    folder = trial.place("yaml")
    readings = folder / "readings"
    readings.mkdir(parents=True)
    lines = VALID.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.startswith("  published:"))
    for name, (words, _) in YAML.items():
        (readings / f"{name}.yaml").write_text("".join([*lines[:at], words, *lines[at + 1 :]]), "utf-8")
        (folder / f"{name}.scenario").write_text(f"met:\n{words}", "utf-8")
    (readings / "right.yaml").write_text("".join(lines), "utf-8")
    scenarios = [Line(("whatif", "--scenario", f"{name}.scenario", "--store", "store")) for name in YAML]
    (folder / "right.txt").write_text("Norland will send ships if its Assembly agrees, Ann Berg said.", "utf-8")
    made, checked, *told = ran(
        trial,
        [
            Line(("add", "right.txt", "--annotator", "rules", "--store", "store")),
            Line(("check", "readings", "--format", "json")),
            *scenarios,
        ],
        folder,
    )
    found = json.loads(checked.out or b"[]")
    right = checked.clear(3) and not any("right.yaml" in str(one["file"]) and one["severity"] == "error" for one in found)
    was_run = [path.name for path in folder.rglob("ran-*")]
    for (name, (_, offset)), scenario in zip(YAML.items(), told, strict=True):
        here = [one["line"] for one in found if Path(one["file"]).name == f"{name}.yaml" and one["severity"] == "error"]
        lined = f"{name}.scenario:" in scenario.said
        ok = right and at + 1 + offset in here and scenario.clear(1) and lined and not was_run and made.code is not None
        yield Case(
            ok,
            checked.seconds / len(YAML) + scenario.seconds,
            f"{name}: lines {here}, not {at + 1 + offset}; run: {was_run}; {checked}; {scenario}",
        )


# ---------------------------------------------------------------------------------------------------- RDF

_QUAD = "<x:s> <x:p> <x:o> <x:g> .\n"
_BOMB = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
_RDFXML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="x:a"><rdf:value>&j;</rdf:value></rdf:Description></rdf:RDF>'
_GRAPH = '"@id": "x:g", "@graph": [{"@id": "x:s", "x:p": "o"}]'


def _rdf(url: str) -> dict[str, tuple[str, int, str]]:
    """Files that an import or a registry is given, the exit code of each, and a word of the reason; HERE is an address that listens."""
    concept = '<https://w3id.org/proviso/id/action/c{}> a <https://w3id.org/proviso#Action> ; <http://www.w3.org/2000/01/rdf-schema#label> "c{}"{} .\n'
    broader = " ; <http://www.w3.org/2004/02/skos/core#broader> <https://w3id.org/proviso/id/action/c{}>"
    chain = "".join(concept.format(n, n, broader.format(n + 1) if n < 4999 else "") for n in range(5000))
    return {
        "context.jsonld": (f'{{"@context": "{url}c", {_GRAPH}}}', 1, "elsewhere"),
        "contexts.jsonld": (f'{{"@context": [{{"a": "x:a"}}, "{url}c"], {_GRAPH}}}', 1, "elsewhere"),
        "import.jsonld": (f'{{"@context": {{"@version": 1.1, "@import": "{url}c"}}, {_GRAPH}}}', 1, ""),
        "inner.jsonld": (f'{{"@id": "x:g", "@graph": [{{"@context": "{url}c", "@id": "x:s", "x:p": "o"}}]}}', 1, "elsewhere"),
        "scoped.jsonld": (f'{{"@context": {{"q": {{"@id": "x:q", "@context": "{url}c"}}}}, "@id": "x:g", "@graph": [{{"@id": "x:s", "q": {{"@id": "x:o"}}}}]}}', 1, ""),
        "file.jsonld": (f'{{"@context": "file:///etc/passwd", {_GRAPH}}}', 1, "elsewhere"),
        "deep.jsonld": ("[" * 200_000, 1, ""),
        "bomb.rdf": (f"{_BOMB}]>{_RDFXML}", 2, "does not come in"),
        "entity.ttl": (f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY j SYSTEM "{url}e">]>{_RDFXML}', 1, ""),
        "deep.trig": ("<x:g> { <x:s> <x:p> " + "(" * 200_000, 1, ""),
        "nested.trig": ("<x:g> { <x:s> <x:p> " + "[ <x:p> " * 200_000, 1, ""),
        "imports.nq": (f"<{url}s> <http://www.w3.org/2002/07/owl#imports> <{url}o> <{url}g> .\n", 0, ""),
        "bomb.registry": (f"{_BOMB}]>{_RDFXML}", 1, "Turtle"),
        "imports.registry": (f"@base <{url}> . <> <http://www.w3.org/2002/07/owl#imports> <{url}o> .\n", 0, ""),
        "chain.registry": (chain, 1, "above it"),
    }  # fmt: skip


@row(30, "RDF that grows, nests, or names addresses", 15, "refused or taken as it stands; nobody is asked", quick=15, budget=180)
def rdf_refused(trial: Trial) -> Iterator[Case]:
    """Given to `kg import`, or with --registry to `kg add`; a listener stands at every address, and proxies lead there too."""
    folder = trial.place("rdf")
    folder.mkdir()
    (folder / "a.txt").write_text("Norland will send ships if its Assembly agrees, Ann Berg said.", "utf-8")
    with listening() as heard:
        given = _rdf(heard.url)
        for name, (words, _, _) in given.items():
            (folder / name).write_text(words, "utf-8")
        for name, run in zip(given, ran(trial, [Line(_taking(name)) for name in given], folder), strict=True):
            _, code, reason = given[name]
            store = folder / f"{name}.store"
            graphs = content(store) if store.exists() else {}
            right = f"{heard.url}g" in graphs or "registry" in name if code == 0 else not store.exists()
            yield Case(
                run.clear(code) and reason in run.said and right and not heard.came,
                run.seconds,
                f"{name}: {run}; graphs: {sorted(graphs)[:3]}; came: {heard.came}",
            )


def _taking(name: str) -> tuple[str, ...]:
    store = ("--store", f"{name}.store")
    return ("add", "a.txt", "--registry", name, *store) if name.endswith(".registry") else ("import", name, *store)
