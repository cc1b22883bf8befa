"""Chains that a thread's copies share, and what the deletion of a thread leaves."""

from collections.abc import Sequence

import pytest

from errors import RunError
from store.journal.log import GENESIS, Answered, Attempt, Entry, Journal, commit_id, run_of


def begun(journal: Journal, thread: str) -> tuple[str, str]:
    """Begin a run in a thread, with an answer and two forks; return its first commit and name."""
    first = journal.commit(GENESIS, [Entry("begin", {"thread": thread})])
    run = run_of(first)
    for word in ("left", "right"):
        fork = journal.commit(first, [Entry("word", {"word": word})])
        journal.commit(fork, [Entry("word", {"word": "further"})])
    journal.store(run, [Answered("key", {"asked": thread}, {"text": "yes"})], [Attempt("key", 0)])
    return first, run


def is_whole(journal: Journal, first: str, run: str) -> bool:
    """Return whether a run is there as it was begun; fail where it is there in parts."""
    answers, attempts = journal.answers(run, ["key"]), journal.attempts(run)
    commits = _commits(journal, first)
    assert len({bool(answers), bool(attempts), bool(commits)}) == 1
    assert commits in {0, 5}
    return commits == 5


def _commits(journal: Journal, first: str) -> int:
    """Return how many commits of the run are there."""
    forks = [commit_id(first, [Entry("word", {"word": word})]) for word in ("left", "right")]
    ends = [commit_id(fork, [Entry("word", {"word": "further"})]) for fork in forks]
    return sum(_has(journal, head) for head in (first, *forks, *ends))


def _has(journal: Journal, head: str) -> bool:
    try:
        return bool(list(journal.chain(head)))
    except RunError:
        return False


def test_a_deleted_thread_takes_all_that_is_its_own_with_it(journal: Journal) -> None:
    gone, stays = begun(journal, "gone"), begun(journal, "stays 100% 'quoted'")
    journal.delete("gone")
    assert not is_whole(journal, *gone)
    assert is_whole(journal, *stays)
    assert set(journal.threads()) == {"stays 100% 'quoted'"}
    journal.delete("stays 100% 'quoted'")
    assert not is_whole(journal, *stays)
    journal.delete("never there")


@pytest.mark.parametrize(
    ("copies", "deleted", "left"),
    [
        (["ab"], "a", "b"),
        (["ab"], "b", "a"),
        (["ab", "bc"], "ab", "c"),
        (["ab", "ac"], "ba", "c"),
        (["ab", "bc"], "cab", ""),
        (["ab", "bc"], "bca", ""),
        (["ab"], "ab", ""),
    ],
)
def test_what_a_copy_shares_goes_with_the_last_that_shares_it(
    journal: Journal, copies: Sequence[str], deleted: str, left: str
) -> None:
    first = begun(journal, "a")
    for pair in copies:
        journal.share(pair[0], pair[1])
        assert "a" in journal.origins(pair[1])
    for thread in deleted:
        journal.delete(thread)
    assert is_whole(journal, *first) is bool(left)
    assert all("a" in journal.origins(thread) for thread in left)


def test_an_answer_that_comes_after_the_deletion_is_not_stored(journal: Journal) -> None:
    _, run = begun(journal, "a")
    journal.delete("a")
    journal.store(run, [Answered("late", {}, {})], [Attempt("late", 0)])
    assert not journal.answered(run)
    assert not journal.attempts(run)
    first, again = begun(journal, "a")
    assert again == run
    assert is_whole(journal, first, run)


def test_a_copy_goes_on_with_runs_of_its_own(journal: Journal) -> None:
    begun(journal, "a")
    journal.share("a", "b")
    own = begun(journal, "b")
    assert journal.origins("b") == {"a", "b"}
    assert journal.origins("a") == {"a"}
    journal.delete("b")
    assert not is_whole(journal, *own)
    assert set(journal.threads()) == {"a"}
