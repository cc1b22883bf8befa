"""Chats as data of any origin writes them: what the user asks first, and the first answer to it.

A chat is a list of turns. A turn is an object with a role and a content, under whatever names; a
pair such as {"human": …, "assistant": …}; or a text, where users and assistants take turns. A chat
may also be an object of lists (one of roles, one of contents), or a text with a speaker before each
turn. All of it is untrusted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

from store.files.values import kind_of, names_of
from turns import ASSISTANT, REASONING_FIELDS, USER

SYSTEM = "system"
FURTHER = "further turn"
"""What a turn is called that is neither read nor a system prompt."""

_ROLES = {
    USER: "user human prompter customer client patient seeker questioner usr 用户 问",
    ASSISTANT: (
        "assistant gpt bot model ai chatbot chatgpt bing bard claude llm moss agent doctor "
        "answerer 助手 答"
    ),
    SYSTEM: "system developer",
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split()}
_ROLE_KEYS = ("role", "from", "speaker", "sender", "author", "type")
_CONTENT_KEYS = ("content", "value", "text", "message", "parts", "utterance", "data")
_PAIR_KEYS = {
    USER: ("user", "human", "input"),
    ASSISTANT: ("assistant", "gpt", "bot", "moss", "output", "response"),
}
_SPEAKER = re.compile(
    r"(?:\A|\n)\s*(human|user|prompter|assistant|gpt|bot|ai):[ \n]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: `role` is user, assistant or system, or else what the data calls it.

    `reasoning` is what the assistant thought before it, where the data keeps that apart.
    """

    role: str
    content: object
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a chat begins with; `answer` is None where nothing is answered.

    `unread` says what each of the other turns is.
    """

    text: str
    answer: object = None
    unread: tuple[str, ...] = ()


def turns_of(value: object) -> list[Turn] | None:
    """Return the turns of a chat, None where the value is no chat."""
    if isinstance(value, Mapping):
        return _columns(value)
    if not isinstance(value, list):
        return None
    if all(isinstance(item, str) for item in value):
        return [Turn(role, item) for role, item in zip(cycle((USER, ASSISTANT)), value)]
    return [turn for item in value for turn in _turns(item)]


def spoken(text: str) -> list[Turn]:
    """Return the turns of a text that names a speaker before each; none where it names nobody."""
    _, *parts = _SPEAKER.split(text)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [Turn(_role(speaker), said.strip()) for speaker, said in pairs]


def opening(turns: Sequence[Turn]) -> Opening:
    """Return the first user's turn with a text, and the first answer after it.

    Raises ValueError where no user asks anything.
    """
    asked = _first(turns, USER, 0)
    if asked is None:
        roles = names_of(dict.fromkeys(turn.role for turn in turns)) or "none"
        raise ValueError(f"its chat has no user's turn with a text; its roles are: {roles}")
    text = turns[asked].content
    if not isinstance(text, str):
        raise ValueError(f"its first user's turn is {kind_of(text)}, no text")  # noqa: TRY004 - a fault of the data
    answered = _first(turns, ASSISTANT, asked + 1)
    others = (turn for at, turn in enumerate(turns) if at not in {asked, answered})
    unread = tuple("system turn" if turn.role == SYSTEM else FURTHER for turn in others)
    return Opening(text, None if answered is None else turns[answered].content, unread)


def last_answer(turns: Sequence[Turn]) -> object:
    """Return what the assistant says last, None where it says nothing."""
    return first_answer(turns[::-1])


def first_answer(turns: Sequence[Turn]) -> object:
    """Return what the assistant says first, None where it says nothing."""
    at = _first(turns, ASSISTANT, 0)
    return None if at is None else turns[at].content


def _first(turns: Sequence[Turn], role: str, start: int) -> int | None:
    said = (at for at in range(start, len(turns)) if turns[at].role == role)
    return next((at for at in said if turns[at].content or turns[at].content == 0), None)


def _turns(item: object) -> Iterator[Turn]:
    """Yield the turns of one item of a chat: one, or a question and its answer."""
    if isinstance(item, list) and len(item) == 2:
        yield from map(Turn, (USER, ASSISTANT), item)
    if not isinstance(item, Mapping):
        return
    role = next((item[key] for key in _ROLE_KEYS if isinstance(item.get(key), str)), None)
    if role is not None:
        found = next((item[key] for key in _CONTENT_KEYS if item.get(key) is not None), None)
        thoughts = (item[key] for key in REASONING_FIELDS if isinstance(item.get(key), str))
        yield Turn(_role(role), _content(found), next(thoughts, ""))
        return
    for name, keys in _PAIR_KEYS.items():
        if key := next((key for key in keys if item.get(key) is not None), None):
            yield Turn(name, _content(item[key]))


def _columns(value: Mapping[str, object]) -> list[Turn] | None:
    """Return the turns of an object that holds a list of roles and one of contents."""
    roles = next((value[k] for k in _ROLE_KEYS if isinstance(value.get(k), list)), None)
    texts = next((value[k] for k in _CONTENT_KEYS if isinstance(value.get(k), list)), None)
    if not isinstance(roles, list) or not isinstance(texts, list):
        return None
    pairs = zip(roles, texts, strict=False)
    return [Turn(_role(str(role)), _content(text)) for role, text in pairs]


def _role(word: str) -> str:
    plain = word.strip().lower()
    return _ROLE_OF.get(plain, plain)


def _content(value: object, depth: int = 0) -> object:
    """Return a turn's text; of content in parts, the texts among them."""
    if depth > 3:
        return None
    if isinstance(value, list):
        parts = (_content(part, depth + 1) for part in value)
        return "\n".join(part for part in parts if isinstance(part, str))
    if isinstance(value, Mapping):
        inner = next((value[key] for key in ("content", "text", "parts") if key in value), None)
        return value if inner is None and not depth else _content(inner, depth + 1)
    return value
