"""The notebooks run, from the first cell to the last, and are committed as nobody has run them."""

from __future__ import annotations

import ast
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ANSWER = {
    "01-first-questions": ("Friedrich Merz", "Bundestag"),
    "02-what-if": ("blocked", "the consent of the Bundestag", "ceasefire (event)"),
    "03-origins-and-drift": ("paraphrase", "cannot+}", "modal: – → may", "Jared Kushner → Steve Witkoff"),
    "04-pledges": ("pledged", "tariff", "China", "2025-04"),
}  # what each must come to show

by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook as it is on disk."""
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # this one function has no types
    return notebook


def code(path: Path) -> list[Any]:
    """The cells of code."""
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def shown(notebook: nbformat.NotebookNode) -> str:
    """All that its cells show, in every form they show it in."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(str(form) for output in outputs for form in output.get("data", {}).values())


def test_they_are_numbered() -> None:
    """From 01 on, without a gap, and each has something it must come to show."""
    assert [path.name[:3] for path in NOTEBOOKS] == [f"{n:02}-" for n in range(1, len(NOTEBOOKS) + 1)]
    assert {path.stem for path in NOTEBOOKS} == set(ANSWER)


@by_name
def test_they_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell runs in a kernel of its own, in the folder of the notebooks, and the answers are there."""
    for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    before = sorted(FOLDER.iterdir())
    notebook = read(path)
    with TemporaryDirectory(prefix="k", dir="/tmp") as sockets:  # files, not ports: it runs where there is no network at all
        wired = Config({"AsyncKernelManager": {"transport": "ipc", "ip": f"{sockets}/s"}})
        NotebookClient(notebook, timeout=120, kernel_name="python3", config=wired, resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert [word for word in ANSWER[path.stem] if word not in shown(notebook)] == []
    assert sorted(FOLDER.iterdir()) == before
    assert not list(tmp_path.glob("tmp*")), "a temporary folder is left"


@by_name
def test_they_define_nothing(path: Path) -> None:
    """What is worth a function or a class is in the package, where it is tested."""
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    assert [cell.source for cell in code(path) if any(isinstance(node, defined) for node in ast.walk(ast.parse(cell.source)))] == []


@by_name
def test_they_hold_no_outputs(path: Path) -> None:
    """No output, no count, no note of who ran it where; the words around the code say what it does."""
    notebook = read(path)
    nbformat.validate(notebook)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code(path))
    assert all(not cell.metadata for cell in notebook.cells) and set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")
