"""The formats that are JSON: Alpaca, chat messages, ShareGPT. Each returns how many it wrote."""

from pathlib import Path

from store.files.writing import write_json_list, write_jsonl
from store.formats.format import Row, Rows


def write_alpaca(path: Path, records: Rows) -> int:
    """Write a JSON list of objects with instruction, input and output."""
    return write_json_list(path, map(_alpaca, records))


def write_messages(path: Path, records: Rows) -> int:
    """Write one chat a line: the user's message and the assistant's."""
    return write_jsonl(path, map(_messages, records))


def write_sharegpt(path: Path, records: Rows) -> int:
    """Write a JSON list of conversations between "human" and "gpt"."""
    return write_json_list(path, map(_sharegpt, records))


def _alpaca(record: Row) -> Row:
    return {key: record[key] for key in ("instruction", "input", "output")}


def _messages(record: Row) -> Row:
    return {
        "messages": [
            {"role": "user", "content": _request(record)},
            {"role": "assistant", "content": record["output"]},
        ]
    }


def _sharegpt(record: Row) -> Row:
    return {
        "conversations": [
            {"from": "human", "value": _request(record)},
            {"from": "gpt", "value": record["output"]},
        ]
    }


def _request(record: Row) -> str:
    """Return instruction and input as one message, a blank line between them."""
    return "\n\n".join(filter(None, (record["instruction"], record["input"])))
