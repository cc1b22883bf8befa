"""What an endpoint takes: the terms on which it is asked, in the form of its client's settings.

Requests always say all that is wanted; the terms leave out or lower what the endpoint refuses. So
they decide what is sent, and never what a request is stored under.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

SCHEMA = "response_format"
"""The setting that demands an answer in a format. Left out, an answer may be any text."""

JSON_SCHEMA = "json_schema"
"""The format that follows a schema. Left out, any JSON object is demanded instead."""

SYSTEM = "system"
"""Left out, what the system is told stands at the beginning of the first user message."""

STREAM_OPTIONS = "stream_options"

LEAST_ROOM = 64
"""Tokens below which no answer is worth asking for."""

AMPLE_ROOM = 256
"""Tokens below which an estimate of what a prompt leaves is too rough."""

BYTES_PER_TOKEN = 3
"""Few texts have fewer bytes to a token, so an estimate by it is seldom too low."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms as they are known so far; every change makes new ones.

    Attributes:
        left_out: names of what is not sent, by the names of the endpoint's client.
        streams: answers are asked for as a stream.
        most_seed: the largest seed that is taken; None is any.
        most_tokens: the largest limit for an answer that is taken; None is any.
        context: the tokens that a prompt and its answer may take together; None is unknown.

    """

    left_out: frozenset[str] = frozenset()
    streams: bool = False
    most_seed: int | None = None
    most_tokens: int | None = None
    context: int | None = None

    def without(self, *names: str) -> "Terms":
        """Return the terms that leave out these settings, too."""
        return replace(self, left_out=self.left_out | set(names))

    def seed(self, seed: int) -> int:
        """Return the seed that is sent for this one."""
        return seed if self.most_seed is None else seed % (self.most_seed + 1)

    def limit(self, wanted: int, messages: "Sequence[BaseMessage]") -> int:
        """Return how many tokens the answer to these messages may have, of those wanted.

        It follows from the terms and the messages alone, so that an answer does not depend on which
        request taught the size of the context.
        """
        most = min(wanted, self.most_tokens or wanted)
        room = self.context - estimated(messages) if self.context else 0
        return min(most, room) if room >= AMPLE_ROOM else most

    def messages(self, messages: "list[BaseMessage]") -> "list[BaseMessage]":
        """Return the messages as the endpoint takes them."""
        if SYSTEM not in self.left_out or messages[0].type != "system":
            return messages
        first, second, *rest = messages
        joined = f"{first.text}\n\n{second.text}"
        return [second.model_copy(update={"content": joined}), *rest]

    def format(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the answer's format as an OpenAI request has it."""
        if JSON_SCHEMA in self.left_out:
            return {"type": "json_object"}
        answer = {"name": "answer", "schema": schema, "strict": True}
        return {"type": JSON_SCHEMA, JSON_SCHEMA: answer}

    def changes(self, before: "Terms") -> list[str]:
        """Return what differs from earlier terms, each as a person reads it."""
        new = sorted(self.left_out - before.left_out)
        changed = [_LEFT_OUT.get(name, f"{name} is left out") for name in new]
        if self.streams > before.streams:
            changed.append("answers are streamed")
        for name, value in (("seed", self.most_seed), ("max_tokens", self.most_tokens)):
            if value not in {None, getattr(before, f"most_{name.removeprefix('max_')}")}:
                changed.append(f"{name} is {value} at most")
        if self.context not in {None, before.context}:
            changed.append(f"a prompt and its answer take {self.context} tokens at most")
        return changed


_LEFT_OUT = {
    JSON_SCHEMA: "the JSON schema is left out, any JSON object is asked for",
    SCHEMA: "the answer's format is left out, it is asked for in words",
    SYSTEM: "the system message goes into the first user message",
    "max_tokens": "max_tokens is sent as max_completion_tokens",
}


def estimated(messages: "Sequence[BaseMessage]") -> int:
    """Return how many tokens the messages take, rather too many than too few."""
    return sum(len(message.text.encode()) // BYTES_PER_TOKEN + 16 for message in messages)
