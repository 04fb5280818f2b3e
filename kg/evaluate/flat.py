"""The flat form: an item is a text with three lists of words, and Proviso's own annotations seen the same way.

    line --read_item--> Article, Layers        Annotation --flatten--> Layers

In the flat form stance, strength and conditions stand on the commitment, a span is its exact words, and there are no
actors, actions, claims or places: the layers of these are `silent`. What an item holds:

    {id, date, text, statements: [{speaker, cue, content: [words], mode, force}],
     commitments: [{committer: [words], action, stance, strength, beneficiary, conditions: [index]}],
     conditions: [{text, marker, polarity, kind, by, on}]}
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import ReadError
from kg.evaluate.layers import LAYERS, Item, Layers
from kg.model import Annotation, Article, Condition, Reference, Span, Statement
from kg.text import occurrences

SPOKEN = frozenset({
    "statements", "direct content", "speaker span", "cue", "mode", "force",
    "commitments", "commitment action", "committer span", "beneficiary span", "strength", "stance",
    "conditions", "marker", "decider span", "polarity", "kind", "link",
})  # fmt: skip
SILENT = frozenset(layer.name for layer in LAYERS) - SPOKEN
FORM = "an item is {id, text, statements, commitments, conditions}, its spans the exact words"
_JOINT = re.compile(r"[\s,;&]*(?:\b(?:and|or|with|the|as well as)\b[\s,]*)*")  # what stands between speakers who speak as one

Map = Mapping[str, Any]


# ---------------------------------------------------------------------------------------------------- an item


def read_item(item: Map, where: str) -> tuple[Article, Layers]:
    """The article of a flat item and its reading; `where` is its file and line.

    Raises ReadError where a key is missing, or words do not stand in the text.

    >>> said = {"speaker": None, "cue": None, "content": ["It may"], "mode": "direct", "force": "offers"}
    >>> article, layers = read_item({"id": "a", "text": "“It may.”", "statements": [said], "commitments": [], "conditions": []}, "a:1")
    >>> layers.items["statements"][0].spans
    (Span(start=1, end=7, text='It may'),)
    """
    for key, kind in (("id", str), ("text", str), ("statements", list), ("commitments", list), ("conditions", list)):
        if not isinstance(item.get(key), kind):
            raise ReadError(f"a flat item has {key!r}", where, FORM)
    article = Article(item["id"], item["text"], published=item.get("date"))
    reader = _Reader(article, where)
    try:
        items, links = reader.items(item), reader.links(item)
    except (KeyError, TypeError) as error:
        what = f"there is no key {error}" if isinstance(error, KeyError) else f"this is no flat item: {error}"
        raise ReadError(what, where, FORM) from error
    return article, Layers(article.id, article.sha256, items, {"link": links}, SILENT, reader.elsewhere)


class _Reader:
    """Finds the words of one item in its text."""

    def __init__(self, article: Article, where: str) -> None:
        self.article, self.where = article, where
        self.elsewhere: dict[Span, tuple[Span, ...]] = {}

    def items(self, item: Map) -> dict[str, tuple[Item, ...]]:
        return {
            "statements": tuple(self._statement(n, s) for n, s in enumerate(item["statements"])),
            "commitments": tuple(self._commitment(n, c) for n, c in enumerate(item["commitments"])),
            "conditions": tuple(self._condition(n, c) for n, c in enumerate(item["conditions"])),
        }

    def links(self, item: Map) -> frozenset[tuple[str, str]]:
        told = frozenset((k, n) for n, c in enumerate(item["commitments"]) for k in c["conditions"])
        if any(k not in range(len(item["conditions"])) for k, _ in told):
            raise ReadError("a commitment names a condition that is not there", self.where, "count the conditions from 0")
        return frozenset((f"condition {k}", f"commitment {n}") for k, n in told)

    def _statement(self, n: int, s: Map) -> Item:
        words = {"speaker span": self._find(s["speaker"]), "cue": self._find(s["cue"])}
        return Item(f"statement {n}", self._find(*s["content"]), words, {"mode": (s["mode"],), "force": (s["force"],)})

    def _commitment(self, n: int, c: Map) -> Item:
        words = {"committer span": self._find(*c["committer"]), "beneficiary span": self._find(c["beneficiary"])}
        return Item(f"commitment {n}", self._find(c["action"]), words, {"stance": (c["stance"],), "strength": _known(c["strength"])})

    def _condition(self, n: int, c: Map) -> Item:
        words = {"marker": self._find(c["marker"]), "decider span": self._find(c["by"])}
        return Item(f"condition {n}", self._find(c["text"]), words, {"polarity": (c["polarity"],), "kind": (c["kind"],)})

    def _find(self, *words: str | None) -> tuple[Span, ...]:
        return tuple(sorted(self._place(one) for one in words if one))

    def _place(self, words: str) -> Span:
        """The first place of some words, whole words if they stand so anywhere."""
        text = self.article.text
        starts = occurrences(text, words) or [at for at in (text.find(words),) if at >= 0]
        if not starts:
            raise ReadError(f"the words {words!r} are not in the text", self.where, "give the exact words of the text")
        places = tuple(Span.of(text, start, start + len(words)) for start in starts)
        if len(places) > 1:
            self.elsewhere[places[0]] = places
        return places[0]


# ---------------------------------------------------------------------------------------------------- an annotation


def flatten(article: Article, annotation: Annotation, *, places: bool = True) -> Layers:
    """What a flat item could say of an annotation of Proviso's own form, the same things told the same way:

    - statements that share content, speaker, cue and force are one; speakers who speak as one are one stretch of words;
    - narration that carries neither a commitment nor a condition is left out (measured claims are not in the flat form);
    - a commitment is one item for each stance it is expressed with, none where it has no stance (what is demanded or denied);
    - conditions stand on the commitment; a bounded place (`only_in`, `not_in`) is a condition of the kind `limit`,
      unless `places` is False;
    - what a condition depends on is a condition that has no link.

    >>> from dataclasses import replace
    >>> from kg.model import Annotator
    >>> said = Statement("s1", (Span(8, 10, "no"),), "indirect", "refuses", cue=Span(3, 7, "said"))
    >>> twice = Annotation(Annotator("me"), (said, replace(said, id="s2", expresses="c1")))
    >>> len(flatten(Article("a", "He said no."), twice).items["statements"])
    1
    """
    statements = sorted(annotation.statements, key=lambda s: (s.content, s.id))
    deeds, conditions = _deeds(annotation, statements), _Conditions(annotation, places)
    items = {
        "statements": tuple(_statements(article.text, annotation, statements)),
        "commitments": tuple(_commitment(deed, saying, annotation) for deed, saying in deeds.items()),
        "conditions": tuple(conditions.items(article.text, statements)),
    }
    links = frozenset((name, deed.name) for deed, saying in deeds.items() for s in saying for name in conditions.of(s))
    return Layers(article.id, article.sha256, items, {"link": links}, SILENT)


def _statements(text: str, annotation: Annotation, statements: Sequence[Statement]) -> Iterator[Item]:
    deeds = {c.id for c in annotation.commitments}
    seen = set()
    for s in statements:
        narrated = not s.speaker and not s.cue and s.mode != "direct"
        if narrated and s.expresses not in deeds and not s.conditions:
            continue
        words = {"speaker span": _stretch(text, _words(s.speaker)), "cue": (s.cue,) if s.cue else ()}
        content = tuple(sorted(s.content))
        key = content, *words.values(), s.force
        if key not in seen:
            seen.add(key)
            yield Item(f"statement {s.id}", content, words, {"mode": (s.mode,), "force": (s.force,)})


@dataclass(frozen=True, slots=True)
class _Deed:
    """What makes a commitment one in the flat form: several entries that say the same here are one."""

    action: tuple[Span, ...]
    committer: tuple[Span, ...]
    stance: str

    @property
    def name(self) -> str:
        return f"commitment {self}"


def _deeds(annotation: Annotation, statements: Sequence[Statement]) -> dict[_Deed, list[Statement]]:
    """The commitments, each with the statements that express it; an action without words has those of its statements."""
    entries = {c.id: c for c in annotation.commitments}
    found: dict[_Deed, list[Statement]] = defaultdict(list)
    for s in statements:
        if s.stance and s.expresses in entries:
            c = entries[s.expresses]
            saying = (t for t in statements if (t.expresses, t.stance) == (c.id, s.stance))
            action = (c.action.span,) if c.action.span else tuple(sorted({span for t in saying for span in t.content}))
            found[_Deed(action, _words(c.committer), s.stance)].append(s)
    return found


def _commitment(deed: _Deed, saying: Sequence[Statement], annotation: Annotation) -> Item:
    expressed = {s.expresses for s in saying}
    toward = [r.span for c in annotation.commitments if c.id in expressed for r in (c.beneficiary, c.against) if r and r.span]
    strength = next((s.strength for s in saying if s.strength), None)
    words = {"committer span": deed.committer, "beneficiary span": tuple(toward[:1])}
    return Item(deed.name, deed.action, words, {"stance": (deed.stance,), "strength": _known(strength)})


class _Conditions:
    """The conditions of an annotation by their words: several entries in the same words are one in the flat form."""

    def __init__(self, annotation: Annotation, places: bool) -> None:
        self.entries = {c.id: c for c in annotation.conditions}
        self.deeds = {c.id for c in annotation.commitments} if places else set()

    def of(self, s: Statement) -> list[str]:
        """The names of those that bound what a statement expresses."""
        return [f"condition {self.entries[u.id].text}" for u in s.conditions] + [f"condition {place}" for place, _ in self._places(s)]

    def items(self, text: str, statements: Sequence[Statement]) -> Iterator[Item]:
        told: dict[Span, list[Condition]] = defaultdict(list)
        for c in self.entries.values():
            told[c.text].append(c)
        for span, entries in told.items():
            ids = {c.id for c in entries}
            uses = [u for s in statements for u in s.conditions if u.id in ids]
            words = {
                "marker": tuple(u.marker for u in uses if u.marker)[:1],
                "decider span": _stretch(text, _words(r for c in entries for r in c.by)),
            }
            yield Item(f"condition {span}", (span,), words, {"polarity": (uses[0].polarity if uses else "if",), "kind": (entries[0].kind,)})
        places = dict(pair for s in statements for pair in self._places(s) if pair[0] not in told)
        for place, polarity in places.items():
            yield Item(f"condition {place}", (place,), {}, {"polarity": (polarity,), "kind": ("limit",)})

    def _places(self, s: Statement) -> list[tuple[Span, str]]:
        if s.expresses not in self.deeds:
            return []
        return [(r.span, polarity) for polarity, scope in (("if", s.only_in), ("unless", s.not_in)) for r in scope if r.span]


def _stretch(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans, those run together that nothing but a comma or an `and` stands between."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].end <= span.start and _JOINT.fullmatch(text, found[-1].end, span.start):
            span = Span.of(text, found.pop().start, span.end)
        found.append(span)
    return tuple(found)


def _words(references: Iterable[Reference]) -> tuple[Span, ...]:
    return tuple(sorted({r.span for r in references if r.span}))


def _known(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
