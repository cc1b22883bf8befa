"""Texts to measure with: the real instructions in ../shared/data, and changed copies of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from store.files.original import read_original

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MOST_REPLACED = 0.8
"""The largest share of a text's words that a perturbed copy has replaced."""


def real() -> list[str]:
    """Return the 4,433 and the 4,535 real instructions, in this order."""
    demo = [
        record.instruction for _, record in read_original(DATA / "explore_instruct_demo").records()
    ]
    lines = (DATA / "instructions_code_4535.jsonl").read_text("utf-8").splitlines()
    return demo + [json.loads(line)["instruction"] for line in lines]


def repeated(count: int, seed: int = 0) -> Iterator[str]:
    """Yield the real instructions again and again, `count` in all.

    Of each repetition one to three words are left out, said twice or replaced by others.
    """
    texts = real()
    yield from texts[:count]
    draw = Random(seed)
    words = [word for text in texts for word in text.split()]
    for number in range(len(texts), count):
        copy = texts[number % len(texts)].split()
        for _ in range(draw.randint(1, 3)):
            place = draw.randrange(len(copy))
            other = draw.choice(words)
            copy[place] = draw.choice(["", f"{copy[place]} {copy[place]}", other])
        yield " ".join(filter(None, copy))


def perturbed(count: int, seed: int = 0) -> Iterator[str]:
    """Yield the real instructions, then copies, `count` in all.

    A copy is a real instruction, drawn at random, a share of whose words (drawn for each copy from
    0 to MOST_REPLACED) is replaced by words drawn from all instructions as often as they occur.
    """
    texts = real()
    yield from texts[:count]
    draw = Random(seed)
    words = [word for text in texts for word in text.split()]
    for _ in range(count - len(texts)):
        share = draw.uniform(0, MOST_REPLACED)
        copy = draw.choice(texts).split()
        yield " ".join(draw.choice(words) if draw.random() < share else word for word in copy)
