"""The filter where rows are compared within scopes: each scope has one shard, which holds it whole.

A shard judges its scopes as one process does (store/filter/index.py), so scopes share the work, and
one scope does not: who has one scope above all filters it by itself, without a scope.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import NamedTuple
from zlib import crc32

from store.filter.blocks import Asked
from store.filter.index import DiversityIndex
from store.filter.naming import name_of
from store.filter.sharded import IN_FLIGHT
from store.filter.verdict import Verdict
from work.shard import Change, Shard


class Entry(NamedTuple):
    """A text, what names it, and its scope."""

    text: str
    key: str
    scope: str


class Scopes:
    """The indexes of the scopes that a shard has, and the foreign texts, which all shards have."""

    def __init__(self, threshold: Fraction) -> None:
        self._threshold = threshold
        self._foreign: DiversityIndex | None = None
        self._indexes: dict[str, DiversityIndex] = {}

    def index(self, scope: str) -> DiversityIndex:
        """Return the index of a scope."""
        if scope not in self._indexes:
            self._indexes[scope] = DiversityIndex(self._threshold, against=self._foreign)
        return self._indexes[scope]

    def foreign(self) -> DiversityIndex:
        """Return the index of the foreign texts, which are there before the first scope is."""
        if self._foreign is None:
            self._foreign = DiversityIndex(self._threshold)
        return self._foreign


class ScopedIndex:
    """The indexes of all scopes, dealt out to shards, whose state is a `Scopes`."""

    def __init__(self, shards: Sequence[Shard[Scopes]]) -> None:
        self._shards = shards

    def add_foreign(self, blocks: Iterable[Asked]) -> None:
        """Add texts that must not be repeated."""
        for block in blocks:
            for shard in self._shards:
                shard.tell(keep_foreign, _entries(block))

    def admit(self, blocks: Iterable[Asked]) -> Iterator[list[Verdict]]:
        """Yield the verdicts on the texts of each block in turn; kept ones are added."""
        asked = map(self._judged, blocks)
        under_way = list(islice(asked, IN_FLIGHT))
        while under_way:
            judged = under_way.pop(0)
            under_way += islice(asked, 1)
            yield judged.verdicts()

    def _judged(self, block: Asked) -> "_Judged":
        shares: list[list[Entry]] = [[] for _ in self._shards]
        of = [crc32(scope.encode()) % len(shares) for scope in block.scopes]
        for entry, share in zip(_entries(block), of, strict=True):
            shares[share].append(entry)
        answers = [
            shard.ask(judge, share, change=partial(_change, share))
            for shard, share in zip(self._shards, shares, strict=True)
        ]
        return _Judged(of, answers)


class _Judged(NamedTuple):
    """Of each row of a block its shard, and what the shards will answer."""

    of: list[int]
    answers: list[Future[list[Verdict]]]

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts in the order of the rows."""
        answers = [iter(answer.result()) for answer in self.answers]
        return [next(answers[share]) for share in self.of]


def _change(entries: Sequence[Entry], verdicts: Sequence[Verdict]) -> Change:
    """Return what makes the change again that judging made."""
    pairs = zip(entries, verdicts, strict=True)
    return keep, [entry for entry, verdict in pairs if verdict.kept]


def judge(scopes: Scopes, entries: Sequence[Entry]) -> list[Verdict]:
    """Return the verdict on each text in turn, and add it where it is kept."""
    rows: dict[str, list[int]] = {}
    for row, entry in enumerate(entries):
        rows.setdefault(entry.scope, []).append(row)
    found: dict[int, Verdict] = {}
    for scope, members in rows.items():
        texts, keys = ([entries[row][part] for row in members] for part in range(2))
        verdicts = scopes.index(scope).admit_many(texts, keys)
        found.update(zip(members, verdicts, strict=True))
    return [found[row] for row in range(len(entries))]


def keep(scopes: Scopes, entries: Sequence[Entry]) -> None:
    """Add texts that were kept."""
    for entry in entries:
        scopes.index(entry.scope).add(entry.text, entry.key)


def keep_foreign(scopes: Scopes, entries: Sequence[Entry]) -> None:
    """Add texts that must not be repeated."""
    for entry in entries:
        scopes.foreign().add(entry.text, entry.key)


def _entries(block: Asked) -> list[Entry]:
    names = map(name_of, block.keys)
    return [Entry(*row) for row in zip(block.texts, names, block.scopes, strict=True)]
