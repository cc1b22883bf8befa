"""How near the instructions are to each other, by ROUGE-L."""

from functools import partial
from typing import Any

from report.analysis import Analysis
from report.counting import histogram
from report.measure import Measure, Measures, Row
from report.overlap import Floats
from report.sampling import Drawn, estimated_highest, estimated_mean


def _rouge_l(found: Analysis) -> dict[str, Any]:
    mean, highest = found.overlaps.mean, found.overlaps.highest
    if found.overlaps.floor is not None and found.overlaps.drawn is not None:
        return _from_floor(highest, found.overlaps.drawn, found.overlaps.floor)
    many = max(len(mean), 1)
    return {
        "mean": float(mean.sum()) / many,
        "mean_of_highest": float(highest.sum()) / many,
        "histogram_of_means": histogram(mean.tolist()),
        "histogram_of_highest": histogram(highest.tolist()),
    }


def _from_floor(highest: Floats, drawn: Drawn, floor: float) -> dict[str, Any]:
    """Return the estimated means with their errors, and how many lie below the floor.

    The histograms are those of the drawn means, and of the highest from the floor on.
    """
    mean = estimated_mean(drawn.mean, len(highest))
    nearest = estimated_highest(highest, drawn, floor)
    return {
        "mean": mean.value,
        "mean_error": mean.error,
        "mean_of_highest": nearest.value,
        "mean_of_highest_error": nearest.error,
        "drawn": len(drawn.places),
        "floor": floor,
        "below_floor": int((highest < floor).sum()),
        "histogram_of_means": histogram(drawn.mean.tolist()),
        "histogram_of_highest": histogram(highest[highest >= floor].tolist()),
    }


def _words(part: str, measures: Measures) -> str:
    """Return the overlap, with its error where it has one; a single record has none."""
    found = measures["rouge_l"]
    if measures["records"] < 2:
        return ""
    error = found.get(f"{part}_error", 0.0)
    return f"{found[part]:.3f}" + (f" ± {max(error, 0.001):.3f}" if error else "")


def _below(measures: Measures) -> str:
    """Return how many instructions have no other near them, where such are not told apart."""
    found = measures["rouge_l"]
    share = found["below_floor"] / max(measures["records"], 1)
    return f"{found['below_floor']:,} ({share:.1%}) < {found['floor']:g}"


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
        Row(
            "Without a near other",
            _below,
            "Instructions whose highest ROUGE-L lies below the floor; from the floor on it is "
            "exact. A mean with ± is that of instructions drawn at random, each compared with all "
            "others: the mean of all lies within ± in 95 of 100 such draws.",
        ),
    ),
)
