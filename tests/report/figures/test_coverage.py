"""The curve of the questions covered."""

from dataclasses import replace

from record import Record
from report.figures import figures
from report.figures.coverage import coverage
from report.measuring import analyse
from store.files.data_set import DataSet
from tests.report.measures.measured import asked, measured
from tests.report.samples import HOSTILE
from tests.report.test_page import MEASURING


def test_the_curve_stands_beside_its_number() -> None:
    alone = analyse(DataSet("<b>one", "", [Record("a")]), MEASURING)
    (found,) = measured(["a", "b"], questions=asked(["a", "b", "c"]))
    (drawn,) = coverage([alone, replace(alone, measures=found)])
    assert drawn["about"].endswith("At 0.9, the dotted line: <b>one 66.7%.")  # shown as text
    (trace,) = drawn["traces"]
    assert (trace["set"], trace["name"]) == (1, "&lt;b&gt;one")
    assert (len(trace["x"]), trace["y"][90]) == (101, 2 / 3)
    assert drawn["layout"]["shapes"][0]["x0"] == 0.9


def test_without_questions_nothing_is_drawn() -> None:
    found = analyse(DataSet("d", "", [Record(text) for text in HOSTILE]), MEASURING)
    assert not any("Questions" in figure["title"] for figure in figures([found]))
