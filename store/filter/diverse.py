"""The filter in one call, for Python: what is kept, and of the rest why and what it repeats.

from store.filter.diverse import keep_diverse

result = keep_diverse(["Sort a list.", "Sort a list!", "Write a letter."])
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from typing import Any, Generic, TypeVar

from errors import InputError
from problems import shown
from store.filter.index import DiversityIndex

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Rejected(Generic[Item]):
    """An item that repeats another: by which rule (duplicate, rouge_l, against), and how nearly.

    `nearest` is the kept item that it repeats, for the rule against the foreign text. `score` is
    their ROUGE-L F1.
    """

    item: Item
    rule: str
    score: float
    nearest: Item | str


@dataclass(frozen=True, slots=True)
class Diverse(Generic[Item]):
    """The items that were kept, in their order, and those that were not."""

    kept: list[Item]
    rejected: list[Rejected[Item]]


def keep_diverse(
    items: Iterable[Item],
    *,
    text: str | Callable[[Any], str] | None = None,
    threshold: float = 0.7,
    against: Sequence[str] = (),
) -> Diverse[Item]:
    """Keep every item whose text has a ROUGE-L F1 below `threshold` with all kept before it.

    `text` says where an item's text is: a row's field, or a function of the item; by itself an item
    is its text. None of the texts `against` is repeated either. Raises InputError for a threshold
    out of range, and for an item without a text.
    """
    exact, rows = Fraction(str(threshold)), list(items)
    foreign = DiversityIndex(exact)
    foreign.admit_many(against, [f"against {n}" for n in range(len(against))])
    index = DiversityIndex(exact, against=foreign)
    verdicts = index.admit_many(_texts(rows, text), [str(n) for n in range(len(rows))])
    named: dict[str | None, Any] = {f"against {n}": foreign for n, foreign in enumerate(against)}
    named |= {str(n): row for n, row in enumerate(rows)}
    return Diverse(
        kept=[row for row, verdict in zip(rows, verdicts, strict=True) if verdict.kept],
        rejected=[
            Rejected(row, str(verdict.rule), float(verdict.score), named[verdict.nearest])
            for row, verdict in zip(rows, verdicts, strict=True)
            if not verdict.kept
        ],
    )


def _texts(rows: Sequence[Any], text: str | Callable[[Any], str] | None) -> list[str]:
    read = itemgetter(text) if isinstance(text, str) else text or (lambda row: row)
    return [_text(n, row, read) for n, row in enumerate(rows)]


def _text(number: int, row: object, read: Callable[[Any], Any]) -> str:
    try:
        found = read(row)
    except (KeyError, IndexError, TypeError) as error:
        raise InputError(f"items[{number}] has no text {error}: see `text`") from error
    if not isinstance(found, str):
        raise InputError(
            f"items[{number}] is no text but {shown(found)}: say where the text is, as in "
            'text="instruction"'
        )
    return found
