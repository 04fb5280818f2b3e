"""What can go wrong, on one page.

    ProvisoError                exit 1   anything a user can be told about
    ├── UsageError              exit 2   an unknown name, parameter or word; a value of the wrong type
    ├── ReadError               exit 1   an article file that cannot be read
    │   ├── LanguageError       exit 1   a text that is not English, for the automatic annotator
    │   └── FaultError          exit 1   an article over which this program stumbled
    ├── ModelError              exit 1   a language model that does not answer, or whose budget is used up
    ├── AnnotationError         exit 1   an annotation file with findings (kg check: exit 3)
    ├── StoreError              exit 1   a store that is missing, foreign, held, of another version
    │   └── Conflict            exit 1   two files claim one article id
    └── QueryError              exit 1   a query that is wrong or refused
        └── LimitError          exit 1   one that was stopped at a limit, or had no process free for it in time

An error is three short lines: what is wrong, where, and what to try. A `Finding` is one line of a check:
data, never raised by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple


class Finding(NamedTuple):
    """One thing a check found.

    `code` names the rule (one example per code in `ontology/examples/invalid`), `severity` is `error` or
    `warning`, `message` says the remedy, `file` and `line` (counted from 1) say where; `node` is the IRI of the
    thing in the graph, empty where the file itself is at fault.

    >>> print(Finding("no-stance", "error", "say the stance", "a.yaml", 7))
    a.yaml:7: error no-stance: say the stance
    """

    code: str
    severity: str
    message: str
    file: str = ""
    line: int = 0
    node: str = ""

    def __str__(self) -> str:
        """The finding as one line, `file:line: severity code: message`."""
        place = f"{self.file}:{self.line}" if self.line else self.file or self.node
        return f"{place}: {self.severity} {self.code}: {self.message}"


class ProvisoError(Exception):
    """Something a user can be told about: what happened, where, what to try.

    >>> print(ProvisoError("the file is empty", "a.txt", "give a file with text"))
    the file is empty
      at: a.txt
      try: give a file with text
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.hint = what, where, hint

    def __str__(self) -> str:
        """The three lines as they are printed; text from outside is kept on its one line."""
        lines = [(self.what, ""), (self.where, "  at: "), (self.hint, "  try: ")]
        return "\n".join(prefix + " ".join(text.split()) for text, prefix in lines if text)


class UsageError(ProvisoError):
    """An unknown name, parameter or word, or a value of the wrong type."""

    exit_code = 2


class ReadError(ProvisoError):
    """An article file that cannot be read as text: missing, empty, binary, in no encoding that can be told."""


class LanguageError(ReadError):
    """A text in another language than the annotator reads."""


class FaultError(ReadError):
    """An article over which this program stumbled, which is its own fault; `trace` says where, for who wants to see it."""

    def __init__(self, what: str, where: str = "", hint: str = "", trace: str = "") -> None:
        super().__init__(what, where, hint)
        self.trace = trace


class ModelError(ProvisoError):
    """A language model whose endpoint does not answer or refuses to, or whose budget is used up; what was answered is kept."""


class AnnotationError(ProvisoError):
    """An annotation file that says something impossible; `findings` holds all of it, worst first."""

    def __init__(self, findings: Sequence[Finding], hint: str = "run kg check on the file for the whole list") -> None:
        first = findings[0]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        place = f"{first.file}:{first.line}" if first.line else first.file or first.node
        super().__init__(f"{first.message} [{first.code}]{more}", place, hint)
        self.findings = tuple(findings)

    def __reduce__(self) -> tuple[type[AnnotationError], tuple[Sequence[Finding], str]]:
        """How it goes to another process: by its findings, which its words are made of."""
        return type(self), (self.findings, self.hint)


class StoreError(ProvisoError):
    """A store that is missing, is no store, is held by another process, or is of another version."""


class Conflict(StoreError):
    """Two files claim one article id; nothing was overwritten."""


class QueryError(ProvisoError):
    """A query that has a syntax error, is refused, or fails."""


class LimitError(QueryError):
    """A query that was stopped at a limit of time, memory or size, or that no process was free for in time."""
