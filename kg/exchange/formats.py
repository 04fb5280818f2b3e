"""The formats a store goes out as and annotations come in as, by name: what the commands `export` and `import` know of them.

trig nq jsonld ttl            `rdf`: every graph, whole
brat uima webannotation       each article with its reading in force, out and in
csv parquet sqlite            `tables`: what was read, out only
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from kg.errors import ProvisoError, ReadError, UsageError
from kg.exchange import rdf
from kg.exchange.marks import Foreign, to_marks
from kg.exchange.readings import readings, write_folder
from kg.store.embedded import Store
from kg.store.folder import beside_of, failed, replace_file, replace_synced

ENDINGS = {
    ".anno.jsonld": "webannotation",
    ".trig": "trig",
    ".nq": "nq",
    ".jsonld": "jsonld",
    ".ttl": "ttl",
    ".ann": "brat",
    ".xmi": "uima",
    ".zip": "uima",
    ".db": "sqlite",
    ".sqlite": "sqlite",
}
FOLDERS = ("brat", "uima")  # go out as a folder of files; these endings are what comes back
INWARD = (*rdf.FORMATS, "webannotation", "brat", "uima")
_READINGS = "holds each article with its reading in force; not in it: the registry, earlier readings, what is derived"
# Format -> what of a store it has no place for.
LEFT_OUT = {"webannotation": f"Web Annotation {_READINGS}", "brat": f"brat {_READINGS}", "uima": f"UIMA CAS {_READINGS}"} | dict.fromkeys(
    ("csv", "parquet", "sqlite"),
    "the tables hold what was read; not in them: earlier readings, tenures, what is derived but origins; they do not come back in",
)


def form_of(target: Path, told: str = "") -> str:
    """The format of an export: as told, else by the ending of the name.

    Raises UsageError for none that is known, and for a name that is a file's where a folder will be.

    >>> form_of(Path("a.nq")), form_of(Path("folder"), "brat")
    ('nq', 'brat')
    """
    ending = _by_ending(target)
    form = told or ending
    if ending in FOLDERS and form in FOLDERS:
        what = f"{form} is exported as a folder, and {target.suffix} is a file's ending"
        raise UsageError(what, str(target), f"kg export --format {form} -o FOLDER")
    if form not in (*rdf.FORMATS, *LEFT_OUT):
        raise UsageError(
            f"a store is not exported as {form or target.suffix or target.name!r}",
            str(target),
            f"end the name in {', '.join(end for end, known in ENDINGS.items() if known not in FOLDERS)}, or say --format",
        )
    return form


def form_in(source: Path, told: str = "") -> str:
    """The format of what is to come in: as told, else by the ending, or by what is in the folder.

    Raises UsageError for a format that does not come in, ReadError for a folder that does not show what it is.
    """
    form = told or (_by_content(source) if source.is_dir() else _by_ending(source))
    if form not in INWARD:
        raise UsageError(
            f"{form or source.suffix or source.name!r} does not come in", str(source), f"one of {', '.join(INWARD)}, with --format"
        )
    return form


def _by_ending(path: Path) -> str:
    return next((form for ending, form in ENDINGS.items() if path.name.lower().endswith(ending)), "")


def _by_content(folder: Path) -> str:
    if (folder / rdf.MANIFEST).exists():
        return "ttl"
    for ending, form in ((".ann", "brat"), (".xmi", "uima"), (".zip", "uima")):
        if next(folder.rglob(f"*{ending}"), None):
            return form
    what = f"the folder has no {rdf.MANIFEST}, no .ann and no .xmi file, so it is no export"
    raise ReadError(what, str(folder), "name a file, or say what it is with --format")


def write(store: Store, target: Path, form: str, stream: BinaryIO | None, say: Callable[[str], None]) -> int:
    """Writes a store in one of `LEFT_OUT` to a new folder or file, or to an open stream; tells `say` what was written, and what
    article could not be; how many could not.

    Raises UsageError for a format that cannot go to a stream, StoreError where it cannot be written.
    """
    if stream and form != "webannotation":
        raise UsageError(f"{form} does not go to stdout", "option -o", "name a new folder, or for sqlite a file")
    failures: list[ProvisoError] = []
    if form == "webannotation":
        _write_web(store, target, stream)
        said = f"wrote {target}"
    elif form == "sqlite":
        said = f"wrote {_write_sqlite(store, target)} rows to {target}, and {target.stem}.metadata.json for Datasette"
    else:
        said = f"wrote {write_folder(target, _files(store, form, failures.append))} files to {target}"
    for line in (*map(str, failures), *([] if stream else [said])):
        say(line)
    return len(failures)


def _files(store: Store, form: str, tell: Callable[[ProvisoError], None]) -> Iterator[tuple[str, bytes]]:
    """The files of a folder, by name."""
    from kg.exchange import brat, tables, uima

    if form in ("csv", "parquet"):
        return tables.csv_files(store) if form == "csv" else tables.parquet_files(store)
    marked = (to_marks(article, reading) for article, reading in readings(store))
    return brat.files(marked) if form == "brat" else uima.files(marked, tell)


def _write_web(store: Store, target: Path, stream: BinaryIO | None) -> None:
    from kg.exchange.web import to_json

    data = to_json(to_marks(article, reading) for article, reading in readings(store))
    if stream:
        stream.write(data)
        return
    try:
        replace_file(target, lambda file: file.write(data))
    except OSError as error:
        raise failed("the export was not written, what was there is as it was", target, error) from error


def _write_sqlite(store: Store, target: Path) -> int:
    import errno
    import sqlite3

    from kg.exchange.tables import datasette_metadata, write_sqlite

    target = target.resolve()
    new, about = beside_of(target, "new"), target.with_name(f"{target.stem}.metadata.json")
    try:
        if about.is_dir():  # found before anything is in its place
            raise IsADirectoryError(errno.EISDIR, f"{about.name} is a folder")
        count = write_sqlite(store, new)
        new.replace(target)
        replace_synced(about, datasette_metadata(target.stem))
    except (OSError, sqlite3.Error) as error:
        wrong = error if isinstance(error, OSError) else OSError(str(error))
        raise failed("the export was not written, what was there is as it was", target, wrong) from error
    finally:
        new.unlink(missing_ok=True)
    return count


def read(source: Path, form: str, name: str = "") -> Iterator[Foreign | ReadError]:
    """Each article that files of a foreign format mark up, or why it cannot be read; `name` is what a single file is called, else its path."""
    from kg.exchange import brat, uima, web

    return web.read(source, name) if form == "webannotation" else {"brat": brat.read, "uima": uima.read}[form](source)
