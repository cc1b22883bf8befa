"""What is wrong with data from outside, in words: the key's path, the value, what is allowed."""

import difflib
from collections.abc import Iterable

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

PROBLEMS_NAMED = 3
"""How many problems are named; the rest is counted."""

SHOWN_CHARACTERS = 40


def problems_of(invalid: ValidationError, model: type[BaseModel]) -> str:
    """Return the problems on one line, by their place in `model`: three of them, and how many more.

    A value is shown only where it is short and plain, so the line is bounded whatever was given.
    """
    # An unknown key first: a misspelt one is also reported as missing under its right name.
    problems = sorted(
        invalid.errors(include_url=False), key=lambda problem: problem["type"] != "extra_forbidden"
    )
    told = "; ".join(_told(problem, model) for problem in problems[:PROBLEMS_NAMED])
    more = len(problems) - PROBLEMS_NAMED
    return told + (f"; and {more} more" if more > 0 else "")


def closest(name: str, among: Iterable[str]) -> str:
    """Return " (did you mean …?)" with the most similar name, or "" where none is."""
    close = difflib.get_close_matches(name[:SHOWN_CHARACTERS], list(among), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""


def shown(value: object) -> str:
    """Return the value as a message shows it: clipped, or its type where it is not plain."""
    if isinstance(value, str):
        clipped = value[: SHOWN_CHARACTERS - 1] + "…"
        return repr(value if len(value) <= SHOWN_CHARACTERS else clipped)
    if isinstance(value, bool | int | float):
        return repr(value)
    return "empty" if value is None else f"a {type(value).__name__}"


def _told(problem: ErrorDetails, model: type[BaseModel]) -> str:
    path = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]
    ).lstrip(".")
    if problem["type"] == "extra_forbidden":
        allowed = _keys_beside(problem["loc"], model)
        close = closest(str(problem["loc"][-1]), allowed)
        return f"unknown key {shown(path)}{close}; allowed: {', '.join(allowed)}"
    if problem["type"] == "missing":
        return f"the key {path!r} is missing"
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "value_error":
        return f"{path}: {message}" if path else message
    return f"{path}: {message[:1].lower()}{message[1:]}, not {shown(problem['input'])}"


def _keys_beside(location: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
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
