"""What workers do: read an answer with math-verify, and compare two.

math-verify's own time limits are off: they are signals, which one long operation in C outlasts.
The worker's limit takes their place.
"""

import logging
import resource
import warnings
from functools import lru_cache
from typing import Any

MEMORY = 2 * 2**30
"""Bytes that a worker may take: a tower of exponents asks for more than there is."""


def prepare() -> None:
    """Load what takes a second, and be quiet about what cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    logging.disable()
    warnings.simplefilter("ignore")
    _parsed(r"\boxed{\frac12}")


def can_be_read(answer: str) -> bool:
    """Say whether math-verify finds more in the answer than letters that it cannot interpret."""
    return any(not isinstance(found, str) for found in _parsed(answer))


def are_equal(answers: tuple[str, str]) -> bool:
    """Say whether math-verify takes one answer for the other, whichever is the right one."""
    from math_verify import verify  # noqa: PLC0415 - sympy is loaded in workers alone

    one, other = map(_parsed, answers)
    return any(verify(*pair, timeout_seconds=None) for pair in ((one, other), (other, one)))


def is_right(answers: tuple[str, str]) -> bool:
    """Say whether math-verify takes the second answer for the first one, which is right."""
    from math_verify import verify  # noqa: PLC0415 - as above

    gold, answer = map(_parsed, answers)
    return bool(verify(gold, answer, timeout_seconds=None))


@lru_cache(maxsize=64)
def _parsed(answer: str) -> list[Any]:
    """Return what was found: expressions of sympy, and the text that they were read from."""
    from math_verify import parse  # noqa: PLC0415 - see above

    found: list[Any] = parse(answer, parsing_timeout=None)
    return found
