"""Outcomes counted: win : tie : lose, the beat rate, and how far a judge holds."""

import pytest

from tests.training.evaluation.samples import compared
from training.evaluation.intervals import beat_interval, beat_rate, paired_interval
from training.evaluation.pairwise import Named
from training.evaluation.tally import Tally, consistency, first_chosen, pairwise_results


@pytest.mark.parametrize(
    ("winners", "outcome"),
    [
        (("a", "a"), "win"),
        (("b", "b"), "lose"),
        (("a", "b"), "tie"),
        (("b", "a"), "tie"),
        (("tie", "tie"), "tie"),
        (("a", "tie"), "tie"),
        (("a", None), "tie"),
        ((None, None), "tie"),
    ],
)
def test_a_question_is_won_where_it_is_won_in_both_orders(
    winners: tuple[Named | None, Named | None], outcome: str
) -> None:
    assert compared(0, *winners).outcome == outcome


def test_all_is_counted_by_hand() -> None:
    pairs = [
        compared(0, "a", "a", kind="x"),
        compared(1, "a", "a", kind="x", a=""),
        compared(2, "b", "b", kind="y", b="cut"),
        compared(3, "a", "b", kind="y"),  # the first one, both times
        compared(4, "tie", None, kind="y", b="long " * 3_000),
    ]
    found = pairwise_results(pairs, 6, 0)
    assert {name: found[name] for name in ("win", "tie", "lose", "compared", "questions")} == {
        "win": 2, "tie": 2, "lose": 1, "compared": 5, "questions": 6,
    }  # fmt: skip
    assert found["beat_rate"] == round(2 / 3, 4)
    assert (consistency(pairs).found, consistency(pairs).of) == (3, 4)
    assert (first_chosen(pairs).found, first_chosen(pairs).of) == (5, 8)
    assert found["same_answers"] == 0
    assert pairwise_results([compared(0, "a", "b", a="x", b="x")], 1, 0)["same_answers"] == 1
    assert (found["undecided"], found["unread_verdicts"]) == (1, 1)
    assert found["answers"]["a"] == {"empty": 1, "cut_off": 0, "shortened": 0}
    assert found["answers"]["b"] == {"empty": 0, "cut_off": 1, "shortened": 1}
    assert found["by_type"]["x"]["beat_rate"] == 1
    assert found["by_type"]["y"]["beat_rate"] == 0


def test_where_nothing_is_decided_there_is_no_beat_rate() -> None:
    assert Tally.of([compared(0, "a", "b")], 0).told == {
        "win": 0, "tie": 1, "lose": 0, "beat_rate": None, "interval": None,
    }  # fmt: skip
    assert beat_rate(0, 0) is None
    assert beat_interval(0, 5, 0, 0) is None


def test_an_interval_follows_from_its_seed_and_narrows_with_more_questions() -> None:
    few, many = beat_interval(6, 4, 2, 1), beat_interval(600, 400, 200, 1)
    assert few == beat_interval(6, 4, 2, 1)
    assert few
    assert many
    assert few[0] < many[0] < 0.75 < many[1] < few[1]


@pytest.mark.parametrize("ties", [0, 40])
def test_an_interval_is_no_point_where_all_that_is_decided_went_one_way(ties: int) -> None:
    for won, few, many in (
        (True, beat_interval(1, ties, 0, 0), beat_interval(20, ties, 0, 0)),
        (False, beat_interval(0, ties, 1, 0), beat_interval(0, ties, 20, 0)),
    ):
        assert few
        assert many
        widths = [high - low for low, high in (few, many)]
        assert widths[0] > 0.7
        assert 0.2 > widths[1] > 0.1
        assert (few[1], many[1]) == (1, 1) if won else (few[0], many[0]) == (0, 0)


def test_rows_are_drawn_together() -> None:
    a = [float(n) for n in range(50)]
    b = [value + 1 for value in a]
    interval = paired_interval([a, b], lambda x, y: x.mean(axis=1) - y.mean(axis=1), 0)
    assert interval == (-1, -1)
