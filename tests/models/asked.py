"""One prompt asked of an endpoint; scripted chat models, and a server's replies, to ask it of."""

from collections.abc import Callable, Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda

from models.answer import Answer
from models.chat import Endpoint
from models.endpoint import endpoint
from models.request import ChatRequest
from tests.doubles.fake_openai import FakeReply

KEY = "sk-test-0123456789abcdef"
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
PROMPT: list[BaseMessage] = [SystemMessage("Be brief."), HumanMessage("Name a fruit.")]

Reply = Callable[[dict[str, Any]], FakeReply]


async def asked(endpoint: Endpoint, schema: dict[str, Any] | None = SCHEMA) -> Answer:
    request = ChatRequest(
        messages=PROMPT, schema=schema, seed=7, max_tokens=50, temperature=0.8, run_name="test"
    )
    return await endpoint.ask(request)


async def asked_at(url: str, *, times: int = 1, timeout_s: float = 120) -> list[Answer]:
    model = endpoint("openai:fake", url, timeout_s=timeout_s)
    try:
        return [await asked(model) for _ in range(times)]
    finally:
        await model.aclose()


def scripted(*replies: FakeReply) -> Reply:
    """Answer with one reply after the other, the last one again and again."""
    remaining: Iterator[FakeReply] = iter(replies)
    return lambda _request: next(remaining, replies[-1])


def refusing(setting: str, words: str, status: int = 400) -> Reply:
    """Refuse every request that holds the setting, with these words."""
    return lambda request: (
        FakeReply(status=status, content=words) if setting in request else FakeReply(content="ok")
    )


class Answering(BaseChatModel):
    """A chat model that answers without a server; a member says what."""

    @property
    def _llm_type(self) -> str:
        return type(self).__name__

    def reply_to(self, messages: list[BaseMessage]) -> AIMessage:
        raise NotImplementedError

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - BaseChatModel's
        **kwargs: Any,  # noqa: ANN401 - BaseChatModel's
    ) -> ChatResult:
        assert not stop
        assert not kwargs
        return ChatResult(generations=[ChatGeneration(message=self.reply_to(messages))])


class Scripted(Answering):
    """A chat model without structured output, whose answer shows the settings it got."""

    seed: int = 0
    num_predict: int = 0
    reply: AIMessage | None = None

    def reply_to(self, messages: list[BaseMessage]) -> AIMessage:
        return self.reply or AIMessage(f"{self.seed} {self.num_predict} {len(messages)}")


class Structured(Scripted):
    """The same, with structured output by tool call."""

    def with_structured_output(
        self,
        schema: Any,  # noqa: ANN401 - BaseChatModel's
        *,
        include_raw: bool = False,
        **kwargs: Any,  # noqa: ANN401 - BaseChatModel's
    ) -> Runnable[LanguageModelInput, Any]:
        assert include_raw
        assert schema["title"]
        assert not kwargs
        return self | RunnableLambda(lambda message: {"raw": message, "parsed": None})
