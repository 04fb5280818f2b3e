"""The reports of one sentence: the clause a cue takes, before, after or around it, and who is told to have said it.

What cues take besides a clause is read in `objects.py`, utterances in quotation marks in `quotes.py`.
"""

from __future__ import annotations

from dataclasses import replace

from kg.annotate.rules import edges, speakers
from kg.annotate.rules.cues import Cue
from kg.annotate.rules.objects import Objects, Reported
from kg.annotate.rules.quotes import MARK_WORDS
from kg.annotate.rules.words import listed

SOURCELESS = listed("announce report confirm reveal say claim allege disclose state")


class Sentence(Objects):
    """Reads the cues of one sentence."""

    def read(self) -> list[Reported]:
        for cue in self.cues:
            reported = self._verb(cue)
            if reported:
                self.found.append(reported)
        self._according()
        self._nouns()
        return [self._cut(reported) for reported in self.found if not self._same_act(reported)]

    def _same_act(self, reported: Reported) -> bool:
        """*They state that they have agreed to X* is one speech act."""
        pronoun = len(reported.who) == 1 and self.words[reported.who[0][0]].low in ("it", "they", "he", "she", "we")
        agrees = reported.cue is not None and reported.cue.sense.lemma in ("agree", "reach", "sign")
        return pronoun and agrees and any(other.pieces[0][0] == reported.who[0][0] for other in self.found if other is not reported)

    def _cut(self, reported: Reported) -> Reported:
        """Content ends where the next statement of the same level begins: *and says*, *, adding that*, *while Putin said*."""
        stops = [other.start for other in self.found if other is not reported and other.start > reported.pieces[-1][0]]
        first, stop = reported.pieces[-1]
        for at in sorted(stops):
            if first < at < stop and self._level(at):
                stop = edges.trim(self.words, first, at)
                break
        return replace(reported, pieces=(*reported.pieces[:-1], (first, stop))) if stop > first else reported

    def _level(self, at: int) -> bool:
        """Whether the clause that begins at a word stands beside what was said, not inside it."""
        low = self.words[at].low
        return low in (",", "and", "but", "while", "as", "with", "whereas", "although", ";", "after", "despite")

    def _verb(self, cue: Cue) -> Reported | None:
        if cue.form == "passive":
            return self._passive(cue)
        who = self._source(cue)
        if who is None:
            return None
        speaker, start = who
        return (
            self._clause(cue, speaker, start)
            or self._trailing(cue, speaker)
            or self._infinitive(cue, speaker, start)
            or self._phrase(cue, speaker, start)
        )

    def _source(self, cue: Cue) -> tuple[speakers.Range, int] | None:
        """The speaker of a verb and where its clause begins, connecting word and comma included."""
        words, at = self.words, cue.first
        while at and (words[at - 1].tag == "R" or words[at - 1].low in ("also", "then", "later")):
            at -= 1
        held = words[at - 1].low if at else ""
        shared = (
            (cue.form == "ing" and held in (",", "while", "and", "by", "after", "before", "when", "in", ""))
            or held in ("and", "but", "or", "then")
            or (held == "," and cue.form == "finite" and not self._closes_insert(at - 1))
        )
        if shared:
            speaker = self._earlier(at) or speakers.subject(words, at)
            start = at - 1 if held else at
            if start and words[start - 1].low == ",":
                start -= 1
            return (speaker, start) if speaker and speaker[0] not in self.blocked else None
        speaker = speakers.before(words, cue.first)
        if not speaker:
            return None
        start = speaker[0]
        while start and words[start - 1].low in (
            "and",
            "but",
            "while",
            "as",
            "with",
            "whereas",
            "although",
            ",",
            "after",
            "despite",
            "which",
        ):
            start -= 1
        return speaker, start

    def _closes_insert(self, comma: int) -> bool:
        found = speakers.before(self.words, comma + 1)
        return found is not None and found[1] < comma

    def _earlier(self, at: int) -> speakers.Range | None:
        """The speaker of the nearest earlier verb of saying whose words reach here."""
        for reported in reversed(self.found):
            if (
                reported.cue
                and reported.cue.form == "finite"
                and reported.cue.first < at
                and len(reported.who) == 1
                and reported.who[0][1] <= reported.cue.first
                and not self._relative(reported.who[0][0])
            ):
                return reported.who[0]
        return None

    def _relative(self, at: int) -> bool:
        return at > 0 and self.words[at - 1].tag == "W"

    def _clause(self, cue: Cue, speaker: speakers.Range, start: int) -> Reported | None:
        begun = edges.begin(self.words, cue)
        quoted = None if begun else self._quoted_after(cue)
        first = begun[0] if begun else quoted
        if first is None or first in self.blocked:
            return None
        stop = edges.end(self.words, first, self._stop(first))
        stop = self._quote_end(first, stop) if quoted else stop
        sure = 0.85 if begun and begun[1] == "that" else 0.75
        return (
            Reported(cue, (cue.first, cue.last), (speaker,), ((first, stop),), start, "clause" if begun else "quoted words", sure)
            if stop > first
            else None
        )

    def _quote_end(self, first: int, stop: int) -> int:
        """The end of the quotation that begins at `first`, unless the clause goes on after it."""
        at = first
        while at < stop and self.words[at].quoted:
            at += 1
        after = at
        while after < stop and (self.words[after].tag == "Q" or self.words[after].low in MARK_WORDS):
            after += 1
        return stop if after < stop and self.words[after].tag in "ZDXBNJPGCV" else at

    def _quoted_after(self, cue: Cue) -> int | None:
        """The first word of a quotation that follows the cue at once or after *that*, *it as*, *the plan*."""
        at = cue.last + 1
        for i in range(at, min(len(self.words), at + 2)):
            if self.words[i].quoted:
                if i in self.blocked or cue.sense.lemma in ("sign", "reach", "report", "reject", "agree"):
                    return None
                return i if i == at + 1 and (self.words[at].tag == "Q" or self.words[at].low in MARK_WORDS) else None
        return None

    def _trailing(self, cue: Cue, speaker: speakers.Range) -> Reported | None:
        """*…, the minister said.* and *The plan, he said, is dead*: what is said stands before, or around."""
        words = self.words
        if cue.form != "finite" or not cue.sense.takes & {"c", "t", "a"} or ("i" in cue.sense.takes and "c" not in cue.sense.takes):
            return None
        found = self._comma_before(cue, speaker)
        if found is None:
            return None
        comma, who = found
        rest, begin = max(cue.last + 1, who[1]), 1 if words[0].low in ("but", "and") else 0
        if any(i in self.blocked for i in (*range(comma), *range(rest, rest + 9))) or (words[0].quoted and words[comma - 1].quoted):
            return None
        if not edges.clause_begins(words, self._past_place(begin, comma), reach=40):
            return None
        pieces = [(begin, comma)]
        after = next((i for i in range(rest, min(rest + 8, len(words))) if words[i].low == ","), None)
        if after is not None and after + 2 < len(words) and not any(w.tag in "ZDX" for w in words[begin:comma]):
            pieces.append((after + 1, edges.end(words, after + 1, self._stop(after + 1))))
        elif rest < len(words) and words[rest].tag not in ",INP" and words[rest].low not in edges.DAYS:
            return None
        return Reported(cue, (cue.first, cue.last), (who,), tuple(pieces), begin, "trailing", 0.8)

    def _comma_before(self, cue: Cue, speaker: speakers.Range) -> tuple[int, speakers.Range] | None:
        """The comma that ends what is said, and who said it: *…, he said* or *…, said Merz*."""
        words = self.words
        if words[cue.first - 1].low != "," or not cue.first:
            near = cue.first - speaker[1] <= 3 and speaker[0] > 3 and words[speaker[0] - 1].low == ","
            return (speaker[0] - 1, speaker) if near else None
        who = speakers.after(words, cue.last + 1) if cue.sense.lemma != "tell" else None
        if who is None:
            near = speaker[0] > 3 and words[speaker[0] - 1].low == ","
            return (speaker[0] - 1, speaker) if near and cue.first - speaker[1] <= 3 else None
        following = words[who[1]].low if who[1] < len(words) else "."
        possessed = words[who[0]].low in ("its", "his", "her", "their", "a", "an") and "c" not in cue.sense.takes
        ends = following in (",", ".", "in", "on", "at", "after") or following in edges.DAYS
        return (cue.first - 1, who) if cue.first > 3 and ends and not possessed else None

    def _past_place(self, begin: int, comma: int) -> int:
        """Past a place or time that leads, *In Kyiv*: a clause must still follow it."""
        words = self.words
        if words[begin].tag != "I" or words[begin].low in ("if", "unless", "that"):
            return begin
        place = speakers.after(words, begin + 1)
        stop = place[1] if place else begin + 1
        return min(comma, stop + (words[stop].low == ","))

    def _passive(self, cue: Cue) -> Reported | None:
        """*It was announced that*; *a proposal, which is rejected by Katz*; *was told by Putin that*."""
        words = self.words
        first, at = cue.head, cue.last + 1
        it = next((i for i in range(max(0, first - 4), first) if words[i].low == "it"), None)
        if it is not None and cue.sense.lemma in SOURCELESS and cue.sense.takes & {"c", "t"}:
            begun = edges.begin(words, cue)
            if begun and begun[1] == "that":
                return Reported(
                    cue, (first, cue.last), (), ((begun[0], edges.end(words, begun[0], self._stop(begun[0]))),), it, "sourceless", 0.6
                )
        if (
            at < len(words)
            and words[at].low == "by"
            and "n" in cue.sense.takes
            and cue.sense.force in ("refuses", "criticises", "praises", "denies")
        ):
            who = speakers.after(words, at + 1)
            thing = speakers.before(words, first - 1) if words[first - 1].low in ("is", "was", "are", "were", "been") else None
            if who and thing:
                return Reported(cue, (first, cue.last), (who,), (thing,), thing[0], "passive", 0.6)
        return None

    def _according(self) -> None:
        words = self.words
        for at in range(len(words) - 2):
            if words[at].low != "according" or words[at + 1].low != "to" or at in self.blocked:
                continue
            who = speakers.after(words, at + 2)
            if not who or any(words[i].low in ("plan", "plans", "schedule", "law") for i in range(*who)):
                continue
            after = next((i for i in range(who[1], min(len(words), who[1] + 14)) if words[i].low == ","), None)
            if at == 0 or (words[at - 1].low in (",", "and", "but") and at < 2):
                pieces = [(after + 1, edges.end(words, after + 1, self._stop(after + 1)))] if after else []
            else:
                stop = at - 1 if words[at - 1].low == "," else at
                pieces = [] if any(i in self.blocked for i in range(stop)) else [(0, stop)]
                if after and not any(w.tag in "ZDX" for w in words[:stop]) and pieces:
                    pieces.append((after + 1, edges.end(words, after + 1, self._stop(after + 1))))
            if pieces:
                self.found.append(Reported(None, (at, at + 1), (who,), tuple(pieces), pieces[0][0], "according to", 0.85))
