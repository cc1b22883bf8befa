r"""Whether an answer to a problem of mathematics is right, and why not, by asking the workers.

The reference says what is right: a solution with a \boxed{…}, or the bare answer. Of several boxes
the last one counts. An answer that stands in its reference's very words is right.
"""

import re
from typing import Literal

from final_answer.agreement import GIVEN_UP, verdict
from final_answer.last import boxes, last_answer
from final_answer.reading import can_be_read, is_right

Grade = Literal["right", "wrong", "empty", "unreadable", "timeout"]
GRADES: tuple[Grade, ...] = ("right", "wrong", "empty", "unreadable", "timeout")

LONGEST_BARE = 300
"""Characters of a reference above which it is no bare answer."""

_SPACING = re.compile(r"[\s{}]")
_GSM8K = re.compile(r"####\s*(.+)\s*\Z")


def reference_of(text: str) -> str:
    """Return the final answer of a reference: its last box, or the bare answer in one."""
    marked = _GSM8K.search(text)
    bare = marked[1] if marked else text.strip().strip("$")
    if boxes(text) or "\n" in bare or len(bare) > LONGEST_BARE:
        return last_answer(text)
    return last_answer(f"\\boxed{{{bare}}}")


async def grade(reference: str, text: str) -> Grade:
    """Return the grade of an answer, by the final answer of its reference."""
    if not text.strip():
        return "empty"
    answer = last_answer(text)
    if answer == reference:
        return "right"
    try:
        if await verdict(is_right, (reference, answer)):
            return "right"
        return "wrong" if await verdict(can_be_read, answer) else "unreadable"
    except GIVEN_UP:
        return "timeout"


async def reads(reference: str) -> bool:
    """Say whether the final answer of a reference can be read."""
    try:
        return await verdict(can_be_read, reference)
    except GIVEN_UP:
        return False


def has_several(text: str) -> bool:
    """Say whether a text has boxes that differ."""
    return len({_SPACING.sub("", box) for box in boxes(text)}) > 1
