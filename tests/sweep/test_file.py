"""SWEEP.yaml: what cannot be used is named, with what is allowed."""

from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from sweep.file import read_sweep
from tests.sweep.samples import swept

BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "unknown key": ({"strategy": ["adaptive"]}, ["'strategy'", "did you mean 'strategies'"]),
    "unknown strategy": ({"strategies": ["adaptve"]}, ["'adaptve'", "did you mean 'adaptive'"]),
    "unknown setting": ({"settings": {"record": 5}}, ["'record'", "did you mean 'records'"]),
    "a seed among the settings": ({"settings": {"seed": 5}}, ["seed", "seeds"]),
    "a person is asked": ({"settings": {"review": "tasks"}}, ["review", "waits for nobody"]),
    "twice": ({"seeds": [1, 2, 1]}, ["seeds", "1 stands here twice"]),
    "no seed": ({"seeds": []}, ["seeds"]),
    "a seed below 0": ({"seeds": [-1]}, ["seeds[0]", "-1"]),
    "a word for a number": ({"max_tokens": "many"}, ["max_tokens", "'many'"]),
    "no number": ({"max_usd": float("nan")}, ["max_usd"]),
    "a list for a model": ({"models": [["openai:x"]]}, ["models[0]"]),
    "a model's unknown setting": ({"models": [{"base": "http://h/v1"}]}, ["models[0]", "'base'"]),
    "too many": (
        {"seeds": list(range(600))},
        ["1 domains", "600 seeds", "1,200 runs", "1,000 at most"],
    ),
}


@pytest.mark.parametrize(("more", "named"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_used_is_named(more: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(InputError) as error:
        swept(**more)
    assert all(word in str(error.value) for word in ["sweep.yaml", *named]), error.value


def test_a_missing_key_and_another_kind_of_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text("domains: [rewriting]\n")
    with pytest.raises(InputError, match="the key 'strategies' is missing"):
        read_sweep(path)
    path.write_text("- rewriting\n")
    with pytest.raises(InputError, match="a sweep is a mapping of keys such as domains"):
        read_sweep(path)


def test_an_old_name_of_a_strategy_is_read() -> None:
    assert swept(strategies=["explore"]).strategies == ["depth-first"]
