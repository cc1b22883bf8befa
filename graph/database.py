"""Where runs are kept: journal and checkpoints side by side, in SQLite or PostgreSQL."""

import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import aiosqlite
from filelock import FileLock, Timeout
from langgraph.checkpoint.base import BaseCheckpointSaver

from errors import InputError
from graph.checkpoints.sqlite import SqliteCheckpoints
from store.files.folder import DATABASE
from store.journal.database import refusal, sqlite_url

VARIABLE = "EXPLORE_DATABASE_URL"
DEFAULT = Path(".explore") / "explore.db"
POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


@dataclass(frozen=True, slots=True)
class Database:
    """A file of SQLite, or a PostgreSQL URL."""

    file: Path | None
    postgres: str = ""

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Database":
        """Return what EXPLORE_DATABASE_URL names; SQLite in ./.explore/ where it is not set.

        Raises InputError for any other kind of database; the URL is not shown, as it may hold a
        password.
        """
        url = environ.get(VARIABLE, "").strip()
        if not url:
            return cls(DEFAULT)
        if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
            return cls(Path(url.removeprefix("sqlite:///")))
        for scheme in POSTGRES:
            if url.startswith(scheme):
                return cls(None, url.removeprefix(scheme))
        raise InputError(f"{VARIABLE}: give sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")

    @property
    def journal_url(self) -> str:
        """The URL that the journal opens."""
        return sqlite_url(self.file) if self.file else f"postgresql+psycopg://{self.postgres}"

    def make_folder(self) -> None:
        """Make the folder that the file lies in. Raises InputError where that cannot be."""
        if self.file is None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{self.file.parent} cannot be made: {error.strerror}") from error

    @asynccontextmanager
    async def saver(self) -> AsyncIterator[BaseCheckpointSaver[str]]:
        """Open the checkpoints. Raises InputError where PostgreSQL's packages are missing."""
        if self.file:
            async with aiosqlite.connect(self.file, timeout=60) as connection:
                yield SqliteCheckpoints(connection)
            return
        try:
            from psycopg.rows import dict_row  # noqa: PLC0415 - an extra of its own
            from psycopg_pool import AsyncConnectionPool  # noqa: PLC0415

            from graph.checkpoints.postgres import PostgresCheckpoints  # noqa: PLC0415
        except ImportError as error:
            raise InputError(
                f"{VARIABLE} names PostgreSQL: pip install 'explore-instruct[postgres]'"
            ) from error
        settings = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
        url = f"postgresql://{self.postgres}"
        async with AsyncConnectionPool(url, min_size=1, max_size=10, kwargs=settings) as pool:
            await pool.wait()  # one that still opens when the pool closes would stay open
            saver = PostgresCheckpoints(cast("Any", pool))  # its rows are dicts, by the settings
            await saver.setup()
            yield saver


def hold(lock: Path, in_use: str, written: Path, fix: str) -> AbstractContextManager[object]:
    """Keep other processes out until the block ends, or this process, however it does.

    Raises InputError, `in_use` where another process holds the lock, with `fix` where `written`
    cannot be written.
    """
    try:
        return FileLock(lock, timeout=0, thread_local=False).acquire()
    except Timeout as error:
        raise InputError(in_use) from error
    except OSError as error:
        raise InputError(f"{written} cannot be written ({error.strerror}): {fix}") from error


@contextmanager
def checkpoint_errors() -> Iterator[None]:
    """Raise RunError where the database refuses a checkpoint (disk full, read-only, damaged)."""
    psycopg = sys.modules.get("psycopg")
    errors = (sqlite3.Error, psycopg.Error) if psycopg else (sqlite3.Error,)
    try:
        yield
    except errors as error:
        raise refusal("the database of the checkpoints", error) from error


@dataclass(frozen=True, slots=True)
class Place:
    """Where one run is kept: a database, and the thread of its checkpoints that is the run's."""

    database: Database
    thread: str

    @classmethod
    def in_folder(cls, folder: Path) -> "Place":
        """Return the place of a run that has a database of its own, in its folder."""
        return cls(Database(folder / DATABASE), "run")

    @classmethod
    def of(cls, folder: Path, thread: object, environ: Mapping[str, str]) -> "Place":
        """Return the place of the run in a folder whose config.yaml names this thread, or none.

        Raises InputError where EXPLORE_DATABASE_URL, which a thread belongs to, is not set.
        """
        if thread is None:
            return cls.in_folder(folder)
        if not environ.get(VARIABLE, "").strip():
            raise InputError(
                f"{folder} is a run that is kept in the database of {VARIABLE}: set it again"
            )
        return cls(Database.of(environ), str(thread))

    @property
    def name(self) -> str:
        """What a person calls the database."""
        own = self.database.file and self.database.file.name == DATABASE
        return DATABASE if own else f"database, {VARIABLE},"


def new_thread(environ: Mapping[str, str]) -> str | None:
    """Return the name of a new run's thread; None where the run gets a database of its own."""
    return str(uuid4()) if environ.get(VARIABLE, "").strip() else None
