"""The records that the filter would drop."""

from typing import Any

from report.analysis import Analysis
from report.measure import Measure, Measures, Row, TileFigure


def _repeats(found: Analysis) -> dict[str, Any]:
    count, total = found.kept.count(False), len(found.kept)
    threshold = float(found.threshold)
    return {"threshold": threshold, "count": count, "share": count / max(total, 1)}


def _words(measures: Measures) -> str:
    found = measures["repeats"]
    return f"{found['count']:,} ({found['share']:.1%}) at {found['threshold']:g}"


def _tile(measures: Measures) -> TileFigure:
    found = measures["repeats"]
    beside = f"{found['count']:,} at ROUGE-L {found['threshold']:g}"
    return TileFigure(f"{found['share']:.1%}", beside)


REPEATS = Measure(
    "repeats",
    _repeats,
    rows=(
        Row(
            "Repeats",
            _words,
            "Instructions that the filter would drop, reading the data in order: their ROUGE-L "
            "with one before them reaches the threshold; of texts without letters or digits, equal "
            "ones.",
        ),
    ),
    tiles={"Repeats": _tile},
)
