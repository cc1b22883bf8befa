"""What the server gives out of one exploration, at one head of the journal: pages and streams."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from nodes.resources import Resources
from nodes.settings import Settings
from store.calls import call_rows
from store.exploration import Exploration
from store.export import json_line
from store.folder import dataset_rows, rejection_rows
from store.summary import counts, whole_tree

ROWS = 500
"""Rows that are sent together."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One exploration as it stood at `head`."""

    resources: Resources
    head: str
    settings: Settings
    outline: Exploration

    @classmethod
    def at(cls, resources: Resources, head: str, settings: Settings) -> "Exported":
        """Read what is known at `head`. Raises RunError where the journal has no such head."""
        return cls(resources, head, settings, resources.outline(head, settings))

    @property
    def tree(self) -> dict[str, Any]:
        """The whole tree as node-link data, as in a run's tree.json."""
        return whole_tree(self.outline, self.settings.limits)

    @property
    def counts(self) -> dict[str, int]:
        """How many tasks, records and rejections there are."""
        return counts(self.outline)

    def dataset(self) -> Iterator[bytes]:
        """Yield the lines of dataset.jsonl, many at a time."""
        return _lines(dataset_rows(self.resources.journal, self.head, self.outline))

    def rejected(self) -> Iterator[bytes]:
        """Yield the lines of rejected.jsonl, many at a time."""
        return _lines(rejection_rows(self.resources.journal, self.head, self.outline))

    def calls(self) -> Iterator[bytes]:
        """Yield the lines of calls.jsonl, many at a time."""
        return _lines(call_rows(self.resources.journal, self.head, self.outline))


def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    left = iter(rows)
    while group := list(islice(left, ROWS)):
        yield b"".join(map(json_line, group))
