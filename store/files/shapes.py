"""The shapes in which data of any origin holds its records: one row in, one Record out.

A row comes as instruction / input / output, as prompt / completion, as question / answer, or as a
chat: `messages` or `conversations`, turns of role and content or of from and value. What else it
holds becomes the record's further parts. A row is untrusted: ValueError says what is wrong with it.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from record import Record, record_of

_ASKING, _ANSWERING = {"user", "human"}, {"assistant", "gpt"}
_ASKED, _ANSWERED = ("prompt", "question"), ("output", "completion", "answer")
_CHATS = ("messages", "conversations", "prompt")

DEEPEST = 64
"""Names in a path at most."""


def _text(value: object) -> object:
    """Return other data's numbers as text, and nothing as an empty one."""
    return "" if value is None else str(value) if isinstance(value, (int, float)) else value


def _path(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text)]


class _Row(BaseModel):
    """What a row must have, and the types of what a Record knows."""

    instruction: str
    input: Text = ""
    output: Text = ""
    id: Text = ""
    task: Text = ""
    path: Annotated[tuple[str, ...], BeforeValidator(_path), Field(max_length=DEEPEST)] = ()
    model: Text = ""
    nearest_id: Text | None = None
    nearest_rouge_l: float = 0.0
    call: Text | None = None


def record_from(row: Mapping[str, Any], field: str | None = None) -> tuple[Record, bool]:
    """Return the record of a row, and whether it was read from a chat.

    A chat gives its first user's turn and the first answer, and holds instruction and input in one
    text. `field` names the key of the instruction, where it has another name than those known.
    Raises ValueError, which pydantic's ValidationError is too, for a row that is no record.
    """
    values = {name: value for name, value in row.items() if value is not None}
    is_chat = False
    if field is not None:
        if field not in values:
            raise ValueError(f"the key {field!r}, which --field names, is missing")
        values["instruction"] = values.pop(field)
    elif "instruction" not in values:
        chat = _chat(values)
        is_chat = chat is not None
        values = _renamed(values) if chat is None else values | _first_turns(chat)
    known = dict(_Row.model_validate(values))
    _check_encodable(known)
    return record_of(values | known), is_chat


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with instruction and output under these names."""
    for name, others in (("instruction", _ASKED), ("output", _ANSWERED)):
        if found := next((other for other in others if other in values), None):
            values[name] = values.pop(found)
    return values


def _chat(values: Mapping[str, Any]) -> Sequence[object] | None:
    """Return the turns of a row that is a chat."""
    for name in _CHATS:
        if isinstance(values.get(name), list):
            return [*values[name], *_turns(values.get("completion") if name == "prompt" else None)]
    return None


def _turns(answer: object) -> Sequence[object]:
    """Return a completion as turns of a chat: it is a list of turns, one turn, or a text."""
    if answer is None or isinstance(answer, list):
        return answer or []
    return [answer if isinstance(answer, Mapping) else {"role": "assistant", "content": answer}]


def _first_turns(chat: Sequence[object]) -> dict[str, Any]:
    turns = [turn for turn in chat if isinstance(turn, Mapping)]
    texts = [(turn.get("role") or turn.get("from"), _content(turn)) for turn in turns]
    asked = [text for role, text in texts if role in _ASKING]
    answered = [text for role, text in texts if role in _ANSWERING]
    if not asked:
        raise ValueError("its chat has no user's turn; give one with role user")
    return {"instruction": asked[0], "output": answered[0] if answered else ""}


def _content(turn: Mapping[str, Any]) -> object:
    """Return a turn's text; of content in parts, the texts among them."""
    content = turn.get("content", turn.get("value"))
    if not isinstance(content, list):
        return content
    parts = [part for part in content if isinstance(part, Mapping)]
    return "\n".join(str(part["text"]) for part in parts if isinstance(part.get("text"), str))


def _check_encodable(known: Mapping[str, Any]) -> None:
    """Raise ValueError for half a surrogate pair, which is no text."""
    for name in ("instruction", "input", "output", "id", "task", "call"):
        if any("\ud800" <= character <= "\udfff" for character in known[name] or ""):
            raise ValueError(f"the key {name!r} holds half of a surrogate pair; remove it")
