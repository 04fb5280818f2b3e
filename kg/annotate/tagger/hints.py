"""What the patterns see in a text, token by token: the network is told, and learns how far to trust it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from kg.annotate.rules.deeds import deeds_of_sentences
from kg.annotate.rules.found import Deed, Outcome, Said
from kg.annotate.rules.quotes import Line, read_lines
from kg.annotate.rules.statements import find_statements
from kg.annotate.tagger.tokens import Tokens
from kg.model import Span
from kg.vocabulary import FORCES

TAGS = "NPZDBGEJRTMIOCXWSQ,"  # parts of speech, as rules/words.py has them
SPEAKER, CUE, CUE_REST, CONTENT, CONTENT_REST = 1, 2, 3, 4, 5
STANCES = ("pledged", "open", "refused", "withdrawn")  # the first word of an act is 1 to 4
ACT_REST, COMMITTER = 5, 6
REQUIRED, EXCEPTED, CONDITION_REST, MARKER = 1, 2, 3, 4
# How many values each hint has: part of speech, statement, statement told in another, force of a cue, act, condition.
SIZES = (len(TAGS) + 1, 6, 6, len(FORCES) + 1, 7, 5)
FORCE_NUMBERS = {force: at for at, force in enumerate(sorted(FORCES), 1)}


def find_hints(tokens: Tokens) -> tuple[list[list[int]], list[Said], list[Deed | Outcome]]:
    """For each kind of hint a value for each token, 0 for none; and the statements and deeds that the patterns find.

    >>> from kg.annotate.tagger.tokens import tokenize
    >>> tokens = tokenize("Merz said Bonn will pay if it must.")
    >>> hints, said, deeds = find_hints(tokens)
    >>> hints[1], hints[4], hints[5]
    ([1, 2, 4, 5, 5, 5, 5, 5, 0], [0, 0, 6, 0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 4, 1, 3, 0])
    """
    return _Hints(tokens).read()


class _Hints:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.hints = [[0] * len(tokens.starts) for _ in SIZES]

    def read(self) -> tuple[list[list[int]], list[Said], list[Deed | Outcome]]:
        text = self.tokens.text
        lines = read_lines(text)
        self._words(lines)
        said = find_statements(text, lines)
        for one in said:
            self._content(one)
        for one in said:
            self._named(one)
        deeds = deeds_of_sentences(text)
        self._deeds(deeds)
        return self.hints, said, deeds

    def _tokens(self, start: int, end: int) -> range:
        """The tokens that share a character with a stretch of the text."""
        return range(bisect_right(self.tokens.ends, start), bisect_left(self.tokens.starts, end))

    def _of(self, spans: Sequence[Span]) -> Iterator[tuple[int, bool]]:
        """The tokens of some spans, and whether each is the first of its span."""
        for span in spans:
            for place, at in enumerate(self._tokens(span.start, span.end)):
                yield at, place == 0

    def _words(self, lines: Sequence[Line]) -> None:
        for line in lines:
            for word in line.words:
                for at in self._tokens(word.start, word.end):
                    self.hints[0][at] = TAGS.find(word.tag) + 1
            for cue in line.cues:
                for at in self._tokens(line.words[cue.first].start, line.words[cue.last].end):
                    self.hints[3][at] = FORCE_NUMBERS.get(cue.sense.force, FORCE_NUMBERS["asserts"])

    def _content(self, said: Said) -> None:
        hint = self.hints[1 if said.relayed_by is None else 2]
        for at, first in self._of(said.content):
            if not hint[at] or first:
                hint[at] = CONTENT if first else CONTENT_REST

    def _named(self, said: Said) -> None:
        hint = self.hints[1 if said.relayed_by is None else 2]
        for at, _ in self._of(said.speakers):
            hint[at] = SPEAKER
        for at, first in self._of([said.cue] if said.cue else []):
            hint[at] = CUE if first else CUE_REST

    def _deeds(self, deeds: Sequence[Deed | Outcome]) -> None:
        acts, conditions = self.hints[4], self.hints[5]
        for deed in deeds:
            for use in deed.uses:
                for at, first in self._of([use.text]):
                    if conditions[at] in (0, CONDITION_REST):
                        conditions[at] = (REQUIRED if use.polarity == "if" else EXCEPTED) if first else CONDITION_REST
                for at, _ in self._of([use.marker] if use.marker else []):
                    conditions[at] = MARKER
            if isinstance(deed, Deed):
                for at, first in self._of([deed.action]):
                    acts[at] = 1 + STANCES.index(deed.stance) if first else acts[at] or ACT_REST
                for at, _ in self._of(deed.committer):
                    acts[at] = acts[at] or COMMITTER
