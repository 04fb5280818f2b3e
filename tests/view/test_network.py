"""A network as a picture: the same everywhere, and readable up to sixty nodes."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from kg.analyse.network import Link, network
from kg.view.network import network_picture, part, springs
from kg.view.picture import CORNERS


def _links(seed: int, nodes: int, links: int) -> list[Link]:
    r = random.Random(seed)
    label = {at: " ".join(["label"] * r.randrange(1, 6)) for at in range(nodes)}
    pairs = [(r.randrange(nodes), r.randrange(nodes)) for _ in range(links)] + [(at, (at + 1) % nodes) for at in range(nodes)]
    return [Link(f"n{a}", f"n{b}", "l", 1 + at % 3, label[a], label[b]) for at, (a, b) in enumerate(pairs)]


@pytest.mark.parametrize("seed", range(6))
def test_no_two_labels_overlap_up_to_sixty_nodes(seed: int) -> None:
    """Dots with their labels keep apart, and the whole stays near what a screen holds."""
    picture = network_picture(network(_links(seed, 60, 40)))
    for a, b in combinations(picture.nodes, 2):
        assert abs(a.x - b.x) >= (a.w + b.w) / 2 or abs(a.y - b.y) >= (a.h + b.h) / 2, (a.label, b.label)
    assert picture.width < 2000 and picture.height < 2000


def test_the_picture_is_the_same_every_time() -> None:
    """No chance in it."""
    assert network_picture(network(_links(1, 80, 100))) == network_picture(network(_links(1, 80, 100)[::-1]))


def test_three_thousand_nodes_are_placed() -> None:
    """Each has a place of its own."""
    picture = network_picture(network(_links(2, 3000, 3000)))
    assert len({(n.x, n.y) for n in picture.nodes}) == 3000


def test_linked_nodes_lie_nearer_than_others() -> None:
    """Two rings of ten: neighbours on a ring are nearer than the rings are wide."""
    pairs = [(at, (at + 1) % 10) for at in range(10)] + [(10 + at, 10 + (at + 1) % 10) for at in range(10)]
    points = springs(20, pairs)
    far = [abs(complex(*points[a]) - complex(*points[b])) for a in range(10) for b in range(10, 20)]
    near = [abs(complex(*points[a]) - complex(*points[b])) for a, b in pairs]
    assert sum(near) / len(near) < sum(far) / len(far) / 2


def test_boxes_on_one_spot_come_apart() -> None:
    """Even if all start in one place."""
    points = part([(0.0, 0.0)] * 30, [(100.0, 40.0)] * 30)
    assert all(abs(a[0] - b[0]) >= 100 or abs(a[1] - b[1]) >= 40 for a, b in combinations(points, 2))


def test_a_kind_has_a_mark_and_a_colour_of_its_own() -> None:
    """Not colour alone."""
    picture = network_picture(network([Link("a", "b")], {"a": "state", "b": "person"}))
    assert len({(n.mark, n.colour) for n in picture.nodes}) == len({n.mark for n in picture.nodes}) == 2
    assert [item.words for item in picture.legend] == ["person", "state", "links to; the wider, the more often"]


def test_ten_kinds_have_ten_marks() -> None:
    """And each mark has its outline."""
    kinds = {str(at): f"kind {at}" for at in range(10)}
    marks = {n.mark for n in network_picture(network([Link(str(at), str(at + 1)) for at in range(9)], kinds)).nodes}
    assert len(marks) == 10 and marks == {"circle", *CORNERS}


def test_an_empty_network_is_a_picture() -> None:
    """Nothing, without an error."""
    assert network_picture(network([])).nodes == ()
