"""What several commands refuse before they begin: places, and a threshold, that cannot be."""

from collections.abc import Iterable
from fractions import Fraction
from math import isfinite
from os.path import realpath
from pathlib import Path

from errors import InputError


def check_places(read: Iterable[Path], written: Iterable[Path | None]) -> None:
    """Refuse to write over what is read, or two things to one place; None is written nowhere."""
    sources = {realpath(path) for path in read}
    taken: set[str] = set()
    for path in filter(None, written):
        place = realpath(path)
        if place in sources:
            raise InputError(f"{path} is read and would be written over: name another file")
        if place in taken:
            raise InputError(f"{path} cannot hold two results: name another file for one of them")
        taken.add(place)


def exact(threshold: float) -> Fraction:
    """Return the threshold as it was written, exactly. Raises InputError for one that is none."""
    if not (isfinite(threshold) and 0 < threshold <= 1):
        raise InputError(f"threshold {threshold}: give a number above 0 and at most 1, such as 0.7")
    return Fraction(str(threshold))
