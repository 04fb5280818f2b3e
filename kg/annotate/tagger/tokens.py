"""A text as the network sees it: tokens with their places, their pieces, their shapes, and how deep in quotation marks.

    text --tokenize--> tokens --windows--> ranges of them that are read at once (a paragraph, or sentences of a long one)

Training and reading share this module, so that both see the same.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg.text import quotations, sentences

# A token: initials (U.S.), a possessive 's, a word or number with its inner apostrophes and points, or one sign.
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|['’]s\b|[^\W_]+(?:[.,]\d+)*(?:['’](?!s\b)[^\W_]+)*|\S")
_MARKS = frozenset("\"“”„‟«»‹›‘’‚‛'`")
SHAPES = ("lower", "Title", "UPPER", "mixed", "number", "sign", "mark")
LONGEST_WINDOW = 120  # tokens read at once; sentences are kept whole where they fit
LONGEST_TOKEN = 40  # characters of a token whose pieces are looked up; what is longer is no word


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: where each begins and ends (code points), its shape, and its quotation depth (0, 1, 2)."""

    text: str
    starts: list[int]
    ends: list[int]
    shapes: list[int]
    depths: list[int]

    def word(self, at: int) -> str:
        """The characters of one token.

        >>> tokenize("The U.S.'s plan").word(1)
        'U.S.'
        """
        return self.text[self.starts[at] : self.ends[at]]


def tokenize(text: str) -> Tokens:
    """The tokens of a text.

    >>> tokens = tokenize("“We don't,” said U.S. envoy Ann Lee's aide.")
    >>> [tokens.word(at) for at in range(len(tokens.starts))]
    ['“', 'We', "don't", ',', '”', 'said', 'U.S.', 'envoy', 'Ann', 'Lee', "'s", 'aide', '.']
    >>> tokens.depths
    [0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    """
    starts, ends, shapes = [], [], []
    for found in _TOKEN.finditer(text):
        starts.append(found.start())
        ends.append(found.end())
        shapes.append(_shape(found.group()))
    depths = [0] * len(starts)
    for start, end, around in quotations(text):
        depth = min(around + 1, 2)
        for at in range(bisect_left(starts, start), bisect_left(starts, end)):
            depths[at] = depth
    return Tokens(text, starts, ends, shapes, depths)


@lru_cache(maxsize=50_000)
def _shape(word: str) -> int:
    if word in _MARKS:
        return 6
    if not word[0].isalnum():
        return 0 if len(word) > 1 else 5  # a possessive 's reads like a small word
    if word[0].isdigit():
        return 4
    if word.islower():
        return 0
    if word.isupper():
        return 2 if len(word) > 1 else 1
    return 1 if word[0].isupper() and word[1:].islower() else 3


def windows(tokens: Tokens) -> list[tuple[int, int]]:
    """The ranges of tokens that are read at once: a line each, or as many whole sentences of a long one as fit.

    >>> windows(tokenize("One line here.\\nAnother one."))
    [(0, 4), (4, 7)]
    """
    text, starts = tokens.text, tokens.starts
    found: list[tuple[int, int]] = []
    lines = [0, *(at.end() for at in re.finditer(r"[\n\r\x0b\x0c\x85\u2028\u2029]+", text)), len(text)]
    bounds: list[tuple[int, int]] | None = None
    for line_start, line_end in itertools.pairwise(lines):
        first, stop = bisect_left(starts, line_start), bisect_left(starts, line_end)
        if stop - first <= LONGEST_WINDOW:
            found += [(first, stop)] if stop > first else []
            continue
        bounds = bounds if bounds is not None else sentences(text)
        found += _packed(starts, bounds, first, stop)
    return found


def _packed(starts: list[int], bounds: list[tuple[int, int]], first: int, stop: int) -> list[tuple[int, int]]:
    cuts = []
    for at in range(bisect_left(bounds, (starts[first], 0)), len(bounds)):
        cut = bisect_left(starts, bounds[at][1])
        cuts.append(min(cut, stop))
        if cut >= stop:
            break
    found, begun, last = [], first, first
    for cut in [*cuts, stop]:
        if cut - begun > LONGEST_WINDOW and last > begun:
            found.append((begun, last))
            begun = last
        while cut - begun > LONGEST_WINDOW:
            found.append((begun, begun + LONGEST_WINDOW))
            begun += LONGEST_WINDOW
        last = cut
    return [*found, (begun, stop)] if begun < stop else found


class Pieces:
    """The word pieces of words (WordPiece: the longest known beginning, then the longest known rest, and so on)."""

    def __init__(self, vocabulary: Mapping[str, int], unknown: int) -> None:
        self.vocabulary, self.unknown = vocabulary, unknown

    def of(self, word: str) -> tuple[int, ...]:
        """The numbers of a word's pieces; that of the unknown one where no pieces make it up.

        >>> Pieces({"de": 1, "##ploy": 2, "'": 3, "s": 4}, 0).of("Déploy"), Pieces({"a": 1}, 0).of("b")
        ((1, 2), (0,))
        """
        bare = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
        bare = '"' if word in "“”„‟«»" else "'" if word in "‘’‚‛`" else bare
        if len(bare) > LONGEST_TOKEN:
            return (self.unknown,)
        return tuple(piece for part in re.findall(r"[^\W_]+|\S", bare) for piece in self._longest(part)) or (self.unknown,)

    def _longest(self, part: str) -> tuple[int, ...]:
        pieces, start = [], 0
        while start < len(part):
            end = next((end for end in range(len(part), start, -1) if ("##" if start else "") + part[start:end] in self.vocabulary), None)
            if end is None:
                return (self.unknown,)
            pieces.append(self.vocabulary[("##" if start else "") + part[start:end]])
            start = end
        return tuple(pieces)
