"""Files of values: what stands there and on which line, whatever the form; nothing guessed, nothing that explodes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.annotate.document import Document, _Builder, _json, _taken, parse_document, read_document
from kg.errors import AnnotationError, Finding, ReadError

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff\x85"), max_size=8
)
values: st.SearchStrategy[Any] = st.recursive(
    words | st.integers(-(10**9), 10**9) | st.booleans(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(words, below, max_size=3),
    max_leaves=12,
)
maps = st.dictionaries(words, values, max_size=4)


def as_words(value: Any) -> Any:
    """The value with the words YAML shows for its numbers and truth values: what a reader that guesses nothing gives."""
    if isinstance(value, dict):
        return {k: as_words(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_words(v) for v in value]
    return json.dumps(value) if isinstance(value, bool | int) else value


@settings(deadline=None)
@given(maps, st.sampled_from([None, 1, 2]))
def test_json_gives_what_json_says(value: dict[str, Any], indent: int | None) -> None:
    """All values, with their types, however it is laid out."""
    assert parse_document(json.dumps(value, indent=indent).encode(), "a", is_json=True).value == value


@settings(deadline=None)
@given(maps)
def test_yaml_gives_the_words_that_stand_there(value: dict[str, Any]) -> None:
    """Text as it is, also `no`, `1e3` and dates; numbers as numbers only under the keys that hold numbers."""
    for flow in (True, False, None):
        source = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, width=10**6)
        read = parse_document(source.encode(), "a").value
        assert as_words(read) == as_words(yaml.load(source, Loader=yaml.BaseLoader)) if value else read == {}


@pytest.mark.parametrize(("source", "value"), [
    ("a: no", {"a": "no"}), ("a: 2026-01-06", {"a": "2026-01-06"}), ("a: null", {}), ("a: ~\nb:", {}), ("a: 'null'", {"a": "null"}),
    ("start: 3", {"start": 3}), ("start: '3'", {"start": "3"}), ("confidence: 0.5", {"confidence": 0.5}), ("lowest: -2", {"lowest": -2}),
    ("range: [1, 2]", {"range": [1, 2]}), ("inferred: true", {"inferred": True}), ("inferred: yes", {"inferred": "yes"}),
    ("start: .inf", {"start": ".inf"}), ("start: 0x10", {"start": "0x10"}), ("1: a", {"1": "a"}), ("", None), ("# nothing", None),
    ("text: >-\n  a\n  b", {"text": "a b"}), ("\ufeffa: b", {"a": "b"}), ("a: [start, 3]", {"a": ["start", "3"]}),
])  # fmt: skip
def test_plain_words(source: str, value: object) -> None:
    """What each form of a YAML value means."""
    assert parse_document(source.encode(), "a").value == value


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    """A file of holes takes no room on the disk, and would take all of the memory."""
    file = tmp_path / "a.yaml"
    with file.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(ReadError, match="larger than 5,000,000 bytes"):
        read_document(file)


def test_lines() -> None:
    """Of keys and of items, in YAML and in JSON; of what has no line of its own that of what it is in."""
    source = b'{"a": [\n  {"b": 1},\n\n  {"b": "x\\ny",\n   "c": 2}]}'
    for is_json in (True, False):
        document = parse_document(source, "a", is_json=is_json)
        assert [document.line(keys) for keys in (("a",), ("a", 0), ("a", 1), ("a", 1, "c"), ("a", 1, "nothing"), ())] == [1, 2, 4, 5, 4, 1]


ODD = [
    '{"a": null, "b": [null, {"c": null}], "d": 1E400, "e": -0.5, "f": "\\\\ud800", "g": "\\ud83d\\ude00", "": {}}',
    '{"a": null, "a": 1}', '{"b": {"a": 1,\n"a": null}}', '{"a": "\\ud800"}', '["\\uDC00\\uD800"]', '{"\\udfff": 1}', '{"a": Infinity}', '{"a": -NaN}', "null", "[]",
    '"x"', " 7 ", '{"a": 1} x', "{'a': 1}", "\u00a0{}", *(opened * depth + "1" + closed * depth for opened, closed in (("[", "]"), ('{"a":\n', "}")) for depth in (31, 32, 33)),
    *("[" * depth + "]" * depth for depth in (32, 33, 34)), "[" * 32 + "{}, [" + "]" * 33,
]  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(ODD) | values.map(json.dumps) | st.text('{}[]:, "ab1\n\\ud8', max_size=30) | st.text('{}:,"a', max_size=16))
def test_json_read_at_once_is_what_it_is_piece_by_piece(text: str) -> None:
    """The same values, lines and refusals, though lines are looked for only when one is asked for."""

    def told(read: Callable[[], Document]) -> object:
        try:
            document = read()
        except AnnotationError as error:
            return error.findings
        return repr(document.value), dict(document.lines), document.line(("a", 0, "b"))

    builder = _Builder("a")
    assert told(lambda: parse_document(text.encode(), "a", is_json=True)) == told(lambda: _taken(builder, _json(text, builder)))


@pytest.mark.parametrize("text", ODD)
def test_odd_json_read_at_once(text: str) -> None:
    """Each of those, whatever chance draws."""
    test_json_read_at_once_is_what_it_is_piece_by_piece.hypothesis.inner_test(text)  # type: ignore[attr-defined]


REFUSED = {
    "a: [": ("syntax", 1), "a: b\nc: *x": ("alias", 2), "a: &x b": ("alias", 1), "a: b\na: c": ("duplicate-key", 2), "a: b\n'a': c": ("duplicate-key", 2),
    "a: b\n---\nc: d": ("syntax", 2), "a: !!python/object:os.system b": ("syntax", 1), "? [a]\n: b": ("syntax", 1), "a: b\n\t- c": ("syntax", 2),
    "a: \x07": ("syntax", 1), "[" * 200 + "]" * 200: ("syntax", 1), "a: {b: c, b: d}": ("duplicate-key", 1),
}  # fmt: skip


@pytest.mark.parametrize("source", REFUSED)
def test_what_is_refused_in_yaml(source: str) -> None:
    """Each with its code and its line."""
    with pytest.raises(AnnotationError) as caught:
        parse_document(source.encode(), "a.yaml")
    [finding] = caught.value.findings
    assert (finding.code, finding.line, finding.file) == (*REFUSED[source], "a.yaml")


@pytest.mark.parametrize(("source", "code", "line"), [
    (b'{"a": 1,\n"a": 2}', "duplicate-key", 2), (b'{"a": NaN}', "syntax", 1), (b'{"a":\n1,}', "syntax", 2), (b"[" * 100_000, "syntax", 1),
    (b"[" * 200 + b"]" * 200, "syntax", 1), (b"\xff{}", "syntax", 1), (b"", "syntax", 1), (b'{"a": ' + b"9" * 5000 + b"}", "syntax", 1),
])  # fmt: skip
def test_what_is_refused_in_json(source: bytes, code: str, line: int) -> None:
    """Each with its code and its line."""
    with pytest.raises(AnnotationError) as caught:
        parse_document(source, "a.json", is_json=True)
    assert [(f.code, f.line) for f in caught.value.findings] == [(code, line)]


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60) | st.text("{}[]:,-? &*!|>'\"#\n\tab1", max_size=40).map(str.encode), st.booleans())
def test_any_bytes_are_read_or_refused(source: bytes, is_json: bool) -> None:
    """Never anything but a document or findings."""
    found: tuple[Finding, ...] = ()
    try:
        parse_document(source, "a", is_json=is_json)
    except AnnotationError as error:
        found = error.findings
    assert all(finding.line >= 1 for finding in found)
