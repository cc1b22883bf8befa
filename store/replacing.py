"""Files that appear whole or not at all: written beside their place, then put there in one step."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import fsync
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from errors import InputError, RunError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside `path` that takes its place when the block ends without an error.

    Raises InputError when nothing can be written at that place, RunError when writing stops.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(f"{path}: not a place for a file; name a file in a folder that exists")
    draft = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        draft.unlink(missing_ok=True)
