"""What an output format is: a file for each part of the records, or a folder with all parts.

A record is a row of dataset.jsonl: id, instruction, input, output, task, path (names from the root
to the task), depth, model, nearest_id, nearest_rouge_l, call, and messages, system, reasoning,
rejected_output where it has them. A format takes the rows as a stream
and writes the same bytes for the same rows. What it writes appears when it is whole.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNKNOWN = "unknown"
"""The Hub's word for a licence that nobody named."""

Row = Mapping[str, Any]
Rows = Iterable[Row]


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a data card says of the records, beside their number.

    `config` and `stats` are what the run's config.yaml and stats.json say, `steps` what was done to
    its records before they were written.
    """

    config: Mapping[str, Any]
    stats: Mapping[str, Any]
    license_id: str = UNKNOWN
    steps: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format of one file; `write` returns how many records it wrote.

    A file with another data's suffix than these is refused; none: any is taken. Records without
    the part that it `needs` are left out.
    """

    write: Callable[[Path, Rows], int]
    suffixes: Sequence[str] = ()
    needs: str = ""


@dataclass(frozen=True, slots=True)
class FolderFormat:
    """A format of a folder with a data card; `write` gets the parts by name, returns their sizes.

    It raises InputError where the folder cannot be made or is in use.
    """

    write: Callable[[Path, Mapping[str, Rows], CardFacts], dict[str, int]]
