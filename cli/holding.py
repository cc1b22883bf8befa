"""A folder that one process at a time writes."""

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
    with hold(folder / lock, in_use, folder, "name another --out"):
        try:
            yield
        finally:
            (folder / lock).unlink(missing_ok=True)
            with suppress(OSError):
                for path in missing:
                    path.rmdir()
