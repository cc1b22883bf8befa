"""Small explorations that several tests share, and embeddings that need no model."""

import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from langchain_core.embeddings import Embeddings

from record import Record
from store.exploration import Exploration
from store.facts import Standards
from store.journal.log import Entry
from store.quality.rules import RecordRules

STANDARDS = Standards(Fraction(7, 10), "run", 0.34)
ORIGIN = {"operation": "generate", "model": "scripted", "call": "a1"}
CALLS = [
    {
        "call": call,
        "model": "scripted",
        "prompt_version": "v1",
        "seed": seed,
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "estimated": False,
        "ended": "stop",
        "read": read,
    }
    for seed, (call, read) in enumerate([("a0", False), ("a1", True)])
]
"""Two tries of one question, the first of which could not be read."""

RULES = RecordRules(
    language="mul",
    input="optional",
    instruction_lengths=(3, 200),
    input_lengths=(0, 200),
    output_lengths=(1, 200),
    blocked_words=("forbidden",),
)


class LetterEmbeddings(Embeddings):
    """A text is the counts of its letters a to z, so that anagrams mean the same."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(text.lower().count(chr(ord("a") + n))) for n in range(26)]


def begin(*examples: str) -> Entry:
    pairs = [[f"example-{n}", text] for n, text in enumerate(examples, start=1)]
    return Entry("begin", {"domain": {"name": "writing"}, "examples": pairs})


def task(number: int, parent: int | None, name: str, reason: str = "Because.") -> Entry:
    above = None if parent is None else f"t{parent}"
    return Entry("task", {"id": f"t{number}", "parent": above, "name": name, "reason": reason})


def parts(instruction: str, output: str = "An answer.") -> Record:
    return Record(instruction, "", output)


def explored(*entries: Entry, standards: Standards = STANDARDS) -> Exploration:
    return Exploration.replay(standards, LetterEmbeddings(), entries)


def through_json(entries: Iterable[Entry]) -> list[Entry]:
    return [Entry(entry.kind, json.loads(json.dumps(entry.body))) for entry in entries]


def bodies(entries: Iterable[Entry], kind: str) -> list[dict[str, Any]]:
    return [entry.body for entry in entries if entry.kind == kind]
