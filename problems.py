"""Messages about invalid data from outside: the key's path, the value, what is allowed."""

import difflib
from collections.abc import Callable, Iterable

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from words import clip, error_line

PROBLEMS_NAMED = 3
"""How many problems are named; the rest is counted."""

SHOWN_CHARACTERS = 40

Location = tuple[int | str, ...]

_COMPLETE = {"json_invalid", "too_long", "too_short", "value_error"}
"""Kinds of problems whose message needs no value beside it."""

_OWN_WORDS = {"json_invalid", "value_error"}
"""Kinds of problems whose message is not pydantic's, and stays as it is written."""


def problems_of(invalid: ValidationError, model: type[BaseModel]) -> str:
    """Return the problems on one line, by their place in `model`: three of them, and how many more.

    A value is shown only where it is short and plain, so the line is bounded whatever was given.
    """
    # An unknown key first: a misspelt one is also reported as missing under its right name.
    problems = sorted(
        invalid.errors(include_url=False), key=lambda problem: problem["type"] != "extra_forbidden"
    )
    named = problems[:PROBLEMS_NAMED]
    message = "; ".join(_message(problem) + _allowed(problem, model) for problem in named)
    more = len(problems) - PROBLEMS_NAMED
    return message + (f"; and {more} more" if more > 0 else "")


def path(location: Location) -> str:
    """Return a place in nested data as a person writes it: `tasks[3].name`."""
    return "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in location
    ).lstrip(".")


def problem_of(invalid: ValidationError, named: Callable[[Location], str] = path) -> str:
    """Return the first problem on one line; `named` says how its place is called."""
    return _message(invalid.errors(include_url=False)[0], named)


def fault_of(error: Exception) -> str:
    """Return on one line why something could not be read."""
    if isinstance(error, ValidationError):
        return problem_of(error)
    return error_line(error) or type(error).__name__


def closest(name: str, among: Iterable[str]) -> str:
    """Return " (did you mean …?)" with the most similar name, or "" where none is."""
    close = difflib.get_close_matches(name[:SHOWN_CHARACTERS], list(among), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""


def shown(value: object) -> str:
    """Return the value as a message shows it: clipped, or its type where it is not plain."""
    if isinstance(value, str):
        return repr(clip(value, SHOWN_CHARACTERS))
    if isinstance(value, bool | int | float):
        return repr(value)
    return "empty" if value is None else f"a {type(value).__name__}"


def _message(problem: ErrorDetails, named: Callable[[Location], str] = path) -> str:
    place = named(problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key {shown(place)}"
    if problem["type"] == "missing":
        return f"the key {place!r} is missing"
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] not in _OWN_WORDS:
        message = message[:1].lower() + message[1:]
        message = message.replace("tuple", "list").removesuffix(" after validation")
    if problem["type"] not in _COMPLETE:
        message += f", not {shown(problem['input'])}"
    return f"{place}: {message}" if place else message


def _allowed(problem: ErrorDetails, model: type[BaseModel]) -> str:
    """Return which keys are allowed in the place of an unknown one, "" for other problems."""
    if problem["type"] != "extra_forbidden":
        return ""
    allowed = _keys_beside(problem["loc"], model)
    return f"{closest(str(problem['loc'][-1]), allowed)}; allowed: {', '.join(allowed)}"


def _keys_beside(location: Location, model: type[BaseModel]) -> list[str]:
    """Return the keys that are allowed where the last part of a key path stands."""
    for part in location[:-1]:
        if isinstance(part, str):
            model = _model_in(model.model_fields[part].annotation, model)
    return list(model.model_fields)


def _model_in(annotation: object, otherwise: type[BaseModel]) -> type[BaseModel]:
    """Return the model that an annotation is, or is a list of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    item: type[BaseModel] = getattr(annotation, "__args__", (otherwise,))[0]
    return item
