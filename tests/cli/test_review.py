"""What a person types in a review."""

from typing import Any

import pytest

from cli.review import parse_edit


@pytest.mark.parametrize(
    ("line", "edit"),
    [
        ("prune t7", {"prune": "t7"}),
        ("rename t7 A better name", {"rename": "t7", "name": "A better name"}),
        ("add t3 A task of mine", {"add": "A task of mine", "below": "t3"}),
        ("ban  Translate a text", {"ban": "Translate a text"}),
        ("more t3", {"more": "t3"}),
        ("more t3 2", {"more": "t3", "count": 2}),
        ("more t3 two", None),
        ("ban", None),
        ("prune", None),
        ("drop t7", None),
    ],
)
def test_a_line_is_an_edit_or_not_understood(line: str, edit: dict[str, Any] | None) -> None:
    assert parse_edit(line) == edit
