"""A sweep's folder: its plan comes back, and can only be added to."""

from pathlib import Path

import pytest

from errors import InputError
from nodes.spending import NOTHING
from sweep.folder import Prepared, new_runs, read_plan, write_plan
from sweep.plan import Run, planned
from tests.sweep.samples import swept

FILE = Path("sweep.yaml")


def prepared(runs: list[Run]) -> list[Prepared]:
    return [Prepared(r, r.settings.model_copy(update={"model": "openai:x"}), NOTHING) for r in runs]


def test_a_plan_comes_back_as_it_was_written(tmp_path: Path) -> None:
    before = prepared(planned(swept(), FILE))
    assert read_plan(tmp_path) == []
    write_plan(tmp_path, before)
    assert read_plan(tmp_path) == before
    assert new_runs(tmp_path, FILE, before, [one.run for one in before]) == []


def test_what_is_added_is_new_and_keeps_the_names_that_are_there(tmp_path: Path) -> None:
    before = prepared(planned(swept(models=["openai:a"]), FILE))
    larger = planned(swept(models=["openai:a", "openai:b"], seeds=[1, 2, 3]), FILE)
    new = new_runs(tmp_path, FILE, before, larger)
    assert len(new) == len(larger) - len(before) == 8
    assert before[0].run.name == "rewriting-adaptive-seed1"
    assert "rewriting-a-adaptive-seed3" in {run.name for run in new}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"seeds": [1]}, "rewriting-adaptive-seed2 was one of its runs"),
        ({"settings": {"per_call": 3}}, "rewriting-adaptive-seed1 had per_call 2, which is 3 now"),
        ({"max_calls": 400}, "of max_calls was unset, and would be 100"),
    ],
)
def test_what_is_changed_is_refused(tmp_path: Path, more: dict[str, object], why: str) -> None:
    settings = {"per_call": 2}
    before = prepared(planned(swept(settings=settings), FILE))
    runs = planned(swept(**{"settings": settings, **more}), FILE)
    with pytest.raises(InputError) as error:
        new_runs(tmp_path, FILE, before, runs)
    assert why in str(error.value)
    assert "only be added to" in str(error.value)


def test_another_domain_of_the_same_name_is_refused(tmp_path: Path) -> None:
    runs = planned(swept(), FILE)
    other = [
        Run(r.key, r.name, r.domain.model_copy(update={"task": "X"}), r.settings) for r in runs
    ]
    with pytest.raises(InputError, match="the domain rewriting was another"):
        new_runs(tmp_path, FILE, prepared(runs), other)


def test_a_folder_of_something_else_and_a_broken_plan_are_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="holds files already"):
        read_plan(tmp_path)
    for broken in ("{", "[]", '{"runs": [{}], "domains": {}}'):
        (tmp_path / "plan.json").write_text(broken)
        with pytest.raises(InputError, match="cannot be read"):
            read_plan(tmp_path)
