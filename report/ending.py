"""What a run's folder gets when the run has ended: report.html, and statistics in stats.json."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from langchain_core.embeddings import Embeddings

from report.analysis import Measuring
from report.measuring import Advance, analyse, unseen
from report.page import page
from report.parsers import open_parser
from store.files.data_set import read_data_set
from store.files.folder import REPORT, STATS
from store.files.writing import write_text


def write_report(
    folder: Path,
    threshold: Fraction,
    embeddings: Embeddings | None = None,
    advance: Advance = unseen,
) -> Path:
    """Write the report of a run's folder, and the paper's statistics into its stats.json.

    Returns the page's path. Without spaCy, verbs and nouns are left out with a note; without
    embeddings, the Vendi score. `advance` is called as the work goes on. Raises InputError where
    the folder's files cannot be read, RunError where one cannot be written.
    """
    how = Measuring(threshold, open_parser(), embeddings=embeddings)
    found = analyse(read_data_set(folder), how, advance)
    write_text(folder / REPORT, page([found]))
    stats = json.loads((folder / STATS).read_bytes()) | {"statistics": statistics(found.measures)}
    write_text(folder / STATS, json.dumps(stats, ensure_ascii=False, indent=1) + "\n")
    return folder / REPORT


def statistics(measures: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the paper's statistics (figures 1 and 7) and the Vendi score, None if left out."""
    pairs = measures["verb_noun"] or dict.fromkeys(("unique", "mean", "deviation"))
    return {
        "verb_noun_pairs": pairs["unique"],
        "verb_noun_mean": pairs["mean"],
        "verb_noun_deviation": pairs["deviation"],
        "rouge_l_mean": measures["rouge_l"]["mean"],
        "rouge_l_mean_of_highest": measures["rouge_l"]["mean_of_highest"],
        "vendi_score": measures["vendi"] and measures["vendi"]["score"],
    }
