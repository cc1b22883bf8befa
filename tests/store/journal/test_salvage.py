from pathlib import Path

import pytest

from errors import DamagedError
from store.journal.database import sqlite_url
from store.journal.log import GENESIS, Entry, Journal
from store.journal.salvage import salvage


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
