"""Plain JSON values of a row: what one is, which one a person names, and whether it is a text."""

import json
import re
from collections.abc import Iterable, Mapping

from words import clip

_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "a truth value"}
_INDEX = re.compile(r"-?\d{1,9}")
_NAMED = 8
"""Names of fields that a message lists."""


def kind_of(value: object) -> str:
    """Return what a JSON value is, in words."""
    return "null" if value is None else _KINDS.get(type(value), "a number")


def names_of(names: Iterable[str]) -> str:
    """Return the names for a message: the first few, and how many more there are."""
    known = [clip(name if name.isprintable() else ascii(name), 40) for name in names]
    more = len(known) - _NAMED
    return ", ".join(known[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def value_at(row: Mapping[str, object], field: str) -> object:
    """Return the value that `field` names: a key, or keys and indexes with dots between them.

    Raises ValueError where there is none.
    """
    if field in row:
        return row[field]
    value: object = row
    for part in field.split("."):
        value = unpacked(value)
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and _INDEX.fullmatch(part) and _within(value, int(part)):
            value = value[int(part)]
        else:
            raise ValueError(f"the field {field!r} is missing; it has {names_of(row)}")
    return value


def unpacked(value: object) -> object:
    """Return the list or the object that a text holds as JSON; any other value as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def string(value: object, field: str) -> str:
    """Return the value of a field. Raises ValueError where it is no string."""
    if not isinstance(value, str):
        raise ValueError(f"the field {field!r} is {kind_of(value)}, no string")  # noqa: TRY004 - a fault of the data
    return value


def checked_text(value: object, field: str) -> str:
    """Return the text that a field holds. Raises ValueError where it is none."""
    text = string(value, field)
    if "\0" in text:
        raise ValueError(f"the field {field!r} holds a NUL character")
    check_encodable(text, field)
    return text


def check_encodable(text: str, field: str) -> None:
    """Raise ValueError for half a surrogate pair, which is no text."""
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(f"the field {field!r} holds half of a surrogate pair; remove it")


def _within(value: list[object], index: int) -> bool:
    return -len(value) <= index < len(value)
