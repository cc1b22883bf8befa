"""The file that ratings go to. A rating is on the disk before anybody is told that it is saved.

One process holds the file; another one is refused.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from os.path import realpath
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from errors import InputError, RunError
from store.files.writing import json_line
from training.rating.ratings import Found, Rating, counting, read_ratings


class RatingsFile:
    """A file of ratings of one comparison, to which further ones are added."""

    def __init__(self, path: Path, found: Found) -> None:
        self.path = path
        self.mended = len(found.half)
        self.ratings = counting(found.ratings)
        self._end = found.end

    def add(self, rating: Rating) -> None:
        """Write a rating to the end of the file, and to the disk.

        Raises RunError where it cannot be written; the file is then as it was.
        """
        line = json_line(rating.model_dump(mode="json"))
        try:
            with self.path.open("ab", buffering=0) as file:
                self._append(file.fileno(), line)
        except OSError as error:
            raise RunError(
                f"{self.path}: the rating cannot be written ({error.strerror or error})"
            ) from error
        self.ratings[rating.rater, rating.question] = rating

    def _append(self, file: int, line: bytes) -> None:
        if os.fstat(file).st_size != self._end:
            raise OSError("another program changed the file; start `rate` again")
        try:
            _write_all(file, line)
            os.fsync(file)
        except OSError:
            os.ftruncate(file, self._end)
            raise
        if not self._end:
            _sync_folder(self.path.parent)
        self._end += len(line)


def _write_all(file: int, line: bytes) -> None:
    while line:
        line = line[os.write(file, line) :]


@contextmanager
def held(path: Path, comparison: str) -> Iterator[RatingsFile]:
    """Open a file for ratings of a comparison, new or begun, and keep other processes out.

    A half-written line at its end is cut off. Raises InputError where that cannot be: the file is
    in use, it holds something else, it is of another comparison.
    """
    path = Path(realpath(path))
    if (path.exists() and not path.is_file()) or not path.parent.is_dir():
        raise InputError(f"{path}: not a place for a file; name a file in a folder that exists")
    lock = path.with_name(f".{path.name}.lock")
    with _locked(lock, path):
        try:
            yield RatingsFile(path, _mended(path, comparison))
        finally:
            lock.unlink(missing_ok=True)


def _locked(lock: Path, path: Path) -> FileLock:
    held_lock = FileLock(lock, timeout=0, thread_local=False)
    try:
        held_lock.acquire()
    except Timeout as error:
        raise InputError(
            f"{path} is in use by another `rate`: open the address that it printed, or name "
            "another --out"
        ) from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}): name another --out"
        ) from error
    return held_lock


def _mended(path: Path, comparison: str) -> Found:
    """Return what the file holds, which ends with a whole line."""
    if not path.exists():
        return Found([])
    found = read_ratings(path)
    other = next((r.comparison for r in found.ratings if r.comparison != comparison), None)
    if other:
        raise InputError(
            f"{path} holds ratings of another comparison ({other}, not {comparison}): "
            "name another --out"
        )
    try:
        with path.open("rb+") as file:
            end = _end_line(file, found.end)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    return Found(found.ratings, end, found.half)


def _end_line(file: BinaryIO, end: int) -> int:
    """Cut the file there, see that its last line is ended, and return its size."""
    file.truncate(end)
    file.seek(max(end - 1, 0))
    if file.read() not in {b"", b"\n"}:
        file.write(b"\n")
        end += 1
    file.flush()
    os.fsync(file.fileno())
    return end


def _sync_folder(folder: Path) -> None:
    """Put the name of a new file on the disk, too."""
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
