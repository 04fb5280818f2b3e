"""An annotation as tools for annotating hold it: marks on the text, and links from one mark to another.

    annotation --to_marks--> Marked --(brat, uima, web)--> a tool's files --(brat, uima, web)--> Marked --to_file--> an annotation file's values

One mark is one statement, commitment (on the words of its action), condition, claim, or the words of an actor, place, date,
cue or marker; what the schema says of it are its features, under the schema's keys. A link is named by its role. What no
words carry (an unstated speaker) is a feature that holds an id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from kg.annotate.document import NUMBERS, TRUTHS, Document, Keys
from kg.annotate.to_file import to_document
from kg.errors import Finding
from kg.model import Annotation, Article, Registry, slug
from kg.text import one_line
from kg.vocabulary import ACTOR_KINDS, CHANNELS, FORCES, KINDS, MODES, STANCES, STRENGTHS

# Layer of a mark that is an entry -> the file's list of such entries.
LISTS = {"Statement": "statements", "Commitment": "commitments", "Condition": "conditions", "Claim": "claims"}
UNWORDED = "unworded"  # "true": the mark stands on these words because the thing itself has none
SURE = ("confidence", "found_by")
ACTORS = ("speaker", "possible_speakers", "on_behalf_of", "addressee")
# Layer -> the features a mark of it may have, besides `unworded`. Of a role whose words are missing the id is a feature.
FEATURES: dict[str, tuple[str, ...]] = {
    "Statement": ("mode", "force", "channel", "stance", "strength", "inferred", *SURE, *ACTORS, "only_in", "not_in", "said_on"),
    "Commitment": ("concept", *SURE, "committer", "beneficiary", "against"),
    "Condition": ("circumstance", "kind", *SURE, "by"),
    "Claim": ("about", "measure", "lowest", "highest", "unit", *SURE),
    "Actor": ("actor", "kind", *SURE),
    "Place": ("place", *SURE),
    "Date": ("date", *SURE),
    "Cue": (),
    "Marker": ("any_of", *SURE),
    "Part": (),
}
# Layer and feature -> the words it may have; a feature that is not here holds any text, a number, an id.
VALUES: dict[tuple[str, str], tuple[str, ...]] = {
    ("Statement", "mode"): MODES, ("Statement", "force"): FORCES, ("Statement", "channel"): CHANNELS, ("Statement", "stance"): STANCES,
    ("Statement", "strength"): STRENGTHS, ("Condition", "kind"): KINDS, ("Actor", "kind"): tuple(ACTOR_KINDS),
}  # fmt: skip


class Role(NamedTuple):
    """What a link says: the key of the entry it starts from, whether that holds several, and the layers it may lead to."""

    key: str
    several: bool
    layers: tuple[str, ...]


# Layer a link starts from -> its roles.
ROLES: dict[str, dict[str, Role]] = {
    "Statement": {
        "Speaker": Role("speaker", True, ("Actor",)),
        "PossibleSpeaker": Role("possible_speakers", True, ("Actor",)),
        "OnBehalfOf": Role("on_behalf_of", True, ("Actor",)),
        "Addressee": Role("addressee", True, ("Actor",)),
        "Cue": Role("cue", False, ("Cue",)),
        "SaidOn": Role("said_on", False, ("Date",)),
        "OnlyIn": Role("only_in", True, ("Place",)),
        "NotIn": Role("not_in", True, ("Place",)),
        "Expresses": Role("expresses", False, ("Commitment", "Claim")),
        "RelayedBy": Role("relayed_by", False, ("Statement",)),
        "Requires": Role("conditions", True, ("Condition", "Marker")),
        "ExceptIf": Role("conditions", True, ("Condition", "Marker")),
        "TriggeredBy": Role("conditions", True, ("Condition", "Marker")),
        "Part": Role("content", True, ("Part",)),
    },
    "Commitment": {
        "Committer": Role("committer", True, ("Actor",)),
        "Beneficiary": Role("beneficiary", False, ("Actor",)),
        "Against": Role("against", False, ("Actor",)),
        "PartOf": Role("part_of", False, ("Commitment",)),
    },
    "Condition": {
        "By": Role("by", True, ("Actor",)),
        "DependsOn": Role("depends_on", True, ("Condition",)),
        "FulfilledBy": Role("fulfilled_by", False, ("Commitment",)),
    },
    "Claim": {
        "Met": Role("says", False, ("Condition",)),
        "Failed": Role("says", False, ("Condition",)),
        "Kept": Role("says", False, ("Commitment",)),
        "Broken": Role("says", False, ("Commitment",)),
    },
    "Marker": {"Marks": Role("", False, ("Condition",))},
}
WAYS = {("if", "requirement"): "Requires", ("unless", "requirement"): "ExceptIf", ("if", "trigger"): "TriggeredBy"}
_KEYS = {(layer, role.key): name for layer, roles in ROLES.items() for name, role in roles.items()}
_NAMES = {"Actor": "actor", "Place": "place", "Date": "date"}  # layer of a mention -> the key that says whom or what it names

# Every code of a finding about a foreign file; what they mean stands in docs/formats.md.
FOREIGN_CODES = (
    "line-syntax",
    "mark-off",
    "mark-unknown",
    "mark-unused",
    "mark-split",
    "feature-unknown",
    "feature-twice",
    "link-nowhere",
    "link-wrong",
    "link-twice",
    "actor-unnamed",
    "left-out",
)

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of the text (code points, half-open, at least one range) that are something; `line` says where in its file."""

    id: str
    layer: str
    spans: tuple[Range, ...]
    features: tuple[tuple[str, str], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """That one mark has a role for another, both by id."""

    role: str
    source: str
    target: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Marked:
    """An article with its marks and links; `actors` and `annotator` are as in an annotation file, `print` is the fingerprint
    that the marks had when they went out, empty where nobody knows.
    """

    article: Article
    marks: tuple[Mark, ...]
    links: tuple[Link, ...]
    actors: tuple[Mapping[str, Any], ...] = ()
    annotator: Mapping[str, Any] = field(default_factory=dict)
    print: str = ""


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a foreign file says of one article: its marks, what was wrong with the file's lines, and the bytes that were read.

    `source` are those of the text, `words` those of the annotation, `name` is the file that findings speak of.
    """

    marked: Marked
    findings: tuple[Finding, ...]
    name: str
    source: bytes
    words: bytes


def fingerprint(marks: Sequence[Mark], links: Sequence[Link]) -> str:
    """The hex SHA-256 of what the marks say, whatever their ids and their order: two that agree say the same.

    A mark is what it looks like and what it is linked with.

    >>> a, b = Mark("a", "Cue", ((0, 4),)), Mark("T1", "Cue", ((0, 4),), (), 7)
    >>> fingerprint([a], []) == fingerprint([b], [])
    True
    """
    told = {mark.id: repr((mark.layer, mark.spans, sorted(mark.features))) for mark in marks}
    known = 0
    while known < len(set(told.values())):  # marks that look alike are told apart by what they are linked with
        known = len(set(told.values()))
        near: dict[str, list[tuple[str, str | None]]] = {id: [] for id in told}
        for link in links:
            near.get(link.source, []).append((f"{link.role} to", told.get(link.target)))
            near.get(link.target, []).append((f"{link.role} from", told.get(link.source)))
        told = {id: hashlib.sha256(repr((words, sorted(near[id], key=repr))).encode()).hexdigest() for id, words in told.items()}
    every = sorted([*told.values(), *(repr((link.role, told.get(link.source), told.get(link.target))) for link in links)])
    return hashlib.sha256("\n".join(every).encode()).hexdigest()


def is_untouched(marked: Marked) -> bool:
    """Whether the marks are as they went out, by a reader who is known."""
    return bool(marked.annotator) and fingerprint(marked.marks, marked.links) == marked.print


# ---------------------------------------------------------------------------------------------------- out


def to_marks(article: Article, annotation: Annotation) -> Marked:
    """The marks and links that say all an annotation says, in text order; ids of entries, which must differ, are theirs, other
    marks are m1, m2, …

    >>> from kg.model import Annotator, Span, Statement
    >>> said = Statement("s1", (Span(12, 14, "no"),), "indirect", "asserts", cue=Span(7, 11, "said"))
    >>> made = to_marks(Article("a", "Macron said no."), Annotation(Annotator("me"), (said,)))
    >>> [(mark.id, mark.layer, mark.spans) for mark in made.marks], made.links
    ([('m1', 'Cue', ((7, 11),)), ('s1', 'Statement', ((12, 14),))], (Link(role='Cue', source='s1', target='m1', line=0),))
    """
    values = to_document(article, annotation)
    out = _Out(article.text)
    for layer, name in LISTS.items():
        for entry in values.get(name, []):
            out.entry(layer, entry, values)
    who = annotation.annotator
    annotator = {"name": who.name, "version": who.version, "reviewed": who.reviewed}
    marks = sorted(out.marks.values(), key=lambda m: (m.spans, [*FEATURES].index(m.layer), m.features, m.id))
    numbers = {m.id: f"m{n}" for n, m in enumerate((m for m in marks if m.layer not in LISTS), 1)}
    kept = tuple(replace(m, id=numbers.get(m.id, m.id)) for m in marks)
    links = (Link(role, numbers.get(source, source), numbers.get(target, target)) for role, source, target in out.links)
    ordered = tuple(dict.fromkeys(links))
    return Marked(article, kept, ordered, tuple(values.get("actors", ())), annotator, fingerprint(kept, ordered))


def apart(marked: Marked) -> Marked:
    """The same for tools whose marks are in one piece: what else a mark stands on becomes marks of the layer Part, linked to it."""
    marks, links = [], list(marked.links)
    for mark in marked.marks:
        marks.append(replace(mark, spans=mark.spans[:1]))
        for number, span in enumerate(mark.spans[1:], 2):
            marks.append(Mark(f"{mark.id} {number}", "Part", (span,)))
            links.append(Link("Part", mark.id, marks[-1].id))
    return replace(marked, marks=tuple(marks), links=tuple(links), print=fingerprint(marks, links))


@dataclass
class _Out:
    text: str
    marks: dict[tuple[object, ...], Mark] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)

    def entry(self, layer: str, entry: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        id, features = entry["id"], []
        spans = _spans(layer, entry)
        if not spans:
            features.append((UNWORDED, "true"))
            spans = (_stand_in(entry, values, self.text),)
        for key, told in entry.items():
            if layer == "Commitment" and key == "action":
                features += [(name, _words(value)) for name, value in told.items() if name != "span"]
            elif key == "says":
                ((verb, target),) = told.items()
                self.links.append((verb.capitalize(), id, target))
            elif key == "conditions":
                for use in told:
                    self.use(id, use, values)
            elif (layer, key) in _KEYS and key != "content":
                for part in told if isinstance(told, list) else [told]:
                    features += self.part(id, layer, key, part)
            elif key not in ("id", "content", "text"):
                features.append((key, _words(told)))
        self.marks[(id,)] = Mark(id, layer, spans, tuple(features))

    def part(self, owner: str, layer: str, key: str, part: Any) -> list[tuple[str, str]]:
        """Adds one thing that stands under a key as a link; as a feature, which is returned, where it has no words."""
        name = _KEYS[layer, key]
        target = ROLES[layer][name].layers[0]
        if isinstance(part, str):
            self.links.append((name, owner, part))
        elif "text" in part:
            self.links.append((name, owner, self.mention(target, part, {})))
        elif "span" in part:
            self.links.append((name, owner, self.mention(target, part["span"], part)))
        else:
            return [(key, part[_NAMES[target]])]
        return []

    def use(self, owner: str, use: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        role = WAYS[use["polarity"], use["as"]]
        more = {key: use[key] for key in FEATURES["Marker"] if key in use}
        target = use["id"]
        if "marker" in use or more:
            text = next(c["text"] for c in values["conditions"] if c["id"] == target)
            more |= {} if "marker" in use else {UNWORDED: True}
            target = self.mention("Marker", use.get("marker", text), more, target)
            self.links.append(("Marks", target, use["id"]))
        self.links.append((role, owner, target))

    def mention(self, layer: str, span: Mapping[str, Any], told: Mapping[str, Any], apart: str = "") -> str:
        """The id of the mark on these words that says this; one for all who link to it, but for those kept `apart`."""
        features = tuple((key, _words(value)) for key, value in told.items() if key in (*FEATURES[layer], UNWORDED))
        place = ((span["start"], span["end"]),)
        key = (layer, place, features, apart)
        return self.marks.setdefault(key, Mark(f"m{len(self.marks)} {layer}", layer, place, features)).id


def _spans(layer: str, entry: Mapping[str, Any]) -> tuple[Range, ...]:
    """The words an entry stands on; none for a commitment whose action has none."""
    told = {"Statement": entry.get("content", []), "Commitment": [entry.get("action", {}).get("span")]}.get(layer, [entry.get("text")])
    return tuple((span["start"], span["end"]) for span in told if span)


def _stand_in(entry: Mapping[str, Any], values: Mapping[str, Any], text: str) -> Range:
    """Where an entry without words stands: on its committer, else on a statement that expresses it, else on the first word."""
    near = [*entry.get("committer", []), *(s for s in values["statements"] if s.get("expresses") == entry["id"])]
    spans = [part["span"] if "span" in part else part["content"][0] for part in near if part.get("span") or part.get("content")]
    if spans:
        return spans[0]["start"], spans[0]["end"]
    start = len(text) - len(text.lstrip())
    return start, start + len((text.split() or [" "])[0])


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# ---------------------------------------------------------------------------------------------------- in


def to_file(marked: Marked, registry: Registry, name: str) -> tuple[Document, tuple[Finding, ...]]:
    """The values of the annotation file that says what the marks say, each with its line in the file `name`; and a finding for
    every mark, feature and link that says nothing an annotation can hold, which is left out.
    """
    reader = _In(marked, registry, name)
    return reader.document(), tuple(reader.findings)


@dataclass
class _In:
    marked: Marked
    registry: Registry
    name: str
    findings: list[Finding] = field(default_factory=list)
    lines: dict[Keys, int] = field(default_factory=dict)
    minted: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.who = _who(self.marked)
        self.marked = replace(self.marked, marks=tuple(self._once(mark) for mark in self.marked.marks))
        self.marks = {mark.id: mark for mark in self.marked.marks}
        self.minted = {str(actor["id"]): actor for actor in self.marked.actors}
        self.links: dict[str, list[tuple[str, Mark, int]]] = {}
        self.used: set[str] = set()

    def note(self, code: str, message: str, line: int, severity: str = "error") -> None:
        self.findings.append(Finding(code, severity, message, self.name, line))

    def _once(self, mark: Mark) -> Mark:
        """The mark with one value of each feature that has one: of several the first."""
        kept: dict[tuple[str, str], None] = {}
        for key, value in mark.features:
            role = ROLES.get(mark.layer, {}).get(_KEYS.get((mark.layer, key), ""))
            there = [] if role and role.several else [told for name, told in kept if name == key and told != value]
            if there:
                self._twice(mark, key, there[0], value, mark.line)
            else:
                kept[key, value] = None
        return replace(mark, features=tuple(kept))

    def _twice(self, mark: Mark, key: str, first: str, second: str, line: int) -> None:
        self.note(
            "feature-twice", f"{self._quote(mark)} has one {key}, not {one_line(first)} and {one_line(second)}; keep one of the two", line
        )

    def document(self) -> Document:
        for link in self.marked.links:
            self._link(link)
        values: dict[str, Any] = {name: [] for name in LISTS.values()}
        for mark in self.marked.marks:
            if mark.layer in LISTS:
                entries = values[LISTS[mark.layer]]
                keys: Keys = (LISTS[mark.layer], len(entries))
                self.lines[keys] = mark.line
                entries.append(self._entry(mark, keys))
            elif mark.layer in FEATURES and mark.id not in self.used:
                self.note("mark-unused", f"nothing links to {self._quote(mark)}; link it, or take it out", mark.line, "warning")
            elif mark.layer not in FEATURES:
                self.note("mark-unknown", f"there is no layer {mark.layer!r}; one of {', '.join(FEATURES)}", mark.line)
        for mark in self.marked.marks:
            self._features_known(mark)
            if len(mark.spans) > 1 and mark.layer != "Statement" and (mark.layer in LISTS or mark.id in self.used):
                what = f"{self._quote(mark)} is in {len(mark.spans)} pieces, of which the first counts; mark it in one, only statements have several"
                self.note("mark-split", what, mark.line)
        article = {"id": self.marked.article.id, "text_sha256": self.marked.article.sha256}
        head: dict[str, Any] = {"article": article, "annotator": self.who, "actors": list(self.minted.values())}
        return Document(self.name, head | values, self.lines)

    def _link(self, link: Link) -> None:
        source, target = self.marks.get(link.source), self.marks.get(link.target)
        if not source or not target:
            missing = link.target if source else link.source
            self.note("link-nowhere", f"{link.role} leads from or to {missing!r}, which is no mark; draw it again", link.line)
            return
        role = ROLES.get(source.layer, {}).get(link.role)
        if not role or target.layer not in role.layers:
            allowed = [name for name, other in ROLES.get(source.layer, {}).items() if target.layer in other.layers]
            self.note(
                "link-wrong",
                f"no {link.role} leads from a {source.layer} to a {target.layer}; "
                + (f"one of {', '.join(allowed)}" if allowed else "take it out"),
                link.line,
            )
            return
        there = self.links.setdefault(source.id, [])
        if not role.several and any(ROLES[source.layer][name].key == role.key for name, _, _ in there):
            self.note("link-twice", f"a {source.layer} has one {link.role}; keep one of the two", link.line)
            return
        self.used.add(target.id)
        there.append((link.role, target, link.line))

    def _entry(self, mark: Mark, keys: Keys) -> dict[str, Any]:
        entry: dict[str, Any] = {"id": mark.id, **self._own(mark, keys)}
        for role, target, line in self.links.get(mark.id, []):
            self._linked(entry, mark, role, target, line, keys)
        return entry

    def _own(self, mark: Mark, keys: Keys) -> dict[str, Any]:
        """What an entry says itself: its words and features."""
        spans = [] if _has(mark, UNWORDED) else [self._span(part) for part in mark.spans]
        told: dict[str, Any] = {}
        for key, value in mark.features:
            role = ROLES[mark.layer].get(_KEYS.get((mark.layer, key), ""))
            if key == UNWORDED or key not in FEATURES[mark.layer]:
                continue
            if role:
                part = {_NAMES[role.layers[0]]: value}
                told[key] = [*told.get(key, []), part] if role.several else part
            else:
                told[key] = _value(key, value)
        if mark.layer == "Commitment":
            action = {"span": spans[0]} if spans else {}
            return {"committer": [], "action": action | {key: told.pop(key) for key in ("concept", *SURE) if key in told}} | told
        return ({"content": spans} if mark.layer == "Statement" else {"text": spans[0]} if spans else {}) | told

    def _linked(self, entry: dict[str, Any], mark: Mark, role: str, target: Mark, line: int, keys: Keys) -> None:
        """Puts what one link says into the entry it starts from."""
        key, several, _ = ROLES[mark.layer][role]
        made: Any
        if key == "conditions":
            made = self._use(role, target, line)
        elif key == "says":
            made = {role.lower(): target.id}
        elif target.layer in LISTS:
            made = target.id
        elif target.layer in _NAMES:
            made = self._named(target)
        else:
            made = self._span(target.spans[0])
        if made is None:
            return
        if not several:
            words = _NAMES.get(target.layer, "")
            if words and key in entry and entry[key][words] != made.get(words):  # as a feature, of what no words carry
                self._twice(mark, key, entry[key][words], made.get(words, self._text(target.spans[0])), line)
                return
            entry[key] = made
            self.lines[(*keys, key)] = line
            return
        entry.setdefault(key, []).append(made)
        self.lines[(*keys, key, len(entry[key]) - 1)] = line

    def _use(self, role: str, target: Mark, line: int) -> dict[str, Any] | None:
        polarity, way = next(way for way, name in WAYS.items() if name == role)
        use: dict[str, Any] = {"polarity": polarity, "as": way}
        if target.layer == "Condition":
            return {"id": target.id, **use}
        marked = [end for name, end, _ in self.links.get(target.id, []) if name == "Marks"]
        if not marked:
            self.note("link-nowhere", f"{self._quote(target)} marks no condition; draw Marks from it to one", line)
            return None
        use |= {"id": marked[0].id} | {key: _value(key, value) for key, value in target.features if key in FEATURES["Marker"]}
        return use if _has(target, UNWORDED) else {**use, "marker": self._span(target.spans[0])}

    def _named(self, mark: Mark) -> dict[str, Any] | None:
        """A mention as a file says it: its words and what it names."""
        key = _NAMES[mark.layer]
        told = {name: _value(name, value) for name, value in mark.features if name in (key, *SURE)}
        if key == "actor" and key not in told:
            found = self._actor(mark)
            if not found:
                return None
            told[key] = found
        return {"span": self._span(mark.spans[0]), **told}

    def _actor(self, mark: Mark) -> str | None:
        """Whom words without an id name: the one actor of the registry with this name, or a new one of the kind that is given."""
        words = self._text(mark.spans[0])
        kind = next((value.replace("_", " ") for key, value in mark.features if key == "kind"), None)
        name = slug(words)
        known = [a.id for a in self.registry.actors.values() if kind in (None, a.kind) and name in {slug(n) for n in (a.label, *a.aliases)}]
        own = [id for id, a in self.minted.items() if kind in (None, a.get("kind")) and name in _names_of(a)]
        if len({*known, *own}) == 1:
            return (own or known)[0]
        if kind in ACTOR_KINDS:
            self.minted.setdefault(name, {"id": name, "label": words, "kind": kind})
            return name
        ids = ", ".join(sorted({*known, *own})[:4])
        say = f"say which: {ids}" if ids else f"say its id, or for a new one its kind: {', '.join(ACTOR_KINDS)}"
        self.note("actor-unnamed", f"{self._quote(mark)} is nobody the registry knows by one name; {say}", mark.line)
        return None

    def _features_known(self, mark: Mark) -> None:
        for key, _ in mark.features:
            if mark.layer in FEATURES and key not in (*FEATURES[mark.layer], UNWORDED):
                known = ", ".join(FEATURES[mark.layer]) or "none"
                self.note("feature-unknown", f"a {mark.layer} has no {key!r}; known are {known}", mark.line)

    def _span(self, place: Range) -> dict[str, Any]:
        return {"start": place[0], "end": place[1], "text": self._text(place)}

    def _text(self, place: Range) -> str:
        return self.marked.article.text[slice(*place)]

    def _quote(self, mark: Mark) -> str:
        return f"the {mark.layer} “{one_line(self._text(mark.spans[0]))}”"


def _who(marked: Marked) -> dict[str, Any]:
    """Who read the article: as it went out where nothing was changed since, else a person, who has looked at it."""
    told = dict(marked.annotator)
    if is_untouched(marked):
        return told
    return {"name": told["name"] if told.get("reviewed") is True and told.get("name") else "a person", "reviewed": True}


def _names_of(actor: Mapping[str, Any]) -> set[str]:
    """The names of an actor as a file has it, which may be of any kind: the schema complains of others."""
    aliases = actor.get("aliases")
    return {slug(name) for name in (actor.get("label"), *(aliases if isinstance(aliases, list) else ())) if isinstance(name, str)}


def _has(mark: Mark, feature: str) -> bool:
    return (feature, "true") in mark.features


def _value(key: str, words: str) -> Any:
    """The value a feature's words stand for; where they are none of its kind the words, for the schema to complain of."""
    if key in TRUTHS and words in ("true", "false"):
        return words == "true"
    if key in NUMBERS:
        try:
            read = json.loads(words, parse_constant=str)
        except ValueError:
            return words
        return read if isinstance(read, int | float) and not isinstance(read, bool) else words
    return words
