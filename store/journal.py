"""The journal: an append-only SQL log in which nothing that was paid for is lost.

Two kinds of rows. *Answers*: every response of the model, stored under a key of the request before
anything is made of it. *Commits*: what a step admitted and rejected, written in one transaction.
A commit's id derives from its parent and its content, as in git. What follows:
- a step that is replayed after a crash writes the commit it wrote before: nothing is doubled;
- what a state can see is what lies on the chain from its head to the first commit, so a fork from
  an earlier head sees what existed then, and the other line stays as it is.
"""

import hashlib
import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite

from errors import DamagedError, InputError, RunError

SALVAGE_GAP = 1_000
_MAKING_TABLES = 0x6578706C6F7265
"""The number of the lock, among all of a PostgreSQL database, that who makes tables holds."""

GENESIS = ""
"""The head before the first commit."""

_metadata = sa.MetaData()
_answers = sa.Table(
    "answers",
    _metadata,
    sa.Column("run", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
)
_commits = sa.Table(
    "commits",
    _metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("parent", sa.String(64), nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
)
_entries = sa.Table(
    "entries",
    _metadata,
    sa.Column("commit_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of a commit; `body` is plain JSON."""

    kind: str
    body: dict[str, Any]


def sqlite_url(path: Path) -> str:
    """Return the URL of an SQLite file, whatever characters its path holds."""
    return sa.URL.create("sqlite", database=str(path)).render_as_string()


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, all in ASCII.

    ASCII, because a model may answer NUL characters and lone surrogates, which SQL text refuses.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def commit_id(parent: str, entries: Sequence[Entry]) -> str:
    """Return the id of the commit that puts these entries on top of `parent`."""
    return digest([parent, [[entry.kind, entry.body] for entry in entries]])


class Journal:
    """The log in one database; safe to share between threads. `close` it after use.

    Raises InputError for a URL that names no known kind of database, RunError when the database
    cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _write_ahead)
        with self._begin() as connection:
            if self._engine.dialect.name == "postgresql":  # its IF NOT EXISTS fails in a race
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING_TABLES)))
            for table in _metadata.sorted_tables:
                connection.execute(sa.schema.CreateTable(table, if_not_exists=True))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def commit(self, parent: str, entries: Sequence[Entry]) -> str:
        """Write the entries on top of `parent` in one transaction; return the new head.

        The same entries on the same parent give the same head and are written once. Raises
        RunError when the database refuses (disk full, read-only) or the parent is unknown.
        """
        head = commit_id(parent, entries)
        with self._begin() as connection:
            height = self._height(connection, parent) + 1
            row = {"id": head, "parent": parent, "height": height}
            written = connection.execute(self._insert(_commits), row)
            if written.rowcount == 1 and entries:
                connection.execute(_entries.insert(), _rows(head, entries))
        return head

    def chain(self, head: str, kinds: Iterable[str] = ()) -> Iterator[Entry]:
        """Yield the entries from the first commit to `head`, all or those of some kinds.

        Raises RunError when the journal has no such commit.
        """
        line = _line(head)
        query = sa.select(_entries.c.kind, _entries.c.body).join(
            line, _entries.c.commit_id == line.c.id
        )
        if kinds := list(kinds):
            query = query.where(_entries.c.kind.in_(kinds))
        query = query.order_by(line.c.height, _entries.c.position)
        with self._begin() as connection:
            self._height(connection, head)
            rows = connection.execution_options(yield_per=500).execute(query)
            for kind, body in rows:
                yield Entry(kind, json.loads(body))

    def beginnings(self) -> list[Entry]:
        """Return the first entry of every chain."""
        first = _commits.c.parent == GENESIS
        query = (
            sa.select(_entries.c.kind, _entries.c.body)
            .join(_commits, _entries.c.commit_id == _commits.c.id)
            .where(first, _entries.c.position == 0)
            .order_by(_commits.c.id)
        )
        with self._begin() as connection:
            rows = connection.execute(query).all()
        return [Entry(kind, json.loads(body)) for kind, body in rows]

    def store_answer(
        self, run: str, key: str, request: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> None:
        """Store what the model answered; a second answer under the same key is ignored."""
        row = {"run": run, "key": key, "request": canonical(request), "answer": canonical(answer)}
        with self._begin() as connection:
            connection.execute(self._insert(_answers), row)

    def answers(self, run: str, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the stored answers under these keys; keys without an answer are left out."""
        query = sa.select(_answers.c.key, _answers.c.answer).where(
            _answers.c.run == run, _answers.c.key.in_(keys)
        )
        with self._begin() as connection:
            return {key: json.loads(answer) for key, answer in connection.execute(query)}

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            where = self._engine.url.render_as_string(hide_password=True)
            told = f"the journal {where} cannot be used: {' '.join(str(error.orig).split())[:200]}"
            raise (DamagedError if _is_damaged(error) else RunError)(told) from error

    def _height(self, connection: sa.Connection, parent: str) -> int:
        if parent == GENESIS:
            return 0
        query = sa.select(_commits.c.height).where(_commits.c.id == parent)
        height = connection.execute(query).scalar()
        if height is None:
            raise RunError(f"the journal has no commit {parent[:12]}: is this the run's database?")
        return int(height)

    def _insert(self, table: sa.Table) -> sa.Insert:
        if self._engine.dialect.name == "postgresql":
            insert = postgresql.insert(table).on_conflict_do_nothing()
            return insert.execution_options(preserve_rowcount=True)
        return sqlite.insert(table).on_conflict_do_nothing()


def _engine(url: str) -> sa.Engine:
    """Return the engine for a URL, which is not shown: it may hold a password."""
    try:
        return sa.create_engine(url)
    except (sa.exc.ArgumentError, ImportError) as error:
        raise InputError(
            f"the database URL is not usable ({error}): give one such as sqlite:///run.db"
        ) from error


def salvage(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a damaged SQLite file that can still be read, of every line.

    They are read one by one, so that a broken page costs what lies on it and no more; the search
    ends after SALVAGE_GAP rows in a row that cannot be read.
    """
    engine = sa.create_engine(sqlite_url(path))
    query = sa.text("SELECT kind, body FROM entries WHERE rowid = :row")
    gap = 0
    for row in itertools.count(1):
        try:
            with engine.connect() as connection:
                found = connection.execute(query, {"row": row}).one_or_none()
            kind, body = found or ("", "null")
            record = json.loads(body)
        except (sa.exc.DBAPIError, ValueError):
            kind, record = "", None
        gap = gap + 1 if record is None else 0
        if gap > SALVAGE_GAP:
            break
        if kind == "record":
            yield record
    engine.dispose()


def _is_damaged(error: sa.exc.DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or "UTF-8" in str(error.orig)


def _rows(head: str, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {"commit_id": head, "position": n, "kind": entry.kind, "body": canonical(entry.body)}
        for n, entry in enumerate(entries)
    ]


def _line(head: str) -> sa.CTE:
    """Return the commits from `head` back to the first one, as a recursive query."""
    columns = (_commits.c.id, _commits.c.parent, _commits.c.height)
    line = sa.select(*columns).where(_commits.c.id == head).cte("line", recursive=True)
    older = sa.select(*columns).join(line, _commits.c.id == line.c.parent)
    return line.union_all(older)


def _write_ahead(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own types
    """Let readers and one writer work side by side; survives a killed process at any moment."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=60000")
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        # SQLite does not wait here. Who holds the file is switching it, and it stays switched.
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
