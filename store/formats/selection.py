"""Which records of a data set are exported: a sample, or two sides of a split."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from errors import InputError
from store.formats.format import Row


def sample(records: Sequence[Row], size: int, seed: int) -> list[Row]:
    """Return `size` records (all, if there are fewer), as many of each task as its supply allows.

    Two tasks' shares differ by more than one only where the smaller gave all it had. Which of a
    task's records are drawn follows from the seed and their ids alone; their order is kept, and a
    smaller sample of the same seed is part of a larger one.
    """
    drawn: Counter[str] = Counter()
    turns: list[tuple[int, str, int]] = []
    for lot, position in sorted((_lot(seed, r["id"]), at) for at, r in enumerate(records)):
        task = records[position]["task"]
        turns.append((drawn[task], lot, position))
        drawn[task] += 1
    return [records[position] for position in sorted(at for _, _, at in sorted(turns)[:size])]


def split(records: Iterable[Row], share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Return (training, validation) records, about `share` of them for validation.

    A branch, that is a child of the root with all below it, goes to one side as a whole, so that
    near tasks do not leak; records of the root itself are for training. Each side gets at least
    one branch. Raises InputError for a share outside (0, 1) and for fewer than two branches.
    """
    if not 0 < share < 1:
        raise InputError(f"a validation share of {share} is not possible; name one between 0 and 1")
    rows = list(records)
    sizes = Counter(r["path"][1] for r in rows if len(r["path"]) > 1)
    if len(sizes) < 2:
        raise InputError(
            "the records lie in fewer than two branches below the root; a split keeps whole"
            " branches apart and needs two or more: export without one"
        )
    held_out = _held_out(sizes, share * len(rows), seed)
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        sides[len(row["path"]) > 1 and row["path"][1] in held_out].append(row)
    return sides


def _held_out(sizes: Mapping[str, int], wanted: float, seed: int) -> set[str]:
    """Return branches of about `wanted` records in all: drawn by lot while one brings it nearer."""
    chosen: set[str] = set()
    missing = wanted
    for branch in sorted(sizes, key=lambda name: _lot(seed, name)):
        if len(chosen) + 1 < len(sizes) and abs(missing - sizes[branch]) < abs(missing):
            chosen.add(branch)
            missing -= sizes[branch]
    return chosen or {min(sizes, key=lambda name: (sizes[name], _lot(seed, name)))}


def _lot(seed: int, name: str) -> str:
    """Return a number, as hexadecimal text, that looks random and depends on nothing else."""
    return sha256(f"{seed}\0{name}".encode()).hexdigest()
