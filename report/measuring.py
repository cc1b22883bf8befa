"""Measures data sets: what is found in each of them, then every measure of the table."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from report.analysis import FLOOR, Analysis, Measuring
from report.counting import kept_in_order
from report.equal import Equal, equal_effort
from report.measures import MEASURES
from report.overlap import Overlaps, overlaps, overlaps_from
from report.parsers import parser_for
from report.parsing import pairs_of
from report.sampling import DRAWS
from report.vectors import embedded, text_of
from store.files.data_set import DataSet

Advance = Callable[[str, float], None]
"""Called with a step and the share of it that was done, of one data set."""

COMPARING, PARSING = "Comparing all instructions", "Parsing them"


def unseen(_step: str, _share: float) -> None:
    """Show nothing."""


def analyse(data: DataSet, how: Measuring, advance: Advance = unseen) -> Analysis:
    """Return the analysis of a data set that stands alone."""
    return analyse_all([data], how, advance)[0]


def analyse_all(
    sets: Sequence[DataSet], how: Measuring, advance: Advance = unseen
) -> list[Analysis]:
    """Return the analyses of data sets that are shown side by side."""
    equal = equal_effort(sets)
    found = [_found(data, how, equal, advance) for data in sets]
    return [replace(one, measures={m.name: m.of(one) for m in MEASURES}) for one in found]


def _found(data: DataSet, how: Measuring, equal: Equal | None, advance: Advance) -> Analysis:
    instructions = [record.instruction for record in data.records]
    kept = _kept_meanwhile(instructions, how)
    overlap = _overlaps(instructions, how, advance)
    parser, missing = parser_for(data, how.parser, chosen=how.chosen)
    pairs = None
    if parser is not None:
        pairs = pairs_of(parser, instructions, how.team, partial(advance, PARSING))
    known = how.embeddings
    texts = [] if known is None else [text_of(record) for record in data.records]
    vectors = None if known is None else embedded(texts, known, how.team)
    return Analysis(
        data, how.threshold, kept(), overlap, parser, pairs, missing, vectors, how.questions, equal
    )


def _overlaps(texts: Sequence[str], how: Measuring, advance: Advance) -> Overlaps:
    """Return the overlaps of all with all; of very many, and with a floor, only what is asked."""
    compared = partial(advance, COMPARING)
    is_sampled = len(texts) > how.sample_above
    if not is_sampled and how.floor is None:
        return overlaps(texts, compared)
    floor = FLOOR if how.floor is None else how.floor
    draws = DRAWS if is_sampled else len(texts)
    return overlaps_from(floor, texts, draws=draws, team=how.team, advance=compared)


def _kept_meanwhile(texts: Sequence[str], how: Measuring) -> Callable[[], Sequence[bool]]:
    """Return what tells which texts the filter keeps.

    A text is judged by those before it, so that is one piece: a worker does it beside the others.
    """
    if how.team is None:
        kept = kept_in_order(texts, how.threshold)
        return lambda: kept
    return how.team.submit(_kept, (texts, how.threshold)).result


def _kept(piece: tuple[Sequence[str], Fraction]) -> list[bool]:
    return kept_in_order(*piece)
