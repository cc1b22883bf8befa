"""The calls of a run: a line of calls.jsonl each, which a record's or a rejection's `call` names.

What a call cost and how it was asked stands in the entry that closes its round or its turn, so that
it goes along wherever the entries go: to a fork, and to a run that goes on from another one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from store.exploration import Exploration, parts_of
from store.journal.log import Journal

COLUMNS = (
    "model",
    "prompt_version",
    "seed",
    "prompt_tokens",
    "completion_tokens",
    "estimated",
    "ended",
    "read",
)


def call_id(key: str) -> str:
    """Return the name of a call: the first digits of the key that its answer is stored under."""
    return key[:16]


def call_rows(journal: Journal, head: str, exploration: Exploration) -> Iterator[dict[str, Any]]:
    """Yield a row for every call whose answer was judged, in the order of judging.

    `task` and `path` are the first task's, `tasks` names all that the call was of. `path` is empty
    once the task was pruned. `ended` is why the model stopped ("stop", "length",
    …), `estimated` whether the tokens are an estimate, since the endpoint counted none, `read`
    whether the answer could be read: one that could not is a rejection itself. Answers
    lost on their way follow from the network, not from the run: the run's costs count them, alone.
    """
    tree = exploration.tree
    for entry in journal.chain(head, ["round", "call"]):
        body = entry.body
        task = body["task"]
        names = [exploration.text_of(part["task"]) or part["task"] for part in parts_of(body)]
        for call in body.get("calls", ()):
            yield {
                "call": call["call"],
                "operation": call.get("purpose", body["operation"]),
                "task": names[0],
                "tasks": names,
                "path": tree.path(task) if task in tree else [],
                **{column: call[column] for column in COLUMNS},
                **_outcome(body, call),
            }


def _outcome(body: Mapping[str, Any], call: Mapping[str, Any]) -> dict[str, int]:
    """Return what a call brought; of the calls of one question only the last may be read.

    One about a single record, of its judge or of who revises it, keeps or rejects that record.
    """
    if not call["read"]:
        return {"kept": 0, "rejected": 1}
    if "purpose" in call:
        return {"kept": int(call["passed"]), "rejected": int(not call["passed"])}
    if "admitted" in body:
        return {"kept": body["admitted"], "rejected": body["proposed"] - body["admitted"]}
    unread = sum(not one["read"] for one in body["calls"] if "purpose" not in one)
    return {"kept": body["kept"], "rejected": body["rejected"] - unread}
