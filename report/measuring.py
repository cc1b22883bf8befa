"""Measures data sets: what is found in each of them, then every measure of the table."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from report.analysis import Analysis, Measuring
from report.counting import kept_in_order
from report.equal import Equal, equal_effort
from report.measures import MEASURES
from report.overlap import overlaps
from report.parsers import parser_for
from report.vectors import embedded, text_of
from store.files.data_set import DataSet

Advance = Callable[[int], None]
"""Called with how many pairs of instructions were compared."""


def analyse(data: DataSet, how: Measuring, advance: Advance = lambda _: None) -> Analysis:
    """Return the analysis of a data set that stands alone."""
    return analyse_all([data], how, advance)[0]


def analyse_all(
    sets: Sequence[DataSet], how: Measuring, advance: Advance = lambda _: None
) -> list[Analysis]:
    """Return the analyses of data sets that are shown side by side."""
    equal = equal_effort(sets)
    found = [_found(data, how, equal, advance) for data in sets]
    return [replace(one, measures={m.name: m.of(one) for m in MEASURES}) for one in found]


def _found(data: DataSet, how: Measuring, equal: Equal | None, advance: Advance) -> Analysis:
    instructions = [record.instruction for record in data.records]
    kept = kept_in_order(instructions, how.threshold)
    overlap = overlaps(instructions, advance)
    parser, missing = parser_for(data, how.parser, chosen=how.chosen)
    pairs = None if parser is None else list(parser.pairs(instructions))
    known = how.embeddings
    vectors = None if known is None else embedded(map(text_of, data.records), known)
    return Analysis(
        data, how.threshold, kept, overlap, parser, pairs, missing, vectors, how.questions, equal
    )
