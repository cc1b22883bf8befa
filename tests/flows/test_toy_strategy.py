"""A new strategy is one class and one row: settings, graph, files and terminal then know it."""

from pathlib import Path
from typing import Any

import pytest

from cli.options import with_settings
from nodes.settings import Settings
from search.step import Step
from search.strategy import Moment
from search.table import STRATEGIES
from search.tree_search import TreeSearch
from tests.doubles.scripted import ScriptedChat
from tests.running import run_scripted


class InTurns(TreeSearch):
    """Asks one task for subtasks and, in the same superstep, each task without a record for one."""

    def next_steps(self, moment: Moment) -> list[Step]:
        tasks = list(self._tree.preorder())
        naming = {step.task for step in moment.pending if step.operation != "generate"}
        grown = [
            Step("lookahead", task, missing)
            for task in tasks
            if task not in naming and (missing := self.missing(task))
        ]
        asked = {step.task for step in moment.pending if step.operation == "generate"}
        written = [
            Step("generate", task, 1, self._known.progress[task].calls)
            for task in tasks
            if task not in asked and not self._known.progress[task].kept
        ]
        return [*(grown[:1] if moment.may_grow else []), *written[: moment.room]]


@pytest.fixture
def in_turns(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(STRATEGIES, "in-turns", InTurns)
    return "in-turns"


def test_a_strategy_of_ones_own_explores_and_writes_in_one_superstep(
    tmp_path: Path, in_turns: str
) -> None:
    chat = ScriptedChat()
    settings = Settings(
        model="scripted:x", strategy=in_turns, depth=2, breadth=(3, 2), per_call=1, window=8
    )
    done = run_scripted(tmp_path, settings, chat)
    kinds = [event["type"] for event in done["events"]]
    last_expansion = len(kinds) - 1 - kinds[::-1].index("expanding")
    assert kinds.index("record_kept") < last_expansion
    assert done["counts"]["tasks"] == 10
    assert {node["kept"] for node in done["tree"]["nodes"]} == {1}
    assert done["phase"] == "finish"


def test_the_settings_and_the_terminal_name_it(in_turns: str) -> None:
    assert in_turns in Settings.model_json_schema()["properties"]["strategy"]["enum"]
    named: dict[str, Any] = {}

    def command(settings: dict[str, Any]) -> None:
        named.update(settings)

    with_settings("strategy")(command)(strategy=in_turns)
    assert Settings.model_validate(named).kind is InTurns
