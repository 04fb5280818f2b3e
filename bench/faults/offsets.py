"""Texts in which letters, code points, code units and what the eye sees are not the same: do quotes stand where they say?"""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from bench.faults.pages import watched
from bench.faults.scorecard import Case, Trial, row
from bench.faults.serving import stored

_OA = "http://www.w3.org/ns/oa#"
_TEXT = "https://w3id.org/proviso#text"
_ENDS = re.compile(r"[\r\n]")  # lines are paragraphs in a page
SIGNS = (
    "é", unicodedata.normalize("NFD", "é ö ñ"), "👩‍👩‍👧‍👦", "👍🏽 🇺🇦", "\u202eDROP\u202c", "\u2067שלום\u2069", "مرحبا بالعالم", "one\r\ntwo", "one\rtwo", "\u00a0x\u202fy\u2009z",
    "a\u0300\u0301\u0302\u0303", "𝔑𝔬𝔯 𐍈", "\u200bx\u200d\u200cy", "so\u00adft", "ﬁ ǆ ẞ İ ı", "한국 \u1112\u1161\u11ab", "क्षि ज्ञ", "x\ufeffy", "\u2028next\u2029last", "\tx\x0cy\x85z",
)  # fmt: skip
# Each statement's id, its place as the page tells it, and the words that are marked as its own.
_SHOWN = """() => [...document.querySelectorAll('li.said')].map((e) => [e.dataset.id, e.querySelector('.where').textContent,
    [...document.querySelectorAll('mark.statement')].filter((m) => m.dataset.of.split(' ').includes(e.dataset.id)).map((m) => m.textContent).join('')])"""


@row(
    24,
    "Unicode: composed, joined, mirrored, beyond 16 bits, line ends",
    40,
    "each quote is its slice, in Python and in the page",
    budget=150,
)
def offsets(trial: Trial) -> Iterator[Case]:
    """Each sign before, in and after quotes, read by a person and by the annotator; the graph by its own triples, the page in Chromium."""
    numbers = sorted(trial.chance.sample(range(2 * len(SIGNS)), trial.cases))
    folder, site = trial.place("articles"), trial.place("site")
    texts = dict(_written(folder, number) for number in numbers)
    store = stored(trial, folder)
    export = trial.kg("export", "-o", "-", "--format", "nq", "--store", store)
    assert trial.kg("site", site, "--store", store).code == 0
    passages = _passages(export.out)
    with watched((trial.folder.as_uri(),)) as browser:
        for name, text in texts.items():
            begun = time.monotonic()
            browser.page.goto((site / "article" / f"{name}.html").as_uri())
            shown = browser.page.evaluate(_SHOWN)
            wrong = [*_misplaced(text, passages.get(name, {})), *_misshown(text, shown)]
            wrong += [] if browser.seen == [] else [str(browser.seen)]
            yield Case(not wrong, time.monotonic() - begun, f"{name} {json.dumps(text)}: {wrong[:3]}")


def _written(folder: Path, number: int) -> tuple[str, str]:
    """An article, with a person's reading every other time: its id and its text."""
    folder.mkdir(exist_ok=True)
    sign, name = SIGNS[number // 2], f"sign-{number:02}"
    if number % 2:
        text = f"Today {sign} Norway said on Tuesday it would send {sign} troops if its parliament agrees {sign} at once.\n\n“We will pay {sign} for it,” Sweden said. {sign}."
    else:
        text = f"Today {sign} Norland will send {sign} ships if the {sign} Assembly agrees, {sign} Berg said."
        (folder / f"{name}.json").write_text(json.dumps(_reading(sign)), "utf-8")
    (folder / f"{name}.txt").write_bytes(text.encode())
    return name, text


def _reading(sign: str) -> dict[str, object]:
    speaker = [{"span": f"{sign} Berg", "actor": "berg"}]
    return {
        "actors": [{"id": "berg", "label": "Berg", "kind": "person"}, {"id": "norland", "label": "Norland", "kind": "state"}, {"id": "assembly", "label": "Assembly", "kind": "parliament"}],
        "statements": [{
            "id": "s1", "speaker": speaker, "cue": "said", "content": [f"Norland will send {sign} ships if the {sign} Assembly agrees"], "mode": "indirect",
            "force": "pledges", "expresses": "c1", "stance": "pledged", "strength": "firm", "conditions": [{"id": "k1", "marker": "if"}],
        }],
        "commitments": [{"id": "c1", "committer": [{"span": "Norland", "actor": "norland"}], "action": {"span": f"send {sign} ships", "concept": "send ships"}}],
        "conditions": [{"id": "k1", "text": f"the {sign} Assembly agrees", "kind": "approval", "by": [{"span": f"the {sign} Assembly", "actor": "assembly"}]}],
    }  # fmt: skip


def _passages(exported: bytes) -> dict[str, dict[str, dict[str, str]]]:
    """Of each article, what each of its things says of itself, read by the engine alone."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for quad in ox.parse(exported, format=ox.RdfFormat.N_QUADS):
        article = quad.graph_name.value.rpartition("/")[2]
        found.setdefault(article, {}).setdefault(quad.subject.value, {})[quad.predicate.value] = quad.object.value
    return found


def _misplaced(text: str, things: dict[str, dict[str, str]]) -> Iterator[str]:
    """What is not where it says; at least the quotes of one statement are to be there."""
    if text not in [thing.get(_TEXT) for thing in things.values()]:
        yield "the text is another"
    quotes = [thing for thing in things.values() if _OA + "exact" in thing]
    for quote in quotes:
        start, end = int(quote[_OA + "start"]), int(quote[_OA + "end"])
        around = (text[:start], text[end:])
        if (
            text[start:end] != quote[_OA + "exact"]
            or not around[0].endswith(quote[_OA + "prefix"])
            or not around[1].startswith(quote[_OA + "suffix"])
        ):
            yield f"at {start}-{end} there is no {quote}"
    if len(quotes) < 4:
        yield f"only {len(quotes)} quotes"


def _misshown(text: str, shown: list[tuple[str, str, str]]) -> Iterator[str]:
    """What the page marks as other words than those at the place it tells, code point by code point."""
    for id, place, words in shown:
        found = re.search(r"characters (\d+)–(\d+)", place)
        slice = text[int(found[1]) : int(found[2])] if found else ""
        if not slice or _ENDS.sub("", slice) != _ENDS.sub("", words):
            yield f"{id} is shown as {json.dumps(words)}, its place is {json.dumps(slice)}"
    if not shown:
        yield "the page shows no statement"
