"""How many sentences, lines, words and items a text has: the least and the most that it may be.

"Mr. Smith came. He sat." has two sentences or three, a title is a line or none, "well-known" one
word or two. A count is wrong only where no reading of the text fits it.
"""

import re
from collections.abc import Callable

from store.filter.tokens import tokens
from store.quality.counts.asked import Asked, Counted

Readings = list[tuple[int, int]]
"""The counts that a text may have, as ranges (least, most)."""

_MARKER = re.compile(r"^[ \t]*(?:(\d{1,3}|[A-Za-z])[.):、．]|([-*•●▪◦–])[ \t])[ \t]*", re.MULTILINE)  # noqa: RUF001 - marks as they are written
_FULL_STOP = r"[.!?…。！？]"  # noqa: RUF001 - full-width signs are meant
_END = re.compile(rf"{_FULL_STOP}+[\"'”’»)\]]*")  # noqa: RUF001 - quotation marks as they are written
_NO_END = "".join(
    rf"(?<!\b{word})" for word in ("Mr", "Ms", "Mrs", "Dr", "St", "vs", "No", "ca", "etc", "bzw")
)
_SURE_END = re.compile(
    rf"(?<![\s.][^\W\d]){_NO_END}[.!?…]+[\"'”’»)\]]*\s+(?=[\"'“‘«(]*(?![a-zß])[^\W\d_])"  # noqa: RUF001 - quotation marks as they are written
    r"|[。！？](?=\s*[“「]?\w)"  # noqa: RUF001 - full-width signs are meant
)
"""An end before what cannot be the rest of the same sentence."""


def fits(count: Asked, text: str) -> bool:
    """Return whether the text may have this count; True where it cannot be told."""
    readings = _READERS[count.unit](text)
    return not readings or any(
        most >= count.least and (count.most is None or least <= count.most)
        for least, most in readings
    )


def nearest(count: Asked, text: str) -> int:
    """Return the count of the text, of all that it may have, that comes nearest to what was asked.

    The text does not fit the count.
    """
    found = [end for reading in _READERS[count.unit](text) for end in reading]
    short = [number for number in found if number < count.least]
    return max(short) if short else min(found)


def sentences(text: str) -> Readings:
    """Return how many sentences the text may have."""
    plain = _MARKER.sub("", text.strip())
    sure = len(_SURE_END.findall(plain)) + 1
    pieces = [piece for line in plain.splitlines() for piece in _END.split(line)]
    return [(sure, max(sure, sum(bool(re.search(r"\w", piece)) for piece in pieces)))]


def lines(text: str) -> Readings:
    """Return how many lines the text may have; a title is one or none."""
    written = _written(text.splitlines())
    return [(max(1, written - 1), max(written, text.count(" / ") + 1))]


def paragraphs(text: str) -> Readings:
    """Return how many paragraphs the text may have; a title is one or none."""
    blocks = _written(re.split(r"\n\s*\n", text))
    return [(max(1, blocks - 1), max(blocks, _written(text.splitlines())))]


def words(text: str) -> Readings:
    """Return how many words the text may have; a word with a hyphen is one or several."""
    spaced = _written(_MARKER.sub("", text).split())
    return [(spaced, max(spaced, len(tokens(text))))]


def characters(text: str) -> Readings:
    """Return how many characters a text of a script without spaces may have, with signs or not."""
    return [(len(tokens(text)), len("".join(text.split())))]


def items(text: str) -> Readings:
    """Return how many items a list may have, by each kind of mark and by all; none without list."""
    marks = [number or bullet for number, bullet in _MARKER.findall(text)]
    kinds = [str.isdecimal, str.isalpha, lambda mark: not mark.isalnum()]
    counts = {len(marks), *(sum(map(kind, marks)) for kind in kinds)} - {0}
    counts.add(_written(text.splitlines()))
    return [(count, count) for count in sorted(counts)] if len(marks) > 1 else []


def _written(pieces: list[str]) -> int:
    return sum(bool(re.search(r"\w", piece)) for piece in pieces)


_READERS: dict[Counted, Callable[[str], Readings]] = {
    "sentences": sentences,
    "lines": lines,
    "paragraphs": paragraphs,
    "words": words,
    "characters": characters,
    "items": items,
}
