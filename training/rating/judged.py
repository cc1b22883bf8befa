"""How far people agree with the judge of `evaluate`: over the questions that both decided."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from errors import InputError
from problems import fault_of
from report.agreement import Interval, Share, cohens_kappa
from store.files.forms import read_objects
from store.files.json_lines import JSON_LINES
from training.evaluation.outputs import ANSWERS, VERDICTS
from training.pairs import comparison_id, read_pairs
from training.rating.outcome import Outcome, Rated

_CODES: Mapping[Outcome, int] = {"win": 0, "tie": 1, "lose": 2}


class _Verdict(BaseModel, frozen=True):
    question: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Beside:
    """People beside the judge: `pairs` counts (people's outcome, the judge's)."""

    pairs: Counter[tuple[Outcome, Outcome]]
    same: Share
    kappa: float
    interval: Interval


def beside_judge(rated: Rated, folder: Path) -> Beside:
    """Return how the majority agrees with the verdicts in a folder of `evaluate`.

    Raises InputError where they are of another comparison, or no question is in both.
    """
    verdicts = _verdicts(folder)
    _check_same(rated, folder)
    people = rated.majority
    both = [question for question in people if question in verdicts]
    if not both:
        raise InputError(f"{folder / VERDICTS} judges no question that is rated: rate more of them")
    pairs = Counter((people[question], verdicts[question]) for question in both)
    kappa, interval = cohens_kappa(
        [_CODES[people[question]] for question in both],
        [_CODES[verdicts[question]] for question in both],
    )
    same = sum(people[question] == verdicts[question] for question in both)
    return Beside(pairs, Share(same, len(both)), kappa, interval)


def _verdicts(folder: Path) -> dict[str, Outcome]:
    """Return the judge's outcome of each question."""
    path = folder / VERDICTS
    if not path.is_file():
        raise InputError(f"{path} is not there: name the folder that `evaluate --out` wrote")
    found: dict[str, Outcome] = {}
    for number, value in read_objects(path, JSON_LINES):
        try:
            verdict = _Verdict.model_validate(value)
        except ValidationError as error:
            raise InputError(f"{path}, line {number}: {fault_of(error)}") from error
        found[verdict.question] = verdict.outcome
    return found


def _check_same(rated: Rated, folder: Path) -> None:
    a, b = (folder / ANSWERS.format(side) for side in "ab")
    judged = comparison_id(read_pairs(a, b))
    if judged != rated.comparison:
        raise InputError(
            f"the ratings are of another comparison ({rated.comparison}) than {folder} ({judged}): "
            f"rate {a} and {b}, in this order"
        )
