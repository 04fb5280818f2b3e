"""Mutation testing: how many small faults put into the core its own tests let by, and which.

    .venv/bin/python bench/mutants.py [NUMBER [SEED [PART]]]

A fault is one comparison, connective, condition, number, truth value, sum, returned value or statement changed. A seeded sample of NUMBER
faults (160; 1) is taken of all there are, of the modules whose path begins with PART where that is given. Each goes into a copy of the
checkout, in which the tests that mirror the module run until one fails. Prints each survivor with its place and the change, then the score.
"""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

TOP = Path(__file__).resolve().parents[1]
NUMBER, SEED, JOBS = 160, 1, 2
SECONDS = 300  # after which a fault is found by its endless loop
WHATIF = ("tests/analyse/test_whatif.py", "kg/analyse/whatif.py")
TESTS = {  # module -> the tests that mirror it
    "kg/model.py": ("kg/model.py", "tests/test_model.py"),
    **{f"kg/triples/{name}.py": ("kg/triples", "tests/test_triples.py") for name in ("terms", "registry", "writing", "reading")},
    "kg/analyse/logic.py": ("kg/analyse/logic.py", "tests/analyse/test_logic.py"),
    "kg/analyse/outcomes.py": WHATIF,
    "kg/analyse/whatif.py": WHATIF,
}
OTHER: dict[type[ast.AST], Any] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault of one module: the module with it, its line and the change."""

    module: str
    line: int
    change: str
    source: str


class _Swap(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every fault of a module, in its order.

    >>> [one.change for one in mutants("m", "if a < 1: b()")]
    ['if a < 1 -> if not a < 1', 'a < 1 -> a <= 1', 'b() -> pass', '1 -> 2']
    """
    tree = ast.parse(source)
    for old, new in list(_changes(tree)):
        change = f"{_first_line(old)} -> {_first_line(new)}"
        _Swap(old, new).visit(tree)
        yield Mutant(module, getattr(old, "lineno", 0), change, ast.unparse(tree))
        _Swap(new, old).visit(tree)  # as it was, for the next


def _changes(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left, [op], right) if type(op) in OTHER:
                yield node, ast.Compare(left, [OTHER[type(op)]()], right)
            case ast.BoolOp(op, values):
                yield node, ast.BoolOp(OTHER[type(op)](), values)
            case ast.BinOp(left, ast.Add() | ast.Sub() as op, right) if not isinstance(right, ast.Constant) or isinstance(right.value, int):
                yield node, ast.BinOp(left, OTHER[type(op)](), right)
            case ast.UnaryOp(ast.Not(), operand):
                yield node, operand
            case ast.Constant(bool(value)):
                yield node, ast.Constant(not value)
            case ast.Constant(int(value)):
                yield node, ast.Constant(value + 1)
            case ast.If(test, body, orelse):
                yield node, ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
            case ast.IfExp(test, body, orelse):
                yield node, ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
            case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
                yield node, ast.Return(ast.Constant(None))
            case ast.AugAssign() | ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom()):
                yield node, ast.Pass()


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).partition(":\n")[0]


class Copy:
    """A copy of the checkout in which tests run while one of its modules has a fault."""

    def __init__(self, place: Path) -> None:
        self.place = place
        left_out = shutil.ignore_patterns(".*", "bench", "demo", "dist", "build")
        shutil.copytree(TOP, place, ignore=left_out)  # with what is compiled: the times of the files are kept

    def survives(self, mutant: Mutant) -> bool:
        """Whether its tests let a fault by; a module that can no longer be imported, nor its tests run, does not."""
        file = self.place / mutant.module
        file.write_text(mutant.source, "utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "--hypothesis-profile=mutants",
            *TESTS[mutant.module],
        ]
        environment = os.environ | {"PYTHONPATH": str(self.place), "PYTHONDONTWRITEBYTECODE": "1"}  # a fault is not to be found compiled
        try:
            ran = subprocess.run(command, cwd=self.place, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return False
        finally:
            shutil.copy2(TOP / mutant.module, file)
        return ran.returncode == 0


def main(number: int = NUMBER, seed: int = SEED, part: str = "") -> None:
    """Tries a sample and prints the survivors and the score."""
    modules = [module for module in TESTS if module.startswith(part)]
    every = [one for module in modules for one in mutants(module, (TOP / module).read_text("utf-8"))]
    sample = random.Random(seed).sample(every, min(number, len(every)))
    free: SimpleQueue[Copy] = SimpleQueue()

    def tried(mutant: Mutant) -> bool:
        copy = free.get()
        try:
            return copy.survives(mutant)
        finally:
            free.put(copy)

    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(JOBS) as pool:
        for n in range(JOBS):
            free.put(Copy(Path(folder) / str(n)))
        for module in {TESTS[one.module]: one.module for one in sample}.values():
            if not tried(Mutant(module, 0, "", (TOP / module).read_text("utf-8"))):
                sys.exit(f"the tests of {module} fail or cannot be run without any fault: pytest {' '.join(TESTS[module])}")
        results = []
        for mutant, survived in zip(sample, pool.map(tried, sample), strict=True):
            results.append(survived)
            if survived:
                print(f"{mutant.module}:{mutant.line}: {mutant.change}", flush=True)
    for module in modules:
        mine = [survived for mutant, survived in zip(sample, results, strict=True) if mutant.module == module]
        print(f"{module}: {mine.count(False)} of {len(mine)} found")
    found = results.count(False)
    print(f"mutation score {found / len(sample):.1%}: {found} of {len(sample)} found, a sample of {len(every)} with seed {seed}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:4])  # type: ignore[arg-type]  # two numbers, then a path
