"""What is asked, and what identifies a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from langchain_core.messages import BaseMessage

from prompts.parse import Parsed
from prompts.render import PROMPT_VERSION
from store.digest import digest, seed_of


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, how to read the answer, and how the call is named in a trace.

    `schema` None asks for prose. `seed` holds what the sampling seed follows from, `order` the
    question's place in the plan, `prompt_version` that of the wording, which is stored with the
    answer.
    """

    messages: list[BaseMessage]
    schema: dict[str, Any] | None
    max_tokens: int
    parse: Callable[[str], Parsed[Any]]
    seed: tuple[object, ...]
    order: int
    tries: int
    language: str
    label: str
    tags: list[str]
    metadata: dict[str, Any]
    prompt_version: str = PROMPT_VERSION


@dataclass(frozen=True, slots=True)
class Request:
    """One try of a question. `body` is everything that decides its answer, `key` its hash."""

    question: Question
    messages: list[BaseMessage]
    body: dict[str, Any]
    key: str

    @classmethod
    def of(
        cls,
        question: Question,
        messages: list[BaseMessage],
        attempt: int,
        way: Mapping[str, Any],
        *,
        room: int = 1,
    ) -> Self:
        """Return the request that asks the question for the `attempt`-th time, from 0.

        `way` is how all questions are asked: the model, the temperature, further fields. The answer
        may have `room` times the question's tokens.
        """
        body = {
            **way,
            "messages": [[message.type, str(message.content)] for message in messages],
            "schema": question.schema,
            "seed": seed_of(*question.seed, attempt),
            "max_tokens": room * question.max_tokens,
        }
        return cls(question, messages, body, digest(body))

    @property
    def likely_tokens(self) -> int:
        """Tokens that the prompt and the longest answer are likely to take."""
        return sum(len(text) for _, text in self.body["messages"]) // 4 + self.max_tokens

    @property
    def max_tokens(self) -> int:
        """Tokens that the answer may have."""
        return int(self.body["max_tokens"])
