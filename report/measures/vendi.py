"""The Vendi score of the records: how many wholly different ones would be as diverse.

Friedman and Dieng, 2023 (arXiv 2210.02410): the exponential of the entropy of the eigenvalues of
K/n, where K holds the cosines of all pairs. The matrix XᵀX of the vectors' parts has the same ones
other than 0. It is as wide as a vector is long, so that time and memory grow with n, not its
square. (The authors' package needs SciPy and scikit-learn for these lines.)
"""

from collections.abc import Iterator
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from report.analysis import Analysis
from report.equal import Places, samples
from report.measure import Measure, Measures, Row
from report.measures.equal import DRAWN, at_equal, rows_at_equal
from report.vectors import Vectors

_AT_ONCE = 4096
_DIGITS = 6  # the digits behind them depend on the order in which a machine adds


def vendi_score(vectors: Vectors) -> float | None:
    """Return the score of these vectors of length 1: 1 where all are equal, at most their number.

    Vectors of length 0, of which nothing is known, do not count; without others there is no score.
    """
    known = np.flatnonzero(vectors.any(axis=1))
    if not len(known):
        return None
    gram = sum(block.T @ block for block in _blocks(vectors, known))
    values = np.linalg.eigvalsh(gram / len(known))
    shares = values[values > 0]
    return round(float(np.exp(-(shares * np.log(shares)).sum())), _DIGITS)


def _blocks(vectors: Vectors, known: Places) -> Iterator[npt.NDArray[np.float64]]:
    """Yield the known vectors in blocks of rows; where they are few, their parts."""
    if len(known) < vectors.shape[1]:
        yield vectors[known].T.astype(np.float64)
        return
    for start in range(0, len(known), _AT_ONCE):
        yield vectors[known[start : start + _AT_ONCE]].astype(np.float64)


def _vendi(found: Analysis) -> dict[str, Any] | None:
    vectors = found.vectors
    if vectors is None:
        return None

    def of_sample(size: int) -> float | None:
        drawn = (vendi_score(vectors[places]) for places in samples(len(vectors), size))
        scores = [score for score in drawn if score is not None]
        return fmean(scores) if scores else None

    equal = at_equal(found, of_sample, lambda places: vendi_score(vectors[places]))
    return {"score": vendi_score(vectors), **equal}


def _words(measures: Measures) -> str:
    return f"{measures['vendi']['score']:,.2f}"


VENDI = Measure(
    "vendi",
    _vendi,
    rows=(
        Row(
            "Vendi score",
            _words,
            "So many records that have nothing in common would be as diverse, by the cosines of "
            "the embeddings of instruction and input (Friedman and Dieng 2023).",
        ),
        *rows_at_equal("Vendi score", "vendi", ",.2f", DRAWN),
    ),
)
