"""A model in a folder, asked as every other model is: through an endpoint, one call at a time."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from errors import InputError
from models.chat import Endpoint
from training.hyperparameters import EMBEDDED_BASE

ROLES = {"human": "user", "ai": "assistant", "system": "system"}
SAMPLE = 1 << 20
"""Bytes at the beginning and at the end of a file by which a folder is known again."""

FOLDER = "folder:"
"""What the journal's name of such a model begins with."""

MODEL_FILES = ("config.json", "adapter_config.json")

Answering = Callable[[Sequence[dict[str, str]], int], str]


class FolderChat(BaseChatModel):
    """A folder's model as LangChain's: `answering` returns its answer to messages."""

    answering: Answering
    max_tokens: int = 1_024

    @property
    def _llm_type(self) -> str:
        return "folder"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - LangChain's signature
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **_: Any,  # noqa: ANN401
    ) -> ChatResult:
        said = [{"role": ROLES[m.type], "content": str(m.content)} for m in messages]
        message = AIMessage(self.answering(said, self.max_tokens))
        return ChatResult(generations=[ChatGeneration(message=message)])


def packaged_folder() -> Path:
    """Return the folder of the small base model that comes from the package index.

    Raises InputError where it, or torch, is not installed.
    """
    try:
        from training.torch.bases import described  # noqa: PLC0415 - torch takes seconds
    except ImportError as error:
        raise _without_torch(EMBEDDED_BASE) from error
    return described(EMBEDDED_BASE, lambda _: None)


def load(path: Path) -> Answering:
    """Return what answers for the model in a folder, one call at a time.

    A question that its context has no room for gets an empty answer. Raises InputError where the
    folder holds no model that can be asked, or torch is missing.
    """
    try:
        from training.torch.answers import Folder  # noqa: PLC0415 - torch takes seconds
    except ImportError as error:
        raise _without_torch(path) from error
    folder, one_at_a_time = Folder(path), Lock()

    def answering(messages: Sequence[dict[str, str]], max_tokens: int) -> str:
        with one_at_a_time:
            try:
                return folder.answer(messages, max_tokens)
            except InputError:
                return ""

    return answering


def _without_torch(name: object) -> InputError:
    return InputError(
        f"{name} is a model that runs in this process: pip install 'explore-instruct[training]'"
    )


def folder_endpoint(name: str, answering: Answering) -> Endpoint:
    """Return the endpoint of a model that was loaded."""
    return Endpoint(name, lambda: FolderChat(answering=answering))


def is_model(path: Path) -> bool:
    """Return whether a folder holds a model."""
    return any((path / name).is_file() for name in MODEL_FILES)


def fingerprint(path: Path) -> str:
    """Return twelve hexadecimal digits that tell a folder's model from others of the same path."""
    known = hashlib.sha256()
    for file in sorted(path.iterdir()):
        if file.suffix in {".safetensors", ".bin", ".gguf", ".json", ".jinja"} and file.is_file():
            known.update(f"{file.name} {file.stat().st_size}\n".encode())
            with file.open("rb") as content:
                known.update(content.read(SAMPLE))
                content.seek(max(0, file.stat().st_size - SAMPLE))
                known.update(content.read(SAMPLE))
    return known.hexdigest()[:12]
