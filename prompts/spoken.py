"""The messages of a conversation as models write them: in pairs, as asked for, or one by one.

[{"user": "…", "assistant": "…"}, …]
[{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}, …]
"""

from collections.abc import Iterator
from typing import Any

from turns import ASSISTANT, SYSTEM, USER

MOST = 40
"""Messages of a conversation that are read; what follows is left out."""

_ROLE_OF = {
    **dict.fromkeys(("user", "human", "用户"), USER),
    **dict.fromkeys(("assistant", "ai", "gpt", "model", "助手"), ASSISTANT),
}
_ROLES, _CONTENTS = ("role", "from", "speaker"), ("content", "value", "text")


def is_chat(value: Any) -> bool:  # noqa: ANN401  JSON
    """Return whether the value is a list of messages, and nothing else."""
    return isinstance(value, list) and bool(value) and all(map(_is_message, value))


def messages_in(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401  JSON
    """Return the role and the content of each message; none where the value is no list of any.

    The model's own system prompt is left out: the domain has one.
    """
    given = value if isinstance(value, list) else []
    found = (message for item in given[:MOST] for message in _messages(item))
    return [message for message in found if message["role"] != SYSTEM][:MOST]


def _is_message(item: Any) -> bool:  # noqa: ANN401  JSON
    return isinstance(item, dict) and any(True for _ in _messages(item))


def _messages(item: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  JSON
    """Yield the message that an item is, or the two of a pair."""
    if not isinstance(item, dict):
        return
    given = {str(name).strip().lower(): content for name, content in item.items()}
    role = next((given[name] for name in _ROLES if isinstance(given.get(name), str)), None)
    content = next((given[name] for name in _CONTENTS if name in given), None)
    if role is not None and content is not None:
        plain = role.strip().lower()
        yield {"role": _ROLE_OF.get(plain, plain), "content": content}
        return
    for name, said in given.items():
        if name in _ROLE_OF:
            yield {"role": _ROLE_OF[name], "content": said}
