"""Web archives (WARC 1.0 and 1.1, as they are or in gzip members) -> the pages and texts in them, each with its own bytes.

fastwarc takes the records apart; it is given an open stream and never a name, which it would also fetch. Where an archive is
damaged, reading goes on at the next record that begins behind the last whole one, so that what a page holds counts as no record.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from kg.errors import ReadError

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

LARGEST = 10_000_000  # bytes of one record, and of the page in it unpacked
FOUND = (200, 203)  # answers that are the page; a part of one (206) is none
KINDS = {"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt"}

_GZIP, _BLANK = b"\x1f\x8b\x08", b"\r\n\r\n"
_BEGINS = re.compile(rb"\n(?=WARC/1\.[0-9]\r?\n)")
_PIECE = 1 << 20
_AGAIN = "fetch or copy it again; the records around it are read"


@dataclass(frozen=True, slots=True)
class Page:
    """One record that is a page or a text: `body` is what the server meant, `kind` the suffix of a file that holds such.

    `source` is the record itself, header and all, out of its gzip member: an archive of one record. `fetched` is its date as
    it stands there, `charset` what the server said. `error` says why there is no body.
    """

    id: str
    where: str
    url: str = ""
    fetched: str = ""
    source: bytes = b""
    kind: str = ""
    charset: str = ""
    body: bytes = b""
    error: ReadError | None = None


def pages(stream: BinaryIO, name: str) -> Iterator[Page]:
    """The pages and texts that servers answered with, in order; all other records are passed over.

    `stream` can be sought in. A record that is damaged, cut short or too large is told of, and so is an archive that has none.
    Raises ReadError where fastwarc is not installed.
    """
    empty = True
    for at, record, source in _records(stream, name):
        page = _page(record, source, name) if record else _wrong(Page("", f"{name} at byte {at}"), "the archive is damaged here", _AGAIN)
        if page:
            empty = False
            yield page
    if empty:
        yield _wrong(Page("", name), "there is no page and no text in this archive", "give one with answers of text/html")


def _records(stream: BinaryIO, name: str) -> Iterator[tuple[int, WarcRecord | None, bytes]]:
    """Where each answer stands, its header, and all of it, empty where that is too large; no header where the archive is damaged."""
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError:
        raise ReadError("reading web archives needs fastwarc, which is not installed", name, "pip install proviso-kg[warc]") from None
    start, told = 0, False
    while start >= 0:
        stream.seek(start)
        at, whole = start, -1  # where the record that was read last begins, and its length where it was whole
        try:
            for record in ArchiveIterator(stream, parse_http=False):
                at, length, whole, told = record.stream_pos, record.content_length, -1, False
                if _is_answer(record):
                    yield at, record, _written(record) if length <= LARGEST else b""
                record.consume()
                whole = length
            if whole < 0 or not _follows(stream, _end(stream, at, whole)):
                return
        except OSError:
            pass
        behind = _end(stream, at, whole) if whole >= 0 else at + 1
        if not told:
            yield behind if whole >= 0 else at, None, b""
        start, told = _next(stream, behind), True


def _is_answer(record: WarcRecord) -> bool:
    from fastwarc.warc import WarcRecordType

    return bool(record.record_type == WarcRecordType.response and record.is_http)


def _end(stream: BinaryIO, at: int, length: int) -> int:
    """Where a whole record ends: its gzip member, or the bytes that its header promises."""
    stream.seek(at)
    piece = stream.read(_PIECE)
    if not piece.startswith(_GZIP):
        return at + max(1, piece.find(_BLANK) + len(_BLANK) + length)
    member = zlib.decompressobj(31)
    try:
        while piece and not member.eof:
            member.decompress(piece, _PIECE)
            piece = member.unconsumed_tail or stream.read(_PIECE)
    except zlib.error:  # what is wrong comes behind the record
        return at + 1
    return max(at + 1, stream.tell() - len(member.unused_data) - len(piece))


def _follows(stream: BinaryIO, at: int) -> bool:
    """Whether there is more than line ends from here on."""
    stream.seek(at)
    return bool(stream.read(64).strip())


def _next(stream: BinaryIO, at: int) -> int:
    """Where a record may begin, at `at` or behind it; -1 where none does."""
    stream.seek(0)
    packed = stream.read(3) == _GZIP
    stream.seek(max(0, at - 1))
    before = b""
    while piece := stream.read(_PIECE):
        begin, piece = stream.tell() - len(piece) - len(before), before + piece
        first = max(0, at - begin)
        found = piece.find(_GZIP, first) if packed else next((m.end() for m in _BEGINS.finditer(piece, max(0, first - 1))), -1)
        if found >= 0:
            return begin + found
        before = piece[-12:]  # shorter than what begins a record, and long enough for one that is cut by the piece's end
    return -1


def _written(record: WarcRecord) -> bytes:
    whole = io.BytesIO()
    record.write(whole)
    return whole.getvalue()


def _page(header: WarcRecord, source: bytes, name: str) -> Page | None:
    """What an answer holds; None where that is no page and no text."""
    url, fetched, length = header.headers.get("WARC-Target-URI") or "", header.headers.get("WARC-Date") or "", header.content_length
    url = url.strip("<>")
    id = _id(url, header.record_id or fetched)
    page = Page(id, f"{name}, {url[:80] or id}", url, fetched, source)
    if length > LARGEST:
        return _wrong(page, f"the record is larger than {LARGEST:,} bytes", "save the article as a file of its own")
    there = len(source) - source.index(_BLANK) - 2 * len(_BLANK)  # an end is written also where there was none
    if there < length:
        return _wrong(page, f"the record is cut short: it has {there:,} of {length:,} bytes", _AGAIN)
    return _unpacked(page)


def _unpacked(page: Page) -> Page | None:
    """The page with its body, without the encodings of the transfer; None where it is no page and no text."""
    from fastwarc.warc import ArchiveIterator

    record = next(iter(ArchiveIterator(io.BytesIO(page.source), parse_http=False)))
    if record.headers.get("WARC-Block-Digest") and not record.verify_block_digest():
        return _wrong(page, "the record's bytes do not have its digest", _AGAIN)
    try:
        record.parse_http(auto_decode="all")
        headers, kind = record.http_headers, KINDS.get((record.http_content_type or "").lower(), "")
        if not kind or headers is None or headers.status_code not in FOUND:
            return None
        body = record.reader.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        return _wrong(page, f"the record's content cannot be unpacked: {error}", _AGAIN)
    promised = "" if headers.get("Transfer-Encoding") else headers.get("Content-Length") or ""
    if record.headers.get("WARC-Truncated") or (promised.isdecimal() and int(promised) > record.content_length):
        return _wrong(page, "the page was cut short when it was fetched", "fetch it again, whole")
    if len(body) > LARGEST:
        return _wrong(page, f"the page is larger than {LARGEST:,} bytes", "save the article as a file of its own")
    return replace(page, kind=kind, charset=record.http_charset or "", body=body)


def _wrong(page: Page, what: str, hint: str) -> Page:
    return replace(page, error=ReadError(what, page.where, hint))


def _id(url: str, record: str) -> str:
    """The host and a hash of what names the record: WARC-Record-ID, which no other has, or the time where it lacks one."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    short = re.sub(r"[^a-z0-9.-]", "", host.removeprefix("www."))[:60] or "record"
    return f"{short}-{hashlib.sha256(f'{record} {url}'.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
