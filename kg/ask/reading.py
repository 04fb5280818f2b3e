"""The words of a question -> a frame.

The words are read from left to right, the longest match each time. A word of the grammar moves the reading on (a verb, a
preposition, *unless*); a name goes into the slot where the reading stands. What fits nowhere is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from kg.ask.frame import Frame, Group, Part, Pick, Wanted, union
from kg.ask.words import Entry, Lexicon, grammar, stems, tokens
from kg.errors import UsageError
from kg.vocabulary import ID

LONGEST = 60  # words of a question
APPROVAL = ID + "circumstance/approval"  # with all below it: consent in whatever form
DECIDING = ("Parliament", "Court")  # kinds of actor of which a condition means: their approval
VERBS = ("stance", "strength", "force", "said", "channel", "condition")
NAMES = ("actor", "action", "circumstance", "place", "class", "kind", "approval", "measure")
# What words that mean several things mean, by where the reading stands; what is not listed comes before it.
_DEFAULT = ("action", "class", "actor", "circumstance", "place", "kind", "measure", "approval")
_ORDER = {
    "condition": ("approval", "circumstance", "class", "actor", "kind", "action", "place", "measure"),
    "in": ("place", "class", "actor", "action", "circumstance", "kind", "measure", "approval"),
    "many": ("measure", *_DEFAULT),
}
_ORDER["outside"] = _ORDER["in"]


def read(lexicon: Lexicon, question: str) -> tuple[Frame, tuple[Part, ...]]:
    """The frame of a question and its parts; raises UsageError for a word that is unknown or fits nowhere."""
    words = tokens(question)
    if not words:
        raise UsageError("the question is empty", "", "kg ask 'who conditioned troops on parliament'")
    if len(words) > LONGEST:
        raise UsageError(f"the question has {len(words)} words, more than {LONGEST}", "", "ask in several questions")
    reader = _Reader(lexicon, words)
    reader.read()
    return reader.finished(), tuple(reader.parts)


@dataclass
class _Reader:
    lexicon: Lexicon
    words: tuple[str, ...]
    frame: Frame = field(default_factory=Frame)
    parts: list[Part] = field(default_factory=list)
    mode: str = "subject"
    joined: str = ""  # or, and: what stands before the next name
    put_last: str = ""  # kind of the name before it
    refusing: bool = False  # a `not` that has found no verb yet
    weak: tuple[str, ...] = ()
    gaps: dict[int, int] = field(default_factory=dict)  # where the second half of a phrase with a gap stands -> its length
    touched: bool = False

    def read(self) -> None:
        at = 0
        while at < len(self.words):
            if at in self.gaps:
                at += self.gaps[at]
                continue
            at += self.step(at)

    def step(self, at: int) -> int:
        """Reads what stands at a place; how many words that are."""
        apart = self.apart(at)
        limit = min((gap for gap in self.gaps if gap > at), default=len(self.words))
        found, length = self.lexicon.match(self.words[:limit], at)
        if apart and apart[1] >= length:
            entry, length, second, size = apart
            self.gaps[second] = size
            self.take([entry], " ".join((*self.words[at : at + length], "…", *self.words[second : second + size])))
            return length
        if not found:
            found, length = self.lexicon.edge(self.words[:limit], at)
            wanted = "circumstance" if self.mode == "condition" else "action"
            found = [entry for entry in found if entry.kind == wanted] or found
            if not found:
                raise self.unknown(self.words[at])
            self.take([entry for entry in found if entry.kind == found[0].kind], " ".join(self.words[at : at + length]))
            return length
        best = min(self.rank(entry, at, length) for entry in found)
        kinds = [entry.kind for entry in found if self.rank(entry, at, length) == best]
        taken = {(e.kind, e.value): e for e in found if e.kind == kinds[0]}
        if self.mode in ("for", "subject", "object") and kinds[0] == "actor":
            taken |= {(e.kind, e.value): e for e in found if e.kind == "place" and self.mode == "for"}
        self.take(list(taken.values()), " ".join(self.words[at : at + length]))
        if kinds[0] == "circumstance":
            self.deciders_in(self.words[at : at + length])
        return length

    def rank(self, entry: Entry, at: int, length: int) -> tuple[int, int]:
        order = _ORDER.get("many" if self.frame.asks == "many" else self.mode, _DEFAULT)
        place = order.index(entry.kind) if entry.kind in order else -1
        inexact = int(entry.words != self.words[at : at + length])
        if self.mode == "condition" and entry.kind in ("approval", "circumstance"):
            return 0, order.index(entry.kind) - len(order)
        return inexact, place

    def apart(self, at: int) -> tuple[Entry, int, int, int] | None:
        """A phrase with a gap that begins here: its entry, the length of its first half, where the second stands, its length."""
        for table, key, first, second in _gapped():
            if stems(self.words[at : at + len(first)]) != stems(first):
                continue
            for other in range(at + len(first) + 1, len(self.words) - len(second) + 1):
                if stems(self.words[other : other + len(second)]) == stems(second):
                    return Entry(table, key, (*first, *second)), len(first), other, len(second)
        return None

    # what words do

    def take(self, entries: list[Entry], words: str) -> None:
        entry = entries[0]
        self.parts.append(Part(words, entry.kind, ", ".join(self.lexicon.label.get(e.value, e.value) for e in entries)))
        if entry.kind in NAMES:
            self.name(entry.kind, [e for e in entries if e.kind == entry.kind], [e.value for e in entries if e.kind == "place"])
            self.put_last, self.joined, self.touched = entry.kind, "", True
        elif entry.kind in VERBS:
            self.verb(entry.kind, entry.value)
        elif entry.kind != "filler":
            getattr(self, f"on_{entry.kind}")(entry.value)

    def verb(self, kind: str, value: str) -> None:
        f = self.frame
        if self.refusing:
            if kind == "said":
                raise UsageError("who did not say something cannot be told", "", "ask who is silent on it")
            f, self.refusing = replace(f, negated="condition" if kind == "condition" else "stance"), False
        reading = {"said": "speaker", "force": "either" if value == "threatens" else "speaker", "channel": "either"}.get(kind, "committer")
        f = replace(f, reading=f.reading or reading)
        if kind == "stance":
            if f.stances and not self.joined and value not in f.stances:
                raise UsageError(f"a statement cannot be both {f.stances[-1]} and {value}", "", "put 'or' between them, or ask twice")
            f = replace(f, stances=union(f.stances, (value,)))
        elif kind == "strength":
            f = replace(f, stances=union(f.stances, ("pledged",)), strengths=union(f.strengths, (value,)))
        elif kind == "force":
            f = replace(f, forces=union(f.forces, (value,)))
        elif kind == "said":
            f = replace(f, said=True)
        elif kind == "channel":
            f = replace(f, channels=union(f.channels, (value,)))
        self.frame, self.mode, self.touched, self.joined = f, "object", True, ""
        if kind == "condition":
            self.condition(value)

    def condition(self, value: str) -> None:
        self.frame = replace(self.frame, conditioned=True)
        if value == "needs":
            self.lead("on")
        elif value == "decides":
            subject = self.frame.slot("subject")
            self.lead("on")
            self.wanted(Wanted(by=subject, kinds=("approval",)))
            self.frame = replace(self.frame, slots=tuple(pair for pair in self.frame.slots if pair[0] != "subject"))
            self.mode = "condition" if subject == Pick() else "object"

    def lead(self, word: str) -> None:
        open_group = self.frame.conditions[-1] if self.frame.conditions else None
        if self.joined == "or" and open_group and open_group.any_of:
            self.mode = "condition"
            return
        self.mode, self.put_last = "condition", ""
        group = Group(word, tuple(grammar()["ways"][word]))
        self.frame = replace(self.frame, conditions=(*(g for g in self.frame.conditions if g.any_of), group))

    def wanted(self, new: Wanted) -> None:
        """Adds to the condition that is spoken of: to what it is, or with *or* another that would do, with *and* one more."""
        *groups, group = self.frame.conditions or (Group("on", tuple(grammar()["ways"]["on"])),)
        last = group.any_of[-1] if group.any_of else Wanted()
        same = any(
            getattr(last, name) != type(getattr(last, name))() and getattr(new, name) != type(getattr(new, name))()
            for name in ("circumstances", "by")
        )
        if self.joined == "and" and group.any_of:
            groups, group, last = [*groups, group], replace(group, any_of=()), Wanted()
        if self.joined == "or" and group.any_of and not same:
            group = replace(group, any_of=(*group.any_of, new))
        else:
            merged = Wanted(union(last.circumstances, new.circumstances), last.by | new.by, union(last.kinds, new.kinds))
            group = replace(group, any_of=(*group.any_of[:-1], merged))
        self.frame = replace(self.frame, conditions=(*groups, group))

    def deciders_in(self, words: tuple[str, ...]) -> None:
        """*The Bundestag's consent* names a circumstance, and in it who decides."""
        runs = [words[at : at + length] for length in range(len(words) - 1, 0, -1) for at in range(len(words) - length + 1)]
        for run in runs:
            found = [
                e.value for e in self.lexicon.at(run) if e.kind == "actor" and self.lexicon.classes.get(e.value, set()) & set(DECIDING)
            ]
            if found:
                self.wanted(Wanted(by=Pick(actors=tuple(dict.fromkeys(found)))))
                return

    def name(self, kind: str, entries: list[Entry], places: list[str]) -> None:
        values = tuple(sorted(e.value for e in entries))
        if kind == "action":
            self.action(values)
        elif kind == "measure":
            self.frame = replace(self.frame, measures=union(self.frame.measures, values))
        elif kind in ("circumstance", "kind", "approval"):
            if self.mode != "condition" and not (self.frame.conditions and self.put_last in ("circumstance", "kind", "approval")):
                self.lead("on")
            self.wanted(Wanted(circumstances=values) if kind == "circumstance" else Wanted(kinds=values))
        else:
            pick = (
                Pick(places=values)
                if kind == "place"
                else Pick(classes=values)
                if kind == "class"
                else Pick(actors=values, places=tuple(sorted(places)))
            )
            if self.mode == "condition" and kind != "place":
                self.wanted(Wanted(by=pick))
            else:
                slot = self.slot_for(kind)
                named = {cls for actor in self.frame.slot(slot).actors for cls in self.lexicon.classes.get(actor, ())}
                if not (self.put_last == "actor" and kind == "class" and not self.joined and named & set(values)):  # the Euronews article
                    self.frame = self.frame.put(slot, pick)

    def slot_for(self, kind: str) -> str:
        if kind == "place" and self.mode not in ("outside", "for"):
            return "in"
        if kind != "place" and self.mode in ("in", "outside"):
            return "about"
        return {"object": "concerning"}.get(self.mode, self.mode)

    def action(self, values: tuple[str, ...]) -> None:
        """One more action: with *or* another that would do, else the narrower of the two, for a commitment has one action."""
        known = self.frame.actions
        if known and not self.joined:
            inside = [{*some, *self.lexicon.narrower(some)} for some in (known, values)]
            both = tuple(sorted({*(v for v in values if v in inside[0]), *(k for k in known if k in inside[1])}))
            if not both:
                first, second = (self.lexicon.label.get(some[0], some[0]) for some in (known, values))
                raise UsageError(f"one commitment cannot be both {first!r} and {second!r}", "", "put 'or' between them, or ask twice")
            self.frame = replace(self.frame, actions=both)
        else:
            self.frame = replace(self.frame, actions=union(known, values))
        if self.mode == "condition":
            self.mode = "object"

    # what words of the grammar do, by their table

    def on_ask(self, value: str) -> None:
        if not self.frame.asks:
            self.frame = replace(self.frame, asks=value)
            self.mode = "subject"
        self.put_last = self.joined = ""

    def on_noun(self, value: str) -> None:
        self.touched = True

    def on_marker(self, value: str) -> None:
        spoken_of = not self.frame.conditioned or (self.frame.conditions and self.mode != "condition")
        if value == "on" and spoken_of:
            self.mode = "about"
        else:
            self.lead(value)

    def on_slot(self, value: str) -> None:
        if self.mode == "condition" and value in ("from", "by", "in"):
            return
        self.mode = "subject" if value == "by" else value

    def on_happens(self, value: str) -> None:
        self.frame = replace(self.frame, happens=True)

    def on_weak(self, value: str) -> None:
        self.weak = (value,)

    def on_not(self, value: str) -> None:
        if value == "without":
            self.lead("on")
        lead = self.frame.conditions[-1].lead if self.mode == "condition" else ""
        if lead == "on":
            self.frame = replace(self.frame, negated="condition")
        elif lead:  # if there is no X: unless X
            self.lead("if" if lead == "unless" else "unless")
        else:
            self.refusing = True

    def on_silent(self, value: str) -> None:
        self.frame, self.mode, self.touched = replace(self.frame, silent=True), "about", True

    def on_join(self, value: str) -> None:
        self.joined = value

    # the end

    def finished(self) -> Frame:
        f = self.frame
        verbs = f.stances or f.forces or f.said or f.channels
        if self.refusing:
            denies = f.stances or f.forces or f.channels
            f = replace(f, negated="stance") if denies else replace(f, stances=("refused",), reading=f.reading or "committer")
        elif self.weak and not verbs and not f.conditioned and not f.happens and f.asks != "where":
            f = replace(f, stances=self.weak, reading="committer")
        groups = tuple(self.settled(g) for g in f.conditions if g.any_of)
        f = replace(f, conditions=groups, reading=f.reading or "either")
        if not (self.touched or f.conditions):
            raise UsageError("the question names nothing to look for", "", "kg ask 'who conditioned troops on parliament'")
        if f.happens:
            f = replace(f, conditions=tuple(replace(g, ways=tuple(grammar()["ways"]["on"])) for g in f.conditions))
        return f

    def settled(self, group: Group) -> Group:
        """Where it is said who decides, consent in one form is as good as in another: ratifies, votes, agrees."""

        def one(w: Wanted) -> Wanted:
            forms = all(APPROVAL in self.lexicon.above.get(c, ()) for c in w.circumstances)
            deciding = set(w.by.classes) & set(DECIDING) or any(self.lexicon.classes.get(a, set()) & set(DECIDING) for a in w.by.actors)
            if w.by != Pick() and forms and (w.circumstances or (deciding and not w.kinds)):
                return replace(w, circumstances=(), kinds=union(w.kinds, ("approval",)))
            return w

        return replace(group, any_of=tuple(map(one, group.any_of)))

    def unknown(self, word: str) -> UsageError:
        names = {name.casefold(): name for name in sorted(self.lexicon.names, reverse=True)}
        close = get_close_matches(word[:100], names, n=3, cutoff=0.6)
        hint = (
            f"did you mean {', '.join(names[c] for c in close)}?"
            if close
            else "kg show lists the names that are known, kg queries the questions"
        )
        return UsageError(f"the word {word[:100]!r} is not known", "", hint)


def _gapped() -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    for table in VERBS:
        for key, phrases in grammar()[table].items():
            for phrase in phrases:
                first, gap, second = phrase.partition("…")
                if gap:
                    yield table, key, tokens(first), tokens(second)
