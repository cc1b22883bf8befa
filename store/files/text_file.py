"""Files of text: opened, unpacked where gzip packed them, and read line by line within bounds."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from errors import InputError

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, unpacked. Raises InputError where what gzip packed is damaged."""
    with path.open("rb") as file:
        if file.peek(2)[:2] != _GZIP:
            yield file
            return
        with gzip.GzipFile(fileobj=file) as packed:
            try:
                yield cast("BinaryIO", packed)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise InputError(f"{path} is damaged gzip ({error}): fetch it anew") from error


def size_of(path: Path) -> int:
    """Return how many bytes a file holds unpacked; of more than 4 GB gzip knows the rest alone."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.peek(2)[:2] != _GZIP or size < 18:
            return size
        file.seek(-4, 2)
        return int.from_bytes(file.read(4), "little")


def lines_of(
    file: BinaryIO, longest: int, advance: Callable[[int], None]
) -> Iterator[bytes | None]:
    """Yield the lines of a file; None for one longer than `longest` bytes."""
    while line := file.readline(longest):
        advance(len(line))
        if len(line) == longest and not line.endswith(b"\n"):
            _skip_line(file, advance)
            yield None
        else:
            yield line


def _skip_line(file: BinaryIO, advance: Callable[[int], None]) -> None:
    while part := file.readline(_CHUNK):
        advance(len(part))
        if part.endswith(b"\n"):
            return
