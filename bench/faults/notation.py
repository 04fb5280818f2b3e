"""Annotation files that YAML or JSON would let say things twice, run things, or grow without end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.faults.adding import add, good
from bench.faults.scorecard import Case, Trial, row
from bench.faults.stores import content

_TEXT = "Norland will send ships if the Assembly agrees, Ann Berg said."
READING = """\
actors:
  - {id: norland, label: Norland, kind: state}
  - {id: berg, label: Ann Berg, kind: person}
statements:
  - id: s1
    speaker: [{span: Ann Berg, actor: berg}]
    cue: said
    content: [Norland will send ships if the Assembly agrees]
    mode: indirect
    force: pledges
    expresses: c1
    stance: pledged
    strength: firm
commitments:
  - {id: c1, committer: [{span: Norland, actor: norland}], action: {span: send ships, concept: send-ships}}
"""
_LAUGHS = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'ha'] * 9)}]\n" for n in range(12))
_RUN = '!!python/object/apply:os.system ["touch RAN"]'

# The code of the finding, its line, and what stands in the file in place of what. RAN is a file that must not come to be.
FAULTS = (
    ("duplicate-key", 10, "    mode: indirect\n", "    mode: indirect\n    mode: direct\n"),
    ("duplicate-key", 2, "{id: norland, label", "{id: norland, id: other, label"),
    ("duplicate-key", 16, READING, READING + "actors: []\n"),
    ("unknown-key", 9, "    mode:", "    moode: direct\n    mode:"),
    ("unknown-key", 1, READING, "__class__: x\n" + READING),
    ("alias", 8, "content: [", "content: &all ["),
    ("alias", 1, READING, _LAUGHS + READING),
    ("alias", 5, "  - id: s1\n", "  - &all\n    id: s1\n    <<: *all\n"),
    ("syntax", 7, "cue: said", f"cue: {_RUN}"),
    ("syntax", 7, "cue: said", "cue: !!python/name:os.system said"),
    ("syntax", 9, "    mode:", "\tmode:"),
    ("wrong-type", 8, "content: [Norland", f"content: [{{text: Norland, start: {'9' * 10_000}, end: 3}}, Norland"),
    ("wrong-type", 8, "content: [Norland will send ships if the Assembly agrees]", "content: {}"),
    ("syntax", 7, "cue: said", f"cue: {'[' * 10_000}"),
    ("syntax", 16, READING, READING + "---\nstatements: []\n"),
)  # fmt: skip


@row(29, "YAML: twice, unknown, aliases, tags, tabs, numbers, types", len(FAULTS), "refused with its line", quick=len(FAULTS), budget=90)
def notation(trial: Trial) -> Iterator[Case]:
    """Each beside an article in one run, a reading without a fault before them: that alone is stored, and nothing is run."""
    folder, store = trial.place("articles"), trial.place("store")
    ran = folder / "ran"
    first = good(folder)[0]
    first.write_text(_TEXT, "utf-8")
    first.with_suffix(".yaml").write_text(READING, "utf-8")
    readings = [_written(folder, number, old, new.replace("RAN", str(ran))) for number, (_, _, old, new) in enumerate(FAULTS)]
    added = add(trial, store, [first, *(reading.with_suffix(".txt") for reading in readings)], "--annotator", "file")
    stored = [graph for graph in content(store) if "/article/" in graph]
    others = "" if len(stored) == 1 and not ran.exists() and added.memory < 1 << 30 else f"{stored}, {added.memory} bytes, ran: {ran.exists()}"
    for reading, (code, line, _, new) in zip(readings, FAULTS, strict=True):
        name = reading.with_suffix(".txt").name
        wrong = added.wrong(name, "rejected", f"[{code}]") or others
        placed = f"  at: {reading}:{line}\n" in added.run.said
        took = added.of[name].seconds if name in added.of else 0.0
        yield Case(not wrong and placed and took < 5, took, f"{new[:40]!r}: {wrong or added.of[name]}, at its line: {placed}")


def _written(folder: Path, number: int, old: str, new: str) -> Path:
    assert old in READING
    reading = folder / f"fault-{number:02}.yaml"
    reading.write_text(READING.replace(old, new, 1), "utf-8")
    reading.with_suffix(".txt").write_text(_TEXT, "utf-8")
    return reading
