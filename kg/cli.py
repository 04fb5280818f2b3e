"""The command `kg`: read arguments, call one function, print. Data goes to stdout, everything else to stderr.

What a command needs is imported when it runs, so that a quick one stays quick. The clock, the environment and the
terminal are read here and nowhere below.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from kg import __version__
from kg.errors import AnnotationError, ProvisoError, ReadError, StoreError, UsageError

if TYPE_CHECKING:
    from kg.analyse.timeline import Moves
    from kg.annotate.automatic import Annotate
    from kg.articles import Reading
    from kg.check import Checked
    from kg.errors import Finding
    from kg.ingest import Outcome
    from kg.query import Answer
    from kg.store.embedded import Store, Writer
    from kg.store.endpoint import Endpoint

EXIT_USAGE, EXIT_FINDINGS, EXIT_SOME_FAILED, EXIT_INTERRUPTED = 2, 3, 4, 130
STDIO = "-"
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


def main() -> None:
    """The program: every error three short lines on stderr and its exit code; a traceback only with `--debug`."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # text streams, whatever the locale
    try:
        code = app([a for a in arguments if a != "--debug"], prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
    except ProvisoError as error:
        code = _failed(error, debug)
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = _failed(
            ProvisoError(f"{error.strerror or error}", str(error.filename or ""), "check the path, its permissions and the space left"),
            debug,
        )
    except typer.exceptions.TyperException as error:
        code = _misused(error)
    except Exception as error:  # a bug: said in three lines, never as a traceback
        code = _failed(ProvisoError(f"something went wrong that should not: {type(error).__name__}: {error}", "", NO_DEBUG), debug)
    _leave(code if isinstance(code, int) else 0)


def _failed(error: ProvisoError, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exc()
    error.where = error.where or " ".join(["kg", *(a for a in sys.argv[1:2] if a.isalpha())])
    _say(str(error))
    return error.exit_code


def _misused(error: typer.exceptions.TyperException) -> int:
    """A command line that says nothing: the first word of ours, and how it is called."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "kg"
    if type(error).__name__ == "NoArgsIsHelpError":
        _say(error.format_message())
    else:
        _say(str(UsageError(error.format_message(), command, f"{command} --help")))
    return EXIT_USAGE


def _leave(code: int) -> NoReturn:
    """Ends the process now: a query that Ctrl-C left running in its thread cannot hold it."""
    if code == EXIT_INTERRUPTED:
        _say("interrupted")
    with suppress(OSError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _print(text: str) -> None:
    sys.stdout.write(text)


def _now() -> str:
    """The time as ISO dateTime in UTC; SOURCE_DATE_EPOCH (seconds) stands in for the clock, for builds to be repeated."""
    from datetime import UTC, datetime

    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    when = datetime.fromtimestamp(int(told), UTC) if told.isdecimal() else datetime.now(UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _as_file(path: Path, suffix: str) -> Iterator[Path]:
    """The path; where it is `-`, a temporary file with what stdin holds."""
    if str(path) != STDIO:
        yield path
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as place:
        file = Path(place, f"stdin.{suffix}")
        file.write_bytes(sys.stdin.buffer.read())
        yield file


def _width() -> int | None:
    """The terminal's width in columns; None where stdout is none."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _progress(items: Iterable[Item], label: str) -> Iterator[Item]:
    """The same items, counted on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    for number, item in enumerate(items, 1):
        sys.stderr.write(f"\r{label}: {number}\x1b[K")
        sys.stderr.flush()
        yield item
    sys.stderr.write("\r\x1b[K")


def _known_format(form: str, also: Sequence[str] = ()) -> None:
    """Raises UsageError before any work is done for a format nothing comes in."""
    from kg.listing import FORMATS

    if form not in (*FORMATS, *also):
        raise UsageError(f"there is no format {form!r} here", "option --format", f"one of {', '.join((*FORMATS, *also))}")


def _store(where: str) -> Store:
    from kg.store.embedded import open_store

    if not _is_address(where):
        return open_store(Path(where))
    from kg.store.remote import open_remote

    return open_remote(_endpoint(where))


def _is_address(where: str) -> bool:
    return "://" in where


def _endpoint(address: str) -> Endpoint:
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
        address, Access(told["USER"], told["PASSWORD"], told["UPDATE"], told["PLAIN"] == "1", seconds, told["ANSWERS"] == "server")
    )


def _place(where: str) -> Path | Endpoint:
    return _endpoint(where) if _is_address(where) else Path(where)


def _folder(where: str, instead: str) -> Path:
    """The store's folder; raises StoreError where it is at an address, whose server does this itself."""
    if _is_address(where):
        raise StoreError("a store at an address has no folder for this", where, instead)
    return Path(where)


@contextmanager
def _writer(where: str, command: str, make: bool = False) -> Iterator[Writer]:
    """The one writer of a store; with `make` the store is made where nothing is yet, and that is said."""
    when = _now()
    if _is_address(where):
        from kg.store import remote

        endpoint = _endpoint(where)
        if make and remote.create(endpoint, when):
            _say(f"made a store in {where}")
        with remote.writer(endpoint, command, when) as held:
            yield held
        return
    from kg.store.embedded import create, writer

    path = Path(where)
    if make and (not path.exists() or (path.is_dir() and not any(path.iterdir()))):
        create(path)
        _say(f"made a store in {path}")
    with writer(path, command, when) as store:
        yield store


def _given(params: Sequence[str] | None) -> dict[str, str]:
    given = {}
    for param in params or ():
        key, equals, value = param.partition("=")
        if not equals or not key:
            raise UsageError(f"{param!r} is no parameter", "option -p", "write it as key=value")
        given[key] = value
    return given


def _print_answer(store: Store, answer: Answer, form: str) -> None:
    from kg.query import corroboration, to_text, unreviewed

    _print(to_text(store, answer, form, _width()))
    _say(f"{len(answer.rows)} row{'' if len(answer.rows) == 1 else 's'}")
    for note in (*corroboration(store, answer), *unreviewed(store, answer)) if answer.rows else ():
        _say(note)


def _registry(path: Path | None) -> Any:
    from kg.actors import load_registry

    return load_registry(path)


def _readings(paths: Sequence[str], raw: bool = False) -> Iterator[Reading]:
    from kg.articles import find_files, read_articles, read_stream

    for given in paths:
        if given == STDIO:
            yield from read_stream(sys.stdin.buffer, raw, later=True)
        else:
            for file in find_files([Path(given)]):
                yield from read_articles(file, raw, later=True)


# ---------------------------------------------------------------------------------------------------- articles in and out


@app.command(short_help="Read, annotate, check and store articles.")
def add(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH…", help="Articles (.txt .md .html .jsonl .warc .warc.gz), folders of them, or - for stdin.")
    ],
    store: StorePath = DEFAULT_STORE,
    registry: RegistryFile = None,
    annotator: AnnotatorName = "rules",
    jobs: Jobs = 1,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on after a run that broke off: what is stored as it is now is not read again.")
    ] = False,
    cluster: Annotated[str, typer.Option("--cluster", help="The scheduler of a dask.distributed cluster that reads, one you trust.")] = "",
    format: Format = "table",
) -> None:
    """\b
    kg add seeds/articles
    kg add article.txt --store talks
    kg add news.jsonl --registry my-actors.ttl --format json

    Read articles, annotate and check them, and store each as one transaction. Adding the same again changes nothing.
    """
    from kg import ingest

    _known_format(format)
    with _annotating(annotator, jobs) as (read, processes):
        known = _registry(registry)
        outcomes = []
        with _writer(store, "add", make=True) as held:
            for outcome in _progress(ingest.add(held, _readings(paths), known, _now(), read, processes, resume, cluster), "articles"):
                outcomes.append(outcome)
                _report(outcome)
            ingest.derive(held, _now())
    _print_outcomes(outcomes, format)
    _exit_by([o.error is None for o in outcomes])


@contextmanager
def _annotating(name: str, jobs: int) -> Iterator[tuple[Annotate | None, int]]:
    """The annotator of this name (None for nobody) and how many processes it reads in; of one that asks a model, what it cost is said at the end."""
    from kg.annotate.automatic import MODELS, find_annotator

    if name not in MODELS:
        yield None if name == "file" else find_annotator(name), jobs
        return
    from kg.annotate.llm.reading import Reader, report
    from kg.annotate.llm.voting import Both
    from kg.endpoint import open_endpoint

    with open_endpoint(os.environ, _say) as asker:
        reader = Reader(asker, jobs)
        try:
            yield Both(reader) if name == "both" else reader, 1  # its threads wait for the endpoint, which no second process makes faster
        finally:
            for line in report(asker):
                _say(line)


def _report(outcome: Outcome) -> None:
    for note in outcome.notes:
        _say(f"{outcome.file}: {note}")
    for finding in outcome.findings:
        _say(str(finding))
    if isinstance(outcome.error, AnnotationError):
        for finding in outcome.error.findings[1:]:
            _say(str(finding))
    if outcome.error:
        _say(str(outcome.error))


def _print_outcomes(outcomes: Sequence[Outcome], form: str) -> None:
    from kg.listing import listing

    columns = ("outcome", "article", "statements", "file", "reason")
    rows = [(o.outcome, o.article, o.statements, o.file, o.error.what if o.error else "") for o in outcomes]
    _print(listing(columns, rows, form, _width()))
    counts = {name: sum(o.outcome == name for o in outcomes) for name in sorted({o.outcome for o in outcomes})}
    _say(", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing to read")


def _exit_by(worked: Sequence[bool]) -> None:
    """Ends with 1 where nothing worked, with 4 where some did not."""
    if not all(worked) or not worked:
        raise typer.Exit(EXIT_SOME_FAILED if any(worked) else 1)


@app.command(short_help="Drop an article's reading, or purge all of it.")
def remove(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The article's id.")],
    store: StorePath = DEFAULT_STORE,
    purge: Annotated[bool, typer.Option("--purge", help="Leave nothing of it: no history, no kept source.")] = False,
) -> None:
    """\b
    kg remove 003-paraphrase
    kg remove 003-paraphrase --purge
    kg remove 003-paraphrase --store talks

    Drop an article's reading; its history stays, unless it is purged.
    """
    from kg import ingest

    with _writer(store, "remove") as held:
        ingest.remove(held, article, _now(), purge=purge)
    _say(f"{'purged' if purge else 'removed'} {article}")
    if purge:
        from kg.endpoint import cache_folder

        answers = cache_folder(os.environ)
        if answers and answers.exists():
            _say(
                f"what a language model answered about it may still stand in {answers}; deleting that folder costs nothing but asking again"
            )
    if purge and _is_address(store):
        _say("what the server's own files and logs still hold of it is its administrator's to clear")


@app.command(short_help="Print an article's annotation without storing it.")
def annotate(
    path: Annotated[str, typer.Argument(metavar="PATH", help="An article, a folder, a .jsonl collection, a web archive, or - for stdin.")],
    registry: RegistryFile = None,
    annotator: AnnotatorName = "rules",
    jobs: Jobs = 1,
    raw: Annotated[bool, typer.Option("--raw", help="Take the text as it is, nothing stripped: offsets are into the input.")] = False,
    format: Annotated[str, typer.Option("--format", help="json (one article), jsonl (a line each), or yaml to edit.")] = "",
) -> None:
    """\b
    kg annotate seeds/articles/000-euronews.txt
    kg annotate article.txt --format yaml > article.yaml
    kg annotate news.jsonl --format jsonl

    Print the annotation of an article without storing it: every span with its offsets.
    """
    if format not in ("", "json", "jsonl", "yaml"):
        raise UsageError(f"an annotation does not come as {format!r}", "option --format", "json, jsonl or yaml")
    from kg import ingest

    readings = list(_readings([path], raw))
    form = format or ("json" if len(readings) == 1 else "jsonl")
    if form != "jsonl" and len(readings) != 1:
        raise UsageError(f"{len(readings)} articles are not one {form} document", path, "--format jsonl gives a line each")
    known = _registry(registry)
    with _annotating(annotator, jobs) as (read, processes):
        read_each = ingest.read_all(readings, known, read, processes)
        errors = [error for reading, made in _progress(read_each, "articles") if (error := _print_annotation(reading, made, form))]
    if errors and form != "jsonl":
        raise errors[0]
    for error in errors:
        _say(str(error))
    if errors:
        raise typer.Exit(EXIT_SOME_FAILED)


def _print_annotation(reading: Reading, made: Any, form: str) -> ProvisoError | None:
    """Prints what one reading says; what is wrong with it is returned, and for jsonl printed as a line too."""
    import json

    from kg.annotate.to_file import to_json, to_yaml
    from kg.errors import LanguageError

    if isinstance(made, ProvisoError):
        if form == "jsonl":
            outcome = "refused" if isinstance(made, LanguageError) else "failed"
            _print(
                json.dumps(
                    {"article": {"id": reading.id or reading.name}, "outcome": outcome, "reason": made.what, "statements": []},
                    ensure_ascii=False,
                )
                + "\n"
            )
        return made
    article, _, checked = made
    _print(
        to_yaml(article, checked.annotation)
        if form == "yaml"
        else to_json(article, checked.annotation, indent=2 if form == "json" else None) + "\n"
    )
    return None


@app.command(short_help="Go through what a machine has read, the most doubtful first.")
def review(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="An article, or its annotation file.", show_default=False)],
    registry: RegistryFile = None,
    annotator: AnnotatorName = "rules",
    web: Annotated[bool, typer.Option("--web", help="On a page of its own, on this machine, guarded by a token.")] = False,
    port: Annotated[int, typer.Option("--port", help="With --web: the port on 127.0.0.1; 0 for any that is free.")] = 0,
) -> None:
    """\b
    kg review article.txt
    kg review article.txt --annotator both
    kg review article.txt --web

    Go through the statements of an article, those first on which rules and a model differ, then the least sure: accept, reject, edit, skip. What is
    decided is kept at once in the annotation file beside the article; when nothing is left, that says reviewed: true.
    """
    from kg.review.files import open_review

    with _annotating(annotator, 1) as (read, _):
        session, kept = open_review(path, _registry(registry), read)
    if web:
        from kg.reviewing import serve_review

        serve_review(session, kept, port, _say)
    else:
        from kg.review.terminal import walk

        walk(session, kept, sys.stdin, _edit, _print_now, _say)
    left = len(session.undecided())
    if not session.annotation.statements and kept.seen is None:
        _say("nothing is told in this article that the annotator finds; write an annotation by hand")
    elif kept.seen is None:
        _say(f"nothing was decided; {left} statements wait")
    else:
        _say(f"{kept.path}: " + (f"{left} statements wait; kg review goes on with them" if left else "reviewed"))


def _print_now(text: str) -> None:
    _print(text)
    sys.stdout.flush()


def _edit(text: str) -> str | None:
    """What a person makes of a text in VISUAL or EDITOR; raises UsageError where neither is set or it cannot be run."""
    import shlex
    import subprocess
    from tempfile import TemporaryDirectory

    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not named.strip():
        raise UsageError("no editor is named", "EDITOR", "set it to your editor: EDITOR=nano kg review …; what was decided is kept")
    with TemporaryDirectory(prefix="kg-review-") as place:
        file = Path(place, "statement.yaml")
        file.write_text(text, "utf-8")
        try:
            done = subprocess.run([*shlex.split(named), str(file)], check=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"the editor cannot be run: {error}", "EDITOR", "set it to your editor; what was decided is kept") from None
        if done.returncode:
            return None
        try:
            return file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None


@app.command(short_help="Say what is wrong with annotation files and stores.")
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Annotation files, folders of them, or stores; the store if none.")
    ] = None,
    store: StorePath = DEFAULT_STORE,
    registry: RegistryFile = None,
    format: Format = "table",
) -> None:
    """\b
    kg check seeds/annotations
    kg check article.yaml --format json
    kg check .kg

    Say what is wrong with annotation files and stores: place, severity, code, what to do. Exit 3 if any is an error.
    """
    from kg.check import Checked, check_store
    from kg.listing import listing

    _known_format(format)
    known = _registry(registry)
    findings: list[Finding] = []
    errors: list[ProvisoError] = []
    checked = 0
    every = (found for path in paths for found in _checked(path, known)) if paths else [Checked(tuple(check_store(_store(store))))]
    for found in _progress(every, "checked"):
        checked += not found.error
        findings += found.findings
        errors += [found.error] if found.error else []
    if format == "table":
        _print("".join(f"{finding}\n" for finding in findings))
    else:
        rows = [(f.code, f.severity, f.message, f.file, f.line, f.node) for f in findings]
        _print(listing(("code", "severity", "message", "file", "line", "node"), rows, format))
    for error in errors:
        _say(str(error))
    wrong = sum(f.severity == "error" for f in findings)
    _say(f"checked {checked}: {wrong} errors, {len(findings) - wrong} warnings")
    if wrong or errors or not checked:
        raise typer.Exit(EXIT_FINDINGS if wrong else 1)


def _checked(path: Path, registry: Any) -> Iterator[Checked]:
    from dataclasses import replace

    from kg.check import check_path

    with _as_file(path, "yaml") as file:
        for found in check_path(file, registry):
            yield found if file == path else replace(found, findings=tuple(replace(f, file=STDIO) for f in found.findings))


# ---------------------------------------------------------------------------------------------------- questions


@app.command(short_help="Answer a question in plain words, with quotes.")
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="A question in plain words.")],
    store: StorePath = DEFAULT_STORE,
    show: Show = False,
    timeout: Timeout = None,
    format: Format = "table",
) -> None:
    """\b
    kg ask "who conditioned troops on parliament"
    kg ask "who refused troops" --format json
    kg ask "where may German troops stand" --show

    Answer a question in plain words, with the exact quotes; says how the question was understood.
    """
    from kg.ask import to_query, understand
    from kg.query import run

    _known_format(format)
    opened = _store(store)
    understood = understand(opened, question)
    _say(str(understood))
    text = to_query(understood)
    if show:
        _say(text.rstrip())
    _print_answer(opened, run(opened, text, timeout), format)


@app.command(short_help="Run a named query, or any read-only SPARQL.")
def query(
    query: Annotated[str, typer.Argument(metavar="NAME|SPARQL", help="A named query (kg queries lists them), or SPARQL.")] = "",
    file: Annotated[str, typer.Option("--file", help="A file with SPARQL, or - for stdin.")] = "",
    param: Params = None,
    store: StorePath = DEFAULT_STORE,
    show: Show = False,
    timeout: Timeout = None,
    format: Annotated[
        str, typer.Option("--format", help="table, json, jsonl, csv, md; of a CONSTRUCT also ttl, trig, nq, jsonld.")
    ] = "table",
) -> None:
    """\b
    kg query commitments_conditioned
    kg query commitments_conditioned -p action=deploy-troops --format csv
    kg query 'SELECT ?who { ?who a kg:Parliament }'

    Run a named query, or any read-only SPARQL 1.1 (the prefixes kg, id, oa, rdfs, skos … are known).
    """
    from kg.query import RDF_FORMATS, bind, known_prefixes, load_query, run

    _known_format(format, tuple(RDF_FORMATS))
    if bool(query) == bool(file):
        raise UsageError("say what to run: a name, a query, or --file", "kg query", "kg queries lists the named ones")
    named = query and not set(query) & set(" {\n\t")
    if param and not named:
        raise UsageError("only a named query has parameters", "option -p", "write the value into the query")
    loaded = load_query(query) if named else None
    text = known_prefixes() + (query or _query_file(file))
    opened = _store(store)
    if loaded:
        text = bind(opened, loaded, _given(param))
    if show:
        _say(text.rstrip())
    _print_answer(opened, run(opened, text, timeout), format)


def _query_file(file: str) -> str:
    try:
        return sys.stdin.buffer.read().decode() if file == STDIO else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"the query cannot be read: {what}", file, "give a file with SPARQL") from error


@app.command(short_help="List the named queries.")
def queries(format: Format = "table") -> None:
    """\b
    kg queries
    kg queries --format json
    kg queries --format md

    List the named queries, each with its question in words and its parameters.
    """
    from kg.listing import listing
    from kg.query import list_queries

    rows = [
        (q.name, q.path.parent.name, q.number or None, q.asked(), ", ".join(f"{p.name}={p.default}" for p in q.parameters))
        for q in list_queries()
    ]
    _print(listing(("name", "kind", "number", "question", "parameters"), rows, format, _width()))


@app.command(short_help="All about one actor, commitment, condition or article.")
def show(
    name: Annotated[str, typer.Argument(metavar="ACTOR_OR_ID", help="A name, an id or an IRI.")],
    store: StorePath = DEFAULT_STORE,
    format: Annotated[str, typer.Option("--format", help="table (a tree), json or md.")] = "table",
) -> None:
    """\b
    kg show Germany
    kg show "Friedrich Merz" --format json
    kg show parliamentary-approval

    Show all about one actor, commitment, condition or article, as a tree with evidence.
    """
    from kg.analyse.about import about, to_text

    if format not in ("table", "json", "md"):
        raise UsageError(f"a tree does not come as {format!r}", "option --format", "table, json or md")
    _print(to_text(about(_store(store), name), format))


@app.command(short_help="What becomes of each commitment if conditions are met or fail.")
def whatif(
    met: Annotated[
        list[str] | None, typer.Option("--met", metavar="C", help="What is met: a label or id, kind:KIND, by:ACTOR; repeatable.")
    ] = None,
    failed: Annotated[
        list[str] | None, typer.Option("--failed", metavar="C", help="What has failed, named in the same ways; repeatable.")
    ] = None,
    scenario: Annotated[Path | None, typer.Option("--scenario", help="A file with the lists met and failed (YAML or JSON).")] = None,
    as_reported: Annotated[
        bool, typer.Option("--as-reported", help="Start from what sources say was met, failed, kept or broken.")
    ] = False,
    readings: Annotated[
        bool, typer.Option("--readings", help="Only the commitments that sources make hang on different conditions.")
    ] = False,
    pivotal: Annotated[bool, typer.Option("--pivotal", help="Rank the conditions, and the actors that can withhold them.")] = False,
    store: StorePath = DEFAULT_STORE,
    format: Format = "table",
) -> None:
    """\b
    kg whatif --met ceasefire --failed by:Bundestag
    kg whatif --as-reported --readings
    kg whatif --pivotal --format json

    What becomes of each commitment if conditions are met or fail, by each source's own reading: its stance and its state, with the
    conditions that decide and their words. On a terminal a tree, else rows.
    """
    from kg.analyse.pivotal import COLUMNS as PIVOTAL
    from kg.analyse.scenario import read_scenario
    from kg.analyse.tree import to_text
    from kg.analyse.whatif import COLUMNS, notes, pivotal_rows, to_rows, to_tree, what_if
    from kg.listing import listing

    _known_format(format)
    told = read_scenario(scenario) if scenario else ([], [])
    answered = what_if(_store(store), [*told[0], *(met or ())], [*told[1], *(failed or ())], as_reported, readings)
    width, structured = _width(), format in ("json", "jsonl")
    if pivotal:
        _print(listing(PIVOTAL, pivotal_rows(answered, structured), format, width))
    elif format == "table" and width:
        _print(to_text(to_tree(answered), "table", width))
    else:
        _print(listing(COLUMNS, to_rows(answered, structured), format, width))
    for note in notes(answered):
        _say(note)


@app.command(short_help="One utterance or fact across sources: other words, contradictions.")
def compare(store: StorePath = DEFAULT_STORE, format: Format = "table") -> None:
    """\b
    kg compare
    kg compare --format json
    kg compare --store talks --format csv

    What sources say otherwise of one thing, with both passages: other wordings of one utterance, with the differences that change
    its meaning; speakers, numbers, conditions and stances that cannot all be right. Copies are one source.
    """
    from kg.analyse.compare import COLUMNS
    from kg.analyse.compare import compare as compared
    from kg.analyse.timeline import Moves
    from kg.listing import listing
    from kg.query import unreviewed

    _known_format(format)
    opened = _store(store)
    _print(listing(COLUMNS, compared(Moves(opened), format in ("json", "jsonl")), format, _width()))
    for note in unreviewed(opened):
        _say(note)


@app.command(short_help="How stances moved: statements in order of time.")
def timeline(
    actor: Annotated[str, typer.Argument(metavar="[ACTOR]", help="Whose commitments; all where none is named.")] = "",
    store: StorePath = DEFAULT_STORE,
    format: Format = "table",
) -> None:
    """\b
    kg timeline Germany
    kg timeline --format csv
    kg timeline "United States" --format json

    Every statement of an actor's commitments in order of time, with each change of stance and both passages.
    """
    from kg.analyse.timeline import TIMELINE, Moves, timeline_rows
    from kg.listing import listing

    _known_format(format)
    moves = Moves(_store(store))
    _print(listing(TIMELINE, timeline_rows(moves, moves.timeline(actor), format in ("json", "jsonl")), format, _width()))
    _note_unreviewed(moves)


@app.command(short_help="What stood on one date, and what stands on another.")
def diff(
    since: Annotated[str, typer.Argument(metavar="DATE", help="The earlier date: 2026-01-06, 2026-01 or 2026.")],
    until: Annotated[str, typer.Argument(metavar="DATE", help="The later date.")],
    actor: Annotated[str, typer.Option("--actor", help="Whose commitments.")] = "",
    store: StorePath = DEFAULT_STORE,
    format: Format = "table",
) -> None:
    """\b
    kg diff 2025-12 2026-01-31
    kg diff 2025-01-01 2026-01-06 --actor Germany
    kg diff 2025 2026 --format json

    The commitments that stand otherwise on the later date: new ones, other stances, other conditions, with both passages.
    """
    from kg.analyse.timeline import DIFF, Moves, diff_rows
    from kg.articles.fields import iso_date
    from kg.listing import listing

    _known_format(format)
    for date in (since, until):
        if iso_date(date) != date:
            raise UsageError(f"{date} is no date", "", "write it as 2026, 2026-01 or 2026-01-06")
    moves = Moves(_store(store))
    _print(listing(DIFF, diff_rows(moves, moves.diff(since, until, actor), format in ("json", "jsonl")), format, _width()))
    _note_unreviewed(moves)


def _note_unreviewed(moves: Moves) -> None:
    from kg.query import unreviewed_among

    for note in unreviewed_among(moves.readings.store, {f"<{said.article}>" for said in moves.readings.statements.values()}):
        _say(note)


@app.command(short_help="Draw the chart or a network to a file.")
def graph(
    output: Annotated[Path, typer.Option("-o", "--output", help="The file: .html, .svg, .graphml, .gexf or .json.")],
    kind: Annotated[str, typer.Option("--kind", help="chart, network, or a name of queries/networks.")] = "chart",
    query: Annotated[str, typer.Option("--query", help="A named query whose rows are drawn.")] = "",
    param: Params = None,
    store: StorePath = DEFAULT_STORE,
) -> None:
    """\b
    kg graph -o chart.html
    kg graph -o network.svg --kind network
    kg graph -o germany.html -p actor=germany

    Draw who commits to what, only if what; or a network of it.
    """
    from kg.view.graph import draw, form_of, write

    form_of(output)
    write(draw(_store(store), kind, query, _given(param)), output)
    _say(f"wrote {output}")


@app.command(short_help="Write the whole graph as a folder of pages.")
def site(
    folder: Annotated[Path, typer.Argument(help="The folder: new, empty, or a site already, which is replaced.", show_default=False)],
    store: StorePath = DEFAULT_STORE,
    text: Annotated[str, typer.Option("--text", help="How much of the articles is shown: full, snippets or none.")] = "full",
) -> None:
    """\b
    kg site pages
    kg site pages --text snippets

    Write the whole graph as a folder of pages that opens without a server or a network: articles with their spans, the matrix, the
    chart, what-if, sources, timeline, a page for each actor, commitment and condition, the questions, the data's quality.
    """
    from kg.view.site.facts import read_facts
    from kg.view.site.maker import Maker
    from kg.view.site.pages import TEXTS, site_pages
    from kg.view.site.write import write_site

    if text not in TEXTS:
        raise UsageError(f"a site is not made with --text {text}", "option --text", f"one of {', '.join(TEXTS)}")
    count = write_site(folder, site_pages(Maker(read_facts(_store(store)), text)))
    _say(f"wrote {count} files; open {folder / 'index.html'}")


@app.command(short_help="The same pages live, with a SPARQL endpoint.")
def serve(
    store: StorePath = DEFAULT_STORE,
    port: Annotated[int, typer.Option("--port", help="The port on 127.0.0.1; 0 for any that is free.")] = 8765,
) -> None:
    """\b
    kg serve
    kg serve --store talks --port 9000
    curl "http://127.0.0.1:8765/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"

    Serve the pages, a page to ask on and a SPARQL 1.1 endpoint at /sparql, read-only, to this machine alone.
    """
    from kg.serve import serve as serve_

    _store(store)
    serve_(_place(store), port, _say)


# ---------------------------------------------------------------------------------------------------- exchange


@app.command(name="export", short_help="Write the whole store to a file or folder.")
def export_(
    output: Annotated[Path, typer.Option("-o", "--output", help="The file, or the folder; - for stdout, of one file that is text.")],
    store: StorePath = DEFAULT_STORE,
    format: Annotated[
        str,
        typer.Option("--format", help="trig, nq, jsonld, ttl, webannotation, brat, uima, csv, parquet, sqlite; else by the file's ending."),
    ] = "",
) -> None:
    """\b
    kg export -o graph.trig
    kg export -o graph.db --store talks
    kg export --format brat -o to-annotate

    Write the whole store: as RDF every graph of it; as annotations (webannotation, brat, uima) each article with its reading; as
    tables (csv, parquet, sqlite) what was read. What a format has no place for is said.
    """
    from kg.exchange.formats import LEFT_OUT, form_of, write
    from kg.exchange.rdf import FORMATS, dump, export
    from kg.query import unreviewed

    form = form_of(output, format or ("trig" if str(output) == STDIO else ""))
    opened = _store(store)
    left_out = 0
    if form not in FORMATS:
        left_out = write(opened, output, form, sys.stdout.buffer if str(output) == STDIO else None, _say)
        _say(LEFT_OUT[form])
    elif str(output) == STDIO:
        dump(opened, sys.stdout.buffer, form)
        return
    else:
        export(opened, output, form)
        _say(f"wrote {opened.count()} quads to {output}")
    for note in unreviewed(opened):
        _say(note)
    if left_out:
        raise typer.Exit(EXIT_SOME_FAILED)


@app.command(name="import", short_help="Take an export, or what people annotated elsewhere, into a store.")
def import_(
    source: Annotated[Path, typer.Argument(metavar="F", help="What kg export wrote, brat or INCEpTION: a file, a folder, or - for stdin.")],
    store: StorePath = DEFAULT_STORE,
    format: Annotated[
        str,
        typer.Option("--format", help="trig, nq, jsonld, ttl, webannotation, brat or uima; else by the ending, or what is in the folder."),
    ] = "",
    registry: RegistryFile = None,
) -> None:
    """\b
    kg import graph.trig --store copy
    kg import to-annotate
    kg import curated.zip --format uima

    Take the graphs of an export into a store; a graph that is there with other content is never overwritten. Of annotations each
    article is checked and stored, in place of the reading it had; what is at fault in them is told with its line and left out.
    """
    from kg.exchange.formats import form_in
    from kg.exchange.rdf import FORMATS, load, read
    from kg.ingest import derive

    if str(source) == STDIO and format in ("", "ttl", "brat", "uima"):
        raise UsageError("stdin does not say which form it has", "option --format", "trig, nq, jsonld or webannotation")
    if str(source) != STDIO and not source.exists():
        raise ReadError("there is no such file", str(source), "give what kg export wrote, or a folder of brat's or INCEpTION's files")
    with _as_file(source, format) as file:
        form = form_in(file, format)
        if form not in FORMATS:
            _import_annotations(file, form, store, registry)
            return
        graphs = read(file, form)  # before a store is made for it
        with _writer(store, "import", make=True) as held:
            loaded = load(held, graphs, str(source), _now())
            derive(held, _now())
    _say(f"{len(loaded.added)} graphs added, {len(loaded.same)} the same, {len(loaded.kept)} kept as they were")


def _import_annotations(file: Path, form: str, store: str, registry: Path | None) -> None:
    """Stores the articles that foreign files mark up; ends with 4 where something was left out, with 1 where nothing could be stored."""
    from kg import ingest
    from kg.exchange.formats import read

    known = _registry(registry)
    found = read(file, form)
    outcomes = []
    with _writer(store, "import", make=True) as held:
        for outcome in _progress(ingest.add_foreign(held, found, known, _now()), "articles"):
            outcomes.append(outcome)
            _report(outcome)
        ingest.derive(held, _now())
    _print_outcomes(outcomes, "table")
    left_out = sum(f.severity == "error" for o in outcomes for f in o.findings)
    if left_out:
        _say(f"{left_out} faults, told above; what they are about was left out, the rest is stored")
    _exit_by([o.error is None for o in outcomes])
    if left_out:
        raise typer.Exit(EXIT_SOME_FAILED)


# ---------------------------------------------------------------------------------------------------- upkeep


@app.command(short_help="Copy a store, also while it is written.")
def backup(
    folder: Annotated[Path, typer.Argument(help="The folder of the copy: new or empty.", show_default=False)],
    store: StoreFolder = DEFAULT_STORE,
) -> None:
    """\b
    kg backup copy
    kg backup /media/disk/talks --store talks
    kg query questions --store copy

    Copy a store as it is now, whole or not at all, also while somebody writes to it. The copy is a store itself.
    """
    from kg.store.backup import backup as copied

    copied(_folder(store, "kg export writes what it holds; its server copies the rest"), folder)
    _say(f"copied {store} to {folder}: {_store(str(folder)).count()} quads")


@app.command(short_help="Make a store from a copy.")
def restore(
    folder: Annotated[Path, typer.Argument(help="What kg backup wrote.", show_default=False)],
    store: StoreFolder = DEFAULT_STORE,
) -> None:
    """\b
    kg restore copy
    kg restore copy --store talks

    Make a store from a copy, where nothing or an empty folder is; the copy is verified first.
    """
    from kg.store.backup import backup as copied
    from kg.store.verify import verify as verified

    place = _folder(store, "kg import takes an export into it")
    wrong = [finding for finding in verified(folder, _now()) if finding.severity == "error"]
    if wrong:
        raise StoreError(
            f"the copy is damaged: {wrong[0].message}", wrong[0].file, f"kg verify --store {folder} lists all; or take another copy"
        )
    copied(folder, place)
    _say(f"made a store in {store}: {_store(store).count()} quads")


@app.command(short_help="Say whether a store holds what was stored.")
def verify(store: StorePath = DEFAULT_STORE, format: Format = "table") -> None:
    """\b
    kg verify
    kg verify --store talks --format json

    Read all of a store and say what is not as it was stored: the engine's files, what readers read, kept files, the journal.
    Ends with 1 where something is wrong.
    """
    from kg.store.verify import verify as verified

    _known_format(format)
    if _is_address(store):
        from kg.store.remote import verify as verified_there

        _say("a store at an address keeps no files, so none were looked at")
        _print_findings(verified_there(_endpoint(store)), format)
        return
    _print_findings(verified(Path(store), _now()), format)


@app.command(short_help="Put a damaged or older store right.")
def repair(store: StoreFolder = DEFAULT_STORE, format: Format = "table") -> None:
    """\b
    kg repair
    kg repair --store talks

    Put right what kg verify finds, from the files a store keeps; bring an older store to this version, after a dump of it. What is
    wrong afterwards is listed, and then it ends with 1.
    """
    from kg.ingest import derive
    from kg.store.repair import repair as repaired
    from kg.store.repair import upgrade
    from kg.store.verify import verify as verified

    _known_format(format)
    place = _folder(store, "kg verify says what is wrong; kg remove the article, then add it again")
    dump = upgrade(place, _now())
    if dump:
        _say(f"upgraded; as it was, it stands in {dump}")
    lost = repaired(place, _now())
    with _writer(store, "repair") as held:
        derive(held, _now())
    for graph in lost:
        _say(f"lost, add it again: {graph}")
    _print_findings(verified(place, _now()), format)
    if lost:
        raise typer.Exit(1)


@app.command(short_help="Say what is wrong with this installation.")
def doctor(store: StorePath = DEFAULT_STORE, format: Format = "table") -> None:
    """\b
    kg doctor
    kg doctor --store talks --format json

    Try what kg needs of this machine: libraries, its own data, the annotator, processes, the disk, the store, the model that the
    environment names. Ends with 1 where something fails.
    """
    from dataclasses import astuple, fields

    from kg.doctor import Trial, examine
    from kg.listing import listing

    _known_format(format)
    trials = examine(_place(store), {"model": _model})
    _print(listing([field.name for field in fields(Trial)], [astuple(trial) for trial in trials], format, _width()))
    for trial in trials:
        if trial.outcome == "fails":
            raise ProvisoError(f"{trial.trial} fails: {trial.seen}", str(store) if trial.trial == "store" else "")


def _model() -> str:
    """Which language model the environment names; it is not asked anything."""
    if not os.environ.get("KG_LLM_URL", "").strip():
        return "none is named, which --annotator llm and both need: KG_LLM_URL is not set"
    from kg.endpoint import open_endpoint

    with open_endpoint(os.environ, _say) as asker:
        return f"{asker.model} at {os.environ['KG_LLM_URL']}, which was not asked"


def _print_findings(findings: Sequence[Finding], form: str) -> None:
    """Prints what is wrong with a store and ends with 1 where something is."""
    from kg.listing import listing

    columns = ("severity", "code", "message", "file", "line", "graph")
    _print(listing(columns, [(f.severity, f.code, f.message, f.file, f.line or None, f.node) for f in findings], form, _width()))
    errors = sum(finding.severity == "error" for finding in findings)
    _say(f"{errors} error{'' if errors == 1 else 's'}" if errors else "all is as it was stored")
    if errors:
        raise typer.Exit(1)


# ---------------------------------------------------------------------------------------------------- scores


@app.command(name="eval", short_help="Score an annotator, or annotations, against a gold set.")
def eval_(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="An annotation file, a folder of them, a collection (.jsonl), or GUM's folder.")
    ],
    annotations: Annotated[
        Path | None, typer.Argument(metavar="ANNOTATIONS", help="What is scored in place of an annotator: a file, folder or collection.")
    ] = None,
    annotator: Annotated[
        str | None, typer.Option("--annotator", help="Who reads the gold's articles: rules, llm or both.", show_default="rules")
    ] = None,
    registry: RegistryFile = None,
    jobs: Jobs = 1,
    misses: Annotated[bool, typer.Option("--misses", help="List what was missed or added, worst first, with the words.")] = False,
    format: Format = "table",
) -> None:
    """\b
    kg eval gold.jsonl --annotator rules --misses
    kg eval seeds/annotations-first seeds/annotations-second
    kg eval gold.jsonl mine.jsonl --format json

    Score an annotator, or annotations, on the articles of a gold set, layer by layer: exact, and by overlap of more than half.
    """
    from dataclasses import astuple, fields

    from kg.evaluate import Miss, compare_annotator, compare_files, to_rows
    from kg.listing import listing

    _known_format(format)
    if annotations and annotator:
        raise UsageError("an annotator and annotations are two things to score", "option --annotator", "give one of them")
    known = _registry(registry)
    if annotations:
        report = compare_files(gold, annotations, known)
    else:
        with _annotating(annotator or "rules", jobs) as (read, processes):
            if read is None:
                raise UsageError("nobody would read the gold's articles", "option --annotator", "rules, llm or both; or name annotations")
            report = compare_annotator(gold, read, known, processes)
    if not misses or format == "table":
        columns, rows = to_rows(report)
        shown = rows if format != "table" else [tuple("-" if cell is None else cell for cell in row) for row in rows]
        _print(listing(columns, shown, format, _width()))
    if misses:
        _print(listing([field.name for field in fields(Miss)], [astuple(miss) for miss in report.misses], format, _width()))


def _version(wanted: bool) -> None:
    if wanted:
        _print(f"kg {__version__}\n")
        raise typer.Exit


@app.callback()
def _kg(version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)] = False) -> None:
    pass
