"""The folder of a store, all but the engine: which files there are, and in which order they are made to last.

    proviso.json   the version mark: without it the folder is no store
    graph/         the engine's files, for the one writer
    snapshots/     hard-linked copies for readers; `current` names the one to read and the journal's size it stands for
    sources/ab/    the bytes of every file that was read, and what each commit changed, under their SHA-256
    journal.jsonl  one line, with its checksum, for everything that counts as stored
    pending        the lines of the commit that was begun last: after a kill they tell whether that is to count
    purge          what is being purged, until nothing of it is left
    graph.damaged  the engine's files as a repair found them, where not all of what they held could be made again
    lock           held by the writer; says who that is

What is written is synced before the next step leans on it (file, then its folder), because a rename alone may be
undone by a power cut. No clock here: times are arguments, ISO 8601 with a zone.
"""

from __future__ import annotations

import errno
import fcntl
import glob
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from kg.errors import StoreError
from kg.resources import STORE_MARK

if TYPE_CHECKING:
    import hashlib

LAYOUT = 3  # in 2 a statement did not mention what its conditions depend on
ENGINE = "oxigraph 0.5"
MARK, GRAPH, SNAPSHOTS, SOURCES, JOURNAL, LOCK = STORE_MARK, "graph", "snapshots", "sources", "journal.jsonl", "lock"
PENDING, PURGE, DAMAGED, DERIVED = "pending", "purge", "graph.damaged", "derived"
CURRENT, DUMP = "current", "graph.nq"  # in snapshots/, and what the engine's files are made anew from

Entry = Mapping[str, Any]


class Journal(NamedTuple):
    """What counts as stored, oldest first, the numbers (from 1) of lines that cannot be read, and whether the last of them is torn.

    A torn last line is what a power cut or a kill leaves: what it would have said was never acknowledged.
    """

    entries: tuple[Entry, ...]
    damaged: tuple[int, ...] = ()
    torn: bool = False


def mark_of(path: Path, layout: int = LAYOUT) -> None:
    """Raises StoreError unless `path` is a store of this layout; creates nothing."""
    try:
        mark = json.loads((path / MARK).read_bytes())
    except FileNotFoundError:
        raise _no_store(path) from None
    except NotADirectoryError:
        raise StoreError("this is a file, not a store", str(path), "name the folder of a store") from None
    except ValueError:
        raise StoreError(f"the store's version mark {MARK} is damaged", str(path), "kg restore from a backup") from None
    except OSError as error:
        raise failed("the store cannot be read", path, error) from error
    found, engine = (mark.get("proviso-store"), mark.get("engine")) if isinstance(mark, dict) else (None, None)
    if found is None:
        raise StoreError("this folder is not a Proviso store", str(path), "name another folder with --store")
    if (found, engine) != (layout, ENGINE):
        older = (found, engine) == (LAYOUT - 1, ENGINE)
        hint = "export it with the version that wrote it, then import the export into a new store"
        hint = "kg repair upgrades it; it writes a dump of it first" if older else hint
        raise StoreError(f"the store has layout {found} of {engine}; this version reads layout {LAYOUT} of {ENGINE}", str(path), hint)


def _no_store(path: Path) -> StoreError:
    hint = "kg add ARTICLES makes one; or name another with --store"
    if not path.exists():
        return StoreError("there is no store here", str(path), hint)
    if path.is_dir() and not any(path.iterdir()):
        return StoreError("this folder is empty, there is no store in it yet", str(path), hint)
    return StoreError("this folder is not a Proviso store", str(path), "name another folder with --store")


def lay_out(path: Path, fill: Callable[[Path], None]) -> None:
    """Makes a store's folder where nothing or an empty folder is; `fill` puts the engine's files in.

    All of it is built beside and renamed, so a kill leaves no half store. Where the place cannot be renamed onto (a mount,
    a parent that may not be written), it is built inside, the version mark last. Raises StoreError, nothing overwritten.
    """
    try:
        if path.is_symlink() or path.exists():
            if not path.is_dir() or any(path.iterdir()):
                raise StoreError("something is here already, no store was made", str(path), "name a new or an empty folder with --store")
            path = path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        _lay_out_beside(path, fill)
    except OSError as error:
        raise failed("no store can be made here", path, error) from error


def _lay_out_beside(path: Path, fill: Callable[[Path], None]) -> None:
    beside = beside_of(path, "new")
    try:
        if path.exists() and path.samefile(Path.cwd()):
            raise OSError(errno.EBUSY, "a folder somebody works in is not replaced")
        beside.mkdir()
        _build(beside, fill)
        beside.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        if error.errno not in (errno.EBUSY, errno.EACCES, errno.EXDEV):
            raise
        _build_inside(path, fill)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _build_inside(path: Path, fill: Callable[[Path], None]) -> None:
    path.mkdir(exist_ok=True)
    try:
        _build(path, fill)
    except OSError:
        for child in path.iterdir():
            shutil.rmtree(child) if child.is_dir() else child.unlink()
        raise


def _build(path: Path, fill: Callable[[Path], None]) -> None:
    for name in (SNAPSHOTS, SOURCES):
        (path / name).mkdir()
    for name in (JOURNAL, LOCK, PENDING):
        write_synced(path / name, b"")
    fill(path)
    write_mark(path)


def write_mark(path: Path) -> None:
    """Makes the folder a store of this version."""
    replace_synced(path / MARK, json.dumps({"proviso-store": LAYOUT, "engine": ENGINE}).encode() + b"\n")


@contextmanager
def held(path: Path, command: str, when: str) -> Iterator[None]:
    """The store's one write lock, held within the `with`; raises StoreError naming who holds it.

    `command` is the word the user typed, `when` the time (both only to tell others). A lock dies with its process.
    """
    try:
        file = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise failed("the store cannot be written", path, error) from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"the store is held: it is being written by {_holder(file)}", str(path), "wait until it is done, or stop it"
            ) from None
        try:
            os.ftruncate(file, 0)
            os.pwrite(file, json.dumps({"pid": os.getpid(), "command": command, "since": when}).encode(), 0)
        except OSError as error:
            raise failed("the store cannot be written", path, error) from error
        yield
        os.ftruncate(file, 0)
    finally:
        os.close(file)


def _holder(file: int) -> str:
    try:
        who = json.loads(os.pread(file, 4096, 0))
        return f"kg {who['command']} (process {who['pid']}, since {who['since']})"
    except (ValueError, KeyError, TypeError, OSError):
        return "another process"


def read_journal(path: Path) -> Journal:
    """The journal of the store at `path`; damaged lines are counted, never fatal."""
    try:
        lines = (path / JOURNAL).read_bytes().split(b"\n")
    except FileNotFoundError:
        return Journal(())
    except OSError as error:
        raise failed("the journal cannot be read", path, error) from error
    entries: list[Entry] = []
    damaged: list[int] = []
    torn = bool(lines[-1])  # the last piece has no newline
    for number, line in enumerate(lines, 1):
        if number == len(lines) and not line:
            break
        entry = entry_in(line) if number < len(lines) else None
        if entry is None:
            damaged.append(number)
        else:
            entries.append(entry)
    return Journal(tuple(entries), tuple(damaged), torn)


def entry_in(line: bytes) -> Entry | None:
    """What a journal line says; None where it is damaged."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or not isinstance(entry.get("did"), str):
        return None
    return entry if entry.pop("check", "") == _check(entry) else None


def _check(entry: Entry) -> str:
    return f"{zlib.crc32(json.dumps(entry, sort_keys=True).encode()):08x}"


def journal_size(path: Path) -> int:
    """Bytes in the journal: what a snapshot is compared with to see whether it is the newest."""
    try:
        return (path / JOURNAL).stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise failed("the journal cannot be read", path, error) from error


def line_of(entry: Entry) -> bytes:
    """One journal line, with its checksum (CRC-32) and its newline."""
    return json.dumps({**entry, "check": _check(entry)}, sort_keys=True).encode() + b"\n"


def write_pending(path: Path, entries: Sequence[Entry]) -> None:
    """Says which lines will follow if the commit that begins now comes through."""
    write_synced(path / PENDING, b"".join(map(line_of, entries)))


def read_waiting(path: Path, journal: Journal) -> list[Entry]:
    """The lines of the commit begun last that are not in the journal; none where writing them was broken off, so that nothing followed."""
    try:
        lines = (path / PENDING).read_bytes().splitlines()
    except OSError:
        return []
    entries = [entry for line in lines if (entry := entry_in(line))]
    counted = journal.entries[-len(lines) :] if lines else ()
    return [entry for entry in entries if entry not in counted] if len(entries) == len(lines) else []


def append_journal(path: Path, entries: Sequence[Entry]) -> None:
    """Adds lines and waits until they are on the disk: from then on they count. Holding the lock is the caller's part."""
    lines = b"".join(map(line_of, entries))
    file = os.open(path / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        size = os.fstat(file).st_size
        try:
            _write_all(file, lines)
            os.fsync(file)
        except OSError:
            os.ftruncate(file, size)  # half a line would swallow the next one
            raise
    finally:
        os.close(file)


def mend_journal(path: Path) -> None:
    """Cuts a torn last line off, so that the next line does not grow out of it."""
    with (path / JOURNAL).open("r+b") as file:
        data = file.read()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            file.truncate(whole)
            os.fsync(file.fileno())


def sha256(data: bytes = b"") -> hashlib._Hash:
    """The hash; its library is imported only now, for a question, which needs none, would take 2 ms longer."""
    import hashlib

    return hashlib.sha256(data)


def keep(path: Path, data: bytes) -> str:
    """Keeps source bytes under their hex SHA-256, written once and synced; returns the hash."""
    digest = sha256(data).hexdigest()
    target = source_path(path, digest)
    if target.is_file() and target.read_bytes() == data:
        return digest
    if not target.parent.is_dir():
        target.parent.mkdir(exist_ok=True)
        sync_folder(target.parent.parent)
    replace_synced(target, data)
    return digest


def whole(file: Path, digest: str) -> bytes | None:
    """What is in a file, if that has this hex SHA-256; None where it is gone, or is other bytes."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    return data if sha256(data).hexdigest() == digest else None


def source_path(path: Path, digest: str) -> Path:
    """Where the source bytes with this hex SHA-256 are kept; raises StoreError where it is none."""
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise StoreError("this is not a hex SHA-256", digest, "take it from the journal or the provenance")
    return path / SOURCES / digest[:2] / digest


def write_synced(path: Path, data: bytes) -> None:
    """Writes a new file and waits until its bytes are on the disk (its name is not: `sync_folder`)."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        _write_all(file, data)
        os.fsync(file)
    finally:
        os.close(file)


def replace_synced(path: Path, data: bytes) -> None:
    """Writes beside and renames, so that `path` always holds its old bytes or the new ones, whole."""
    beside = path.with_name(f".{path.name}.tmp")  # one name, so that what a kill leaves is overwritten; the lock is held
    try:
        write_synced(beside, data)
        beside.rename(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def replace_file(target: Path, write: Callable[[BinaryIO], object]) -> None:
    """Has a file a user asked for written beside its place and renames it, so that what was there stays until the new one is whole.

    Through a symbolic link, where it points. Raises OSError as any writing does, of the file that was asked for; nothing is left behind then.
    """
    asked, target = target, target.resolve()
    if target.exists() and not target.is_file():  # a pipe or a device is written to, never replaced
        with target.open("wb") as stream:
            write(stream)
        return
    beside = beside_of(target, "tmp")
    try:
        with beside.open("xb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        beside.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        if error.filename == str(beside):
            error.filename = str(asked)
        raise
    finally:
        beside.unlink(missing_ok=True)


def beside_of(path: Path, word: str) -> Path:
    """A hidden name beside `path` for building what will be renamed to it; those of processes that were killed are removed."""
    stem = f".{path.name[:80]}."
    for left in path.parent.glob(glob.escape(stem) + f"*.{word}"):
        number = left.name[len(stem) : -len(word) - 1]
        if number.isdecimal() and not running(int(number)):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return path.with_name(f"{stem}{os.getpid()}.{word}")


def running(process: object) -> bool:
    """Whether a process of this machine has this number; True where nobody can tell."""
    if not isinstance(process, int) or process <= 0:
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def sync_folder(path: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    file = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def failed(what: str, path: Path, error: OSError | RuntimeError | ValueError) -> StoreError:
    """The StoreError for what the system or the engine said."""
    hints = {
        errno.ENOSPC: "make room on the disk; what was stored before is whole",
        errno.EDQUOT: "make room in the quota; what was stored before is whole",
        errno.EACCES: "ask for the right to write there, or name another folder with --store",
        errno.EPERM: "ask for the right to write there, or name another folder with --store",
        errno.EROFS: "the disk is read-only: name another folder with --store",
    }
    reason = getattr(error, "strerror", None) or str(error)
    number = getattr(error, "errno", None)
    return StoreError(f"{what}: {reason}", str(path), hints.get(number or 0, "kg doctor says more; what was stored before is whole"))


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]
