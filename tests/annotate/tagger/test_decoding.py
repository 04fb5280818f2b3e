"""Scores become spans that are possible, and always slices of the text."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.annotate.rules.found import Deed
from kg.annotate.tagger.decoding import STATEMENT, _Lot, best_paths, tag
from kg.annotate.tagger.network import Lot, load_network
from kg.annotate.tagger.tokens import tokenize


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_best_path_is_the_best_of_all_possible_ones(seed: int) -> None:
    """As trying every one of them shows."""
    scores = np.random.default_rng(seed).normal(size=(1, 4, 8)).astype(np.float32)
    costs = STATEMENT.forbidden(8)
    possible = (path for path in product(range(8), repeat=4) if not any(costs[b, a] for a, b in zip((0, *path), path, strict=False)))
    best = max(possible, key=lambda path: sum(scores[0, at, role] for at, role in enumerate(path)))
    assert best_paths(scores, [(1, STATEMENT)])[0].tolist() == list(best)


def test_a_sentence_is_taken_apart() -> None:
    """Who said it, what would be done, what it hangs on, and how."""
    found = tag("President Ann Lee said that Ruritania will send troops to Borduria if parliament approves the mission.", load_network())
    [said], [deed] = found.said, found.deeds
    assert said.speakers[0].text == "President Ann Lee" and said.cue and said.cue.text == "said"
    assert isinstance(deed, Deed) and deed.action.text.startswith("send troops") and deed.stance == "pledged"
    assert [(use.text.text, use.kind, use.polarity) for use in deed.uses] == [
        ("parliament approves the mission", use.kind, "if") for use in deed.uses
    ]


def test_a_name_of_which_only_the_article_was_found_is_made_whole() -> None:
    """Of those whom an act helps or harms as of those who decide: no actor is called *the*."""
    found = tag(
        "President Ada Roe warns that she might close all Bordurian bases and seek to cancel the military cooperation with the United Isles "
        "if President-elect Bo Krag fulfills his threat to deport workers.",
        load_network(),
    )
    assert [deed.beneficiary.text for deed in found.deeds if isinstance(deed, Deed) and deed.beneficiary] == ["the United Isles"]


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("The minister said the port would stay closed until the strike ends, even if Borduria sends its own pilots.", ["the strike ends"]),
        ("Peru will act as if the treaty is in force.", []),
    ],
)
def test_what_is_conceded_is_no_condition(text: str, conditions: list[str]) -> None:
    """Nor what things are done as if."""
    found = tag(text, load_network())
    assert [use.text.text for use in (*(use for deed in found.deeds for use in deed.uses), *found.free)] == conditions


@pytest.mark.parametrize(
    ("found", "phrase"),
    [
        ("the return of the boats and", "the return of the boats"),
        ("a harder answer than", "a harder answer"),
        ("the High Council of", "the High Council of Coastal Defence"),
        ("the", "the Bordurian government"),
        ("its", "its"),
        ("the harbour", "the harbour"),
    ],
)
def test_a_phrase_ends_where_it_can_end(found: str, phrase: str) -> None:
    """Not in *and*, *than* or *of*; a name that it was cut before is taken in."""
    text = (
        "the return of the boats and of crews; a harder answer than in May; the High Council of Coastal Defence met; "
        "the Bordurian government left its harbour; the harbour closed"
    )
    lot = _Lot.__new__(_Lot)  # as far as it knows words
    lot.tokens = tokenize(text)
    lot.lot = cast(Lot, SimpleNamespace(first=0, hidden=lot.tokens.starts))
    start = text.index("the Bordurian") if found == "the" else text.index(found)
    first, stop = lot.tokens.starts.index(start), lot.tokens.ends.index(start + len(found)) + 1
    assert lot._phrase((first, stop, 1)).text == phrase


WORDS = ["Merz", "said", "“", "”", "will", "if", "unless", "not", "\n", "that", "pay", ",", ".", "😀", "he", "é́", "the", "Bundestag"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join))
def test_every_span_is_a_slice_whatever_the_text(text: str) -> None:
    """Of statements, acts and conditions alike."""
    found = tag(text, load_network())
    spans = [span for said in found.said for span in (*said.content, *said.speakers, *([said.cue] if said.cue else []))]
    for deed in found.deeds:
        spans += [deed.action, *deed.committer] if isinstance(deed, Deed) else [deed.text]
        spans += [use.text for use in deed.uses]
    assert all(text[span.start : span.end] == span.text for span in spans)


def test_an_act_that_would_end_before_it_begins_is_read() -> None:
    """Of words in no order a joint may stand right after an anchor."""
    assert isinstance(tag("and that and consent to and minister build base Poland consent to.", load_network()).deeds, list)
