"""How well copies and paraphrases are told from independent reports, and what that costs.

    .venv/bin/python bench/origins.py --gum DIR --items DIR [--long]

Positive cases are made from long GUM texts (`--gum`, a folder of text files), by a generator that nothing was tuned on: copied, cut,
reordered, with synonyms, with sentences merged and split, and all of these together. Negative ones are pairs of dated items of one
event (`--items`, a folder of JSON lines with `text`, `date` and `links`): of one day or the next, with two links in common, told apart
by their editors; and every pair of the GUM texts. `--long` measures 100,000 made articles too (some minutes).
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from math import log10
from pathlib import Path

from kg.analyse.origins import Reuse, Text, find_reuse
from kg.listing import listing
from kg.text import sentences

CASES, LEAST_WORDS, PAIRS = 240, 400, 2000
_PAIRS = """
said=stated big=large large=big people=persons many=numerous use=employ used=employed make=create made=created find=discover
found=discovered show=demonstrate shows=demonstrates showed=demonstrated new=novel first=initial also=additionally
however=nevertheless because=since but=yet get=obtain got=obtained help=assist helped=assisted start=begin started=began begin=start
began=started end=finish ended=finished important=significant small=little year=twelvemonth years=twelvemonths different=distinct
several=various area=region areas=regions world=globe city=town place=location places=locations think=believe thought=believed
know=understand known=understood work=labour works=labours way=manner ways=manners day=date time=period times=periods part=portion
parts=portions number=quantity group=band groups=bands study=inquiry studies=inquiries result=outcome results=outcomes
problem=difficulty problems=difficulties system=arrangement systems=arrangements government=administration country=nation
countries=nations increase=rise increased=rose decrease=fall decreased=fell between=amid about=concerning around=near while=whereas
although=though often=frequently usually=normally very=highly more=further most=mostly good=fine best=finest high=elevated
higher=loftier low=modest old=ancient young=youthful house=home home=house water=liquid road=street car=vehicle children=kids
child=kid women=ladies man=gentleman men=gentlemen life=existence give=offer given=offered gave=offered take=grab taken=grabbed
took=grabbed see=notice seen=noticed saw=noticed come=arrive came=arrived go=travel went=travelled need=require needs=requires
needed=required want=wish wanted=wished keep=retain kept=retained hold=grip held=gripped live=dwell lived=dwelt including=comprising
such=similar only=merely well=nicely still=yet even=indeed now=currently then=afterwards here=hither there=thither
"""
SYNONYMS = dict(pair.split("=") for pair in _PAIRS.split())


def one_after(text: str) -> list[str]:
    """The sentences of a text."""
    return [" ".join(text[start:end].split()) for start, end in sentences(text)]


def cut(draw: random.Random, told: list[str]) -> list[str]:
    """Without a third to a half of the sentences, from the end as editors cut, or here and there."""
    keep = int(len(told) * draw.uniform(0.5, 0.67))
    return told[:keep] if draw.random() < 0.5 else [told[at] for at in sorted(draw.sample(range(len(told)), keep))]


def reorder(draw: random.Random, told: list[str]) -> list[str]:
    """Blocks of three to six sentences in another order."""
    blocks, at = [], 0
    while at < len(told):
        size = draw.randrange(3, 7)
        blocks.append(told[at : at + size])
        at += size
    draw.shuffle(blocks)
    return [sentence for block in blocks for sentence in block]


def synonyms(draw: random.Random, told: list[str]) -> list[str]:
    """Other words for those that have one here, nine times of ten."""

    def other(found: re.Match[str]) -> str:
        word = SYNONYMS.get(found.group().lower())
        return word if word and draw.random() < 0.9 else found.group()

    return [re.sub(r"\b[a-zA-Z]+\b", other, sentence) for sentence in told]


def merge_and_split(draw: random.Random, told: list[str]) -> list[str]:
    """Some sentences joined by *and*, some cut at a comma or *and*."""
    found: list[str] = []
    for sentence in told:
        if found and draw.random() < 0.25:
            found[-1] = f"{found[-1].rstrip('.')}, and {sentence[:1].lower()}{sentence[1:]}"
        elif draw.random() < 0.5 and (at := sentence.find(", ", len(sentence) // 3)) > 0:
            found += [sentence[:at] + ".", sentence[at + 2 :][:1].upper() + sentence[at + 3 :]]
        else:
            found.append(sentence)
    return found


CHANGES: dict[str, tuple[Callable[[random.Random, list[str]], list[str]], ...]] = {
    "copy": (), "cut": (cut,), "reorder": (reorder,), "synonyms": (synonyms,), "merge and split": (merge_and_split,),
    "cut, synonyms": (cut, synonyms), "synonyms, merge and split": (synonyms, merge_and_split), "all": (cut, reorder, synonyms, merge_and_split),
}  # fmt: skip


def long_texts(folder: Path) -> list[tuple[str, list[str]]]:
    """The texts of a folder of at least `LEAST_WORDS` words, as sentences."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text("utf-8")
        if len(text.split()) >= LEAST_WORDS:
            found.append((path.stem, one_after(text)))
    return found


def made_cases(texts: list[tuple[str, list[str]]]) -> Iterator[tuple[str, Text, Text]]:
    """How it was changed, the text, and the changed one."""
    draw = random.Random(11)
    for number, (change, (name, told)) in enumerate(itertools.islice(itertools.product(CHANGES, texts * 99), 0, None)):
        if number // (len(texts) * 99) >= len(CHANGES):
            return
        if number % (len(texts) * 99) >= CASES // len(CHANGES):
            continue
        changed = told
        for step in CHANGES[change]:
            changed = step(draw, changed)
        yield (
            change,
            Text(f"{name}-{number}", "\n".join(told), "2026-01-01"),
            Text(f"{name}-{number}-again", "\n".join(changed), "2026-01-02"),
        )


def pairs_of_items(folder: Path) -> list[tuple[Text, Text]]:
    """Pairs of items of one day or the next that have two links in common, drawn by a seed."""
    items = [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    by_link: dict[str, list[int]] = defaultdict(list)
    for at, item in enumerate(items):
        for link in {target for _, target in item.get("links", ())}:
            by_link[link].append(at)
    common: Counter[tuple[int, int]] = Counter()
    for some in by_link.values():
        common.update(pair for pair in itertools.combinations(some, 2) if len(some) < 200)
    days = [date.fromisoformat(item["date"]).toordinal() for item in items]
    near = [pair for pair, count in sorted(common.items()) if count > 1 and abs(days[pair[0]] - days[pair[1]]) < 2]
    random.Random(11).shuffle(near)
    return [tuple(Text(items[at]["id"] + f"-{at}", items[at]["text"], items[at]["date"]) for at in pair) for pair in near[:PAIRS]]  # type: ignore[misc]


def goes_back(one: Text, other: Text) -> Reuse | None:
    """What is found of a pair alone."""
    return next(iter(find_reuse([one, other])), None)


def speed(counts: tuple[int, ...]) -> Iterator[tuple[str, float, float | None]]:
    """CPU seconds of made articles of some 300 words, a tenth of them rewritten; and the growth."""
    before = (0, 0.0)
    for count in counts:
        draw = random.Random(count)
        words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randrange(3, 9))) for _ in range(20_000)]
        weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(words))))
        texts: list[Text] = []
        for number in range(count):
            if number and number % 10 == 0:
                told = synonyms(draw, cut(draw, one_after(texts[number - 1].text)))
            else:
                told = [" ".join(draw.choices(words, cum_weights=weights, k=15)).capitalize() + "." for _ in range(20)]
            texts.append(Text(str(number), " ".join(told), f"2026-01-{1 + number * 27 // count:02}"))
        begun = time.process_time()
        found = find_reuse(texts)
        spent = time.process_time() - begun
        growth = log10(spent / before[1]) / log10(count / before[0]) if before[0] else None
        yield f"{count} articles, {len(found)} pairs found of {(count - 1) // 10}", round(spent, 1), growth and round(growth, 2)
        before = count, spent


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--gum", type=Path, help="a folder of long texts")
    parser.add_argument("--items", type=Path, help="a folder of dated items")
    parser.add_argument("--long", action="store_true", help="100,000 articles too")
    given = parser.parse_args()
    right = wrong = all_of = 0
    rows: list[tuple[object, ...]] = []
    if given.gum:
        texts = long_texts(given.gum)
        found: dict[str, list[bool]] = defaultdict(list)
        for change, one, other in made_cases(texts):
            reuse = goes_back(one, other)
            found[change].append(bool(reuse and reuse.source == one.id))
        for change, hits in found.items():
            rows.append((f"made from {len(texts)} GUM texts: {change}", f"{sum(hits)} of {len(hits)} found"))
        right, all_of = sum(map(sum, found.values())), sum(map(len, found.values()))
        apart = [(Text(a, "\n".join(x)), Text(b, "\n".join(y))) for (a, x), (b, y) in itertools.combinations(texts, 2)]
        wrong += (false := sum(bool(goes_back(one, other)) for one, other in apart))
        rows.append((f"pairs of different GUM texts: {len(apart)}", f"{false} taken for reuse"))
    if given.items:
        near = pairs_of_items(given.items)
        taken = [(one, other, reuse) for one, other in near if (reuse := goes_back(one, other))]
        wrong += len(taken)
        rows.append((f"pairs of items of one event: {len(near)}", f"{len(taken)} taken for reuse"))
        for one, other, reuse in taken[:5]:
            rows.append((f"  {reuse.kind} {reuse.share}", f"{one.text[:90]} | {other.text[:90]}"))
    if right:
        rows.append(("precision, recall", f"{right / (right + wrong):.3f}, {right / all_of:.3f}"))
    for name, seconds, growth in speed((1000, 10_000, 100_000) if given.long else (1000, 10_000)):
        rows.append((name, f"{seconds} CPU s" + (f", growth (exponent) {growth}" if growth else "")))
    print(listing(("what", "figure"), rows, "table"), end="")


if __name__ == "__main__":
    main()
