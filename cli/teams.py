"""The options --workers and --ray: who does the work of a command."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer

from errors import InputError
from work.team import Team

_MOST, _MOST_EACH = 64, 8
"""So many workers may be started, or so many for each processor."""
_TURN = 0.0002
"""Seconds after which one thread lets another go on: the usual 5 ms keep workers waiting."""

WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", min=1, help="Processes that share the work; none: 1."),
]
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray", metavar="ADDRESS", help="Workers on Ray: local, auto, or the head's HOST:PORT."
    ),
]


@contextmanager
def team_of(workers: int | None, ray: str | None) -> Iterator[Team | None]:
    """Give the team that was asked for; None where this process works alone.

    Raises InputError where there is no such cluster.
    """
    if ray is not None:
        from work.on_ray import team  # noqa: PLC0415 - no other command shall import it

        with _quick_turns(), team(ray, workers) as on_ray:
            yield on_ray
    elif workers is None or workers == 1:
        yield None
    else:
        _check_number(workers)
        from work.workers import Workers  # noqa: PLC0415 - as slow as its processes

        with _quick_turns(), closing(Workers(workers)) as here:
            yield here


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Within its block the threads that ask workers wait for no other thread for long."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _check_number(workers: int) -> None:
    """Raise InputError for far more workers than there are processors: each is a process."""
    processors = os.cpu_count() or 1
    most = max(_MOST, _MOST_EACH * processors)
    if workers > most:
        raise InputError(
            f"--workers {workers}: more than {most} are not started here, where {processors} "
            f"processors are; --workers {processors} is the fastest"
        )
