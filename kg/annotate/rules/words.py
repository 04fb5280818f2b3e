"""Words of a sentence with a guess at their part of speech: a table of words, their endings, and the word before.

No model: a table counted in treebanks (`data/words.tsv`, made again by `counting.py`) says what a word can be, and the
neighbours decide between noun and verb. Parts of speech are letters: N noun, P name, Z verb in -s, D past, B base form,
G -ing, E participle, J adjective, R adverb, T determiner or possessive, M number, I preposition or subordinator,
O pronoun, C conjunction, X modal, W wh-word, S the possessive 's, Q quotation mark, "," any other mark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

# U.S. and the initial of J. Smith keep their full stops; 3.5 and 15,000 their marks; what is joined by a hyphen is one word.
_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|[A-Z]\.(?=\s[A-Z])|\w+(?:[.,]\d+)*(?:[-–’'](?!s\b)\w+|[.&]\w+)*|[’']s\b|[^\w\s]")
_ABBREVIATED = re.compile(r"(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Sen|Rep|Gov|St|Rev|Jr|Sr|Inc|Co|Corp|No)$")


def listed(words: str) -> frozenset[str]:
    """The words of a string, as a set.

    >>> sorted(listed("is are"))
    ['are', 'is']
    """
    return frozenset(words.split())


MARKS = '"“”„‟«»‹›'
WORDS_KEPT = 30_000  # whose form and parts of speech are remembered
BE = listed("is are was were be been being am")
HAVE = listed("has have had having")
DO = listed("do does did")
_FINITE = listed("is are was were am has have had does did do isn't aren't wasn't weren't hasn't haven't didn't doesn't don't")
SUBJECTS = listed("he she they it we i you who that which")


@dataclass(slots=True)
class Word:
    """One token: where it stands, its words in small letters with straight apostrophes, its part of speech."""

    start: int
    end: int
    low: str
    tag: str
    quoted: bool = False


@cache
def table() -> dict[str, str]:
    """Word -> its possible parts of speech, commonest first.

    >>> table()["reports"]
    'NZ'
    """
    lines = (files("kg.annotate.rules") / "data" / "words.tsv").read_text(encoding="utf-8").splitlines()
    return {word: tags for word, _, tags in (line.partition("\t") for line in lines if line[:1] != "#") if tags}


def read_words(text: str, start: int, end: int) -> list[Word]:
    """The words and marks of a stretch of text, tagged.

    >>> [(w.low, w.tag) for w in read_words("Egypt's ministry reports that it failed.", 0, 40)]
    [('egypt', 'P'), ("'s", 'S'), ('ministry', 'N'), ('reports', 'Z'), ('that', 'I'), ('it', 'O'), ('failed', 'D'), ('.', ',')]
    """
    words = split_words(text, start, end)
    initial = True
    for at, word in enumerate(words):
        if word.tag not in ",QS":
            word.tag = _tag(text, words, at, initial)
            initial = False
        elif word.low == "." and at and _ABBREVIATED.match(text[words[at - 1].start : words[at - 1].end]):
            word.tag = "P"
        elif word.low == ":" or (word.tag == "Q" and at + 1 < len(words)):
            initial = True
    return words


def split_words(text: str, start: int, end: int) -> list[Word]:
    """The words and marks of a stretch of text; of the tags only those of marks.

    >>> [w.low for w in split_words("Egypt’s 3.5 billion", 0, 19)]
    ['egypt', "'s", '3.5', 'billion']
    """
    return [Word(found.start(), found.end(), *_form(found.group())) for found in _TOKEN.finditer(text, start, end)]


@lru_cache(WORDS_KEPT)
def _form(raw: str) -> tuple[str, str]:
    low = raw.lower().replace("’", "'")
    return low, "Q" if low in MARKS else "S" if low == "'s" else "," if not low[0].isalnum() else "?"


@lru_cache(WORDS_KEPT)
def possible(low: str) -> str:
    """The parts of speech a word in small letters can have; unknown ones by their ending.

    >>> possible("revising"), possible("zorbs"), possible("quickly")
    ('G', 'NZ', 'R')
    """
    known = table().get(low)
    if low.endswith("s") and known in (None, "N"):  # signs: as sign can be a verb, so can this
        base = table().get(low[:-1]) or (table().get(low[:-2]) if low.endswith("es") else None) or ""
        if base[:1] == "B" and known is None:
            return "Z" if len(base) == 1 else "ZN"
        if "B" in base:
            return "NZ"
    if known:
        return known
    if low[0].isdigit():
        return "M"
    for ending, tags in (("ly", "R"), ("ing", "GN"), ("ed", "DE"), ("ous", "J"), ("ful", "J"), ("ive", "J"), ("al", "J"), ("ic", "J"), ("ish", "J"), ("ian", "J"), ("ese", "J"), ("able", "J"), ("ize", "B"), ("ise", "B"), ("less", "J")):  # fmt: skip
        if low.endswith(ending) and len(low) > len(ending) + 2:
            return tags
    if "-" in low:
        return "J"
    return "NZ" if low.endswith("s") and not low.endswith("ss") else "N"


def _tag(text: str, words: list[Word], at: int, initial: bool) -> str:
    word = words[at]
    raw, low = text[word.start : word.end], word.low
    tags = possible(low)
    if raw[0].isupper() and not (initial and low in table()):
        return "P" if low not in ("i",) and not (raw.isupper() and tags[0] in "TIOXC" and len(raw) < 4 and low != "us") else tags[0]
    before = words[at - 1] if at else None
    if (
        raw[0].isupper()
        and tags[0] not in "TIOWCX"
        and text[word.end + 1 : word.end + 2].isupper()
        and text[word.end : word.end + 1] == " "
    ):
        return "P"  # the first word of a sentence that goes on with a name: United States, North Korea
    if low == "that":
        return "I"
    if low in ("to", "as", "than", "like"):
        return "I"
    if low in _FINITE:
        return "B" if low in ("do", "have") else "D" if low in ("was", "were", "had", "did") else "Z"
    if before and before.tag in "TJS" and set(tags) <= {"D", "E"}:
        return "J"  # the impounded tanker
    if before and tags == "B" and (before.tag in "TJSM" or (before.tag == "N" and before.low[-1] != "s" and before.low != "people")):
        return "N"  # theme park, a manual count: verbs elsewhere
    if len(tags) == 1:
        return tags
    return _choose(tags, before, words, at)


def _choose(tags: str, before: Word | None, words: list[Word], at: int) -> str:
    verbs = [tag for tag in tags if tag in "ZDBGE"]
    others = [tag for tag in tags if tag not in "ZDBGE"]
    held = before.tag if before else ""
    if before and verbs and others:
        if held in "TSJM" or (held == "I" and before.low != "to" and "G" not in verbs):
            return others[0]
        if before.low == "to" and "B" in verbs:
            return "B"
        if held in "XO" or before.low in SUBJECTS or (held == "R" and _verb_before_adverb(words, at)):
            return verbs[0] if held != "X" or "B" not in verbs else "B"
        if held in "NP" and "Z" in verbs and _clause_follows(words, at):
            return "Z"
        if (
            (held == "P" or before.low[-1:] == "s")
            and held in "NP"
            and "B" in verbs
            and words[at + 1 : at + 2]
            and _clause_follows(words, at)
        ):
            return "B" if words[at + 1].low != "to" else others[0]
    if len(verbs) > 1 and not (others and tags[0] in others):
        if {"D", "E"} <= set(verbs):
            return _past_or_participle(words, at)
        if "B" in verbs and ("D" in verbs or "E" in verbs):
            return "B" if held == "X" or (before and before.low == "to") else verbs[0]
    return tags[0]


def _verb_before_adverb(words: list[Word], at: int) -> bool:
    return at > 1 and (words[at - 2].tag in "OXNP" or words[at - 2].low == "to")


def _clause_follows(words: list[Word], at: int) -> bool:
    """Whether what stands after the word begins a clause or an object: then the word is a verb."""
    if at + 1 >= len(words):
        return False
    after = words[at + 1]
    tag = after.tag if after.tag != "?" else possible(after.low)[0]
    return after.low in ("that", "to", "of", "no") or tag in "TOQWRM" or (tag == "J") or (after.low[:1].isalpha() and tag == "P")


def _past_or_participle(words: list[Word], at: int) -> str:
    for before in reversed(words[max(0, at - 3) : at]):
        if before.low in BE | HAVE or before.low in ("'ve", "'d", "get", "got", "hasn't", "haven't", "hadn't"):
            return "E"
        if before.tag != "R" and before.low != "not":
            break
    if at + 1 < len(words) and words[at + 1].low == "by":
        return "E"
    return "D"
