"""One chat model, ready to be asked: a `ChatRequest` in, an `Answer` out, whatever the provider.

A bad answer is data: an `Answer` that says what was wrong. `ask` raises only `NotAnswered`, when
another attempt may succeed, `EndpointRefused`, when none can, or `InputError`, when the model
cannot be set up. It never retries by itself; the caller decides. What the endpoint does not take (a
JSON schema, a temperature) is left out from then on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer import Answer, read_answer, turned_down
from models.negotiation import Negotiation, Offer
from models.refusal import Origin, concerns_prompt, endpoint_refused
from models.request import ChatRequest, Traits, prepare
from models.terms import Terms

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class Endpoint:
    """One chat model. It may be asked many times at once, and from one event loop after another.

    `connect` returns its LangChain chat model; it is called in a thread, once an event loop.
    `disconnect` closes what `connect` opened.

    Attributes:
        name: PROVIDER:NAME, or "embedded".
        headroom: tokens that a call may spend on thinking beyond its `max_tokens`.
        extra_body: fields that a person adds to every request.
        origin: what its errors say of it: its name, its URL, the variable of its key.
        notices: what was found out about what the endpoint takes, in the order of finding.

    """

    def __init__(
        self,
        origin: Origin | str,
        connect: Callable[[], "BaseChatModel"],
        disconnect: Callable[["BaseChatModel"], Awaitable[None]] | None = None,
        traits: Traits | None = None,
    ) -> None:
        self.origin = Origin(origin) if isinstance(origin, str) else origin
        self.name = self.origin.name
        self._traits = traits or Traits()
        self.headroom = self._traits.headroom
        named = self._traits.demanded
        self.extra_body = {name: self._traits.extra[name] for name in sorted(named)}
        self._connect = connect
        self._disconnect = disconnect
        self._chat: asyncio.Task[BaseChatModel] | None = None
        self._negotiation = Negotiation(Terms(self._traits.refused))
        self.notices = self._negotiation.notices

    def __repr__(self) -> str:
        return f"Endpoint({self.name!r})"

    async def ask(self, request: ChatRequest) -> Answer:
        """Return the model's answer to the request.

        Raises:
            EndpointRefused: no further call can succeed; NotAnswered: another attempt may.
            InputError: the model cannot be set up (no weights, no package).

        """
        chat = await self.chat()
        wanted, messages = request.max_tokens + self.headroom, request.messages
        offer: Offer | None = self._negotiation.first(wanted, messages)
        refusal = Exception()
        while offer is not None:
            ready = prepare(chat, request, self._traits, offer)
            try:
                message = await ready.send(ready.messages, request.config)
                answer = read_answer(self.name, messages, message, self._traits.finish_reasons)
            except Exception as error:  # noqa: BLE001 - each provider raises its own; models.refusal sorts them
                refusal = error if offer.trials is None else refusal
                offer = self._negotiation.after(offer, error, ready.sent, messages)
            else:
                self._negotiation.accept(offer)
                left_out = offer.terms.left_out - self._traits.refused
                return replace(answer, left_out=sorted(left_out))
        if concerns_prompt(refusal):
            return turned_down(self.name, messages, refusal)
        # Not chained: the provider's message may repeat the key.
        raise endpoint_refused(self.origin, refusal) from None

    @property
    def has_answered(self) -> bool:
        """Whether it ever answered, so that it takes requests such as these."""
        return self._negotiation.is_settled

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


def endpoint_of(
    chat_model: "BaseChatModel", origin: Origin | str, traits: Traits | None = None
) -> Endpoint:
    """Return an endpoint of a chat model that exists already; the caller closes it."""
    return Endpoint(origin, lambda: chat_model, traits=traits)


def _failed(task: "asyncio.Task[BaseChatModel]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
