"""The scorecard: every fault and bad input that the promises are about, tried on real processes, files, pages and connections.

    make trust                                        every row, two at a time
    .venv/bin/python bench/trust.py --quick           fewer cases of each
    .venv/bin/python bench/trust.py 6 10 --seed 7     these rows alone, with another seed
    .venv/bin/python bench/trust.py --json FILE       the same as JSON too

A row passes when all its cases were tried and ended as expected within its budget. One that cannot run here says so and counts
as not passed. The exit code is 1 unless all rows pass.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.faults import rows
from bench.faults.scorecard import CannotRun, Row, Trial


@dataclass(frozen=True, slots=True)
class Result:
    """How a row ended: cases tried and passed, the slowest one (wall seconds), the whole time, and what was seen of the first that failed."""

    number: int
    fault: str
    wanted: int
    tried: int
    passed: int
    worst: float
    took: float
    seed: int
    seen: str = ""

    @property
    def holds(self) -> bool:
        """Whether every case was tried and passed."""
        return self.tried >= self.wanted and self.passed == self.tried and not self.seen


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the rows that are asked for and prints the table."""
    parser = argparse.ArgumentParser(description="Try every fault of the scorecard.")
    parser.add_argument("numbers", nargs="*", type=int, metavar="ROW", help="the rows to run; all if none is named")
    parser.add_argument("--quick", action="store_true", help="fewer cases of each row")
    parser.add_argument("--seed", type=int, default=1, help="where chance starts")
    parser.add_argument("--jobs", type=int, default=2, help="rows at a time")
    parser.add_argument("--json", type=Path, help="a file for the table as JSON")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)  # one row, in this process
    asked = parser.parse_args(arguments)
    if asked.alone is not None:
        return _alone(asked.alone, asked.quick, asked.seed)
    wanted = [row for row in rows() if not asked.numbers or row.number in asked.numbers]
    with ThreadPoolExecutor(asked.jobs) as pool:
        results = []
        for result in pool.map(lambda row: run(row, asked.quick, asked.seed), wanted):
            results.append(result)
            print(f"{result.number} {'holds' if result.holds else 'FAILED'} {result.took:.0f} s", file=sys.stderr, flush=True)
    print(table(results))
    held = sum(result.holds for result in results)
    print(f"{held} of {len(results)} rows hold; {sum(r.passed for r in results)} of {sum(r.tried for r in results)} cases")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n", "utf-8")
    return 0 if results and held == len(results) else 1


def run(row: Row, quick: bool = False, seed: int = 1, patch: str = "") -> Result:
    """One row, in a process of its own that is killed when the row's budget is used up; `patch` is Python that takes a guard away."""
    wanted = row.quick if quick else row.cases
    command = [sys.executable, __file__, "--alone", str(row.number), "--seed", str(seed), *(["--quick"] if quick else [])]
    begun = time.monotonic()
    late = ""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"TRUST_PATCH": patch}, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=row.budget)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            out, err = process.communicate()
            late = f"stopped when its {row.budget:.0f} s were used up"
    cases = [json.loads(line) for line in out.decode().splitlines() if line.startswith("{")]
    failed = next((case["seen"] or "a case failed" for case in cases if not case["passed"]), "")
    broken = err.decode("utf-8", "replace").strip().splitlines()[-1:] if process.returncode and not late else []
    seen = late or failed or " ".join(broken) or ("" if len(cases) >= wanted else f"only {len(cases)} of {wanted} cases were tried")
    return Result(
        row.number, row.fault, wanted, len(cases), sum(case["passed"] for case in cases),
        max((case["seconds"] for case in cases), default=0.0), time.monotonic() - begun, seed, seen,
    )  # fmt: skip


def _alone(number: int, quick: bool, seed: int) -> int:
    row = next(row for row in rows() if row.number == number)
    patch = os.environ.pop("TRUST_PATCH", "")
    exec(patch, {})  # of our own tests: what runs in this process is without the guard as well
    with tempfile.TemporaryDirectory(prefix="trust-", ignore_cleanup_errors=True) as folder:
        trial = Trial(Path(folder), row.quick if quick else row.cases, seed, patch, random.Random(seed * 1000 + number))
        try:
            for case in row.run(trial):
                print(json.dumps(asdict(case)), flush=True)
        except CannotRun as error:
            print(f"cannot run here: {error}", file=sys.stderr)
            return 1
    return 0


def table(results: Sequence[Result]) -> str:
    """The results as aligned lines; below a row that failed, what was seen."""
    lines = [f"{'row':>4}  {'fault':<58} {'cases':>6} {'passed':>6} {'worst s':>8} {'took s':>7}  seed"]
    for result in results:
        mark = "" if result.holds else "  FAILED"
        lines.append(
            f"{result.number:>4}  {result.fault[:58]:<58} {result.tried:>6} {result.passed:>6} {result.worst:>8.2f} {result.took:>7.1f}  {result.seed}{mark}"
        )
        lines += [f"      {result.seen}"] if result.seen else []
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
