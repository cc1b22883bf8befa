"""Files and folders that appear whole or not at all: made beside their place, then put there.

What is not yet whole is a draft, hidden beside its place. Its writer holds a lock on it. So the
next to write there knows a draft that a killed process left, and removes it.
"""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from os.path import realpath
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from errors import InputError, RunError

if sys.platform != "win32":
    import fcntl

_DRAFT = re.compile(r"\..{1,40}\.[0-9a-f]{8}\.tmp", re.DOTALL)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside `path` that takes its place when the block ends without an error.

    Raises InputError when nothing can be written at that place, RunError when writing stops.
    """
    path = Path(realpath(path))  # what a link points to is replaced, not the link
    if (path.exists() and not path.is_file()) or not path.parent.is_dir():
        raise InputError(f"{path}: not a place for a file; name a file in a folder that exists")
    try:
        with _draft(path, lambda draft: draft.touch(exist_ok=False)) as draft:
            with draft.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror or error})") from error


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Make a folder beside `path`, not there or empty, that takes its place when the block ends.

    Raises OSError where that cannot be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _draft(path, Path.mkdir) as draft:
        yield draft
        remove_drafts(path)
        draft.replace(path)


def is_draft(path: Path) -> bool:
    """Return whether a path is that of a draft: nobody's data."""
    return _DRAFT.fullmatch(path.name) is not None


def is_vacant(folder: Path, lock: str) -> bool:
    """Return whether a folder holds nothing but drafts and the lock file of this name."""
    return all(path.name == lock or is_draft(path) for path in folder.iterdir())


def remove_drafts(folder: Path, begin: str = "") -> None:
    """Remove the drafts in a folder that nobody writes any more, of names that begin so."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        if not (entry.name.startswith(begin) and is_draft(entry)) or entry.is_symlink():
            continue
        with suppress(OSError), _locked(entry, wait=False):
            if entry.is_file():
                entry.unlink()
            elif entry.is_dir() and sys.platform != "win32":  # there no lock says it is written
                shutil.rmtree(entry)


@contextmanager
def _draft(path: Path, make: Callable[[Path], object]) -> Iterator[Path]:
    """Make a draft of what shall stand at `path`, locked; remove it if it is still there."""
    begin = f".{path.name[:40]}."
    remove_drafts(path.parent, begin)
    draft = path.with_name(f"{begin}{token_hex(4)}.tmp")
    try:
        make(draft)
        with _locked(draft, wait=True):
            if not draft.exists():  # another process took it for one that was left
                make(draft)
            yield draft
    finally:
        with suppress(OSError):
            shutil.rmtree(draft) if draft.is_dir() else draft.unlink(missing_ok=True)


@contextmanager
def _locked(draft: Path, *, wait: bool) -> Iterator[None]:
    """Hold a lock on a draft. Raises OSError where another process does and is not waited for."""
    if sys.platform == "win32" or not (draft.is_file() or draft.is_dir()):
        yield
        return
    handle = os.open(draft, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            if not wait:  # else the file system knows no locks, and nobody removes a draft there
                raise
        yield
    finally:
        os.close(handle)
