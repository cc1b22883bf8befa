"""Reads what can still be read of a damaged SQLite file."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from store.journal.database import sqlite_url

SALVAGE_GAP = 1_000


def salvage(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a damaged SQLite file that can still be read, on whatever chain.

    They are read one by one, so that a broken page costs what lies on it and no more; the search
    ends after SALVAGE_GAP rows in a row that cannot be read.
    """
    engine = sa.create_engine(sqlite_url(path))
    query = sa.text("SELECT kind, body FROM entries WHERE rowid = :row")
    gap = 0
    for row in itertools.count(1):
        try:
            with engine.connect() as connection:
                kind, body = connection.execute(query, {"row": row}).one_or_none() or ("", "null")
            record = json.loads(body)
        except (sa.exc.DBAPIError, ValueError):
            kind, record = "", None
        gap = gap + 1 if record is None else 0
        if gap > SALVAGE_GAP:
            break
        if kind == "record":
            yield record
    engine.dispose()
