"""The tiles that a page opens with: what they say, and that the table says the same."""

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from record import record_of
from report.analysis import Measuring
from report.measures import MEASURES
from report.measuring import analyse
from report.summary import lines, tiles
from store.files.data_set import DataSet, Rejection, Stats, read_data_set
from tests.report.samples import HOSTILE, hostile_folder, record
from tests.running import SMALL, run_scripted

NUMBER = re.compile(r"\d(?:[\d,.]*\d)?")


def measured(*sets: DataSet) -> list[dict[str, Any]]:
    return [analyse(data, Measuring(Fraction(7, 10), None)).measures for data in sets]


def told(
    texts: Sequence[str], stats: Stats | None = None, rejections: Sequence[Rejection] = ()
) -> dict[str, tuple[str, str]]:
    records = [record_of(record(text)) for text in texts]
    data = DataSet("d", "d", records, rejections, stats=stats)
    found = tiles(measured(data))
    return {tile.name: (tile.figures[0].value, tile.figures[0].beside) for tile in found}


def test_the_tiles_of_a_run_say_what_its_table_says(tmp_path: Path) -> None:
    run_scripted(tmp_path / "run", SMALL.model_copy(update={"judge_model": "scripted:judge"}))
    sets = measured(
        read_data_set(tmp_path / "run"), read_data_set(hostile_folder(tmp_path / "hostile"))
    )
    table = [
        " ".join(column) for column in zip(*(line.values for line in lines(sets)), strict=True)
    ]
    found = list(tiles(sets))
    names = {name for measure in MEASURES for name in measure.tiles}
    assert {tile.name for tile in found} == names - {"Verb-noun pairs", "Questions covered"}
    for tile in found:
        for figure, known in zip(tile.figures, table, strict=True):
            numbers = set(NUMBER.findall(re.sub(r"of [\d,]+ proposed", "", figure.beside)))
            assert {*NUMBER.findall(figure.value), *numbers} <= set(NUMBER.findall(known))


def test_the_pairs_are_counted_in_the_instructions_that_have_one() -> None:
    (found,) = measured(DataSet("d", "d", [record_of(record("Write a poem"))]))
    pairs = {"unique": 33, "with_object": 1}
    (tile,) = (t for t in tiles([found | {"verb_noun": pairs}]) if t.name == "Verb-noun pairs")
    assert (tile.figures[0].value, tile.figures[0].beside) == ("33", "in 1 instruction")


def test_data_without_a_run_has_no_costs() -> None:
    assert told(["one", "two"]) == {"Records": ("2", ""), "Repeats": ("0.0%", "0 at ROUGE-L 0.7")}


@pytest.mark.parametrize(
    ("usd", "beside"), [(None, "price unknown"), (0.0, "no cost"), (0.5, "$0.25000")]
)
def test_dollars_stand_beside_tokens(usd: float | None, beside: str) -> None:
    stats = Stats(records=2, calls=4, prompt_tokens=90, completion_tokens=10, usd=usd)
    assert told(["one", "two"], stats)["Tokens for a record"] == ("50", beside)


def test_why_a_run_stopped_stands_beside_what_it_took() -> None:
    took = "4 calls, 0 tokens, 1 min 5 s"
    assert told(["one"], Stats(calls=4, seconds=65))["Stopped by"] == ("no cap", took)
    capped = Stats(calls=4, seconds=65, stopped_by="max_calls")
    assert told(["one"], capped)["Stopped by"] == ("max_calls", took)


def test_what_was_inherited_was_not_proposed() -> None:
    rejected = [Rejection(kind="record", rule="copy"), Rejection(kind="task", rule="copy")]
    stats = Stats(records=3, inherited=2, calls=1)
    found = told("abc", stats, rejected)
    assert found["Records"] == ("3", "2 of them inherited")
    assert found["Rejected"] == ("50.0%", "1 record, 1 task")
    assert told("abc", None, rejected)["Records"] == ("3", "of 4 proposed")


def test_a_run_that_kept_nothing_has_a_rejected_share() -> None:
    rejected = [Rejection(kind="record", rule="copy")] * 4
    found = told([], Stats(calls=4), rejected)
    assert found["Rejected"] == ("100.0%", "4 records")
    assert "Tokens for a record" not in found


def test_a_damaged_count_of_inherited_records_breaks_nothing() -> None:
    rejected = [Rejection(kind="record", rule="copy")]
    assert "Rejected" not in told("ab", Stats(inherited=9, calls=1), rejected)


def test_a_tile_has_a_place_for_every_set() -> None:
    texts = [record_of(record(text)) for text in HOSTILE]
    sets = measured(DataSet("a", "a", texts, stats=Stats(calls=1)), DataSet("b", "b", texts))
    assert all(len(tile.figures) == 2 for tile in tiles(sets))
    (stopped,) = (tile for tile in tiles(sets) if tile.name == "Stopped by")
    assert [figure.value for figure in stopped.figures] == ["no cap", ""]
