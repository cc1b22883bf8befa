"""How the records lie over the branches of the task tree."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from record import Record
from report.analysis import Analysis
from report.counting import by_count, spread
from report.measure import Measure, Measures, Row


def _branches(found: Analysis) -> dict[str, Any]:
    records = found.data.records
    depth = 0 if len(roots_of(records)) > 1 else 1
    named = by_count(branch_of(record, depth) for record in records)
    return {"count": len(named), **asdict(spread(named)), "records": named}


def roots_of(records: Iterable[Record]) -> set[str]:
    """Return the names that the records' paths begin with."""
    return {record.path[0] for record in records if record.path}


def branch_of(record: Record, depth: int) -> str:
    """Return the name at this depth of the record's path; the root's or the task's name else."""
    return record.path[depth] if len(record.path) > depth else (*record.path, record.task)[0]


def _words(measures: Measures) -> str:
    count, evenness = (measures["branches"][part] for part in ("count", "evenness"))
    if not count:
        return ""
    return f"{count:,}" if evenness is None else f"{count:,}, {evenness:.2f}"


BRANCHES = Measure(
    "branches",
    _branches,
    rows=(
        Row(
            "Branches, evenness",
            _words,
            "The root's children, and the root where it has records of its own. The entropy of the "
            "records over them, as a share of the most possible: 1 is perfectly even.",
        ),
    ),
)
