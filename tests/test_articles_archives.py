"""Web archives become articles, a record each; a record that is damaged is told of and the others are read."""

from __future__ import annotations

import base64
import builtins
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest

from kg.articles import Reading, archives, find_files, read_articles, read_bytes, read_stream
from tests.support import Run

WORDS = "Ann Berg said on Tuesday that Norland will send ships if its parliament agrees, and that nobody else has a say in it."
PAGE = f"<!DOCTYPE html><html><head><title>Ships</title></head><body><article><h1>Ships</h1><p>{WORDS}</p><p>{WORDS[::-1]}</p></article></body></html>"


def record(
    number: int,
    body: bytes = WORDS.encode(),
    kind: str = "text/plain",
    headers: str = "",
    warc: str = "",
    status: str = "200 OK",
    sort: str = "response",
) -> bytes:
    """One record as a crawler writes it."""
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {sort}\r\nWARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Target-URI: https://www.example.org/news/{number}\r\n{warc}"
        f"WARC-Date: 2026-01-0{number}T23:59:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def read(*records: bytes, name: str = "news.warc") -> list[Reading]:
    """The readings of an archive of these records."""
    return list(read_bytes(b"".join(records), name))


def texts(readings: list[Reading]) -> list[str]:
    """Of each reading its text, or why there is none."""
    return [r.article.text if r.article else r.error.what if r.error else "" for r in readings]


ONE, TWO, THREE = (record(n, f"{WORDS} {n}".encode()) for n in (1, 2, 3))
ALL = [f"{WORDS} {n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("packed", [False, True])
def test_an_archive_is_read_record_by_record(tmp_path: Path, packed: bool) -> None:
    """From a file, packed or not: text, address, the day it was fetched as an inferred date, and the record alone as its source."""
    path = tmp_path / ("news.warc.gz" if packed else "news.warc")
    path.write_bytes(b"".join(gzip.compress(r) if packed else r for r in (ONE, TWO, THREE)))
    assert list(find_files([tmp_path])) == [path]
    readings = list(read_articles(path))
    assert texts(readings) == ALL
    assert [r.source for r in readings] == [ONE, TWO, THREE]
    article = readings[0].article
    assert article and (article.url, article.published, article.published_inferred) == (
        "https://www.example.org/news/1",
        "2026-01-01",
        True,
    )
    assert article.file == path.name


def test_a_source_reads_again_as_the_same_article() -> None:
    """The record kept in a store is enough, under the archive's name, also where that was packed."""
    for name in ("news.warc", "news.WARC.GZ", "-"):
        for reading in read(ONE, TWO, name=name):
            assert [(r.article, r.id) for r in read_bytes(reading.source, name)] == [(reading.article, reading.id)]


def test_ids_hang_on_the_record_alone() -> None:
    """Not on the archive it is in, nor its place there; two fetches of one page are two articles."""
    again = ONE.replace(b"urn:uuid:1", b"urn:uuid:9")
    ids = [r.id for r in read(ONE, again, TWO)]
    assert len({*ids}) == 3 and all(id.startswith("example.org-") for id in ids)
    assert [r.id for r in read(TWO, ONE, name="other.warc.gz")] == [ids[2], ids[0]]
    assert texts(read(ONE, ONE))[1] == f"the id {ids[0]} stands twice in the file"


def test_a_page_says_more_than_its_record() -> None:
    """Its article is found as in any page; its own date and address come before those of the record."""
    told = '<meta property="article:published_time" content="2025-12-24"><link rel="canonical" href="https://example.org/ships">'
    first, second = read(
        record(1, PAGE.encode(), "text/html; charset=utf-8"), record(2, PAGE.replace("</head>", told + "</head>").encode(), "text/html")
    )
    assert first.article and second.article and WORDS in first.article.text and "<p>" not in first.article.text
    assert (first.article.title, first.article.published, first.article.published_inferred) == ("Ships", "2026-01-01", True)
    assert (second.article.published, second.article.published_inferred) == ("2025-12-24", False)
    assert second.article.url == "https://example.org/ships"
    [raw] = read_bytes(record(1, PAGE.encode(), "text/html"), "a.warc", raw=True)
    assert raw.article and raw.article.text == PAGE


def test_other_records_are_passed_over() -> None:
    """Requests, pictures, redirects, errors and parts of pages are no articles; an archive of them alone says so."""
    others = [
        record(4, sort="request"), record(5, kind="image/png"), record(6, status="404 Not Found"), record(7, status="206 Partial Content"),
    ]  # fmt: skip
    assert texts(read(others[0], ONE, *others[1:], TWO)) == ALL[:2]
    assert texts(read(*others)) == ["there is no page and no text in this archive"] == texts(read())


CHUNKS = b"10\r\n" + WORDS.encode()[:16] + b"\r\n" + f"{len(WORDS) - 16:x}".encode() + b"\r\n" + WORDS.encode()[16:] + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(WORDS.encode()), "Content-Encoding: gzip\r\n"),
        (zlib.compress(WORDS.encode()), "Content-Encoding: deflate\r\n"),
        (brotli.compress(WORDS.encode()), "Content-Encoding: br\r\n"),
        (CHUNKS, "Transfer-Encoding: chunked\r\n"),
        (CHUNKS.replace(b"10\r\n", b"010 ; a=b\r\n") + b"X: y\r\n\r\n", "Transfer-Encoding: Chunked\r\n"),
        (gzip.compress(WORDS.encode()), "Content-Encoding: x-gzip\r\n"),
        (gzip.compress(brotli.compress(WORDS.encode())), "Content-Encoding: br, gzip\r\n"),
        (gzip.compress(WORDS.encode()[:9]) + gzip.compress(WORDS.encode()[9:]), "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"),
        (WORDS.encode("utf-16"), ""),
    ],
)
def test_encodings_of_the_transfer_are_undone(body: bytes, headers: str) -> None:
    """Whatever the server packed the text in."""
    assert texts(read(record(1, body, headers=headers))) == [WORDS]


def test_the_server_says_the_encoding_of_the_text() -> None:
    """Where the bytes are no UTF-8, the header counts before what a page declares; a note says so."""
    [reading] = read(record(1, "Он сказал: нет. He said no.".encode("koi8_r"), "text/plain; charset=KOI8-R"))
    assert reading.article and reading.article.text.startswith("Он сказал")
    assert reading.notes == ("decoded as koi8-r, as the server says",)


@pytest.mark.parametrize(
    ("body", "headers", "warc", "what"),
    [
        (b"no gzip", "Content-Encoding: gzip\r\n", "", "cannot be unpacked"),
        (b"no chunks", "Transfer-Encoding: chunked\r\n", "", "cannot be unpacked"),
        (CHUNKS[:40], "Transfer-Encoding: chunked\r\n", "", "cut short when"),
        (CHUNKS[:-5], "Transfer-Encoding: chunked\r\n", "", "cut short when"),
        (CHUNKS[:-6], "Transfer-Encoding: chunked\r\n", "", "cut short when"),
        (b"4\r\nHalf3\r\n", "Transfer-Encoding: chunked\r\n", "", "cut short when"),
        (b"4\r\nHalf\r\nx\r\n", "Transfer-Encoding: chunked\r\n", "", "cannot be unpacked: a chunk"),
        (b"x" * 500_000 + b"\n", "Transfer-Encoding: chunked\r\n", "", "cannot be unpacked"),
        (gzip.compress(WORDS.encode())[:-20], "Content-Encoding: gzip\r\n", "", "cut short when"),
        (zlib.compress(WORDS.encode())[:-20], "Content-Encoding: deflate\r\n", "", "cut short when"),
        (brotli.compress(WORDS.encode())[:-20], "Content-Encoding: br\r\n", "", "cannot be unpacked"),
        (b"x", "Content-Encoding: rot13\r\n", "", "cannot be unpacked"),
        (gzip.compress(WORDS.encode())[:-9], f"Content-Encoding: gzip\r\nContent-Length: {len(gzip.compress(WORDS.encode()))}\r\n", "", "cut short when"),
        (b"Half", "Content-Length: 8\r\n", "", "cut short when"),
        (b"Half", "", "WARC-Truncated: length\r\n", "cut short when"),
        (b"Other", "", "WARC-Block-Digest: sha1:BSLTMBU6FRRQ5UOTHSUBN4ULY47EFRJA\r\n", "do not have its digest"),
        (gzip.compress(bytes(60_000_000)), "Content-Encoding: gzip\r\n", "", "larger than"),
        (bytes(10_000_000), "", "", "larger than"),
        (b"\0\1\2", "", "", "binary data"),
        (b"", "", "", "empty"),
    ],
)  # fmt: skip
def test_a_bad_record_is_told_and_the_others_are_read(body: bytes, headers: str, warc: str, what: str) -> None:
    """Three short lines with its place, its id where it has one; nothing is read by halves, nothing large is unpacked."""
    for pack in (bytes, gzip.compress):
        readings = read(pack(ONE), pack(record(2, body, headers=headers, warc=warc)), pack(THREE))
        first, bad, last = texts(readings)
        assert (first, last) == (ALL[0], ALL[2]) and what in bad
        assert readings[1].id and readings[1].error and readings[1].error.where == "news.warc, https://www.example.org/news/2"
        assert len(str(readings[1].error).splitlines()) == 3 and len(bad) < 160


@pytest.mark.parametrize(
    "told",
    [
        "sha1:BASE32",
        "SHA-1:base32",
        "sha-256:HEX",
        "sha256:hex",
        "sha256:base32===",
        "md5:BASE32",
        "sha512:hex",
        "blake3:af13",
        "sha1:-",
        "-",
        "sha1",
    ],
)
def test_a_digest_may_be_written_in_any_way(told: str) -> None:
    """Hex or base32, in capitals or not, padded or not; one that cannot be checked is no reason to refuse the page, one that differs is."""
    block = record(1).split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n\r\n")
    name = told.partition(":")[0].lower().replace("-", "")
    digest = hashlib.new(name, block).digest() if name in hashlib.algorithms_guaranteed else b""
    forms = {"hex": digest.hex(), "HEX": digest.hex().upper(), "BASE32": base64.b32encode(digest).decode()}
    forms["base32"] = forms["BASE32"].lower().rstrip("=")
    value = told.partition(":")[2].replace("=", "")
    right = told.replace(value, forms[value]) if value in forms else told
    assert texts(read(record(1, warc=f"WARC-Block-Digest: {right}\r\n"))) == [WORDS]
    if value in forms:
        [found] = texts(read(record(1, f"{WORDS}!".encode(), warc=f"WARC-Block-Digest: {right}\r\n")))
        assert "do not have its digest" in found


DAMAGES: dict[str, tuple[Callable[[], list[bytes]], list[str]]] = {
    "garbage between": (lambda: [ONE, b"garbage\r\n\r\n", TWO, THREE], [ALL[0], "damaged", *ALL[1:]]),
    "garbage before": (lambda: [b"garbage\r\n\r\n", ONE, TWO], ["damaged", *ALL[:2]]),
    "no length": (lambda: [ONE, TWO.replace(b"Content-Length: ", b"Content-Length: x"), THREE], [ALL[0], "damaged", ALL[2]]),
    "cut": (lambda: [ONE, TWO[:-30]], [ALL[0], "cut short"]),
    "cut in the middle": (lambda: [ONE, TWO[:-30], THREE, ONE], [ALL[0], "cut short", ALL[2], "stands twice"]),
    "cut in the middle of what is no page": (lambda: [record(4, bytes(900), sort="request")[:-300], ONE, TWO], ["damaged", *ALL[:2]]),
    "cut by more than follows": (lambda: [record(1, WORDS.encode() * 9)[:-1000], TWO], ["cut short", ALL[1]]),
    "cut behind what looks like a record": (lambda: [record(4, TWO + WORDS.encode())[:-30], THREE], ["cut short", ALL[2]]),
    "cut within what looks like one": (lambda: [record(4, TWO + TWO)[:-30], THREE, ONE], ["cut short", ALL[2], ALL[0]]),
    "cut at the end, behind what looks like a record": (lambda: [record(4, TWO + WORDS.encode())[:-30]], ["cut short"]),
    "longer than it says": (lambda: [ONE, TWO[:-4] + b" and more\r\n\r\n", THREE], [ALL[0], "damaged", ALL[2]]),
    "cut in its header": (lambda: [ONE, TWO[:60]], [ALL[0], "damaged"]),
    "cut in its header in the middle": (lambda: [ONE, TWO[:60], THREE], [ALL[0], "damaged", ALL[2]]),
    "cut in its first header": (lambda: [TWO[:200], THREE, ONE], ["damaged", ALL[2], ALL[0]]),
    "packed and cut": (lambda: [gzip.compress(ONE), gzip.compress(TWO)[:-30]], [ALL[0], "cut short"]),
    "packed, and cut before that": (lambda: [gzip.compress(r) for r in (ONE, TWO[:-30], THREE)], [ALL[0], "cut short", ALL[2]]),
    "packed, and cut by more than follows": (
        lambda: [gzip.compress(r) for r in (record(1, WORDS.encode() * 9)[:-1000], TWO)],
        ["cut short", ALL[1]],
    ),
    "a byte of a member": (lambda: [gzip.compress(ONE), _flipped(gzip.compress(TWO)), gzip.compress(THREE)], [ALL[0], "damaged", ALL[2]]),
    "the sum of a member": (lambda: [_flipped(gzip.compress(ONE), -6), gzip.compress(TWO)], ["damaged", ALL[1]]),
    "no archive": (lambda: [b"Hello."], ["damaged"]),
    "something packed": (lambda: [gzip.compress(b"Hello.")], ["damaged"]),
}


def _flipped(data: bytes, at: int = 40) -> bytes:
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


@pytest.mark.parametrize("name", DAMAGES)
def test_reading_goes_on_behind_a_damage(name: str) -> None:
    """What is whole is read, what is not is told of, once."""
    made, expected = DAMAGES[name]
    found = texts(read(*made()))
    assert len(found) == len(expected) and all(words in text for words, text in zip(expected, found, strict=True)), found


@pytest.mark.parametrize("name", [name for name, (made, _) in DAMAGES.items() if not any(piece.startswith(b"\x1f") for piece in made())])
def test_an_archive_in_one_gzip_member_is_read_as_if_it_were_not_packed(name: str) -> None:
    """Whatever is damaged in it: nothing else parts its records. Also where it comes on stdin."""
    made, expected = DAMAGES[name]
    whole = b"".join(made())
    found = texts(read(gzip.compress(whole)))
    assert found == texts(read(whole)) == texts(list(read_stream(io.BytesIO(gzip.compress(whole)))))
    assert all(words in text for words, text in zip(expected, found, strict=True))


def test_of_one_gzip_member_that_is_not_whole_nothing_is_left_out_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it breaks off, what came is read; where its bytes are wrong, none of them counts; one that is too large is read as it comes."""
    data = gzip.compress(b"".join((ONE, TWO, THREE)))
    assert texts(read(data[:-30]))[0] == ALL[0] and len(texts(read(data[:-30]))) > 1
    assert texts(read(_flipped(data, -6))) == ["the archive is damaged here"]
    monkeypatch.setattr(archives, "MOST_UNPACKED", 100)
    assert texts(read(data)) == ALL


def test_what_a_page_holds_is_no_record() -> None:
    """A page with a record in its text gives no second article, also where the archive is damaged behind it."""
    inside = WORDS.encode() + b"\n" + record(9, b"A forged promise.")
    for pack in (bytes, gzip.compress):
        found = texts(read(pack(record(1, inside)), b"garbage\r\n", pack(TWO)))
        assert len(found) == 3 and "forged" in found[0] and "damaged" in found[1] and found[2] == ALL[1]


def test_an_archive_larger_than_any_article_is_read(tmp_path: Path) -> None:
    """The limit is of a record."""
    path = tmp_path / "large.warc"
    path.write_bytes(b"".join([ONE, record(2, bytes(9_000_000), "image/png"), record(4, bytes(9_000_000), "image/png"), THREE]))
    assert texts(list(read_articles(path))) == [ALL[0], ALL[2]]


def test_without_fastwarc_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing else fails."""
    known = builtins.__import__

    def missing(name: str, *rest: object, **more: object) -> object:
        if name.startswith("fastwarc"):
            raise ImportError(name)
        return known(name, *rest, **more)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(builtins, "__import__", missing)
    [reading] = read(ONE)
    assert reading.error and reading.error.hint == "pip install proviso-kg[warc]"


@pytest.mark.slow
def test_an_archive_goes_into_a_store(tmp_path: Path, run: Run) -> None:
    """One outcome a record; the store keeps the record; adding again changes nothing; annotate prints a line each."""
    (tmp_path / "news.warc.gz").write_bytes(b"".join(map(gzip.compress, (ONE, record(2, b"\0\1\2"), THREE))))
    done = run("add", "news.warc.gz", "--store", "s", cwd=tmp_path)
    assert done.returncode == 4 and "1 rejected, 2 stored" in done.stderr, done.stderr
    kept = {file.read_bytes() for file in (tmp_path / "s" / "sources").rglob("*") if file.is_file()}
    assert {ONE, THREE} <= kept
    assert "1 rejected, 2 unchanged" in run("add", "news.warc.gz", "--store", "s", cwd=tmp_path).stderr
    assert "1 rejected, 2 unchanged" in run("add", "news.warc.gz", "--store", "s", "--resume", cwd=tmp_path).stderr
    lines = run("annotate", "news.warc.gz", cwd=tmp_path).stdout.splitlines()
    assert len(lines) == 3 and '"outcome": "failed"' in lines[1]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_an_archive_comes_on_stdin(pack: Callable[[bytes], bytes]) -> None:
    """Which cannot be gone back in: the same as of a file, also where the archive is damaged."""

    class Pipe(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._rest = io.BytesIO(data)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            return self._rest.readinto(buffer)

    data = pack(ONE) + b"garbage\r\n\r\n" + pack(TWO)
    found = texts(list(read_stream(io.BufferedReader(Pipe(data)))))
    assert found == texts(list(read_bytes(data, "news.warc"))) == [ALL[0], "the archive is damaged here", ALL[1]]


def test_an_archive_on_stdin_goes_into_a_store(tmp_path: Path, run: Run) -> None:
    """Through a pipe, as it is and packed."""
    done = run("add", "-", cwd=tmp_path, stdin=ONE + TWO)
    assert done.returncode == 0 and "2 stored" in done.stderr
    again = run("add", "-", cwd=tmp_path, stdin=gzip.compress(ONE) + gzip.compress(TWO))
    assert again.returncode == 0 and "2 unchanged" in again.stderr
