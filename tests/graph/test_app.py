"""When a run on the server explores again."""

from typing import Any, cast

import pytest

from graph.app import going_on
from nodes.settings import Settings
from nodes.spending import NOTHING
from nodes.state import State


@pytest.mark.parametrize(
    ("phase", "named", "again"),
    [
        ("generate", {}, False),
        ("generate", {"depth": 3}, True),
        ("generate", {"patience": 5}, True),
        ("generate", {"saturation": 0.5}, True),
        ("generate", {"records": 9}, False),
        ("generate", {"depth": 3, "strategy": "self-instruct"}, False),
        ("explore", {"depth": 3}, False),
        ("finish", {}, True),
    ],
)
def test_a_run_explores_again_where_its_reach_changed(
    phase: str, named: dict[str, Any], *, again: bool
) -> None:
    state = cast("State", {"phase": phase, "spent": NOTHING})
    changed = going_on(state, {"depth": 2}, Settings.model_validate({"depth": 2, **named}))
    assert bool(changed) is again
