"""One request and its one answer: looked up, or sent again until there is one, and stored at once.

While a request waits to be sent again it holds no place in flight. Under a cap every attempt is
noted before it is sent, without one a moment later, so that one which a killed process had in
flight counts as one that may have been billed.
"""

from collections.abc import Callable
from dataclasses import asdict
from math import inf
from typing import Any

from asking.attempts import Attempts, lost_costs
from asking.calls import Channel
from asking.request import Request
from errors import ExploreInstructError, RunError
from models.answer import Answer, without_answer
from models.refusal import NotAnswered
from models.request import ChatRequest
from prompts.render import PROMPT_VERSION
from store.journal.log import Answered, Attempt


class ClosedError(ExploreInstructError):
    """A cap is reached: no request is sent any more."""


async def answered(
    request: Request, channel: Channel, left: int, on_start: Callable[[], None]
) -> dict[str, Any]:
    """Return the stored answer to the request, or ask for it.

    `left` is how many attempts the conversation may still be billed for, where the run is capped.
    Raises RunError where the provider refuses finally, ClosedError where a cap is reached.
    """
    stored = await channel.calls.log.find(request.key)
    if stored is not None:
        return stored
    most = left if channel.capped else inf
    return await channel.calls.finish(_ask(request, channel, most, on_start))


async def _ask(
    request: Request, channel: Channel, most: float, on_start: Callable[[], None]
) -> dict[str, Any]:
    log, question = channel.calls.log, request.question
    attempts = Attempts(await log.attempts(request.key))
    answer = await _sent(request, channel, attempts, most, on_start)
    channel.calls.answers += 1
    headroom = channel.endpoint.headroom
    stored = asdict(answer) | lost_costs(question, request.messages, attempts.lost, headroom)
    stored |= {"seed": request.body["seed"], "prompt_version": PROMPT_VERSION}
    await log.store(Answered(request.key, request.body, stored))
    return stored


async def _sent(
    request: Request,
    channel: Channel,
    attempts: Attempts,
    most: float,
    on_start: Callable[[], None],
) -> Answer:
    """Return the answer, or an empty one that says why no answer came."""
    calls, name = channel.calls, channel.endpoint.name
    why = "an answer was lost on its way, and no more may be spent on another"
    while attempts.lost < most:
        try:
            return await _attempt(request, channel, attempts, on_start)
        except NotAnswered as failure:
            if failure.lost:
                await calls.log.store(Attempt(request.key, attempts.lost))
            pause = attempts.pause(failure, calls.answers)
            if pause is None and calls.answers == attempts.answered_elsewhere:
                calls.refusal = failure
                raise
            if pause is None:
                return without_answer(name, str(failure))
            if calls.meter.is_over(pause):
                calls.refusal = RunError(
                    f"max_minutes are over, and the endpoint does not answer: {failure.said}"
                )
                raise calls.refusal from failure
            if calls.gate.is_empty:
                message = f"asked again in {pause:.3g} s: {failure.said}"
                channel.on_wait(message, round(pause, 3))
            await calls.rest(pause)
    return without_answer(name, why)


async def _attempt(
    request: Request, channel: Channel, attempts: Attempts, on_start: Callable[[], None]
) -> Answer:
    """Send the request once, when there is a place for it."""
    calls, question = channel.calls, request.question
    async with calls.gate.place(question.order):
        await calls.requests.wait(1)
        await calls.tokens.wait(request.likely_tokens)
        if calls.refusal:
            raise calls.refusal
        if calls.meter.is_full:
            raise ClosedError
        attempt = Attempt(request.key, attempts.lost)
        if channel.capped:
            await calls.log.store(attempt)
        else:
            calls.log.jot(attempt)
        if attempts.failed == 0:
            on_start()
        calls.meter.begin()
        try:
            answer = await channel.endpoint.ask(
                ChatRequest(
                    messages=request.messages,
                    schema=question.schema,
                    seed=request.body["seed"],
                    max_tokens=question.max_tokens,
                    temperature=channel.temperature,
                    run_name=question.label,
                    tags=question.tags,
                    metadata=question.metadata,
                )
            )
        except NotAnswered as failure:
            calls.gate.note(slow_down=failure.slow_down)
            if not failure.lost:
                calls.meter.forget()
            raise
        except RunError as refusal:
            calls.refusal = refusal
            raise
    calls.gate.note(slow_down=False)
    tokens = answer.prompt_tokens + answer.completion_tokens
    calls.meter.count(answer.prompt_tokens, answer.completion_tokens)
    calls.tokens.settle(tokens - request.likely_tokens)
    return answer
