"""The options --workers and --ray: who does the work of a command."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer

from work.team import Team

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

        with team(ray, workers) as on_ray:
            yield on_ray
    elif workers is None or workers == 1:
        yield None
    else:
        from work.workers import Workers  # noqa: PLC0415 - as slow as its processes

        with closing(Workers(workers)) as here:
            yield here
