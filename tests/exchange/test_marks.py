"""Marks and links say all that an annotation says: whatever a reading holds goes out and comes back."""

from __future__ import annotations

from hypothesis import given, settings

from kg.annotate.from_file import resolve
from kg.exchange.marks import Link, Mark, fingerprint, to_file, to_marks
from kg.model import Annotation
from tests.readings import ARTICLE, REGISTRY, readings
from tests.support import whole


@settings(max_examples=8)
@given(readings())
def test_a_reading_comes_back_whole(annotation: Annotation) -> None:
    """And nothing is complained of; the marks that come back have the fingerprint of those that went out."""
    marked = to_marks(ARTICLE, annotation)
    document, findings = to_file(marked, REGISTRY, "x")
    back = resolve(document, ARTICLE, REGISTRY).annotation
    assert findings == () and whole(back) == whole(annotation) and back.actors == annotation.actors
    again = to_marks(ARTICLE, back)
    assert fingerprint(again.marks, again.links) == marked.print


def test_a_link_that_moves_between_marks_that_look_alike_is_seen() -> None:
    """One condition of two statements is not two of one; but which of two that say the same is named first is nothing."""
    said = [Mark(id, "Statement", (place,)) for id, place in (("s1", (0, 9)), ("s2", (10, 19)))]
    alike = [Mark(id, "Condition", ((20, 30),)) for id in ("k1", "k2")]
    apart = [Link("Requires", "s1", "k1"), Link("Requires", "s2", "k2")]
    other = [Link("Requires", "s1", "k2"), Link("Requires", "s2", "k1")]
    moved = [Link("Requires", "s1", "k2"), Link("Requires", "s2", "k2")]
    prints = [fingerprint([*alike, *said], links) for links in (apart, other, moved)]
    assert prints[0] == prints[1] == fingerprint([*said, *reversed(alike)], apart[::-1]) != prints[2]
    needs = [Link("DependsOn", "k1", "k3"), Link("DependsOn", "k2", "k4")]
    far = [Mark("k3", "Condition", ((31, 40),)), Mark("k4", "Condition", ((31, 40),)), Mark("a", "Actor", ((1, 2),))]
    one, two = ([*apart, *needs, Link("By", end, "a")] for end in ("k3", "k4"))
    assert fingerprint([*said, *alike, *far], one) != fingerprint([*said, *alike, *far], two)  # whom s1, not s2, depends on
