"""A scripted model: what it answers follows from the request alone, and every call is recorded.

`reply` is the model; `ScriptedChat` wraps it as a LangChain chat model, `serve` as the answer of a
FakeOpenAI server. Now and then it repeats itself, or answers what cannot be read, as models do.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from random import Random
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from simulator.judging import Skill, judging_answer
from tests.doubles.fake_openai import FakeReply

JUDGE = Skill(specificity=0.8)
"""How the model judges: it turns down one record in five."""

Script = Callable[[str, str, int], str]
"""From system prompt, last message and seed to the answer's text."""

WORDS = [
    a + b + c
    for a in ("ba", "ko", "mi", "ru", "te")
    for b in ("lan", "dor", "ves", "nim", "tal", "gor")
    for c in ("a", "el", "in", "os", "ur", "ith")
]


def reply(system: str, request: str, seed: int) -> str:
    """Return well-formed answers with some repetition, and every so often one without sense."""
    draw = _draw(request, seed)
    if "could not be used" not in request and draw.random() < 0.1:
        return "I would rather talk about something else."
    return _sensible(system, request, seed, draw)


def sensible(system: str, request: str, seed: int) -> str:
    """Return well-formed answers with some repetition, and none without sense."""
    return _sensible(system, request, seed, _draw(request, seed))


def _draw(request: str, seed: int) -> Random:
    return Random(f"{sha256(request.encode()).hexdigest()} {seed}")


def _sensible(system: str, request: str, seed: int, draw: Random) -> str:
    about = judging_answer([{"content": system}, {"content": request}], f"{request} {seed}", JUDGE)
    if about is not None:
        return about
    asked = int((re.findall(r"(?:name|Name|Write) (\d+)", request) or ["1"])[-1])
    if '"subtasks"' in system:
        return subtasks(_phrase(draw, 3) for _ in range(asked))
    return records(_phrase(draw, 9) for _ in range(asked))


def subtasks(names: Iterable[str]) -> str:
    """Return the answer that names these subtasks."""
    items = [{"name": name, "reason": f"For {name}."} for name in names]
    return json.dumps({"criterion": "what it is about", "subtasks": items})


def records(instructions: Iterable[str]) -> str:
    """Return the answer with a record for each of these instructions."""
    return json.dumps(
        {
            "records": [
                {
                    "instruction": i,
                    "input": f"The input of {i}.",
                    "output": "An output that differs from all of it.",
                }
                for i in instructions
            ]
        }
    )


def _phrase(draw: Random, length: int) -> str:
    few = WORDS[:12] if draw.random() < 0.15 else WORDS
    return " ".join(draw.choice(few) for _ in range(length)).capitalize()


class ScriptedChat(BaseChatModel):
    """A chat model that follows a script."""

    script: Script = reply
    seed: int = 0
    tokens: int = 50
    _calls: list[tuple[str, int]] = PrivateAttr(default_factory=list)

    @property
    def calls(self) -> list[tuple[str, int]]:
        """The last message and the seed of every call, in order."""
        return self._calls

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - the interface's arguments
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401, ARG002
    ) -> ChatResult:
        last = messages[-1].text
        self.calls.append((last, self.seed))
        text = self.script(messages[0].text, last, self.seed)
        usage = {
            "input_tokens": 100,
            "output_tokens": self.tokens,
            "total_tokens": 100 + self.tokens,
        }
        message = AIMessage(
            text,
            usage_metadata=usage,
            response_metadata={"finish_reason": "stop", "model_name": "scripted"},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


class ShuffledChat(ScriptedChat):
    """A scripted model whose answers come back in an order of its own, however they were asked."""

    shuffle: int = 0

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - the interface's arguments
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401, ARG002
    ) -> ChatResult:
        for _ in range(Random(f"{self.shuffle} {self.seed}").randrange(40)):
            await asyncio.sleep(0)
        return self._generate(messages)


def serve(script: Script = reply) -> Callable[[dict[str, Any]], FakeReply]:
    """Return the script as the answer of a FakeOpenAI server."""

    def answer(request: dict[str, Any]) -> FakeReply:
        messages = request["messages"]
        return FakeReply(
            content=script(messages[0]["content"], messages[-1]["content"], request.get("seed", 0))
        )

    return answer
