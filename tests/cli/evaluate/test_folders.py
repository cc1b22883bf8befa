"""`evaluate` with models in folders, which doubles read; nothing else imports torch."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from errors import InputError
from record import Record
from tests.cli.conftest import Call
from tests.cli.evaluate.comparing import MAIN, ROOT, written
from tests.cli.filtering import read_lines, write_lines
from tests.doubles.fake_openai import FakeOpenAI


def _double(monkeypatch: pytest.MonkeyPatch, name: str, **parts: object) -> None:
    """Put a double in the place of a module that needs torch."""
    double = ModuleType(name)
    vars(double).update(parts)
    monkeypatch.setitem(sys.modules, name, double)


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make two folders of models, which doubles read."""

    class Folder:
        def __init__(self, path: Path) -> None:
            self._path = path

        def answer(self, messages: list[dict[str, str]], max_tokens: int) -> str:
            return f"{self._path.name}: {messages[-1]['content']} in {max_tokens}"

    def held_out(folder: Path, records: list[Record], progress: Callable[..., None]) -> object:
        if any(len(record.output) > 50 for record in records):
            raise InputError("record 1 has 51 tokens, the model reads 50: leave it out")
        for done, _ in enumerate(records, start=1):
            progress(done, len(records))
        losses = [1.0 + (folder.name == "mb") for _ in records]
        return SimpleNamespace(losses=losses, tokens=[3] * len(records), mean=1.0)

    _double(monkeypatch, "training.torch.answers", Folder=Folder)
    _double(monkeypatch, "training.torch.loss", held_out=held_out)
    for name in ("ma", "mb"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
    return tmp_path


def test_folders_answer_and_their_losses_are_measured(
    call: Call, folders: Path, questions: Path, models: FakeOpenAI
) -> None:
    records = written(folders / "held.jsonl", 0, 4, 0)
    at = ("--judge-model", "openai:judge", "--judge-base-url", models.url)
    words = ("--model", folders / "ma", "--against", folders / "mb", "--questions", questions, *at)
    out = folders / "out"
    assert call("evaluate", *words, "--held-out", records, "--out", out, "--max-tokens", 10**6) == 0
    assert read_lines(out / "verdicts.jsonl")[1]["b"] == "mb: What is 1? in 1024"
    loss = json.loads((out / "results.json").read_text())["held_out"]
    assert (loss["a"], loss["b"], loss["interval"]) == (1.0, 2.0, [-1.0, -1.0])
    (folders / "mb" / "config.json").write_text('{"trained": "anew"}')
    assert call("evaluate", *words, "--out", out) == 2


@pytest.mark.parametrize("output", ["", "long " * 20])
def test_records_without_a_loss_leave_nothing(call: Call, folders: Path, output: str) -> None:
    records = write_lines(folders / "h.jsonl", [{"instruction": "Say it.", "output": output}])
    words = ("--model", folders / "ma", "--held-out", records, "--out", folders / "out")
    assert call("evaluate", *words) == 2
    assert not (folders / "out").exists()


def test_help_and_files_of_answers_import_no_torch(tmp_path: Path) -> None:
    a = written(tmp_path / "a.jsonl", 0, 2, 0)
    words = ["evaluate", "--model", str(a), "--math", str(a), "--out", str(tmp_path / "out")]
    for given in (["evaluate", "--help"], words):
        code = (
            f"import sys; sys.argv = ['x', *{given!r}]\n"
            f"import atexit; atexit.register(lambda: print('HEAVY', *sorted("
            "{m.split('.')[0] for m in sys.modules} & {'torch', 'transformers', 'peft', 'trl'})))\n"
            f"{MAIN}"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == "HEAVY"


def test_records_that_cannot_be_measured_cost_nothing_and_bind_nothing(
    call: Call, folders: Path, questions: Path, models: FakeOpenAI
) -> None:
    long = write_lines(folders / "long.jsonl", [{"instruction": "Say it.", "output": "long " * 20}])
    held = written(folders / "held.jsonl", 0, 4, 0)
    judged = ("--judge-model", "openai:judge", "--judge-base-url", models.url)
    words = ("--model", folders / "ma", "--against", folders / "mb", "--questions", questions)
    named = ("evaluate", *words, *judged, "--out", folders / "out")
    assert call(*named, "--held-out", long) == 2
    assert not (folders / "out").exists()
    assert models.requests == []
    assert call(*named) == 0
    asked = len(models.requests)
    assert call(*named, "--held-out", long) == 2
    assert call(*named) == 0  # the part that failed is not asked for again
    assert call(*named, "--held-out", held) == 0
    assert len(models.requests) == asked
    assert json.loads((folders / "out" / "results.json").read_text())["held_out"]["records"] == 4


def test_the_small_base_model_is_a_folder_by_its_name(
    call: Call, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _double(monkeypatch, "training.torch.bases", described=lambda _name, _tell: folders / "mb")
    held = written(folders / "held.jsonl", 0, 4, 0)
    named = ("--model", "embedded:smollm2-135m", "--held-out", held, "--out", folders / "out")
    assert call("evaluate", *named) == 0
    found = json.loads((folders / "out" / "results.json").read_text())
    assert (found["a"], found["held_out"]["a"]) == ("embedded:smollm2-135m", 2.0)


def test_a_name_that_is_no_model_may_be_a_path_that_is_missing(
    call: Call, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("evaluate", "--model", "modles", "--math", questions, "--out", "out") == 2
    told = capsys.readouterr().err
    assert "--model modles: there is no such file or folder; a model is PROVIDER:NAME" in told
