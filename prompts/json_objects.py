r"""Finds the JSON objects in whatever text a model sent.

Prose, code fences and a broken or truncated wrapper do not matter: where an object cannot be
read, the search goes on inside it, so that its complete parts are found. LaTeX that a model
forgot to escape is restored: "\boxed" in JSON means a backspace and "oxed", and "\cdot" is an
error.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

BROKEN_PLACES = 100
"""After so many places that look like an object and are none, the search ends."""

_DECODER = json.JSONDecoder(strict=False)

_BACKSLASH = re.compile(
    r"""
    \\\\                        # an escaped backslash: stays
    | \\(?=
        [^"\\/bfnrtu]           # no escape of JSON
        | u(?![0-9a-fA-F]{4})
        | [bf][a-zA-Z]          # nobody writes backspace or form feed
        | (?: neg|neq|ngeq|nleq|nmid|notin|nabla
            | rangle|rceil|rfloor|rho|right
            | tan|tau|text|textbf|tfrac|therefore|theta|times|to|triangle
          )(?![a-zA-Z])
      )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """The objects of a text in order, and how many places looked like one but were not."""

    objects: tuple[dict[str, Any], ...]
    broken: int


def json_objects(text: str) -> Found:
    """Return the outermost readable JSON objects in `text`; never raises."""
    text = _BACKSLASH.sub(r"\\\\", text)
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
