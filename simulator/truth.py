"""What is right: which outputs of the simulator are wrong, and the answers of its problems."""

import re
from hashlib import sha256
from random import Random

_SLIP = "(Off by one.)"
_BOXED = re.compile(r"\\boxed\{(\d+)\}")
NEARBY = 3
"""Wrong answers of a problem."""


def right_answer(instruction: str) -> int:
    """Return the final answer of the problem that an instruction states."""
    return 2 + int(sha256(instruction.encode()).hexdigest(), 16) % 98


def spoilt(output: str) -> str:
    """Return the output with a mistake, which `is_wrong` finds."""
    return f"{output} {_SLIP}"


def boxed(instruction: str, draw: Random, *, wrong: bool) -> str:
    """Return a final answer in LaTeX's box, one of three near the right one where it is wrong."""
    number = right_answer(instruction) + (draw.randint(1, NEARBY) if wrong else 0)
    return rf"\boxed{{{number}}}"


def is_wrong(instruction: str, output: str) -> bool:
    """Return whether an output holds a mistake, or another final answer than the right one."""
    answers = _BOXED.findall(output)
    return _SLIP in output or (bool(answers) and int(answers[-1]) != right_answer(instruction))
