"""The journal: an append-only SQL log in which nothing that was paid for is lost.

Three kinds of rows. *Answers*: every response of the model, stored under a key of the request
before it is parsed. *Attempts*: requests that were sent and may have been billed though
no answer came. *Commits*: what a step admitted and rejected, written in one transaction. A commit's
id derives from its parent and its content, as in git. What follows:
- a step that is replayed after a crash writes the commit it wrote before: nothing is doubled;
- what a state can see is what lies on the chain from its head to the first commit, so a fork from
  an earlier head sees what existed then, and the other chain stays as it is.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from errors import RunError
from store.digest import canonical, digest
from store.journal.database import Database
from store.journal.listed import list_thread, listed, unlist
from store.journal.sharing import delete_answers, delete_chain, give_up, origins, share
from store.journal.tables import ANSWERS, ATTEMPTS, COMMITS, ENTRIES, METADATA, SHARED

GENESIS = ""
"""The head before the first commit."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of a commit; `body` is plain JSON."""

    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """A request and its answer, both plain JSON, under the key that stands for the request."""

    key: str
    request: Mapping[str, Any]
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """The `number`-th time, from 0, that a request was sent."""

    key: str
    number: int


def commit_id(parent: str, entries: Sequence[Entry]) -> str:
    """Return the id of the commit that puts these entries on top of `parent`."""
    return digest([parent, [[entry.kind, entry.body] for entry in entries]])


def run_of(first: str) -> str:
    """Return the name under which a run's answers are stored; `first` is its first commit."""
    return digest(first)[:16]


class Journal:
    """The log in one database; safe to share between threads. `close` it after use.

    Raises InputError for a URL that names no known kind of database, RunError when the database
    cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url, METADATA)
        self._deleted: set[str] = set()

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def commit(self, parent: str, entries: Sequence[Entry]) -> str:
        """Write the entries on top of `parent` in one transaction; return the new head.

        The same entries on the same parent give the same head and are written once. Raises
        RunError when the database refuses (disk full, read-only) or the parent is unknown.
        """
        head = commit_id(parent, entries)
        self._deleted.discard(run_of(head))
        with self._database.begin() as connection:
            height = self._height(connection, parent) + 1
            row = {"id": head, "parent": parent, "height": height}
            written = connection.execute(self._database.insert_new(COMMITS), row)
            if written.rowcount == 1 and entries:
                connection.execute(ENTRIES.insert(), _rows(head, entries))
        return head

    def chain(self, head: str, kinds: Iterable[str] = ()) -> Iterator[Entry]:
        """Yield the entries from the first commit to `head`, all or those of some kinds.

        Raises RunError when the journal has no such commit.
        """
        chain = _chain(head)
        query = sa.select(ENTRIES.c.kind, ENTRIES.c.body).join(
            chain, ENTRIES.c.commit_id == chain.c.id
        )
        if kinds := list(kinds):
            query = query.where(ENTRIES.c.kind.in_(kinds))
        query = query.order_by(chain.c.height, ENTRIES.c.position)
        with self._database.begin() as connection:
            self._height(connection, head)
            rows = connection.execution_options(yield_per=500).execute(query)
            for kind, body in rows:
                yield Entry(kind, json.loads(body))

    def origin(self, head: str) -> tuple[str, Entry]:
        """Return the id of the first commit of the chain that ends at `head`, and its first entry.

        Raises RunError when the journal has no such commit.
        """
        chain = _chain(head)
        query = (
            sa.select(chain.c.id, ENTRIES.c.kind, ENTRIES.c.body)
            .join(chain, ENTRIES.c.commit_id == chain.c.id)
            .order_by(chain.c.height, ENTRIES.c.position)
            .limit(1)
        )
        with self._database.begin() as connection:
            self._height(connection, head)
            first, kind, body = connection.execute(query).one()
        return first, Entry(kind, json.loads(body))

    def threads(self) -> dict[str, dict[str, Any]]:
        """Return all threads that are listed, began a chain or share one, and their metadata."""
        with self._database.begin() as connection:
            sharing = connection.execute(sa.select(SHARED.c.thread)).scalars()
            known = {*sharing, *(thread for _, thread in _beginnings(connection, [""]))}
            return {thread: {} for thread in sorted(known)} | listed(connection)

    def list_thread(self, thread: str, metadata: Mapping[str, Any]) -> None:
        """List a thread, or add to its metadata, where the owner that these name has it."""
        list_thread(self._database, thread, metadata)

    def share(self, source: str, target: str) -> None:
        """Let all chains of the thread `source` belong to its copy `target`, too."""
        share(self._database, source, target)

    def origins(self, thread: str) -> set[str]:
        """Return the threads whose chains belong to this one: itself, and those that it copies."""
        with self._database.begin() as connection:
            return origins(connection, thread)

    def delete(self, thread: str) -> None:
        """Delete the thread's chains and all answers to their runs; keep what a copy shares.

        An answer to such a run that arrives afterwards is not stored.
        """
        with self._database.begin() as connection:
            unlist(connection, thread)
            free = give_up(connection, thread)
            begun = _beginnings(connection, free)
            firsts = [first for first, thread in begun if thread in free]
            self._deleted |= set(map(run_of, firsts))
            for first in firsts:
                delete_chain(connection, first, run_of(first))

    def store(
        self, run: str, answers: Sequence[Answered] = (), attempts: Sequence[Attempt] = ()
    ) -> None:
        """Store what the model answered, and which attempts were made, in one transaction.

        A second answer under the same key is ignored, and so is an attempt noted before.
        """
        texts = [
            {"run": run, "key": one.key}
            | {"request": canonical(one.request), "answer": canonical(one.answer)}
            for one in answers
        ]
        noted = [{"run": run, "key": one.key, "number": one.number} for one in attempts]
        with self._database.begin() as connection:
            for table, rows in ((ANSWERS, texts), (ATTEMPTS, noted)):
                if rows:
                    connection.execute(self._database.insert_new(table), rows)
        if run in self._deleted:  # while this was written
            with self._database.begin() as connection:
                delete_answers(connection, run)

    def take_back(self, run: str, attempt: Attempt) -> None:
        """Forget an attempt for which nothing can be billed."""
        noted = ATTEMPTS.c.run == run, ATTEMPTS.c.key == attempt.key
        query = ATTEMPTS.delete().where(*noted, ATTEMPTS.c.number == attempt.number)
        with self._database.begin() as connection:
            connection.execute(query)

    def forget(self, run: str, key: str) -> None:
        """Forget an answer that cost nothing, and the attempts at it; another may be stored."""
        with self._database.begin() as connection:
            for table in (ANSWERS, ATTEMPTS):
                connection.execute(table.delete().where(table.c.run == run, table.c.key == key))

    def answers(self, run: str, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the stored answers under these keys; keys without an answer are left out."""
        query = sa.select(ANSWERS.c.key, ANSWERS.c.answer).where(
            ANSWERS.c.run == run, ANSWERS.c.key.in_(keys)
        )
        with self._database.begin() as connection:
            return {key: json.loads(answer) for key, answer in connection.execute(query)}

    def answered(self, run: str) -> set[str]:
        """Return the keys of all answers of a run."""
        query = sa.select(ANSWERS.c.key).where(ANSWERS.c.run == run)
        with self._database.begin() as connection:
            return set(connection.execute(query).scalars())

    def attempts(self, run: str) -> dict[str, int]:
        """Return how many attempts were noted under each key of a run."""
        query = sa.select(ATTEMPTS.c.key, sa.func.count()).where(ATTEMPTS.c.run == run)
        with self._database.begin() as connection:
            rows = connection.execute(query.group_by(ATTEMPTS.c.key))
            return {key: number for key, number in rows}  # noqa: C416 - a row is no tuple to mypy

    def _height(self, connection: sa.Connection, parent: str) -> int:
        if parent == GENESIS:
            return 0
        query = sa.select(COMMITS.c.height).where(COMMITS.c.id == parent)
        height = connection.execute(query).scalar()
        if height is None:
            raise RunError(f"the journal has no commit {parent[:12]}: is this the run's database?")
        return int(height)


def _beginnings(connection: sa.Connection, named: Iterable[str]) -> list[tuple[str, str]]:
    """Return the first commit of every chain, and its thread, where it names one of these texts."""
    body = ENTRIES.c.body
    texts = [canonical(text)[1:-1] for text in named]
    names_one = sa.or_(sa.false(), *(body.contains(text, autoescape=True) for text in texts))
    query = (
        sa.select(COMMITS.c.id, body)
        .join(COMMITS, ENTRIES.c.commit_id == COMMITS.c.id)
        .where(COMMITS.c.parent == GENESIS, ENTRIES.c.position == 0, names_one)
        .order_by(COMMITS.c.id)
    )
    rows = connection.execute(query).all()
    return [(first, str(json.loads(begun).get("thread", ""))) for first, begun in rows]


def _rows(head: str, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {"commit_id": head, "position": n, "kind": entry.kind, "body": canonical(entry.body)}
        for n, entry in enumerate(entries)
    ]


def _chain(head: str) -> sa.CTE:
    """Return the commits from `head` back to the first one, as a recursive query."""
    columns = (COMMITS.c.id, COMMITS.c.parent, COMMITS.c.height)
    chain = sa.select(*columns).where(COMMITS.c.id == head).cte("chain", recursive=True)
    older = sa.select(*columns).join(chain, COMMITS.c.id == chain.c.parent)
    return chain.union_all(older)
