"""The same, in the same order, on any number of processes."""

from __future__ import annotations

import pytest

from kg.parallel import AT_ONCE, ordered


def add(more: int, number: int) -> int:
    """For tests."""
    return more + number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_things(jobs: int) -> None:
    """Also where there are many lots of them, and none."""
    many = range(AT_ONCE * 5 + 3)
    assert list(ordered(add, 10, many, jobs)) == [10 + n for n in many]
    assert list(ordered(add, 10, [], jobs)) == []
