"""Which depths and branches of a run's tree have nothing new to offer."""

from dataclasses import asdict
from typing import Any

from report.analysis import Analysis
from report.measure import Measure
from report.saturation import by_branch, by_depth


def _saturation(found: Analysis) -> dict[str, Any] | None:
    tasks = found.data.tasks
    if not any(task.status for task in tasks):
        return None
    return {
        "by_depth": [asdict(part) for part in by_depth(tasks)],
        "by_branch": [asdict(part) for part in by_branch(tasks)],
    }


SATURATION = Measure("saturation", _saturation)
