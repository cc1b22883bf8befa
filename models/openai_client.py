"""ChatOpenAI, without what takes most of a call's CPU time and decides nothing.

langchain-openai looks at every character of a message, the openai client walks every message of a
request against its types to rename fields that need none of it, builds typed objects of the answer,
and LangChain takes these apart again. Here messages are text, a request is sent as it is, and an
answer is read from its JSON.
"""

import json
from typing import Any

import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI


class PlainChatOpenAI(ChatOpenAI):
    """A ChatOpenAI for messages of plain text, asked through `ainvoke`."""

    def _get_request_payload(
        self,
        input_: LanguageModelInput,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> dict[str, Any]:
        messages = self._convert_input(input_).to_messages()
        without_words = [message.model_copy(update={"content": ""}) for message in messages]
        payload = super()._get_request_payload(without_words, stop=stop, **kwargs)
        for sent, message in zip(payload["messages"], messages, strict=True):
            sent["content"] = message.content
        return payload

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - the base class's signature
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> ChatResult:
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        body = payload | payload.pop("extra_body", {})
        client: openai.AsyncOpenAI = self.root_async_client
        answer: Any = await client.post("/chat/completions", cast_to=object, body=body)
        return self._result_of(_read(answer))

    def _result_of(self, answer: Any) -> ChatResult:  # noqa: ANN401 - what JSON holds
        """Return LangChain's form of an answer, whatever role it gives itself.

        What is no answer raises an error that says in `usage` what it cost, where it tells.
        """
        try:
            return self._create_chat_result(_as_assistant(answer))
        except Exception as error:
            error.usage = answer.get("usage") if isinstance(answer, dict) else None  # type: ignore[attr-defined] # put there here
            raise


def _as_assistant(answer: Any) -> Any:  # noqa: ANN401 - what JSON holds
    """Return the answer, its messages the assistant's: a few endpoints give others' roles."""
    choices = answer.get("choices") if isinstance(answer, dict) else None
    for choice in choices if isinstance(choices, list) else []:
        message = choice.get("message") if isinstance(choice, dict) else None
        if isinstance(message, dict):
            message["role"] = "assistant"
    return answer


def _read(answer: Any) -> Any:  # noqa: ANN401 - what JSON holds
    """Return the JSON of an answer whose server did not call it that; any other as it is."""
    if not isinstance(answer, str):
        return answer
    try:
        return json.loads(answer)
    except ValueError:
        return answer  # LangChain tells that it is no answer, and shows it
