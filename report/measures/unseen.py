"""How many tasks a run is likely to have left to find, as its stats say."""

from report.analysis import Analysis
from report.measure import Measure, Measures, Row
from words import still_to_find


def _unseen(found: Analysis) -> dict[str, int] | None:
    stats = found.data.stats
    return stats.unseen.model_dump() if stats and stats.unseen else None


def _words(measures: Measures) -> str:
    return still_to_find(**measures["unseen"])


UNSEEN = Measure(
    "unseen",
    _unseen,
    rows=(
        Row(
            "Tasks not found",
            _words,
            "Different tasks that the tree does not name yet. The interval held the truth in nine "
            "of ten simulated domains; of a real domain read it as an order of magnitude.",
        ),
    ),
)
