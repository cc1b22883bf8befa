"""What is known of a call's records before they are asked about."""

from dataclasses import replace
from fractions import Fraction

import pytest

from nodes.judging.case import Case
from nodes.settings import Settings
from prompts.domain import load_preset
from prompts.verdict import Failure, Verdict
from store.filter.index import DiversityIndex

GOOD = load_preset("rewriting").examples[0].record


def case(index: DiversityIndex, **changed: object) -> Case:
    settings = Settings.model_validate({"judge_model": "openai:j", **changed})
    paths = [("Rewriting of texts",), ("Rewriting of texts", "Notes")]
    known = [DiversityIndex(Fraction(7, 10)).so_far(), index.so_far()]
    return Case(settings, load_preset("rewriting"), {}, None, paths, known)  # type: ignore[arg-type,typeddict-item]


def test_what_breaks_a_rule_or_repeats_what_was_known_is_settled() -> None:
    index = DiversityIndex(Fraction(7, 10))
    before = case(index)
    second = replace(GOOD, task="2")
    index.add(GOOD.instruction, "r0")
    after = case(index)
    assert not before.is_settled(second)
    assert after.is_settled(second)
    assert not after.is_settled(GOOD)
    assert after.is_settled(replace(GOOD, output=GOOD.input))


@pytest.mark.parametrize(
    ("verdict", "threshold", "why"),
    [
        (Verdict((), 0.5), 0.5, None),
        (Verdict((), 0.4), 0.5, "low score: 0.4, judge_threshold is 0.5"),
        (Verdict((), 0.0), 0, None),
        (Verdict((Failure("done", ""),), 1.0), 0, "done"),
        (
            Verdict((Failure("done", "No end."), Failure("clean", "Twice.")), 0.1),
            0.5,
            "done: No end.; clean: Twice.",
        ),
    ],
)
def test_a_verdict_fails_by_a_criterion_or_by_its_score(
    verdict: Verdict, threshold: float, why: str | None
) -> None:
    fault = case(DiversityIndex(Fraction(7, 10)), judge_threshold=threshold).fault(verdict)
    assert fault == (why and ("judge", why))


def test_without_a_judge_nothing_is_asked() -> None:
    assert case(DiversityIndex(Fraction(1))).asks_more
    assert not case(DiversityIndex(Fraction(1)), judge_model=None).asks_more
