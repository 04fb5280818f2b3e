"""What every command needs: its options, stdout and stderr, the clock, the store that is meant."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from kg.errors import AnnotationError, FaultError, ProvisoError, StoreError, UsageError

if TYPE_CHECKING:
    from kg.errors import Finding
    from kg.ingest import Outcome
    from kg.store.embedded import Store, Writer
    from kg.store.endpoint import Endpoint

EXIT_USAGE, EXIT_FINDINGS, EXIT_SOME_FAILED, EXIT_INTERRUPTED = 2, 3, 4, 130
STDIO = "-"
DEBUG = "--debug"
NO_DEBUG = "add --debug to see where, and please report it"
Item = TypeVar("Item")

app = typer.Typer(
    name="kg", rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]},
    help="Who committed to what, on what condition, said by whom, in exactly which words.\n\n\b\nkg add seeds/articles\nkg ask \"who conditioned troops on parliament\"\nkg graph -o chart.html",
    epilog="KG_STORE names the store where --store does not. --debug shows a traceback.",
)  # fmt: skip

StorePath = Annotated[
    str, typer.Option("--store", envvar="KG_STORE", help="The store: a folder, or a SPARQL endpoint's address.", show_default=True)
]
StoreFolder = Annotated[str, typer.Option("--store", envvar="KG_STORE", help="The store's folder.", show_default=True)]
Format = Annotated[str, typer.Option("--format", help="table, json, jsonl, csv or md.")]
RegistryFile = Annotated[Path | None, typer.Option("--registry", help="Your own actors, names and actions (Turtle).")]
AnnotatorName = Annotated[
    str,
    typer.Option(
        "--annotator",
        help="Who reads what has no annotation by a person: rules, the automatic annotator; llm, the model KG_LLM_URL names; both; file, nobody.",
    ),
]
Jobs = Annotated[int, typer.Option("--jobs", help="How many processes the annotator reads in; of llm and both, requests at a time.", min=1)]
Timeout = Annotated[float | None, typer.Option("--timeout", help="Seconds after which the query is stopped.", min=0.001)]
Params = Annotated[list[str] | None, typer.Option("-p", "--param", help="A parameter of the query: key=value; repeatable.")]
Show = Annotated[bool, typer.Option("--show", help="Print the SPARQL too (on stderr).")]
DEFAULT_STORE = ".kg"


def say(words: str) -> None:
    """Tells the person something: on stderr, in lines that no terminal acts on, whatever a file is named."""
    print("".join(c if c.isprintable() or c in "\n\t\u00a0" else c.encode("unicode_escape").decode() for c in words), file=sys.stderr)


def say_error(error: ProvisoError) -> None:
    """Tells of an error that ends nothing; with `--debug` where this program stumbled."""
    if isinstance(error, FaultError) and DEBUG in sys.argv:
        say(error.trace)
    say(str(error))


def put(text: str) -> None:
    """Gives data: on stdout."""
    sys.stdout.write(text)


def now() -> str:
    """The time as ISO dateTime in UTC; SOURCE_DATE_EPOCH (seconds) stands in for the clock, for builds to be repeated."""
    from datetime import UTC, datetime

    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    when = datetime.fromtimestamp(int(told), UTC) if told.isdecimal() else datetime.now(UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def as_file(path: Path, suffix: str) -> Iterator[Path]:
    """The path; where it is `-`, a temporary file with what stdin holds, which no error names."""
    if str(path) != STDIO:
        yield path
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as place:
        file = Path(place, f"stdin.{suffix}")
        file.write_bytes(sys.stdin.buffer.read())
        try:
            yield file
        except ProvisoError as error:
            error.where = error.where.replace(str(file), STDIO)
            raise


def terminal_width() -> int | None:
    """The terminal's width in columns; None where stdout is none."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def progress(items: Iterable[Item], label: str) -> Iterator[Item]:
    """The same items, counted on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    for number, item in enumerate(items, 1):
        sys.stderr.write(f"\r{label}: {number}\x1b[K")
        sys.stderr.flush()
        yield item
    sys.stderr.write("\r\x1b[K")


def require_format(form: str, also: Sequence[str] = ()) -> None:
    """Raises UsageError before any work is done for a format nothing comes in."""
    from kg.listing import FORMATS

    if form not in (*FORMATS, *also):
        raise UsageError(f"there is no format {form!r} here", "option --format", f"one of {', '.join((*FORMATS, *also))}")


def store_at(where: str, timeout: float | None = None) -> Store:
    """The store to be read. At an address, with a `timeout`, no answer of its server takes longer (seconds), that the store is there included."""
    from kg.store.embedded import open_store

    if not is_address(where):
        return open_store(Path(where))
    from kg.store.remote import open_remote

    return open_remote(endpoint_at(where, timeout))


def is_address(where: str) -> bool:
    return "://" in where


def endpoint_at(address: str, timeout: float | None = None) -> Endpoint:
    """The server at an address, with what the environment says of how it is reached."""
    from kg.store.endpoint import Access, Endpoint

    told = {name: os.environ.get(f"KG_STORE_{name}", "") for name in ("USER", "PASSWORD", "UPDATE", "PLAIN", "SECONDS", "ANSWERS")}
    try:
        seconds = float(told["SECONDS"] or Access().seconds)
        if not 0 < seconds < float("inf"):
            raise ValueError
    except ValueError:
        raise UsageError("KG_STORE_SECONDS is no number of seconds", "environment", "set it to 300, or to nothing") from None
    return Endpoint(
        address, Access(told["USER"], told["PASSWORD"], told["UPDATE"], told["PLAIN"] == "1", seconds, told["ANSWERS"] == "server", timeout)
    )


def place_at(where: str) -> Path | Endpoint:
    return endpoint_at(where) if is_address(where) else Path(where)


def folder_at(where: str, instead: str) -> Path:
    """The store's folder; raises StoreError where it is at an address, whose server does this itself."""
    if is_address(where):
        from kg.store.endpoint import bare

        raise StoreError("a store at an address has no folder for this", bare(where), instead)
    return Path(where)


@contextmanager
def writer_at(where: str, command: str, make: bool = False) -> Iterator[Writer]:
    """The one writer of a store; with `make` the store is made where nothing is yet, and that is said."""
    when = now()
    if is_address(where):
        from kg.store import remote

        endpoint = endpoint_at(where)
        if make and remote.create(endpoint, when):
            say(f"made a store in {where}")
        with remote.writer(endpoint, command, when) as held:
            try:
                yield held
            except ProvisoError as error:
                error.where = error.where or where  # of a store without a path, nobody below can say
                raise
        return
    from kg.store.embedded import create, writer

    path = Path(where)
    if make and (not path.exists() or (path.is_dir() and not any(path.iterdir()))):
        create(path)
        say(f"made a store in {path}")
    with writer(path, command, when) as store:
        yield store


def known_registry(path: Path | None) -> Any:
    from kg.actors import load_registry

    return load_registry(path)


def report_outcome(outcome: Outcome) -> None:
    for note in outcome.notes:
        say(f"{outcome.file}: {note}")
    for finding in outcome.findings:
        say(str(finding))
    if isinstance(outcome.error, AnnotationError):
        for finding in outcome.error.findings[1:]:
            say(str(finding))
    if outcome.error:
        say_error(outcome.error)


def reported(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """All of them, each reported as it comes."""
    found = []
    for outcome in progress(outcomes, "articles"):
        found.append(outcome)
        report_outcome(outcome)
    return found


def put_outcomes(outcomes: Sequence[Outcome], form: str) -> None:
    from kg.listing import listing

    columns = ("outcome", "article", "statements", "file", "reason")
    rows = [(o.outcome, o.article, o.statements, o.file, o.error.what if o.error else "") for o in outcomes]
    put(listing(columns, rows, form, terminal_width()))
    counts = {name: sum(o.outcome == name for o in outcomes) for name in sorted({o.outcome for o in outcomes})}
    say(", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing to read")


def exit_by(worked: Sequence[bool]) -> None:
    """Ends with 1 where nothing worked, with 4 where some did not."""
    if not all(worked) or not worked:
        raise typer.Exit(EXIT_SOME_FAILED if any(worked) else 1)


def put_findings(findings: Sequence[Finding], form: str) -> None:
    """Prints what is wrong with a store and ends with 1 where something is."""
    from kg.listing import listing

    columns = ("severity", "code", "message", "file", "line", "graph")
    put(listing(columns, [(f.severity, f.code, f.message, f.file, f.line or None, f.node) for f in findings], form, terminal_width()))
    errors = sum(finding.severity == "error" for finding in findings)
    say(f"{errors} error{'' if errors == 1 else 's'}" if errors else "all is as it was stored")
    if errors:
        raise typer.Exit(1)


def given_by(params: Sequence[str] | None) -> dict[str, str]:
    given = {}
    for param in params or ():
        key, equals, value = param.partition("=")
        if not equals or not key:
            raise UsageError(f"{param!r} is no parameter", "option -p", "write it as key=value")
        given[key] = value
    return given
