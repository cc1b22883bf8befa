"""`train`, as a person runs it: what it leaves, what it refuses, and going on after a kill."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.cli.train.rows import FAST, ROWS
from tests.report.samples import write_lines
from tests.training.tiny import TEMPLATE, tiny_model
from training.curve import read_curve

NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"


def test_it_leaves_model_curve_card_and_recipe(
    call: Call, data: Path, base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ("train", data, "--base", base, "--out", out, *FAST, "--epochs", 2)
    assert call(*words, "--json") == 0
    told = capsys.readouterr()
    result = json.loads(told.out)
    assert (result["records"], result["steps"], result["resumed_at"]) == (12, 6, 0)
    assert result["last"] < result["first"]
    assert "12 examples" in told.err
    assert "6 steps on cpu: full, 4 of 4 examples at once" in told.err
    assert "GiB of free memory" in told.err
    assert "step 6 of 6" in told.err
    assert {path.name for path in out.iterdir()} >= {
        "model.safetensors", "tokenizer.json", "loss.jsonl", "loss.svg", "README.md", "recipe",
        "training.json",
    }  # fmt: skip
    assert not {"checkpoints", "training.lock"} & {path.name for path in out.iterdir()}
    assert "m (12 records)" in (out / "README.md").read_text("utf-8")
    assert len(read_curve(out / "loss.jsonl")) == 6
    before = (out / "model.safetensors").stat().st_mtime_ns
    assert call(*words) == 0
    assert "was trained before: 6 steps" in capsys.readouterr().out
    assert (out / "model.safetensors").stat().st_mtime_ns == before
    assert call(*words, "--seed", 1) == 2
    assert "holds another training (seed 0, not 1)" in capsys.readouterr().err


REFUSED = {
    "no folder and no name": ([], {"--base": "no such/thing here"}, "no folder and no model's"),
    "a path that is not there": ([], {"--base": "./models/none"}, "no folder and no model's name"),
    "a file": ([], {"--base": "data.jsonl"}, "is a file: name the folder"),
    "a GGUF file": ([], {"--base": "model.gguf"}, "is a GGUF file"),
    "no model": ([], {"--base": "empty"}, "holds no model"),
    "an adapter alone": ([], {"--base": "adapter"}, "holds an adapter alone"),
    "no chat template": ([], {"--base": "untemplated"}, "has no chat template"),
    "a model that is quantised": ([], {"--base": "quantised"}, "quantised"),
    "another embedded one": ([], {"--base": "embedded:big"}, "is embedded:smollm2-135m"),
    "no answers": ([], {"DATA": "bare.jsonl"}, "holds no answers to train on"),
    "no data": ([], {"DATA": "none.jsonl"}, "none.jsonl"),
    "what the template refuses": ([], {"DATA": "system.jsonl"}, "refuses messages of the roles"),
    "no room": (["--max-length", "8"], {}, "no example has room for its answer in 8 tokens"),
    "questions": (["--against", "questions.jsonl"], {}, "1 of 12 records repeat a question"),
    "both": (["--allow-overlap", "--drop-overlap"], {}, "name one of them"),
    "a folder in use": ([], {"--out": "empty/.."}, "holds something already"),
    "a file as a folder": ([], {"--out": "data.jsonl"}, "holds something already"),
    "a method": (["--method", "lorra"], {}, "did you mean 'lora'"),
    "too little memory": ([], {"memory": "1"}, "GiB at least"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_in_a_line_and_nothing_is_made(
    call: Call,
    data: Path,
    base: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    case: str,
) -> None:
    more, changes, why = REFUSED[case]
    surroundings(tmp_path, base)
    if "memory" in changes:
        from training.torch import plan  # noqa: PLC0415 - torch may be missing

        monkeypatch.setattr(plan, "free_memory", lambda: 1)
    named = {"DATA": data, "--base": base, "--out": "out"} | changes
    before = sorted(tmp_path.rglob("*"))
    words = [named["DATA"], "--base", named["--base"], "--out", named["--out"], *more]
    assert call("train", *words) == 2
    told = capsys.readouterr().err.splitlines()
    assert why in told[-1]
    assert told[-1].startswith("explore-instruct: ")
    assert sorted(tmp_path.rglob("*")) == before


def surroundings(folder: Path, base: Path) -> None:
    """Make what the refused cases name."""
    for name in ("empty", "adapter"):
        (folder / name).mkdir()
    (folder / "adapter" / "adapter_config.json").write_text("{}")
    (folder / "model.gguf").write_bytes(b"GGUF")
    tiny_model(folder / "untemplated", template=None)
    config = json.loads((tiny_model(folder / "quantised") / "config.json").read_text("utf-8"))
    quantised = config | {"quantization_config": {"quant_method": "gptq", "bits": 4}}
    (folder / "quantised" / "config.json").write_text(json.dumps(quantised))
    write_lines(folder / "bare.jsonl", [{"instruction": "Sort."}])
    write_lines(folder / "system.jsonl", [row | {"system": "Be exact."} for row in ROWS])
    (base / "chat_template.jinja").write_text(NO_SYSTEM + TEMPLATE)
    write_lines(folder / "questions.jsonl", [{"question": "Say 7 times!"}])


@pytest.mark.parametrize(
    ("option", "records", "told"),
    [
        ("--allow-overlap", 12, "1 record too near to a question of questions.jsonl, trained on"),
        ("--drop-overlap", 11, "1 record left out: too near to a question of questions.jsonl"),
    ],
)
def test_records_that_hold_questions_are_told(
    call: Call,
    data: Path,
    base: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    records: int,
    told: str,
) -> None:
    write_lines(tmp_path / "questions.jsonl", [{"question": "Say 7 times!"}])
    words = ("train", data, "--base", base, "--out", "out", *FAST, "--max-steps", 1, "--json")
    assert call(*words, "--against", "questions.jsonl", option) == 0
    shown = capsys.readouterr()
    assert told in shown.err
    assert json.loads(shown.out)["records"] == records
    assert "questions" in (tmp_path / "out" / "README.md").read_text("utf-8")


def test_questions_are_looked_for_in_what_was_trained_on_before(
    call: Call, data: Path, base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(tmp_path / "questions.jsonl", [{"question": "Say 7 times!"}])
    words = ("train", data, "--base", base, "--out", "out", *FAST, "--max-steps", 1)
    assert call(*words) == 0
    assert call(*words, "--against", "questions.jsonl") == 2
    assert "1 of 12 records repeat a question" in capsys.readouterr().err


def test_nothing_of_torch_is_imported_by_other_commands() -> None:
    code = (
        "import sys, cli.main, cli.requests, cli.export, cli.analyze, training.recipes.table; "
        "print(*sorted({m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "transformers", "trl", "peft", "datasets"} & set(done.stdout.split())


def test_without_torch_the_fix_is_named(
    call: Call, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("training.torch")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert call("train", data, "--base", "a/b", "--out", "out") == 2
    told = capsys.readouterr().err
    assert "packages that are not installed (torch): pip install" in told
    assert not Path("out").exists()


def begin(words: list[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", "from cli.main import main; main()", "train", *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ)


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_what_was_ended_goes_on_and_ends_the_same(
    call: Call, data: Path, base: Path, tmp_path: Path, end: signal.Signals
) -> None:
    words = [str(word) for word in (data, "--base", base, *FAST, "--epochs", 60)]
    assert call("train", *words, "--out", "whole") == 0
    with begin([*words, "--out", str(tmp_path / "parts")]) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("step 54 of 180"):  # the third line of ten; it has saved since
                process.send_signal(end)
                break
        rest = process.stderr.read()
    assert process.wait() == (-end if end == signal.SIGKILL else 130)
    if end != signal.SIGKILL:
        assert "The same command goes on." in rest
    assert call("train", *words, "--out", "parts") == 0
    state = json.loads((tmp_path / "parts" / "training.json").read_text("utf-8"))
    assert state["resumed_at"] >= 36
    whole, parts = (read_curve(tmp_path / name / "loss.jsonl") for name in ("whole", "parts"))
    assert [step["step"] for step in parts] == list(range(1, 181))
    assert parts[-1]["loss"] == pytest.approx(whole[-1]["loss"], rel=0.01)


@pytest.mark.slow
def test_the_embedded_base_model_learns(
    call: Call, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch", reason="needs pip install '.[training]'")
    words = (data, "--base", "embedded:smollm2-135m", "--out", "out", "--max-steps", 4, *FAST)
    assert call("train", *words, "--learning-rate", 1e-4, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["last"] < result["first"] < 8
    from training.torch.answers import Folder  # noqa: PLC0415 - as above

    assert Folder(Path("out")).answer([{"role": "user", "content": "Say 3 times."}], 8)
