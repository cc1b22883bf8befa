"""The tables of the journal. What their rows mean is written in store/journal/log.py."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()
HASH, TEXT, NUMBER, KIND = sa.String(64), sa.Text(), sa.Integer(), sa.String(16)

Columns = Mapping[str, sa.types.TypeEngine[Any]]


def _table(name: str, keys: Columns, values: Columns) -> sa.Table:
    """Return a table with these columns; `keys` together are its primary key."""
    primary = (sa.Column(column, kind, primary_key=True) for column, kind in keys.items())
    others = (sa.Column(column, kind, nullable=False) for column, kind in values.items())
    return sa.Table(name, METADATA, *primary, *others)


ANSWERS = _table("answers", {"run": HASH, "key": HASH}, {"request": TEXT, "answer": TEXT})
ATTEMPTS = _table("attempts", {"run": HASH, "key": HASH, "number": NUMBER}, {})
COMMITS = _table("commits", {"id": HASH}, {"parent": HASH, "height": NUMBER})
THREADS = _table("threads", {"thread": TEXT}, {"metadata": TEXT})
SHARED = _table("shared", {"thread": TEXT, "origin": TEXT}, {})
ENTRIES = _table("entries", {"commit_id": HASH, "position": NUMBER}, {"kind": KIND, "body": TEXT})

sa.Index("commits_parent", COMMITS.c.parent)
