"""How conversations are counted."""

from fractions import Fraction
from pathlib import Path

from report.analysis import Measuring
from report.measuring import analyse
from report.summary import lines
from store.files.data_set import read_data_set
from tests.report.samples import record, write_lines
from turns import Exchange, messages_of

HOW = Measuring(Fraction(7, 10), None)


def found_in(path: Path) -> dict[str, object]:
    return analyse(read_data_set(path), HOW).measures


def test_turns_and_their_lengths_are_told(tmp_path: Path) -> None:
    long = [Exchange("one?", "a b c"), Exchange("two words?", "d"), Exchange("x y z w?", "e f")]
    rows = [
        record("one?", messages=messages_of(long)),
        record("else?", messages=messages_of(long[:1])),
        record("alone?"),
    ]
    measures = found_in(write_lines(tmp_path / "d.jsonl", rows))
    turns = measures["turns"]
    assert isinstance(turns, dict)
    assert (turns["count"], turns["mean"], turns["fewest"], turns["most"]) == (2, 2.0, 1, 3)
    assert (turns["answers"]["mean"], turns["answers"]["longest"]) == (2.25, 3)
    assert turns["later_questions"]["mean"] == 3.0
    shown = {line.name: line.values[0] for line in lines([measures])}
    assert shown["User turns of a conversation"] == "2.0 / 1 to 3, in 2"
    assert shown["Words in an answer of one"] == "2.2 / 2.5 / 3"


def test_single_records_have_no_turns(tmp_path: Path) -> None:
    measures = found_in(write_lines(tmp_path / "d.jsonl", [record("alone?")]))
    assert measures["turns"] is None
    assert "User turns of a conversation" not in {line.name for line in lines([measures])}
