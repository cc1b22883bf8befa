"""Which of several tasks a record belongs to, as the answer says it or else by its position."""

import re
from collections.abc import Sequence
from typing import Any

_NUMBER = re.compile(
    r"[\W_]*(?:(?:task|number|no|任务|编号|第)[\W_]*)*(\d{1,3})(?!\d)", re.IGNORECASE
)
_KEY = re.compile(r"(?:task|任务)?[\W_]*\d{1,3}[\W_]*", re.IGNORECASE)
_LONGEST = 500
"""How many characters of what an answer says are looked at."""


def task_number(said: Any, here: int, names: Sequence[str]) -> str:  # noqa: ANN401  JSON
    """Return the number of the task that a record is of, from 1 to the number of `names`.

    `said` is what the answer says: a number, a text such as "Task 2" or "#2", or the task's name,
    alone or at the end of its path. Without any of these it is the task whose turn it is, `here`.
    """
    text = str(said)[:_LONGEST]
    called = {_folded(text), _folded(text.rpartition(" > ")[2])} - {""}
    meant = [number for number, name in enumerate(names, start=1) if _folded(name) in called]
    if not meant and (found := _NUMBER.match(text)):
        meant = [int(found[1])] if 1 <= int(found[1]) <= len(names) else []
    return str(here if here in meant or not meant else meant[0])


def is_task_number(key: str) -> bool:
    """Return whether a key of a JSON object is nothing but the number of a task."""
    return bool(_KEY.fullmatch(key))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
