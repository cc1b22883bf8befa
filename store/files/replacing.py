"""Files that appear whole or not at all: written beside their place, then put there in one step."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import fsync
from os.path import realpath
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from errors import InputError, RunError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside `path` that takes its place when the block ends without an error.

    Raises InputError when nothing can be written at that place, RunError when writing stops.
    """
    path = Path(realpath(path))  # what a link points to is replaced, not the link
    if (path.exists() and not path.is_file()) or not path.parent.is_dir():
        raise InputError(f"{path}: not a place for a file; name a file in a folder that exists")
    draft = path.with_name(f".{path.name[:40]}.{token_hex(4)}.tmp")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
