"""Planting: a tree that exists already, as the entries and the domain that a run begins with."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from pydantic import ValidationError

from errors import InputError
from problems import shown
from prompts.domain import Domain, SeedTask
from prompts.example import Example
from record import Record
from store.admission import Origin, kept_record
from store.files.original import OriginalTree
from store.files.pruning import Pruned
from store.filter.index import DiversityIndex
from store.journal.log import Entry

SEEDS = 4
EXAMPLES = 2
IMPORTED = {"model": "imported"}
"""Where an imported record comes from."""


def original_entries(
    tree: OriginalTree, threshold: Fraction, pruned: Iterable[Pruned] = ()
) -> Iterator[Entry]:
    """Yield the entries of an imported tree: its tasks, then its records, all kept as they are.

    `pruned` are tasks that the tree had before; each becomes a rejection.
    """
    for number, task in enumerate(tree.tasks):
        parent = None if task.parent is None else f"t{task.parent}"
        body = {"id": f"t{number}", "parent": parent, "depth": task.depth}
        yield Entry("task", body | {"name": task.name, "reason": task.reason})
    for gone in pruned:
        yield _rejection(tree, gone)
    index = DiversityIndex(threshold)
    supply: Counter[int] = Counter()
    for number, (position, record) in enumerate(tree.records()):
        supply[position] += 1
        verdict = index.judge(record.instruction, nearest=True)
        index.add(record.instruction, f"r{number}")
        yield kept_record(f"r{number}", Origin(f"t{position}", IMPORTED), record, verdict)
    for position, kept in sorted(supply.items()):
        yield Entry("call", {"task": f"t{position}", "kept": kept, "rejected": 0})


def original_domain(tree: OriginalTree, name: str) -> Domain:
    """Return a domain for an imported tree, its first tasks with records as the seeds.

    Raises InputError when the tree has fewer than two records that can serve as examples.
    """
    root = tree.tasks[0]
    seeds: list[SeedTask] = []
    for position, records in groupby(tree.records(), key=itemgetter(0)):
        task = tree.tasks[position]
        examples = [e for _, record in records if (e := _example(record)) is not None][:EXAMPLES]
        if position > 0 and examples and len(seeds) < SEEDS:
            reason = task.reason[:300] or f"A part of {root.name}."
            seeds.append(SeedTask(name=task.name[:80], reason=reason, examples=examples))
    try:
        return Domain(
            name=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "imported",
            task=root.name[:80],
            description=root.reason[:1000] or f"{root.name}: all kinds of requests of this domain.",
            seeds=seeds,
        )
    except ValidationError as error:
        raise InputError(
            f"the imported tree {shown(root.name)} cannot be a domain: it needs two records "
            "or more, of usual length and below its root, to show the model what a record is"
        ) from error


def _rejection(tree: OriginalTree, pruned: Pruned) -> Entry:
    score = float(pruned.verdict.score)
    below = f", with the {pruned.below} below it" if pruned.below else ""
    return Entry(
        "rejection",
        {
            "kind": "task",
            "rule": pruned.verdict.rule,
            "why": f"ROUGE-L {score:.2f} with t{pruned.nearest}{below}",
            "score": round(score, 4),
            "nearest_id": f"t{pruned.nearest}",
            "nearest_text": tree.tasks[pruned.nearest].name,
            "text": pruned.name,
            "task": f"t{pruned.parent}",
        },
    )


def _example(record: Record) -> Example | None:
    try:
        return Example(instruction=record.instruction, input=record.input, output=record.output)
    except ValidationError:
        return None
