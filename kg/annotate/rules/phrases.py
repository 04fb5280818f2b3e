"""Where the subject before a verb begins and where what a verb says ends: edges of phrases among tagged words, without a parser.

Every walk is bounded, so that all of it stays linear in the text whatever the text is.
"""

from __future__ import annotations

import re

from kg.annotate.rules.cues import verbs as saying
from kg.annotate.rules.lexicon import word_class, word_set
from kg.annotate.rules.words import Word, possible

FAR = 60  # words; no subject and no action is longer
PRONOUNS = word_set("it he she they we i you")
RELATIVES = word_set("who which that")
CLAUSE = word_set(
    "that if unless because while whereas although though since until till once as when where whether so than after before but however whenever"
)
_STOPS = word_set(
    "if unless until till once because while whereas although though since when where whereas so despite amid amidst pending during due provided following after before as via instead rather even alongside citing marking including unlike ahead given without"
)
_STOP_PAIRS = frozenset(
    [
        ("in", "order"),
        ("in", "response"),
        ("in", "exchange"),
        ("in", "return"),
        ("in", "case"),
        ("on", "condition"),
        ("subject", "to"),
        ("according", "to"),
        ("in", "protest"),
        ("such", "as"),
    ]
)
_DATED = word_set("on in by from at within over starting beginning effective until next this for no")
_DATE_WORDS = re.compile(
    r"january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|(?:19|20)\d\d|\d{4}[-–]\d\d|today|tomorrow|tonight|week|weeks|month|months|year|years|day|days|weekend|hours|minutes|midnight|noon|morning|evening|afternoon|spring|summer|autumn|winter|\d{1,2}(?:st|nd|rd|th)"
)
_BEFORE_DATE = word_set(
    "the end of early late mid next this last coming following a an about more than start beginning first second half same"
)
_PURPOSE_KEPT = word_set(
    "use allow help order urge send ask let begin start continue seek try work move invite give grant take deploy enable permit force refuse fail proceed intend want agree vote do go come be"
)
_MEETINGS = word_set("session summit conference meeting ceremony assembly")
_LONE_DATES = word_set(
    "today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday soon later immediately indefinitely"
)


def is_date(words: list[Word], at: int, limit: int) -> int:
    """How many words from `at` on say a date or a length of time; 0 where they do not.

    >>> from kg.annotate.rules.words import read_words
    >>> is_date(read_words("the end of 2025, he said", 0, 24), 0, 9), is_date(read_words("the Bundestag", 0, 13), 0, 2)
    (4, 0)
    """
    found = 0
    for place in range(at, min(at + 8, limit, len(words))):
        low = words[place].low
        if _DATE_WORDS.fullmatch(low) or (found and words[place].tag == "M"):
            found = place - at + 1
        elif (
            low not in _BEFORE_DATE
            and words[place].tag != "M"
            and not (found and low in ("at", "on", ":", "on", ",") and words[place + 1 : place + 2] and words[place + 1].tag in "MP")
        ):
            break
    return found


def noun_start(words: list[Word], at: int, floor: int) -> int:
    """The index where the noun phrase that ends just before `at` begins; `at` where there is none."""
    start, joined = at, -1
    low = max(floor, at - FAR)
    place = at - 1
    while place >= low:
        word = words[place]
        if word.low in ("and", "or"):
            if word.low == "or" and place > low and words[place - 1].low == ",":
                break
            joined = place
        elif word.tag == ",":
            if word.low not in ",)(%$€£/&-–.’'" or (word.low == "," and not _in_list(words, place, joined)):
                break
        elif (
            (word.tag == "G" and place > low and words[place - 1].low == ",")
            or word.low in ("including", "following")
            or (word.tag == "B" and place > low and words[place - 1].low == "to")
        ):
            return start
        elif word.tag == "X" or word.low in CLAUSE or (word.tag in "WO" and start < at):
            return joined + 1 if word.tag == "X" and joined > place else start
        elif _finite(words, place, low):
            return joined + 1 if joined > place and word.low not in saying() else start
        start = place
        place -= 1
    return start


def trimmed(words: list[Word], first: int, last: int) -> tuple[int, int]:
    """The same phrase without adverbs, conjunctions, prepositions and marks at its edges."""
    while first < last and (words[first].tag in ",QRCS" or (words[first].tag == "I" and words[first].low not in ("all",))):
        first += 1
    while last > first and (words[last - 1].tag in ",QRC" and words[last - 1].low not in ")"):
        last -= 1
    return first, last


def _finite(words: list[Word], at: int, low: int) -> bool:
    word, before, after = words[at], words[at - 1] if at > low else None, words[at + 1] if at + 1 < len(words) else None
    if word.tag == "Z" or (
        word.tag == "B" and before is not None and (before.tag in "PO" or (before.tag == "N" and before.low.endswith("s")))
    ):
        return True
    if word.tag != "D":
        return False
    if before is not None and before.tag == "N" and after is not None and after.low in ("from", "by", "under", "on", "with"):
        return False  # a reduced relative clause: goods imported from
    modifier = before is None or before.tag in "TJRIM" or before.low in ("and", ",")
    return not (modifier and after is not None and after.tag in "NJPG")


def _in_list(words: list[Word], comma: int, joined: int) -> bool:
    """Whether a comma separates the names of a list: `France, Germany and Poland`."""
    return 0 < joined - comma <= 7 and all(word.tag in "PTNJSQ" or word.low in ("of", ",") for word in words[comma:joined])


def verb_like(words: list[Word], at: int, limit: int) -> bool:
    """Whether the word at `at` can be the verb of a second act: `and take control`."""
    if at >= limit:
        return False
    word = words[at]
    if word.tag == "B":
        return True
    tags = possible(word.low)
    if "B" not in tags or word.tag == "P":
        return False
    after = words[at + 1] if at + 1 < limit else None
    usual = tags[0] == "B" or word.low in word_class("deliberate")
    return after is not None and (after.tag in "TOM" or (after.tag in "PQGJNI" and usual))


def action_end(words: list[Word], verb: int, limit: int, stops: frozenset[int]) -> tuple[int, int]:
    """Where the words that say what is done end, from their verb on; and where a second act with its own verb begins, or -1."""
    place = verb + 1
    limit = min(limit, verb + FAR)
    while place < limit:
        word = words[place]
        if place in stops or (word.low in _STOPS and not _kept(words, place)) or _adjunct(words, place, limit):
            return place, _second_after(words, place, limit)
        if word.tag == ",":
            if word.low == "(":
                place = next((at for at in range(place, min(place + 12, limit)) if words[at].low == ")"), place)
            elif (word.low in ".;:!?—–" and words[place - 1].end == word.start) or word.low in ";:—":
                return place, -1
            elif word.low == ",":
                second = _joined(words, place + (words[min(place + 1, limit - 1)].low in ("and", "or")), limit)
                if second >= 0 or not _list_goes_on(words, place, limit):
                    return place, second
        elif word.low in ("and", "or", "but"):
            second = _joined(words, place, limit)
            if second >= 0 and place > verb + 1:
                return place, second
            if second < 0 and (
                word.low == "but"
                or words[min(place + 1, limit - 1)].low in ("that", "says", "said")
                or _clause_ahead(words, place + 1, limit)
            ):
                return place, -1
        elif (word.low in _DATED and is_date(words, place + 1, limit)) or (word.low in _LONE_DATES and place > verb + 1):
            return place, _second_after(words, place, limit)
        elif (
            word.low == "to"
            and place > verb + 2
            and words[verb].low not in _PURPOSE_KEPT
            and verb_like(words, place + 1, limit)
            and words[place - 1].tag in "NP"
        ):
            return place, -1
        place += 1
    return place, -1


def _adjunct(words: list[Word], at: int, limit: int) -> bool:
    """`in order to`, `in the face of`, `at the General Assembly session`: how and where, not what."""
    if at + 2 >= limit:
        return False
    after = words[at + 1].low
    if (words[at].low, after) in _STOP_PAIRS or (words[at].low, after, words[at + 2].low) in (
        ("in", "the", "face"),
        ("in", "the", "event"),
        ("in", "the", "wake"),
    ):
        return True
    return (
        words[at].low == "at"
        and after in ("the", "a", "an", "its")
        and any(word.low in _MEETINGS for word in words[at + 2 : min(at + 7, limit)])
    )


def _kept(words: list[Word], at: int) -> bool:
    """`as` and `including` inside what is done: `resign as Prime Minister`."""
    return (
        words[at].low == "as" and at + 1 < len(words) and words[at + 1].tag in "PTNJ" and words[at + 1].low not in ("part", "it", "a", "of")
    )


def _joined(words: list[Word], conjunction: int, limit: int) -> int:
    place = conjunction + 1
    while place < limit and (words[place].tag == "R" or words[place].low in ("also", "to", "then", "will", "would", "not")):
        place += 1
    if words[place - 1].low in ("will", "would") and place < limit and words[place].low != "be" and words[place].tag not in ",TO":
        return place
    return place if verb_like(words, place, limit) else -1


def _second_after(words: list[Word], at: int, limit: int) -> int:
    """A second act after an adjunct: `leave on Tuesday and seek asylum`; not past a clause of its own."""
    for place in range(at + 1, min(at + 8, limit)):
        if words[place].tag in "ZDXW" or words[place].low in ".;:":
            return -1
        if words[place].low == "and":
            return _joined(words, place, limit)
    return -1


def _list_goes_on(words: list[Word], comma: int, limit: int) -> bool:
    if comma + 1 >= limit:
        return False
    after = words[comma + 1]
    if after.tag in "GWRTIOZDX" or after.low in ("as", "with", "the", "a", "an", "but", "that", "which"):
        return False
    if after.low == "and":
        return not _clause_ahead(words, comma + 2, limit) and any(word.low == "," for word in words[max(0, comma - 12) : comma])
    return words[comma - 1].tag in "PNM" and after.tag in "PNJM"


def _clause_ahead(words: list[Word], at: int, limit: int) -> bool:
    for place in range(at, min(at + 14, limit)):
        word = words[place]
        if word.tag in ",W" or word.low in _STOPS or word.low in ("that", "to"):
            return False
        if place > at and (
            word.tag == "X" or (word.tag == "Z" and words[at].tag in "TPO") or (word.tag == "D" and words[place - 1].tag in "NPO")
        ):
            return True
    return False


def is_agent(words: list[Word], first: int, last: int) -> bool:
    """Whether a noun phrase names somebody who can act: a pronoun of persons, a name, or a noun of the list of agents.

    >>> from kg.annotate.rules.words import read_words
    >>> is_agent(read_words("the Israeli military", 0, 20), 0, 3), is_agent(read_words("The ceasefire", 0, 13), 0, 2)
    (True, False)
    """
    if last - first == 1 and words[first].tag == "O":
        return True
    head = head_of(words, first, last)
    if head < 0:
        return False
    word = words[head]
    if word.low in word_class("agents") or word.low.removesuffix("s") in word_class("agents"):
        return True
    return word.tag == "P" and word.low not in word_class("things")


def head_of(words: list[Word], first: int, last: int) -> int:
    """The index of the head noun: the last noun before the first preposition or comma; -1 where there is none."""
    head = -1
    for place in range(first, last):
        tag = words[place].tag
        if tag in "NP" or words[place].low in word_class("agents"):
            head = place
        elif head >= 0 and (tag == "I" or words[place].low in (",", "(") or tag in "GDE"):
            break
        elif tag == "S":
            head = -1
    return head
