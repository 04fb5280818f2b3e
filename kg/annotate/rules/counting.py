"""Makes `data/words.tsv` again: which parts of speech each English word has, counted in treebanks in CoNLL-U.

`python -m kg.annotate.rules.counting FILE.conllu … > kg/annotate/rules/data/words.tsv`. Counted are UD English EWT (train,
CC BY-SA 4.0) and GUM (annotations CC BY 4.0); the table holds counts' order only, no text.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

# Penn tag -> our letter (see `words.py`).
LETTERS = {
    "NN": "N", "NNS": "N", "VBZ": "Z", "VBD": "D", "VBP": "B", "VB": "B", "VBG": "G", "VBN": "E", "JJ": "J", "JJR": "J",
    "JJS": "J", "RB": "R", "RBR": "R", "RBS": "R", "DT": "T", "PRP$": "T", "PDT": "T", "CD": "M", "IN": "I", "TO": "I",
    "RP": "I", "PRP": "O", "EX": "O", "CC": "C", "MD": "X", "WDT": "W", "WP": "W", "WRB": "W", "WP$": "W",
}  # fmt: skip
SHARE = 0.08  # a part of speech rarer than this among a word's uses is left out
HEAD = "# Parts of speech of words, commonest first. Counted in UD English EWT (CC BY-SA 4.0) and GUM (CC BY 4.0) by counting.py.\n"


def table(lines: Iterable[str]) -> str:
    """The lines of `words.tsv`, from lines of CoNLL-U.

    >>> table(["1\\tsays\\tsay\\tVERB\\tVBZ\\t_"]).splitlines()[1]
    'says\\tZ'
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        fields = line.split("\t")
        if len(fields) > 4 and fields[4] in LETTERS and fields[1].replace("-", "").replace("'", "").isalpha():
            counts[fields[1].lower().replace("’", "'")][LETTERS[fields[4]]] += 1
    rows = []
    for word, tags in sorted(counts.items()):
        total = tags.total()
        rows.append(word + "\t" + "".join(tag for tag, n in tags.most_common() if n / total >= SHARE) + "\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(table(line for name in sys.argv[1:] for line in Path(name).read_text(encoding="utf-8").splitlines()))
