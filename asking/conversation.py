"""Asking the model: a conversation that goes on until its answer can be read.

An answer that cannot be read is asked again, told what was wrong with it, at most `tries` times; as
each try is stored, a resumed run walks the same conversation without asking.
"""

from collections.abc import Callable

from asking.request import Channel, Question, Request
from asking.retries import billed_calls, most_billed
from asking.sending import ClosedError, answered
from prompts.render import retry_messages


async def converse(
    question: Question, channel: Channel, on_start: Callable[[], None] = lambda: None
) -> list[str]:
    """Ask until the answer can be read; return the keys of all answers, the last one being it.

    There is none where a cap was reached before the first request.

    `on_start` is called when the first request is about to be sent. Raises RunError where the
    provider refuses for good, and where nothing that it answers can be used.
    """
    messages, keys = question.messages, list[str]()
    left = most_billed(question.tries)
    for attempt in range(question.tries):
        request = Request.of(question, messages, attempt, channel)
        try:
            answer = await answered(request, channel, left, on_start)
        except ClosedError:
            break
        keys.append(request.key)
        left -= billed_calls(answer)
        parsed = question.parse(answer["text"])
        why = answer["refusal"] or "; ".join(parsed.problems)
        channel.line.note(usable=bool(parsed.items), why=why)
        if parsed.items or (channel.capped and left <= 0):
            break
        messages = retry_messages(
            messages, answer["text"], parsed.problems, language=question.language
        )
        on_start = lambda: None  # noqa: E731 - it started
    return keys
