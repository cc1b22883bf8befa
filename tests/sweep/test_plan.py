"""Which runs a sweep is made of, and what each may spend."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import InputError
from prompts.domain import load_preset
from sweep.plan import Key, planned
from sweep.shares import shares
from tests.sweep.samples import swept

FILE = Path("sweep.yaml")


def test_every_combination_is_a_run_and_a_seed_is_whole_before_the_next() -> None:
    runs = planned(swept(domains=["rewriting", "math"], seeds=[3, 1]), FILE)
    assert [run.name for run in runs[:4]] == [
        "rewriting-adaptive-seed3",
        "rewriting-self-instruct-seed3",
        "math-adaptive-seed3",
        "math-self-instruct-seed3",
    ]
    assert len({run.name for run in runs}) == len(runs) == 8
    assert {(r.settings.strategy, r.settings.seed) for r in runs} == {
        (strategy, seed) for strategy in ("adaptive", "self-instruct") for seed in (3, 1)
    }


def test_models_differ_by_their_own_settings_and_by_name() -> None:
    models = [
        "openai:Qwen/Qwen2.5-7B",
        {"model": "openai:b", "name": "Judged", "judge_model": "openai:c", "base_url": "http://h"},
    ]
    runs = planned(swept(models=models, strategies=["adaptive"], seeds=[1]), FILE)
    assert [run.name for run in runs] == [
        "rewriting-qwen2.5-7b-adaptive-seed1",
        "rewriting-judged-adaptive-seed1",
    ]
    assert [run.settings.judge_model for run in runs] == [None, "openai:c"]
    assert runs[1].key == Key("rewriting", "judged", "adaptive", 1)


def test_a_setting_goes_to_the_strategies_that_know_it() -> None:
    file = swept(strategies=["depth-first", "self-instruct"], seeds=[1], settings={"frontier": 2})
    assert [run.settings.frontier for run in planned(file, FILE)] == [2, 4]


def test_domain_files_lie_beside_the_sweep(tmp_path: Path) -> None:
    content = load_preset("rewriting").model_copy(update={"name": "mine"}).model_dump_json()
    (tmp_path / "mine.yaml").write_text(content)
    runs = planned(swept(domains=["mine.yaml", "math"]), tmp_path / "sweep.yaml")
    assert {run.key.domain for run in runs} == {"mine", "math"}


BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no such preset": ({"domains": ["rewritin"]}, ["domains", "'rewriting'"]),
    "no such file": ({"domains": ["none.yaml"]}, ["none.yaml"]),
    "a value out of range": (
        {"settings": {"threshold": 7}},
        ["rewriting-adaptive-seed1", "threshold", "7"],
    ),
    "nobody uses it": (
        {"strategies": ["self-instruct"], "settings": {"frontier": 2}},
        ["frontier means nothing to self-instruct"],
    ),
    "no judge": ({"settings": {"revise": True}}, ["revise means nothing without a judge_model"]),
    "a cap at two places": (
        {"max_calls": 40, "settings": {"max_calls": 10}},
        ["max_calls", "whole sweep", "each run"],
    ),
    "a model's setting at two places": (
        {"models": [{"model": "openai:x", "per_call": 1}]},
        ["per_call", "model x"],
    ),
    "nothing left for a run": ({"max_calls": 3}, ["max_calls 3", "each of 4 runs"]),
    "two models of one name": ({"models": ["openai:a/x", "openai:b/x"]}, ["'x'", "name"]),
    "a model without a name": ({"models": [{"temperature": 1}]}, ["models[0]", "name"]),
}


@pytest.mark.parametrize(("more", "named"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_run_is_named(more: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(InputError) as error:
        planned(swept(**more), FILE)
    assert all(word in str(error.value) for word in ["sweep.yaml", *named]), error.value


@given(
    st.integers(4, 10**12),
    st.floats(1e-3, 1e6),
    st.lists(st.integers(0, 99), min_size=1, max_size=20, unique=True),
)
def test_shares_are_equal_and_together_never_pass_the_cap(
    tokens: int, usd: float, seeds: list[int]
) -> None:
    file = swept(strategies=["adaptive"], seeds=seeds, max_usd=usd, max_tokens=tokens * 5)
    share = shares(file, FILE)
    assert file.runs * Fraction(share["max_usd"]) <= Fraction(usd) + Fraction(1, 10**9)
    assert file.runs * share["max_tokens"] <= tokens * 5 < file.runs * (share["max_tokens"] + 1)
    assert set(share) == {"max_usd", "max_tokens"}
