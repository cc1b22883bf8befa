"""Databases that cannot be used, or not for everything."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from errors import InputError, RunError
from store.journal.log import GENESIS, Answered, Journal
from tests.store.journal.chains import line, said, words


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
