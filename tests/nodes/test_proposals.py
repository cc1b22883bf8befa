from dataclasses import replace
from pathlib import Path

import pytest

from checks import Checks
from nodes.rules import rules_of
from prompts.domain import load_domain, load_preset, preset_names
from store.quality.rules import broken_rule

CUSTOMERS = Path(__file__).resolve().parents[2] / "examples" / "customer-support.yaml"


@pytest.mark.parametrize(
    ("preset", "overlap"), [("rewriting", 0.75), ("rewriting-zh", 0.75), ("math", 0.95)]
)
def test_what_a_copy_is_follows_from_the_input(preset: str, overlap: float) -> None:
    assert rules_of(load_preset(preset)).overlap == overlap


def test_a_domain_may_name_what_a_copy_is() -> None:
    domain = load_preset("rewriting")
    limits = domain.limits.model_copy(update={"overlap": 0.9})
    assert rules_of(domain.model_copy(update={"limits": limits})).overlap == 0.9


def test_what_the_model_is_told_belongs_in_no_instruction() -> None:
    domain = load_preset("rewriting")
    rules = rules_of(domain)
    assert rules.task == domain.task
    assert rules.topics == tuple(domain.topics)
    assert set(domain.requirements) < set(rules.sentences)


@pytest.mark.parametrize("name", [*preset_names(), str(CUSTOMERS)])
def test_the_examples_of_a_domain_break_none_of_its_rules(name: str) -> None:
    domain = load_domain(name)
    rules = rules_of(domain)
    assert [broken_rule(example.record, rules) for example in domain.examples] == [None] * len(
        domain.examples
    )


def test_what_a_domain_checks_is_a_rule_for_its_records() -> None:
    domain = load_preset("rewriting")
    checks = Checks.model_validate({"forbid": {"output": "(?i)between us"}})
    rules = rules_of(domain.model_copy(update={"checks": checks}))
    written = replace(domain.examples[0].record, output="Between us, I may not say that to you.")
    assert broken_rule(written, rules_of(domain)) is None
    fault = broken_rule(written, rules)
    assert fault is not None
    assert fault[0] == "forbid"
