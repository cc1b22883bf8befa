"""`train` where something goes wrong: another process, a fault at the end, weights and disks."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli import train
from cli.holding import held_folder
from errors import RunError
from tests.cli.conftest import Call
from tests.cli.train.rows import FAST
from tests.report.samples import write_lines
from training.curve import read_curve

ONCE = (*FAST, "--epochs", 1)
Told = pytest.CaptureFixture[str]


def break_weights(base: Path) -> None:
    """Put what is no number into a model's weights."""
    from safetensors.torch import load_file, save_file  # noqa: PLC0415 - torch may be missing

    weights = load_file(base / "model.safetensors")
    weights["model.norm.weight"].fill_(float("nan"))
    save_file(weights, base / "model.safetensors", {"format": "pt"})


def fail_at_the_end(call: Call, words: Sequence[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Train, and fail once the model is written."""

    def fail(*_: object) -> None:
        raise RunError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(train, "write_recipe", fail)
        assert call(*words) == 1


@pytest.mark.parametrize("same", [True, False])
def test_what_another_process_trained_meanwhile_stays(
    call: Call,
    data: Path,
    base: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Told,
    same: bool,  # noqa: FBT001 - a case
) -> None:
    words = ("train", data, "--base", base, "--out", "out", *ONCE)

    @contextmanager
    def late(folder: Path, lock: str, in_use: str) -> Iterator[None]:
        monkeypatch.setattr("cli.train.held_folder", held_folder)
        assert call(*words, *(() if same else ("--seed", 5))) == 0
        with held_folder(folder, lock, in_use):
            yield

    monkeypatch.setattr("cli.train.held_folder", late)
    assert call(*words) == (0 if same else 2)
    told = capsys.readouterr()
    assert ("was trained before" in told.out) == same
    assert ("another training (seed 5, not 0)" in told.err) != same
    assert json.loads(Path("out/training.json").read_text())["seed"] == (0 if same else 5)


def test_a_fault_after_the_last_step_costs_no_step(
    call: Call, data: Path, base: Path, monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    words = ("train", data, "--base", base, "--out", "out", *ONCE)

    fail_at_the_end(call, words, monkeypatch)
    capsys.readouterr()
    assert call(*words, "--json") == 0
    told = capsys.readouterr()
    assert "Going on after step 3." in told.err
    assert json.loads(told.out)["resumed_at"] == 3
    assert [step["step"] for step in read_curve(Path("out/loss.jsonl"))] == [1, 2, 3]
    assert Path("out/recipe").is_dir()
    assert not Path("out/checkpoints").exists()


def test_a_base_without_weights_leaves_nothing(
    call: Call, data: Path, base: Path, capsys: Told
) -> None:
    bare = Path("bare")
    shutil.copytree(base, bare)
    (bare / "model.safetensors").unlink()
    assert call("train", data, "--base", bare, "--out", "some/out", *ONCE) == 2
    told = capsys.readouterr().err
    assert "bare holds no model that can be read" in told
    assert "name another one" in told
    assert not Path("some").exists()


def test_a_loss_that_is_no_number_ends_it(call: Call, data: Path, base: Path, capsys: Told) -> None:
    break_weights(base)
    assert call("train", data, "--base", base, "--out", "out", *ONCE) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert "the loss of step 1 is not a number: take a smaller --learning-rate" in told
    words = ("evaluate", "--model", base, "--held-out", data, "--out", "eval")
    assert call(*words) == 2
    assert "on record 1 is not a number" in capsys.readouterr().err
    assert not Path("eval").exists()


def test_a_damaged_checkpoint_is_not_gone_on_from(
    call: Call, data: Path, base: Path, monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    words = ("train", data, "--base", base, "--out", "out", *ONCE)
    fail_at_the_end(call, words, monkeypatch)
    (state,) = Path("out/checkpoints").glob("*/trainer_state.json")
    state.write_bytes(state.read_bytes()[:50])
    capsys.readouterr()
    assert call(*words, "--json") == 0
    assert json.loads(capsys.readouterr().out)["resumed_at"] == 0


def test_a_question_in_a_later_turn_is_found(
    call: Call, data: Path, base: Path, capsys: Told
) -> None:
    said = ["Hello there!", "Good day.", "Name three uses of a brick.", "A wall."]
    roles = ("user", "assistant") * 2
    talk = [{"role": role, "content": text} for role, text in zip(roles, said, strict=True)]
    write_lines(data, [{"messages": talk}])
    write_lines(Path("q.jsonl"), [{"question": "Name three uses of a brick"}])
    words = ("train", data, "--base", base, "--out", "out", *ONCE, "--against", "q.jsonl")
    assert call(*words) == 2
    assert "1 of 1 record repeat a question" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "x" * 300), "File name too long): name another"),
        (("--base", ""), "--base is empty"),
    ],
)
def test_odd_names_are_told(
    call: Call, data: Path, base: Path, capsys: Told, words: tuple[str, ...], said: str
) -> None:
    assert call("train", data, "--base", base, "--out", "out", *ONCE, *words) == 2
    assert said in capsys.readouterr().err


def test_a_batch_larger_than_the_data_is_all_of_it(
    call: Call, data: Path, base: Path, capsys: Told
) -> None:
    words = ("train", data, "--base", base, "--out", "out", *ONCE, "--batch-size", 10**9)
    assert call(*words) == 0
    assert "12 of 1000000000 examples at once" in capsys.readouterr().err
    assert len(read_curve(Path("out/loss.jsonl"))) == 1
