"""`export` of conversations, system prompts, reasoning and preferences, as the tools read them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NotRequired

import pytest
from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from tests.cli.conftest import Call
from tests.report.samples import record, write_lines
from turns import Exchange, messages_of

TALK = messages_of([Exchange("a?", "b."), Exchange("c?", "d.")])
SYSTEM = {"role": "system", "content": "Be kind"}
CONVERSATION = record("a?", input="", output="d.", messages=TALK, system="Be kind", reasoning="Hm")
SINGLE = record("e?", input="f", output="g.", system="Be kind", reasoning="So")
PLAIN = record("h?", input="", output="i.")
INLINE = "<think>\n{}\n</think>\n\n{}"


@with_config(ConfigDict(extra="forbid", strict=True))
class Message(TypedDict):
    """TRL's "Dataset formats": a conversational message."""

    role: Literal["system", "user", "assistant"]
    content: str
    reasoning_content: NotRequired[str | None]


@with_config(ConfigDict(extra="forbid", strict=True))
class Preference(TypedDict):
    """TRL's "Dataset formats": preference, conversational, with an explicit prompt."""

    prompt: list[Message]
    chosen: list[Message]
    rejected: list[Message]


@pytest.fixture
def export(call: Call, tmp_path: Path) -> Callable[..., Any]:
    def written(rows: list[dict[str, Any]], form: str, *words: object) -> Any:  # noqa: ANN401 - JSON
        folder = tmp_path / "run"
        folder.mkdir(exist_ok=True)
        write_lines(folder / "dataset.jsonl", rows)
        out = tmp_path / f"{form}.{'parquet' if form == 'parquet' else 'json'}"
        if call("export", folder, "--format", form, "--out", out, *words):
            return None
        text = "" if form == "parquet" else out.read_text("utf-8")
        if form in {"messages", "preference"}:
            return [json.loads(line) for line in text.splitlines()]
        return json.loads(text) if text else out

    return written


def test_all_turns_and_the_system_prompt_are_written(export: Callable[..., Any]) -> None:
    talk, single, plain = (
        row["messages"] for row in export([CONVERSATION, SINGLE, PLAIN], "messages")
    )
    assert talk == [SYSTEM, *TALK]
    assert single == [SYSTEM, *messages_of([Exchange("e?\n\nf", "g.")])]
    assert plain == messages_of([Exchange("h?", "i.")])
    TypeAdapter(list[Message]).validate_python([*talk, *single, *plain])
    said = [row["conversations"] for row in export([CONVERSATION, SINGLE], "sharegpt")]
    assert [[turn["from"] for turn in one] for one in said] == [
        ["system", "human", "gpt", "human", "gpt"],
        ["system", "human", "gpt"],
    ]
    assert said[0][-1]["value"] == "d."


def test_alpaca_refuses_several_turns_in_a_line_and_holds_a_system_prompt(
    export: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert export([SINGLE | {"id": "r0"}, CONVERSATION | {"id": "r1"}], "alpaca") is None
    told = capsys.readouterr().err
    assert "record r1 has 2 user turns, and alpaca holds one: export --format messages" in told
    assert len(told.splitlines()) == 1
    assert export([SINGLE], "alpaca") == [
        {"instruction": "e?", "input": "f", "output": "g.", "system": "Be kind"}
    ]


@pytest.mark.parametrize("messages", ["x", [], [1], TALK[:3], [*TALK, TALK[3]], [SYSTEM, *TALK]])
def test_messages_out_of_order_are_refused_with_their_record(
    export: Callable[..., Any], capsys: pytest.CaptureFixture[str], messages: object
) -> None:
    for words in ([], ["--reasoning", "inline"]):
        broken = CONVERSATION | {"id": "r7", "messages": messages}
        assert export([PLAIN, broken], "messages", *words) is None
        assert "record r7: " in capsys.readouterr().err


def test_reasoning_is_left_out_unless_asked_for_and_that_is_told(
    export: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = export([CONVERSATION, SINGLE, PLAIN], "messages")
    assert "Hm" not in json.dumps(rows)
    assert "So" not in json.dumps(rows)
    told = capsys.readouterr().out
    assert "the reasoning of 2 records left out: --reasoning inline or field keeps it" in told


def test_reasoning_is_written_inline_as_chat_templates_write_it(export: Callable[..., Any]) -> None:
    talk, single, plain = export([CONVERSATION, SINGLE, PLAIN], "messages", "--reasoning", "inline")
    assert talk["messages"][2]["content"] == "b."
    assert talk["messages"][-1] == {"role": "assistant", "content": INLINE.format("Hm", "d.")}
    assert single["messages"][-1]["content"] == INLINE.format("So", "g.")
    assert plain["messages"][-1]["content"] == "i."
    (alpaca,) = export([SINGLE], "alpaca", "--reasoning", "inline")
    assert alpaca["output"] == INLINE.format("So", "g.")
    assert "reasoning" not in alpaca


def test_reasoning_is_a_field_of_the_message_or_a_column(export: Callable[..., Any]) -> None:
    talk, single = export([CONVERSATION, SINGLE], "messages", "--reasoning", "field")
    assert [m.get("reasoning_content") for m in talk["messages"]] == [None] * 4 + ["Hm"]
    assert single["messages"][-1] == {
        "role": "assistant",
        "content": "g.",
        "reasoning_content": "So",
    }
    (alpaca,) = export([SINGLE], "alpaca", "--reasoning", "field")
    assert (alpaca["output"], alpaca["reasoning"]) == ("g.", "So")
    (sharegpt,) = export([CONVERSATION], "sharegpt", "--reasoning", "field")
    assert sharegpt["reasoning"] == "Hm"


def test_pairs_are_what_trl_s_dpo_takes(
    export: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row | {"rejected_output": "No."} for row in (CONVERSATION, SINGLE)]
    pairs = export([*rows, PLAIN], "preference")
    TypeAdapter(list[Preference]).validate_python(pairs)
    assert pairs[0]["prompt"] == [SYSTEM, *TALK[:3]]
    assert pairs[0]["chosen"] == [TALK[3]]
    assert pairs[1]["chosen"] == [{"role": "assistant", "content": "g."}]
    assert [pair["rejected"] for pair in pairs] == [[{"role": "assistant", "content": "No."}]] * 2
    assert "1 record left out: without a rejected_output" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("form", "words", "told"),
    [
        ("preference", [], "no record has a rejected_output, which --format preference needs"),
        ("preference", ["--reasoning", "field"], "--reasoning: rejected answers have none"),
        ("messages", ["--reasoning", "x"], "reasoning 'x' is unknown: name none, inline or field"),
    ],
)
def test_what_cannot_be_exported_is_told_in_a_line(
    export: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
    form: str,
    words: list[str],
    told: str,
) -> None:
    assert export([SINGLE], form, *words) is None
    said = capsys.readouterr().err
    assert told in said
    assert len(said.splitlines()) == 1


def test_hugging_face_datasets_reads_conversations_reasoning_and_pairs(
    export: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets", reason="needs Hugging Face datasets")
    datasets.disable_progress_bars()
    rows = [row | {"rejected_output": "No."} for row in (CONVERSATION, SINGLE)]
    found = {}
    for form, builder in {"messages": "json", "preference": "json", "parquet": "parquet"}.items():
        words = [] if form == "preference" else ["--reasoning", "field"]
        assert export(rows, form, *words) is not None
        path = tmp_path / f"{form}.{builder}"
        loaded = datasets.load_dataset(
            builder, data_files=str(path), cache_dir=str(tmp_path / "cache")
        )
        found[form] = loaded["train"].to_list()
    TypeAdapter(list[Preference]).validate_python(found["preference"])
    for chat in found["messages"]:
        TypeAdapter(list[Message]).validate_python(chat["messages"])
    assert found["messages"][0]["messages"][-1]["reasoning_content"] == "Hm"
    assert found["parquet"][0]["messages"] == TALK
    assert [row["reasoning"] for row in found["parquet"]] == ["Hm", "So"]


def test_turns_and_reasoning_survive_filter_analyze_and_export(
    call: Call, export: Callable[..., Any], tmp_path: Path
) -> None:
    chats = export([CONVERSATION, SINGLE], "messages", "--reasoning", "field")
    given = write_lines(tmp_path / "chats.jsonl", chats)
    folder = tmp_path / "kept"
    folder.mkdir()
    assert call("filter", given, "--out", folder / "dataset.jsonl") == 0
    assert call("analyze", folder / "dataset.jsonl", "--json", tmp_path / "found.json") == 0
    (found,) = json.loads((tmp_path / "found.json").read_text())["sets"]
    assert found["records"] == 2
    again = (
        "export",
        folder,
        "--format",
        "messages",
        "--out",
        "again.json",
        "--reasoning",
        "field",
    )
    assert call(*again) == 0
    lines = (tmp_path / "again.json").read_text().splitlines()
    assert [json.loads(line) for line in lines] == chats
