"""Journals that several write at once, and that are opened again, after a crash too."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from store.journal.log import GENESIS, Answered, Journal, commit_id
from tests.store.journal.chains import knows, line, said, words

THREADS = 8


def at_once(work: Callable[[int], str]) -> list[str]:
    """Return what `work` returns in each of some threads that start together."""
    start = Barrier(THREADS)

    def together(n: int) -> str:
        start.wait()
        return work(n)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(together, range(THREADS)))


def test_threads_write_and_read_at_once(journal: Journal) -> None:
    trunk = line(journal, GENESIS, ["trunk"])

    def write(n: int) -> str:
        head = trunk
        for turn in range(12):
            journal.store("run", [Answered(f"{turn}", {}, {"by": n})])
            head = journal.commit(head, said(f"{n}.{turn}"))
            assert words(journal, head)[-1] == f"{n}.{turn}"
        return head

    for n, head in enumerate(at_once(write)):
        assert words(journal, head) == ["trunk", *[f"{n}.{turn}" for turn in range(12)]]
    assert len(journal.answers("run", [f"{turn}" for turn in range(12)])) == 12


def test_threads_that_replay_the_same_steps_write_one_line(journal: Journal) -> None:
    texts = [f"{n}" for n in range(12)]
    heads = at_once(lambda _: line(journal, GENESIS, texts))
    assert len(set(heads)) == 1
    assert words(journal, heads[0]) == texts


def test_a_new_database_can_be_opened_by_several_at_once(url: str) -> None:
    def open_and_write(n: int) -> str:
        own = Journal(url)
        head = own.commit(GENESIS, said(f"{n}"))
        own.close()
        return head

    heads = at_once(open_and_write)
    journal = Journal(url)
    assert [words(journal, head) for head in heads] == [[f"{n}"] for n in range(THREADS)]
    journal.close()


def test_what_was_committed_is_there_when_opened_again(url: str) -> None:
    first = Journal(url)
    head = first.commit(GENESIS, said("a"))
    first.store("run", [Answered("k", {}, {"text": "paid"})])
    first.close()
    second = Journal(url)
    assert words(second, head) == ["a"]
    assert second.answers("run", ["k"]) == {"k": {"text": "paid"}}
    second.close()


KILLED = """
import os, signal, sys
import sqlalchemy as sa
from store.journal.log import GENESIS, Entry, Journal

url, moment = sys.argv[1:]
journal = Journal(url)
head = journal.commit(GENESIS, [Entry("word", {"text": "whole"})])
print(head, flush=True)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def die_after(connection, cursor, statement, *_):
    if "INTO commits " in statement:
        die()

if moment == "commit":
    sa.event.listen(sa.Engine, "commit", die)
else:
    sa.event.listen(sa.Engine, "after_cursor_execute", die_after)
journal.commit(head, [Entry("word", {"text": f"half {n}"}) for n in range(50)])
"""


@pytest.mark.parametrize("moment", ["commits", "commit"])
def test_a_process_killed_inside_a_transaction_leaves_whole_commits_only(
    url: str, moment: str
) -> None:
    """It dies after the commit's own row, or when all is written, right before COMMIT."""
    died = subprocess.run(
        [sys.executable, "-c", KILLED, url, moment], capture_output=True, text=True, check=False
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    head = died.stdout.strip()
    journal = Journal(url)
    half = said(*[f"half {n}" for n in range(50)])
    assert not knows(journal, commit_id(head, half))
    assert words(journal, head) == ["whole"]
    resumed = journal.commit(head, half)
    assert len(words(journal, resumed)) == 51
    journal.close()
