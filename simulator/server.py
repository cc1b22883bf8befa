"""The HTTP server: one event loop, a timer for every answer that is waited for."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from math import ceil
from typing import Any

from aiohttp import web

from simulator.answering import Answered, answer, identity
from simulator.counts import Counts
from simulator.faults import Spoilt, cut_off, latency, spoil, strike
from simulator.limits import Bucket
from simulator.options import Options

MODEL = "simulated"
CHARACTERS_A_TOKEN = 4
_THOUGHT = "Hm. "
"""A token of what the model thinks."""
MOST_BYTES = 64 * 2**20
"""The longest request that is read."""


class Endpoint:
    """The endpoint behind the HTTP routes."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._taxonomy = options.taxonomy
        self._counts = Counts()
        self._asked: Counter[str] = Counter()
        self._answered: set[str] = set()
        self._requests = Bucket(options.requests_a_minute)
        self._tokens = Bucket(options.tokens_a_minute)

    def application(self) -> web.Application:
        """Return the routes."""
        application = web.Application(client_max_size=MOST_BYTES)
        application.router.add_get("/v1/models", self._models)
        application.router.add_get("/counts", self._tell)
        application.router.add_post("/v1/chat/completions", self._complete)
        return application

    async def _models(self, _: web.Request) -> web.Response:
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "simulator"}
        return web.json_response({"object": "list", "data": [model]})

    async def _tell(self, _: web.Request) -> web.Response:
        return web.json_response(self._counts.told(self._taxonomy))

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        self._counts.begin()
        try:
            response = await self._respond(request)
        except asyncio.CancelledError:
            self._counts.abandoned += 1
            raise
        finally:
            self._counts.end()
        if isinstance(response, web.Response):  # not cut off
            self._counts.by_status[str(response.status)] += 1
        return response

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json()
            messages = [{**message, "content": _text(message)} for message in body["messages"]]
        except (ValueError, LookupError, TypeError) as error:
            return _refused(400, f"the request is no chat request: {error!r}")
        options, key = self._options, identity(messages, body.get("seed"))
        self._counts.asked_again += key in self._answered
        good = answer(
            self._taxonomy,
            messages,
            key,
            options.repetition,
            character=options.how,
            skill=options.skill,
        )
        if (wait_s := self._limit(_size(messages) + len(good.text) // CHARACTERS_A_TOKEN)) > 0:
            self._counts.limited += 1
            return _refused(429, "Rate limit reached", wait_s)
        before = self._asked[key]
        self._asked[key] += 1
        fault = strike(options.faults, options.seed, key, before)
        if fault:
            self._counts.by_fault[fault] += 1
        if fault in {"429", "503"}:
            return _refused(int(fault), "Slow down", options.retry_after_s)
        wait_s = latency(options.latency_s, options.sigma, options.seed, key, before)
        if fault == "timeout":
            made = cut_off(Spoilt(good.text), _room(body, options.reasoning))
            lost = _size(messages), len(made.text) // CHARACTERS_A_TOKEN
            self._counts.lose(str(body.get("model")), *lost)
            await asyncio.sleep(options.hang_s)
            return _hung_up(request)
        await asyncio.sleep(wait_s)
        self._counts.latency_s += wait_s
        if fault == "500":
            return _refused(500, "The server had an error")
        return await self._deliver(request, body | {"messages": messages}, good, fault, key)

    def _limit(self, tokens: int) -> float:
        """Take a request of so many tokens out of the limits, or return the seconds to wait."""
        wait_s = max(self._requests.wait_s(1), self._tokens.wait_s(tokens))
        if wait_s == 0:
            self._requests.take(1)
            self._tokens.take(tokens)
        return wait_s

    async def _deliver(
        self,
        request: web.Request,
        body: dict[str, Any],
        good: Answered,
        fault: str | None,
        key: str,
    ) -> web.StreamResponse:
        spoilt = spoil(fault, good.text)
        if fault != "huge":
            spoilt = cut_off(spoilt, _room(body, self._options.reasoning))
        prompt, completion = _size(body["messages"]), len(spoilt.text) // CHARACTERS_A_TOKEN
        completion += self._options.reasoning
        thought = _THOUGHT * self._options.reasoning
        content = _completion(body, spoilt, thought, prompt, completion)
        counts, model = self._counts, str(body.get("model"))
        if fault == "cut":
            counts.lose(model, prompt, completion)
            return await _cut(request, content)
        counts.deliver(model, prompt, completion)
        self._answered.add(key)
        if fault is None:
            counts.found(good)
        return web.Response(body=content, content_type="application/json")


async def serve(options: Options, port: int) -> tuple[web.AppRunner, int]:
    """Start to listen on 127.0.0.1; return what to clean up, and the port (0 takes a free one)."""
    runner = web.AppRunner(
        Endpoint(options).application(),
        handler_cancellation=True,
        access_log=None,
        shutdown_timeout=0.1,
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
    await site.start()
    return runner, int(runner.addresses[0][1])


def _completion(
    body: dict[str, Any], spoilt: Spoilt, thought: str, prompt: int, completion: int
) -> bytes:
    message = {"role": "assistant", "content": spoilt.text, "refusal": spoilt.refusal}
    if thought:
        message["reasoning_content"] = thought
    choice = {"index": 0, "message": message, "finish_reason": spoilt.finish_reason}
    told = {
        "id": "chatcmpl-simulated",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model", MODEL),
        "choices": [choice],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        },
    }
    return json.dumps(told).encode()


async def _cut(request: web.Request, content: bytes) -> web.StreamResponse:
    """Send half of a response and close the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(content)
    await response.prepare(request)
    await response.write(content[: len(content) // 2])
    return _hung_up(request, response)


def _hung_up(
    request: web.Request, response: web.StreamResponse | None = None
) -> web.StreamResponse:
    """Close the connection; what was not sent never is."""
    if request.transport is not None:
        request.transport.close()
    return response or web.StreamResponse()


def _refused(status: int, message: str, wait_s: float = 0.0) -> web.Response:
    error = {"message": message, "type": "error", "param": None, "code": None}
    headers = {"Retry-After": str(ceil(wait_s)), "retry-after-ms": str(ceil(wait_s * 1000))}
    return web.json_response({"error": error}, status=status, headers=headers if wait_s else None)


def _text(message: dict[str, Any]) -> str:
    """Return the text of a message, whose content is a string or a list of parts."""
    content = message.get("content")
    parts = content if isinstance(content, list) else [{"text": content or ""}]
    return "".join(str(part["text"]) for part in parts)


def _room(body: Mapping[str, Any], thinking: int) -> int | None:
    """Return the characters that an answer may have after so many tokens of thinking.

    None where the request does not say.
    """
    most = body.get("max_completion_tokens", body.get("max_tokens"))
    return CHARACTERS_A_TOKEN * max(0, most - thinking) if isinstance(most, int) else None


def _size(messages: list[dict[str, Any]]) -> int:
    """Return the tokens of the messages: a quarter of their characters."""
    return sum(len(message["content"]) for message in messages) // CHARACTERS_A_TOKEN
