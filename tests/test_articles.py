"""Files become articles, or a reason why not; nothing a file holds stops the run or changes a word of the text."""

from __future__ import annotations

import io
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles import SUFFIXES, Reading, find_files, iso_date, read_articles, read_bytes, read_stream
from kg.articles.pages import extract
from kg.articles.reading import ARCHIVES
from kg.errors import ReadError
from kg.model import Article

WORDS = "The Prime Minister’s office said: “We won’t rule anything out” — and left. Sánchez agreed…"
HEADER = "---\nid: a\ntitle: Who pays: a question\npublished: 2026-01\npublished_inferred: true\n---\n"


def one(data: bytes | str, name: str = "a.txt", raw: bool = False) -> Reading:
    """The only reading of some bytes."""
    [reading] = read_bytes(data.encode("utf-8") if isinstance(data, str) else data, name, raw)
    return reading


def article(data: bytes | str, name: str = "a.txt", raw: bool = False) -> Article:
    """The only article in some bytes."""
    reading = one(data, name, raw)
    assert reading.article, str(reading.error)
    return reading.article


def error(data: bytes | str, name: str = "a.txt") -> ReadError:
    """Why there is no article in some bytes; what, where and what to try are all said, each in one short line."""
    reading = one(data, name)
    assert reading.article is None and reading.error
    assert len(str(reading.error).splitlines()) == 3
    assert all(0 < len(words) < 160 for words in (reading.error.what, reading.error.where, reading.error.hint))
    return reading.error


# ---------------------------------------------------------------------------------------------------- text files


def test_a_header_says_what_is_known_of_the_article() -> None:
    """Each key lands in its field; a colon in a title is no trouble; quotation marks around a value are YAML's."""
    header = (
        "---\nid: 'it''s'\ntitle: \"\\\"No\\\", he said\"\noutlet: Daily: News\nauthor: A. B\n# a remark\npublished: 2026-01-06\n"
        "published_inferred: false\nurl: https://example.org/?a=b#c\nlanguage: en-GB\nfile: raw.txt\nrange: 3-9\n---\n"
    )
    assert article(header + "Text.") == Article(
        "it's",
        "Text.",
        '"No", he said',
        "Daily: News",
        "A. B",
        "2026-01-06",
        False,
        "https://example.org/?a=b#c",
        "en-GB",
        "raw.txt",
        (3, 9),
    )


def test_without_a_header_the_file_names_the_article() -> None:
    """Id, file and range come from the file; blank lines at the ends and the last line's end are no text."""
    assert article("\n \n  One.\r\n\r\nTwo. \n\t\n", "dir/b.md") == Article("b", "  One.\r\n\r\nTwo. ", file="b.md", range=(3, 18))


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_stay_as_they_are(line_end: str) -> None:
    """A header may have any of them; the text keeps its own, and the range is where it stands in the decoded file."""
    source = (HEADER + "\nOne 👩\u200d🚒.\n\nTwo.\n\n").replace("\n", line_end)
    found = article("\ufeff" + source)
    assert found.text == "One 👩\u200d🚒.\n\nTwo.".replace("\n", line_end)
    assert found.range and source[slice(*found.range)] == found.text
    assert (found.id, found.published, found.published_inferred) == ("a", "2026-01", True)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t \u2028e\u0301\xa0\u202e👩\u200d"), max_size=40))
def test_offsets_are_the_texts_own(words: str) -> None:
    """Whatever stands in a file: the text is the slice of the decoded file its range names, with and without a header."""
    for source in (HEADER + words, words):
        for reading in read_bytes(source.encode("utf-8"), "a.txt"):
            if reading.article:
                assert reading.article.range and source[slice(*reading.article.range)] == reading.article.text
                assert reading.article.text.strip() in words
            else:
                assert reading.error


def test_several_articles_stand_in_one_file() -> None:
    """Each with its header; a line --- within a text begins none unless a known key follows; each part read alone is the same article."""
    source = "---\nid: a\n---\nOne.\n\n---\nNote: this is text\n---\n\n---\nid: b\npublished: 2026\n---\n\nTwo.\n---\n"
    first, second = read_bytes(source.encode("utf-8"), "f.txt")
    assert first.article and first.article.text == "One.\n\n---\nNote: this is text\n---"
    assert second.article and (second.article.text, second.article.published) == ("Two.\n---", "2026")
    assert (first.source + second.source).decode() == source
    assert [article(r.source, "f.txt").text for r in (first, second)] == [first.article.text, second.article.text]
    assert source[slice(*second.article.range or ())] == "Two.\n---"


def test_one_bad_article_does_not_stop_the_others() -> None:
    """No id, an id that was there before, a wrong date: each is an error with its line, the rest are read."""
    source = "Text before.\n---\nid: a\n---\nOne.\n---\nid: a\n---\nTwo.\n---\ntitle: t\n---\nThree.\n---\nid: d\npublished: 2026-02-30\n---\nFour.\n---\nid: e\n---\nFive."
    readings = list(read_bytes(source.encode("utf-8"), "f.txt"))
    assert [reading.article.text if reading.article else "" for reading in readings] == ["", "One.", "", "", "", "Five."]
    assert [reading.error.where for reading in readings if reading.error] == ["f.txt:1", "f.txt:6", "f.txt:10", "f.txt:16"]
    assert [reading.id for reading in readings] == ["", "a", "a", "", "d", "e"]


@pytest.mark.parametrize(
    ("header", "line", "what"),
    [
        ("id: a\nauthour: B", 3, "authour is unknown"),
        ("id: a\nid: b", 3, "id stands twice"),
        ("published: 2026-02-30", 2, "2026-02-30 is no date"),
        ("published: 6 January", 2, "6 January is no date"),
        (f"published: {'6' * 1000}", 2, "is no date"),
        (f"{'a' * 1000}: b", 2, "is unknown"),
        ("published: 0000", 2, "0000 is no date"),
        ("published: ٢٠٢٦", 2, "is no date"),
        ("id: a\npublished_inferred: perhaps", 3, "published_inferred is perhaps"),
        ("range: 9-3", 2, "9-3 is no range"),
        ("range: a", 2, "a is no range"),
        ("id: a\x1b[2J", 2, "id holds a control character"),
        ("title: a\u2028b", 2, "title holds a control character"),
        ("id: " + "a" * 201, 2, "longer than 200"),
        ("id: a\n  - b", 3, "no key and value"),
        ("id: a\nnonsense", 3, "no key and value"),
        ("id: &x a", 2, "neither plain words nor quoted"),
        ("title: *x", 2, "neither plain words nor quoted"),
        ("title: [a, b]", 2, "neither plain words nor quoted"),
        ("title: |", 2, "neither plain words nor quoted"),
        ('title: "a', 2, "neither plain words nor quoted"),
        ("title: 'a' b'", 2, "neither plain words nor quoted"),
    ],
)
def test_a_wrong_header_is_refused_with_its_line(header: str, line: int, what: str) -> None:
    """Unknown and doubled keys, impossible values, YAML's other shapes: never half-read."""
    found = error(f"---\n{header}\n---\nText.")
    assert what in found.what and found.where == f"a.txt:{line}"


def test_a_header_must_be_closed_and_followed_by_text() -> None:
    """Else there would be an article without its text, or a text made of a header."""
    assert error("---\nid: a\ntitle: b").where == "a.txt:1"
    assert "nothing but white space" in error("---\nid: a\n---\n \n\n").what
    assert article("---\nA rule, not a header\n---\nText.").text.startswith("---\nA rule")


def test_raw_takes_the_text_as_it_is() -> None:
    """No header is read, nothing is stripped, whatever the suffix: offsets are those of the input."""
    for name in ("a.txt", "a.html", "-"):
        source = "\n\n" + HEADER + "<p>One.</p>\r\n \n"
        found = article(source, name, raw=True)
        assert (found.text, found.title) == (source, None)
    assert article("One.\n", "-", raw=True) == Article("stdin", "One.\n")


# ---------------------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-32", ""),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_give_the_right_text(encoding: str, note: str) -> None:
    """Marked and plain ones come without a word, a guess says that it is one; short texts too."""
    for words in (WORDS, "“No.”", "Caf\xe9 owners agreed."):
        reading = one(words.encode(encoding))
        assert reading.article and reading.article.text == words
        assert " ".join(reading.notes) == (f"decoded as {note}, which is a guess" if note else "")


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("mac_roman", WORDS),
        ("cp1251", "Президент сказал, что войска не будут в стране. " * 3),
        ("koi8-r", "Президент сказал, что войска не будут в стране. " * 3),
    ],
)
def test_other_encodings_are_flagged_or_refused(encoding: str, words: str) -> None:
    """Never a wrong text without a note."""
    reading = one(words.encode(encoding))
    assert reading.error or any("guess" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"He said \x80 no.\xe2\x80\x99 and \xe2\x80\x9cyes\xe2\x80\x9d" + "é".encode() * 20, "although 1 places"),
        ("He said no\x85\x93 to it.".encode(), "1 C1 control characters"),
        ("He said \ufffd no.".encode(), "1 characters U+FFFD"),
        ("He wonâ€™t go.".encode(), "1 places such as â€™"),
        (b"He said \x07 no.", "1 control characters"),
    ],
)
def test_what_looks_wrong_is_noted(data: bytes, note: str) -> None:
    """The text is kept, with a note on it."""
    assert note in " ".join(one(data).notes) and one(data).article


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf",
        b" \n\t\r\n\xc2\xa0\xe2\x80\x8b",
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00abc",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + bytes(range(1, 256)) * 8,
        b"text with a \x00 in it, which is odd",
        b"\xff\xfea\x00b",
        b"\x00\x01" * 40,
        b"\x1b[31m" * 40,
        bytes(range(128, 256)) * 4,
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    """Empty, blank, binary, in no encoding: a reason, and no traceback."""
    assert error(data).where == "a.txt"


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200), st.sampled_from(["a.txt", "a.md", "a.jsonl", "a.doc", "a", ""]))
def test_random_bytes_never_stop_a_run(data: bytes, name: str) -> None:
    """Every input gives an article or an error, never both and never neither; what is read can be written as UTF-8."""
    readings = list(read_bytes(data, name))
    assert readings
    for reading in readings:
        assert (reading.article is None) != (reading.error is None)
        if reading.article:
            assert reading.article.text.strip() and reading.article.text.encode("utf-8")


# ---------------------------------------------------------------------------------------------------- web pages


PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="{charset}"><title>Who pays?</title><meta name="author" content="Jane Doe">'
    '<meta property="article:published_time" content="2026-01-06T23:30:00-05:00"><link rel="canonical" href="https://example.org/a"></head>'
    "<body><nav>Home News Sport</nav><article><p>Macron said “no” to it on Tuesday, and Starmer said yes to the plan of the coalition.</p>"
    "<p>Sánchez left the question open until the parliament has voted on it.</p></article><footer>All rights reserved</footer></body></html>"
)  # fmt: skip
PAGE_TEXT = (
    "Macron said “no” to it on Tuesday, and Starmer said yes to the plan of the coalition.\n"
    "Sánchez left the question open until the parliament has voted on it."
)


def test_a_page_becomes_its_article() -> None:
    """Text without menus; title, author, day as written and address as the page says them; no range, for it is no slice."""
    for name in ("a.html", "a.HTM"):
        found = article(PAGE.format(charset="utf-8"), name)
        assert found == Article("a", PAGE_TEXT, "Who pays?", None, "Jane Doe", "2026-01-06", url="https://example.org/a", file=name)
    assert article(PAGE, "-").id == "stdin"


@pytest.mark.parametrize(
    ("charset", "encoding"), [("iso-8859-1", "utf-8"), ("utf-8", "cp1252"), ("iso-8859-1", "cp1252"), ("nonsense", "utf-16")]
)
def test_a_page_with_a_false_label_gives_the_right_text(charset: str, encoding: str) -> None:
    """What the bytes surely are goes before what the page says."""
    assert article(PAGE.format(charset=charset).encode(encoding), "a.html").text == PAGE_TEXT


def test_a_page_that_loses_its_text_says_so() -> None:
    """trafilatura keeps one of forty equal paragraphs."""
    page = "<html><body><article>" + "<p>The same paragraph again, said Macron on Tuesday evening.</p>" * 40 + "</article></body></html>"
    assert any("characters the page shows" in note for note in one(page, "a.html").notes)


@pytest.mark.parametrize(
    "page",
    [
        "<html><body></body></html>",
        "<html><body>" + "<div>" * 1000 + "Deep words here. " * 50 + "</div>" * 1000,
        '<!DOCTYPE html [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><p>&c;</p>',
        '<p>text</p><!ENTITY a SYSTEM "file:///etc/passwd">',
    ],
    ids=["empty", "deep", "entities", "external entity"],
)
def test_pages_that_cannot_be_read_are_refused(page: str) -> None:
    """Nothing in it, lost in depth, entities of its own: a reason."""
    assert error(page, "a.html").where == "a.html"


def test_a_page_that_takes_too_long_is_stopped() -> None:
    """Its process is killed at the limit."""
    begun = time.perf_counter()
    with pytest.raises(ReadError, match=r"longer than 1 s"):
        extract("<!--" * 100_000, "a.html", seconds=1)
    assert time.perf_counter() - begun < 4


# ---------------------------------------------------------------------------------------------------- collections


def test_a_collection_has_an_article_a_line() -> None:
    """Text untouched, date as day, unknown keys ignored, order kept, blank lines skipped."""
    items = [
        {"id": "a", "text": "  One.\r\n\n", "date": "2026-01-06T10:00:00Z", "title": "T", "topic": "x", "links": [1], "source": {"a": 1}},
        {
            "id": 7,
            "text": "Two é\u2028.",
            "published": "2026-01",
            "date": "2025",
            "published_inferred": True,
            "outlet": None,
            "range": "1-2",
        },
    ]
    data = "\ufeff" + "\n\n".join(json.dumps(item, ensure_ascii=False) for item in items) + "\r\n"
    first, second = read_bytes(data.encode("utf-8"), "f.jsonl")
    assert first.article == Article("a", "  One.\r\n\n", "T", published="2026-01-06", file="f.jsonl")
    assert second.article == Article("7", "Two é\u2028.", published="2026-01", published_inferred=True, file="f.jsonl")
    assert [r.article for r in read_bytes(second.source, second.name)] == [second.article]
    assert [r.article and r.article.id for r in read_bytes(data.removeprefix("\ufeff").encode("utf-8"), "-")] == ["a", "7"]


@pytest.mark.parametrize(("date", "published"), [(2026, "2026"), (20260106, None), (True, ""), ([2026], ""), (2026.5, ""), (None, "")])
def test_what_a_collection_says_in_numbers_counts_as_in_words(date: object, published: str | None) -> None:
    """A year is one, 20260106 is no date in either; what is neither words nor a whole number is left out, and that is noted."""
    reading = one(json.dumps({"id": "a", "text": "One.", "title": 7, "date": date}), "f.jsonl")
    if published is None:
        assert reading.error and reading.error.what == f"{date} is no date"
    else:
        assert reading.article and (reading.article.title, reading.article.published or "") == ("7", published)
        assert reading.notes == (() if published or date is None else ("date is no text, and is left out",))


@pytest.mark.parametrize(
    ("line", "what", "id"),
    [
        ("{", "no JSON object", ""),
        ("[1]", "no JSON object", ""),
        ("[" * 100_000, "no JSON object", ""),
        ('{"id": "x", "text": "\xff"}', "no JSON object", ""),
        ('{"text": "x"}', "no id", ""),
        ('{"id": true, "text": "x"}', "no id", ""),
        ('{"id": " ", "text": "x"}', "no id", ""),
        ('{"id": "x"}', "no text", "x"),
        ('{"id": "x", "text": 1}', "no text", "x"),
        ('{"id": "x", "text": " "}', "white space", "x"),
        ('{"id": "x", "text": "\\u0000"}', "binary", "x"),
        ('{"id": "x", "text": "\\ud800"}', "surrogate", "x"),
        ('{"id": "x", "text": "t", "date": "2026-13"}', "no date", "x"),
        ('{"id": "x\\u001b", "text": "t"}', "control character", "x\x1b"),
        ('{"id": "a", "text": "t"}', "twice", "a"),
    ],
)
def test_a_bad_line_is_named_and_the_others_go_on(line: str, what: str, id: str) -> None:
    """One reading a line, in order, with the id as far as it is known."""
    good = ['{"id": "a", "text": "One."}', '{"id": "b", "text": "Two."}']
    data = b"\n".join([good[0].encode(), line.encode("latin-1"), good[1].encode()])
    first, bad, last = read_bytes(data, "f.jsonl")
    assert first.article and last.article
    assert bad.error and what in bad.error.what and bad.error.where == "f.jsonl:2" and bad.id == id


def test_an_empty_collection_is_an_error() -> None:
    """Not a run that silently did nothing."""
    assert "empty" in error(b"\n \n", "f.jsonl").what


# ---------------------------------------------------------------------------------------------------- files


def test_what_cannot_be_read_becomes_a_reading(tmp_path: Path) -> None:
    """Missing, a pipe, an unknown suffix, too large, too many lines, a name too long, a folder with nothing in it: an error each."""
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "a.docx").write_bytes(b"x")
    (tmp_path / "large.txt").write_bytes(b"x" * 10_000_001)
    (tmp_path / "lines.txt").write_bytes(b"\n" * 200_000 + b"x")
    (tmp_path / "none").mkdir()
    for name in ("lines.txt", "missing.txt", "pipe.txt", "a.docx", "large.txt", "none", "x" * 400 + ".txt", "nul\0.txt", "a.docx/b.txt"):
        [reading] = [r for file in find_files([tmp_path / name]) for r in read_articles(file)]
        assert reading.article is None and reading.error and reading.error.where == str(tmp_path / name), name


def test_folders_give_their_articles_in_order(tmp_path: Path) -> None:
    """Only known suffixes, below too; no hidden ones, no annotations, nothing outside; a file that is named is taken as it is.

    What is no plain file is handed on, so that its reading says so.
    """
    outside = tmp_path / "outside"
    root = tmp_path / "root"
    for path in ("b.txt", "a.md", "c/d.HTML", "c/e.jsonl", "x.yaml", ".hidden.txt", ".git/a.txt", "annotations/a.txt", "z.docx"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("One.")
    outside.mkdir()
    (outside / "o.txt").write_text("Out.")
    (root / "link.txt").symlink_to(outside / "o.txt")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "inside.txt").symlink_to(root / "b.txt")
    (root / "broken.txt").symlink_to(root / "nowhere")
    (root / "long.txt").symlink_to("x" * 300)
    (root / "self.txt").symlink_to("self.txt")
    os.mkfifo(root / "pipe.txt")
    none = ["broken.txt", "long.txt", "pipe.txt", "self.txt"]
    found = list(find_files([root]))
    assert [p.relative_to(root).as_posix() for p in found] == sorted(["a.md", "b.txt", "c/d.HTML", "c/e.jsonl", "inside.txt", *none])
    assert all(reading.error for name in none for reading in read_articles(root / name))
    assert list(find_files([root / "z.docx", root / "link.txt"])) == [root / "z.docx", root / "link.txt"]


def test_files_are_read_as_their_bytes_are(tmp_path: Path) -> None:
    """A file and its bytes give the same readings, by every suffix; the source is kept whole."""
    for suffix in (s for s in SUFFIXES if s not in ARCHIVES):  # of those, test_archives
        data = PAGE.encode("utf-8") if suffix.startswith(".htm") else b'{"id": "a", "text": "Macron said no."}'
        path = tmp_path / f"f{suffix}"
        path.write_bytes(data)
        [from_file], [from_bytes] = read_articles(path), read_bytes(data, str(path))
        assert from_file == from_bytes and from_file.article and from_file.source == data


def test_a_name_that_is_no_utf8_can_be_printed(tmp_path: Path) -> None:
    """Its bytes are written out; the article needs an id of its own."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    path.write_text("One.")
    [reading] = read_articles(path)
    assert reading.name.endswith("\\udcff.txt") and reading.name.encode("utf-8")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2026", "2026"),
        ("2026-01", "2026-01"),
        ("2024-02-29", "2024-02-29"),
        ("2026-01-06T23:30:00-05:00", "2026-01-06"),
        ("2026-01-06 10:00", "2026-01-06"),
        ("2026-01-06T10:00:00Z", "2026-01-06"),
        ("2023-02-29", None),
        ("2026-1-6", None),
        ("20260106", None),
        ("2026-W02", None),
        ("2026-01-06T25:00", None),
        ("Tuesday", None),
        ("", None),
    ],
)  # fmt: skip
def test_dates_are_iso_and_real(words: str, expected: str | None) -> None:
    """Partial ones stay partial; of a time the day is taken as written, in its own zone; nothing asks a clock."""
    assert iso_date(words) == expected


@pytest.mark.parametrize(("suffix", "most"), [("txt", 4_000_000), ("md", 4_000_000), ("html", 10_000_000)])
def test_a_file_larger_than_an_article_is_not_read(tmp_path: Path, suffix: str, most: int) -> None:
    """Its size is looked at first, on stdin as well."""
    file = tmp_path / f"a.{suffix}"
    file.write_bytes(b"<html>" if suffix == "html" else b"words ")
    os.truncate(file, most + 1)
    [reading] = read_articles(file)
    assert reading.error and (reading.error.what, reading.source) == (f"the file is larger than {most:,} bytes", b"")
    with file.open("rb") as stream:
        [reading] = read_stream(stream)
        assert reading.error and (reading.error.what, reading.error.where) == (f"the file is larger than {most:,} bytes", "-")


def test_what_comes_on_stdin_is_what_its_beginning_says() -> None:
    """A text, a page, a collection whose lines are read one by one and may go on for ever."""
    for data in ("Macron said no.", PAGE, "", HEADER + "Words."):
        [found], [same] = read_stream(io.BytesIO(data.encode())), read_bytes(data.encode())
        assert (found.article, found.source, str(found.error)) == (same.article, same.source, str(same.error))
    lines = io.BytesIO(b'{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}\n')
    readings = read_stream(lines)
    assert next(readings).id == "a" and lines.tell() < len(lines.getvalue())
    assert [reading.id for reading in readings] == ["b"]


@pytest.mark.parametrize("before", ["\ufeff", "\n", " ", "\r\n \n", "\ufeff\n", "{bad\n", '{"id": "x", "text": \n'])
def test_a_collection_on_stdin_is_one_whatever_its_first_line(before: str) -> None:
    """A mark, blank lines and a damaged line before the first article make no text of it: all is as in a file, line numbers too."""
    data = (before + '{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}\n').encode()
    there = [(r.id, r.source, str(r.error).replace("-:", "f.jsonl:")) for r in read_stream(io.BytesIO(data))]
    assert there == [(r.id, r.source, str(r.error)) for r in read_bytes(data, "f.jsonl")]
    assert [id for id, _, error in there if error == "None"] == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_page_on_stdin_is_one_in_any_encoding(encoding: str) -> None:
    """Its markup is no text."""
    [found] = read_stream(io.BytesIO(("\n" + PAGE).encode(encoding)))
    assert found.article and found.article.text == article(PAGE, "a.html").text
