"""One chat model, ready to be asked: a `ChatRequest` in, an `Answer` out, whatever the provider.

A bad answer is data: an `Answer` that says what was wrong. `ask` raises only `NotAnswered`, when
another attempt may succeed, `EndpointRefused`, when none can, or `InputError`, when the model
cannot be set up. It never retries by itself; the caller decides. A setting that the endpoint
refuses (a JSON schema, a temperature) is left out from then on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from models.answer import Answer, read_answer, turned_down
from models.refusal import concerns_prompt, endpoint_refused, unsupported_setting
from models.request import ChatRequest, Traits, prepare

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import RunnableConfig


class Endpoint:
    """One chat model. It may be asked many times at once, and from one event loop after another.

    `connect` returns its LangChain chat model; it is called in a thread, once an event loop.
    `disconnect` closes what `connect` opened.

    Attributes:
        name: PROVIDER:NAME, or "embedded".
        headroom: tokens that a call may spend on thinking beyond its `max_tokens`.

    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], "BaseChatModel"],
        disconnect: Callable[["BaseChatModel"], Awaitable[None]] | None = None,
        traits: Traits | None = None,
    ) -> None:
        self.name = name
        self._traits = traits or Traits()
        self.headroom = self._traits.headroom
        self._connect = connect
        self._disconnect = disconnect
        self._chat: asyncio.Task[BaseChatModel] | None = None
        self._refused = set(self._traits.refused)

    def __repr__(self) -> str:
        return f"Endpoint({self.name!r})"

    async def ask(self, request: ChatRequest) -> Answer:
        """Return the model's answer to the request.

        Raises:
            EndpointRefused: no further call can succeed; NotAnswered: another attempt may.
            InputError: the model cannot be set up (no weights, no package).

        """
        chat, messages = await self.chat(), request.messages
        config: RunnableConfig = {
            "run_name": request.run_name,
            "tags": request.tags,
            "metadata": request.metadata,
        }
        while True:
            send, sent = prepare(chat, request, self._traits, frozenset(self._refused))
            try:
                message = await send(messages, config)
                return read_answer(self.name, messages, message, self._traits.finish_reasons)
            except Exception as error:  # noqa: BLE001 - each provider raises its own; models.refusal sorts them
                setting = unsupported_setting(error, sent)
                if setting is not None:
                    self._refused.add(setting)
                elif concerns_prompt(error):
                    return turned_down(self.name, messages, error)
                else:
                    # Not chained: the provider's message may repeat the key.
                    raise endpoint_refused(self.name, error) from None

    async def chat(self) -> "BaseChatModel":
        """Return the LangChain chat model behind it, connected in the running event loop."""
        loop = asyncio.get_running_loop()
        if self._chat is None or self._chat.get_loop() is not loop or _failed(self._chat):
            self._chat = loop.create_task(asyncio.to_thread(self._connect))
        return await asyncio.shield(self._chat)

    async def aclose(self) -> None:
        """Close the connections that were opened in the running event loop."""
        connected, self._chat = self._chat, None
        if connected is None or self._disconnect is None or _failed(connected):
            return
        if connected.get_loop() is asyncio.get_running_loop():
            await self._disconnect(await connected)


def endpoint_of(chat_model: "BaseChatModel", name: str, traits: Traits | None = None) -> Endpoint:
    """Return an endpoint of a chat model that exists already; the caller closes it."""
    return Endpoint(name, lambda: chat_model, traits=traits)


def _failed(task: "asyncio.Task[BaseChatModel]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
