"""LangGraph's own specification of checkpoints, on every database they are kept in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate

from graph.database import VARIABLE, Database
from tests.postgres import Postgres


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_checkpoints_are_as_langgraph_specifies_them(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        database = Database(tmp_path / "run.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        database = Database.of({VARIABLE: server.database()})

    @checkpointer_test(name=kind)
    async def saver() -> AsyncIterator[BaseCheckpointSaver[str]]:
        async with database.saver() as opened:
            yield opened

    report = await validate(saver)
    assert report.passed_all(), [r.failures for r in report.results.values() if r.failures]
    assert all(result.detected for result in report.results.values())
