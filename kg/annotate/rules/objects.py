"""What a cue takes besides a clause: *threatens to invade*, *urged Israel to stop*, *announces a pause*, *an agreement to*, *his vow to*."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.annotate.rules import edges, speakers
from kg.annotate.rules.cues import Cue, nouns, verbs
from kg.annotate.rules.words import Word, listed, possible

DEALS = listed("agreement deal accord pact treaty memorandum ceasefire truce")
BODIES = listed(
    "parliament court senate assembly congress house council cabinet legislature lawmakers voters judge jury knesset bundestag sejm"
)
SAYINGS = listed("claims claim allegations allegation accusations accusation reports demand demands calls call ultimatum proposal offer")
PLANS = listed("plans plan intention commitment readiness willingness interest warnings threats support responsibility")
OWN = listed("its his her their a no")


@dataclass(frozen=True, slots=True)
class Reported:
    """A cue with the words `[first, stop)` of what is said, before force and mode are known; `start` is where its clause begins."""

    cue: Cue | None
    cue_range: tuple[int, int]
    who: tuple[speakers.Range, ...]
    pieces: tuple[tuple[int, int], ...]
    start: int
    how: str
    sure: float


class Objects:
    """One sentence with its cues; `blocked` are the words of utterances that `quotes.py` has read."""

    def __init__(self, words: list[Word], cues: list[Cue], blocked: set[int]) -> None:
        self.words, self.blocked = words, blocked
        self.cues = [cue for cue in cues if cue.first not in blocked]
        self.found: list[Reported] = []

    def _infinitive(self, cue: Cue, speaker: speakers.Range, start: int) -> Reported | None:
        """*threatens to invade …*, *urged Israel to stop*, *called on Iran to*."""
        words, at = self.words, cue.last + 1
        if "i" in cue.sense.takes and at + 1 < len(words):
            while at < len(words) and words[at].tag == "R" and words[at].low != "not":
                at += 1
            if at + 1 < len(words) and words[at].low == "to" and self._verb_follows(at + 1):
                if cue.sense.lemma == "decline" and words[at + 1].low in verbs() | {"comment": []}:
                    return None
                return self._rest(cue, speaker, start, at + 1, "infinitive", 0.85)
        if "o" in cue.sense.takes or cue.sense.lemma == "call":
            if cue.sense.lemma == "call":
                if at >= len(words) or words[at].low not in ("on", "upon"):
                    return None
                at += 1
            for i in range(at + 1, min(len(words), at + 16)):
                if (words[i].low == "to" and i + 1 < len(words) and (words[i + 1].tag == "B" or words[i + 1].low in ("not", "be"))) or (
                    words[i].low == "against" and cue.sense.lemma == "warn"
                ):
                    return self._rest(cue, speaker, start, at, "somebody to", 0.75)
                if words[i].tag in "ZDX" or words[i].low in (".", ";", "that"):
                    break
        return None

    def _verb_follows(self, at: int) -> bool:
        while at + 1 < len(self.words) and (self.words[at].tag == "R" or self.words[at].tag == ","):
            at += 1
        return "B" in possible(self.words[at].low) or self.words[at].tag == "B" or self.words[at].quoted

    def _rest(self, cue: Cue, speaker: speakers.Range, start: int, first: int, how: str, sure: float) -> Reported | None:
        if first >= len(self.words) or first in self.blocked:
            return None
        act = how in ("infinitive", "somebody to") or self.words[first].low in PLANS
        stop = edges.end(self.words, first, self._stop(first), phrase="act" if act else "phrase")
        return Reported(cue, (cue.first, cue.last), (speaker,), ((first, stop),), start, how, sure) if stop > first else None

    def _stop(self, first: int) -> int:
        """Before the first utterance in quotation marks that stands on its own."""
        for at in range(first, len(self.words)):
            if at in self.blocked:
                return at - 1 if at > first and self.words[at - 1].tag == "Q" else at
        return len(self.words)

    def _phrase(self, cue: Cue, speaker: speakers.Range, start: int) -> Reported | None:
        """A noun phrase or -ing form that is what is said: *announces a pause*, *proposes holding talks*, *warns of war*."""
        words, at, takes = self.words, cue.last + 1, cue.sense.takes
        if at >= len(words) or (words[at].tag == "," and words[at].low != '"'):
            return None
        particles = cue.sense.after("p")
        if words[at].low in particles and at + 1 < len(words):
            return self._rest(
                replace(cue, last=at if words[at].low in ("of", "for", "against", "with", "on") else cue.last),
                speaker,
                start,
                at + 1,
                "preposition",
                0.75,
            )
        if words[at].tag == "G" and "g" in takes:
            return self._rest(cue, speaker, start, at, "-ing", 0.75)
        if words[at].low == "as":
            return self._bound_phrase(cue, speaker, start, at)
        if words[at].tag not in "TJNPMQGOER" and not words[at].quoted and words[at].low not in PLANS:
            return None
        if cue.sense.lemma == "offer":
            told = speakers.after(words, at)
            at = told[1] if told and told[1] < len(words) and words[told[1]].tag in "TM" else at
        if "n" in takes and not self._official_act(cue, speaker, at):
            return self._rest(cue, speaker, start, at, "phrase", 0.7)
        if "n?" in takes and (words[at].low in PLANS or (words[at].low in OWN and any(w.low in PLANS for w in words[at : at + 3]))):
            return self._rest(cue, speaker, start, at, "phrase", 0.7)
        return self._bound_phrase(cue, speaker, start, at)

    def _bound_phrase(self, cue: Cue, speaker: speakers.Range, start: int, at: int) -> Reported | None:
        words = self.words
        bound = cue.sense.after("n")
        window = range(at, min(len(words), at + 10))
        if "as" in bound or "of" in bound:
            word = "as" if "as" in bound else "of"
            found = next((i for i in window if words[i].low == word), None)
            if found is not None and found + 1 < len(words) and not any(w.tag in "ZDX" for w in words[at:found]):
                return self._rest(cue, speaker, start, found + 1 if word == "as" else at, "bound phrase", 0.65)
        if "deal" in bound:
            found = next((i for i in window if words[i].low in DEALS), None)
            if found is None or any(w.tag in "ZDX" or w.low in ("to", "after") for w in words[at:found]):
                return None
            return self._deal(cue, speaker, start, at, found)
        return None

    def _deal(self, cue: Cue, speaker: speakers.Range, start: int, at: int, deal: int) -> Reported | None:
        """What an agreement says after it (*to receive jets*, *that would cut tariffs*, *removing caps*); else the agreement."""
        words = self.words
        if (
            deal
            and words[deal - 1].tag in "NJ"
            and words[deal].low in ("ceasefire", "truce")
            and deal + 1 < len(words)
            and words[deal + 1].low in DEALS
        ):
            deal += 1
        reach = replace(cue, last=deal) if cue.sense.lemma == "reach" else cue
        following = words[deal + 1].low if deal + 1 < len(words) else ""
        if following == "with":
            partner = speakers.after(words, deal + 2)
            deal = partner[1] - 1 if partner else deal
            following = words[deal + 1].low if deal + 1 < len(words) else ""
        if (following == "to" and self._verb_follows(deal + 2)) or (following == "on" and reach is not cue):
            return self._rest(reach, speaker, start, deal + 2, "deal", 0.65)
        if following == "that" and deal + 3 < len(words):
            return self._rest(reach, speaker, start, deal + 3 if words[deal + 2].tag == "X" else deal + 2, "deal", 0.65)
        if deal + 1 < len(words) and words[deal + 1].tag == "G":
            return self._rest(reach, speaker, start, deal + 1, "deal", 0.65)
        return self._rest(cue, speaker, start, at, "deal", 0.6)

    def _official_act(self, cue: Cue, speaker: speakers.Range, at: int) -> bool:
        """A court or parliament that rejects, denies or announces a thing acts; it says something only of what others say."""
        if cue.sense.force not in ("refuses", "denies"):
            return False
        body = any(self.words[i].low in BODIES for i in range(*speaker))
        return body and not any(w.low in SAYINGS for w in self.words[at : at + 5])

    def _nouns(self) -> None:
        """*his threat to order …*, *Hezbollah's rejection of this demand*, *calls by Azerbaijan to do so*."""
        words = self.words
        for at in range(1, len(words) - 2):
            sense = nouns().get(words[at].low)
            if sense is None or words[at].quoted or at in self.blocked or words[at].tag in "ZDBX":
                continue
            who, following = self._possessor(at)
            if not who or following >= len(words):
                continue
            low = words[following].low
            first = following + 1
            if (
                (low == "that" and "t" in sense.takes)
                or (low == "to" and "i" in sense.takes and self._verb_follows(following + 1))
                or low in sense.after("f")
            ):
                if first >= len(words):
                    continue
                stop = edges.end(words, first, self._stop(first), phrase="" if low == "that" else "act")
                if stop > first:
                    cue = Cue(at, at, at, sense, "noun")
                    self.found.append(Reported(cue, (at, at), (who,), ((first, stop),), who[0], "noun", 0.6))

    def _possessor(self, at: int) -> tuple[speakers.Range | None, int]:
        words = self.words
        before = at - 1
        while (before and words[before].tag in "JMG") or (before and words[before].tag == "N" and words[before - 1].tag in "STJ"):
            before -= 1
        if words[before].tag == "S" or words[before].low in ("'",):
            return speakers.phrase_before(words, before), at + 1
        if words[before].low in ("his", "her", "its", "their") and words[before].tag == "T":
            return speakers.nearest_subject(words, before) or (before, before + 1), at + 1
        if words[at + 1].low in ("by", "from"):
            who = speakers.after(words, at + 2)
            return who, who[1] if who else at + 1
        return None, at + 1
