"""Gold labels: which of the records a person found good, by a field of the data."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from errors import InputError
from problems import closest, shown

GOOD = {"1", "correct", "good", "pass", "passed", "right", "true", "yes"}
BAD = {"0", "bad", "fail", "failed", "false", "incorrect", "no", "wrong"}
NAMED = 5
"""Values or fields that an error names."""


@dataclass(frozen=True, slots=True)
class Gold:
    """The labels: the field that holds them, and the values that mean that a record is good."""

    field: str
    good: frozenset[str]

    def is_good(self, row: Mapping[str, object]) -> bool:
        """Return whether a row's label says that its record is good."""
        return label_of(row.get(self.field)) in self.good


def label_of(value: object) -> str:
    """Return a label as it is compared: as it is written, but 1.0 as 1."""
    whole = isinstance(value, float) and value.is_integer()
    return (f"{value:.0f}" if whole else str(value)).strip().casefold()


def _read(named: str, row: Mapping[str, object]) -> tuple[str, str | None]:
    """Return the field and the value that are named. A field's name may hold a `=`, too."""
    parts = named.split("=")
    fields = ["=".join(parts[:count]) for count in range(len(parts), 0, -1)]
    field = next((one for one in fields if one in row), parts[0])
    return field, None if field == named else named.removeprefix(f"{field}=")


def gold_of(named: str, rows: Iterable[Mapping[str, object]]) -> Gold:
    """Return the labels that FIELD, or FIELD=VALUE, names; VALUE is what a good record has.

    Raises InputError for a field that a row lacks, that has one value alone, or of whose values it
    is not known which means good.
    """
    waiting = iter(rows)
    first = next(waiting, {})
    field, value = _read(named, first)
    found: Counter[str] = Counter()
    for number, row in enumerate(chain([first], waiting), start=1):
        if row.get(field) is None:
            others = [name for name in row if isinstance(row[name], str | int | bool)]
            among = closest(field, others) or f": name one of {', '.join(others[:NAMED])}"
            raise InputError(f"--gold {named}: record {number} has no field {shown(field)}{among}")
        found[label_of(row[field])] += 1
    values = ", ".join(shown(label) for label, _ in found.most_common(NAMED))
    if len(found) < 2:
        raise InputError(
            f"--gold {named}: every record has the value {values}: there is nothing to agree with"
        )
    good = frozenset(found.keys() & GOOD if value is None else {label_of(value)})
    if not good & found.keys() or not (value is not None or found.keys() <= GOOD | BAD):
        raise InputError(
            f"--gold {named}: its values are {values}: say which means that a record is good, as "
            f"--gold {field}={found.most_common(1)[0][0]}"
        )
    return Gold(field, good)
