"""The network computes the same whatever stands beside a window, and whatever the order."""

from __future__ import annotations

import numpy as np

from kg.annotate.tagger.hints import SIZES, find_hints
from kg.annotate.tagger.network import Lot, load_network
from kg.annotate.tagger.tokens import Tokens, tokenize, windows

ONE, OTHER = (
    "Merz said Germany will pay.",
    "The minister, who had refused, said on Monday that nobody would ever agree to the plan unless it rained.",
)


def read(tokens: Tokens) -> list[Lot]:
    return list(load_network().read(tokens, find_hints(tokens)[0], windows(tokens)))


def test_a_window_does_not_change_with_its_neighbours() -> None:
    """What is read together is padded, and the padding is not seen."""
    [alone], [both] = (read(tokenize(text)) for text in (ONE, f"{ONE}\n{OTHER}"))
    assert [start for start, _ in both.windows] == [0, 6]
    assert np.allclose(alone.hidden, both.hidden[:6], atol=1e-4)
    assert np.allclose(alone.cue, both.cue[:6], atol=1e-3)


def test_nothing_is_read_in_nothing() -> None:
    """A text without tokens has no windows."""
    tokens = tokenize(" \n ")
    assert read(tokens) == []


def test_the_weights_are_of_these_hints() -> None:
    """A network that was trained with other hints would read nonsense."""
    weights = load_network().w
    assert [weights[f"hint{n}"].shape[0] for n in range(len(SIZES))] == list(SIZES)
    assert weights["inp.w"].shape[0] == weights["table"].shape[1] + weights["extra"].shape[1] + 24 + sum(
        weights[f"hint{n}"].shape[1] for n in range(len(SIZES))
    )
