"""What one process at a time writes: a folder, or a file."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from errors import InputError
from graph.database import hold


@contextmanager
def held_folder(folder: Path, lock: str, in_use: str) -> Iterator[None]:
    """Make the folder, and keep other processes out of it within the block.

    `lock` is the name of its lock file. What stays empty is removed at the end. Raises InputError
    where the folder cannot be made, and `in_use` where another process has it.
    """
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made ({error.strerror}): name another --out"
        ) from error
    try:
        with held(folder / lock, in_use, folder):
            yield
    finally:
        with suppress(OSError):
            for path in missing:
                path.rmdir()


@contextmanager
def held(lock: Path, in_use: str, written: Path) -> Iterator[None]:
    """Keep other processes out within the block, by a lock file that goes with it.

    Raises InputError, `in_use` where another process holds the lock, and where `written` cannot be
    written.
    """
    with hold(lock, in_use, written, "name another --out"):
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
