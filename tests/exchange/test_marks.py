"""Marks and links say all that an annotation says: whatever a reading holds goes out and comes back."""

from __future__ import annotations

from hypothesis import given, settings

from kg.annotate.from_file import resolve
from kg.exchange.marks import fingerprint, to_file, to_marks
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
