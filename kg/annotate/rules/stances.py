"""What shows that somebody acts, will act, may act or will not (`data/stances.tsv`), and where the act itself begins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kg.annotate.rules.cues import forms
from kg.annotate.rules.lexicon import phrases, word_class, word_set
from kg.annotate.rules.words import BE, Word, possible

_APPROVING = word_set("approves approved approve adopts adopted backs backed endorses endorsed unveils unveiled")
_BETWEEN = 3  # adverbs and quotation marks allowed inside a pattern


@dataclass(frozen=True, slots=True)
class Stance:
    """Words `first` to `last` that show a stance, how their subject is found, and the word the act begins with.

    `form` is verb, passive (the clause is the act) or noun.
    """

    first: int
    last: int
    act: int
    form: str
    stance: str
    strength: str | None
    subject: str
    confidence: float

    def words(self, words: list[Word]) -> str:
        """The pattern's words as they stand."""
        return " ".join(word.low for word in words[self.first : self.last])


def find_stances(words: list[Word]) -> list[Stance]:
    """The stances among the words of a sentence, in order; a longer pattern wins over a shorter one at its place.

    >>> from kg.annotate.rules.words import read_words
    >>> words = read_words("Spain will not leave and is ready to talk.", 0, 42)
    >>> [(s.words(words), s.stance, words[s.act].low) for s in find_stances(words)]
    [('will not', 'refused', 'leave'), ('is ready', 'open', 'talk')]
    """
    found: list[Stance] = []
    place = 0
    while place < len(words):
        stance = _at(words, place)
        if stance:
            found.append(stance)
        place = stance.last if stance else place + 1
    return found


def _at(words: list[Word], at: int) -> Stance | None:
    for rest, (stance, strength, follows, subject, confidence) in phrases("stances.tsv").get(words[at].low, ()):
        last = _matched(words, at, rest)
        if last < 0 or not _fits(words, at, subject, len(rest)):
            continue
        act, form, negated = _act(words, last, follows, subject)
        if act < 0:
            continue
        if subject == "noun" and stance == "open" and approved(words, at):
            stance, strength = "pledged", "intended"
        if negated and stance in ("pledged", "open"):
            stance, strength = "refused", "-"
        return Stance(at, last, act, form, stance, strength if strength != "-" else None, subject, float(confidence))
    return None


@cache
def _going() -> frozenset[str]:
    """The -ing forms of deliberate acts: `is suspending flights`."""
    return frozenset(form for lemma in word_class("announced") for form, tag in forms(lemma).items() if tag == "G")


def _matched(words: list[Word], at: int, rest: list[frozenset[str]]) -> int:
    place = at + 1
    for part in rest:
        skipped = 0
        while (
            place < len(words)
            and words[place].low not in part
            and words[place].tag in "RQ"
            and words[place].low not in ("not", "never")
            and skipped < _BETWEEN
        ):
            place, skipped = place + 1, skipped + 1
        if place >= len(words) or words[place].low not in part:
            return -1
        place += 1
    return place


def _fits(words: list[Word], at: int, subject: str, more: int) -> bool:
    """Whether the first word is the part of speech the pattern speaks of, and nothing before it turns it round."""
    word, before = words[at], words[at - 1] if at else None
    if subject == "progressive":
        return (
            word.low in ("is", "are", "am", "'re") and at + 1 < len(words) and (words[at + 1].tag == "R" or words[at + 1].low in _going())
        )
    if subject == "noun":
        return word.tag in "NPB" or (before is not None and before.tag in "TSJ")
    if subject in ("verb", "signs", "announces", "warns", "rejects"):
        if before is not None and (
            before.low in ("not", "never", "to", "would", "will", "could", "may", "might", "should", "n't", "didn't", "doesn't")
            or before.tag == "T"
        ):
            return False
        after = words[at + 1] if at + 1 < len(words) else None
        if (
            before is not None
            and before.tag in "PNO,"
            and word.low.endswith("s")
            and after is not None
            and (after.tag in "TOM" or after.low == "to")
        ):
            return True
        verbal = word.tag in "ZDBGE" or possible(word.low)[0] in "ZDBE" or set(possible(word.low)) & set("ZD") != set() or word.low in BE
        return verbal and (word.tag != "E" or before is None or before.low not in BE)
    if subject in ("modal", "would", "may"):
        return word.tag != "P" or at > 0
    return True


def _act(words: list[Word], last: int, follows: str, subject: str) -> tuple[int, str, bool]:
    """Where the act begins, its form, and whether *not* stands before it; -1 where nothing that fits follows."""
    place = _skipped(words, last)
    if place >= len(words):
        return -1, "", False
    negated = words[place].low == "not"
    if negated:
        place = _skipped(words, place + 1)
    if place + 1 >= len(words) and follows != "noun" and words[min(place, len(words) - 1)].tag == ",":
        return -1, "", False
    if follows == "that":
        return place, "clause", False
    if follows == "base":
        return (*_base(words, place), negated)
    if follows in ("to", "any") and place < len(words) and words[place].low in ("to", "on", "against", "from") and place + 1 < len(words):
        after = _skipped(words, place + 1)
        if words[place].low == "to" and _infinitive(words, after):
            return (*_base(words, after), negated)
        if follows == "any" and after < len(words):
            return (after, "verb" if words[after].tag == "G" else "noun", negated) if words[after].tag in "GTNJPM" else (-1, "", False)
    if (
        follows in ("any", "ing")
        and place < len(words)
        and (words[place].tag == "G" or (words[place].low.endswith("ing") and "G" in possible(words[place].low)))
    ):
        return place, "verb", negated
    if follows in ("any", "noun") and place < len(words) and words[place].tag in "TNJPMQ" and words[place].low != "that":
        return _noun(words, place, subject)
    if subject == "noun" and at_plan(words, last):
        return at_plan(words, last), "verb", False
    return (place, "deal", False) if follows == "deal" else (-1, "", False)


def approved(words: list[Word], noun: int) -> bool:
    """Whether what stands just before is approved: `approves a U.S. proposal`; who approves it would then act."""
    return any(word.low in _APPROVING for word in words[max(0, noun - 6) : noun])


def at_plan(words: list[Word], last: int) -> int:
    """Where the act of an approved plan begins, some words after it (`approves a plan drawn up with India to admit refugees`); 0 if nowhere."""
    if not approved(words, last):
        return 0
    for place in range(last, min(last + 10, len(words) - 1)):
        if words[place].tag in ",X":
            break
        if (words[place].low == "to" and words[place + 1].tag == "B") or (
            words[place].low in ("for", "of") and words[place + 1].tag == "G"
        ):
            return place + 1
    return 0


def _skipped(words: list[Word], at: int) -> int:
    while at < len(words) and (
        words[at].tag == "Q" or (words[at].tag == "R" and words[at].low not in ("not", "no")) or words[at].low in ("also", "all", "both")
    ):
        at += 1
    return at


def _infinitive(words: list[Word], at: int) -> bool:
    return (
        at < len(words)
        and words[at].tag not in ",TSOCW"
        and (words[at].tag == "B" or "B" in possible(words[at].low) or words[at].low not in _known_nouns(words, at))
        and words[at].tag != "P"
    )


def _known_nouns(words: list[Word], at: int) -> frozenset[str]:
    low = words[at].low
    tags = possible(low)
    return frozenset((low,)) if tags[0] in "NJGMRI" and "B" not in tags else frozenset()


def _base(words: list[Word], at: int) -> tuple[int, str]:
    if at >= len(words) or words[at].tag in ",TSOCWM" or words[at].low in ("to", "of"):
        return -1, ""
    if words[at].low in ("be", "get"):
        after = _skipped(words, at + 1)
        if after >= len(words):
            return -1, ""
        if words[after].tag in "ED" or (words[after].low.endswith("ed") and words[after].tag != "N"):
            return at, "passive"
        return (after, "verb") if words[after].tag == "G" else (-1, "")
    return at, "verb"


def _noun(words: list[Word], at: int, subject: str) -> tuple[int, str, bool]:
    """A noun of action: `a pause on tariffs`; for most verbs only the nouns that name something still to come."""
    start = at
    while at < min(start + 9, len(words)) and words[at].tag in "TNJPMQSR,G-" and words[at].low not in (".", ";", ","):
        if words[at].low in word_class("acts_ahead") or (
            subject == "rejects" and words[at].low in ("discussion", "discussions", "dialogue", "concessions")
        ):
            return (start + 1 if subject == "rejects" and words[start].low in ("any", "all") else start), "noun", False
        if subject == "warns" and words[at].low in ("consequences", "response", "action", "steps"):
            return start, "noun", False
        at += 1
    return -1, "", False
