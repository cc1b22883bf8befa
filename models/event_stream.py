"""An answer that came as a stream of events, as the one that would have come without streaming.

Some endpoints only stream, some stream though nobody asked for it. A stream is `data:` lines, each
with a chunk of a chat completion in JSON, up to `data: [DONE]`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

_FIELD = re.compile(r"\s*(?:data|event|id|retry)?:")
_LINES = re.compile(r"\r\n|\n|\r")
_END = "[DONE]"
_ONCE = ("id", "type", "name", "role", "index", "object")
"""Fields of a message or tool call that come whole; other texts come in pieces."""

_SHOWN = 120


def is_event_stream(body: str) -> bool:
    """Return whether a response's body is a stream of events; JSON never begins like one."""
    return bool(_FIELD.match(body.lstrip("\ufeff")))


def completion_of(body: str) -> dict[str, Any]:
    """Return the chat completion that the events hold, or `{"error": …}` where one holds an error.

    Raises ValueError where they hold no answer, or break off before its end.
    """
    completion: dict[str, Any] = {}
    choices: defaultdict[int, _Choice] = defaultdict(_Choice)
    ended = False
    for chunk in _chunks(body):
        if chunk is None:
            ended = True
            break
        if error := _error_in(chunk):
            return {"error": error}
        for choice in _dicts(chunk.get("choices")):
            choices[_index(choice)].take_in(choice)
        completion |= {
            name: value
            for name, value in chunk.items()
            if value is not None and (name == "usage" or name not in completion)
        }
    if not choices:
        raise ValueError(f"the stream of events holds no answer: {_shown(body)}")
    if not ended and not any(choice.finish_reason for choice in choices.values()):
        raise ValueError(f"the stream of events broke off before its end: {_shown(body[-_SHOWN:])}")
    whole = [choices[index].whole(index) for index in sorted(choices)]
    usage = completion.get("usage") or next(filter(None, (c.usage for c in choices.values())), None)
    return {**completion, "object": "chat.completion", "choices": whole, "usage": usage}


class _Pieces:
    """An object whose texts come in pieces."""

    def __init__(self) -> None:
        self._texts: defaultdict[str, list[str]] = defaultdict(list)
        self._objects: defaultdict[str, _Pieces] = defaultdict(_Pieces)
        self._others: dict[str, Any] = {}

    def add(self, piece: dict[str, Any]) -> None:
        for name, value in piece.items():
            if isinstance(value, str) and name not in _ONCE:
                self._texts[name].append(value)
            elif isinstance(value, dict) and name != "arguments":
                self._objects[name].add(value)
            elif isinstance(value, list) and isinstance(self._others.get(name), list):
                self._others[name] = self._others[name] + value
            elif value not in (None, "") and name not in self._others:
                self._others[name] = value

    def whole(self) -> dict[str, Any]:
        objects = {name: pieces.whole() for name, pieces in self._objects.items()}
        texts = {name: "".join(pieces) for name, pieces in self._texts.items()}
        return {**self._others, **objects, **texts}


class _Call(NamedTuple):
    first: dict[str, Any]
    pieces: _Pieces


class _Choice:
    """One choice of an answer, put together from its pieces."""

    def __init__(self) -> None:
        self.finish_reason: str | None = None
        self.usage: dict[str, Any] | None = None
        self._message = _Pieces()
        self._calls: list[_Call] = []

    def take_in(self, choice: dict[str, Any]) -> None:
        """Add what a chunk says of this choice: a piece, or the whole message."""
        self.finish_reason = choice.get("finish_reason") or self.finish_reason
        self.usage = choice.get("usage") or self.usage
        if isinstance(choice.get("message"), dict):
            self._message = _Pieces()
            self._calls.clear()
        piece = dict(next(iter(_dicts([choice.get("delta"), choice.get("message")])), {}))
        for call in _dicts(piece.pop("tool_calls", None)):
            self._pieces_of_call(call).add(call)
        self._message.add(_without_parts(piece))

    def whole(self, index: int) -> dict[str, Any]:
        """Return the choice as it stands in a chat completion."""
        message = {"role": "assistant", "content": None, **self._message.whole()}
        if self._calls:
            message["tool_calls"] = [call.pieces.whole() for call in self._calls]
        return {"index": index, "message": message, "finish_reason": self.finish_reason or "stop"}

    def _pieces_of_call(self, piece: dict[str, Any]) -> _Pieces:
        """Return the pieces of the call that this one goes on with; a new `id` begins another."""
        for call in self._calls[::-1]:
            if _goes_on(call.first, piece):
                return call.pieces
        self._calls.append(_Call(piece, _Pieces()))
        return self._calls[-1].pieces


def _goes_on(first: dict[str, Any], piece: dict[str, Any]) -> bool:
    place = first.get("index")
    return piece.get("index", place) == place and piece.get("id") in (None, "", first.get("id"))


def _chunks(body: str) -> Iterator[dict[str, Any] | None]:
    """Yield the chunks of a stream, and None for its end; raise ValueError for what is none."""
    for data in _data(body):
        if data.strip() == _END:
            yield None
            return
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError):
            raise ValueError(f"an event of the stream is no JSON: {_shown(data)}") from None
        if isinstance(chunk, dict):
            yield chunk


def _data(body: str) -> Iterator[str]:
    """Yield the data of each event. Lines of data that are JSON by themselves are events."""
    lines: list[str] = []
    for line in [*_LINES.split(body.lstrip("\ufeff")), ""]:
        name, _, value = line.partition(":")
        if name == "data" and value.strip():
            lines.append(value)
        elif not line and lines:
            yield from lines if all(map(_is_event, lines)) else ["\n".join(lines)]
            lines = []


def _is_event(line: str) -> bool:
    return line.strip() == _END or (line.strip()[:1] == "{" and line.strip()[-1:] == "}")


def _error_in(chunk: dict[str, Any]) -> Any:  # noqa: ANN401 - what JSON holds
    if chunk.get("error"):
        return chunk["error"]
    says_error = chunk.get("object") == "error" or chunk.get("type") == "error"
    return chunk if says_error or ("message" in chunk and "choices" not in chunk) else None


def _without_parts(piece: dict[str, Any]) -> dict[str, Any]:
    """Return a piece of a message whose content is text, what a part of it thinks beside it."""
    if not isinstance(piece.get("content"), list):
        return piece
    texts = {"text": "", "thinking": ""}
    for part in _dicts(piece["content"]):
        kind = "thinking" if part.get("type") in {"thinking", "reasoning"} else "text"
        inner = part.get(kind)
        parts = _dicts(inner) if isinstance(inner, list) else [{"text": inner}]
        texts[kind] += "".join(str(each.get("text") or "") for each in parts)
    return piece | {"content": texts["text"], "reasoning_content": texts["thinking"]}


def _index(choice: dict[str, Any]) -> int:
    index = choice.get("index")
    return index if isinstance(index, int) else 0


def _dicts(value: object) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _shown(text: str) -> str:
    return repr(text[:_SHOWN])
