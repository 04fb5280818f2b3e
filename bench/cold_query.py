"""What a cold `kg query` costs beside `python -c 'import typer'`, measured in turn: CPU of both and their ratio.

    .venv/bin/python bench/cold_query.py [RUNS]

Its input is a store of the seed articles, made anew. Prints the median CPU in milliseconds, and the ratio; the aim is 1.5,
the floor 2.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
KG = (sys.executable, "-c", "from kg.cli import main; main()")
TYPER = (sys.executable, "-c", "import typer")


def cpu(command: tuple[str, ...]) -> float:
    """CPU seconds, user and system, of a process from its start to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Prints one line a command."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as place:
        store = f"{place}/store"
        subprocess.run((*KG, "add", str(TOP / "seeds" / "articles"), "--store", store), check=True, capture_output=True)
        for words in (("query", "commitments_conditioned"), ("query", "ASK {}"), ("ask", "who refused troops")):
            pairs = [(cpu((*KG, *words, "--store", store)), cpu(TYPER)) for _ in range(runs)]
            ours, typer = (statistics.median(side) * 1000 for side in zip(*pairs, strict=True))
            print(f"kg {' '.join(words)}: {ours:.0f} ms, import typer: {typer:.0f} ms, ratio {ours / typer:.2f}, {runs} runs")


if __name__ == "__main__":
    main()
