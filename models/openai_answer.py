"""An answer of the OpenAI protocol as endpoints really send it, made what the protocol says."""

import json
from typing import Any

from models.event_stream import completion_of, is_event_stream
from models.failure import ErrorInAnswer
from models.message import REASONING_FIELDS, reasoning_of, standard_message

REASONING = REASONING_FIELDS[0]
"""Where a message's reasoning is kept, whatever field it came in."""


def read_body(body: Any) -> Any:  # noqa: ANN401 - what JSON holds
    """Return the answer parsed, where its server did not declare it as JSON, or streamed it."""
    if not isinstance(body, str):
        return body
    if is_event_stream(body):
        return completion_of(body)
    try:
        return json.loads(body)
    except ValueError:
        return body  # LangChain raises an error that shows it


def repaired(answer: Any) -> list[str]:  # noqa: ANN401 - what JSON holds
    """Repair an answer in place, and return the reasoning of each of its choices.

    A few endpoints send a wrong role, or objects and calls of tools in place of text. Raises
    ErrorInAnswer for an error that came with the status 200.
    """
    if not isinstance(answer, dict):
        return []
    if error := answer.get("error"):
        raise ErrorInAnswer(error)
    choices = answer.get("choices")
    return [_repaired(choice) for choice in choices] if isinstance(choices, list) else []


def _repaired(choice: Any) -> str:  # noqa: ANN401 - what JSON holds
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        return ""
    if (error := choice.get("error")) and not message.get("content"):
        raise ErrorInAnswer(error)
    choice["message"] = {**standard_message(message), "role": "assistant"}
    return reasoning_of(message)
