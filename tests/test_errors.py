"""What can go wrong is told in three short lines, and ends with the code the contract fixes."""

from __future__ import annotations

import inspect
import pickle

import pytest

from kg import errors
from kg.errors import AnnotationError, Conflict, Finding, ProvisoError, QueryError, ReadError, StoreError, UsageError


def test_the_tree_on_the_page_is_the_tree() -> None:
    """Every error of the module stands in the drawing at its top, with its exit code, and the drawing has no other."""
    drawn = {}
    for line in (errors.__doc__ or "").splitlines():
        words = line.replace("├──", "").replace("└──", "").replace("│", "").split()
        if words[1:2] == ["exit"]:
            drawn[words[0]] = int(words[2])
    real = {name: kind.exit_code for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ProvisoError)}
    assert drawn == real


def test_every_error_is_one_a_user_can_be_told_about() -> None:
    """One `except ProvisoError` is enough, and a conflict of articles is a store's error."""
    assert all(issubclass(kind, ProvisoError) for kind in (UsageError, ReadError, AnnotationError, StoreError, QueryError))
    assert issubclass(Conflict, StoreError)


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (ReadError("the file is empty", "a.txt", "give a file with text"), "the file is empty\n  at: a.txt\n  try: give a file with text"),
        (StoreError("there is no store", hint="run kg add"), "there is no store\n  try: run kg add"),
        (QueryError("it took too long", "the query"), "it took too long\n  at: the query"),
        (UsageError("no such word"), "no such word"),
        (ReadError("bad\nname\x0b  here", "a\r\nb.txt", "x\ty"), "bad name here\n  at: a b.txt\n  try: x y"),
    ],
)
def test_an_error_is_at_most_three_lines(error: ProvisoError, lines: str) -> None:
    """What, where, what to try; what is not known is left out, and text from outside cannot add a line."""
    assert str(error) == lines


def test_an_error_goes_to_another_process_and_back() -> None:
    """With all it says: readings are made in many."""
    for error in (ReadError("a", "b", "c"), AnnotationError([Finding("c", "error", "m", "f.yaml", 3), Finding("d", "error", "n")])):
        back = pickle.loads(pickle.dumps(error))
        assert (type(back), str(back), getattr(back, "findings", ())) == (type(error), str(error), getattr(error, "findings", ()))


def test_an_error_has_fields() -> None:
    """Whoever catches it need not take the sentence apart."""
    error = StoreError("held", "here", "wait")
    assert (error.what, error.where, error.hint, error.exit_code) == ("held", "here", "wait", 1)


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (Finding("no-stance", "error", "say the stance", "a.yaml", 7), "a.yaml:7: error no-stance: say the stance"),
        (Finding("no-stance", "warning", "say it", "a.yaml"), "a.yaml: warning no-stance: say it"),
        (Finding("two-labels", "error", "keep one", node="https://example.org/a"), "https://example.org/a: error two-labels: keep one"),
    ],
)
def test_a_finding_is_one_line(finding: Finding, line: str) -> None:
    """The file and its line where there is one, else the thing in the graph."""
    assert str(finding) == line


def test_findings_sort_by_code_and_then_place() -> None:
    """Lists of findings come in one fixed order."""
    a, b, c = Finding("a", "error", "m", "z.yaml", 9), Finding("b", "error", "m", "a.yaml", 2), Finding("b", "error", "m", "a.yaml", 10)
    assert sorted([c, b, a]) == [a, b, c]


def test_a_bad_annotation_keeps_all_findings() -> None:
    """The message is the first one's, says how many more there are, and where the first is; the rest is not lost."""
    first, second = Finding("x-y", "error", "name the action", "a.yaml", 3), Finding("z", "warning", "m", node="i:n")
    error = AnnotationError([first, second])
    assert error.findings == (first, second)
    assert (error.what, error.where) == ("name the action [x-y] (and 1 more)", "a.yaml:3")
    assert "kg check" in error.hint


@pytest.mark.parametrize(
    ("finding", "where"), [(Finding("z", "error", "m", "a.yaml"), "a.yaml"), (Finding("z", "error", "m", node="i:n"), "i:n")]
)
def test_a_lone_finding_is_not_counted(finding: Finding, where: str) -> None:
    """One finding has no others to speak of; its place is as good as is known."""
    error = AnnotationError([finding])
    assert (error.what, error.where) == ("m [z]", where)
