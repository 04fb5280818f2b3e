"""The patterns' view reaches the tokens it is about."""

from __future__ import annotations

from kg.annotate.tagger.hints import COMMITTER, CONDITION_REST, CONTENT, CUE, FORCE_NUMBERS, MARKER, REQUIRED, SIZES, SPEAKER, find_hints
from kg.annotate.tagger.tokens import tokenize


def test_each_hint_stands_at_its_token() -> None:
    """Speaker, cue, content; the force of the cue; act, committer, condition, marker."""
    tokens = tokenize("Lima warned that Peru would leave if talks fail.")
    hints, _, _ = find_hints(tokens)
    at = {tokens.word(n): n for n in range(len(tokens.starts))}
    assert [hints[1][at[word]] for word in ("Lima", "warned", "Peru")] == [SPEAKER, CUE, CONTENT]
    assert hints[3][at["warned"]] == FORCE_NUMBERS["warns"]
    assert hints[4][at["leave"]] == 1 and hints[4][at["Peru"]] == COMMITTER
    assert [hints[5][at[word]] for word in ("if", "talks", "fail")] == [MARKER, REQUIRED, CONDITION_REST]


def test_hints_are_of_their_sizes() -> None:
    """Each value is one of those its kind has."""
    tokens = tokenize("“We will not go,” she said, “unless they pay.” According to him, Italy may help.")
    assert all(0 <= value < size for hint, size in zip(find_hints(tokens)[0], SIZES, strict=True) for value in hint)
