"""The table of measures: a row in it is all that a new measure needs."""

import json
import re
from collections.abc import Sequence

import pytest

from cli import analyze
from record import Record
from report import measuring, summary
from report.measure import Measure, Row, TileFigure
from report.measures import MEASURES
from report.page import page
from report.summary import lines, tiles
from store.files.data_set import DataSet
from tests.report.measures.measured import measured
from tests.report.test_page import MEASURING

TOY = Measure(
    "without_input",
    lambda found: sum(not record.input for record in found.data.records),
    rows=(Row("Without an input", lambda m: f"{m['without_input']:,}", "No input."),),
    tiles={"Alone": lambda m: TileFigure(f"{m['without_input']:,}", "without an input")},
)


@pytest.fixture
def with_toy(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (measuring, summary):
        monkeypatch.setattr(module, "MEASURES", (*MEASURES, TOY))


@pytest.mark.usefixtures("with_toy")
def test_a_new_measure_is_seen_everywhere() -> None:
    sets = measured(["a", "b"], ["a"])
    assert [one["without_input"] for one in sets] == [2, 1]
    assert list(lines(sets))[-1].values == ["2", "1"]
    assert list(tiles(sets))[-1].figures[0] == TileFigure("2", "without an input")
    data = DataSet("d", "d", [Record("a")])
    found = measuring.analyse(data, MEASURING)
    assert "Without an input<small>No input.</small>" in page([found])
    assert re.search(r"^Without an input +1$", analyze._table([found]), re.MULTILINE)


def test_names_are_unique_and_values_plain_json() -> None:
    def names(parts: Sequence[Sequence[str]]) -> list[str]:
        return [name for part in parts for name in part]

    (found,) = measured(["a"])
    assert list(found) == [measure.name for measure in MEASURES]
    assert json.loads(json.dumps(found)).keys() == found.keys()
    rows = names([[row.name for row in measure.rows] for measure in MEASURES])
    shown = names([list(measure.tiles) for measure in MEASURES])
    assert len(set(rows)) == len(rows)
    assert len(set(shown)) == len(shown)
