"""The answers to one run: looked up before the model is asked, stored before they are used.

Answers that arrive while others are being written wait and are written together, in the order of
their arrival: one transaction for many costs little more than one for one.
"""

import asyncio
from typing import Any

from asking.attempts import was_refused
from store.journal.log import Answered, Attempt, Journal

SOON_S = 0.1


class AnswerLog:
    """The answers of one run in one event loop, in the journal.

    A refusal that was stored before this line of calls began is no answer any more: what the
    endpoint refused once it may take now, and asking again costs nothing.
    """

    def __init__(self, run: str, journal: Journal) -> None:
        self._run = run
        self._journal = journal
        self._known: asyncio.Task[tuple[set[str], dict[str, int]]] | None = None
        self._waiting: list[tuple[Answered | Attempt, asyncio.Future[None]]] = []
        self._jotted: list[Attempt] = []
        self._new: set[str] = set()
        self._writing: asyncio.Task[None] | None = None

    async def find(self, key: str) -> dict[str, Any] | None:
        """Return the stored answer under the key, or None."""
        answered, attempts = await self._asked()
        if key not in answered:
            return None
        found = (await asyncio.to_thread(self._journal.answers, self._run, [key])).get(key)
        if found and was_refused(found) and not self.is_new(key):
            answered.discard(key)
            attempts.pop(key, None)
            await asyncio.to_thread(self._journal.forget, self._run, key)
            return None
        return found

    def is_new(self, key: str) -> bool:
        """Return whether the answer under the key came in this line of calls."""
        return key in self._new

    def begin_anew(self) -> None:
        """Begin a new line of calls."""
        self._new.clear()

    async def attempts(self, key: str) -> int:
        """Return how often the request under the key was sent before this line of calls began."""
        _, attempts = await self._asked()
        return attempts.get(key, 0)

    async def store(self, row: Answered | Attempt) -> None:
        """Return when the row is in the database. Raises RunError when it refuses."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, written))
        self._begin()
        await written
        if isinstance(row, Answered):
            answered, _ = await self._asked()
            answered.add(row.key)
            self._new.add(row.key)

    async def is_empty(self) -> bool:
        """Return whether no answer to the run is stored."""
        answered, _ = await self._asked()
        return not answered

    async def take_back(self, attempt: Attempt) -> None:
        """Forget an attempt that was never sent, or refused: nothing can be billed for it."""
        self._jotted = [jotted for jotted in self._jotted if jotted != attempt]
        if self._writing:
            await asyncio.wait([self._writing])
        await asyncio.to_thread(self._journal.take_back, self._run, attempt)

    def jot(self, attempt: Attempt) -> None:
        """Let the attempt be stored together with what comes next, or soon."""
        self._jotted.append(attempt)
        if len(self._jotted) == 1:
            asyncio.get_running_loop().call_later(SOON_S, self._begin)

    def _begin(self) -> None:
        if self._writing is None and (self._waiting or self._jotted):
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._waiting or self._jotted:
            rows, self._waiting = self._waiting, []
            jotted, self._jotted = self._jotted, []
            answers = [row for row, _ in rows if isinstance(row, Answered)]
            attempts = [row for row, _ in rows if isinstance(row, Attempt)] + jotted
            try:
                await asyncio.to_thread(self._journal.store, self._run, answers, attempts)
            except Exception as error:  # noqa: BLE001 - raised for all who wait for these rows
                refused: Exception | None = error
            else:
                refused = None
            for _, written in rows:
                if refused and not written.cancelled():
                    written.set_exception(refused)
                elif not written.cancelled():
                    written.set_result(None)
        self._writing = None

    async def _asked(self) -> tuple[set[str], dict[str, int]]:
        if self._known is None:
            self._known = asyncio.create_task(asyncio.to_thread(self._read))
        return await asyncio.shield(self._known)

    def _read(self) -> tuple[set[str], dict[str, int]]:
        return self._journal.answered(self._run), self._journal.attempts(self._run)
