"""Commands that keep a store and carry it about: export, import, backup, restore, verify, repair, doctor."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.terminal import (
    DEFAULT_STORE,
    EXIT_SOME_FAILED,
    STDIO,
    Format,
    RegistryFile,
    StoreFolder,
    StorePath,
    app,
    as_file,
    endpoint_at,
    exit_by,
    folder_at,
    is_address,
    known_registry,
    now,
    place_at,
    put,
    put_findings,
    put_outcomes,
    reported,
    require_format,
    say,
    store_at,
    terminal_width,
    writer_at,
)
from kg.errors import ProvisoError, ReadError, StoreError, UsageError

COPIED = "name a folder of this machine"  # where a copy goes, or comes from


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
    opened = store_at(store)
    left_out = 0
    if form not in FORMATS:
        left_out = write(opened, output, form, sys.stdout.buffer if str(output) == STDIO else None, say)
        say(LEFT_OUT[form])
    elif str(output) == STDIO:
        dump(opened, sys.stdout.buffer, form)
        return
    else:
        export(opened, output, form)
        say(f"wrote {opened.count()} quads to {output}")
    for note in unreviewed(opened):
        say(note)
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
    from kg.analyse.derive import derive
    from kg.exchange.formats import form_in
    from kg.exchange.rdf import FORMATS, load, read

    if str(source) == STDIO and format in ("", "ttl", "brat", "uima"):
        raise UsageError("stdin does not say which form it has", "option --format", "trig, nq, jsonld or webannotation")
    if str(source) != STDIO and not source.exists():
        raise ReadError("there is no such file", str(source), "give what kg export wrote, or a folder of brat's or INCEpTION's files")
    with as_file(source, format) as file:
        form = form_in(file, format)
        if form not in FORMATS:
            _import_annotations(file, form, str(source), store, registry)
            return
        graphs = read(file, form)  # before a store is made for it
        with writer_at(store, "import", make=True) as held:
            loaded = load(held, graphs, str(source), now())
            derive(held, now())
    say(f"{len(loaded.added)} graphs added, {len(loaded.same)} the same, {len(loaded.kept)} kept as they were")
    if loaded.untold:
        more = f" and {len(loaded.untold) - 1} more" if len(loaded.untold) > 1 else ""
        say(
            f"{source} does not tell who read {loaded.untold[0]}{more}, which counts as not reviewed; the whole export does, as TriG or a folder"
        )


def _import_annotations(file: Path, form: str, name: str, store: str, registry: Path | None) -> None:
    """Stores the articles that foreign files mark up; ends with 4 where something was left out, with 1 where nothing could be stored."""
    from kg import ingest
    from kg.analyse.derive import derive
    from kg.exchange.formats import read

    known = known_registry(registry)
    found = read(file, form, name)
    with writer_at(store, "import", make=True) as held:
        outcomes = reported(ingest.add_foreign(held, found, known, now()))
        derive(held, now())
    put_outcomes(outcomes, "table")
    left_out = sum(f.severity == "error" for o in outcomes for f in o.findings)
    if left_out:
        say(f"{left_out} faults, told above; what they are about was left out, the rest is stored")
    exit_by([o.error is None for o in outcomes])
    if left_out:
        raise typer.Exit(EXIT_SOME_FAILED)


@app.command(short_help="Copy a store, also while it is written.")
def backup(
    folder: Annotated[str, typer.Argument(help="The folder of the copy: new or empty.", show_default=False)],
    store: StoreFolder = DEFAULT_STORE,
) -> None:
    """\b
    kg backup copy
    kg backup /media/disk/talks --store talks
    kg query questions --store copy

    Copy a store as it is now, whole or not at all, also while somebody writes to it. The copy is a store itself.
    """
    from kg.store.backup import backup as copied

    copied(folder_at(store, "kg export writes what it holds; its server copies the rest"), folder_at(folder, COPIED))
    say(f"copied {store} to {folder}: {store_at(folder).count()} quads")


@app.command(short_help="Make a store from a copy.")
def restore(
    folder: Annotated[str, typer.Argument(help="What kg backup wrote.", show_default=False)],
    store: StoreFolder = DEFAULT_STORE,
) -> None:
    """\b
    kg restore copy
    kg restore copy --store talks

    Make a store from a copy, where nothing or an empty folder is; the copy is verified first.
    """
    from kg.store.backup import backup as copied
    from kg.store.verify import verify as verified

    place, copy = folder_at(store, "kg import takes an export into it"), folder_at(folder, COPIED)
    wrong = [finding for finding in verified(copy, now()) if finding.severity == "error"]
    if wrong:
        raise StoreError(
            f"the copy is damaged: {wrong[0].message}", wrong[0].file, f"kg verify --store {folder} lists all; or take another copy"
        )
    copied(copy, place)
    say(f"made a store in {store}: {store_at(store).count()} quads")


@app.command(short_help="Say whether a store holds what was stored.")
def verify(store: StorePath = DEFAULT_STORE, format: Format = "table") -> None:
    """\b
    kg verify
    kg verify --store talks --format json

    Read all of a store and say what is not as it was stored: the engine's files, what readers read, kept files, the journal.
    Ends with 1 where something is wrong.
    """
    from kg.store.verify import verify as verified

    require_format(format)
    if is_address(store):
        from kg.store.remote import verify as verified_there

        say("a store at an address keeps no files, so none were looked at")
        put_findings(verified_there(endpoint_at(store)), format)
        return
    put_findings(verified(Path(store), now()), format)


@app.command(short_help="Put a damaged or older store right.")
def repair(store: StoreFolder = DEFAULT_STORE, format: Format = "table") -> None:
    """\b
    kg repair
    kg repair --store talks

    Put right what kg verify finds, from the files a store keeps; bring an older store to this version, after a dump of it. What is
    wrong afterwards is listed, and then it ends with 1.
    """
    from kg.analyse.derive import derive
    from kg.store.repair import repair as repaired
    from kg.store.repair import upgrade
    from kg.store.verify import verify as verified

    require_format(format)
    place = folder_at(store, "kg verify says what is wrong; kg remove the article, then add it again")
    dump = upgrade(place, now())
    if dump:
        say(f"upgraded; as it was, it stands in {dump}")
    lost = repaired(place, now())
    with writer_at(store, "repair") as held:
        derive(held, now())
    for graph in lost:
        say(f"lost, add it again: {graph}")
    put_findings(verified(place, now()), format)
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

    require_format(format)
    trials = examine(place_at(store), {"model": _model})
    put(listing([field.name for field in fields(Trial)], [astuple(trial) for trial in trials], format, terminal_width()))
    for trial in trials:
        if trial.outcome == "fails":
            raise ProvisoError(f"{trial.trial} fails: {trial.seen}", str(store) if trial.trial == "store" else "")


def _model() -> str:
    """Which language model the environment names; it is not asked anything."""
    if not os.environ.get("KG_LLM_URL", "").strip():
        return "none is named, which --annotator llm and both need: KG_LLM_URL is not set"
    from kg.endpoint import open_endpoint

    with open_endpoint(os.environ, say) as asker:
        return f"{asker.model} at {os.environ['KG_LLM_URL']}, which was not asked"
