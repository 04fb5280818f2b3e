"""Web archives (WARC 1.0 and 1.1, as they are or in gzip members) -> the pages and texts in them, each with its own bytes.

fastwarc takes the records apart; it is given an open stream and never a name, which it would also fetch. Where an archive is
damaged, reading goes on at the next record that begins behind the last whole one, so that what a page holds counts as no record. Of
one that is cut in the middle of an archive, it goes on within, where records follow each other to beyond its end. An archive that is
one gzip member, and not one of each record, is unpacked first: nothing else parts its records.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from kg.errors import ReadError
from kg.text import one_line

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

LARGEST = 10_000_000  # bytes of one record, and of the page in it unpacked
MOST_UNPACKED = 1 << 32  # bytes of an archive in one gzip member
FOUND = (200, 203)  # answers that are the page; a part of one (206) is none
KINDS = {"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt"}

_GZIP, _BLANK = b"\x1f\x8b\x08", b"\r\n\r\n"
_MEMBER = re.compile(re.escape(_GZIP))
_BEGINS = re.compile(rb"WARC/1\.[0-9]\r?\n")
_HEADER = re.compile(
    _BEGINS.pattern + rb"(?:[^\r\n]+\r\n)*?Content-Length:[ \t]*([0-9]{1,18})[ \t]*\r\n(?:[^\r\n]+\r\n)*\r\n", re.IGNORECASE
)
_CHUNK = re.compile(rb"(?:\r?\n)?([0-9a-fA-F]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")
_CHUNK_CUT = re.compile(rb"\r?\n?[0-9a-fA-F]{0,16}[ \t]*(?:;[^\n]*)?\r?")  # in the line that says how long it is
_DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_TYPE = re.compile(rb"\nWARC-Type:", re.IGNORECASE)
_PIECE = 1 << 16
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


def pages(stream: IO[bytes], name: str) -> Iterator[Page]:
    """The pages and texts that servers answered with, in order; all other records are passed over.

    `stream` can be sought in. A record that is damaged, cut short or too large is told of, and so is an archive that has none.
    Raises ReadError where fastwarc is not installed.
    """
    empty = True
    with SpooledTemporaryFile(LARGEST) as unpacked:
        for at, record, source in _records(unpacked if _is_one_member(stream, unpacked) else stream, name):
            page = (
                _page(record, source, name) if record else _wrong(Page("", f"{name} at byte {at}"), "the archive is damaged here", _AGAIN)
            )
            if page:
                empty = False
                yield page
    if empty:
        yield _wrong(Page("", name), "there is no page and no text in this archive", "give one with answers of text/html")


def _is_one_member(stream: IO[bytes], unpacked: IO[bytes]) -> bool:
    """Whether an archive is one gzip member to its last byte, or as far as it came; `unpacked` then has what is in it."""
    stream.seek(0)
    member = zlib.decompressobj(31)
    try:
        while not member.eof and unpacked.tell() <= MOST_UNPACKED and (piece := member.unconsumed_tail or stream.read(_PIECE)):
            unpacked.write(member.decompress(piece, _PIECE))
    except (OSError, zlib.error):  # no room for it, or it is damaged, which is told as of any other
        return False
    return unpacked.tell() <= MOST_UNPACKED and not member.unused_data and not stream.read(1)


def _records(stream: IO[bytes], name: str) -> Iterator[tuple[int, WarcRecord | None, bytes]]:
    """Where each answer stands, its header, and all of it, empty where that is too large; no header where the archive is damaged."""
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError:
        raise ReadError("reading web archives needs fastwarc, which is not installed", name, "pip install proviso-kg[warc]") from None
    start, told = 0, False
    while start >= 0:
        stream.seek(start)
        at, whole, end = start, -1, -1  # where the record that was read last begins, its length where it was whole, where it ends if not
        try:
            for record in ArchiveIterator(stream, parse_http=False):
                at, length, whole, told = record.stream_pos, record.content_length, -1, False
                is_answer = _is_answer(record)
                source = _written(record) if is_answer and length <= LARGEST else b""
                if (end := _cut(stream, at)) >= 0:
                    break
                if source and (held := _held(stream, at, len(source))) < len(source) - len(_BLANK):
                    source, told = source[:held] + _BLANK, True  # the rest is of the next member
                if is_answer:
                    yield at, record, source
                record.consume()
                whole = length
                if told:
                    break
            if end < 0 and (whole < 0 or not _follows(stream, _end(stream, at, whole))):
                return
        except OSError:
            pass
        if end >= 0:
            start, told = _behind(stream, at, end), True
            stop = start if 0 <= start < end else stream.seek(0, io.SEEK_END)
            yield (at, record, source[: stop - at] + _BLANK) if source and stop < end else (at, None, b"")
            continue
        behind = _end(stream, at, whole) if whole >= 0 else at + 1
        if not told:
            yield behind if whole >= 0 else at, None, b""
        start, told = _next(stream, behind), True


def _is_answer(record: WarcRecord) -> bool:
    from fastwarc.warc import WarcRecordType

    return bool(record.record_type == WarcRecordType.response and record.is_http)


def _end(stream: IO[bytes], at: int, length: int) -> int:
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


def _claimed(stream: IO[bytes], at: int) -> int:
    """Where a record ends by its own account; -1 where it is packed, and so has a sum, or has no header."""
    stream.seek(at)
    found = _HEADER.match(stream.read(_PIECE))
    return at + found.end() + int(found[1]) if found else -1


def _following(stream: IO[bytes], at: int) -> int:
    """Where what follows a record begins; -1 where the record does not end as one does."""
    end, size = _claimed(stream, at), stream.seek(0, io.SEEK_END)
    if not 0 <= end <= size:
        return -1
    stream.seek(end)
    tail = stream.read(64)
    behind = _past_ends(stream, end)
    return behind if behind == size or tail.startswith(_BLANK) or _BEGINS.match(tail, behind - end) else -1


def _cut(stream: IO[bytes], at: int) -> int:
    """Where a record that is cut would have ended; -1 where it is whole. The stream stays where it is."""
    back = stream.tell()
    stream.seek(at)
    header = stream.read(_PIECE).partition(_BLANK)[0]
    if len(_TYPE.findall(header)) > 1 and (found := _BEGINS.search(header, 1)):  # cut in its header, which goes on with the next one's
        end = at + found.start()
    else:
        end = -1 if _following(stream, at) >= 0 else _claimed(stream, at)
    stream.seek(back)
    return end


def _held(stream: IO[bytes], at: int, most: int) -> int:
    """How many bytes the gzip member at a place holds, `most` where they are more or it is none. The stream stays where it is."""
    back, held = stream.tell(), 0
    stream.seek(at)
    piece, member = stream.read(_PIECE), zlib.decompressobj(31)
    try:
        while piece and not member.eof and held < most:
            held += len(member.decompress(piece, _PIECE))
            piece = member.unconsumed_tail or stream.read(_PIECE)
    except zlib.error:
        held = most
    stream.seek(back)
    return held if member.eof else most


def _behind(stream: IO[bytes], at: int, end: int) -> int:
    """Where a record begins behind one that is cut: from there on one follows another to beyond where that would have ended, which what
    a page holds does not. -1 where none does.
    """
    end = min(end, stream.seek(0, io.SEEK_END))
    found = _next(stream, at + 1)
    while 0 <= found < end:
        last = found
        while last < end and (following := _following(stream, last)) >= 0:
            last = following
        if last >= end:
            break
        found = _next(stream, last + 1)
    return found


def _past_ends(stream: IO[bytes], at: int) -> int:
    """Where the line ends at a place are over."""
    stream.seek(at)
    tail = stream.read(64)
    return at + len(tail) - len(tail.lstrip(b"\r\n"))


def _follows(stream: IO[bytes], at: int) -> bool:
    """Whether there is more than line ends from here on."""
    stream.seek(at)
    return bool(stream.read(64).strip())


def _next(stream: IO[bytes], at: int) -> int:
    """Where a record may begin, at `at` or behind it; -1 where none does."""
    stream.seek(0)
    begins = _MEMBER if stream.read(3) == _GZIP else _BEGINS
    stream.seek(at)
    before = b""
    while piece := stream.read(_PIECE):
        begin, piece = stream.tell() - len(piece) - len(before), before + piece
        if found := begins.search(piece):
            return begin + found.start()
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
    start = page.source.index(_BLANK) + len(_BLANK)
    if _differs(page.source[start : start + record.content_length], record.headers.get("WARC-Block-Digest") or ""):
        return _wrong(page, "the record's bytes do not have its digest", _AGAIN)
    cut = _wrong(page, "the page was cut short when it was fetched", "fetch it again, whole")
    try:
        record.parse_http(auto_decode="none")
        headers, kind = record.http_headers, KINDS.get((record.http_content_type or "").lower(), "")
        if not kind or headers is None or headers.status_code not in FOUND:
            return None
        promised = "" if headers.get("Transfer-Encoding") else headers.get("Content-Length") or ""
        if record.headers.get("WARC-Truncated") or (promised.isdecimal() and int(promised) > record.content_length):
            return cut
        body = record.reader.read()
        codings = ",".join([*headers.get_multiple("Content-Encoding"), *headers.get_multiple("Transfer-Encoding")]).lower().split(",")
        for coding in reversed(codings):
            if len(body) <= LARGEST:
                body = _decoded(body, coding.strip())
    except EOFError:
        return cut
    except (OSError, ValueError, zlib.error) as error:
        return _wrong(page, f"the record's content cannot be unpacked: {one_line(str(error))}", _AGAIN)
    if len(body) > LARGEST:
        return _wrong(page, f"the page is larger than {LARGEST:,} bytes", "save the article as a file of its own")
    return replace(page, kind=kind, charset=record.http_charset or "", body=body)


def _differs(block: bytes, told: str) -> bool:
    """Whether a block surely has not the digest that is told, such as `sha1:` and base32 or hex; one that cannot be checked may be right.

    >>> _differs(b"", "md5:d41d8cd98f00b204e9800998ecf8427e"), _differs(b"x", "md5:d41d8cd98f00b204e9800998ecf8427e"), _differs(b"", "new:x")
    (False, True, False)
    """
    name, _, value = told.partition(":")
    name, value = name.strip().lower().replace("-", ""), value.strip().rstrip("=").lower()
    if name not in _DIGESTS:
        return False
    digest = hashlib.new(name, block, usedforsecurity=False).digest()
    forms = (digest.hex(), base64.b32encode(digest).decode().rstrip("=").lower())
    return len(value) in map(len, forms) and value not in forms


def _decoded(body: bytes, coding: str) -> bytes:
    """What a server encoded so, not much of it beyond `LARGEST` bytes; raises EOFError where its end is missing, and what else the decoders do."""
    from fastwarc.stream_io import BrotliReader, ZstdReader

    stream, most = io.BytesIO(body), LARGEST + 1
    match coding:
        case "" | "identity":
            return body
        case "chunked":
            return _joined(body)
        case "gzip" | "x-gzip":
            return gzip.GzipFile(fileobj=stream).read(most)
        case "deflate":
            packed = zlib.decompressobj()
            plain = packed.decompress(body, most)
            if not packed.eof and len(plain) < most:
                raise EOFError
            return plain
        case "br":
            return BrotliReader(stream).read(most)
        case "zstd":
            return ZstdReader(stream).read(most)
    raise ValueError(f"nobody knows the encoding {coding}")


def _joined(body: bytes) -> bytes:
    """The chunks of a body, each of which begins with its length; raises EOFError where the empty one that ends them is missing."""
    chunks: list[bytes] = []
    at = 0
    while found := _CHUNK.match(body, at):
        at = found.end() + int(found[1], 16)
        if at == found.end():
            return b"".join(chunks)
        chunks.append(body[found.end() : at])
    if at >= len(body) or _CHUNK_CUT.fullmatch(body, at):
        raise EOFError
    raise ValueError("a chunk does not begin with its length")


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
