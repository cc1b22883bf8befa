"""ChatOpenAI without the steps that take most of a call's CPU time and change nothing.

langchain-openai examines every character of a message. The openai client checks every message of
a request against its types, to rename fields that need no renaming, and builds typed objects of the
answer, which LangChain takes apart again. Here messages are text, a request is sent as it is, and
an answer is read from its JSON.
"""

from typing import Any

import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr

from models.openai_answer import REASONING, read_body, repaired

ROLES = {"system": "system", "human": "user", "ai": "assistant"}
_NO_WORDS = [HumanMessage("")]


class PlainChatOpenAI(ChatOpenAI):
    """A ChatOpenAI for lists of messages of plain text, asked through `ainvoke`."""

    _own_params: dict[str, Any] | None = PrivateAttr(None)

    def _get_invocation_params(
        self,
        stop: list[str] | None = None,
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> dict[str, Any]:
        """Return what a trace records of a call; the model's own settings are collected once."""
        if self._own_params is None:
            self._own_params = super()._get_invocation_params(stop)
        return {**self._own_params, **kwargs}

    def _request_body(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None,
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> dict[str, Any]:
        payload = self._get_request_payload(_NO_WORDS, stop=stop, **kwargs)
        body: dict[str, Any] = payload | payload.pop("extra_body", {})
        texts = [{"role": ROLES[message.type], "content": message.content} for message in messages]
        return body | {"messages": texts}

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - the base class's signature
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> ChatResult:
        body = self._request_body(messages, stop, **kwargs)
        client: openai.AsyncOpenAI = self.root_async_client
        answered = await client.post("/chat/completions", cast_to=str, body=body)
        return self._result_of(read_body(answered))

    def _result_of(self, answer: Any) -> ChatResult:  # noqa: ANN401 - what JSON holds
        """Return LangChain's form of an answer, with the reasoning that it leaves out.

        A failed answer raises an error; its `usage` is the answer's, where it has one.
        """
        try:
            thoughts = repaired(answer)
            result = self._create_chat_result(answer)
        except Exception as error:
            error.usage = answer.get("usage") if isinstance(answer, dict) else None  # type: ignore[attr-defined] # set here
            raise
        for generation, thought in zip(result.generations, thoughts, strict=True):
            if thought:
                generation.message.additional_kwargs[REASONING] = thought
        return result
