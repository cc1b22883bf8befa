"""What an exploration gives out at one head of the journal: files of a run, streams of a server."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from nodes.questions import prompt_version
from nodes.resources import Resources, domain_of
from nodes.settings import Settings
from nodes.show.view import counts, unseen_view, whole_tree
from store.exploration import Exploration
from store.files.folder import ROWS, write_outputs
from store.files.writing import json_line
from store.journal.log import Journal

AT_ONCE = 500
"""Rows that are sent together."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One exploration as it stood at `head`."""

    journal: Journal
    head: str
    settings: Settings
    outline: Exploration

    @classmethod
    def at(cls, resources: Resources, head: str, settings: Settings) -> "Exported":
        """Read what is known at `head`. Raises RunError where the journal has no such head."""
        return cls(resources.journal, head, settings, resources.outline(head, settings))

    @property
    def tree(self) -> dict[str, Any]:
        """The whole tree as node-link data, as in a run's tree.json."""
        return whole_tree(self.outline, self.settings.search(self.outline))

    @property
    def domain(self) -> dict[str, Any]:
        """The domain, as the journal has it; its name is lower-case letters, digits and hyphens."""
        domain: dict[str, Any] = json.loads(self.outline.domain)
        return domain

    @property
    def records(self) -> int:
        """How many records there are."""
        return self.outline.kept()

    def stats(self, values: Mapping[str, Any], *, finished: bool) -> dict[str, Any]:
        """Return what stats.json says of an exploration whose state has these values."""
        return {
            **counts(self.outline),
            "inherited": self.outline.inherited(),
            "unseen": unseen_view(self.outline),
            "rejected_by_rule": dict(sorted(self.outline.rejections.items())),
            **values["spent"],
            "stopped_by": values["stopped_by"],
            "finished": finished,
            "strategy": self.settings.strategy,
            "model": self.settings.model,
            "prompt_version": prompt_version(domain_of(self.outline), self.settings),
        }

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a run's file of this name (dataset.jsonl, …), many at a time."""
        rows = iter(ROWS[name](self.journal, self.head, self.outline))
        while group := list(islice(rows, AT_ONCE)):
            yield b"".join(map(json_line, group))

    def write(self, folder: Path, stats: dict[str, Any]) -> None:
        """Write the files of a run that follow from its journal."""
        write_outputs(folder, self.journal, self.head, self.outline, self.tree, stats)
