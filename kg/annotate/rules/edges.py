"""Where the words of an indirect statement begin and end: *that*, what stands between cue and clause, the writer's own tail."""

from __future__ import annotations

from kg.annotate.rules.cues import Cue
from kg.annotate.rules.words import BE, HAVE, Word, listed, possible

DAYS = listed("monday tuesday wednesday thursday friday saturday sunday today yesterday tonight earlier later recently")
MONTHS = listed("january february march april may june july august september october november december")
# Words after a comma that begin the writer's own remark on what was said.
REMARKS = listed(
    "marking making citing becoming apparently passing prompting sparking drawing echoing effectively potentially backtracking contradicting ending raising fueling fuelling reversing"
)
SAID_TO = listed("warn advise promise agree ask demand")
MIDDLE = listed("in on at to during via through from with by for of late early last this")
NARRATED = listed("after following despite amid since hours days weeks months shortly just immediately")
FINITE = "ZDBX"


def clause_begins(words: list[Word], at: int, *, reach: int = 26) -> bool:
    """Whether a clause with a subject and a finite verb begins at `at`: *he will go*, *the deal is dead*.

    >>> from kg.annotate.rules.words import read_words
    >>> clause_begins(read_words("the deal is dead", 0, 16), 0), clause_begins(read_words("the deal on Monday", 0, 18), 0)
    (True, False)
    """
    if at >= len(words) or words[at].tag in "SZDEX," or words[at].tag == "B" or words[at].low in ("to", "and", "or", "of", "by"):
        return False
    if words[at].low in ("if", "unless", "when", "while", "although", "once"):
        return True
    for i in range(at, min(len(words), at + reach)):
        word = words[i]
        if word.tag in "ZDXB" and i > at and words[i - 1].low in ("and", "or", "but"):
            return False
        if word.tag in "ZDX" and i > at:
            return True
        if word.tag == "B" and i > at and words[i - 1].low != "to" and (words[i - 1].tag in "POR" or words[i - 1].low[-1] == "s"):
            return True
        if word.low in ("if", "unless", "until") and i > at + 1:
            return False
        if word.low in (";", ":") or (word.low in ("after", "because", "that", "who", "which", "as") and i > at + 1):
            return word.low in ("that", "who", "which") and _later_verb(words, i)
        if word.low == "," and i > at and words[i - 1].tag not in "NPMJ":
            return False
    return False


def _later_verb(words: list[Word], at: int) -> bool:
    return sum(w.tag in "ZDXB" for w in words[at : at + 20]) > 1


def begin(words: list[Word], cue: Cue) -> tuple[int, str] | None:
    """Where what is said begins after a cue, and how: `that`, `bare`, `whether`; None where no clause follows.

    What stands between (*told reporters in Kyiv on Tuesday that*) is passed over only on the way to *that*, and a day or an
    adverb also before a bare clause.
    """
    at, takes = cue.last + 1, cue.sense.takes
    that = _find_that(words, at, told="a" in takes or cue.sense.lemma in SAID_TO)
    if that is not None and takes & {"c", "t", "a"}:
        return that + 1, "that"
    while at < len(words) and (words[at].low in DAYS or (words[at].tag == "R" and words[at].low not in ("not", "only"))):
        at += 1
    at = _over_place(words, at)
    if (
        at < len(words)
        and words[at].low in ("whether", "how", "why", "what")
        and takes & {"c", "t"}
        and cue.sense.force in ("asks", "asserts")
    ):
        return None if words[at].low == "whether" and cue.sense.force == "asserts" else (at, "whether")
    if "a" in takes and cue.sense.lemma not in ("advise",):
        return _after_addressee(words, at)
    if "c" in takes and clause_begins(words, at) and not words[at].quoted and not ("n" in takes and _named_thing(words, at)):
        return at, "bare"
    if "t" in takes and at + 1 < len(words) and words[at].tag in "OT" and words[at].low not in ("it", "that") and _short_subject(words, at):
        return at, "bare"
    return None


def _named_thing(words: list[Word], at: int) -> bool:
    """Whether the first verb after a thing announced or denied is a participle that belongs to it: *strikes launched on Monday*."""
    first = next((w for w in words[at : at + 26] if w.tag in "ZDXB"), None)
    return first is None or (first.tag == "D" and first.low not in BE | HAVE)


def _short_subject(words: list[Word], at: int) -> bool:
    return words[at].tag == "O" and any(w.tag in FINITE for w in words[at + 1 : at + 3])


def _find_that(words: list[Word], at: int, *, told: bool) -> int | None:
    """The *that* of a cue, past where, when and to whom it was said; a thing in between (*the places that*) has its own."""
    if not told and at < len(words) and words[at].tag in "TNPJM" and words[at].low not in DAYS | MIDDLE and words[at].low != "that":
        return None
    for i in range(at, min(len(words), at + 14)):
        word = words[i]
        if word.low == "that":
            return i if (i + 1 < len(words) and words[i + 1].low not in (",", ".")) or (word.quoted is False and i == at) else None
        if word.quoted or word.tag in "ZDX" or word.low in (";", ":", ".", "if", "because"):
            return None
        if word.low == "to" and i + 1 < len(words) and words[i + 1].tag == "B":
            return None
        if word.tag == "I" and word.low not in MIDDLE and word.low not in ("after", "before", "about"):
            return None
        if word.low == "," and not (i > at and any(w.low == "," for w in words[i + 1 : i + 9])):
            return None
        if i > at + 1 and word.tag in "OW" and word.low not in ("him", "her", "them", "us", "me"):
            return None
    return None


def _over_place(words: list[Word], at: int) -> int:
    """Past *in a statement*, *on Monday*, *on X*, at most two such phrases, if a clause follows them."""
    for _ in range(2):
        if at + 1 < len(words) and words[at].low in ("in", "on", "at", "during", "via", "late", "last", "this"):
            i = at + 1
            while (
                i < len(words)
                and i < at + 6
                and words[i].tag in "TNPJMS"
                and words[i].low not in ("the",) + (() if i == at + 1 else ("a", "an", "it"))
            ):
                i += 1
                if words[i - 1].low in DAYS or words[i - 1].low in (
                    "statement",
                    "interview",
                    "post",
                    "letter",
                    "speech",
                    "week",
                    "month",
                    "year",
                    "report",
                    "briefing",
                    "tweet",
                    "conference",
                ):
                    at = i
                    break
            else:
                return at
    return at


def _after_addressee(words: list[Word], at: int) -> tuple[int, str] | None:
    """After *told*: the one told, then a clause without *that* (*told reporters he would go*)."""
    if at >= len(words):
        return None
    if words[at].low in (
        "him",
        "her",
        "them",
        "us",
        "me",
        "it",
        "you",
        "reporters",
        "journalists",
        "lawmakers",
        "parliament",
        "cnn",
        "reuters",
        "afp",
        "bbc",
    ):
        stop = at + 1
    else:
        stop = at
        while stop < len(words) and stop < at + 7 and words[stop].tag in "TJNPSMC" and not (words[stop].tag == "T" and stop > at):
            stop += 1
        if stop < len(words) and words[stop].tag in FINITE:
            return (at, "bare") if clause_begins(words, at) else None
    stop = _over_place(words, stop)
    while stop < len(words) and words[stop].low in DAYS:
        stop += 1
    if stop > at and stop < len(words) and words[stop].tag in "OTPN" and not words[stop].quoted and clause_begins(words, stop, reach=9):
        return stop, "bare"
    return None


def end(words: list[Word], first: int, stop: int, *, phrase: str = "") -> int:
    """Where what is said ends, before `stop`: without the full stop and the writer's tail.

    What is no clause but an `act` (an infinitive) or a `phrase` ends sooner: at the speaker's next verb.
    """
    for at in range(first + 1, stop):
        if words[at].quoted:
            continue
        if words[at].low in (";", "—") or (words[at].low == "–" and words[at - 1].end < words[at].start):
            return trim(words, first, at)
        if words[at].low == "," and at + 1 < stop and _tail(words, at + 1, stop, phrase):
            return trim(words, first, at)
        if words[at].low in NARRATED and at > first + 2 and _narrated(words, at, stop):
            return trim(words, first, at)
        if phrase and words[at].low == "and" and at + 2 < stop and _next_verb(words[at + 1], words[at + 2]):
            return trim(words, first, at)
        if phrase == "phrase" and words[at].low == "during" and at > first + 1:
            return trim(words, first, at)
    return trim(words, first, stop)


def trim(words: list[Word], first: int, stop: int) -> int:
    """`stop` moved back over marks and connecting words that belong to no clause."""
    while (stop > first and words[stop - 1].tag == "," and words[stop - 1].low not in (")", "%", "]", "€", "$", "!", "?")) or (
        stop > first and words[stop - 1].low in ("and", "but", "while", "as")
    ):
        stop -= 1
    return stop


def _next_verb(word: Word, following: Word) -> bool:
    return word.tag == "Z" or ("Z" in possible(word.low) and word.tag != "P" and following.low in ("to", "that", "the", "it", "its"))


def _tail(words: list[Word], at: int, stop: int, phrase: str) -> bool:
    low = words[at].low
    after = words[at + 1].low if at + 1 < stop else ""
    if low in REMARKS or (low == "as" and after == "part") or (phrase == "phrase" and low == "with"):
        return True
    if low == "while" and at + 1 < stop and words[at + 1].tag == "G":
        return True
    if phrase == "phrase" and words[at].tag == "G" and low not in ("including", "according", "pending", "regarding"):
        return True
    if phrase and words[at].tag == "Z" and low not in BE:
        return True
    if low in ("who", "which") and at + 1 < stop and words[at + 1].tag == "D":
        return True
    return low in ("but", "while", "whereas", "although") and bool(phrase)


def _narrated(words: list[Word], at: int, stop: int) -> bool:
    """Whether *after*, *following*, *since* begins the article's own story: a past clause, an -ing form, or a naming of events."""
    low = words[at].low
    rest = words[at + 1 : min(stop, at + 16)]
    if not rest:
        return False
    if low in ("after", "since") and rest[0].tag == "G":
        return True
    if low in ("after", "since", "hours", "days", "weeks", "shortly", "just", "immediately"):
        if low not in ("after", "since") and not any(w.low == "after" for w in rest[:2]):
            return False
        for word in rest:
            if word.low in (",", "and", "if", "that", "who"):
                return False
            if word.tag in "ZBX":
                return False
            if word.tag == "D" or word.low in BE | HAVE:
                return True
        return False
    return low == "following" and any(
        w.low in ("threats", "protests", "calls", "attacks", "reports", "talks", "criticism", "criticisms", "announcements")
        for w in rest[:2]
    )
