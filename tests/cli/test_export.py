"""`export`, as a person runs it, and what the tools that the files are for make of them."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import pytest
from pyarrow import parquet
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from cli import export
from cli.export import export_records
from cli.requests import ExportRequest
from store.files.folder import create
from store.formats.format import FileFormat, Row
from store.formats.table import FORMATS
from tests.cli.conftest import Call
from tests.report.samples import write_lines
from tests.running import SMALL, run_scripted


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    create(folder, {"domain": {"name": "rewriting", "task": "Rewriting"}, "settings": {}})
    run_scripted(folder, SMALL)
    return folder


def rows_of(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "dataset.jsonl").read_text("utf-8").splitlines()]


# Scores


@pytest.fixture
def scored(run: Path, tmp_path: Path) -> Path:
    """Return a run whose records have the scores 0, 0.1 … 0.9 in turns, every seventh none."""
    folder = shutil.copytree(run, tmp_path / "scored")
    rows = [row | {"score": n % 10 / 10} for n, row in enumerate(rows_of(run))]
    for row in rows[::7]:
        del row["score"]
    write_lines(folder / "dataset.jsonl", rows)
    return folder


@pytest.mark.parametrize("least", [0, 0.3, 0.9])
@pytest.mark.parametrize("form", ["messages", "alpaca", "huggingface"])
def test_only_records_of_a_score_are_exported_and_the_others_are_counted(
    call: Call,
    scored: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    form: str,
    least: float,
) -> None:
    out = tmp_path / {"messages": "out.jsonl", "alpaca": "out.json", "huggingface": "out"}[form]
    rows = rows_of(scored)
    kept = sum(row.get("score", -1) >= least for row in rows)
    without = sum("score" not in row for row in rows)
    assert call("export", scored, "--format", form, "--out", out, "--min-score", least) == 0
    told = capsys.readouterr().out
    assert f"{len(rows) - kept - without} record" in told
    assert f"below {least:g}, {without} without a score" in told
    assert f"{kept} record" in told.splitlines()[-1]
    if form == "huggingface":
        card = (out / "README.md").read_text("utf-8").replace("\\", "")
        assert f"scored {least:g} or higher" in card


def test_a_score_that_no_record_has_is_told_and_nothing_written(
    call: Call, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("export", run, "--format", "messages", "--out", tmp_path / "out.jsonl", "--min-score")
    assert call(*words, "0.5") == 2
    assert f"0 records below 0.5, {len(rows_of(run))} without a score" in capsys.readouterr().err
    assert call(*words, "7") == 2
    assert "--min-score" in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


# Test sets


def test_what_repeats_a_test_set_is_left_out(
    call: Call, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(run)
    asked = [row["instruction"] for row in rows]
    near = " ".join([*asked[3].split()[:-1], "otherwise"])
    test = write_lines(tmp_path / "test.jsonl", [{"asked": asked[0]}, {"asked": near}])
    words = ("export", run, "--format", "messages", "--out", "out.jsonl", "--against", test)
    assert call(*words, "--against-field", "asked") == 0
    assert "2 records left out" in capsys.readouterr().out
    chats = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    left = [chat["messages"][0]["content"].partition("\n\n")[0] for chat in chats]
    assert left == [text for n, text in enumerate(asked) if n not in {0, 3}]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--format", "xml", "--out", "o"], "format 'xml' is unknown"),
        (["--format", "alpaca", "--out", "o", "--license", "mit"], "--license stands in"),
        (["--format", "huggingface", "--out", "o", "--license", "C C"], "license 'C C'"),
        (["--format", "alpaca", "--out", "t", "--against", "t"], "t is read"),
        (["--format", "alpaca", "--out", "o.parquet"], "name it o.json"),
        (["--format", "parquet", "--out", "o.csv"], "name it o.parquet"),
        (["--format", "messages", "--out", "o.jsonl.gz"], "name it o.jsonl"),
        (["--format", "alpaca", "--out", "o", "--against", "t"], "'instruction' is missing"),
        (["--format", "alpaca", "--out", "o", "--against", "none"], "none"),
    ],
)
def test_bad_usage_is_named_and_writes_nothing(
    call: Call,
    run: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    named: str,
) -> None:
    write_lines(tmp_path / "t", [{"asked": "x"}])
    assert call("export", run, *words) == 2
    assert named in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_nothing_that_is_read_and_no_file_of_a_run_is_written_over(
    call: Call, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = write_lines(tmp_path / "q-validation.json", [{"instruction": "mine"}])
    (tmp_path / "link-validation.json").symlink_to(run / "dataset.jsonl")
    (tmp_path / "link.json").symlink_to(run / "dataset.jsonl")
    before = [foreign.read_bytes(), (run / "dataset.jsonl").read_bytes()]
    alpaca, split = ("export", run, "--format", "alpaca", "--out"), ("--split", 0.3)
    assert call(*alpaca, "q.json", *split, "--against", foreign) == 2
    assert "q-validation.json is read" in capsys.readouterr().err
    for words in (("link.json",), ("link.json", *split), (run / "calls.jsonl",)):
        assert call(*alpaca, *words) == 2
        assert "is a file of a run: name another" in capsys.readouterr().err
    (tmp_path / "link.json").unlink()
    assert call(*alpaca, "link.json", *split) == 2
    assert [foreign.read_bytes(), (run / "dataset.jsonl").read_bytes()] == before


# A sample and a split


def test_a_sample_is_balanced_and_a_split_parts_whole_branches(
    call: Call, run: Path, tmp_path: Path
) -> None:
    words = ("export", run, "--format", "parquet", "--out", "out.parquet")
    assert call(*words, "--sample", 20, "--split", 0.3) == 0
    sides = [pyarrow_rows(tmp_path / name) for name in ("out.parquet", "out-validation.parquet")]
    spread = Counter(row["task"] for side in sides for row in side)
    assert sum(spread.values()) == 20
    assert max(spread.values()) - min(spread.values()) <= 1
    assert len(spread) == 10
    train, validation = ({row["path"][1] for row in s if len(row["path"]) > 1} for s in sides)
    assert train
    assert validation
    assert not train & validation


def test_what_repeats_across_a_split_is_told(
    call: Call, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--format", "huggingface", "--split", 0.3, "--out")
    assert call("export", run, *words, "apart") == 0
    assert "repeat" not in capsys.readouterr().out
    alike = tmp_path / "alike"
    shutil.copytree(run, alike)
    write_lines(alike / "dataset.jsonl", [r | {"instruction": "Same words"} for r in rows_of(run)])
    assert call("export", alike, *words, "leaking") == 0
    held_out = pyarrow_rows(tmp_path / "leaking" / "data" / "validation-00000-of-00001.parquet")
    told = f"{len(held_out)} records of the validation split repeat one of the training"
    assert told in capsys.readouterr().out
    assert told in (tmp_path / "leaking" / "README.md").read_text()


def pyarrow_rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


# A format of one's own


def test_a_new_format_is_one_function_and_one_row(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write_questions(path: Path, rows: Iterable[Row]) -> int:
        asked = [row["instruction"] for row in rows]
        path.write_text("\n".join(asked), encoding="utf-8")
        return len(asked)

    monkeypatch.setattr(export, "FORMATS", {**FORMATS, "questions": FileFormat(write_questions)})
    out = tmp_path / "questions.txt"
    export_records(ExportRequest(run, out, "questions", against=[], against_field="instruction"))
    asked = [row["instruction"] for row in rows_of(run)]
    assert out.read_text("utf-8").splitlines() == asked
    assert f"{len(asked)} records in {out}" in capsys.readouterr().out


def test_the_help_names_every_format(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("export", "--help") == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in FORMATS)


# The tools


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Alpaca(Strict):
    """LLaMA-Factory's data/README.md: alpaca format, supervised fine-tuning."""

    instruction: str
    input: str
    output: str


class Message(Strict):
    """TRL's "Dataset formats": conversational language modelling."""

    role: Literal["user", "assistant"]
    content: str


class Chat(Strict):
    messages: list[Message]


class Turn(Strict):
    """LLaMA-Factory's data/README.md: sharegpt format, its default tags."""

    speaker: Literal["human", "gpt"] = Field(alias="from")
    value: str


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets", reason="needs Hugging Face datasets")
    datasets.disable_progress_bars()
    return lambda *words, **named: datasets.load_dataset(
        *words, **named, cache_dir=str(tmp_path / "cache")
    )


def test_hugging_face_datasets_reads_every_format(
    call: Call, run: Path, tmp_path: Path, load: Callable[..., Any]
) -> None:
    rows = rows_of(run)
    builders = {"alpaca": "json", "messages": "json", "sharegpt": "json", "parquet": "parquet"}
    found = {}
    for form, builder in builders.items():
        assert call("export", run, "--format", form, "--out", f"{form}.file") == 0
        loaded = load(builder, data_files=str(tmp_path / f"{form}.file"))
        found[form] = loaded["train"].to_list()
    TypeAdapter(list[Alpaca]).validate_python(found["alpaca"])
    assert found["alpaca"] == [
        {part: row[part] for part in ("instruction", "input", "output")} for row in rows
    ]
    TypeAdapter(list[Chat]).validate_python(found["messages"])
    assert [[turn["role"] for turn in chat["messages"]] for chat in found["messages"]] == [
        ["user", "assistant"] for _ in rows
    ]
    for row in found["sharegpt"]:
        assert [Turn.model_validate(turn).speaker for turn in row["conversations"]] == [
            "human",
            "gpt",
        ]
    assert found["parquet"] == rows


def test_the_folder_loads_with_its_splits(
    call: Call, run: Path, tmp_path: Path, load: Callable[..., Any]
) -> None:
    words = ("export", run, "--format", "huggingface", "--out", "hub", "--split", 0.3)
    assert call(*words, "--license", "cc-by-4.0") == 0
    loaded = load(str(tmp_path / "hub"))
    assert set(loaded) == {"train", "validation"}
    both = [*loaded["train"].to_list(), *loaded["validation"].to_list()]
    by_id = {row["id"]: row for row in both}
    assert [by_id[row["id"]] for row in rows_of(run)] == rows_of(run)
    assert len(both) == len(rows_of(run))
    hub = pytest.importorskip("huggingface_hub")
    card = hub.DatasetCard.load(str(tmp_path / "hub" / "README.md"))
    assert card.data.license == "cc-by-4.0"
    assert card.data.size_categories == ["n<1K"]
