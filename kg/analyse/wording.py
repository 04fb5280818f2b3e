"""Two wordings side by side: which words differ, and whether that changes what is said.

wording --words_of--> words          two wordings --marked--> one line with the differences
                                                  --changes--> the kinds of them that change the meaning
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

_WORD = re.compile(r"\w+(?:[.,]\d+)*(?:['’]\w+)?")
COMMON = frozenset([
    "the", "a", "an", "of", "to", "in", "and", "that", "for", "on", "with", "as", "is", "was", "were", "be", "by", "it", "at", "from",
    "has", "have", "had", "which", "who", "he", "she", "they", "his", "her", "their", "its", "this", "these", "would", "will", "could",
    "but", "not", "or", "also", "are", "been", "more", "than", "said", "says", "after", "before", "about", "into", "over", "between",
])  # fmt: skip
MODALS = ("may", "might", "could", "can", "should", "would", "will", "shall", "must")
HEDGES = frozenset([
    "perhaps", "possibly", "possible", "potential", "potentially", "likely", "probably", "reportedly", "apparently", "almost", "nearly",
    "some", "about", "around", "roughly", "eventual", "eventually", "hopefully", "largely", "mostly", "seems", "appears", "intend",
    "intends", "plan", "plans", "consider", "considering", "expected",
])  # fmt: skip
NEGATIONS = frozenset(["not", "no", "never", "none", "neither", "nor", "cannot", "without", "n't"])
NUMBERS = frozenset([  # not "one", which mostly stands for a thing
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "dozen", "dozens", "hundred", "thousand", "million",
    "billion", "half",
])  # fmt: skip


CHANGING = ("modal", "negation", "number", "hedge")
FEW = 3  # words of a difference that are looked at: longer ones are another clause


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference that changes what is said: modal, hedge, negation or number, and the words on either side."""

    kind: str
    one: str
    other: str

    def __str__(self) -> str:
        """As it is told: `modal: may → will`, a dash for no words."""
        return f"{self.kind}: {self.one or '–'} → {self.other or '–'}"


@lru_cache(50_000)
def stem(word: str) -> str:
    """A word in small letters without a common ending.

    >>> stem("Guarantees"), stem("Ukraine’s")
    ('guarante', 'ukraine')
    """
    word = word.lower().replace("’", "'")
    return next(
        (word[: -len(ending)] for ending in ("'s", "ing", "ed", "es", "s") if word.endswith(ending) and len(word) > len(ending) + 3), word
    )


def words_of(text: str) -> list[str]:
    """The words of a text as they stand, without marks.

    >>> words_of("“It’s 15,000,” he said.")
    ['It’s', '15,000', 'he', 'said']
    """
    return _WORD.findall(text)


def plain(text: str) -> list[str]:
    """The words of a text in small letters, apostrophes straight: texts that have the same ones are worded alike.

    >>> plain("He’s here.") == plain("he's here")
    True
    """
    return words_of(text.lower().replace("’", "'"))


def rare_words(words: Sequence[str]) -> list[str]:
    """The stems of the words that tell something."""
    return [stem(word) for word in words if word.lower() not in COMMON]


def figures(text: str) -> frozenset[str]:
    """The numbers in a text, as digits or words.

    >>> sorted(figures("At least 1,332 people and three dogs"))
    ['1,332', 'three']
    """
    return frozenset(low for word in words_of(text) for low in _parts(word) if _kind(low) == "number")


def pieces(one: str, other: str) -> list[tuple[str, str]]:
    """Both wordings in pieces: how (*same*, *gone*: of the first alone, *new*: of the second alone), and the words.

    >>> pieces("France may send troops", "France will send troops")
    [('same', 'France'), ('gone', 'may'), ('new', 'will'), ('same', 'send troops')]
    """
    a, b = one.split(), other.split()
    found = []
    for how, i, j, k, m in _matcher(a, b).get_opcodes():
        sides = (("same", a[i:j]),) if how == "equal" else (("gone", a[i:j]), ("new", b[k:m]))
        found += [(kind, " ".join(words)) for kind, words in sides if words]
    return found


def marked(one: str, other: str) -> str:
    """The same in one line: words of the first alone in [-…-], of the second alone in {+…+}.

    >>> marked("France may send 15,000 troops", "France will send troops")
    'France [-may-] {+will+} send [-15,000-] troops'
    """
    return " ".join({"gone": f"[-{words}-]", "new": f"{{+{words}+}}"}.get(how, words) for how, words in pieces(one, other))


def changes(one: str, other: str) -> list[Difference]:
    """The differences of two wordings of one thing that change its meaning; looked for where few words stand for few others.

    Where whole clauses differ, one wording says more, not otherwise.

    >>> changes("France may send 15,000 troops", "France will send troops")
    [Difference(kind='modal', one='may', other='will'), Difference(kind='number', one='15,000', other='')]
    >>> changes("It can never mean peace, he said on Monday", "It cannot mean peace")
    []
    """
    a, b = ([low for word in words_of(text) for low in _parts(word)] for text in (one, other))
    found: dict[str, tuple[list[str], list[str]]] = {}
    for how, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if how != "equal" and max(j - i, m - k) <= FEW:
            for kind in CHANGING:
                sides = [[word for word in some if _kind(word) == kind] for some in (a[i:j], b[k:m])]
                if sides[0] != sides[1] and not (kind == "negation" and all(sides)):
                    told = found.setdefault(kind, ([], []))
                    told[0].extend(sides[0])
                    told[1].extend(sides[1])
    return [Difference(kind, " ".join(found[kind][0]), " ".join(found[kind][1])) for kind in CHANGING if kind in found]


def _parts(word: str) -> tuple[str, ...]:
    low = word.lower().replace("’", "'")
    if low.endswith("n't"):
        return {"wo": "will", "ca": "can", "sha": "shall"}.get(low[:-3], low[:-3]), "not"
    return ("can", "not") if low == "cannot" else (low,)


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """How much of the shorter of two wordings, by its telling words (`rare_words`), stands in the other: 0 to 1.

    0 where they share fewer than three, or three that are not half of the longer one.

    >>> likeness(["putin", "ready", "peace"], ["putin", "show", "ready", "peace"])
    1.0
    """
    short, long = sorted((Counter(one), Counter(other)), key=Counter.total)
    shared = (short & long).total()
    enough = shared > 3 or (shared == 3 and shared >= long.total() / 2)
    return shared / short.total() if enough else 0.0


def _matcher(a: Sequence[str], b: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(
        None, [stem(word.strip(".,;:“”\"'‘’[]()")) for word in a], [stem(word.strip(".,;:“”\"'‘’[]()")) for word in b], autojunk=False
    )


def _kind(low: str) -> str:
    if low in MODALS:
        return "modal"
    if low in NEGATIONS:
        return "negation"
    if low[0].isdigit() or low in NUMBERS:
        return "number"
    return "hedge" if low in HEDGES else ""
