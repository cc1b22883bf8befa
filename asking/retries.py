"""One request and its one answer: looked up, or sent again until there is one, and stored at once.

While a request waits to be sent again it holds no place in flight. Under a cap every attempt is
noted before it is sent, without one a moment later, so that one which a killed process had in
flight counts as one that may have been billed.
"""

from collections.abc import Callable
from dataclasses import asdict
from math import inf
from time import monotonic
from typing import Any

from asking.attempts import Attempts, is_free, lost_costs
from asking.calls import Calls, Channel
from asking.request import Request
from errors import ExploreInstructError, RunError
from models.answer import Answer, without_answer
from models.refusal import EndpointRefused, NotAnswered, advice_for
from models.request import ChatRequest
from store.journal.log import Answered, Attempt


class NoCompletionError(EndpointRefused):
    """The endpoint's first answer is no chat completion; it may have been billed."""


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
    log = channel.calls.log
    attempts = Attempts(await log.attempts(request.key))
    answer = await _sent(request, channel, attempts, most, on_start)
    channel.calls.answers[channel.endpoint] += 1
    longest = request.max_tokens + channel.endpoint.headroom
    costs = lost_costs(request.question, request.messages, attempts.lost, longest)
    stored = asdict(answer) | costs
    stored |= {"seed": request.body["seed"], "prompt_version": request.question.prompt_version}
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
    calls, endpoint = channel.calls, channel.endpoint
    why = "an answer was lost on its way, and no more may be spent on another"
    while attempts.lost < most:
        attempt = Attempt(request.key, attempts.lost)
        try:
            return await _attempt(request, channel, attempt, on_start)
        except NotAnswered as failure:
            if failure is calls.refusal:
                raise
            on_start = lambda: None  # noqa: E731 - it started
            if failure.lost:
                await calls.log.store(Attempt(request.key, attempts.lost))
            pause = attempts.pause(failure, calls.answers[endpoint])
            others_go_on = calls.answers[endpoint] != attempts.answered_elsewhere
            if pause is not None and not calls.meter.is_over(pause):
                await _rest(pause, failure, channel)
                continue
            if not failure.lost:
                await calls.log.take_back(attempt)
            if pause is None and others_go_on:
                return without_answer(endpoint.name, str(failure))
            calls.refusal = failure if pause is None else _out_of_time(failure)
            raise calls.refusal from failure
        except EndpointRefused as refusal:
            await _stop(calls, refusal, attempt)
            raise
    return without_answer(endpoint.name, why)


async def _stop(calls: Calls, refusal: EndpointRefused, attempt: Attempt) -> None:
    if refusal is calls.refusal:
        return
    calls.refusal = refusal
    if not isinstance(refusal, NoCompletionError):
        await calls.log.take_back(attempt)


def _out_of_time(failure: NotAnswered) -> RunError:
    return RunError(f"max_minutes are over, and the endpoint does not answer: {failure.said}")


async def _rest(pause: float, failure: NotAnswered, channel: Channel) -> None:
    """Wait; where nothing else is in flight, say so."""
    if channel.calls.gate.is_empty:
        message = f"asked again in {pause:.3g} s: {failure.said}"
        channel.on_wait(message, round(pause, 3))
    await channel.calls.rest(pause)


async def _attempt(
    request: Request, channel: Channel, attempt: Attempt, on_start: Callable[[], None]
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
        if channel.capped:
            await calls.log.store(attempt)
        else:
            calls.log.jot(attempt)
        on_start()
        calls.meter.begin()
        started = monotonic()
        try:
            answer = await channel.endpoint.ask(_chat_request(request, channel))
        except NotAnswered as failure:
            calls.gate.note(slow_down=failure.slow_down)
            if failure.timed_out:
                calls.gate.lower(started, monotonic())
            if not failure.lost:
                calls.meter.forget()
            raise
        finally:
            channel.pass_on()
    calls.gate.note(slow_down=False)
    if answer.refusal:
        await _take_in_refusal(answer, channel)
    calls.meter.count(answer.prompt_tokens, answer.completion_tokens, channel.price)
    tokens = answer.prompt_tokens + answer.completion_tokens
    calls.tokens.settle(tokens - request.likely_tokens)
    return answer


async def _take_in_refusal(refused: Answer, channel: Channel) -> None:
    """Count a request that cost nothing as none.

    Raises EndpointRefused where an endpoint that never answered refuses a request, and
    NoCompletionError where it answers with something else than a chat completion.
    """
    endpoint, costs_nothing = channel.endpoint, is_free(asdict(refused))
    if costs_nothing:
        channel.calls.meter.forget()
    is_first = not endpoint.has_answered and await channel.calls.log.is_empty()
    if is_first and refused.finish_reason == "refused":
        said = f"{endpoint.name}: {refused.refusal}"
        kind = EndpointRefused if costs_nothing else NoCompletionError
        raise kind(f"{said} ({advice_for(refused.refusal)})")


def _chat_request(request: Request, channel: Channel) -> ChatRequest:
    question = request.question
    return ChatRequest(
        messages=request.messages,
        schema=question.schema,
        seed=request.body["seed"],
        max_tokens=request.max_tokens,
        temperature=channel.temperature,
        run_name=question.label,
        tags=question.tags,
        metadata=question.metadata,
    )
