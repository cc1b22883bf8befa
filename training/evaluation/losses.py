"""The loss of models on records that neither was trained on, and the difference of two."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from record import Record
from store.files.forms import read_objects
from store.files.json_lines import JSON_LINES
from store.files.writing import write_jsonl
from training.evaluation.intervals import Floats, paired_interval

Losses = Sequence[tuple[float, int]]
"""The loss of each record's output in nats a token, and how many tokens it has."""


def loss_rows(records: Sequence[Record], losses: Losses) -> list[dict[str, Any]]:
    """Return a row for every record: what it asks, and its loss."""
    return [
        {"instruction": record.instruction, "input": record.input, "loss": loss, "tokens": tokens}
        for record, (loss, tokens) in zip(records, losses, strict=True)
    ]


def loss_results(losses: Sequence[Losses], seed: int) -> dict[str, Any]:
    """Return the mean losses over all tokens, as plain JSON, and the difference of A's and B's.

    Where the two count tokens differently, a loss a token says nothing of one beside the other:
    then there is no difference.
    """
    columns = [np.array(one, dtype=float) for one in losses]
    means = [round(float(_mean(c[None, :, 0], c[None, :, 1])[0]), 4) for c in columns]
    result: dict[str, Any] = {"records": len(losses[0])}
    result |= dict(zip(("a", "b"), means, strict=False))
    if len(columns) == 2:
        a, b = columns
        alike = bool((a[:, 1] == b[:, 1]).all())
        result["same_tokens"] = alike
        result["difference"] = round(means[0] - means[1], 4) if alike else None
        drawn = [a[:, 0], b[:, 0], a[:, 1]]
        result["interval"] = paired_interval(drawn, _difference, seed) if alike else None
    return result


def _difference(a: Floats, b: Floats, tokens: Floats) -> Floats:
    return np.asarray(_mean(a, tokens) - _mean(b, tokens))


def _mean(losses: Floats, tokens: Floats) -> Floats:
    return np.asarray((losses * tokens).sum(axis=1) / tokens.sum(axis=1))


def measured(
    folder: Path, records: Sequence[Record], path: Path, advance: Callable[[], None]
) -> Losses:
    """Return the loss of a folder's model on records, kept in a file: it is measured once."""
    if not path.is_file():
        from training.torch.loss import held_out  # noqa: PLC0415 - torch takes seconds

        found = held_out(folder, records, lambda _done, _total: advance())
        losses = list(zip(found.losses, found.tokens, strict=True))
        write_jsonl(path, loss_rows(records, losses))
    rows = read_objects(path, JSON_LINES)
    return [(float(row["loss"]), int(row["tokens"])) for _, row in rows]
