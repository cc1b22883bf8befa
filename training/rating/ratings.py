"""ratings.jsonl: a row a rating. Of a rater's rows on one question the last counts.

A process that is killed may leave half a line at the end. That is no rating, and no fault.
"""

import unicodedata
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from errors import InputError
from problems import fault_of
from words import one_line

Choice = Literal["a", "b", "tie"]
Model = Literal["a", "b"]

LONGEST_NAME = 60
"""Characters of a rater's name."""

_BLANK = "\u3164\uffa0\u115f\u1160\u2800"
"""Letters and signs that nobody sees: Hangul fillers and the empty Braille cell."""

_BEGIN = b'{"comparison": "'
_Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class Rating(BaseModel, frozen=True):
    """One rating: whose answer a rater finds better, and whose stood on the left.

    `comparison` and `question` are the ids of training/pairs.py.
    """

    comparison: _Id
    question: _Id
    rater: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    choice: Choice
    left: Model
    at: AwareDatetime
    instruction: str = ""
    input: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The ratings of a file, in their order; `end` is where the last of them ends, in bytes.

    `half` is what stands behind: a line that was not written to its end.
    """

    ratings: list[Rating]
    end: int = 0
    half: bytes = b""


def read_ratings(path: Path) -> Found:
    """Return what a file of ratings holds. Raises InputError for a row that is no rating."""
    ratings: list[Rating] = []
    end = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                text = line.removeprefix(BOM_UTF8) if number == 1 else line
                if not text.endswith(b"\n") and _is_half(text):
                    return Found(ratings, end, line)
                if text.strip():
                    ratings.append(_rating(path, number, text))
                end += len(line)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return Found(ratings, end)


def counting(ratings: Iterable[Rating]) -> dict[tuple[str, str], Rating]:
    """Return the ratings that count, by rater and question: a change of mind is a later row."""
    return {(rating.rater, rating.question): rating for rating in ratings}


def name_of(text: str) -> str:
    """Return a rater's name as it is kept. Raises ValueError where it is none."""
    name = one_line(unicodedata.normalize("NFC", text))
    if not any(map(_is_seen, name)):
        raise ValueError("a rater needs a name that can be seen")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"a rater's name has at most {LONGEST_NAME} characters")
    return name


def _is_seen(character: str) -> bool:
    """Return whether a character of a name shows; fillers and the empty Braille cell do not."""
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK


def _rating(path: Path, number: int, line: bytes) -> Rating:
    try:
        return Rating.model_validate_json(line)
    except ValidationError as error:
        raise InputError(
            f"{path}, line {number}, is no rating: {fault_of(error)}; mend or remove the line"
        ) from error


def _is_half(line: bytes) -> bool:
    """Return whether a last line without an end was begun as a rating; a disk may leave zeros."""
    if not line.strip(b"\0"):
        return True
    try:
        Rating.model_validate_json(line)
    except ValidationError:
        return line.startswith(_BEGIN[: len(line)])
    return False
