"""What an exploration gives out at one head of the journal: files of a run, streams of a server."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from nodes.resources import Resources
from nodes.settings import Settings
from nodes.show.view import counts, whole_tree
from prompts.render import PROMPT_VERSION
from store.exploration import Exploration
from store.files.folder import ROWS, update_config, write_outputs
from store.files.writing import json_line

AT_ONCE = 500
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
        return whole_tree(self.outline, self.settings.search(self.outline))

    @property
    def name(self) -> str:
        """The domain's name, as the journal has it: lower-case letters, digits and hyphens."""
        return str(json.loads(self.outline.domain)["name"])

    @property
    def records(self) -> int:
        """How many records there are."""
        return self.outline.kept()

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a run's file of this name (dataset.jsonl, …), many at a time."""
        rows = iter(ROWS[name](self.resources.journal, self.head, self.outline))
        while group := list(islice(rows, AT_ONCE)):
            yield b"".join(map(json_line, group))

    def write(self, folder: Path, stats: Mapping[str, Any]) -> None:
        """Write the files of a run, as the command line leaves them."""
        config = {"domain": json.loads(self.outline.domain), "settings": {}}
        update_config(folder, config)
        journal, tree = self.resources.journal, self.tree
        write_outputs(folder, journal, self.head, self.outline, tree, dict(stats))


def statistics_of(
    exploration: Exploration, values: Mapping[str, Any], settings: Settings, *, finished: bool
) -> dict[str, Any]:
    """Return what stats.json says of an exploration whose state has these values."""
    return {
        **counts(exploration),
        "inherited": exploration.inherited(),
        "rejected_by_rule": dict(sorted(exploration.rejections.items())),
        **values["spent"],
        "stopped_by": values["stopped_by"],
        "finished": finished,
        "strategy": settings.strategy,
        "model": settings.model,
        "prompt_version": PROMPT_VERSION,
    }
