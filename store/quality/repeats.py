"""Tells an output that says the same thing twice: as list items, or as whole sentences.

Two parts say the same where one has all words of the other in their order, and little more: their
ROUGE-L F1, exactly as the diversity filter computes it, reaches `SAME`. Parts that differ in one
word for another ("a red ball", "a blue ball") say something else, however long they are. Short
parts may recur, and so may all that recurs in code, in verse, and in the text that is worked on.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from store.filter.rouge import Threshold
from store.filter.tokens import tokens

SAME = Fraction(9, 10)
TOKENS = 6
"""A part of fewer tokens is not compared."""

PARTS = 400
"""So many parts of an output are compared at most."""

_VERSE_LINES, _VERSE_TOKENS = 4, 12
_THRESHOLD = Threshold(SAME)
_MARKER = re.compile(r"\s*(?:\d{1,3}[.):、．]|[-*•●▪◦–]\s)\s*")  # noqa: RUF001 - marks as they are written
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|(?<=[。！？])[”’」』)）]*")  # noqa: RUF001 - as they are written
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_CODE_LINE = re.compile(r"[;{}<>=\\]|\w\(|^\s*(?:#|//|\$)")


def repeated(output: str, given: str = "") -> str | None:
    """Return a part of the output that says what an earlier one said, or None.

    None also where the text that it works on, `given`, repeats itself.
    """
    found = _repeated(output)
    return found if found and not _repeated(given) else None


def parts(text: str) -> Iterator[str]:
    """Yield the list items and the sentences of a text, without verse and code."""
    lines = [line for line in _CODE.sub(" ", text).splitlines() if line.strip()]
    prose = [line for line in lines if not _MARKER.match(line)]
    is_verse = len(prose) >= _VERSE_LINES and all(
        len(tokens(line)) <= _VERSE_TOKENS for line in prose
    )
    for line in lines:
        if _CODE_LINE.search(line):
            continue
        if marker := _MARKER.match(line):
            yield line[marker.end() :].strip()
        elif not is_verse:
            yield from (piece.strip() for piece in _SENTENCE_END.split(line) if piece.strip())


def same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether the shorter is in the longer, word by word, and ROUGE-L reaches `SAME`."""
    short, long = sorted((one, other), key=len)
    if len(short) < _THRESHOLD.common(len(short), len(long)):
        return False
    rest = iter(long)
    return all(word in rest for word in short)


def _repeated(text: str) -> str | None:
    seen: list[list[str]] = []
    for part in parts(text):
        words = tokens(part)
        if len(words) < TOKENS:
            continue
        if any(same(words, other) for other in seen):
            return part
        seen.append(words)
        if len(seen) == PARTS:
            break
    return None
