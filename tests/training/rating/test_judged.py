"""People beside the judge, against figures worked out by hand."""

from collections.abc import Sequence
from math import isclose
from pathlib import Path

import pytest

from errors import InputError
from report.agreement import Share
from tests.training.rating.samples import lines, pairs
from training.evaluation.outputs import ANSWERS, VERDICTS
from training.pairs import Pair, comparison_id
from training.rating.judged import Beside, beside_judge
from training.rating.outcome import Outcome, Rated

ASKED = pairs(10)
PEOPLE: Sequence[Outcome] = ("win",) * 4 + ("tie",) * 3 + ("lose",) * 3
JUDGE: Sequence[Outcome] = ("win",) * 3 + ("tie",) * 3 + ("win", "lose", "lose", "tie")


def evaluated(folder: Path, outcomes: Sequence[str] = JUDGE, asked: Sequence[Pair] = ASKED) -> Path:
    """Write what `evaluate --out` leaves, as far as it is read."""
    for side in "ab":
        rows = [
            {"instruction": p.instruction, "input": p.input, "output": getattr(p, side)}
            for p in asked
        ]
        lines(folder / ANSWERS.format(side), rows)
    verdicts = zip(asked, outcomes, strict=False)
    lines(folder / VERDICTS, [{"question": p.key, "outcome": o} for p, o in verdicts])
    return folder


def said(outcomes: Sequence[Outcome] = PEOPLE, asked: Sequence[Pair] = ASKED) -> Rated:
    keys = [pair.key for pair in asked]
    return Rated(comparison_id(asked), {"Ann": dict(zip(keys, outcomes, strict=False))})


def test_agreement_and_kappa_are_those_of_the_table(tmp_path: Path) -> None:
    found = beside_judge(said(), evaluated(tmp_path))
    assert found.same == Share(7, 10)
    assert found.pairs == {
        ("win", "win"): 3,
        ("win", "tie"): 1,
        ("tie", "tie"): 2,
        ("tie", "win"): 1,
        ("lose", "lose"): 2,
        ("lose", "tie"): 1,
    }
    chance = 0.4 * 0.4 + 0.3 * 0.4 + 0.3 * 0.2  # people's shares by the judge's
    assert isclose(found.kappa, (0.7 - chance) / (1 - chance))
    low, high = found.interval
    assert -1 <= low < found.kappa < high <= 1
    assert found == beside_judge(said(), tmp_path)


def test_only_what_both_decided_counts(tmp_path: Path) -> None:
    found: Beside = beside_judge(said(PEOPLE[:5]), evaluated(tmp_path, JUDGE[:3]))
    assert found.same == Share(3, 3)
    assert found.kappa == 0  # one class alone


def test_verdicts_of_another_comparison_are_refused(tmp_path: Path) -> None:
    swapped = [Pair(p.instruction, p.input, p.b, p.a) for p in ASKED]
    evaluated(tmp_path)
    for other in (swapped, pairs(9), pairs(10, "other")):
        with pytest.raises(InputError, match=r"of another comparison .*, in this order"):
            beside_judge(said(asked=other), tmp_path)


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [(["lost"], "line 1: outcome: input should be 'win'"), ([], "judges no question that is")],
)
def test_unusable_verdicts_are_refused(tmp_path: Path, outcomes: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        beside_judge(said(), evaluated(tmp_path, outcomes))


def test_a_folder_without_verdicts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"verdicts\.jsonl is not there: name the folder that"):
        beside_judge(said(), tmp_path)
