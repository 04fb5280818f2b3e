"""Readings as UIMA CAS in XMI, as INCEpTION reads and writes it: out by dkpro-cassis, in from single files, folders and archives.

    STEM.xmi         an article: text, marks as spans of the layers webanno.custom.LAYER, links
    TypeSystem.xml   the types of these
    layers.json      the same as layers with their lists of words, for INCEpTION's project settings

A link from one layer to another is a slot (a feature named by its role), one within a layer a relation (a layer named by its
role). A mark is in one piece, so the further pieces of a statement are marks of the layer Part. Offsets are UTF-16 code
units, as UIMA's are. What is known of the article, and actors the registry lacks, stand in layers of document metadata.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

from kg.annotate.document import NUMBERS
from kg.articles.fields import HEADER_KEYS
from kg.errors import Finding, ProvisoError, ReadError
from kg.exchange.brat import about, file_stem, read_about
from kg.exchange.marks import FEATURES, ROLES, UNWORDED, VALUES, Foreign, Link, Mark, Marked, apart, fingerprint

CUSTOM, ARTICLE, ACTOR, TYPES, LAYERS = "webanno.custom.", "Article", "NewActor", "TypeSystem.xml", "layers.json"
ABOUT = (*HEADER_KEYS, "annotator", "annotator_version", "reviewed", "print")
ACTOR_KEYS = ("id", "label", "kind", "aliases", "member_of")
BASE, SPAN, STRING, BOOLEAN, ARRAY = (
    "uima.cas.AnnotationBase",
    "uima.tcas.Annotation",
    "uima.cas.String",
    "uima.cas.Boolean",
    "uima.cas.FSArray",
)
FLAGS = ("inferred", UNWORDED)
LARGEST = 200_000_000  # bytes of a file once unpacked
_SPACE = "http:///webanno/custom.ecore"
_CAS, _XMI_ID = "http:///uima/cas.ecore", "http://www.omg.org/XMI id"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


def features_of(layer: str) -> dict[str, str]:
    """The plain features of a layer by the names they have as features of UIMA; an id without words ends in `_unworded`, apart from the slot.

    >>> features_of("Commitment")
    {'concept': 'concept', 'confidence': 'confidence', 'found_by': 'found_by', 'committer_unworded': 'committer', 'beneficiary_unworded': 'beneficiary', 'against_unworded': 'against', 'unworded': 'unworded'}
    """
    linked = {role.key for role in ROLES.get(layer, {}).values()}
    named = {key + ("_unworded" if key in linked else ""): key for key in FEATURES[layer]}
    return named | ({UNWORDED: UNWORDED} if layer in ("Commitment", "Marker") else {})


def is_relation(layer: str, role: str) -> bool:
    """Whether a role joins marks of one layer, which makes it a relation; else it is a slot."""
    return ROLES[layer][role].layers == (layer,)


# ---------------------------------------------------------------------------------------------------- out


def files(readings: Iterable[Marked], tell: Callable[[ProvisoError], None]) -> Iterator[tuple[str, bytes]]:
    """The files of a folder for INCEpTION, by name; an article that XML cannot hold is left out, and `tell` is told why."""
    types = type_system()
    for marked in readings:
        wrong = _ILLEGAL.search(marked.article.text)
        if wrong:
            what = f"the text has the character U+{ord(wrong[0]):04X} at {wrong.start()}, which no XML file can hold; it was left out"
            tell(ProvisoError(what, marked.article.id, "take the character out, or export it in another format"))
        else:
            altered = next((name for name, value in _values(marked) if _ILLEGAL.search(value)), None)
            if altered:
                what = f"{altered} has a character that no XML file can hold; U+FFFD stands in its place"
                tell(ProvisoError(what, marked.article.id, "export it in another format to have it as it is"))
            yield f"{file_stem(marked.article.id)}.xmi", to_xmi(_held(apart(marked)), types)
    yield TYPES, types.to_xml().encode()
    yield LAYERS, (json.dumps(layers(), indent=1, ensure_ascii=False) + "\n").encode()


def _values(marked: Marked) -> Iterator[tuple[str, str]]:
    """Every value but the text, with its name."""
    for mark in marked.marks:
        yield from mark.features
    told = about(marked)
    for known in (told["article"], told["annotator"], *told["actors"]):
        for key, value in known.items():
            yield from ((key, str(part)) for part in (value if isinstance(value, list | tuple) else [value]))


def _held(marked: Marked) -> Marked:
    """The same as XML can hold it, with the fingerprint of that: what comes back as it went out is untouched."""
    marks = [replace(mark, features=tuple((key, _text(value)) for key, value in mark.features)) for mark in marked.marks]
    return replace(marked, marks=tuple(marks), print=fingerprint(marks, marked.links))


def type_system() -> Any:
    """The types of the layers. Raises ProvisoError where dkpro-cassis is not installed."""
    try:
        from cassis import TypeSystem
    except ImportError:
        raise ProvisoError("UIMA CAS is written by dkpro-cassis, which is not installed", "", "pip install proviso-kg[uima]") from None
    types = TypeSystem()
    made = {layer: types.create_type(CUSTOM + layer, SPAN) for layer in FEATURES}
    for layer, type_ in made.items():
        for name, key in features_of(layer).items():
            types.create_feature(type_, name, BOOLEAN if key in FLAGS else STRING)
        for role, (_, _, targets) in ROLES.get(layer, {}).items():
            target = made[targets[0]] if len(targets) == 1 else SPAN
            if is_relation(layer, role):
                relation = types.create_type(CUSTOM + role, SPAN)
                types.create_feature(relation, "Governor", target)
                types.create_feature(relation, "Dependent", target)
            else:
                link = types.create_type(f"{CUSTOM}{layer}{role}Link", "uima.cas.TOP")
                types.create_feature(link, "role", STRING)
                types.create_feature(link, "target", target)
                types.create_feature(type_, role, ARRAY, elementType=link)
    for name, keys in ((ARTICLE, ABOUT), (ACTOR, ACTOR_KEYS)):
        type_ = types.create_type(CUSTOM + name, BASE)
        for key in keys:
            types.create_feature(type_, key, STRING)
    return types


def to_xmi(marked: Marked, types: Any) -> bytes:
    """The XMI of an article whose marks are each in one piece; the same bytes for the same marks."""
    from cassis import Cas

    cas = Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = marked.article.text, "text/plain"
    told = about(marked)
    who = {"annotator": told["annotator"].get("name"), "annotator_version": told["annotator"].get("version")}
    who["reviewed"] = json.dumps(told["annotator"].get("reviewed", False))
    article = {key: _text(value) for key, value in (told["article"] | who | {"print": told["print"]}).items() if value}
    cas.add(types.get_type(CUSTOM + ARTICLE)(**article))
    for actor in told["actors"]:
        cas.add(types.get_type(CUSTOM + ACTOR)(**{key: _text(value) for key, value in actor.items()}))
    made = {mark.id: _span(types, mark) for mark in marked.marks}
    for link in marked.links:
        source, target = made[link.source], made[link.target]
        layer = source.type.name.removeprefix(CUSTOM)
        if is_relation(layer, link.role):
            cas.add(types.get_type(CUSTOM + link.role)(begin=target.begin, end=target.end, Governor=source, Dependent=target))
        else:
            slot = types.get_type(f"{CUSTOM}{layer}{link.role}Link")(role=link.role, target=target)
            there = getattr(source, link.role) or types.get_type(ARRAY)(elements=[])
            there.elements.append(slot)
            setattr(source, link.role, there)
    for mark in made.values():
        cas.add(mark)
    return str(cas.to_xmi(pretty_print=True)).encode()


def _span(types: Any, mark: Mark) -> Any:
    told: dict[str, Any] = {}
    names = {key: name for name, key in features_of(mark.layer).items()}
    for key, value in mark.features:
        name = names[key]
        told[name] = value == "true" if key in FLAGS else f"{told[name]}, {value}" if name in told else _text(value)
    start, end = mark.spans[0]
    return types.get_type(CUSTOM + mark.layer)(begin=start, end=end, **told)


def _text(value: Any) -> str:
    """A value as the words of a feature: lists and what XML cannot hold as JSON."""
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _ILLEGAL.sub("\ufffd", words)


# ---------------------------------------------------------------------------------------------------- layers of a project


def layers() -> list[dict[str, Any]]:
    """The layers as INCEpTION exports and imports them in a project's settings, each list of words a tag set."""
    made = []
    for layer in FEATURES:
        plain = [
            _feature(name, BOOLEAN if key in FLAGS else STRING, VALUES.get((layer, key), ())) for name, key in features_of(layer).items()
        ]
        slots = [(role, _target(targets)) for role, (_, _, targets) in ROLES.get(layer, {}).items() if not is_relation(layer, role)]
        made.append(_layer(layer, "span", [*plain, *(_slot(layer, role, target) for role, target in slots)]))
    for layer, roles in ROLES.items():
        made += [_layer(role, "relation", [], CUSTOM + layer) for role in roles if is_relation(layer, role)]
    made += [
        _layer(name, "document-metadata", [_feature(key, STRING) for key in keys]) for name, keys in ((ARTICLE, ABOUT), (ACTOR, ACTOR_KEYS))
    ]
    return made


def _target(targets: tuple[str, ...]) -> str:
    return CUSTOM + targets[0] if len(targets) == 1 else SPAN


def _layer(name: str, kind: str, features: list[dict[str, Any]], attached: str = "") -> dict[str, Any]:
    return {
        "name": CUSTOM + name, "features": features, "uiName": name, "type": kind, "description": None, "enabled": True, "built_in": False,
        "readonly": False, "attach_type": {"name": attached} if attached else None, "attach_feature": None, "allow_stacking": True,
        "cross_sentence": True, "show_hover": True, "anchoring_mode": "CHARACTERS", "overlap_mode": "ANY_OVERLAP", "validation_mode": "NEVER",
        "lock_to_token_offset": False, "multiple_tokens": True, "project_name": "Proviso", "linked_list_behavior": False,
        "on_click_javascript_action": None, "traits": None,
    }  # fmt: skip


def _feature(name: str, kind: str, words: tuple[str, ...] = ()) -> dict[str, Any]:
    tags = [{"tag_name": word, "tag_description": None} for word in words]
    tag_set = (
        {"name": f"proviso {name}: {words[0]} …", "description": None, "language": None, "tags": tags, "create_tag": False}
        if words
        else None
    )
    return {
        "name": name, "tag_set": tag_set, "uiName": name, "type": kind, "enabled": True, "visible": True, "include_in_hover": False, "required": False,
        "remember": False, "hideUnconstraintFeature": False, "description": None, "project_name": "Proviso", "multi_value_mode": "NONE",
        "link_mode": "NONE", "link_type_name": None, "link_type_role_feature_name": None, "link_type_target_feature_name": None, "traits": None,
        "curatable": True,
    }  # fmt: skip


def _slot(layer: str, role: str, target: str) -> dict[str, Any]:
    link = {
        "link_type_name": f"{CUSTOM}{layer}{role}Link",
        "link_type_role_feature_name": "role",
        "link_type_target_feature_name": "target",
    }
    return _feature(role, target) | {"multi_value_mode": "ARRAY", "link_mode": "WITH_ROLE"} | link


# ---------------------------------------------------------------------------------------------------- in


class Element(NamedTuple):
    """One element of an XMI file: its namespace, name and attributes, and the line it begins on."""

    space: str
    name: str
    told: Mapping[str, str]
    line: int


def read(source: Path) -> Iterator[Foreign | ReadError]:
    """Each article of an XMI file, of INCEpTION's archive of a document or a project, or of a folder of such, or why it cannot be read."""
    found = _chosen(list(_entries(source)))
    if not found:
        yield ReadError("there is no .xmi file in it", str(source), "export from INCEpTION as UIMA CAS XMI (XML 1.0)")
    for name, data in found:
        try:
            yield _read_one(name, data) if isinstance(data, bytes) else data
        except ReadError as error:
            yield error


def _entries(source: Path) -> Iterator[tuple[str, bytes | ReadError]]:
    places = (
        sorted(p for p in source.rglob("*") if p.suffix.lower() in (".xmi", ".zip") and not p.is_dir()) if source.is_dir() else [source]
    )
    for place in places:
        try:
            yield from _unpacked(str(place), place.read_bytes())
        except OSError as error:
            yield (
                str(place),
                ReadError(f"the file cannot be read: {error.strerror}", str(place), "give an .xmi file, an archive or a folder"),
            )


def _unpacked(name: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes | ReadError]]:
    """The XMI files of an archive, also of those within it; other data is itself."""
    if data[:4] != b"PK\x03\x04":
        yield name, data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in sorted(archive.infolist(), key=lambda i: i.filename):
                below = f"{name}/{info.filename}"
                if not info.filename.lower().endswith((".xmi", ".zip")) or info.is_dir() or Path(info.filename).stem == "INITIAL_CAS":
                    continue
                if info.file_size > LARGEST or depth == 2:
                    yield (
                        below,
                        ReadError("this part of the archive is too large, or nested too deep", below, "unpack it, and give the .xmi files"),
                    )
                else:
                    yield from _unpacked(below, archive.read(info), depth + 1)
    except (
        zipfile.BadZipFile,
        OSError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        ValueError,
    ) as error:  # zipfile raises all of these for bytes that lie
        yield name, ReadError(f"the archive is damaged: {error}", name, "export it again")


def _chosen(found: list[tuple[str, bytes | ReadError]]) -> list[tuple[str, bytes | ReadError]]:
    """Of a project's archive the curated documents, and of those without one what annotators made; its `source` is what they began with."""
    projects = {made[1] for name, _ in found if (made := re.search(r"^(.*/)(?:curation|annotation)/[^/]+/", name))}
    found = [(name, data) for name, data in found if not ((begun := re.search(r"^(.*/)source/[^/]+$", name)) and begun[1] in projects)]
    curated = {doc[1] for name, _ in found if (doc := re.search(r"/curation/([^/]+)/", name))}
    return [(name, data) for name, data in found if not ((doc := re.search(r"/annotation/([^/]+)/", name)) and doc[1] in curated)]


def elements(name: str, data: bytes) -> list[Element]:
    """The elements of an XML file below its root, in order; raises ReadError with file and line, also for a DOCTYPE."""
    found: list[Element] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(tag: str, told: dict[str, str]) -> None:
        space, _, local = tag.rpartition(" ")
        found.append(Element(space, local, told, parser.CurrentLineNumber))

    def doctype(*_: object) -> None:
        raise ReadError(
            "the file declares a document type, which can hide anything", f"{name}:{parser.CurrentLineNumber}", "take the DOCTYPE out"
        )

    parser.StartElementHandler, parser.StartDoctypeDeclHandler = start, doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", 1)
        raise ReadError(
            f"this is no XML: {str(error).partition(':')[0]}", f"{name}:{line}", "export it again as UIMA CAS XMI (XML 1.0)"
        ) from None
    if not found or found[0].name != "XMI":
        raise ReadError("this is XML, but no XMI", name, "export it as UIMA CAS XMI (XML 1.0)")
    return found[1:]


def _read_one(name: str, data: bytes) -> Foreign:
    every = elements(name, data)
    sofas = [e for e in every if (e.space, e.name) == (_CAS, "Sofa") and "sofaString" in e.told]
    if not sofas:
        raise ReadError("the file has no text (no Sofa with a string)", name, "export the document with its text")
    sofa = next((e for e in sofas if e.told.get("sofaID") == "_InitialView"), sofas[0])
    text = sofa.told["sofaString"]
    own, elsewhere = _of_view(every, sofa.told.get(_XMI_ID, ""))
    head = next((e.told for e in own if e.name == ARTICLE), {})
    actors = [{key: _listed(key, e.told[key]) for key in ACTOR_KEYS if key in e.told} for e in own if _is_actor(e)]
    told = {"article": {key: head[key] for key in HEADER_KEYS if key in head}, "actors": actors, "print": head.get("print", "")}
    if "annotator" in head:
        told["annotator"] = {
            "name": head["annotator"],
            "version": head.get("annotator_version", ""),
            "reviewed": head.get("reviewed") == "true",
        }
    started = read_about(told, text, _stem(name), name)
    reader = _Reader(text, name, {e.told[_XMI_ID]: e for e in every if _XMI_ID in e.told})
    for element in own:
        reader.element(element)
    if elsewhere:
        what = f"{len(elsewhere)} annotations are of another view of the document, which is not read; make them in the first"
        reader.note("left-out", what, elsewhere[0].line, "warning")
    marked = replace(started, marks=tuple(reader.marks.values()), links=tuple(reader.kept()))
    return Foreign(marked, tuple(sorted(reader.findings, key=lambda f: f.line)), name, data, data)


def _of_view(every: list[Element], sofa: str) -> tuple[list[Element], list[Element]]:
    """The elements of our layers that are in the index of a text's view, and those in that of another's.

    One that is in no index was removed, though a link may still lead to it; those that slots are made of are in none.
    """
    views = {e.told.get("sofa", ""): set(e.told.get("members", "").split()) for e in every if (e.space, e.name) == (_CAS, "View")}
    ours = [e for e in every if e.space == _SPACE and not e.name.endswith("Link")]
    if sofa not in views:
        return ours, []
    others = set().union(*views.values()) - views[sofa]
    return [e for e in ours if e.told.get(_XMI_ID) in views[sofa]], [e for e in ours if e.told.get(_XMI_ID) in others]


def _is_actor(e: Element) -> bool:
    return e.name == ACTOR and e.told.get("id", "").strip() != ""


def _stem(name: str) -> str:
    """The name of the document: of INCEpTION's archives of projects the folder it stands in."""
    folder = re.search(r"/(?:curation|annotation)/([^/]+)/", name)
    return Path(folder[1] if folder else name).stem


def _listed(key: str, words: str) -> Any:
    if key not in ("aliases", "member_of"):
        return words
    try:
        read = json.loads(words)
    except ValueError:
        read = None
    return [str(word) for word in read] if isinstance(read, list) else [word.strip() for word in words.split(",") if word.strip()]


@dataclass
class _Reader:
    """Takes the elements of our layers; what cannot be understood is noted and left out."""

    text: str
    name: str
    by_id: Mapping[str, Element]
    marks: dict[str, Mark] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.units = list(accumulate((1 + (c > "\uffff") for c in self.text), initial=0))  # code point -> UTF-16 code unit

    def note(self, code: str, message: str, line: int, severity: str = "error") -> None:
        self.findings.append(Finding(code, severity, message, self.name, line))

    def element(self, e: Element) -> None:
        id = e.told.get(_XMI_ID, "")
        relation = next((layer for layer, roles in ROLES.items() if e.name in roles and is_relation(layer, e.name)), None)
        if relation:
            self.links.append(Link(e.name, e.told.get("Governor", ""), e.told.get("Dependent", ""), e.line))
        elif e.name in FEATURES:
            self._mark(id, e)
        elif e.name == ACTOR and not _is_actor(e):
            words = e.told.get("label", "")
            self.note(
                "left-out",
                f"a new actor{f' ({words})' if words else ''} has no id, by which marks would name it; give it one",
                e.line,
                "warning",
            )
        elif e.name not in (ARTICLE, ACTOR):
            self.note("mark-unknown", f"there is no layer {e.name!r}; one of {', '.join(FEATURES)}", e.line)

    def _mark(self, id: str, e: Element) -> None:
        place = self._place(e.told.get("begin", ""), e.told.get("end", ""))
        if not place:
            self.lost.add(id)
            where = f"[{e.told.get('begin', '')}, {e.told.get('end', '')})"
            self.note(
                "mark-off", f"{e.name} {id} stands at {where} of a text of {self.units[-1]} UTF-16 code units; mark the words again", e.line
            )
            return
        names, features = features_of(e.name), []
        for key, value in e.told.items():
            if key in names and value and not (names[key] in FLAGS and value != "true"):
                if key.endswith("_unworded"):  # several ids
                    features += [(names[key], part.strip()) for part in value.split(",") if part.strip()]
                elif (e.name, names[key]) in VALUES or names[key] in NUMBERS:
                    features.append((names[key], value.strip()))
                else:
                    features.append((names[key], value))
            elif key in ROLES.get(e.name, {}):
                self._slots(id, key, value, e.line)
            elif key not in (*names, "begin", "end", "sofa", _XMI_ID):
                self.note("feature-unknown", f"a {e.name} has no {key!r}; known are {', '.join((*names, *ROLES.get(e.name, {})))}", e.line)
        self.marks[id] = Mark(id, e.name, (place,), tuple(features), e.line)

    def _place(self, begin: str, end: str) -> tuple[int, int] | None:
        """A mark's code points, None where it stands outside the text or cuts a character in two."""
        if not (begin.isdecimal() and end.isdecimal() and len(begin + end) < 40):
            return None
        start, stop = (bisect_left(self.units, int(unit)) for unit in (begin, end))
        inside = stop < len(self.units) and start < stop and [self.units[start], self.units[stop]] == [int(begin), int(end)]
        return (start, stop) if inside else None

    def _slots(self, id: str, role: str, value: str, line: int) -> None:
        for reference in value.split():
            there = self.by_id.get(reference)
            if there and there.name == "FSArray":
                self._slots(id, role, there.told.get("elements", ""), line)
            elif there and "target" in there.told:
                self.links.append(Link(role, id, there.told["target"], there.line))
            else:
                self.note("link-nowhere", f"{role} leads from {id} to {reference!r}, which is no link with a target; draw it again", line)

    def kept(self) -> list[Link]:
        """The links, but for those of marks that were noted already."""
        return [link for link in self.links if not {link.source, link.target} & self.lost]
