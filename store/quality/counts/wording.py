"""The words with which a language asks for a count; one value a language, see languages.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["words", "characters", "sentences", "lines", "paragraphs"]


@dataclass(frozen=True, slots=True)
class Wording:
    r"""How a language asks for a count. All but `numbers` are alternatives of regular expressions.

    `gap` stands between words: `\s+`, or `\s*` in a script without spaces. `inside` leads to a
    length of the whole output ("in" three words), `makes` to parts that it has ("write" three
    sentences). `shapes` are whole phrases with {number} and a {unit} of `adjectives`, such as "a
    {number}-{unit} poem". `lists` are verbs that ask for a list, `items` may follow them, and
    `not_items` is what they count that is no item of a list. An instruction with one of `apart`
    counts parts of its output, and a count before one of `of_others` counts something else.
    """

    gap: str
    numbers: Mapping[str, int]
    units: Mapping[Unit, str]
    adjectives: Mapping[Unit, str]
    inside: str
    makes: str
    shapes: tuple[str, ...]
    lists: str
    items: str
    not_items: str
    to: str
    at_least: str
    at_most: str
    more_than: str
    less_than: str
    about: str
    exactly: str
    or_more: str
    or_less: str
    apart: str
    of_others: str


def numbered(words: str, **more: int) -> dict[str, int]:
    """Return the numbers of words that count from 1; "|" parts the words of one number."""
    counted = enumerate(words.split(), start=1)
    return {word: number for number, same in counted for word in same.split("|")} | more
