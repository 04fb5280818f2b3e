"""Readings as a folder for brat: a text and its marks a file each, what may be marked, and what brat has no place for.

    STEM.txt          the article's text, as it is
    STEM.ann          its marks (T), links (R), features (A for a word of a list, N for an id, # for anything else)
    annotation.conf   what may be marked, linked and said
    proviso.jsonl     a line an article: what is known of it, actors the registry lacks, who read it

Offsets are code points, as brat's are. brat wants a mark's pieces apart and each on one line, so a mark that is not so is
drawn as near as can be, and says in its note where it is; the note counts as long as nobody moves the mark.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kg.articles.fields import HEADER_KEYS, build
from kg.errors import Finding, ReadError
from kg.exchange.marks import FEATURES, ROLES, VALUES, Foreign, Link, Mark, Marked, Range
from kg.text import one_line

CONFIG, BESIDE, NOTE, DATABASE, SPANS = "annotation.conf", "proviso.jsonl", "AnnotatorNotes", "proviso", "spans"
IDS = {"Actor": "actor", "Place": "place", "Commitment": "concept", "Condition": "circumstance"}  # what a normalisation names
FLAGS = ("inferred", "unworded")
_BREAK = re.compile(r"[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")  # what no piece of a mark may hold: brat reads its files by lines
_PLAIN = re.compile(r"""[^\s";](?:[^";\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*[^\s";])?""")
_NOTED = re.compile(r'\s*([a-z_]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^";]*?)\s*(?:;|$)')
_BOUND = re.compile(r"(T\S+)\t(\S+) (\d{1,15} \d{1,15}(?:;\d{1,15} \d{1,15})*)(?:\t(.*))?")
_RELATION = re.compile(r"R\S+\t(\S+) \S+?:(\S+) \S+?:(\S+)\s*")
_ATTRIBUTE = re.compile(r"[AM]\S+\t(\S+) (\S+)(?: (\S+))?\s*")
_NORMAL = re.compile(r"N\S+\t\S+ (\S+) [^:\s]+:(\S+)(?:\t.*)?")
_COMMENT = re.compile(r"#\S*\t(\S+) (\S+)\t?(.*)")


def attribute(layer: str, key: str) -> str:
    """The name of a feature as an attribute of brat's, where one name stands for one list of words.

    >>> attribute("Statement", "force"), attribute("Actor", "kind")
    ('Force', 'ActorKind')
    """
    return ("Actor" if (layer, key) == ("Actor", "kind") else "") + key.capitalize()


# Attribute -> the layers that have it, and the feature it is.
_ATTRIBUTES = {attribute(layer, key): key for layer, key in VALUES} | {flag.capitalize(): flag for flag in FLAGS}


def config() -> str:
    """What `annotation.conf` says: every layer, role and feature with a list of words."""
    relations = [
        f"{name}\tArg1:{layer}, Arg2:{'|'.join(role.layers)}"
        for layer, roles in ROLES.items()
        for name, role in roles.items()
        if name != "Part"
    ]
    relations.append("<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>")
    attributes = [f"{attribute(layer, key)}\tArg:{layer}, Value:{'|'.join(map(_joined, words))}" for (layer, key), words in VALUES.items()]
    attributes += ["Inferred\tArg:Statement", "Unworded\tArg:Commitment|Marker"]
    layers = [layer for layer in FEATURES if layer != "Part"]
    return "\n".join(["[entities]", *layers, "", "[relations]", *relations, "", "[events]", "", "[attributes]", *attributes, ""])


def files(readings: Iterable[Marked]) -> Iterator[tuple[str, bytes]]:
    """The files of a brat folder, by name, for articles with their marks; the same for the same readings."""
    beside = []
    for marked in readings:
        stem = file_stem(marked.article.id)
        yield f"{stem}.txt", marked.article.text.encode()
        yield f"{stem}.ann", to_ann(marked).encode()
        beside.append(json.dumps({"file": stem} | about(marked), ensure_ascii=False) + "\n")
    yield CONFIG, config().encode()
    yield BESIDE, "".join(beside).encode()


def file_stem(id: str) -> str:
    """A file name for an article's id: the id itself where every system takes that.

    >>> file_stem("002a-copy"), file_stem("a/b")
    ('002a-copy', 'a_b-c14cddc033')
    """
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}", id):
        return id
    return re.sub(r"[^A-Za-z0-9_-]+", "_", id)[:60] + "-" + hashlib.sha256(id.encode()).hexdigest()[:10]


def about(marked: Marked) -> dict[str, Any]:
    """What is known of an article besides its text and marks, as plain values; `read_about` is the way back."""
    a = marked.article
    told: dict[str, Any] = {key: value for key in HEADER_KEYS if (value := getattr(a, key)) not in (None, False)}
    if a.range:
        told["range"] = f"{a.range[0]}-{a.range[1]}"
    who, actors = dict(marked.annotator), list(marked.actors)
    return {"article": told, "annotator": who, "actors": actors, "print": marked.print, "text_sha256": a.sha256}


def read_about(told: Mapping[str, Any], text: str, id: str, where: str) -> Marked:
    """The article that `about` told of, with this text and no marks yet; `id` is its id where nothing is told.

    A text that is another one by now stands no longer where it was read from, and what is marked in it is no longer as it went out.
    Raises ReadError where it is not as `about` tells it, or a value is none that an article may have.
    """
    known, who, actors = told.get("article") or {}, told.get("annotator") or {}, told.get("actors") or []
    wrong = next(_misshapen(known, who, actors), None)
    if wrong:
        raise ReadError(f"what is known of the article is not what kg export wrote: {wrong}", where, "put it back, or take it out")
    values = {key: str(known[key]) for key in HEADER_KEYS if known.get(key) is not None}
    named = {"id": id} | values
    if not named["id"].strip():
        raise ReadError("the article has no id", where, "give it one")
    article = build(text, named, lambda _: where)
    went_out = str(told.get("print") or "")
    if told.get("text_sha256", article.sha256) != article.sha256:
        article, went_out = replace(article, range=None), ""
    return Marked(article, (), (), tuple(map(dict, actors)), dict(who), went_out)


def _misshapen(known: Any, who: Any, actors: Any) -> Iterator[str]:
    """What is of another kind than it has to be."""
    if not isinstance(known, dict):
        yield "article is no object"
    elif not isinstance(known.get("id", ""), str) or not all(isinstance(known.get(key), str | int | None) for key in HEADER_KEYS):
        yield "a value of article is no text"
    if not isinstance(who, dict):
        yield "annotator is no object"
    elif not all(isinstance(who.get(key, ""), str) for key in ("name", "version")) or not isinstance(who.get("reviewed", False), bool):
        yield "annotator has a name and a version, which are texts, and reviewed, which is true or false"
    if not isinstance(actors, list) or not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in actors):
        yield "actors is no list of objects, each with its id"


# ---------------------------------------------------------------------------------------------------- out


def to_ann(marked: Marked) -> str:
    """The lines of an `.ann` file, in the order of the marks."""
    names = {mark.id: f"T{n}" for n, mark in enumerate(marked.marks, 1)}
    out = _Lines(marked.article.text)
    for mark in marked.marks:
        out.mark(names[mark.id], mark)
    for number, link in enumerate(marked.links, 1):
        out.lines.append(f"R{number}\t{link.role} Arg1:{names[link.source]} Arg2:{names[link.target]}")
    return "".join(line + "\n" for line in out.lines)


@dataclass
class _Lines:
    text: str
    lines: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, prefix: str, rest: str) -> None:
        self.counts[prefix] = self.counts.get(prefix, 0) + 1
        self.lines.append(f"{prefix}{self.counts[prefix]}\t{rest}")

    def mark(self, name: str, mark: Mark) -> None:
        drawn = pieces(self.text, mark.spans)
        places = ";".join(f"{start} {end}" for start, end in drawn)
        self.lines.append(f"{name}\t{mark.layer} {places}\t{_shown(self.text, drawn)}")
        noted = [] if whole(self.text, drawn) == mark.spans else [(SPANS, _places(mark.spans))]
        for key, value in mark.features:
            if key in FLAGS:
                self.add("A", f"{key.capitalize()} {name}")
            elif value in VALUES.get((mark.layer, key), ()):
                self.add("A", f"{attribute(mark.layer, key)} {name} {_joined(value)}")
            elif IDS.get(mark.layer) == key and not re.search(r"\s", value):
                self.add("N", f"Reference {name} {DATABASE}:{value}\t{value}")
            else:
                noted.append((key, value))
        if noted:
            said = "; ".join(f"{key}={value if _PLAIN.fullmatch(value) else json.dumps(value)}" for key, value in noted)
            self.add("#", f"{NOTE} {name}\t{said}")


def pieces(text: str, spans: Sequence[Range]) -> tuple[Range, ...]:
    """Where brat draws these spans: apart from each other, each within a line.

    >>> pieces("one\\ntwo three", [(0, 7), (6, 13)])
    ((0, 3), (4, 13))
    """
    found: list[Range] = []
    for start, end in sorted(spans):
        at = start
        for stop in (*_BREAK.finditer(text, start, end), None):
            cut = (at, stop.start() if stop else end)
            at = stop.end() if stop else end
            if cut[0] >= cut[1]:
                continue
            if found and cut[0] <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], cut[1]))
            else:
                found.append(cut)
    return tuple(found) or (_nearest(text, min(spans)[0]),)


def _nearest(text: str, at: int) -> Range:
    """The character nearest to a place that brat can draw: of a mark on line ends alone."""
    drawn = [place for place, character in enumerate(text) if not _BREAK.match(character)]
    best = min(drawn, key=lambda place: (abs(place - at), place))
    return best, best + 1


def whole(text: str, drawn: Sequence[Range]) -> tuple[Range, ...]:
    """The spans that pieces stand for: pieces between which only a line ends are one.

    >>> whole("one\\ntwo three", ((0, 3), (4, 7), (8, 13)))
    ((0, 7), (8, 13))
    """
    made: list[Range] = []
    for start, end in drawn:
        if made and _BREAK.fullmatch(text, made[-1][1], start):
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return tuple(made)


def _shown(text: str, drawn: Sequence[Range]) -> str:
    return " ".join(text[start:end] for start, end in drawn)


def _places(spans: Sequence[Range]) -> str:
    return ",".join(f"{start}-{end}" for start, end in spans)


def _joined(words: str) -> str:
    return words.replace(" ", "_")


# ---------------------------------------------------------------------------------------------------- in


def read(source: Path) -> Iterator[Foreign | ReadError]:
    """Each article of a brat folder, or the one of a single `.ann` file, or why it cannot be read; sorted by name."""
    found = sorted(source.rglob("*.ann")) if source.is_dir() else [source]
    if not found:
        yield ReadError("there is no .ann file in this folder", str(source), "give the folder brat keeps the texts and annotations in")
    known: dict[Path, Mapping[str, Mapping[str, Any]]] = {}
    for file in found:
        try:
            place = file.with_name(BESIDE)
            if place not in known:
                known[place] = _beside(place)
            yield _read_one(file, known[place].get(file.stem, {}))
        except ReadError as error:
            yield error


def _beside(place: Path) -> dict[str, Mapping[str, Any]]:
    if not place.is_file():
        return {}
    told = {}
    for number, line in enumerate(place.read_bytes().split(b"\n"), 1):
        try:
            entry = json.loads(line) if line.strip() else {"file": ""}
            told[str(entry["file"])] = entry
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ReadError(
                "this line is not what kg export wrote", f"{place}:{number}", "put the line back, or take the file away"
            ) from None
    return told


def _read_one(file: Path, told: Mapping[str, Any]) -> Foreign:
    text_file = file.with_suffix(".txt")
    try:
        words, source = file.read_bytes(), text_file.read_bytes()
        text, lines = source.decode(), words.decode("utf-8-sig").split("\n")
    except FileNotFoundError as error:
        raise ReadError(
            "an annotation in brat is a .txt and a .ann of one name; this one is not there", str(error.filename), "put it beside the other"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"the file cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}", str(file), "save it as UTF-8"
        ) from error
    reader = _Reader(text, str(file))
    for number, line in enumerate(lines, 1):
        if line.strip():
            reader.line(line.rstrip("\r"), number)
    started = read_about(told, text, file.stem, str(file))
    marked = replace(started, marks=tuple(reader.finished()), links=tuple(reader.links))
    return Foreign(marked, tuple(sorted(reader.findings, key=lambda f: f.line)), str(file), source, words)


@dataclass
class _Reader:
    """Takes the lines of one `.ann` file; what cannot be understood is noted and left out."""

    text: str
    name: str
    marks: dict[str, Mark] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    said: list[tuple[str, str, str, int]] = field(default_factory=list)  # mark, feature ("" for an id), value, line
    findings: list[Finding] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)  # marks that were noted already

    def note(self, code: str, message: str, line: int, severity: str = "error") -> None:
        self.findings.append(Finding(code, severity, message, self.name, line))

    def line(self, line: str, number: int) -> None:
        if bound := _BOUND.fullmatch(line):
            self._bound(bound[1], bound[2], bound[3], bound[4], number)
        elif relation := _RELATION.fullmatch(line):
            role, source, target = relation.groups()
            self.links.append(Link(role, source, target, number))
        elif (given := _ATTRIBUTE.fullmatch(line)) and given[1] in _ATTRIBUTES:
            self.said.append((given[2], _ATTRIBUTES[given[1]], (given[3] or "true").replace("_", " "), number))
        elif given:
            self.note("feature-unknown", f"there is no attribute {given[1]!r}; one of {', '.join(_ATTRIBUTES)}", number)
        elif normal := _NORMAL.fullmatch(line):
            self.said.append((normal[1], "", normal[2], number))
        elif comment := _COMMENT.fullmatch(line):
            self._comment(comment[2], comment[3], number)
        elif line[0] in "E*":
            self.note(
                "line-syntax", "events and equivalences say nothing here; draw relations (annotation.conf has them)", number, "warning"
            )
        else:
            self.note("line-syntax", f"this is no line of brat's: {one_line(line)}", number)

    def _bound(self, id: str, layer: str, places: str, words: str | None, number: int) -> None:
        drawn: list[Range] = []
        for place in places.split(";"):
            start, end = place.split(" ")
            drawn.append((int(start), int(end)))
        if id in self.marks:  # what speaks of it is taken to speak of the first
            self.note("line-syntax", f"two marks have the id {id}; give one of them another", number)
            return
        self.lost.add(id)
        if any(not 0 <= start < end <= len(self.text) for start, end in drawn):
            self.note("mark-off", f"{id} stands outside the text, which has {len(self.text)} characters; mark the words again", number)
        elif words is not None and words != _shown(self.text, drawn):
            there = one_line(_shown(self.text, drawn))
            self.note("mark-off", f"{id} stands on “{there}”, not “{one_line(words)}”; mark the words again", number)
        else:
            self.lost.discard(id)
            self.marks[id] = Mark(id, layer, tuple(sorted(drawn)), (), number)

    def _comment(self, id: str, said: str, number: int) -> None:
        at, told = 0, []
        while at < len(said):
            pair = _NOTED.match(said, at)
            if not pair:
                self.note("line-syntax", f"this note is not read, as it is no key=value: {one_line(said)}", number, "warning")
                return
            try:
                value = json.loads(pair[2]) if pair[2][:1] == '"' else pair[2]
            except ValueError:
                value = pair[2]
            told.append((id, pair[1], value, number))
            at = pair.end()
        self.said += told

    def finished(self) -> Iterator[Mark]:
        """The marks with all that lines said of them."""
        features: dict[str, list[tuple[str, str]]] = {}
        exact: dict[str, str] = {}
        for id, key, value, number in self.said:
            mark = self.marks.get(id)
            if not mark:
                if id not in self.lost:
                    self.note("link-nowhere", f"this line speaks of {id}, which is no mark; take it out", number)
            elif key == SPANS:
                exact[id] = value
            elif key or mark.layer in IDS:
                features.setdefault(id, []).append((key or IDS[mark.layer], value))
            else:
                self.note("feature-unknown", f"a {mark.layer} names nothing that has an id; take it out", number)
        self.links = [link for link in self.links if not {link.source, link.target} & self.lost]
        for id, mark in self.marks.items():
            spans = self._exact(mark.spans, exact.get(id, "")) or whole(self.text, mark.spans)
            yield replace(mark, spans=spans, features=tuple(features.get(id, ())))

    def _exact(self, drawn: tuple[Range, ...], told: str) -> tuple[Range, ...]:
        """The spans a note tells, if they are those that are drawn here."""
        if not re.fullmatch(r"\d{1,15}-\d{1,15}(,\d{1,15}-\d{1,15})*", told):
            return ()
        spans = tuple((int(start), int(end)) for start, _, end in (part.partition("-") for part in told.split(",")))
        fits = all(0 <= start < end <= len(self.text) for start, end in spans)
        return spans if fits and pieces(self.text, spans) == drawn else ()
