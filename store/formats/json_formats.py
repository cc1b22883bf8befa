"""The formats that are JSON: Alpaca, chat messages, ShareGPT. Each returns how many it wrote."""

from pathlib import Path

from store.files.writing import write_json_list, write_jsonl
from store.formats.format import Row, Rows


def write_alpaca(path: Path, records: Rows) -> int:
    """Write a JSON list of objects with instruction, input and output."""
    parts = ("instruction", "input", "output")
    return write_json_list(path, ({part: record[part] for part in parts} for record in records))


def write_messages(path: Path, records: Rows) -> int:
    """Write one chat a line: the user's message and the assistant's."""
    chats = (_turns(record, "role", "content", ("user", "assistant")) for record in records)
    return write_jsonl(path, ({"messages": turns} for turns in chats))


def write_sharegpt(path: Path, records: Rows) -> int:
    """Write a JSON list of conversations between "human" and "gpt"."""
    chats = (_turns(record, "from", "value", ("human", "gpt")) for record in records)
    return write_json_list(path, ({"conversations": turns} for turns in chats))


def _turns(record: Row, role: str, content: str, roles: tuple[str, str]) -> list[dict[str, str]]:
    """Return two turns under these keys: instruction and input, a blank line between; output."""
    request = "\n\n".join(filter(None, (record["instruction"], record["input"])))
    texts = (request, record["output"])
    return [{role: name, content: text} for name, text in zip(roles, texts, strict=True)]
