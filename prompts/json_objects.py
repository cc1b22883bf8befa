r"""Finds the JSON objects in whatever text a model sent.

Prose, code fences and a broken or truncated wrapper do not matter: where an object cannot be
read, the search goes on inside it, so that its complete parts are found. JSON may itself stand in a
string of JSON, as often as `ENCODED_TIMES`.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from prompts.latex import with_latex_escaped

BROKEN_PLACES = 100
"""After so many places that look like an object and are none, the search ends."""

ENCODED_TIMES = 3

_DECODER = json.JSONDecoder(strict=False)
_ENCODED = re.compile(r'\{(?:\s|\\+[nrt])*\\+"')
_STRING = re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """The objects of a text in order, and how many places looked like one but were not."""

    objects: tuple[dict[str, Any], ...]
    broken: int


def json_text(text: str) -> str:
    """Return a model's text as JSON can be read of it: its LaTeX escaped, not encoded twice."""
    for _ in range(ENCODED_TIMES):
        text = with_latex_escaped(text)
        begins = text.find("{")
        if not _ENCODED.match(text, max(begins, 0)):
            break
        content = _STRING.match(text, begins)
        try:
            text = json.loads(f'"{content[0]}"', strict=False) if content else text
        except ValueError:
            break
    return text


def json_objects(text: str) -> Found:
    """Return the outermost readable JSON objects in a `json_text`; never raises."""
    objects: list[dict[str, Any]] = []
    broken = 0
    position = text.find("{")
    while position >= 0 and broken < BROKEN_PLACES:
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            broken += 1
            position += 1
        else:
            objects.append(value)
        position = text.find("{", position)
    return Found(tuple(objects), broken)
