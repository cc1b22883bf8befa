"""An answer of the OpenAI protocol as endpoints really send it, made what the protocol says."""

import json
from typing import Any

from models.error_body import words_in
from models.event_stream import completion_of, is_event_stream
from models.failure import ErrorInAnswer
from models.message import reasoning_of, standard_message
from turns import REASONING_FIELDS
from words import clip

REASONING = REASONING_FIELDS[0]
"""Where a message's reasoning is kept, whatever field it came in."""

_SHOWN = 120
"""Characters that are shown of what is no answer."""


def read_body(body: str) -> Any:  # noqa: ANN401 - what JSON holds
    """Return the answer parsed, whatever its server says that it is.

    Raises ValueError where it is neither JSON nor a stream of events.
    """
    if is_event_stream(body):
        return completion_of(body)
    try:
        return json.loads(body.removeprefix("\ufeff"), strict=False)
    except ValueError:
        words = f"this: {clip(words_in(body), _SHOWN)}" if body.strip() else "an empty body"
        raise ValueError(f"no chat completion came, but {words}") from None


def repaired(answer: Any) -> list[str]:  # noqa: ANN401 - what JSON holds
    """Repair an answer in place, and return the reasoning of each of its choices.

    A few endpoints send a wrong role, or objects and calls of tools in place of text. Raises
    ErrorInAnswer for an error that came with the status 200, ValueError where no choice came.
    """
    if isinstance(answer, list) and answer:
        answer = answer[0]  # Google's list of one error
    known: dict[str, Any] = answer if isinstance(answer, dict) else {}
    if error := known.get("error"):
        raise ErrorInAnswer(error)
    choices = known.get("choices")
    if not isinstance(choices, list) or not choices:
        if words_in(known):
            raise ErrorInAnswer(known)
        raise ValueError("no chat completion came, but an answer without choices")
    known["usage"] = _usage(known.get("usage"))
    return [_repaired(choice) for choice in choices]


def _usage(usage: Any) -> dict[str, Any] | None:  # noqa: ANN401 - what JSON holds
    """Return the counts, without details that LangChain cannot read."""
    if not isinstance(usage, dict):
        return None
    return {
        name: value
        for name, value in usage.items()
        if isinstance(value, dict) or not name.endswith("_details")
    }


def _repaired(choice: Any) -> str:  # noqa: ANN401 - what JSON holds
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        return ""
    if (error := choice.get("error")) and not message.get("content"):
        raise ErrorInAnswer(error)
    choice["message"] = {**standard_message(message), "role": "assistant"}
    return reasoning_of(message)
