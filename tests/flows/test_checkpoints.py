"""Checkpoints stay small: their size follows neither the records nor, beyond 200, the tasks."""

import sqlite3
from pathlib import Path

import pytest

from nodes.settings import Settings
from tests.running import run_scripted

pytestmark = pytest.mark.slow


def largest_step(folder: Path) -> int:
    """Return the most bytes that one step left: its checkpoint and what its nodes wrote."""
    with sqlite3.connect(folder / "run.db") as database:
        [(checkpoint,)] = database.execute("SELECT max(length(checkpoint)) FROM checkpoints")
        [(writes,)] = database.execute(
            "SELECT max(total) FROM (SELECT sum(length(value)) AS total FROM writes"
            " GROUP BY checkpoint_id)"
        )
    database.close()
    return int(checkpoint + writes)


def records_run(folder: Path, per_task: int) -> int:
    settings = Settings(
        model="scripted:x", depth=1, breadth=(4,), per_task=per_task, per_call=5, window=16
    )
    folder.mkdir()
    result = run_scripted(folder, settings)
    assert result["counts"]["records"] == 5 * per_task
    return largest_step(folder)


def test_records_do_not_grow_the_checkpoints(tmp_path: Path) -> None:
    few, many = records_run(tmp_path / "few", 20), records_run(tmp_path / "many", 1000)
    assert many < few + 4_000


def test_neither_a_judge_nor_its_reserve_do(tmp_path: Path) -> None:
    """Two hundred and fifty-six calls of twenty records each lie in the window."""
    settings = Settings(
        model="openai:gpt-4o-mini",
        judge_model="openai:gpt-4o",
        revise=True,
        strategy="adaptive",
        records=8_000,
        per_call=20,
        window=256,
        max_usd=1_000,
    )
    (tmp_path / "judged").mkdir()
    run_scripted(tmp_path / "judged", settings)
    assert largest_step(tmp_path / "judged") < 400_000


def test_two_thousand_tasks_stay_below_64_kb(tmp_path: Path) -> None:
    settings = Settings(
        model="scripted:x", depth=3, breadth=(12, 12, 13), frontier=16, tasks_only=True
    )
    result = run_scripted(tmp_path, settings)
    assert result["counts"]["tasks"] >= 2_000
    assert largest_step(tmp_path) < 64_000
