import pytest

from prompts.domain import load_preset, preset_names
from store.quality.step import step


@pytest.mark.parametrize(
    "name",
    [
        "Evaluate each idea",
        "Evaluate the feasibility of each idea",
        "Ranking all the options",
        "Refine the chosen solutions",
        "Select the best idea",
        "Choose the most promising option.",
        "Define the problem",
        "Implement the solution",
        "Generate a list of 5-10 ideas",
        "Brainstorm a list of possible solutions",
        "Step 3: Draft the letter",
        "Next, ask a friend",
    ],
)
def test_a_step_is_told_from_what_it_goes_on_from(name: str) -> None:
    assert step(name, "en")


@pytest.mark.parametrize("name", ["评估每个想法", "选出最佳方案", "第二步：写信", "最后，检查全文"])
def test_a_chinese_step(name: str) -> None:
    assert step(name, "zh")


@pytest.mark.parametrize(
    "name",
    [
        "Evaluate a business idea",
        "Compare two phones for an older buyer",
        "Choose the best option for a family trip",
        "Write a summary of each chapter",
        "Find the best solution to an equation",
        "Solve the problem of a noisy neighbour",
        "Define the problem of evil for students",
        "Explain the results of a blood test",
        "First aid for burns",
        "Step-by-step repairs",
        "Generate a list of ideas for a party",
        "Rewrite all the answers of an interview",
        "Review a draft of a contract",
    ],
)
def test_a_kind_of_request_is_no_step(name: str) -> None:
    assert step(name, "en") is None


def test_other_languages_are_not_checked() -> None:
    assert step("Evaluate each idea", "fr") is None


def test_no_seed_of_a_preset_is_a_step() -> None:
    for domain in map(load_preset, preset_names()):
        assert [seed.name for seed in domain.seeds if step(seed.name, domain.language)] == []
