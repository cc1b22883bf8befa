r"""Which part of a text is its final answer: the last \boxed{…}, or else how the text ends."""

import re
import unicodedata

LONGEST_BOX, LONGEST_END = 1_000, 2_000
"""Characters of a box, above which it holds no answer, and of a text's end that are read."""

_BOX = "\\boxed"
_PLAIN = re.compile(r"\\boxed\{-?[0-9]{1,15}(\.[0-9]{1,15})?\}")


def last_answer(text: str) -> str:
    r"""Return the last \boxed{…} as it stands, or else the text's end.

    A box that does not close, or holds too much, is none. Digits of other scripts become 0 to 9.
    """
    box = _last_box(text)
    answer = text[-LONGEST_END:] if box is None else " ".join(box.split())
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in answer)


def boxes(text: str) -> list[str]:
    r"""Return every \boxed{…} whose braces close, in their order."""
    found, start = list[str](), text.find(_BOX)
    while start >= 0:
        end = _closing(text, start + len(_BOX))
        if end:
            found.append(text[start:end])
        start = text.find(_BOX, start + len(_BOX))
    return found


def is_plain_number(answer: str) -> bool:
    """Say whether the answer is a boxed number in digits alone, which anybody can read."""
    return _PLAIN.fullmatch(answer) is not None


def _last_box(text: str) -> str | None:
    r"""Return the last \boxed{…} whose braces close; None where there is none."""
    return next(reversed(boxes(text)), None)


def _closing(text: str, start: int) -> int:
    """Return where the group ends that opens here; 0 where none opens, or it does not end."""
    depth, position = 0, start
    while position < min(len(text), start + LONGEST_BOX):
        character = text[position]
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return position + 1 if character == "}" and position > start else 0
        position += 2 if character == "\\" else 1
    return 0
