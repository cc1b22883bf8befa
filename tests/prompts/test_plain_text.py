"""The plain-text form against long runs of what stands around a text."""

import pytest

from prompts.plain_text import labelled_records


@pytest.mark.parametrize("noise", [" ", "\n", "```\n", "-", "- ", "# ", "`", "##\t", "`` "])
@pytest.mark.parametrize("form", ["a{}b", "{}b", "a{}", "{}"])
def test_long_runs_of_noise_take_no_time(noise: str, form: str) -> None:
    """Quadratic reading of 400,000 characters would take hours."""
    text = form.format(noise * (200_000 // len(noise)))
    (record,) = labelled_records(f"Instruction: {text}\nOutput: {text}")
    assert set(record) == {"instruction", "output"}


def test_fences_and_rules_around_a_text_go() -> None:
    given = "Instruction:\n```text\n  Say it. \n```\n---\nOutput: It --- is - said. ##\n-----\n"
    assert labelled_records(given) == [{"instruction": "Say it.", "output": "It --- is - said."}]
