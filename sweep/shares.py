"""What each run of a sweep may spend: an equal share of every cap of the whole, fixed beforehand.

A share is rounded down, so the shares together never pass the cap. Nobody gets what another run
leaves: a run's data would else depend on which of them ended first.
"""

from math import floor
from pathlib import Path

from errors import InputError
from sweep.file import SweepFile

WHOLE = ("max_calls", "max_tokens", "records")
"""Caps that are counted in whole numbers."""

PARTS = ("max_usd", "max_minutes")
"""Caps that are amounts."""

PRECISION = 1_000_000
"""A share of an amount is a multiple of a millionth."""


def shares(file: SweepFile, source: Path) -> dict[str, float]:
    """Return every run's share of the caps that are set.

    Raises InputError for a cap that leaves a run nothing.
    """
    found: dict[str, float] = {}
    for name in (*WHOLE, *PARTS):
        cap = getattr(file, name)
        if cap is None:
            continue
        share = cap // file.runs if name in WHOLE else _share(cap, file.runs)
        if not share:
            raise InputError(
                f"{source}: {name} {cap:,} leaves nothing for each of {file.runs:,} runs: "
                "raise it, or list fewer"
            )
        found[name] = share
    return found


def _share(amount: float, runs: int) -> float:
    return floor(amount * PRECISION / runs) / PRECISION
