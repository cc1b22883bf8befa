import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from errors import InputError
from final_answer import agreement
from prompts.domain import CHECKED, Domain, load_domain, load_preset, parse_domain, presets

ROOT = Path(__file__).resolve().parents[2]
GOOD: dict[str, Any] = {
    "name": "haiku",
    "task": "Writing of haiku",
    "description": "Short poems.",
    "seeds": [
        {
            "name": "Write about a season",
            "reason": "Tradition.",
            "examples": [
                {"instruction": "A haiku about frost.", "output": "White on the window"},
                {"instruction": "A haiku about rain.", "output": "Drops on the tin roof"},
            ],
        }
    ],
}


def changed(**keys: Any) -> dict[str, Any]:  # noqa: ANN401  any wrong value
    return GOOD | keys


def refusal(data: dict[str, Any]) -> str:
    with pytest.raises(InputError) as refused:
        parse_domain(data, "haiku.yaml")
    return str(refused.value)


def test_the_presets_are_there_and_described_in_one_line() -> None:
    described = presets()
    assert list(described) == ["brainstorming", "math", "rewriting", "rewriting-zh"]
    assert all("\n" not in line and len(line) < 300 for line in described.values())


@pytest.mark.parametrize("name", ["brainstorming", "math", "rewriting", "rewriting-zh"])
def test_a_preset_has_two_seeds_with_two_examples_and_thirty_topics(name: str) -> None:
    domain = load_preset(name)
    assert domain.name == name
    assert [len(seed.examples) for seed in domain.seeds] == [2, 2]
    assert all(example.topic for example in domain.examples)
    assert len(set(domain.topics)) == 30


def test_the_example_domain_loads() -> None:
    assert load_domain(str(ROOT / "examples" / "customer-support.yaml")).input == "required"


def test_a_domain_survives_json() -> None:
    domain = load_preset("rewriting-zh")
    assert Domain.model_validate_json(domain.model_dump_json()) == domain
    assert parse_domain(json.loads(domain.model_dump_json()), "domain") == domain


def test_an_unknown_preset_names_the_closest_and_all() -> None:
    with pytest.raises(InputError, match=r"'rewritting' \(did you mean 'rewriting'\?\)") as refused:
        load_domain("rewritting")
    assert "brainstorming, math, rewriting, rewriting-zh" in str(refused.value)


@pytest.mark.parametrize("name", ["../domain", "/etc/passwd", "templates/../domains/math.yaml", ""])
def test_a_preset_is_never_a_path(name: str) -> None:
    with pytest.raises(InputError, match="unknown domain"):
        load_preset(name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.yaml: No such file"):
        load_domain(str(tmp_path / "absent.yaml"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name: x\ntask: [1, 2\nseeds: 3\n", r"broken YAML, line 3, column 6"),
        ("name: x\nname: y\n", r"line 2, column 1: the key 'name' stands here twice"),
        ("- a\n- b\n", "this is a list"),
        ("", "this is empty"),
        ("? [a, b]\n: 1\n", "broken YAML, line 1"),
        ("name: 2024-99-99\n", "broken YAML"),
        ("[" * 5000, "nested too deeply"),
        ("a: !!python/object/apply:os.system [ls]\n", "could not determine a constructor"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(content, "utf-8")
    with pytest.raises(InputError, match=told) as refused:
        load_domain(str(file))
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_utf8_or_too_large_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(b"name: \xff\xfe")
    with pytest.raises(InputError, match="not UTF-8 at byte 6"):
        load_domain(str(file))
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(InputError, match="larger than 1,000,000 bytes"):
        load_domain(str(file))


def test_an_unknown_key_names_its_path_the_closest_and_what_is_allowed() -> None:
    assert refusal(changed(topcs=[])) == (
        "haiku.yaml: unknown key 'topcs' (did you mean 'topics'?); allowed: name, task, "
        "description, language, spacy_model, seeds, requirements, topics, blocked_words, limits, "
        "input, output_pattern, checks, rubric, alternatives, turns, system"
    )
    seeds = [GOOD["seeds"][0] | {"why": "x"}]
    assert refusal(changed(seeds=seeds)) == (
        "haiku.yaml: unknown key 'seeds[0].why'; allowed: name, reason, examples"
    )
    told = refusal(changed(limits={"output": {"least": 1, "max": 2, "min": 1}}))
    assert "'limits.output.least'; allowed: min, max" in told


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"input": "maybe"}, "input: input should be 'optional', 'required' or 'none', not 'maybe"),
        ({"topics": "rain"}, "topics: input should be a valid list, not 'rain'"),
        ({"language": False}, "language: input should be a valid string, not False"),
        ({"language": "english!"}, "language: string should match pattern"),
        ({"name": "../up"}, "name: string should match pattern"),
        ({"task": " "}, "task: string should have at least 1 character"),
        ({"task": "x" * 81}, "task: string should have at most 80 characters"),
        ({"topics": ["x"] * 201}, "topics: list should have at most 200 items"),
        ({"limits": {"output": {"min": 9, "max": 3}}}, "limits.output: min 9 is larger than max 3"),
        ({"limits": {"overlap": 0}}, "limits.overlap"),
        ({"limits": {"overlap": 75}}, "limits.overlap"),
        ({"limits": {"overlap": "high"}}, "limits.overlap"),
        ({"seeds": []}, "seeds: list should have at least 1 item"),
        ({"seeds": GOOD["seeds"] * 2}, "two seeds are named 'Write about a season'"),
        ({"task": "Write about a season"}, "a seed is named like the domain's task"),
        ({"input": "required"}, "input is required, but an example has none"),
    ],
)
def test_a_wrong_value_names_its_key_and_what_is_allowed(keys: dict[str, Any], told: str) -> None:
    assert told in refusal(changed(**keys))


def test_too_few_examples_and_unwanted_inputs_are_refused() -> None:
    one = [GOOD["seeds"][0] | {"examples": GOOD["seeds"][0]["examples"][:1]}]
    assert "the seeds hold 1 examples together; give at least 2" in refusal(changed(seeds=one))
    given = [{"instruction": "Do it.", "input": "x", "output": "y"}] * 2
    seeds = [GOOD["seeds"][0] | {"examples": given}]
    assert "input is none, but an example has one" in refusal(changed(seeds=seeds, input="none"))


def test_a_missing_key_is_named_and_many_problems_are_counted() -> None:
    assert refusal({key: GOOD[key] for key in GOOD if key != "task"}) == (
        "haiku.yaml: the key 'task' is missing"
    )
    told = refusal({"a": 1, "b": 2})
    assert told.endswith("; and 3 more")
    assert "\n" not in told


def test_a_value_of_any_size_is_told_shortly() -> None:
    assert len(refusal(changed(input="x" * 100_000))) < 200
    assert len(refusal(changed(task={"deep": ["x" * 100_000]}))) < 200


def test_examples_come_in_the_order_of_the_file() -> None:
    domain = parse_domain(GOOD, "haiku.yaml")
    assert [example.output for example in domain.examples] == [
        "White on the window",
        "Drops on the tin roof",
    ]


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        (
            {"pattern": {"output": "frost"}},
            "the example 'A haiku about frost.' fails checks.pattern",
        ),
        ({"json_schema": {"type": "object"}}, "fails checks.json_schema: the output is no JSON"),
        (
            {"forbid": {"output": "a("}},
            "haiku.yaml: checks.forbid.output[0]: 'a(' is no regular expression",
        ),
        ({"json_schema": {"$ref": "https://x.example/y"}}, "it refers to 'https://x.example/y'"),
        ({"final_answer": True}, "fails checks.final_answer: no final answer can be read"),
        ({"agreement": 2}, "haiku.yaml: checks.agreement: more than half of 2 answers"),
    ],
)
def test_checks_that_no_record_could_pass_are_refused_with_their_place(
    checks: dict[str, Any], told: str
) -> None:
    assert told in refusal(changed(checks=checks))


def test_what_was_checked_once_is_read_again_without_its_checks() -> None:
    read = partial(Domain.model_validate, changed(checks={"final_answer": True}))
    assert read(context=CHECKED).checks.final_answer
    with pytest.raises(ValidationError, match="final_answer"):
        read()


def test_to_read_the_presets_no_worker_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "_asked", pytest.fail)
    assert load_preset("math").checks.final_answer
