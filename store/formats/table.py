"""The output formats in one table, by the names that a person gives."""

from collections.abc import Mapping

from store.formats.format import FileFormat, FolderFormat
from store.formats.huggingface import write_folder
from store.formats.json_formats import (
    write_alpaca,
    write_messages,
    write_preference,
    write_sharegpt,
)
from store.formats.parquet import write_parquet
from turns import REJECTED_OUTPUT

_JSON = (".json", ".jsonl", ".ndjson")

FORMATS: Mapping[str, FileFormat | FolderFormat] = {
    "alpaca": FileFormat(write_alpaca, _JSON),
    "messages": FileFormat(write_messages, _JSON),
    "sharegpt": FileFormat(write_sharegpt, _JSON),
    "preference": FileFormat(write_preference, _JSON, needs=REJECTED_OUTPUT),
    "parquet": FileFormat(write_parquet, (".parquet", ".pq")),
    "huggingface": FolderFormat(write_folder),
}
