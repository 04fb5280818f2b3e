"""What can not be asked, and what to try: every word of a question that is not understood ends here, none is left out."""

from __future__ import annotations

from difflib import get_close_matches

from kg.ask.words import Lexicon, grammar
from kg.errors import UsageError

SHORT = 4  # letters: of words no longer, most others look alike
OTHERWISE = "kg queries shows questions that can be asked"
TWICE = "ask in two questions"


def unknown(lexicon: Lexicon, word: str, kind: str) -> UsageError:
    """A word that nothing is called: the names in which it stands, those of a kind first, else the names most like it."""
    told = lexicon.bearing(word)
    fitting = [name for name in told if lexicon.ending((word,), kind) or any(e.kind == kind for e in lexicon.at_name(name))]
    bearing = list(dict.fromkeys([*fitting, *told]))[:3]
    small = set(grammar()["filler"]["filler"])
    names = {name.casefold(): name for name in sorted(lexicon.names - small, reverse=True)}
    close = get_close_matches(word[:100], names, n=3, cutoff=0.8 if len(word) <= SHORT else 0.6)
    meant = bearing or [names[c] for c in close]
    return UsageError(f"the word {word[:100]!r} is not known", "", f"did you mean {', '.join(meant)}?" if meant else OTHERWISE)


def beyond(words: str, why: str = "", hint: str = "") -> UsageError:
    """Known words that together say something no query of `kg ask` can look for."""
    return UsageError(f"{words!r} {why or 'says more than can be asked'}", "", hint or f"{TWICE}, or {OTHERWISE}")


def unfinished(words: str) -> UsageError:
    """A word that leads something in, and nothing that it leads in."""
    return beyond(words, "leads in nothing that is named", f"say what comes after it; {OTHERWISE}")


def two_verbs(one: str, other: str) -> UsageError:
    """Two things that are said, of which a statement holds one."""
    return UsageError(f"a statement cannot be both {one} and {other}", "", f"put 'or' between them, or {TWICE}")
