"""The options that are made from the settings."""

from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from cli.options import spell_out
from nodes.settings import Settings


def test_every_setting_has_an_option_with_what_it_does() -> None:
    group: Any = get_command(app)
    options = {option.name: option for option in group.commands["run"].params}
    for name, field in Settings.model_fields.items():
        assert options[name].opts == [f"--{name.replace('_', '-')}"]
        assert options[name].help.startswith(field.description)


@pytest.mark.parametrize(
    ("words", "spelt"),
    [
        (["run", "--review", "rewriting"], ["run", "--review", "tasks", "rewriting"]),
        (["run", "rewriting", "--review"], ["run", "rewriting", "--review", "tasks"]),
        (["run", "--review", "expansions", "x"], ["run", "--review", "expansions", "x"]),
        (["run", "rewriting", "--seed", "3"], ["run", "rewriting", "--seed", "3"]),
    ],
)
def test_review_may_stand_alone(words: list[str], spelt: list[str]) -> None:
    assert spell_out(words) == spelt
