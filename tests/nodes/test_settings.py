"""A context that comes later: its settings beside those that a run has already."""

from typing import Any

import pytest
from pydantic import ValidationError

from errors import InputError
from graph.app import checked, named_settings
from graph.server.studio import Context


@pytest.mark.parametrize(
    ("known", "context", "depth", "breadth"),
    [
        ({}, {}, 2, (6, 4)),
        ({}, {"breadth": [2]}, 1, (2,)),
        ({}, {"depth": 3}, 3, (6, 4, 3)),
        ({"depth": 3}, {"breadth": [3, 2, 1]}, 3, (3, 2, 1)),
        ({"depth": 2, "breadth": [5, 3]}, {"breadth": [3, 2, 1]}, 3, (3, 2, 1)),
        ({"depth": 2, "breadth": [5, 3]}, {"depth": 4}, 4, (5, 3, 3, 3)),
        ({"depth": 2, "breadth": [5, 3]}, {"depth": 1}, 1, (5,)),
        ({"depth": 2, "breadth": [5, 3]}, {"depth": 2}, 2, (5, 3)),
        ({"depth": 2, "breadth": [5, 3]}, {"per_task": 4}, 2, (5, 3)),
        ({"depth": 3, "breadth": [5, 3, 1]}, {"breadth": []}, 3, (6, 4, 3)),
        ({"depth": 3, "breadth": []}, {"depth": 2}, 2, (6, 4)),
    ],
)
def test_depth_and_breadth_follow_each_other(
    known: dict[str, Any], context: dict[str, Any], depth: int, breadth: tuple[int, ...]
) -> None:
    named = named_settings(known, Context.model_validate(context))
    again = named_settings(named, Context.model_validate(context))
    assert again == named, "the context comes with every step"
    limits = checked(named).limits
    assert (limits.depth, limits.breadth) == (depth, breadth)


def test_a_depth_and_a_breadth_that_disagree_are_both_named() -> None:
    context = Context.model_validate({"depth": 3, "breadth": [3, 2]})
    with pytest.raises(InputError, match=r"breadth 3,2 does not fit depth 3"):
        checked(named_settings({"depth": 2}, context))


@pytest.mark.parametrize("wrong", [{"depth": 99}, {"breadth": [0]}, {"breadth": [1] * 9}])
def test_a_context_out_of_range_is_refused_by_its_field(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Context.model_validate(wrong)
