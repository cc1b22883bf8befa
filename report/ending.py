"""What a run's folder gets when the run has ended: report.html, and statistics in stats.json."""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from report.analysis import Measuring, analyse
from report.page import page
from report.parsers import open_parser
from store.files.data_set import read_data_set
from store.files.folder import REPORT, STATS
from store.files.writing import write_text

Advance = Callable[[int], None]


def write_report(folder: Path, threshold: Fraction, advance: Advance = lambda _: None) -> Path:
    """Write the report of a run's folder, and the paper's statistics into its stats.json.

    Returns the page's path. Without spaCy, verbs and nouns are left out with a note. `advance` is
    called with how many pairs of instructions were compared. Raises InputError where the folder's
    files cannot be read, RunError where one cannot be written.
    """
    found = analyse(read_data_set(folder), Measuring(threshold, open_parser()), advance)
    write_text(folder / REPORT, page([found]))
    stats = json.loads((folder / STATS).read_bytes()) | {"statistics": statistics(found.measures)}
    write_text(folder / STATS, json.dumps(stats, ensure_ascii=False, indent=1) + "\n")
    return folder / REPORT


def statistics(measures: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the paper's statistics (figures 1 and 7); those of pairs are None if left out."""
    pairs = measures["verb_noun"] or dict.fromkeys(("unique", "mean", "deviation"))
    return {
        "verb_noun_pairs": pairs["unique"],
        "verb_noun_mean": pairs["mean"],
        "verb_noun_deviation": pairs["deviation"],
        "rouge_l_mean": measures["rouge_l"]["mean"],
        "rouge_l_mean_of_highest": measures["rouge_l"]["mean_of_highest"],
    }
