"""Where each thing's page is: a file name that is safe on every disk, the same for the same IRI."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from kg.model import slug
from kg.vocabulary import ID

FOLDERS = ("article", "actor", "commitment", "condition", "question")
_SAFE = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9][a-z0-9_-]{0,79}")  # but for names that Windows keeps for devices


@lru_cache(100_000)
def address(iri: str) -> str:
    """The page of a thing, from the site's top; a statement's is its place in its article; "" where a thing has none.

    >>> address(ID + "actor/ann-lee"), address(ID + "article/a/statement/1f"), address(ID + "action/pay")
    ('actor/ann-lee.html', 'article/a.html#s-1f', '')
    """
    folder, _, tail = iri.removeprefix(ID).partition("/")
    tail, _, statement = tail.partition("/statement/")
    if folder not in FOLDERS or not iri.startswith(ID):
        return ""
    return f"{folder}/{file_name(tail)}.html" + (f"#s-{statement}" if statement else "")


def file_name(tail: str) -> str:
    """The end of an IRI as a file's name: itself where it is short and plain, else its words and a digest.

    >>> file_name("ann-lee"), file_name("CON/a b")[:8], file_name("com1")[:5]
    ('ann-lee', 'con-a-b-', 'com1-')
    """
    if _SAFE.fullmatch(tail):
        return tail
    return f"{slug(tail)[:50].strip('-') or 'x'}-{hashlib.sha256(tail.encode()).hexdigest()[:10]}"
