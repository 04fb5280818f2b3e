"""Files that are no articles, and texts in other encodings than they seem."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.faults.adding import GOOD, add, good
from bench.faults.scorecard import Case, Trial, row
from bench.faults.stores import article, kept, rows

_TEXT = (
    "“We will send troops if the Bundestag agrees,” Jürgen Müller said in a café in Köln – at a price of £5 for each. It’s agreed, he said."
)
_PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
_TEXTS = "SELECT ?text { ?a a <https://w3id.org/proviso#Article> ; <https://w3id.org/proviso#text> ?text } ORDER BY ?text"


def _packed() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", _TEXT)
    return made.getvalue()


# Name -> how it is made there, and words of the reason.
ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty.txt": (lambda file: file.write_bytes(b""), "empty"),
    "blank.md": (lambda file: file.write_bytes(b"\n \t\r\n\xc2\xa0\n"), "white space"),
    "mark.txt": (lambda file: file.write_bytes(b"\xef\xbb\xbf"), "white space"),
    "picture.txt": (lambda file: file.write_bytes(_PICTURE), "binary"),
    "packed.html": (lambda file: file.write_bytes(_packed()), "binary"),
    "squeezed.txt": (lambda file: file.write_bytes(gzip.compress(_TEXT.encode(), mtime=0)), "binary"),
    "zeros.txt": (lambda file: file.write_bytes(b"The \0chancellor \0said no. " * 20), "binary"),
    "document.pdf": (lambda file: file.write_bytes(b"%PDF-1.7\nThe chancellor said no."), "no article file: .pdf"),
    "large.txt": (lambda file: os.truncate(_made(file), 1 << 34), "larger than"),
    "pipe.txt": (os.mkfifo, "no plain file"),
    "nowhere.txt": (lambda file: file.symlink_to("nothing"), "no such file"),
    "wordless.html": (lambda file: file.write_bytes(b"<html><head><title>x</title></head><body></body></html>"), "no article"),
}  # fmt: skip


def _made(file: Path) -> Path:
    file.write_bytes(b"said ")
    return file


@row(22, "empty, binary and odd files", len(ODD), "rejected with a reason; the run goes on", quick=len(ODD), budget=120)
def odd(trial: Trial) -> Iterator[Case]:
    """All in one run, good articles before, among and after them: these alone are stored, with their bytes."""
    folder, store = trial.place("articles"), trial.place("store")
    first, middle, last = good(folder)
    files = [folder / name for name in ODD]
    for file in files:
        ODD[file.name][0](file)
    half = len(files) // 2
    added = add(trial, store, [first, *files[:half], middle, *files[half:], last])
    lost = [str(number) for number in GOOD if not kept(store, article(number).encode())]
    texts = rows(trial, store, _TEXTS)
    others = "" if len(texts) == len(GOOD) and not lost else f"{len(texts)} articles are stored; lost: {lost}"
    for name, (_, words) in ODD.items():
        wrong = added.wrong(name, "rejected", words) or others
        yield Case(not wrong, added.of[name].seconds if name in added.of else 0.0, wrong)


@dataclass(frozen=True, slots=True)
class Coded:
    """A file in some encoding: its bytes, whether its text must come out right, and what must be said of it."""

    data: bytes
    right: bool = True
    said: str = ""


def _page(label: str, encoding: str) -> bytes:
    shown = (
        _TEXT.replace("“", "&ldquo;").replace("”", "&rdquo;").replace("’", "&rsquo;").replace("–", "&ndash;")
        if encoding == "latin-1"
        else _TEXT
    )
    return f'<html><head><meta charset="{label}"><title>Troops</title></head><body><article><p>{shown}</p></article></body></html>'.encode(
        encoding
    )


CODED = {
    "western.txt": Coded(_TEXT.encode("cp1252"), said="decoded as cp1252, which is a guess"),
    "wide-little.txt": Coded(_TEXT.encode("utf-16")),
    "wide-big.txt": Coded(b"\xfe\xff" + _TEXT.encode("utf-16-be")),
    "bare-little.txt": Coded(_TEXT.encode("utf-16-le"), said="decoded as utf-16-le, which is a guess"),
    "bare-big.txt": Coded(_TEXT.encode("utf-16-be"), said="decoded as utf-16-be, which is a guess"),
    "marked.txt": Coded(_TEXT.encode("utf-8-sig")),
    "says-western.html": Coded(_page("iso-8859-1", "utf-8")),
    "says-unicode.html": Coded(_page("utf-8", "cp1252"), said="decoded as cp1252"),
    "says-wide.html": Coded(_page("utf-16", "utf-8")),
    "says-russian.html": Coded(_page("koi8-r", "cp1252"), right=False, said="decoded as koi8-r, as the page says"),
    "mixed.txt": Coded((4 * _TEXT).encode() + " – Müller".encode("cp1252"), right=False, said="decoded as utf-8, although 2 places are not"),
    "twice.txt": Coded(_TEXT.encode().decode("cp1252", "replace").encode(), right=False, said="the text was decoded wrongly before it was saved"),
}  # fmt: skip


@row(
    23, "encodings, and what files say of them", len(CODED), "the right text, or it says that it may be wrong", quick=len(CODED), budget=120
)
def coded(trial: Trial) -> Iterator[Case]:
    """The same words in each; what the store holds is compared with them, letter by letter."""
    folder, store = trial.place("articles"), trial.place("store")
    folder.mkdir()
    for name, file in CODED.items():
        (folder / name).write_bytes(file.data)
    added = add(trial, store, [folder])
    query = "SELECT (STR(?a) AS ?article) ?text { ?a <https://w3id.org/proviso#text> ?text } ORDER BY ?a"
    texts = {found["article"].rpartition("/")[2]: found["text"] for found in rows(trial, store, query)}
    for name, file in CODED.items():
        text = texts.get(Path(name).stem, "")
        wrong = added.wrong(name, "stored", file.said) or ("" if (text == _TEXT) == file.right else f"{name}: {json.dumps(text)}")
        silent = not wrong and file.right and not file.said and "decoded" in added.of[name].notes
        yield Case(not wrong and not silent, added.of[name].seconds if name in added.of else 0.0, wrong or added.of[name].notes)
