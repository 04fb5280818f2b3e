"""The words of a question -> a frame.

The words are read from left to right, the longest match each time. A word of the grammar moves the reading on (a verb, a
preposition, *unless*); a name goes into the slot where the reading stands. What fits nowhere is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kg.ask import conditions
from kg.ask.finish import finished
from kg.ask.frame import Frame, Part, Pick, Wanted, union
from kg.ask.matching import NAMES, VERBS, decider, noun, phrase, rank
from kg.ask.refusal import beyond, two_verbs, unfinished, unknown
from kg.ask.words import Entry, Lexicon, tokens
from kg.errors import UsageError

LONGEST = 60  # words of a question


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
    verb_last: bool = False  # a stance or force after the action: no other action may follow
    tied: bool = False  # what it is tied to is a condition
    leading: str = ""  # the preposition or *and* that waits for what it leads in
    at: int = 0
    gaps: dict[int, int] = field(default_factory=dict)  # where the second half of a phrase with a gap stands -> its length
    touched: bool = False

    def read(self) -> None:
        at = 0
        while at < len(self.words):
            if at in self.gaps:
                at += self.gaps[at]
                continue
            self.at = at
            at += self.step(at)

    def step(self, at: int) -> int:
        """Reads what stands at a place; how many words that are."""
        apart = phrase(self.words, at)
        limit = min((gap for gap in self.gaps if gap > at), default=len(self.words))
        found, length = self.with_longer_names(*self.lexicon.match(self.words[:limit], at), at, limit)
        if apart and apart[1] >= length:
            entry, length, second, size = apart
            self.gaps[second] = size
            self.take([entry], " ".join((*self.words[at : at + length], "…", *self.words[second : second + size])))
            return length
        if (
            self.mode == "object"
            and (self.frame.stances or self.frame.forces)
            and not self.joined
            and noun(found, self.words[at : at + length])
        ):
            found = []
        if not found:
            kind = "circumstance" if self.mode == "condition" else "action"
            found, length = self.lexicon.edge(self.words[:limit], at, kind)
            if not found and self.mode != "condition":
                found, length = self.lexicon.edge(self.words[:limit], at, "circumstance")
            if not found:
                raise unknown(self.lexicon, self.words[at], kind)
            self.take(found, " ".join(self.words[at : at + length]))
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

    def with_longer_names(self, found: list[Entry], length: int, at: int, limit: int) -> tuple[list[Entry], int]:
        """What some words mean, with the actions that have more words between them and are no narrower ones anyway."""
        if self.mode == "condition" or (found and all(e.kind != "action" for e in found)):
            return found, length
        held, reach = self.lexicon.holding(self.words[:limit], at)
        if reach != length or not held:
            return (held, reach) if reach > length else (found, length)
        inside = self.lexicon.narrower(e.value for e in found if e.kind == "action")
        return found + [e for e in held if e.value not in inside], length

    def rank(self, entry: Entry, at: int, length: int) -> tuple[int, int]:
        mode = "many" if self.frame.asks == "many" else self.mode
        return rank(entry, self.words[at : at + length], mode, bool(self.joined))

    # what words do

    def take(self, entries: list[Entry], words: str) -> None:
        entry = entries[0]
        self.parts.append(Part(words, entry.kind, ", ".join(self.lexicon.label.get(e.value, e.value) for e in entries)))
        if entry.kind in NAMES:
            self.leading = ""
            entries = self.topic(entries, words)
            entry = entries[0]
            self.name(entry.kind, [e for e in entries if e.kind == entry.kind], [e.value for e in entries if e.kind == "place"])
            self.put_last, self.joined, self.touched = entry.kind, "", True
        elif entry.kind in VERBS:
            self.leading = ""
            self.verb(entry.kind, entry.value)
        elif entry.kind == "beyond":
            raise beyond(words)
        elif entry.kind != "filler":
            self.leading = words if entry.kind in ("slot", "join") else self.leading
            getattr(self, f"on_{entry.kind}")(entry.value)

    def verb(self, kind: str, value: str) -> None:
        f = self.frame
        if self.refusing:
            if kind == "said":
                raise UsageError("who did not say something cannot be told", "", "ask who is silent on it")
            f, self.refusing = replace(f, negated="condition" if kind == "condition" else "stance"), False
        reading = {"said": "speaker", "force": "either" if value == "threatens" else "speaker", "channel": "either"}.get(kind, "committer")
        known = f.stances or f.forces
        if kind in ("stance", "force", "strength"):
            self.one_of(kind, value if kind != "strength" else "pledged")
        elif kind == "said" and known:  # who pledged what, said Macron
            self.mode = self.leading = "according"
            return
        f = replace(f, reading=f.reading or reading)
        if kind == "stance":
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

    def one_of(self, kind: str, value: str) -> None:
        """A statement has one stance and one force: others only with *or*, and for the same action."""
        f = self.frame
        alike, others = (f.forces, f.stances) if kind == "force" else (f.stances, f.forces)
        if others or (alike and self.joined != "or" and (value not in alike or self.joined)):
            raise two_verbs((*alike, *others)[-1], value)
        self.verb_last = bool(alike and f.actions)

    def condition(self, value: str) -> None:
        self.frame = replace(self.frame, conditioned=True)
        self.tied = value == "tied"
        if value == "needs":
            self.lead("on")
        elif value == "decides":
            self.frame = replace(self.frame, decides=True)
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
        fresh = open_group is not None and not open_group.any_of
        if open_group and fresh and not open_group.denied and open_group.lead not in ("on", word):
            raise unfinished(open_group.lead)
        self.lead_anew(word, bool(open_group and fresh and open_group.denied))

    def lead_anew(self, word: str, denied: bool = False) -> None:
        self.mode, self.put_last, self.tied = "condition", "", False
        self.frame = conditions.begun(self.frame, word, denied)

    def wanted(self, new: Wanted) -> None:
        self.frame = conditions.added(self.lexicon, self.frame, new, self.joined)

    def deciders_in(self, words: tuple[str, ...]) -> None:
        """*The Bundestag's consent* names a circumstance, and in it who decides."""
        by = decider(self.lexicon, words)
        if by != Pick():
            self.wanted(Wanted(by=by))

    def topic(self, entries: list[Entry], words: str) -> list[Entry]:
        """*Refused a ceasefire*: after a stance, a circumstance is what the actions that end in its name are about."""
        f, kind = self.frame, entries[0].kind
        after = self.mode == "object" and (f.stances or f.forces) and not (f.actions or f.conditioned or self.put_last)
        if kind == "circumstance" and after:
            entries = self.lexicon.ending(tuple(words.split()), "action")
            if not entries:
                raise beyond(
                    words, "is a circumstance, not something that is done", f"put a word before it, as in 'after {words}' or 'on {words}'"
                )
            self.parts[-1] = Part(words, "action", ", ".join(self.lexicon.label.get(e.value, e.value) for e in entries))
        does = any(e.kind == "assent" for e in self.lexicon.at(tuple(words.split())))
        if does and self.mode in ("subject", "object"):
            raise beyond(
                words, "fits only in a condition", f"'… if parliament {words}'; of an actor say pledged, left open, refused or welcomed"
            )
        bare = kind in ("approval", "circumstance") and self.mode == "subject" and f.asks == "who"
        if bare and self.words[self.at - 1] != "whose":  # who has parliament's approval
            raise beyond(words, "fits only in a condition", "'who conditioned … on approval', '… if parliament agrees'")
        return entries

    def name(self, kind: str, entries: list[Entry], places: list[str]) -> None:
        values = tuple(sorted(e.value for e in entries))
        if kind == "action":
            self.action(values)
        elif kind == "measure":
            self.frame = replace(self.frame, measures=union(self.frame.measures, values))
        elif kind == "assent":
            self.assent(entries[0].value)
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

    def assent(self, value: str) -> None:
        """*If parliament agrees*; where it refuses, *if* and *unless* change places."""
        self.wanted(Wanted(kinds=("approval",)))
        if value == "denied" and self.frame.conditions[-1].lead != "on":
            self.frame = conditions.flipped(self.frame)

    def slot_for(self, kind: str) -> str:
        if kind != "place" and self.mode == "outside":
            raise beyond("outside", "needs a place", "name a place after it")
        if kind == "place" and self.mode not in ("outside", "for"):
            return "in"
        if kind != "place" and self.mode in ("in", "outside"):
            return "about"
        return {"object": "concerning"}.get(self.mode, self.mode)

    def action(self, values: tuple[str, ...]) -> None:
        """One more action: with *or* another that would do, else the narrower of the two, for a commitment has one action."""
        known = self.frame.actions
        label = self.lexicon.label.get(values[0], values[0])
        if self.mode == "condition" and not conditions.complete(self.frame):
            raise beyond(
                label, "is something that is done, not a circumstance", "name a circumstance, such as 'a ceasefire', or who must agree"
            )
        if self.mode == "outside" or (known and self.verb_last):
            raise beyond(label)
        if self.mode == "against":  # is against troops
            self.one_of("stance", "refused")
            self.frame = replace(self.frame, stances=("refused",), reading=self.frame.reading or "committer")
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
        joined, self.leading, self.put_last, self.joined = self.joined, "", "", ""
        if not self.frame.asks:
            self.frame = replace(self.frame, asks=value)
            self.mode = "subject"
        elif value in ("where", "when") and (joined or self.at == len(self.words) - 1):
            self.frame = replace(self.frame, asks=value)
        elif value == "when":
            self.lead("after")
        elif joined or value in ("where", "many"):
            raise beyond(" ".join(self.words[self.at :]), "is a second question", "ask in two questions")

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
        if self.tied and self.words[self.at] == "to" and "to" not in self.words[self.at + 1 :]:
            self.lead_anew("on")
            return
        self.mode = "subject" if value == "by" else value

    def on_happens(self, value: str) -> None:
        self.frame = replace(self.frame, happens=True)

    def on_weak(self, value: str) -> None:
        self.weak = tuple(value.split(" or "))

    def on_not(self, value: str) -> None:
        if value == "without":
            self.lead("on")
        if self.mode == "condition":
            self.not_in_condition()
        elif self.frame.stances == ("pledged",) and not self.frame.negated and not self.frame.actions and not self.frame.strengths:
            self.frame = replace(self.frame, stances=("refused",))  # pledged not to
        elif self.frame.stances or self.frame.forces or self.frame.negated or self.refusing:
            raise beyond(" ".join(self.words[self.at :]), "denies what cannot be denied here")
        else:
            self.refusing = True

    def not_in_condition(self) -> None:
        """*On no X* denies the condition, *on X but not on Y* one of two; *if there is no X* is *unless X*."""
        group, rest = self.frame.conditions[-1], " ".join(self.words[self.at :])
        again = self.lexicon.match(self.words, self.at + 1)[0][:1]
        on = group.lead in ("on", "after") or bool(again and again[0].kind == "marker")
        half = bool(group.any_of) and not conditions.complete(self.frame) and not self.joined  # if parliament does not …
        if self.joined == "or" or (half and on):
            raise beyond(rest, "denies what cannot be denied here")
        if half:
            self.frame = conditions.flipped(self.frame)
        elif any(g.any_of for g in self.frame.conditions) and on:
            self.lead_anew(group.lead, denied=True)
        elif group.lead == "on":
            self.frame = replace(self.frame, negated="condition")
        else:
            self.lead_anew("if" if group.lead == "unless" else "unless")
        self.joined = self.leading = ""

    def on_silent(self, value: str) -> None:
        self.frame, self.mode, self.touched = replace(self.frame, silent=True), "about", True

    def on_join(self, value: str) -> None:
        self.joined = value

    # the end

    def finished(self) -> Frame:
        empty = [group.lead for group in self.frame.conditions if not group.any_of]
        # `on` may end a question: on what does it depend
        if self.leading or [lead for lead in empty if lead != "on"]:
            raise unfinished(self.leading or empty[-1])
        return finished(self.lexicon, self.frame, self.refusing, self.weak, self.touched)
