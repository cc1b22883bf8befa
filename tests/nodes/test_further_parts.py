"""Whose a reasoning is, and what is kept of it."""

from typing import Any

import pytest

from nodes.further_parts import with_reasoning, with_system
from prompts.domain import load_preset
from record import Record

ONE, OTHER = Record("a?", "", "b."), Record("c?", "", "d.")
BESIDE = {"text": "{}", "reasoning": "Hm"}


@pytest.mark.parametrize(
    ("records", "asked", "answer", "kept"),
    [
        ([ONE], 1, BESIDE, ["Hm"]),
        ([ONE], 1, {"text": "<think>Hm</think>{}", "reasoning": ""}, ["Hm"]),
        ([ONE], 1, {"text": "{}"}, [None]),
        ([ONE], 2, BESIDE, [None]),
        ([ONE, OTHER], 2, BESIDE, [None, None]),
        ([Record("a?", "", "<think>So</think> b."), OTHER], 2, BESIDE, ["So", None]),
        ([Record("a?", "", "<think>So</think> b.")], 1, BESIDE, ["So"]),
        ([ONE], 1, {"text": "{}", "reasoning": "x" * 30_000}, ["x" * 20_000]),
    ],
)
def test_a_reasoning_is_kept_with_the_record_that_it_is_of(
    records: list[Record], asked: int, answer: dict[str, Any], kept: list[str | None]
) -> None:
    found = with_reasoning(records, asked, answer)
    assert [record.more.get("reasoning") for record in found] == kept
    assert [record.output for record in found] == ["b.", "d."][: len(records)]


def test_the_domain_s_system_prompt_is_the_record_s() -> None:
    domain = load_preset("math")
    assert with_system(ONE, domain) == ONE
    told = domain.model_copy(update={"system": "Be kind"})
    assert with_system(ONE, told).more == {"system": "Be kind"}
