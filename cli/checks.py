"""Checks of paths and thresholds that several commands make before they begin."""

import glob
from collections.abc import Iterable
from fractions import Fraction
from math import isfinite
from os.path import realpath
from pathlib import Path

from errors import InputError


def check_places(read: Iterable[Path], written: Iterable[Path | None]) -> None:
    """Raise InputError for a path that is read and written, or written twice; None is no path."""
    sources = {realpath(path) for path in read}
    taken: set[str] = set()
    for path in filter(None, written):
        place = realpath(path)
        if place in sources:
            raise InputError(f"{path} is read and would be written over: name another file")
        if place in taken:
            raise InputError(f"{path} cannot hold two results: name another file for one of them")
        taken.add(place)


def expanded(paths: Iterable[Path]) -> list[Path]:
    """Return the paths, with the files that match in place of a glob, by name.

    Raises InputError for a glob that matches no file. `**` matches any folders.
    """
    found: list[Path] = []
    for path in paths:
        if path.exists() or not glob.has_magic(str(path)):
            found.append(path)
            continue
        matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - as shells do it
        files = [match for match in map(Path, matches) if match.is_file()]
        if not files:
            raise InputError(f"{path}: no file matches; name files, or another pattern")
        found += files
    return found


def exact(threshold: float) -> Fraction:
    """Return the threshold as an exact fraction. Raises InputError unless it is in (0, 1]."""
    if not (isfinite(threshold) and 0 < threshold <= 1):
        raise InputError(f"threshold {threshold}: give a number above 0 and at most 1, such as 0.7")
    return Fraction(str(threshold))
