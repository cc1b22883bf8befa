"""The share of questions covered, against comparing every pair."""

from itertools import combinations
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from record import Record
from report.measures import questions as measure
from report.measures.questions import QUESTIONS, nearest
from report.vectors import embedded
from store.files.data_set import Call, DataSet
from tests.report.measures.measured import asked, measured
from tests.report.samples import HOSTILE, Letters

TEXTS = st.lists(st.text("abcdx", max_size=5), max_size=8)
COSINES = st.sampled_from([0.3, 0.5, 0.70710678, 0.9, 1.0])


def slow(texts: list[str], records: list[str], cosine: float) -> tuple[list[float], list[int]]:
    """Return for each question its highest cosine, and how many records reach the threshold."""
    highest, near = [], []
    for text in texts:
        question = embedded([text], Letters())[0]
        cosines = [round(float(question @ embedded([r], Letters())[0]), 6) for r in records]
        highest.append(max(cosines, default=0.0))
        near.append(sum(value >= cosine for value in cosines))
    return highest, near


@pytest.mark.parametrize("block", [1, 3, 4096])
def test_blocks_give_what_the_slow_twin_gives(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "_QUESTIONS", block)
    monkeypatch.setattr(measure, "_RECORDS", block)

    @given(TEXTS, TEXTS, COSINES)
    def check(texts: list[str], records: list[str], cosine: float) -> None:
        found = nearest(asked(texts, cosine), embedded(records, Letters()))
        highest, near = slow(texts, records, cosine)
        np.testing.assert_allclose(found.cosine, highest, atol=2e-6)
        assert found.near.tolist() == near
        for place, text, best in zip(found.place.tolist(), texts, highest, strict=True):
            assert (place == -1) == (not records)
            if records:
                one = slow([text], [records[place]], cosine)[0]
                assert one == pytest.approx([best], abs=2e-6)

    check()


def test_the_share_the_curve_and_the_least_covered_belong_together() -> None:
    (found,) = measured(["a", "b", "ab"], questions=asked(["aa", "aab", "c", "?"]))
    told = found["questions"]
    assert (told["covered"], told["count"], told["share"]) == (2, 4, 0.5)
    curve = dict(told["curve"])
    assert [curve[at] for at in (0.0, 0.5, 0.94, 0.95, 1.0)] == [1, 0.5, 0.5, 0.25, 0.25]
    assert [one["question"] for one in told["least"]] == ["c", "?", "aab", "aa"]
    assert told["least"][2] == {"question": "aab", "nearest": "ab", "cosine": 0.948683}
    assert QUESTIONS.rows[0].words(found) == "50.0% (2 of 4 at cosine 0.9)"


def test_at_equal_records_it_is_the_mean_over_all_samples() -> None:
    texts, records = ["a", "b", "c"], ["a", "a", "b", "d", "d"]
    small, large = measured(["d", "d"], records, questions=asked(texts))
    shares = [
        fmean(any(text == record for record in sample) for text in texts)
        for sample in combinations(records, 2)
    ]
    assert large["questions"]["at_equal_records"] == pytest.approx(fmean(shares))
    assert small["questions"]["at_equal_records"] == small["questions"]["share"] == 0


def test_at_equal_tokens_it_is_what_the_first_calls_brought() -> None:
    cheap, dear = (
        DataSet(
            name,
            name,
            [Record(text, call=str(n)) for n, text in enumerate(texts)],
            calls=[Call(call=str(n), kept=1, rejected=0, prompt_tokens=cost) for n in range(2)],
        )
        for name, texts, cost in (("cheap", "cd", 10), ("dear", "ab", 20))
    )
    found = [m["questions"] for m in measured(cheap, dear, questions=asked(["a", "b", "c"]))]
    assert [one["share"] for one in found] == [1 / 3, 2 / 3]
    assert [one["at_equal_tokens"] for one in found] == [1 / 3, 1 / 3]


def test_data_without_records_covers_nothing() -> None:
    (found,) = measured([], questions=asked(["a", "b"]))
    assert found["questions"]["share"] == 0
    assert found["questions"]["least"][0] == {"question": "a", "nearest": "", "cosine": 0}


def test_what_is_written_out_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "LONGEST", 100)
    (found,) = measured(HOSTILE, questions=asked(["a" * 5000] * 30))
    least = found["questions"]["least"]
    assert len(least) == 10
    assert {len(one["question"]) for one in least} == {100}


def test_without_questions_or_embeddings_there_is_no_share() -> None:
    (found,) = measured(["a"])
    assert found["questions"] is None
    assert QUESTIONS.tiles["Questions covered"](found) is None
