"""Losses of two models side by side; the models themselves are doubles."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from record import Record
from training.evaluation.losses import loss_results, measured

RECORDS = [Record("Say it.", "", "So."), Record("Say more.", "in", "So it is.")]


def test_means_go_over_all_tokens() -> None:
    found = loss_results([[(1.0, 1), (2.0, 3)], [(1.5, 1), (2.5, 3)]], 0)
    assert (found["records"], found["a"], found["b"]) == (2, 1.75, 2.25)
    assert (found["difference"], found["interval"]) == (-0.5, (-0.5, -0.5))
    assert loss_results([[(1.0, 1), (2.0, 3)]], 0) == {"records": 2, "a": 1.75}


def test_models_that_count_tokens_differently_are_not_compared() -> None:
    found = loss_results([[(1.0, 1)], [(1.0, 2)]], 0)
    assert (found["same_tokens"], found["difference"], found["interval"]) == (False, None, None)


def test_a_loss_is_measured_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []

    def held_out(
        folder: Path, records: Sequence[Record], progress: Callable[[int, int], None]
    ) -> SimpleNamespace:
        asked.append(folder)
        for done, _ in enumerate(records, start=1):
            progress(done, len(records))
        return SimpleNamespace(losses=[1.25, 2.5], tokens=[3, 4], mean=0.0)

    double = ModuleType("training.torch.loss")
    double.held_out = held_out  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "training.torch.loss", double)
    steps: list[int] = []
    for _ in range(2):
        path = tmp_path / "losses-a.jsonl"
        losses = measured(tmp_path / "m", RECORDS, path, lambda: steps.append(1))
        assert losses == [(1.25, 3), (2.5, 4)]
    assert (asked, len(steps)) == ([tmp_path / "m"], 2)
