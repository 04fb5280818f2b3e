"""Web page -> text: by trafilatura, in a process of its own that can be killed.

Some pages keep an extractor busy for minutes, others lose nearly all their text in it without a word. So it gets a limit of
time and of memory, and what it keeps is compared with what the page shows.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

from kg.articles.fields import iso_date
from kg.errors import ReadError

SECONDS = 8.0  # with starting and killing the process on a busy machine, done or failed within 12
MEMORY = 2 * 1024**3  # bytes of address space
KEPT = 0.5  # below this share of the page's words a note is made

_ENTITIES = re.compile(r"<!DOCTYPE[^>\[]{0,2000}\[|<!ENTITY", re.IGNORECASE)
_CHILD = "import sys; sys.path[:] = sys.argv[1:]; from kg.articles.pages import child; child()"
_UNSEEN = frozenset(
    {"head", "script", "style", "noscript", "template", "svg", "nav", "header", "footer", "aside", "form", "button", "select", "figure"}
)


def extract(page: str, where: str, seconds: float = SECONDS) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """The article in a page: its text, what the page says of it (keys of a header), and notes.

    Raises ReadError where no article is found, or it takes longer than `seconds`, or the page defines entities of its own.
    """
    if _ENTITIES.search(page):
        raise ReadError("the page's DOCTYPE defines entities", where, "save the page without them, or as text")
    try:
        ran = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD, *sys.path], input=page.encode("utf-8"), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise ReadError(f"finding the article in the page took longer than {seconds:g} s", where, "save the article as text") from None
    if ran.returncode:
        raise ReadError("the page broke the reader of web pages", where, "save the article as text")
    found = json.loads(ran.stdout)
    if not found["text"].strip():
        raise ReadError("there is no article in the page", where, "save the article as text")
    return found["text"], _fields(found), _compared(found)


def child() -> None:
    """Reads a page from stdin and writes what was found to stdout, as JSON: the other end of `extract`."""
    _limit_memory()
    from trafilatura import bare_extraction

    page = sys.stdin.buffer.read().decode("utf-8")
    # A date only from what the page says of itself; with a fixed latest date, since the default asks the clock.
    dates = {"extensive_search": False, "original_date": True, "max_date": "2199-12-31"}
    found = bare_extraction(page, with_metadata=True, include_comments=False, date_extraction_params=dates)
    keys = ("text", "title", "author", "date", "url")
    values = {key: (getattr(found, key, None) if found else None) or "" for key in keys}
    sys.stdout.write(json.dumps({**values, "shown": shown_words(page)}))


def shown_words(page: str) -> int:
    """How many characters of words a page shows, without menus, forms, captions and the like; white space does not count.

    >>> shown_words("<nav>Home</nav><div><p>Two words</p><script>x()</script></div>")
    8
    """
    shown = _Shown()
    shown.feed(page)
    shown.close()
    return shown.count


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.count, self.unseen = 0, 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.unseen += tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self.unseen = max(0, self.unseen - (tag in _UNSEEN))

    def handle_data(self, data: str) -> None:
        self.count += 0 if self.unseen else _size(data)


def _size(words: str) -> int:
    return len("".join(words.split()))


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # Windows has no such limit, macOS refuses it: there the time limit alone holds


def _fields(found: dict[str, str]) -> dict[str, str]:
    day = iso_date(found["date"])
    pairs = {"title": found["title"], "author": found["author"], "published": day or "", "url": found["url"]}
    return {key: " ".join("".join(c if c.isprintable() else " " for c in value).split()) for key, value in pairs.items() if value}


def _compared(found: dict[str, str]) -> tuple[str, ...]:
    kept, shown = _size(found["text"]), int(found["shown"])
    return (f"kept {kept} of the {shown} characters the page shows",) if kept < shown * KEPT else ()
