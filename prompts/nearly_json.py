"""Mends what is nearly JSON: trailing commas, single quotes, comments, bare keys, Python literals.

json-repair completes whatever it gets, prose and half records included, and takes minutes for some
texts. So it gets only what is worth mending: outermost brackets with little beside strings in them
that stand apart from prose, and where the text is cut off, without the item that it is cut off in.
"""

# ruff: noqa: RUF001 - quotation marks as models write them

import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import json_repair

DEEPEST = 12
"""Brackets that are nested deeper are not mended."""

MOST_ODDITIES = 60
"""Nor are those with more quotes and strings in places where JSON has none."""

STRINGS_PER_WORD = 4
"""Nor those with more bare words beside their keys: what their values are is a guess."""

LONGEST_GAP = 500
"""More characters between two strings or brackets count as words."""

MOST_BRACKETS = 300
"""So many outermost brackets are looked at."""

_NOT_END = r"(?!\s*+(?:[,:}\])=;]|//|/\*|\#|\Z))"
_TOKEN = re.compile(
    rf"""
    (?<=[\[{{,:(=\s])(?:
        (?P<string>"(?:[^"\\]|\\.|"{_NOT_END})*+(?:"|\Z))
      | (?P<foreign>
            '(?P<single>(?:[^'\\]|\\.|'{_NOT_END})*+)(?:'|\Z)
          | `(?P<tick>(?:[^`\\]|\\.|`{_NOT_END})*+)(?:`|\Z)
          | ‘(?P<curly>(?:[^’\\]|\\.|’{_NOT_END})*+)(?:’|\Z)
          | “(?P<double>(?:[^”"\\]|\\.|[”"]{_NOT_END})*+)(?:[”"]|\Z)
        )
    )
    | (?P<comment>//[^\n]*+ | (?<=[\s,])\#[^\n]*+ | /\*.*?(?:\*/|\Z))
    | (?P<open>[\[{{])
    | (?P<close>[\]}}])
    | (?P<stray>["'“”‘’()`])
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING = re.compile(r"[\[{]")
_APART = re.compile(r"(?:\A|[\n:：>`\"'}\],])[ \t]*\Z")
_LOOK_BACK = 40
_WORD = re.compile(r"[^\s,:]++(?!\s*+:)")
_LITERAL = re.compile(r"true|false|null|none|nan|undefined|[-+\d.e]+", re.IGNORECASE)
_INNER_QUOTE = re.compile(r'(?<=.)"(?=.)', re.DOTALL)
_ESCAPED = re.compile(r'\\.|"', re.DOTALL)
_ESCAPED_BREAKS = str.maketrans({"\n": r"\n", "\r": r"\r", "\t": r"\t"})


class Mended(NamedTuple):
    """What a bracket of a text holds, where it begins, and whether the text is cut off in it."""

    value: Any
    start: int
    cut: bool


def mended(text: str) -> Iterator[Mended]:
    """Yield what the outermost brackets of the text hold, those that cannot be mended left out."""
    position = 0
    for _ in range(MOST_BRACKETS):
        begins = _OPENING.search(text, position)
        if begins is None:
            return
        bracket = _Bracket(text, begins.start())
        position = bracket.end
        before = text[max(0, bracket.start - _LOOK_BACK) : bracket.start]
        if bracket.worth_mending and _APART.search(before):
            try:
                value = json_repair.loads(bracket.content)
            except (ValueError, RecursionError):
                continue
            yield Mended(value, bracket.start, cut=bracket.cut)


class _Bracket:
    """An outermost bracket of a text, up to its closing one, with JSON's own quotation marks."""

    def __init__(self, text: str, start: int) -> None:
        self.start = start
        self.end = len(text)
        self.cut = False
        self._open: list[tuple[str, int]] = []
        self._parts: list[str] = []
        self._deepest = self._odd = self._strings = self._words = 0
        self._list_ends = self._cut_string = -1
        self._read(text)

    @property
    def hopeless(self) -> bool:
        return self._deepest > DEEPEST or self._odd + self._words > MOST_ODDITIES

    @property
    def worth_mending(self) -> bool:
        return self._strings > self._words * STRINGS_PER_WORD and not self.hopeless

    @property
    def content(self) -> str:
        """Return the text in it; where that is cut off, up to the last item that is complete."""
        return "".join(self._parts[: self._complete_parts()] if self.cut else self._parts)

    def _read(self, text: str) -> None:
        position = self.start
        for token in _TOKEN.finditer(text, self.start):
            between = text[position : token.start()]
            self._words += _bare_words(between)
            self._odd += _oddities("".join(self._parts[-1:]), between, token)
            self._parts += [between, _as_json(token)]
            position = token.end()
            self._take_in(token, at_end=position == len(text))
            if not self._open or self.hopeless:
                self.end = position
                return
        self._parts.append(text[position:])
        self._words += _bare_words(self._parts[-1])
        self.cut = True

    def _take_in(self, token: re.Match[str], *, at_end: bool) -> None:
        place = len(self._parts) - 1
        if token["open"]:
            self._open.append((token["open"], place))
            self._deepest = max(self._deepest, len(self._open))
        elif token["close"] == "]":
            self._close("[")
            self._list_ends = place + 1 if self._parts[place - 2] == "}" else self._list_ends
        elif token["close"]:
            self._close("{")
        elif token["string"] or token["foreign"]:
            self._strings += 1
            self._cut_string = place if at_end else -1

    def _close(self, opening: str) -> None:
        """Close the innermost bracket of this kind, and those in it, whose ends are missing."""
        if any(bracket == opening for bracket, _ in self._open):
            while self._open.pop()[0] != opening:
                pass

    def _complete_parts(self) -> int:
        """Return how many parts are complete: all before an item of a list that is not closed."""
        for (outer, _), (inner, place) in itertools.pairwise(self._open):
            if (outer, inner) == ("[", "{"):
                return place
        if self._open[-1][0] == "[":
            return self._cut_string if self._cut_string >= 0 else len(self._parts)
        return max(self._list_ends, 0)


def _bare_words(between: str) -> int:
    words = sum(not _LITERAL.fullmatch(word) for word in _WORD.findall(between))
    return words + len(between) // LONGEST_GAP


def _oddities(before: str, between: str, token: re.Match[str]) -> int:
    """Count what JSON does not have: stray quotes, and strings without a comma or colon before."""
    if not token["string"] and not token["foreign"]:
        return bool(token["stray"])
    out_of_place = before not in {"[", "{"} and between.strip()[-1:] not in {",", ":"}
    return out_of_place + len(_INNER_QUOTE.findall(token["string"] or ""))


def _as_json(token: re.Match[str]) -> str:
    """Return a token, strings in JSON's quotation marks and on one line; nothing for a comment."""
    if token["comment"]:
        return ""
    if token["string"]:
        return token[0].translate(_ESCAPED_BREAKS)
    if not token["foreign"]:
        return token[0]
    contents = (token[mark] for mark in ("single", "tick", "curly", "double"))
    content = next(content for content in contents if content is not None)
    return f'"{_ESCAPED.sub(_with_json_escape, content).translate(_ESCAPED_BREAKS)}"'


def _with_json_escape(found: re.Match[str]) -> str:
    if found[0] == '"':
        return r"\""
    return found[0][1] if found[0][1] in "'`’”" else found[0]
