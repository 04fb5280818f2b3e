"""The words that attribute: verbs of saying in all their forms, nouns of saying, and what each of them takes.

The lists are data (`data/verbs.tsv`, `data/nouns.tsv`); this module inflects them and finds them among tagged words, and
leaves out what only looks like a report: *did not say*, *will announce*, *the report*, *to say*.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kg.annotate.rules.words import BE, DO, HAVE, Word, listed, table

VOWELS = "aeiou"
DOUBLED = listed("admit slam commit confer refer submit permit rebut quip blog brag beg yap control chat plan")
NEGATIONS = listed("not never n't no longer don't doesn't didn't hasn't haven't hadn't isn't wasn't aren't without neither nor cannot")
PERSONAL = listed("he she they we i who")
LINKS = BE | HAVE | DO
ADVERBS = listed(
    "also then later now even still again once just only first previously recently earlier already further reportedly long since"
)


@dataclass(frozen=True, slots=True)
class Sense:
    """A word of the lists: its base form, what it takes (as the data file explains) and the force it gives."""

    lemma: str
    takes: frozenset[str]
    force: str

    def after(self, kind: str) -> frozenset[str]:
        """The prepositions, or the word, that `kind` (`p`, `n`, `f`) is bound to.

        >>> sorted(Sense("warn", frozenset({"c", "p:of", "p:against"}), "warns").after("p"))
        ['against', 'of']
        """
        return frozenset(take[len(kind) + 1 :] for take in self.takes if take.startswith(kind + ":"))


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue among the words of a sentence: words `first` to `last`, the verb at `head`; `form` is finite, ing, passive, noun."""

    first: int
    head: int
    last: int
    sense: Sense
    form: str


def _rows(name: str) -> list[list[str]]:
    lines = (files("kg.annotate.rules") / "data" / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and line[0] != "#"]


def forms(lemma: str, irregular: str = "") -> dict[str, str]:
    """Every form of a verb with its part of speech: B base, Z -s, G -ing, D past, E participle (D where they are the same).

    >>> forms("point out")
    {'point out': 'B', 'points out': 'Z', 'pointing out': 'G', 'pointed out': 'D'}
    >>> sorted(forms("deny")), sorted(forms("commit"))
    (['denied', 'denies', 'deny', 'denying'], ['commit', 'commits', 'committed', 'committing'])
    """
    verb, space, particle = lemma.partition(" ")
    tail = space + particle
    made = {lemma: "B", _third(verb) + tail: "Z", _ing(verb) + tail: "G"}
    past = irregular.replace("_", " ").split(" ") if irregular and "_" not in irregular else irregular.split(" ")
    for form, tag in zip(past if irregular else [_past(verb) + tail], "DE", strict=False):
        made.setdefault(form.replace("_", " "), tag)
    return made


def _third(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z")) or verb == "go":
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in VOWELS else verb + "s"


def _doubles(verb: str) -> bool:
    short = len(verb) == 3 and verb[-1] not in "wxy" + VOWELS and verb[-2] in VOWELS and verb[0] not in VOWELS
    return verb in DOUBLED or short


def _ing(verb: str) -> str:
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return verb + (verb[-1] if _doubles(verb) else "") + "ing"


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in VOWELS:
        return verb[:-1] + "ied"
    return verb + (verb[-1] if _doubles(verb) else "") + "ed"


@cache
def verbs() -> dict[str, list[tuple[list[str], str, Sense]]]:
    """First word of a form -> what may follow it, its part of speech, its sense; longest first."""
    found: dict[str, list[tuple[list[str], str, Sense]]] = {}
    for lemma, takes, force, *irregular in _rows("verbs.tsv"):
        sense = Sense(lemma, frozenset(takes.split()), force)
        for form, tag in forms(lemma, irregular[0].strip() if irregular else "").items():
            first, *rest = form.split(" ")
            found.setdefault(first, []).append((rest, tag, sense))
    return {first: sorted(rows, key=lambda row: -len(row[0])) for first, rows in found.items()}


@cache
def nouns() -> dict[str, Sense]:
    """Noun of saying, singular and plural -> its sense.

    >>> nouns()["threats"].force
    'threatens'
    """
    found = {}
    for lemma, takes, force, *_ in _rows("nouns.tsv"):
        sense = Sense(lemma, frozenset(takes.split()), force)
        found[lemma], found[_third(lemma)] = sense, sense
    return found


def find_verbs(words: list[Word]) -> list[Cue]:
    """The verbs of saying that report something, in order: finite, -ing or passive, neither denied nor still to come."""
    found = []
    for at, word in enumerate(words):
        if word.quoted or word.low not in verbs():
            continue
        for rest, tag, sense in verbs()[word.low]:
            if [w.low for w in words[at + 1 : at + 1 + len(rest)]] == rest:
                cue = _verb_at(words, at, at + len(rest), tag, sense)
                if cue:
                    found.append(cue)
                    break
    return found


def _verb_at(words: list[Word], at: int, last: int, tag: str, sense: Sense) -> Cue | None:
    first, before = _helpers(words, at)
    if any(low in NEGATIONS for low in before) or (words[at].tag in "NJPTI" and not _surely_verb(words, at, tag)):
        return None
    if tag == "G":
        return Cue(at if not set(before) & BE else first, at, last, sense, "finite" if set(before) & BE else "ing")
    if tag in "DE" and set(before) & BE and not set(before) & {"being"}:
        return Cue(at, at, last, sense, "passive")
    if tag == "E" and not set(before) & HAVE:
        return None
    if tag == "B" and not _base_is_finite(words, at, before):
        return None
    return Cue(first, at, last, sense, "finite")


def _helpers(words: list[Word], at: int) -> tuple[int, list[str]]:
    """Where the verb's group begins, and the helping words, adverbs and negations before the verb."""
    before: list[str] = []
    first, i = at, at - 1
    while i >= 0 and len(before) < 5:
        low = words[i].low
        if low in LINKS or low in NEGATIONS or words[i].tag == "R" or low in ADVERBS:
            before.append(low)
            if low in LINKS:
                first = i
        elif words[i].tag == "X" or low == "to":
            before.append(low)
            break
        else:
            break
        i -= 1
    return first, before


def _surely_verb(words: list[Word], at: int, tag: str) -> bool:
    """A noun by its tag is a verb still where what follows can only follow a verb and what stands before can be a subject."""
    before = words[at - 1] if at else None
    after = words[at + 1].low if at + 1 < len(words) else ""
    if words[at].tag == "P":
        return False
    if before is not None and tag == "G":
        return after in ("that", "of", "for", "against", "it", "he", "she", "they") and (
            before.tag in "NP" or before.low in (",", "and", "while")
        )
    if before is None or tag not in "ZDB":
        return False
    if tag == "Z" and before.tag in "NPOR" and (words[at].low not in table() or (words[at + 1 : at + 2] and words[at + 1].tag == "T")):
        return True
    if (
        tag == "Z"
        and before.low in (",", "and")
        and (after in ("that", "it") or words[at + 1].tag == "T" if at + 1 < len(words) else False)
    ):
        return True
    return before.low in PERSONAL or (before.tag in "NPOR" and after in ("that", "it", "he", "she", "they", "to"))


def _base_is_finite(words: list[Word], at: int, before: list[str]) -> bool:
    """*Officials say* and *they confirm*, not *will say*, *to say*, *the say*; a name or a singular alone says nothing."""
    if before and (before[-1] == "to" or before[-1] in ("will", "would", "can", "could", "may", "might", "should", "must", "shall", "'ll")):
        return False
    if set(before) & DO:
        return True
    subject = words[at - 1 - len(before)] if at > len(before) else None
    if (
        subject is not None
        and subject.tag == "C"
        and words[at].low in nouns()
        and (at + 1 >= len(words) or words[at + 1].low not in ("that", "it", "they", "he", "she"))
    ):
        return False
    return subject is not None and (subject.tag in "NPOC" or subject.low in (",", "who", "which", ")", "”", '"'))
