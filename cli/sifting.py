"""Who judges the rows of `filter`: this process, or the workers of a team."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from fractions import Fraction
from functools import partial
from typing import Protocol, TypeVar

from cli.checks import exact
from cli.requests import FilterRequest
from errors import InputError
from store.files.rows import BadRow, Row
from store.filter.index import DiversityIndex
from store.filter.paraphrases import Paraphrases
from store.filter.part import Part
from store.filter.scoped import ScopedIndex, Scopes
from store.filter.sharded import ShardedIndex
from store.filter.sift import Sifted, in_blocks, name_of_row, sift, sift_shared
from work.shard import Shard
from work.team import Team

State = TypeVar("State")

ALL = "all"
"""The scope in which all rows are compared with each other."""


class Sifter(Protocol):
    """Judges rows by those before them."""

    def add_foreign(self, rows: Iterable[Row]) -> None:
        """Add rows that must not be repeated, before any is judged."""

    def sift(self, rows: Iterable[Row | BadRow]) -> Iterator[Sifted]:
        """Yield every row with its verdict, in order."""


def check_judging(request: FilterRequest) -> None:
    """Raise InputError for thresholds out of range, and for what workers cannot share."""
    _index(request)
    if request.semantic_threshold is not None and (request.ray or (request.workers or 1) > 1):
        raise InputError(
            "--semantic-threshold is judged by one process: leave out --workers and --ray, or "
            "filter by ROUGE-L with them first, and what is kept by meaning afterwards"
        )


@contextmanager
def sifter(request: FilterRequest, team: Team | None) -> Iterator[Sifter]:
    """Give who judges; the shards on a team end with the block."""
    if team is None:
        yield _Alone(request)
        return
    threshold = exact(request.threshold)
    with ExitStack() as shards:

        def started(make: Callable[[Fraction], State]) -> list[Shard[State]]:
            new = partial(Shard, team, partial(make, threshold))
            return [shards.enter_context(closing(new())) for _ in range(team.number)]

        if request.scope == ALL:
            yield _Shared(ShardedIndex(started(Part), threshold))
        else:
            yield _Shared(ScopedIndex(started(Scopes)))


class _Alone:
    """Judges in this process."""

    def __init__(self, request: FilterRequest) -> None:
        self._request = request
        self._foreign: DiversityIndex | None = None

    def add_foreign(self, rows: Iterable[Row]) -> None:
        self._foreign = _index(self._request)
        for row in rows:
            self._foreign.add(row.text, name_of_row(row))

    def sift(self, rows: Iterable[Row | BadRow]) -> Iterator[Sifted]:
        return sift(rows, lambda: _index(self._request, self._foreign))


class _Shared:
    """Judges by an index that workers share."""

    def __init__(self, index: ShardedIndex | ScopedIndex) -> None:
        self._index = index

    def add_foreign(self, rows: Iterable[Row]) -> None:
        self._index.add_foreign(in_blocks(rows))

    def sift(self, rows: Iterable[Row | BadRow]) -> Iterator[Sifted]:
        return sift_shared(rows, self._index)


def _index(request: FilterRequest, against: DiversityIndex | None = None) -> DiversityIndex:
    paraphrases = None
    if request.semantic_threshold is not None:
        from models.embeddings import embeddings  # noqa: PLC0415 - slow, and seldom needed

        paraphrases = Paraphrases(embeddings(), request.semantic_threshold)
    return DiversityIndex(exact(request.threshold), against=against, paraphrases=paraphrases)
