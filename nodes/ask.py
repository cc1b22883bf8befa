"""Asking the model: every request is answered once, and every answer is stored before it is used.

A request is identified by all that decides its answer: model, messages, sampling parameters, seed,
schema. An answer that cannot be read is asked again, told what was wrong with it, at most `tries`
times; as each try is stored, a resumed run walks the same conversation without asking.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from langchain_core.messages import BaseMessage

from errors import RunError
from models.chat import Endpoint
from nodes.resources import Line, Resources
from nodes.settings import Settings
from prompts.parse import Parsed
from prompts.render import PROMPT_VERSION, retry_messages
from store.journal import Journal, digest


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
    """Where a run's questions go: its endpoint, its line of calls, and the journal."""

    run: str
    endpoint: Endpoint
    temperature: float
    line: Line
    journal: Journal

    @classmethod
    def of(cls, run: str, settings: Settings, resources: Resources) -> "Channel":
        """Return the channel of a run with these settings."""
        line = resources.line(run, settings)
        endpoint = resources.endpoint(settings)
        return cls(run, endpoint, settings.temperature, line, resources.journal)


async def converse(
    question: Question, channel: Channel, on_start: Callable[[], None] = lambda: None
) -> list[str]:
    """Ask until the answer can be read; return the keys of all answers, the last one being it.

    `on_start` is called when the first request is about to be sent. Raises RunError where the
    provider refuses for good.
    """
    messages, keys = question.messages, []
    for attempt in range(question.tries):
        key, answer = await _answer(question, messages, attempt, channel, on_start)
        keys.append(key)
        parsed = question.parse(answer["text"])
        if parsed.items:
            break
        messages = retry_messages(
            messages, answer["text"], parsed.problems, language=question.language
        )
    return keys


async def _answer(
    question: Question,
    messages: list[BaseMessage],
    attempt: int,
    channel: Channel,
    on_start: Callable[[], None],
) -> tuple[str, dict[str, Any]]:
    seed = seed_of(*question.seed, attempt)
    request = {
        "model": channel.endpoint.name,
        "messages": [[message.type, message.text] for message in messages],
        "schema": question.schema,
        "seed": seed,
        "max_tokens": question.max_tokens,
        "temperature": channel.temperature,
    }
    key = digest(request)
    stored = await asyncio.to_thread(channel.journal.answers, channel.run, [key])
    if key not in stored:
        started = on_start if attempt == 0 else None
        call = _send(question, messages, request, key, channel, on_start=started)
        stored[key] = await channel.line.finish(call)
    return key, stored[key]


async def _send(
    question: Question,
    messages: list[BaseMessage],
    request: dict[str, Any],
    key: str,
    channel: Channel,
    *,
    on_start: Callable[[], None] | None,
) -> dict[str, Any]:
    """Ask when the line lets it, and store the answer the moment it is there."""
    line, endpoint = channel.line, channel.endpoint
    expected = sum(len(message.text) for message in messages) // 4 + question.max_tokens
    async with line.gate.place(question.order):
        await line.requests.wait(1)
        await line.tokens.wait(expected)
        if line.refusal:
            raise line.refusal
        if on_start:
            on_start()
        try:
            answer = await endpoint.ask(
                messages,
                schema=question.schema,
                seed=request["seed"],
                max_tokens=question.max_tokens,
                temperature=channel.temperature,
                run_name=question.label,
                tags=question.tags,
                metadata=question.metadata,
            )
        except RunError as refusal:
            line.refusal = refusal
            raise
    line.gate.note(endpoint.throttled)
    line.tokens.settle(answer.prompt_tokens + answer.completion_tokens - expected)
    asked = {"seed": request["seed"], "prompt_version": PROMPT_VERSION}
    told = asdict(answer) | asked
    await asyncio.to_thread(channel.journal.store_answer, channel.run, key, request, told)
    return told


def seed_of(*parts: object) -> int:
    """Return a sampling seed below 2^31 that depends on these parts alone."""
    return int(digest([str(part) for part in parts])[:8], 16) & 0x7FFFFFFF
