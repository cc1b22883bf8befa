"""What is asked, where it is sent, and what identifies a request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from langchain_core.messages import BaseMessage
from langgraph.runtime import Runtime

from asking.budget import Caps
from models.chat import Endpoint
from nodes.resources import Line, Resources
from nodes.settings import Settings
from nodes.show.emit import tell
from nodes.show.events import Event
from prompts.parse import Parsed
from store.journal.log import digest


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, how to read the answer, and how the call is named in a trace."""

    messages: list[BaseMessage]
    schema: dict[str, Any]
    max_tokens: int
    parse: Callable[[str], Parsed[Any]]
    seed: tuple[object, ...]
    order: int
    tries: int
    language: str
    label: str
    tags: list[str]
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a run's questions go: its endpoint and its line of calls.

    A `capped` run pays for no more attempts than were reserved. `tell` streams what a person should
    know meanwhile.
    """

    endpoint: Endpoint
    temperature: float
    capped: bool
    line: Line
    tell: Callable[[Event], None]

    @classmethod
    def of(cls, run: str, runtime: Runtime[Settings], resources: Resources) -> Self:
        """Return the channel of a run, as seen from one of its nodes."""
        settings = runtime.context
        return cls(
            endpoint=resources.endpoint(settings),
            temperature=settings.temperature,
            capped=settings.caps != Caps(),
            line=resources.line(run, settings),
            tell=lambda event: tell(runtime, [event]),
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One try of a question. `body` is all that decides its answer, `key` stands for it."""

    question: Question
    messages: list[BaseMessage]
    body: dict[str, Any]
    key: str

    @classmethod
    def of(
        cls, question: Question, messages: list[BaseMessage], attempt: int, channel: Channel
    ) -> Self:
        """Return the request that asks the question for the `attempt`-th time, from 0."""
        body = {
            "model": channel.endpoint.name,
            "messages": [[message.type, str(message.content)] for message in messages],
            "schema": question.schema,
            "seed": seed_of(*question.seed, attempt),
            "max_tokens": question.max_tokens,
            "temperature": channel.temperature,
        }
        return cls(question, messages, body, digest(body))

    @property
    def likely_tokens(self) -> int:
        """Tokens that the prompt and the longest answer are likely to take."""
        return sum(len(text) for _, text in self.body["messages"]) // 4 + self.question.max_tokens


def seed_of(*parts: object) -> int:
    """Return a sampling seed below 2^31 that depends on these parts alone."""
    return int(digest([str(part) for part in parts])[:8], 16) & 0x7FFFFFFF
