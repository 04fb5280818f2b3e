"""The documents cannot go stale: what they show is run, what they point to is there.

A block marked `console` holds commands after `$ ` (a backslash at the end of a line carries one on) and what each prints, exactly; a line
`...` stands for any lines. The blocks of one document run in order, in a copy of this checkout.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement

from kg.cli import app

TOP = Path(__file__).parents[1]
PAGES = [
    path.relative_to(TOP).as_posix()
    for path in (*sorted(TOP.glob("*.md")), *sorted(TOP.glob("*/README.md")), *sorted(TOP.glob("docs/*.md")))
]
DOCS = ["README.md", *(page for page in PAGES if page != "README.md" and "```console" in (TOP / page).read_text("utf-8"))]
SLOW = {
    f"docs/{page}.md" for page in ("compare", "formats", "networks", "origins", "timeline", "whatif")
}  # each reads all seeds; `make test-full` has them
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "demo", "dist", "build")
ANY = "..."


def blocks(text: str) -> list[str]:
    """What stands in the blocks marked `console`."""
    return re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def examples(block: str) -> list[tuple[str, list[str]]]:
    """Each command of a block and the lines it should print."""
    found: list[tuple[str, list[str]]] = []
    lines = iter(block.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command += "\n" + next(lines)
            found.append((command, []))
        else:
            assert found, f"a block begins with {line!r}, which is no command"
            found[-1][1].append(line.rstrip())
    return found


def matches(expected: list[str], printed: list[str]) -> bool:
    """Whether the lines are those expected, where a line `...` stands for any lines, also none; spaces at ends do not count."""
    pattern = "".join("(?:.*\n)*?" if line == ANY else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in printed)) is not None


def shown(doc: str) -> list[tuple[str, list[str]]]:
    """The commands of a document, in order."""
    return [example for block in blocks((TOP / doc).read_text("utf-8")) for example in examples(block)]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """This checkout again, so that what a document does to its folder is done elsewhere."""
    return Path(shutil.copytree(TOP, tmp_path / "copy", ignore=LEFT_OUT))


def test_the_readme_shows_something() -> None:
    """The first page shows at least one command and what it prints."""
    assert any(lines for _, lines in shown("README.md"))


@pytest.mark.parametrize("doc", [pytest.param(doc, marks=pytest.mark.slow) if doc in SLOW else doc for doc in DOCS])
def test_what_a_document_shows_is_what_happens(doc: str, copy: Path) -> None:
    """Every command of every console block succeeds and prints what stands below it."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(copy.parent), "LANG": "C.UTF-8",
    }  # fmt: skip
    for command, expected in shown(doc):
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=copy,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"{doc}: $ {command}\n{done.stdout}"
        assert matches(expected, done.stdout.splitlines()), f"{doc}: $ {command}\n{done.stdout}\nis not\n" + "\n".join(expected)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_points_to_is_there(page: str) -> None:
    """Every link to a file of this checkout leads to one."""
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", (TOP / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", target)]
    assert [target for target in targets if not (TOP / page).parent.joinpath(target.partition("#")[0]).exists()] == []


def test_commands_and_their_output_are_told_apart() -> None:
    """Two commands, one on two lines; only blocks marked `console` are taken."""
    text = "```sh\n$ no\n```\n```console\n$ one\nits line\n\nanother \n$ two \\\n    three\n```\n"
    assert [examples(block) for block in blocks(text)] == [[("one", ["its line", "", "another"]), ("two \\\n    three", [])]]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        (["a", "b"], ["a", "b  "], True),
        ([], [], True),
        (["a"], ["a", "b"], False),
        ([], ["a"], False),
        (["a", ANY], ["a", "b", "", "c"], True),
        ([ANY, "c"], ["c"], True),
        ([ANY, "c"], ["c", "d"], False),
        (["a.c"], ["abc"], False),
        (["a", ANY, "c"], ["a", "b"], False),
    ],
)
def test_lines_are_compared_exactly(expected: list[str], printed: list[str], same: bool) -> None:
    """Only `...` is lenient, and only about whole lines."""
    assert matches(expected, printed) is same


def test_every_dependency_has_its_reason() -> None:
    """Each package the project names is in the account of what it stands on, in the version that is pinned."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (TOP / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    account = (TOP / "CONTRIBUTING.md").read_text("utf-8").partition("## What we stand on")[2]
    used = [Requirement(need).name for need in project["dependencies"]]
    assert re.findall(r"^\| ([a-z0-9-]+) \| ([\d.]+) \|", account, re.MULTILINE) == [(name, pins[name]) for name in used]
    rest = [Requirement(need).name for need in project["optional-dependencies"]["dev"]]
    assert [name for name in rest if not re.search(rf"\b{name}\b", account)] == []


def test_the_figure_of_the_floors_is_the_tested_one() -> None:
    """The floors in CONTRIBUTING.md are those that the imports are held to."""
    drawn = re.findall(r"^(\d)  (.+?)  ", (TOP / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    tables = ast.parse((TOP / "tests" / "test_floors.py").read_text("utf-8")).body
    (floors,) = [ast.literal_eval(t.value) for t in tables if isinstance(t, ast.Assign) and ast.unparse(t.targets[0]) == "FLOORS"]
    assert {int(floor): tuple(rooms.split()) for floor, rooms in drawn} == floors


def test_every_command_is_on_the_first_page() -> None:
    """Each command stands in README.md as `kg NAME`: one nobody can read of is not there."""
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # with several commands it is a group
    told = set(re.findall(r"\bkg ([a-z]+)\b", (TOP / "README.md").read_text("utf-8")))
    assert commands - told == set()
