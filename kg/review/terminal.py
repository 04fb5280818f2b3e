"""A review in the terminal: a statement, a key, the next one; lines from a pipe do as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kg.errors import AnnotationError
from kg.review.files import Kept
from kg.review.session import Review
from kg.review.showing import Shown, show

KEYS = "a accept, r reject, e edit, s skip, q quit"
LETTERS = 2000  # of a line that is shown


def walk(
    review: Review,
    kept: Kept,
    keys: Iterable[str],
    edit: Callable[[str], str | None],
    print_: Callable[[str], None],
    say: Callable[[str], None],
) -> None:
    """Shows statement after statement and does what the keys say, until none is left or there are no more keys; each decision is kept at once.

    `edit` gives a person some text and returns what became of it, None where nothing did.
    """
    at, total = 0, len(review.undecided())
    said = iter(keys)
    while (statement := review.next()) is not None:
        at += 1
        print_(_words(show(review, statement), at, total))
        text = review.text_of(statement.id)  # to be edited; what a person wrote of it stays until it is taken over
        while True:
            say(f"{KEYS}?")
            key = next(said, "q").strip().casefold()
            if key == "q":
                return
            if key == "e":
                rest = _edited(review, statement.id, text, edit, say)
                if rest is None:
                    break
                text = rest
            elif key in ("a", "r", "s"):
                {"a": review.accept, "r": review.reject, "s": review.skip}[key](statement.id)
                break
            else:
                say(f"there is no key {plain(key)!r}")
        if key != "s" and (copy := kept.keep(review)):
            say(f"what stood in {kept.path} is kept as {copy}")


def _edited(review: Review, id: str, text: str, edit: Callable[[str], str | None], say: Callable[[str], None]) -> str | None:
    """Has a person edit a text; returns what is to be edited further, None where it is taken over."""
    made = edit(text)
    if made is None or made == review.text_of(id):
        say("nothing was changed")
        return text
    try:
        review.correct(id, made)
    except AnnotationError as error:
        for finding in error.findings:
            say(str(finding))
        say("this was not taken over; e goes on editing it")
        return made if made.strip() else text
    return None


def _words(shown: Shown, at: int, total: int) -> str:
    lines = [f"{at} of {total}   sure {shown.sure:.2f}   {plain(shown.found_by)}", ""]
    lines.append("  " + plain("".join(f"[{words}]" if marked else words for words, marked in shown.context)))
    lines += ["", *(f"  {name + ':':<14} {plain(words)}" for name, words in shown.facts), ""]
    return "\n".join(lines) + "\n"


def plain(words: str) -> str:
    """Words on one line that no terminal acts on.

    >>> plain("a\\x1b[31mb\\u202e c\\n d")
    'a [31mb c d'
    """
    shown = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return shown if len(shown) <= LETTERS else shown[: LETTERS - 1] + "…"
