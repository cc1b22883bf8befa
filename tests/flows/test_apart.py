"""Outputs that are answered to their instructions by calls of their own: whole runs."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from simulator import Options
from simulator.truth import is_wrong
from tests.flows.judged import FALLIBLE, ran, rows, written
from tests.flows.test_conversations import TUTORING
from tests.flows.test_votes import voting

APART: dict[str, Any] = {"judge_model": None, "outputs": "apart"}


def test_each_output_is_asked_for_alone_and_kept_with_what_was_asked(tmp_path: Path) -> None:
    counts = ran(tmp_path, APART, options=Options())
    kept, calls = rows(tmp_path, "dataset.jsonl"), rows(tmp_path, "calls.jsonl")
    assert len(kept) == 40
    assert all(row["output"].startswith("Here is number ") for row in kept)
    answers = [row for row in calls if row["operation"] == "answer"]
    assert len(answers) >= 40
    assert counts["requests"] == len(calls)


def test_what_is_asked_for_twice_gets_no_answer(tmp_path: Path) -> None:
    alone = {"strategy": "self-instruct", "records": 60, "window": 1, "per_call": 1}
    ran(tmp_path, {**APART, **alone}, options=Options(repetition=0.6))
    gone = [row for row in rows(tmp_path, "rejected.jsonl") if row["kind"] == "record"]
    calls = [row["operation"] for row in rows(tmp_path, "calls.jsonl")]
    assert {"duplicate", "rouge_l"} & {row["rule"] for row in gone}
    assert "empty" not in {row["rule"] for row in gone}
    assert calls.count("answer") == 60


def test_an_answer_is_judged_and_revised_as_any_output(tmp_path: Path) -> None:
    ran(tmp_path, {"outputs": "apart", "revise": True}, options=Options(wrong=0.4))
    kept = rows(tmp_path, "dataset.jsonl")
    assert len(kept) == 40
    assert not any(is_wrong(row["instruction"], row["output"]) for row in kept)
    assert all("score" in row for row in kept)


def test_votes_count_the_answer_as_the_first(tmp_path: Path) -> None:
    ran(tmp_path, {**APART, "records": 30}, options=Options(wrong=0.3), domain=voting(3))
    calls = [row["operation"] for row in rows(tmp_path, "calls.jsonl")]
    assert 0 < calls.count("vote") <= 2 * calls.count("answer")
    assert all("\\boxed" in row["output"] for row in rows(tmp_path, "dataset.jsonl"))


@pytest.mark.parametrize("cap", [{}, {"max_tokens": 300_000}])
def test_bytes_do_not_depend_on_arrival(tmp_path: Path, cap: dict[str, Any]) -> None:
    options = Options(wrong=0.2, latency_s=0.001, sigma=1.0)
    for parallel in (1, 16):
        ran(tmp_path / str(parallel), {**APART, **cap, "parallel": parallel}, options=options)
    assert written(tmp_path / "1") == written(tmp_path / "16")


def test_one_that_cannot_be_paid_is_told_so(tmp_path: Path) -> None:
    ran(tmp_path, {**APART, "records": 500, "per_call": 5, "max_calls": 60}, options=FALLIBLE)
    calls = rows(tmp_path, "calls.jsonl")
    assert len(calls) <= 60
    assert len(rows(tmp_path, "dataset.jsonl")) >= 25


def test_an_answer_that_was_cut_off_is_not_kept(tmp_path: Path) -> None:
    ran(tmp_path, {**APART, "records": 5}, options=Options(), domain=short())
    gone = [row["rule"] for row in rows(tmp_path, "rejected.jsonl") if row["kind"] == "record"]
    assert set(gone) <= {"truncated", "length", "duplicate", "rouge_l"}


def short() -> Any:  # noqa: ANN401 - a domain
    domain = load_preset("rewriting")
    limits = domain.limits.model_copy(
        update={"output": domain.limits.output.model_copy(update={"min": 2, "max": 10})}
    )
    return domain.model_copy(update={"limits": limits})


def test_conversations_are_written_whole(tmp_path: Path) -> None:
    settings = Settings(model="openai:m", base_url="http://127.0.0.1:9/v1", outputs="apart")

    async def start() -> None:
        async with open_run(tmp_path, settings) as run:
            await run.go(TUTORING, lambda _: None, lambda _: None)

    with pytest.raises(InputError, match="whose turns are written together"):
        asyncio.run(start())


def test_the_embedded_model_answers_apart_and_others_do_not() -> None:
    assert Settings(model="embedded").writes_apart
    assert not Settings(model="openai:gpt-4o").writes_apart
    assert not Settings(model="embedded", outputs="together").writes_apart
    assert not Settings(model="embedded", write_model="openai:gpt-4o").writes_apart
    assert json.loads(Settings(model="embedded").model_dump_json())["outputs"] is None
