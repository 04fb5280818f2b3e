"""The wheel works alone: everything it needs is inside, nothing of the seeds is, and it runs far from the checkout.

And the checkout works anywhere: what it needs is pinned by hash, and no file of it names a place of one machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from kg import __version__
from tests.support import TOP, finished

MADE = {".git", ".venv", ".kg", ".hypothesis", "__pycache__", "demo", "dist", "build"}  # folders that are no part of the checkout
# In brackets, so that this line is not one of those it finds. A registry's address, or a folder of one machine.
PLACES = re.compile(r"pypi[.]org|files[.]pythonhosted|registry[.]npmjs|(?<![\w.~-])/(?:work|farm|home|root|tmp|Users)/\w")
QUESTION = "who conditioned troops on parliament"

PLEDGE = """---
id: norland-pledge
published: 2026-05-04
language: en
---
Norland has made up its mind. "We will send soldiers to Sudland if the Assembly agrees," Defence Minister Ann Berg said.
"""
PLEDGE_READ = """\
article: {id: norland-pledge}
annotator: {name: a reader}
actors:
  - {id: ann-berg, label: Ann Berg, kind: person, member_of: [norland]}
  - {id: norland, label: Norland, kind: state}
  - {id: sudland, label: Sudland, kind: state}
  - {id: norland-assembly, label: Norland Assembly, kind: parliament, member_of: [norland]}
statements:
  - id: s1
    speaker: [{span: Defence Minister Ann Berg, actor: ann-berg}]
    on_behalf_of: [{span: We, actor: norland}]
    cue: said
    content: [We will send soldiers to Sudland if the Assembly agrees]
    mode: direct
    force: pledges
    expresses: c1
    stance: pledged
    strength: firm
    conditions: [{id: k1, marker: if}]
commitments:
  - id: c1
    committer: [{span: We, actor: norland}]
    action: {span: send soldiers to Sudland, concept: deploy-troops}
    beneficiary: {span: Sudland, actor: sudland}
conditions:
  - {id: k1, text: the Assembly agrees, circumstance: approval-by-parliament, kind: approval, by: [{span: the Assembly, actor: norland-assembly}]}
"""
REFUSAL = """---
id: westmark-refusal
published: 2026-05-05
language: en
---
Westmark stays out. "We will not send soldiers," Prime Minister Ola Lind told reporters.
"""
REFUSAL_READ = """\
article: {id: westmark-refusal}
annotator: {name: a reader}
actors:
  - {id: ola-lind, label: Ola Lind, kind: person, member_of: [westmark]}
  - {id: westmark, label: Westmark, kind: state}
  - {id: reporters, label: reporters, kind: unnamed source}
statements:
  - id: s1
    speaker: [{span: Prime Minister Ola Lind, actor: ola-lind}]
    on_behalf_of: [{span: We, actor: westmark}]
    addressee: [{span: reporters, actor: reporters}]
    cue: told
    content: [We will not send soldiers]
    mode: direct
    force: refuses
    expresses: c1
    stance: refused
commitments:
  - {id: c1, committer: [{span: We, actor: westmark}], action: {span: send soldiers, concept: deploy-troops}}
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """The wheel in an environment of its own; `run` is a shell's view of it, far from the checkout."""

    bin: Path

    def run(self, *command: str, cwd: Path) -> str:
        """What a command prints; fails the test where the command fails."""
        environment = {"PATH": f"{self.bin}{os.pathsep}{os.defpath}", "HOME": str(cwd), "LANG": "C.UTF-8"}
        return finished(*command, cwd=cwd, environment=environment)

    def ask(self, question: str, store: str, cwd: Path) -> list[dict[str, Any]]:
        """The rows of an answer."""
        rows: list[dict[str, Any]] = json.loads(self.run("kg", "ask", question, "--store", store, "--format", "json", cwd=cwd))
        return rows


@pytest.fixture(scope="session")
def contents(wheel: Path) -> dict[str, bytes]:
    """The wheel's files by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel alone in a new environment; the dependencies are those of the running one, so nothing is fetched."""
    place = tmp_path_factory.mktemp("elsewhere") / "env"
    venv.create(place, symlinks=True)
    into = sysconfig.get_path("purelib", "venv", {"base": str(place), "platbase": str(place)})
    pip = (sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"))
    finished(*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel), cwd=place)
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(into, "lent.pth").write_text("\n".join(lent), "utf-8")  # after the installation: pip must not take this checkout for it
    return Installed(place / "bin")


def test_the_wheel_holds_what_it_needs(contents: dict[str, bytes]) -> None:
    """Every file of the package and of the ontology, every query, the grammar of questions: as many as the checkout has."""
    wanted = {p.relative_to(TOP).as_posix() for p in (TOP / "kg").rglob("*") if p.is_file() and p.suffix != ".pyc"}
    data = [p for p in (TOP / "ontology").rglob("*") if p.is_file()]
    data += [p for p in (TOP / "queries").rglob("*") if p.suffix in (".rq", ".toml")]
    wanted |= {f"kg/data/{p.relative_to(TOP).as_posix()}" for p in data}
    assert {name for name in contents if name.startswith("kg/")} == wanted
    assert {"kg/py.typed", "kg/data/ontology/kg.ttl", "kg/view/templates/page.html", "kg/view/static/vis-network.min.js"} <= wanted


def test_the_wheel_holds_nothing_else(contents: dict[str, bytes]) -> None:
    """Beside the package there is what describes it; no seeds, no tests."""
    others = {name.partition("/")[2] for name in contents if not name.startswith("kg/")}
    assert others == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE", "licenses/LICENSE-ontology"}


def test_the_wheel_holds_no_article(contents: dict[str, bytes]) -> None:
    """No paragraph of the seeds stands in any file of it: they belong to those who published them."""
    paragraphs = {line.strip() for path in (TOP / "seeds" / "articles").glob("*.txt") for line in path.read_text("utf-8").splitlines()}
    long = [paragraph.encode() for paragraph in paragraphs if len(paragraph) > 100]
    assert len(long) > 20
    assert [name for name, data in contents.items() if any(paragraph in data for paragraph in long)] == []


def test_the_wheel_says_what_it_is(contents: dict[str, bytes]) -> None:
    """Name, version, licences, the command and the dependencies are those of the project."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    place = f"proviso_kg-{__version__}.dist-info/"
    said = Parser().parsestr(contents[place + "METADATA"].decode())
    assert (said["Name"], said["Version"], said["License-Expression"]) == (
        "proviso-kg",
        __version__,
        "Apache-2.0 AND CC-BY-4.0 AND CC-BY-SA-4.0",
    )
    needs = {Requirement(need) for need in said.get_all("Requires-Dist", [])}
    assert {str(need) for need in needs if not need.marker} == {str(Requirement(need)) for need in project["dependencies"]}
    assert "kg = kg.cli:main" in contents[place + "entry_points.txt"].decode()


def test_the_wheel_is_not_the_checkout(installed: Installed, tmp_path: Path) -> None:
    """What runs is what was installed."""
    assert Path(installed.run("python", "-c", "import kg; print(kg.__file__)", cwd=tmp_path)).is_relative_to(installed.bin.parent)


def test_the_wheel_answers_about_new_articles(installed: Installed, tmp_path: Path) -> None:
    """Two invented articles with readings beside them go in; the question has one answer, with its words and its article."""
    (tmp_path / "news").mkdir()
    for name, article, reading in (("norland", PLEDGE, PLEDGE_READ), ("westmark", REFUSAL, REFUSAL_READ)):
        (tmp_path / "news" / f"{name}.txt").write_text(article, "utf-8")
        (tmp_path / "news" / f"{name}.yaml").write_text(reading, "utf-8")
    installed.run("kg", "add", "news", "--store", "store", cwd=tmp_path)
    (row,) = installed.ask(QUESTION, "store", tmp_path)
    assert (row["speaker"]["label"], row["actor"]["label"]) == ("Ann Berg", "Norland")
    assert "send soldiers to Sudland" in row["quote"]
    assert row["article"]["iri"].endswith("/norland-pledge")


def test_the_wheel_answers_about_the_seeds(installed: Installed, tmp_path: Path) -> None:
    """With copies of the seeds and their readings, question 1 has its answer: Friedrich Merz, for Germany, in three reports."""
    for folder in ("articles", "annotations"):
        shutil.copytree(TOP / "seeds" / folder, tmp_path / folder)
    installed.run("kg", "add", "articles", "--store", "store", cwd=tmp_path)
    rows = installed.ask(QUESTION, "store", tmp_path)
    assert {(row["speaker"]["label"], row["actor"]["label"]) for row in rows} == {("Friedrich Merz", "Germany")}
    assert len({row["article"]["iri"] for row in rows}) == 3


def checkout() -> list[Path]:
    """Every file of the checkout, as committed; what tools and commands make in it is left out."""
    found: list[Path] = []
    for folder, folders, files in os.walk(TOP):
        folders[:] = sorted(name for name in folders if name not in MADE and not name.endswith("_cache"))
        found += [Path(folder, name) for name in sorted(files) if not name.endswith(".pyc")]
    return found


def test_no_file_names_a_place_of_one_machine() -> None:
    """No file holds the address of a package registry or a path that only one machine has."""
    found = [
        f"{path.relative_to(TOP)}:{number}: {line[:120]}"
        for path in checkout()
        for number, line in enumerate(path.read_text("utf-8", "ignore").splitlines(), 1)
        if PLACES.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("line", ["at https://pypi" + ".org/simple", "cd /wor" + "k/main", "/hom" + "e/ann/x", "'/tm" + "p/x'"])
def test_a_place_is_seen(line: str) -> None:
    """Addresses of registries and paths of machines are what the look-over finds."""
    assert PLACES.search(line)


@pytest.mark.parametrize("line", ["a/home/page.html", "https://example.org/work/1", "id: .../tmp/x", "./work/x", "$HOME/tmp"])
def test_other_paths_are_no_places(line: str) -> None:
    """Relative paths and parts of addresses are fine."""
    assert not PLACES.search(line)


def test_what_is_needed_is_pinned() -> None:
    """Each requirement is one version with its hashes, without an address or a path, and covers what the project names."""
    text = (TOP / "requirements.txt").read_text("utf-8")
    assert "/" not in text and "--index" not in text
    entries = [entry.split() for entry in re.split(r"\n(?=\S)", text.replace("\\\n", " ").strip())]
    assert all(any(part.startswith("--hash=sha256:") for part in entry) for entry in entries)
    pins = [Requirement(" ".join(part for part in entry if not part.startswith("--hash"))) for entry in entries]
    assert all([one.operator for one in pin.specifier] == ["=="] for pin in pins)
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *(need for extra in project["project"]["optional-dependencies"].values() for need in extra),
        *project["build-system"]["requires"],
    ]
    versions = {pin.name: [one.version for one in pin.specifier] for pin in pins}
    for need in map(Requirement, wanted):
        assert need.specifier.contains(versions[need.name.lower()][0]), need


def test_the_licences_are_whole() -> None:
    """Both texts stand in full, and each file says what it covers and that the articles are covered by neither."""
    apache, by = (" ".join((TOP / name).read_text("utf-8").split()) for name in ("LICENSE", "LICENSE-ontology"))
    assert all(
        part in apache for part in ("Apache License Version 2.0, January 2004", "9. Accepting Warranty", "END OF TERMS AND CONDITIONS")
    )
    assert all(f"Section {n} -- " in by for n in range(1, 9)) and "Creative Commons may be contacted at creativecommons.org." in by
    for text in (apache, by):
        assert "What covers what" in text and "seeds/annotations/" in text and "belong to those who published them" in text
