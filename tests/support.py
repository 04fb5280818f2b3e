"""What several tests share: an invented article with its annotation, and the command line as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]

TEXT = "Norland will send ships if the Assembly agrees, Ann Berg said."
READING = """\
actors:
  - {id: norland, label: Norland, kind: state}
  - {id: assembly, label: Norland Assembly, kind: parliament}
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
    conditions: [{id: k1, marker: if}]
commitments:
  - {id: c1, committer: [{span: Norland, actor: norland}], action: {span: send ships, concept: send-ships}}
conditions:
  - {id: k1, text: the Assembly agrees, kind: approval, by: [{span: the Assembly, actor: assembly}]}
"""


def write(article: Path, text: str = TEXT, reading: str | None = READING) -> Path:
    article.parent.mkdir(exist_ok=True, parents=True)
    article.write_text(text, "utf-8")
    if reading is not None:
        article.with_suffix(".yaml").write_text(reading, "utf-8")
    return article


def kg(*arguments: str | Path, cwd: Path | None = None, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `kg` in a process of its own, with nothing of the user's environment that it looks at."""
    clean = {k: v for k, v in os.environ.items() if k not in ("KG_STORE", "NO_COLOR", "SOURCE_DATE_EPOCH", "COLUMNS")}
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "kg", *map(str, arguments)],
        cwd=cwd,
        input=given,
        capture_output=True,
        env=clean | environment,
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
