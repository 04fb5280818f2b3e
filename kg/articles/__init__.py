"""Files -> articles: plain text and Markdown (with or without a header), web pages, collections of JSON lines, web archives.

    paths --find_files--> files --read_articles--> readings: an Article, or why there is none

A reading never raises: a missing file, a binary one, a bad line become a reading with a `ReadError`, and the run goes on.
What an article's text is:

- Text file: what follows the header's closing line (without a header: all of it), less blank lines at either end and the
  last line's end. All else stays as it is, also CRLF line ends: offsets are code points of the text as it stands there.
- Web page: what trafilatura takes for the article; a note says so when it left much out.
- Web archive: of each record that is a page, as of a web page; of one that is a text, all of it.
- Collection: the value of `text`, untouched. With `raw=True` also a file's text is untouched, and a header is read as text.

A byte order mark belongs to the encoding, not to the text; it is dropped everywhere.
"""

from kg.articles.fields import HEADER_KEYS, iso_date
from kg.articles.reading import PAGES, SUFFIXES, TEXTS, Reading, find_files, finish, read_articles, read_bytes, read_stream

__all__ = [
    "HEADER_KEYS",
    "PAGES",
    "SUFFIXES",
    "TEXTS",
    "Reading",
    "find_files",
    "finish",
    "iso_date",
    "read_articles",
    "read_bytes",
    "read_stream",
]
