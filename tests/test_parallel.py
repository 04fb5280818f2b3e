"""The same, in the same order, on any number of processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kg.parallel import AT_ONCE, ordered, within


def add(more: int, number: int) -> int:
    """For tests."""
    return more + number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_things(jobs: int) -> None:
    """Also where there are many lots of them, and none."""
    many = range(AT_ONCE * 5 + 3)
    assert list(ordered(add, 10, many, jobs)) == [10 + n for n in many]
    assert list(ordered(add, 10, [], jobs)) == []


ASKED = """
import time
from kg.parallel import ordered
from tests.test_parallel import slow
if __name__ == "__main__":
    for number in ordered(slow, None, range(1000), 2):
        print(number, flush=True)
"""


def slow(_: None, number: int) -> int:
    """For tests."""
    time.sleep(0.02)
    return number


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_the_processes_end_with_the_one_that_asked(tmp_path: Path, sent: signal.Signals) -> None:
    """Ctrl-C goes to all, and one traceback is enough; another signal goes to the one alone."""
    (tmp_path / "asked.py").write_text(ASKED)
    process = subprocess.Popen(
        [sys.executable, tmp_path / "asked.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, env=os.environ | {"PYTHONPATH": str(Path.cwd())}
    )  # fmt: skip
    assert process.stdout and process.stdout.readline() == b"0\n"
    os.killpg(process.pid, sent) if sent == signal.SIGINT else process.send_signal(sent)
    said = process.communicate(timeout=20)[1]  # its processes have our end of the pipe too: this waits for them
    assert process.returncode == -sent and said.count(b"Traceback") == (sent == signal.SIGINT)


def test_what_is_waited_for_comes_or_its_error_or_that_it_is_late() -> None:
    """And what is late is waited for no more."""
    assert within(60, lambda: 11) == 11
    with pytest.raises(ValueError, match="eleven"):
        within(60, lambda: int("eleven"))
    go_on = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.01, go_on.wait)
    go_on.set()
