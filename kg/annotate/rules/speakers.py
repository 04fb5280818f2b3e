"""The words that name a source: the noun phrase before a cue, after it, or the subject of the sentence the cue shares.

All of it works on tagged words and returns word ranges `[first, stop)`; a source is given with its title and without the
insert that explains it (*Jens Spahn, a leader of the party, said* is *Jens Spahn*).
"""

from __future__ import annotations

import re

from kg.annotate.rules.words import Word, listed

Range = tuple[int, int]

PERSONAL = listed("he she they we i it you who")
SKIPPED = listed("also who which that")  # between a noun and the verb said of it
NOMINAL = "NPJMTSG"
JOINING = listed("of for in at from to with on")
NOT_IN_NAMES = listed("today yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday")
OPENERS = listed(
    "as after while when whereas although though because since before until if that but than where which who and so whether once unless with despite following amid"
)
VERBS = "ZDBX"
# When, or in what, somebody says something: what stands between the source and its verb in *Macron on Wednesday said*.
_DAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|yesterday|tomorrow"
_MONTH = r"(?:jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*(?: \.)?"
_ADJUNCT = re.compile(
    rf"(?:(?:early|earlier|late|later) )?(?:on |last )?(?:{_DAY})(?: (?:morning|afternoon|evening|night))?"
    rf"|on (?:{_MONTH} \d+|\d+ {_MONTH})(?: , \d{{4}})?|in (?:{_MONTH}|\d{{4}})|(?:(?:early|earlier|late|later) )?(?:this|last) (?:week|month|year)"
    r"|in an? (?:\S+ ){0,3}(?:statement|interview|post|speech|letter|message|video|address|tweet|memo|filing|briefing)(?: (?:to|with|on|for|by|from) (?:\S+ ){0,4}\S+)?"
    r"|at an? (?:\S+ ){0,2}(?:conference|briefing|rally|summit|hearing)(?: in \S+)?",
)
LONGEST_ADJUNCT = 12  # words
REACH = 120  # words from a verb to the subject it shares
NO_SOURCE = listed("there this that these those what which one itself today yesterday year month week day time")


def before(words: list[Word], cue: int) -> Range | None:
    """The noun phrase that ends right before the word `cue`, adverbs and an insert between commas aside; else None.

    >>> from kg.annotate.rules.words import read_words
    >>> text = "On Monday a spokesman for the army, Omar Khan, also said no"
    >>> words = read_words(text, 0, len(text))
    >>> first, stop = before(words, 12)
    >>> text[words[first].start : words[stop - 1].end]
    'a spokesman for the army'
    """
    stop, relative = cue, False
    while stop and (words[stop - 1].tag == "R" or words[stop - 1].low in SKIPPED):
        relative = relative or (words[stop - 1].tag != "R" and words[stop - 1].low != "also")
        stop -= 1
    if not stop:
        return None
    if words[stop - 1].low != ",":
        return phrase_before(words, stop)
    insert = _over_insert(words, stop - 1, relative=relative)
    return phrase_before(words, insert) if insert is not None else None


def _over_insert(words: list[Word], comma: int, *, relative: bool) -> int | None:
    """Where the insert that ends at this comma begins: the comma before it, if a noun stands before that."""
    if relative:
        return comma
    for at in range(comma - 1, max(0, comma - 30), -1):
        if words[at].low == "," and words[at].tag == ",":
            inner = words[at + 1 : comma]
            if (
                at
                and words[at - 1].tag in "NPO"
                and inner
                and (
                    all(w.tag == "R" for w in inner)
                    or inner[0].tag in "TNPJMW"
                    or inner[0].low in ("who", "claiming", "speaking", "citing")
                )
            ):
                return at
            return None
        if words[at].tag == "Q" or words[at].low in (";", ":"):
            return None
    return None


def phrase_before(words: list[Word], stop: int) -> Range | None:
    """The noun phrase whose last word stands before `stop`."""
    stop = _over_adjuncts(words, stop)
    if stop <= 0:
        return None
    last = words[stop - 1]
    if last.low in PERSONAL:
        return (stop - 1, stop)
    if last.tag not in "NPMJT" and last.low not in (")", "many", "others", "some", "both"):
        return None
    if last.low in NO_SOURCE and not (stop > 1 and words[stop - 2].tag in "TJ"):
        return None
    first = _left(words, stop)
    while first < stop and (
        words[first].tag in ",S" or words[first].low in OPENERS | JOINING or (words[first].tag == "C" and words[first].low != "both")
    ):
        first += 1
    first = _drop_date(words, first, stop)
    if first and words[first - 1].low in ("in", "at", "on", "during"):
        comma = next((i for i in range(first, stop) if words[i].low == ","), None)
        first = comma + 1 if comma is not None else first  # In basketball, the union and the league
    return (first, stop) if first < stop and any(w.tag in "NPJTM" for w in words[first:stop]) else None


def _over_adjuncts(words: list[Word], stop: int) -> int:
    """Where the source ends before what says when, or in what, it spoke: *Macron on Wednesday*, *Trump in an interview with NBC*."""
    at = stop - 1
    while at > max(0, stop - LONGEST_ADJUNCT):
        if words[at - 1].tag in "NPMO" and _ADJUNCT.fullmatch(" ".join(word.low for word in words[at:stop])):
            stop = at
        at -= 1
    return stop


def _left(words: list[Word], stop: int) -> int:
    at = stop - 1
    depth = 0
    while at >= 0:
        word = words[at]
        if word.low == ")":
            depth += 1
        elif word.low == "(":
            depth -= 1
            if depth < 0:
                break
        elif depth:
            pass
        elif word.tag in NOMINAL and word.low not in NO_SOURCE and not (word.tag == "G" and not _inner_ing(words, at)):
            if word.tag == "T" and at and words[at - 1].tag in "NPOM" and words[at - 1].low not in ("both", "all"):
                return at  # a determiner begins a phrase: what stands before it is another
        elif (
            (word.tag == "I" and word.low in JOINING and _joins(words, at))
            or (word.low in ("and", "or", "&") and _coordinates(words, at, stop))
            or (word.low == "," and _lists(words, at, stop))
            or word.low in ("-", "–", "/", "'", "’", "$", "€", "£", "%")
            or (word.tag == "E" and at + 1 < len(words) and words[at + 1].tag in "NP" and at and words[at - 1].tag in "TJ")
        ):
            pass
        else:
            break
        at -= 1
    return at + 1


def _inner_ing(words: list[Word], at: int) -> bool:
    return at > 0 and words[at - 1].tag in "TJS" and words[at + 1].tag in "NP"


def _joins(words: list[Word], at: int) -> bool:
    """Whether a preposition binds two nouns of one phrase: *head of the army*, *officials in Kyiv*."""
    if not at or (words[at - 1].tag not in "NP" and words[at - 1].low != ")"):
        return False
    if words[at].low == "of":
        return True
    if words[at].low == "for" and words[at - 1].tag == "P":
        return True
    return words[at - 1].tag == "N" and words[at - 1].low not in (
        "time",
        "year",
        "month",
        "week",
        "day",
        "statement",
        "interview",
        "conference",
    )


def _coordinates(words: list[Word], at: int, stop: int) -> bool:
    """Whether *and* joins two sources, not two clauses: what stands left of it is a subject nothing has been said of yet."""
    if at and words[at - 1].tag == "J" and at + 1 < len(words) and words[at + 1].tag in "JN":
        return True  # foreign and political affairs secretary
    if at == 0 or (words[at - 1].tag not in "NP" and words[at - 1].low != ","):
        return False
    for i in range(at - 1, max(-1, at - 25), -1):
        if words[i].tag in VERBS:
            return False
        if words[i].low in OPENERS - {"with", "and"} or words[i].low in (";", ":") or words[i].tag == "Q":
            return True
        if words[i].tag in "G" and not _inner_ing(words, i):
            return False
    return True


def _lists(words: list[Word], at: int, stop: int) -> bool:
    """Whether a comma stands in a list of names that an *and* closes: *the United Kingdom, France and Poland*."""
    if not at or words[at - 1].tag not in "NP":
        return False
    for i in range(at + 1, stop):
        if words[i].low == "and":
            return all(w.tag in "NPTJCS," for w in words[at + 1 : i]) and _coordinates(words, i, stop)
        if words[i].tag not in "NPTJS,":
            return False
    return False


def _drop_date(words: list[Word], first: int, stop: int) -> int:
    """Without a day that stands before the phrase: *On Tuesday the minister*, *Monday Trump*."""
    while first < stop - 1 and words[first].low in NOT_IN_NAMES and words[first + 1].low != "'s":
        first += 1
    return first


def after(words: list[Word], at: int) -> Range | None:
    """The noun phrase that begins at `at`: after *said*, *according to*, *by*.

    >>> from kg.annotate.rules.words import read_words
    >>> text = "the head of the party, Jens Spahn, on Monday"
    >>> after(read_words(text, 0, len(text)), 0)
    (0, 5)
    """
    if at < len(words) and words[at].low in PERSONAL | {"him", "her", "them", "me", "us"}:
        return (at, at + 1)
    stop = at
    while stop < len(words):
        word = words[stop]
        if (
            word.tag in NOMINAL
            and word.low not in NOT_IN_NAMES
            and not (word.tag == "G" and stop > at and words[stop - 1].tag not in "TJS")
        ):
            if word.tag == "T" and stop > at and words[stop - 1].tag in "NPM":
                break
        elif (
            (
                word.low in ("of", "for", "in", "at", "from", "and", "&", "(", ")", "-", "–")
                or (word.low == "with" and words[stop - 1].low == "familiar")
            )
            and stop > at
            and stop + 1 < len(words)
            and _goes_on(words, stop)
        ) or (word.tag == "E" and stop + 1 < len(words) and words[stop + 1].tag in "NPJ"):
            pass
        else:
            break
        stop += 1
    while stop > at and (words[stop - 1].tag in ",CI" and words[stop - 1].low != ")"):
        stop -= 1
    return (at, stop) if stop > at and any(w.tag in "NPM" or w.low in ("many", "some", "others") for w in words[at:stop]) else None


def _goes_on(words: list[Word], at: int) -> bool:
    following = words[at + 1]
    if words[at].low == "and":
        return following.tag in "NPT" and not any(w.tag in VERBS for w in words[at + 1 : at + 8])
    if words[at].low in ("in", "at", "from", "for") and words[at - 1].tag == "P":
        return False
    return (following.tag in NOMINAL and following.low not in NOT_IN_NAMES) or words[at].low in "()-–"


def subject(words: list[Word], cue: int) -> Range | None:
    """The subject of the clause that the verb at `cue` shares with an earlier verb: the first phrase before a finite verb.

    >>> from kg.annotate.rules.words import read_words
    >>> text = "In Lima, Peru's president vetoes the bill and says that it is bad"
    >>> subject(read_words(text, 0, len(text)), 11)
    (3, 6)
    """
    for at in range(max(0, cue - REACH), cue):
        if (words[at].tag in VERBS and not words[at].quoted) or (
            words[at].low == "," and at and words[at - 1].tag in "NP" and _insert_until(words, at)
        ):
            stop = at
            while stop and words[stop - 1].tag == "R":
                stop -= 1
            found = phrase_before(words, stop) if stop and words[stop - 1].low != "," else before(words, stop)
            if found:
                return found
    return None


def _insert_until(words: list[Word], comma: int) -> bool:
    """Whether an insert begins at this comma and a finite verb follows its end: *Omar Khan, head of the army, says*."""
    return (
        comma + 1 < len(words)
        and words[comma + 1].low in ("who", "claiming", "chief", "head", "president", "minister")
        and not any(w.tag in VERBS for w in words[:comma])
    )


def nearest_subject(words: list[Word], at: int) -> Range | None:
    """The subject of the last finite verb before a word: whom *his* most likely means.

    >>> from kg.annotate.rules.words import read_words
    >>> text = "Castro may act if Trump fulfills his threat"
    >>> nearest_subject(read_words(text, 0, len(text)), 6)
    (4, 5)
    """
    for i in range(at - 1, 0, -1):
        if words[i].tag in VERBS and not words[i].quoted:
            found = before(words, i)
            if found:
                return found
    return None
