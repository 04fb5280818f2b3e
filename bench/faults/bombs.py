"""Pages, packed files and texts that are small to write and long to read, alone and among others."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.faults.adding import Added, Outcome, add, good
from bench.faults.scorecard import Case, Trial, row
from bench.faults.serving import listening
from bench.faults.stores import rows

LATE = 12.0  # seconds
MOST = 1 << 30  # bytes of memory
KEPT = 0.5  # of a page's words; where less came of them it must say so
_SENTENCE = "Norway said on Tuesday it would send 100 troops to the border if its parliament agrees. "
_PARAGRAPHS = "".join(f"<p>Part {n}. {_SENTENCE}</p>" for n in range(200))


@dataclass(frozen=True, slots=True)
class Bomb:
    """A file: what writes it, and words of the reason if it must be refused (else it may be, or not)."""

    name: str
    write: Callable[[Path], object]
    refused: str = ""


def _page(name: str, body: str, head: str = "", refused: str = "") -> Bomb:
    text = f"<!doctype html><html><head><title>Ships</title>{head}</head><body>{body}</body></html>"
    return Bomb(f"{name}.html", lambda file: file.write_text(text, "utf-8"), refused)


def _text(name: str, text: str, refused: str = "") -> Bomb:
    return Bomb(name, lambda file: file.write_text(text, "utf-8"), refused)


def _nested(tag: str, depth: int) -> str:
    return f"<{tag}>" * depth + _PARAGRAPHS + f"</{tag}>" * depth


def _gigabyte(file: Path) -> None:
    """A gzip that a gigabyte comes of; its zeros are packed once and stand in it a thousand times."""
    pack = zlib.compressobj(9, wbits=31)
    with file.open("wb") as stream:
        for _ in range(1024):
            stream.write(pack.compress(bytes(1 << 20)))
        stream.write(pack.flush())


_LAUGHS = "<!DOCTYPE html [" + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10)) + "]>"


def bombs(url: str) -> list[Bomb]:
    """Twenty of pages and packed files; `url` is an address that nobody may ask."""
    external = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{url}"><!ENTITY y SYSTEM "file:///etc/hostname">]>'
    return [
        *(_page(f"nested-{tag}-{depth}", _nested(tag, depth)) for tag, depth in (("div", 1000), ("div", 100_000), ("span", 20_000), ("blockquote", 5000), ("ul", 3000))),
        _page("tables", "<table><tr><td>" * 800 + _PARAGRAPHS),
        _page("unclosed", f"<p>{_SENTENCE}" * 20_000),
        _page("one-paragraph", f"<p>{_SENTENCE * 30_000}</p>"),
        _page("repeated", f"<p>{_SENTENCE}</p>" * 5000),
        _page("signs", "<" * 3_000_000),
        _page("comments", "<!--" * 200_000 + _PARAGRAPHS),
        _page("attributes", f"<p {' '.join(f'a{n}=x' for n in range(100_000))}>{_PARAGRAPHS}"),
        _page("references", "&amp;&#8217;&NotEqualTilde;" * 80_000),
        _page("script", f"<script>{'if (a < b) {' * 200_000}</script>{_PARAGRAPHS}"),
        _page("links", "<a href=x>Norway</a> " * 60_000),
        Bomb("laughs.html", lambda file: file.write_text(f"{_LAUGHS}<html><body><p>&a9;</p></body></html>", "utf-8"), "defines entities"),
        Bomb("external.html", lambda file: file.write_text(f"{external}<html><body><p>&x;&y;</p></body></html>", "utf-8"), "defines entities"),
        Bomb("gigabyte.txt.gz", _gigabyte, "no article file: .gz"),
        Bomb("packed.html", lambda file: file.write_bytes(gzip.compress(_PARAGRAPHS.encode(), mtime=0)), "binary"),
        Bomb("huge.html", lambda file: os.truncate(_begun(file), 1 << 34), "larger than"),
    ]  # fmt: skip


def _begun(file: Path) -> Path:
    file.write_bytes(b"<html><body><p>")
    return file


@row(25, "deep, huge and bomb HTML and gzip", 20, "done or failed within 12 s and 1 GiB, shrinking said", quick=6, budget=300)
def pages(trial: Trial) -> Iterator[Case]:
    """In one run, timed from outside; what was stored is compared with the words that were written."""
    with listening() as heard:
        chosen = trial.chance.sample(bombs(heard.url), trial.cases)
        folder, store = trial.place("articles"), trial.place("store")
        added = _added(trial, folder, store, chosen)
        texts = _texts(trial, store)
        for bomb in chosen:
            wrong = _wrong(added, bomb) or _shrunk(folder / bomb.name, texts.get(bomb.name), added.of[bomb.name]) or "; ".join(heard.came)
            yield Case(not wrong, added.of[bomb.name].seconds if bomb.name in added.of else LATE, f"{bomb.name}: {wrong}")


def _added(trial: Trial, folder: Path, store: Path, chosen: list[Bomb]) -> Added:
    """The run over all of them, good articles first, in the middle and last."""
    first, middle, last = good(folder)
    for bomb in chosen:
        bomb.write(folder / bomb.name)
    files = [folder / bomb.name for bomb in chosen]
    half = len(files) // 2
    return add(trial, store, [first, *files[:half], middle, *files[half:], last], seconds=60 + LATE * len(files))


def _texts(trial: Trial, store: Path) -> dict[str, str]:
    """The text of each article by the name of the file that it was read from."""
    query = "SELECT ?file ?text { ?a <https://w3id.org/proviso#text> ?text ; <https://w3id.org/proviso#file> ?file } ORDER BY ?file"
    return {found["file"]: found["text"] for found in rows(trial, store, query)}


def _wrong(added: Added, bomb: Bomb) -> str:
    """What is wrong with the end of one: it must have one, with a reason if it was refused, in time and in little memory."""
    found = added.of.get(bomb.name)
    if found is None or not added.run.clear(4):
        return str(added.run)
    late = f"{found.seconds:.1f} s; " if found.seconds > LATE else ""
    large = f"{added.memory >> 20} MB; " if added.memory > MOST else ""
    if bomb.refused and (found.outcome != "rejected" or bomb.refused not in found.reason):
        return f"{found} is to be refused: {bomb.refused}"
    return late + large + ("" if found.outcome == "stored" or found.reason else str(found))


def _shrunk(file: Path, text: str | None, found: Outcome) -> str:
    """Whether little is left of the words and nothing says so; the words are counted from the file's own source."""
    if text is None or file.suffix != ".html":
        return ""
    source = re.sub(r"<script>.*?</script>|<head>.*?</head>", "", file.read_text("utf-8"), flags=re.DOTALL)
    words, left = source.count("parliament"), text.count("parliament")
    return (
        ""
        if left >= words * KEPT or " characters the page shows" in found.notes
        else f"{left} of {words} sentences are left, unsaid: {found}"
    )
