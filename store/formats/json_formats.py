"""The formats that are JSON: Alpaca, chat messages, ShareGPT, preferences.

Each returns how many records it wrote.
"""

from pathlib import Path
from typing import Any

from store.files.writing import write_json_list, write_jsonl
from store.formats.chat import SPEAKERS, chat_of, check_single
from store.formats.format import Row, Rows
from turns import REASONING, REASONING_OF_MESSAGE, REJECTED_OUTPUT, SYSTEM


def write_alpaca(path: Path, records: Rows) -> int:
    """Write a JSON list of objects with instruction, input and output.

    Beside them stand the system prompt and the reasoning of records that have any. Raises
    InputError for a conversation.
    """
    return write_json_list(path, map(_alpaca, records))


def write_messages(path: Path, records: Rows) -> int:
    """Write one chat a line: the system prompt, and the messages of user and assistant."""
    return write_jsonl(path, ({"messages": chat_of(record)} for record in records))


def write_sharegpt(path: Path, records: Rows) -> int:
    """Write a JSON list of conversations between "human" and "gpt"."""
    return write_json_list(path, map(_sharegpt, records))


def write_preference(path: Path, records: Rows) -> int:
    """Write one pair a line: prompt, chosen and rejected, each a list of messages (TRL, DPO)."""
    return write_jsonl(path, map(_preference, records))


def _alpaca(record: Row) -> dict[str, Any]:
    check_single(record, "alpaca")
    parts = ("instruction", "input", "output")
    more = (name for name in (SYSTEM, REASONING) if record.get(name))
    return {name: record[name] for name in (*parts, *more)}


def _sharegpt(record: Row) -> dict[str, Any]:
    chat = chat_of(record)
    said = [{"from": SPEAKERS[m["role"]], "value": m["content"]} for m in chat]
    thoughts = [m[REASONING_OF_MESSAGE] for m in chat if m.get(REASONING_OF_MESSAGE)]
    return {"conversations": said} | ({REASONING: "\n\n".join(thoughts)} if thoughts else {})


def _preference(record: Row) -> dict[str, Any]:
    *prompt, chosen = chat_of(record)
    rejected = {"role": chosen["role"], "content": record[REJECTED_OUTPUT]}
    return {"prompt": prompt, "chosen": [chosen], "rejected": [rejected]}
