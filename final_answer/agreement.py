"""Whether an answer can be read, two are equal, and several agree, by asking the workers."""

import asyncio
import atexit
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import lru_cache
from threading import Lock
from typing import Any

from final_answer.last import is_plain_number, last_answer
from final_answer.reading import are_equal, can_be_read, prepare
from work.errors import PieceLostError, TimeLimitError
from work.workers import Workers

WORKERS = 2
SECONDS = 5
"""Of computing, for one answer to be read or two to be compared."""

REMEMBERED = 4_096
"""Verdicts that are not asked for again."""

GIVEN_UP = TimeLimitError, PieceLostError
"""What is raised where an answer keeps a worker busy too long, or takes all its memory."""

_opening = Lock()
_open: list[Workers] = []


def is_readable(text: str) -> bool:
    """Say whether a final answer can be read in the text. Waits for a worker."""
    try:
        return _reading(last_answer(text)).result()
    except GIVEN_UP:
        return False


async def agreed(texts: Sequence[str]) -> int | None:
    """Return which text is the first whose final answer more than half of all texts give.

    None where there is no such text. An answer that cannot be read equals none, and counts among
    all. There are no groups, since equality is not transitive here (50% equals 0.5, and also 50):
    in their order, each text is asked how many equal it.
    """
    answers = [last_answer(text) for text in texts]
    can = await asyncio.gather(*(_told(_reading(answer)) for answer in answers))
    read = [answer for answer, is_read in zip(answers, can, strict=True) if is_read]
    for index, answer in enumerate(answers):
        if can[index] and 2 * len(read) > len(texts):
            same = await asyncio.gather(*(_told(_comparison(answer, other)) for other in read))
            if 2 * sum(same) > len(texts):
                return index
    return None


async def equal(one: str, other: str) -> bool:
    """Say whether two texts have the same final answer."""
    return await _told(_comparison(last_answer(one), last_answer(other)))


async def verdict(question: Callable[[Any], bool], of: Any) -> bool:  # noqa: ANN401 - a piece
    """Return what the workers say. Raises one of GIVEN_UP where they do not come to an end.

    Others may wait for the same verdict.
    """
    return await asyncio.shield(asyncio.wrap_future(_asked(question, of)))


@atexit.register
def close() -> None:
    """End the workers; the next question starts others."""
    with _opening:
        _asked.cache_clear()
        while _open:
            _open.pop().close()


async def _told(verdict: Future[bool]) -> bool:
    """Return a verdict, which others may wait for, too."""
    try:
        return await asyncio.shield(asyncio.wrap_future(verdict))
    except GIVEN_UP:
        return False


def _reading(answer: str) -> Future[bool]:
    return _known() if is_plain_number(answer) else _asked(can_be_read, answer)


def _comparison(one: str, other: str) -> Future[bool]:
    return _known() if one == other else _asked(are_equal, (min(one, other), max(one, other)))


def _known() -> Future[bool]:
    """Return a verdict that needs no worker: yes."""
    verdict: Future[bool] = Future()
    verdict.set_result(True)
    return verdict


@lru_cache(maxsize=REMEMBERED)
def _asked(question: Callable[[Any], bool], of: Any) -> Future[bool]:  # noqa: ANN401
    """Return the workers' verdict to come; whoever asks the same later gets the same one."""
    with _opening:
        if not _open:
            _open.append(Workers(WORKERS, prepare))
        return _open[0].submit(question, of, seconds=SECONDS)
