"""What is found in a data set, record by record, and what its measures are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from langchain_core.embeddings import Embeddings

from report.equal import Equal
from report.overlap import Overlaps
from report.vectors import Vectors
from report.verb_noun import Pair, Parser
from store.files.data_set import DataSet
from work.team import Team

FLOOR = 0.5
"""The least highest overlap that is told of each of very many records."""

SAMPLE_ABOVE = 50_000
"""Up to so many records every pair is compared, half a minute on two cores."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions of real people, and the cosine from which on a record covers one.

    `vectors` has a row for each text, of the same embeddings as the records'.
    """

    name: str
    texts: Sequence[str]
    vectors: Vectors
    cosine: float


@dataclass(frozen=True, slots=True)
class Measuring:
    """How to measure: the filter's threshold, the parser and whether a person chose it.

    Without embeddings what needs them is left out; `questions` need them. `floor` is the overlap
    from which on highest ones are told: by itself all are, up to `sample_above` records; above,
    those from FLOOR on, and means are sampled. A team shares the work.
    """

    threshold: Fraction
    parser: Parser | None
    chosen: bool = False
    embeddings: Embeddings | None = None
    questions: Questions | None = None
    floor: float | None = None
    sample_above: int = SAMPLE_ABOVE
    team: Team | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """A data set, what was found for each record by position, and its measures (plain JSON).

    `kept` says which of the instructions the filter would keep at `threshold`, reading them in
    order. `pairs` is None where no parser fits; `missing` then says why. `vectors` is None without
    embeddings. `equal` is None for a data set that is measured alone.
    """

    data: DataSet
    threshold: Fraction
    kept: Sequence[bool]
    overlaps: Overlaps
    parser: Parser | None
    pairs: Sequence[Pair | None] | None
    missing: str | None
    vectors: Vectors | None = None
    questions: Questions | None = None
    equal: Equal | None = None
    measures: dict[str, Any] = field(default_factory=dict)
