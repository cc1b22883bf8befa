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
    unasked = analyse(DataSet("other", "", [Record("a")]), MEASURING)
    sets = measured(["a", "b"], ["a"], questions=asked(["a", "b", "c"]))
    one, two = (
        replace(unasked, data=DataSet(name, "", []), measures=found)
        for name, found in zip(["<b>one", "two"], sets, strict=True)
    )
    (drawn,) = coverage([unasked, one, two])
    assert drawn["about"].endswith("At 0.9, the dotted line: <b>one 66.7%, two 33.3%.")  # as text
    assert [trace["set"] for trace in drawn["traces"]] == [1, 2]
    trace = drawn["traces"][0]
    assert trace["name"] == "&lt;b&gt;one"
    assert (len(trace["x"]), trace["y"][90]) == (101, 2 / 3)
    assert drawn["layout"]["shapes"][0]["x0"] == 0.9
    (drawn,) = coverage([one])
    assert drawn["about"].endswith("the dotted line: 66.7%.")


def test_without_questions_nothing_is_drawn() -> None:
    found = analyse(DataSet("d", "", [Record(text) for text in HOSTILE]), MEASURING)
    assert not any("Questions" in figure["title"] for figure in figures([found]))
