"""One SQL database: how it is opened and tuned, and its transactions.

SQLite in a file, or PostgreSQL by URL. A database that refuses (disk full, read-only, gone) raises
RunError, one whose file is damaged DamagedError; neither shows the URL's password.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite

from errors import DamagedError, InputError, RunError
from words import error_line

_MAKING_TABLES = 0x6578706C6F7265
"""The number of the lock, among all of a PostgreSQL database, that who makes tables holds."""


class Database:
    """A database that holds these tables; safe to share between threads. `close` it after use.

    Raises InputError for a URL that names no known kind of database, RunError when the database
    cannot be opened.
    """

    def __init__(self, url: str, tables: sa.MetaData) -> None:
        self._engine = _engine(url)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _write_ahead)
        with self.begin() as connection:
            if self._engine.dialect.name == "postgresql":  # its IF NOT EXISTS fails in a race
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING_TABLES)))
            for table in tables.sorted_tables:
                connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """Give a connection for one transaction."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            where = self._engine.url.render_as_string(hide_password=True)
            raise refusal(f"the journal {where}", error.orig) from error

    def insert_new(self, table: sa.Table) -> sa.Insert:
        """Return the insertion that leaves out rows whose key is there already."""
        if self._engine.dialect.name == "postgresql":
            insert = postgresql.insert(table).on_conflict_do_nothing()
            return insert.execution_options(preserve_rowcount=True)
        return sqlite.insert(table).on_conflict_do_nothing()


def sqlite_url(path: Path) -> str:
    """Return the URL of an SQLite file, whatever characters its path holds."""
    return sa.URL.create("sqlite", database=str(path)).render_as_string()


def _engine(url: str) -> sa.Engine:
    """Return the engine for a URL, which is not shown: it may hold a password."""
    try:
        return sa.create_engine(url)
    except (sa.exc.ArgumentError, ImportError) as error:
        raise InputError(
            f"the database URL is not usable ({error}): give one such as sqlite:///run.db"
        ) from error


def refusal(what: str, error: BaseException | None) -> RunError:
    """Return the error to raise where a driver raised this one: DamagedError for a broken file."""
    message = f"{what} cannot be used: {error_line(error)}"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    broken = code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or "UTF-8" in str(error)
    return (DamagedError if broken else RunError)(message)


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
