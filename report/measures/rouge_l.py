"""How near the instructions are to each other, by ROUGE-L."""

from functools import partial
from typing import Any

from report.analysis import Analysis
from report.counting import histogram
from report.measure import Measure, Measures, Row


def _rouge_l(found: Analysis) -> dict[str, Any]:
    mean, highest = found.overlaps.mean, found.overlaps.highest
    many = max(len(mean), 1)
    return {
        "mean": float(mean.sum()) / many,
        "mean_of_highest": float(highest.sum()) / many,
        "histogram_of_means": histogram(mean.tolist()),
        "histogram_of_highest": histogram(highest.tolist()),
    }


def _words(part: str, measures: Measures) -> str:
    """Return the overlap; a single record has none."""
    return f"{measures['rouge_l'][part]:.3f}" if measures["records"] > 1 else ""


ROUGE_L = Measure(
    "rouge_l",
    _rouge_l,
    rows=(
        Row(
            "ROUGE-L with all others",
            partial(_words, "mean"),
            "The words that two instructions have in common, in their order, as a share of both: "
            "1 is the same text, 0 nothing. The mean over all pairs; lower is more diverse.",
        ),
        Row(
            "ROUGE-L with the nearest other",
            partial(_words, "mean_of_highest"),
            "The mean of every instruction's highest.",
        ),
    ),
)
