"""Asking the model: a conversation that goes on until its answer can be read.

An answer that cannot be read is asked again, with what was wrong with it, at most `tries` times; as
each try is stored, a resumed run walks the same conversation without asking.
"""

from collections.abc import Callable

from asking.attempts import billed_calls, most_billed
from asking.calls import Channel, Reply
from asking.request import Question, Request
from asking.retries import ClosedError, answered
from prompts.render import retry_messages

MOST_ROOM = 4
"""An answer that is cut off again and again gets at most so many times the tokens."""


async def converse(
    question: Question, channel: Channel, on_start: Callable[[], None] = lambda: None
) -> list[Reply]:
    """Ask until the answer can be read; return all replies, the last one being the one that counts.

    The list is empty where a cap was reached before the first request. `on_start` is called before
    the first request is sent. Raises RunError where the provider refuses finally, or where
    none of its answers can be used.
    """
    messages, replies, room = question.messages, list[Reply](), 1
    calls, left = channel.calls, most_billed(question.tries)
    for attempt in range(question.tries):
        request = Request.of(question, messages, attempt, channel.way, room=room)
        try:
            answer = await answered(request, channel, left, on_start)
        except ClosedError:
            break
        reply = Reply(request.key, answer, question.parse(answer["text"]))
        replies.append(reply)
        left -= billed_calls(answer)
        is_read = bool(reply.parsed.items)
        calls.note(reply, channel.endpoint)
        if is_read or (channel.capped and left <= 0):
            break
        if answer["finish_reason"] == "length" and not channel.capped:
            room = min(2 * room, MOST_ROOM)
        if answer["text"]:
            messages = retry_messages(
                messages, answer["text"], reply.problems, language=question.language
            )
        on_start = lambda: None  # noqa: E731 - it started
    return replies
