"""What the journal's tests share: an empty database of each kind, and a journal in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.journal.log import Journal
from tests.postgres import Postgres


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
