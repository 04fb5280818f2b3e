"""The seeds in a store of their own, made once a run; that store served; the wheel; and the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.support import TOP, Run, Server, finished, hostile_articles, kg

# A busy machine is no fault of the code.
settings.register_profile("proviso", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("proviso")
# For bench/mutants.py: few examples, the same every time, and one that fails is enough.
settings.register_profile(
    "mutants", deadline=None, max_examples=30, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate)
)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes give a test no name: those of an archive hold the second it was packed in, and the workers are to collect the same tests."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def run() -> Run:
    return kg


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the five seed articles; tests only read it."""
    store = tmp_path_factory.mktemp("seeds") / "store"
    done = kg("add", TOP / "seeds" / "articles", "--store", store, SOURCE_DATE_EPOCH="1767700000")
    assert done.returncode == 0, done.stderr
    return store


@pytest.fixture(scope="session")
def server(seeds: Path) -> Iterator[Server]:
    """A server of the seeds."""
    one = Server(seeds)
    yield one
    one.stop()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout without a network."""
    place = tmp_path_factory.mktemp("dist")
    finished(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place), cwd=TOP)
    (made,) = place.iterdir()
    return made


@pytest.fixture(scope="session")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of articles whose every field is hostile; tests only read it."""
    folder = tmp_path_factory.mktemp("hostile")
    done = kg("add", hostile_articles(folder / "articles"), "--store", folder / "store")
    assert done.returncode == 0, done.stderr
    return folder / "store"
