"""The specification of the journal: what holds on every database it runs on."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import DamagedError, InputError, RunError
from store.digest import canonical, digest
from store.journal.database import salvage, sqlite_url
from store.journal.log import GENESIS, Answered, Attempt, Entry, Journal, commit_id
from tests.postgres import Postgres

STRANGE = "NUL \0, lone surrogate \ud83d, emoji 😀, 改写, \u2028, \x7f, \\u0000, 'quote\""
THREADS = 8

# Commits are told apart by their content, so examples can share one database.
shared_database = settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
some_entries = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["task", "record", "rejection"]),
        st.dictionaries(st.text(st.characters(), max_size=4), json_values, max_size=3),
    ),
    max_size=4,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database that holds nothing yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'run.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database().replace("postgresql:", "postgresql+psycopg:")


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    opened = Journal(url)
    yield opened
    opened.close()


def said(*words: str) -> list[Entry]:
    return [Entry("word", {"text": word}) for word in words]


def words(journal: Journal, head: str) -> list[str]:
    return [entry.body["text"] for entry in journal.chain(head)]


def knows(journal: Journal, head: str) -> bool:
    try:
        list(journal.chain(head))
    except RunError:
        return False
    return True


def line(journal: Journal, parent: str, texts: Sequence[str]) -> str:
    """Return the head after one commit for each text."""
    for text in texts:
        parent = journal.commit(parent, said(text))
    return parent


# Commits


def test_the_beginning_is_empty(journal: Journal) -> None:
    assert list(journal.chain(GENESIS)) == []


def test_a_chain_runs_from_the_first_commit_to_its_head(journal: Journal) -> None:
    first = journal.commit(GENESIS, said("a", "b"))
    second = journal.commit(first, said("c"))
    third = journal.commit(second, said("d", "e", "f"))
    assert words(journal, third) == ["a", "b", "c", "d", "e", "f"]
    assert words(journal, second) == ["a", "b", "c"]


def test_a_long_chain_keeps_its_order(journal: Journal) -> None:
    texts = [f"{n}" for n in range(300)]
    assert words(journal, line(journal, GENESIS, texts)) == texts


def test_an_id_follows_from_parent_and_content_alone(journal: Journal) -> None:
    head = journal.commit(GENESIS, [Entry("word", {"b": 1, "a": [None, 0.5]})])
    assert head == commit_id(GENESIS, [Entry("word", {"a": [None, 0.5], "b": 1})])
    assert len(head) == 64
    others = [
        commit_id(head, [Entry("word", {"b": 1, "a": [None, 0.5]})]),
        commit_id(GENESIS, [Entry("name", {"b": 1, "a": [None, 0.5]})]),
        commit_id(GENESIS, [Entry("word", {"b": 1, "a": [0.5, None]})]),
        commit_id(GENESIS, [Entry("word", {"b": 1, "a": [None, 0.5]})] * 2),
        commit_id(GENESIS, []),
    ]
    assert len({head, *others}) == 6


def test_the_id_of_a_commit_never_changes() -> None:
    """Runs that were begun with an older version find their commits."""
    body = {"name": "改写", "score": 0.7, "nearest": None}
    assert canonical(body) == r'{"name":"\u6539\u5199","nearest":null,"score":0.7}'
    text = r'["",[["task",{"name":"\u6539\u5199","nearest":null,"score":0.7}]]]'
    assert commit_id(GENESIS, [Entry("task", body)]) == sha256(text.encode()).hexdigest()


def test_the_same_commit_again_is_written_once(journal: Journal) -> None:
    first = journal.commit(GENESIS, said("a", "b"))
    second = journal.commit(first, said("c"))
    assert journal.commit(GENESIS, said("a", "b")) == first
    assert journal.commit(first, said("c")) == second
    assert words(journal, second) == ["a", "b", "c"]


def test_a_commit_may_be_empty(journal: Journal) -> None:
    first = journal.commit(GENESIS, said("a"))
    empty = journal.commit(first, [])
    assert empty != first
    assert words(journal, journal.commit(empty, said("b"))) == ["a", "b"]


def test_a_fork_sees_only_its_own_line(journal: Journal) -> None:
    trunk = line(journal, GENESIS, ["a", "b"])
    left, right = line(journal, trunk, ["c", "d"]), line(journal, trunk, ["d", "e"])
    assert words(journal, left) == ["a", "b", "c", "d"]
    assert words(journal, right) == ["a", "b", "d", "e"]
    assert words(journal, trunk) == ["a", "b"]


def test_a_chain_to_an_unknown_head_is_refused(journal: Journal) -> None:
    assert list(journal.chain(GENESIS)) == []
    assert not knows(journal, "abc")


def test_a_chain_can_be_narrowed_to_kinds(journal: Journal) -> None:
    kinds = ["task", "record", "call", "task"]
    head = GENESIS
    for n, kind in enumerate(kinds):
        head = journal.commit(head, [Entry(kind, {"n": n}), Entry("word", {"n": n})])
    found = [(entry.kind, entry.body["n"]) for entry in journal.chain(head, ["task", "call"])]
    assert found == [("task", 0), ("call", 2), ("task", 3)]
    assert list(journal.chain(head, ["prune"])) == []
    assert len(list(journal.chain(head, []))) == 8


def test_an_unknown_parent_is_refused_and_nothing_is_written(journal: Journal) -> None:
    stranger = commit_id(GENESIS, said("elsewhere"))
    with pytest.raises(RunError, match=f"no commit {stranger[:12]}"):
        journal.commit(stranger, said("a"))
    assert not knows(journal, commit_id(stranger, said("a")))


@shared_database
@given(commits=st.lists(st.tuples(st.integers(0, 20), some_entries), min_size=1, max_size=8))
def test_every_line_of_a_forest_reads_as_it_was_written(
    journal: Journal, commits: list[tuple[int, list[Entry]]]
) -> None:
    lines: dict[str, list[Entry]] = {GENESIS: []}
    for chosen, entries in commits:
        parent = list(lines)[chosen % len(lines)]
        lines[journal.commit(parent, entries)] = [*lines[parent], *entries]
    for head, entries in lines.items():
        assert list(journal.chain(head)) == entries
        tasks = [entry for entry in entries if entry.kind == "task"]
        assert list(journal.chain(head, ["task"])) == tasks


def test_a_chain_that_is_left_half_read_does_not_hold_up_writers(journal: Journal) -> None:
    head = line(journal, GENESIS, [f"{n}" for n in range(50)])
    reading = journal.chain(head)
    assert next(reading).body == {"text": "0"}
    later = journal.commit(head, said("more"))
    assert [entry.body["text"] for entry in reading] == [f"{n}" for n in range(1, 50)]
    assert words(journal, later)[-1] == "more"


# Answers


def test_the_first_answer_under_a_key_stays(journal: Journal) -> None:
    journal.store("run", [Answered("k1", {"prompt": "p"}, {"text": "first"})])
    journal.store("run", [Answered("k1", {"prompt": "p"}, {"text": "second"})])
    assert journal.answers("run", ["k1"]) == {"k1": {"text": "first"}}


def test_answers_are_found_by_run_and_key(journal: Journal) -> None:
    journal.store("run", [Answered("k1", {}, {"text": "a"})])
    journal.store("run", [Answered("k2", {}, {"text": "b"})])
    journal.store("other", [Answered("k1", {}, {"text": "c"})])
    assert journal.answers("run", ["k2", "k1", "k9"]) == {"k1": {"text": "a"}, "k2": {"text": "b"}}
    assert journal.answers("other", ["k1", "k2"]) == {"k1": {"text": "c"}}
    assert journal.answers("run", []) == {}


def test_what_a_run_asked_and_tried_is_known(journal: Journal) -> None:
    journal.store("run", [Answered("k1", {}, {}), Answered("k2", {}, {})], [Attempt("k2", 0)])
    journal.store("run", attempts=[Attempt("k3", 0), Attempt("k3", 1), Attempt("k2", 0)])
    journal.store("other", [Answered("k4", {}, {})], [Attempt("k3", 7)])
    assert journal.answered("run") == {"k1", "k2"}
    assert journal.attempts("run") == {"k2": 1, "k3": 2}
    assert (journal.answered("none"), journal.attempts("none")) == (set(), {})


@shared_database
@given(
    request=st.dictionaries(st.text(), json_values), answer=st.dictionaries(st.text(), json_values)
)
def test_an_answer_reads_as_it_was_stored(
    journal: Journal, request: dict[str, Any], answer: dict[str, Any]
) -> None:
    key = digest([request, answer])
    journal.store("run", [Answered(key, request, answer)])
    assert journal.answers("run", [key]) == {key: answer}


def test_any_text_survives(journal: Journal) -> None:
    head = journal.commit(GENESIS, [Entry("record", {STRANGE: STRANGE})])
    assert list(journal.chain(head)) == [Entry("record", {STRANGE: STRANGE})]
    journal.store("run", [Answered("k", {"prompt": STRANGE}, {"text": STRANGE})])
    assert journal.answers("run", ["k"]) == {"k": {"text": STRANGE}}


# Several at once, and after a crash


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


# What cannot be used


def test_a_database_that_cannot_be_opened_stops_the_run(tmp_path: Path) -> None:
    for place in (tmp_path / "missing" / "run.db", tmp_path):
        with pytest.raises(RunError, match=r"the journal sqlite:///.* cannot be used"):
            Journal(f"sqlite:///{place}")


def test_a_file_that_is_no_database_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "run.db").write_bytes(b"A letter to a friend. " * 500)
    with pytest.raises(RunError, match="file is not a database"):
        Journal(f"sqlite:///{tmp_path / 'run.db'}")
    assert (tmp_path / "run.db").read_bytes() == b"A letter to a friend. " * 500


def test_a_read_only_database_can_be_read_but_stops_a_run(tmp_path: Path) -> None:
    writable = Journal(f"sqlite:///{tmp_path / 'run.db'}")
    head = writable.commit(GENESIS, said("a"))
    read_only = Journal(f"sqlite:///file:{tmp_path / 'run.db'}?mode=ro&uri=true")
    assert words(read_only, head) == ["a"]
    with pytest.raises(RunError, match="readonly"):
        read_only.commit(head, said("b"))
    with pytest.raises(RunError, match="readonly"):
        read_only.store("run", [Answered("k", {}, {})])
    read_only.close()
    writable.close()


def test_a_full_disk_stops_the_run_and_keeps_what_was_committed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'run.db'}"
    journal = Journal(url)
    head = journal.commit(GENESIS, said("a"))
    with journal._database.begin() as connection:
        connection.execute(sa.text("PRAGMA max_page_count = 1"))
        connection.commit()
    with pytest.raises(RunError, match="full"):
        line(journal, head, ["x" * 5000] * 10)
    assert words(journal, head) == ["a"]
    journal.close()


@pytest.mark.parametrize("url", ["run.db", "nosuch://host/run", "sqlite+nosuch:///run.db"])
def test_a_url_of_no_known_database_is_the_persons_mistake(url: str) -> None:
    with pytest.raises(InputError, match=r"the database URL is not usable .* sqlite:///run\.db"):
        Journal(url)


def test_a_broken_page_costs_what_lies_on_it(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    journal, head = Journal(sqlite_url(path)), GENESIS
    for n in range(40):
        records = [Entry("record", {"id": f"r{n}-{m}", "text": "x" * 200}) for m in range(10)]
        head = journal.commit(head, records)
    journal.close()
    assert len(list(salvage(path))) == 400
    content = path.read_bytes()
    page = content.index(b"r20-5") // 4096
    path.write_bytes(content[: page * 4096] + b"\xff" * 4096 + content[(page + 1) * 4096 :])
    saved = {record["id"] for record in salvage(path)}
    assert "r20-5" not in saved
    assert 370 <= len(saved) < 400
    broken = Journal(sqlite_url(path))
    with pytest.raises(DamagedError, match="malformed"):
        list(broken.chain(head))
    broken.close()
