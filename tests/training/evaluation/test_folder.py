"""A model in a folder, asked through an endpoint; the model itself is a double."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from errors import InputError
from models.request import ChatRequest
from training.evaluation.folder import fingerprint, folder_endpoint, is_model, load


class Double:
    """Answers with what it was asked; too long a question raises, as the real one does."""

    def __init__(self, path: Path) -> None:
        if not is_model(path):
            raise InputError(f"{path} holds no model")

    def answer(self, messages: Sequence[Mapping[str, str]], max_tokens: int) -> str:
        if len(messages[-1]["content"]) > 50:
            raise InputError("a question of 51 tokens leaves no room for an answer")
        return f"{[message['role'] for message in messages]} {max_tokens}"


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    double = ModuleType("training.torch.answers")
    double.Folder = Double  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "training.torch.answers", double)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    return tmp_path


def said(model: Path, question: str) -> str:
    request = ChatRequest(
        messages=[SystemMessage("Be brief."), HumanMessage(question)],
        schema=None, seed=7, max_tokens=33, temperature=0.0, run_name="answer",
    )  # fmt: skip
    endpoint = folder_endpoint("folder:m", load(model))
    return asyncio.run(endpoint.ask(request)).text


def test_it_gets_the_messages_and_the_limit(model: Path) -> None:
    assert said(model, "Why?") == "['system', 'user'] 33"


def test_a_question_that_is_too_long_gets_an_empty_answer(model: Path) -> None:
    assert said(model, "Why? " * 20) == ""


def test_a_folder_is_known_again_by_what_it_holds(model: Path) -> None:
    before = fingerprint(model)
    (model / "README.md").write_text("Another card.")
    assert fingerprint(model) == before
    (model / "model.safetensors").write_bytes(b"Weights")
    assert fingerprint(model) != before


def test_without_torch_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "training.torch.answers", None)
    with pytest.raises(InputError, match=r"explore-instruct\[training\]"):
        load(tmp_path)
