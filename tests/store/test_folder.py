"""A file that was asked for is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.store.folder import replace_file


def wrote(path: Path, data: bytes) -> None:
    """Puts the bytes in the file's place."""
    replace_file(path, lambda file: file.write(data))


def test_writing_replaces(tmp_path: Path) -> None:
    """The new bytes stand in the file, and nothing beside it."""
    path = tmp_path / "page.html"
    wrote(path, b"old")
    wrote(path, b"new \x00\xff")
    assert path.read_bytes() == b"new \x00\xff"
    assert list(tmp_path.iterdir()) == [path]


def test_writing_goes_through_a_link(tmp_path: Path) -> None:
    """A symbolic link stays one; the file it points to is what changes."""
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_bytes(b"old")
    link.symlink_to(real)
    wrote(link, b"new")
    assert link.is_symlink() and real.read_bytes() == b"new"


def test_a_failed_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk fails under it, the old bytes stand, and nothing is left beside them."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "page.html"
    path.write_bytes(b"old")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        wrote(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_writing_where_nothing_can_stand(tmp_path: Path) -> None:
    """A folder that is not there is not made: the system's own error is raised."""
    with pytest.raises(FileNotFoundError):
        wrote(tmp_path / "no" / "page.html", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    """The name of the file beside it stays within what a file system allows."""
    path = tmp_path / ("n" * 250)
    wrote(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_failure_is_of_the_file_that_was_asked_for(tmp_path: Path) -> None:
    """Not of the one that is written beside it."""
    with pytest.raises(FileNotFoundError) as wrong:
        wrote(tmp_path / "nowhere" / "page.html", b"new")
    assert wrong.value.filename == str(tmp_path / "nowhere" / "page.html")
