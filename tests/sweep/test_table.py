"""The table of a sweep: figures that add up, said in words."""

from dataclasses import replace
from fractions import Fraction

from record import Record
from report.analysis import Analysis, Measuring
from report.measuring import analyse_all
from store.files.data_set import Call, DataSet
from sweep.plan import Key
from sweep.table import Group, table
from sweep.words import comparisons
from tests.report.samples import Letters

MEASURING = Measuring(Fraction(7, 10), None, embeddings=Letters())


def data(name: str, *instructions: str) -> DataSet:
    records = [
        Record(id=f"r{n}", instruction=text, input="", output="x", task="Root", call="c")
        for n, text in enumerate(instructions)
    ]
    calls = [Call(call="c", kept=len(records), rejected=0, prompt_tokens=10, completion_tokens=5)]
    return replace(DataSet(name, name, records), calls=calls)


def found() -> dict[Key, Analysis]:
    """Return the analyses of two strategies and two seeds, of which one did not end."""
    sets = {
        Key("d", "m", "ours", 1): data("a", "abc", "bcd", "dd"),
        Key("d", "m", "ours", 2): data("b", "abc", "bcd", "dd", "ac"),
        Key("d", "m", "theirs", 1): data("c", "abc"),
    }
    return dict(zip(sets, analyse_all(list(sets.values()), MEASURING), strict=True))


def test_every_seed_is_there_and_differences_are_paired() -> None:
    group = Group("d", "m", ["ours", "theirs"], [1, 2], found())
    (told,) = table([group])["groups"]
    records = told["figures"]["records"]
    assert records["by_seed"] == {"ours": [3, 4], "theirs": [1, None]}
    assert records["mean"]["ours"] == {"mean": 3.5, "low": 3, "high": 4, "number": 2}
    assert records["ours minus"]["theirs"] == {"mean": 2, "low": None, "high": None, "number": 1}
    assert told["figures"]["tokens"]["by_seed"]["ours"] == [15, 15]
    assert told["equal"]["records"] == 1
    assert "questions covered, share" not in told["figures"]


def test_words_align_and_say_what_is_missing() -> None:
    group = Group("d", "m", ["ours", "theirs"], [1, 2], found())
    (comparison,) = comparisons(table([group]))
    lines = comparison.text.splitlines()
    assert lines[0] == "d · m"
    assert lines[1].split() == [
        "mean",
        "95",
        "%",
        "seed",
        "1,",
        "2",
        "ours",
        "minus",
        "it",
        "95",
        "%",
    ]
    at = lines.index("records")
    assert lines[at + 1].split() == ["ours", "3.5", "[3,", "4]", "3,", "4"]
    assert lines[at + 2].split() == ["theirs", "1", "–", "1,", "–", "+2", "–"]
    assert "3 of 4 runs have ended" in comparison.text


def test_a_sweep_of_one_strategy_has_no_differences_and_none_ended_no_figures() -> None:
    told = table([Group("d", "", ["ours"], [1], {}), Group("e", "", ["ours"], [1], {})])
    first, _ = comparisons(told)
    assert first.parts == []
    assert list(first.heads) == ["", "mean", "95 %", "seed 1"]
    assert told["groups"][0]["figures"] == {}
