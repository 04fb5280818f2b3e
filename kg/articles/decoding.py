"""Bytes -> text: in the encoding they surely have, else in the likeliest one with a note, else not at all.

In this order: byte order mark, UTF-16 by where its zeros are, UTF-8, what a web page declares, Windows-1252 where that gives
words as English texts have them, and only then charset-normalizer: it takes Windows-1252 with three curly quotes for
Baltic (cp1257) and a Mac's text for Japanese (3.5.2).
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from kg.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),  # before UTF-16, whose mark theirs begins with
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_GUESSED = ["mac_roman", "cp1250", "cp1251", "koi8_r", "cp437", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "latin_1"]
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_HALF = re.compile("[\ud800-\udfff]")
_C1 = re.compile(r"[\x80-\x84\x86-\x9f]")  # without NEL, a line end
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""")
_LABELS = re.compile(r"(?:windows|cp|iso|latin|us-ascii|ascii|koi8|mac|gb|big5|euc|shift|sjis)[\w.:-]*$")  # not utf-7, unicode_escape, …
_TWICE = re.compile(r"â€[™œ˜¦“”\x9d\x9c]|Ã[©¨¡³±¶¼¤§]")
# What English texts never have: an accented capital inside a word or before one, a letter of words that are all accents.
_ODD = re.compile(r"[a-z.,!?][À-ÖØ-ÞŠŽŒŸ]|\b[ÒÓÔÕ](?=[A-Z\s])|[À-ÿ]{4}|[\x80-\x9f¤¦¨¬¯´¶¸¹ªº]")
_MEANT = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}  # as browsers read them

_SAVE_AS = "save it as UTF-8 text"


def decode(data: bytes, where: str, page: bool = False, told: str = "") -> tuple[str, tuple[str, ...]]:
    """The text the bytes hold, without a byte order mark, and notes on what a reader should know of it.

    `page` says that they are a web page, whose declared encoding counts where they are no UTF-8; `told` is the encoding that a
    server named, which counts before it. Raises ReadError where
    there are no words, where the bytes are no text, or in no encoding that can be told.

    >>> decode("“No”, he said.".encode("cp1252"), "a.txt")
    ('“No”, he said.', ('decoded as cp1252, which is a guess',))
    """
    if not data:
        raise ReadError("the file is empty", where, "give a file with text")
    text, encoding, notes = _decode(data, where, page, told)
    if encoding and _share(text, ("Cn", "Co")) > 0.01:
        raise _untold(where)
    return text, (*notes, *check_text(text, where))


def check_text(text: str, where: str) -> tuple[str, ...]:
    """Notes on what looks wrong in a text; raises ReadError where it is none: no visible character, NUL, too many controls.

    >>> check_text("It costs 5 \\x80.", "a.txt")
    ('1 C1 control characters: the encoding may be another one',)
    """
    if "\0" in text or len(_CONTROL.findall(text)) > 1 + len(text) // 1000:
        raise ReadError("this is binary data, not text", where, _SAVE_AS)
    if _HALF.search(text):
        raise ReadError("half a character: a lone surrogate, which no file can hold", where, "repair whatever wrote the text")
    if all(unicodedata.category(c)[0] in "ZC" for c in text):
        raise ReadError("there is nothing but white space", where, "give a file with text")
    counts = (
        (len(_CONTROL.findall(text)), "control characters in the text"),
        (len(_C1.findall(text)), "C1 control characters: the encoding may be another one"),
        (text.count("\ufffd"), "characters U+FFFD, where something could not be decoded"),
        (len(_TWICE.findall(text)), "places such as â€™: the text was decoded wrongly before it was saved"),
    )
    return tuple(f"{count} {what}" for count, what in counts if count)


def _decode(data: bytes, where: str, page: bool, told: str) -> tuple[str, str, tuple[str, ...]]:
    """Text, the name of the encoding where it was guessed, notes."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _strict(data[len(mark) :], encoding)
            if text is None:
                raise ReadError(f"it begins as {encoding.upper()}, but is not", where, _SAVE_AS)
            return text, "", ()
    if b"\0" in data:
        return _utf16(data, where)
    text = _strict(data, "utf-8")
    return (text, "", ()) if text is not None else _guess(data, where, page, told)


def _utf16(data: bytes, where: str) -> tuple[str, str, tuple[str, ...]]:
    """UTF-16 without a mark: in texts with spaces and line ends every other byte is often zero, on one side only.

    Bytes that are all of ASCII hold Latin letters, most of which bring a zero, or are no UTF-16.
    """
    even, odd = data[0::2].count(0), data[1::2].count(0)
    enough = len(data) // (4 if data.isascii() else 40)
    encoding = "utf-16-le" if odd > enough and not even else "utf-16-be" if even > enough and not odd else ""
    text = _strict(data, encoding) if encoding else None
    if text is None:
        raise ReadError("this is binary data, not text", where, _SAVE_AS)
    return text, encoding, (f"decoded as {encoding}, which is a guess",)


def _guess(data: bytes, where: str, page: bool, told: str) -> tuple[str, str, tuple[str, ...]]:
    found = _DECLARED.search(data[:4096]) if page else None
    for label, who in ((told.lower(), "server"), (found.group(1).decode("ascii").lower() if found else "", "page")):
        text = _strict(data, _MEANT.get(label, label)) if _LABELS.match(label) else None
        if text is not None:
            return text, label, (f"decoded as {label}, as the {who} says",)
    nearly = data.decode("utf-8", "replace")
    broken = nearly.count("\ufffd")
    if broken * 10 < sum(c > "\x7f" for c in nearly):
        return nearly, "utf-8", (f"decoded as utf-8, although {broken} places are not",)
    text = _strict(data, "cp1252")
    if text is not None and not _ODD.search(text):
        return text, "cp1252", ("decoded as cp1252, which is a guess",)
    if len(_CONTROL.findall(data.decode("latin-1"))) > 1 + len(data) // 1000:
        raise ReadError("this is binary data, not text", where, _SAVE_AS)
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=_GUESSED).best()
    if best is None:
        raise _untold(where)
    return str(best), best.encoding, (f"decoded as {best.encoding}, which is a guess",)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):  # LookupError: an encoding nobody knows
        return None


def _untold(where: str) -> ReadError:
    return ReadError("the encoding cannot be told", where, _SAVE_AS)


def _share(text: str, categories: tuple[str, ...]) -> float:
    return sum(unicodedata.category(c) in categories for c in text) / max(1, len(text))
