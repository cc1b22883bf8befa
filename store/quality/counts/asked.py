"""What an instruction asks its output to count: three sentences, at most 50 words, a 12-line poem.

A phrase is read only where it can be about nothing but the output. "The two sentences below", "two
words that rhyme", "about 100 words" and "each in one sentence" ask for nothing that is checked.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from store.quality.counts.languages import LANGUAGES
from store.quality.counts.wording import Unit, Wording
from words import primary_language

Counted = Unit | Literal["items"]

_QUOTED = re.compile(
    r"(?<!\w)(['\"])[^'\"\n]{0,200}\1|“[^”\n]*”|「[^」\n]*」|```.*?(?:```|\Z)", re.DOTALL
)
_DIGITS = r"\d{1,3},\d{3}|\d{1,5}"
_LOOSE = 4
"""A bare number of words or characters may be missed by a quarter."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A count that is asked for: at least `least`, and at most `most`, None for any number."""

    unit: Counted
    least: int
    most: int | None

    def __str__(self) -> str:
        if self.most is None:
            return f"at least {_several(self.least, self.unit)}"
        if self.least == self.most:
            return _several(self.most, self.unit)
        if self.least <= 1:
            return f"at most {_several(self.most, self.unit)}"
        return f"{self.least} to {_several(self.most, self.unit)}"


def asked(instruction: str, language: str) -> list[Asked]:
    """Return the counts that the instruction asks of its output; none in a language without row."""
    phrases = _phrases(primary_language(language))
    return list(phrases.read(instruction)) if phrases else []


class _Phrases:
    """The patterns of a language, made of its wording."""

    def __init__(self, wording: Wording) -> None:
        self._words = wording
        self._edge = r"\b" if wording.gap == r"\s+" else ""
        words = sorted(wording.numbers, key=len, reverse=True)
        self._any_number = "|".join([_DIGITS, *words])

    def read(self, instruction: str) -> Iterator[Asked]:
        text = _QUOTED.sub(" ", instruction)
        yield from self._items(text)
        if not re.search(self._words.apart, text, re.IGNORECASE):
            yield from self._lengths(text)
            yield from self._shapes(text)

    def _lengths(self, text: str) -> Iterator[Asked]:
        for match in self._length.finditer(text):
            before, after = text[: match.start()], text[match.end() :]
            if self._of_others.match(after) or (
                match[0][0].isalnum() and self._before_others.search(before[-40:])
            ):
                continue
            bounds = self._bounds(match)
            if bounds and not (match["makes"] and self._is_bare(match)):
                yield Asked(_unit(match, self._words.units), *bounds)

    def _shapes(self, text: str) -> Iterator[Asked]:
        for match in (found for shape in self._shape for found in shape.finditer(text)):
            unit, number = _unit(match, self._words.adjectives), self._number(match["low"])
            yield Asked(unit, *(_loose(number, number) if _is_loose(unit) else (number, number)))

    def _items(self, text: str) -> Iterator[Asked]:
        """Yield the length of the list that is asked for, where it is one list."""
        matches = list(self._list.finditer(text))
        bounds = self._bounds(matches[0]) if len(matches) == 1 else None
        if bounds and max(bounds[0], bounds[1] or 0) > 1:
            yield Asked("items", *bounds)

    def _bounds(self, match: re.Match[str]) -> tuple[int, int | None] | None:
        """Return the least and the most that a phrase allows; None where it names no limit."""
        said = match.groupdict()
        low = self._number(match["low"])
        high = self._number(said["high"] or said.get("high_after") or match["low"])
        if said["about"] or high < low:
            return None
        if said["at_least"] or said["or_more"]:
            return low, None
        if said["at_most"] or said["or_less"]:
            return 1, high
        if said["more_than"]:
            return low + 1, None
        if said["less_than"]:
            return 1, high - 1
        return _loose(low, high) if self._is_bare(match) else (low, high)

    def _is_bare(self, match: re.Match[str]) -> bool:
        """Return whether this is a number of words or characters without a word that limits it."""
        said = match.groupdict()
        limits = ("at_least", "at_most", "more_than", "less_than", "exactly", "or_more", "or_less")
        counts_words = any(said.get(f"unit_{unit}") for unit in ("words", "characters"))
        return counts_words and not any(said[limit] for limit in limits)

    def _number(self, text: str) -> int:
        digits = text.replace(",", "")
        return int(digits) if digits.isdecimal() else self._words.numbers[text.lower()]

    @cached_property
    def _length(self) -> re.Pattern[str]:
        words, edge = self._words, self._edge
        begins = r"(?:(?<!\w)|(?=\W))" if edge else ""
        lead = rf"{begins}(?:(?P<makes>{words.makes}){edge}|(?:{words.inside}))\s*"
        after = rf"(?:\s*(?:{words.to}){words.gap}(?P<high_after>{self._any_number}){edge})?"
        return _compiled(
            rf"{lead}{self._count}{words.gap}{_units(words.units)}{edge}{after}{self._limit_after}"
        )

    @cached_property
    def _list(self) -> re.Pattern[str]:
        """A list that is asked for; but "give four friends ten rules" asks for ten."""
        words, edge = self._words, self._edge
        people = rf"\w+\s+(?:{self._any_number}){edge}" if edge else r"\W"
        others = rf"(?!(?:{words.not_items}){edge}|{people})"
        return _compiled(
            rf"{edge}(?:{words.lists}){words.gap}{words.items}{self._count}{self._limit_after}"
            rf"{words.gap}{others}\w"
        )

    @cached_property
    def _shape(self) -> list[re.Pattern[str]]:
        number, unit = f"(?P<low>{self._any_number})", _units(self._words.adjectives)
        return [
            _compiled(shape.replace("{number}", number).replace("{unit}", unit))
            for shape in self._words.shapes
        ]

    @cached_property
    def _count(self) -> str:
        """A number or a range of numbers, with what limits it before."""
        words, edge = self._words, self._edge
        limits = ("at_least", "at_most", "more_than", "less_than", "about", "exactly")
        before = "|".join(f"(?P<{limit}>{getattr(words, limit)})" for limit in limits)
        ends = edge or f"(?![{''.join(words.numbers)}0-9])"
        high = rf"(?:\s*(?:{words.to})\s*(?P<high>{self._any_number}){ends})?"
        return rf"(?:(?:{before}){words.gap})?(?P<low>{self._any_number}){ends}{high}"

    @cached_property
    def _limit_after(self) -> str:
        words = self._words
        return rf"(?:\s*(?:(?P<or_more>{words.or_more})|(?P<or_less>{words.or_less})))?"

    @cached_property
    def _of_others(self) -> re.Pattern[str]:
        return _compiled(rf"\s*,?\s*(?:{self._words.of_others})")

    @cached_property
    def _before_others(self) -> re.Pattern[str]:
        """A unit or a number before a count: "sentences with ten words", "1 to 2 sentences"."""
        units = "|".join(self._words.units.values())
        return _compiled(rf"{self._edge}(?:{units}|{self._any_number})\s*$")


@lru_cache(maxsize=64)
def _phrases(language: str) -> _Phrases | None:
    wording = LANGUAGES.get(language)
    return _Phrases(wording) if wording else None


def _unit(match: re.Match[str], units: Mapping[Unit, str]) -> Unit:
    return next(unit for unit in units if match[f"unit_{unit}"])


def _units(units: Mapping[Unit, str]) -> str:
    return "(?:" + "|".join(f"(?P<unit_{unit}>{words})" for unit, words in units.items()) + ")"


def _is_loose(unit: Counted) -> bool:
    return unit in {"words", "characters"}


def _loose(low: int, high: int) -> tuple[int, int]:
    return low - low // _LOOSE, high + high // _LOOSE


def _several(number: int, unit: Counted) -> str:
    return f"{number} {unit if number != 1 else unit.removesuffix('s')}"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
