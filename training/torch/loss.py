"""The loss of a model on records that it was not trained on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from errors import InputError
from record import Record
from training.examples import last_example
from training.torch.loading import context_of, load_folder
from training.torch.tokens import Tokens, tokens_of
from words import several


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The loss of each record's output in nats a token, how many tokens it has, and their mean.

    What ends an answer counts as a token of it. `mean` is that over all tokens.
    """

    losses: list[float]
    tokens: list[int]
    mean: float


def held_out(
    folder: Path, records: Sequence[Record], progress: Callable[[int, int], None]
) -> HeldOut:
    """Return the loss of the model in a folder on records; `progress` gets how many are done.

    Of a conversation it is that of the last answer. Raises InputError for records without an
    output, or longer than the model can read.
    """
    model, tokenizer = load_folder(folder)
    losses, sizes = [], []
    for done, tokens in enumerate(_read(tokenizer, records, context_of(model.config)), start=1):
        losses.append(_loss(model, tokens))
        if not isfinite(losses[-1]):
            raise InputError(
                f"the loss of {folder} on record {records[done - 1].id} is not a number: its "
                "weights are broken; name another model"
            )
        sizes.append(tokens.answer)
        progress(done, len(records))
    total = sum(loss * size for loss, size in zip(losses, sizes, strict=True))
    return HeldOut(losses, sizes, total / sum(sizes))


def _read(
    tokenizer: PreTrainedTokenizerBase, records: Sequence[Record], longest: int
) -> list[Tokens]:
    """Return the tokens of every record."""
    if not records:
        raise InputError("there are no records to measure the loss on: name data with some")
    found = []
    for record in records:
        example = last_example(record)
        if example is None:
            raise InputError(
                f"record {record.id} has no output to measure the loss on: leave it out"
            )
        tokens = tokens_of(tokenizer, example)
        if len(tokens.ids) > longest:
            size = several(len(tokens.ids), "token")
            raise InputError(
                f"record {record.id} has {size}, the model reads {longest:,}: leave it out"
            )
        found.append(tokens)
    return found


def _loss(model: PreTrainedModel, tokens: Tokens) -> float:
    """Return the mean loss of the answer's tokens; each is foretold from those before it."""
    ids = torch.tensor([tokens.ids], device=model.device)
    with torch.inference_mode():
        logits = model(ids, logits_to_keep=tokens.answer + 1).logits[0, :-1].float()
    answer = ids[0, tokens.start :]
    return float(torch.nn.functional.cross_entropy(logits[-len(answer) :], answer))
