"""Answers to problems, graded by math-verify itself."""

import asyncio
import json
from collections import Counter

import pytest

from final_answer.grading import grade, has_several, reads, reference_of
from tests.shared_data import shared


@pytest.mark.parametrize(
    ("reference", "final"),
    [
        (r"So $x=\boxed{2}$.", r"\boxed{2}"),
        (r"First \boxed{1}, then \boxed{ 2 }.", r"\boxed{ 2 }"),
        (r"\frac{1}{2}", r"\boxed{\frac{1}{2}}"),
        ("$12$", r"\boxed{12}"),
        ("He has 3 * 24 = <<3*24=72>>72 left.\n#### 72", r"\boxed{72}"),
        ("24", r"\boxed{24}"),
    ],
)
def test_the_final_answer_of_a_reference_is_found(reference: str, final: str) -> None:
    assert reference_of(reference) == final


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (r"It is \boxed{0.5}.", "right"),
        ("The answer is $1/2$", "right"),
        (r"\boxed{2} or rather \boxed{\frac{1}{2}}", "right"),
        (r"\boxed{\frac{1}{2}} or rather \boxed{2}", "wrong"),
        (r"\boxed{3}", "wrong"),
        ("", "empty"),
        (" \n", "empty"),
        ("I do not know.", "unreadable"),
        (r"\boxed{", "unreadable"),
        (r"\boxed{9^{9^{9^{9}}}+(10^{6})!}", "timeout"),
    ],
)
def test_an_answer_is_graded(answer: str, expected: str) -> None:
    assert asyncio.run(grade(reference_of(r"\boxed{\frac12}"), answer)) == expected


def test_boxes_that_differ_are_told() -> None:
    assert has_several(r"\boxed{1} or \boxed{2}")
    assert not has_several(r"\boxed{10\sqrt{2}}, that is \boxed{10\sqrt 2}")
    assert not has_several("no box")


@pytest.mark.slow
def test_all_references_of_math_are_right() -> None:
    rows = [
        json.loads(line) for line in shared("eval_math_500.jsonl").read_text("utf-8").splitlines()
    ]

    async def graded() -> Counter[str]:
        found = Counter[str]()
        for row in rows:
            final = reference_of(row["std_answer"])
            inner = final.removeprefix("\\boxed{")[:-1]
            assert await reads(final)
            found[await grade(final, row["std_answer"])] += 1
            found[await grade(final, f"It follows that ${inner}$.")] += 1
        return found

    assert asyncio.run(graded()) == {"right": 2 * len(rows)}
    assert sum(has_several(row["std_answer"]) for row in rows) == 2
