"""The server's report is the page that the run has in a folder."""

from fractions import Fraction
from pathlib import Path

import pytest

from graph.exported import Exported
from graph.server import reported
from graph.server.reported import KEPT_PAGES, report_page
from models.chat import endpoint_of
from models.embeddings import embeddings
from nodes.resources import Resources
from report import ending
from report.ending import write_report
from store.journal.log import Journal
from tests.doubles.scripted import ScriptedChat
from tests.running import SMALL, run_scripted


def test_the_servers_page_is_the_folders_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "open_parser", lambda: None)
    folder = tmp_path / "rewriting"
    folder.mkdir()
    values = run_scripted(folder)
    page = write_report(folder, Fraction(7, 10), embeddings()).read_bytes()
    journal = Journal(f"sqlite:///{folder / 'run.db'}")
    resources = Resources(journal, lambda *_: endpoint_of(ScriptedChat(), "x"), embeddings())
    exported = Exported.at(resources, values["head"], SMALL)
    assert exported.records == values["counts"]["records"]
    assert report_page(exported, values) == page
    monkeypatch.setattr(reported, "_made", lambda *_: b"another")
    assert report_page(exported, values) == page, "it is remembered"
    for calls in range(KEPT_PAGES):
        spent = values["spent"] | {"calls": calls}
        assert report_page(exported, values | {"spent": spent}) == b"another"
    assert report_page(exported, values) == b"another", "not more than a few are"
    journal.close()
