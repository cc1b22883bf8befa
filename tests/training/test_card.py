"""The model card: where the data comes from, and nothing that a text could do to it."""

import yaml

from record import Record
from training.card import Provenance, card
from training.folder import DataFile, Training
from training.hyperparameters import Hyperparameters

TRAINING = Training(Hyperparameters("a/b"), [DataFile("dataset.jsonl", "0" * 64)])
OUTCOME = {
    "steps": 1200,
    "first": 2.25,
    "last": 1.5,
    "device": "cpu",
    "seconds": 75.0,
    "versions": {"torch": "2"},
}
RUN = {
    "domain": {"task": "Rewriting | <b>texts</b>"},
    "strategy": "adaptive",
    "settings": {
        "threshold": 0.7,
        "base_url": "http://secret.example/v1",
        "judge_base_url": "http://secret.example/v2",
        "extra_body": {"key": "secret"},
    },
}


def test_it_says_where_the_data_comes_from() -> None:
    records = [Record("x", model="openai:m"), Record("y", model="openai:m"), Record("z")]
    text = card("model", TRAINING, Provenance("runs/x", records, ["1 left out."], RUN), OUTCOME)
    _, front, body = text.split("---\n", 2)
    assert yaml.safe_load(front)["base_model"] == "a/b"
    for said in (
        "| records | 3 |",
        "openai:m (2 records), unknown (1 record)",
        f"`{'0' * 64}`",
        "| strategy | adaptive |",
        "threshold: 0.7",
        "2.250, 1.500",
        "1 min 15 s",
        "![training loss](loss.svg)",
    ):
        assert said in body
    assert "secret" not in text
    assert "<b>" not in text


def test_a_folder_is_no_name_of_the_hub() -> None:
    for base in ("./a/b", "/a/b"):
        training = Training(Hyperparameters(base), [])
        assert "base_model" not in card("m", training, Provenance("x", []), OUTCOME)


def test_the_embedded_base_is_told_by_its_name_of_the_hub() -> None:
    training = Training(Hyperparameters("embedded:smollm2-135m"), [])
    text = card("m", training, Provenance("x", []), OUTCOME)
    assert "base_model: HuggingFaceTB/SmolLM2-135M-Instruct\n" in text


def test_epochs_are_not_told_where_the_steps_are_given() -> None:
    def told(max_steps: int | None = None) -> str:
        training = Training(Hyperparameters(max_steps=max_steps), [])
        return card("m", training, Provenance("x", []), OUTCOME)

    assert "| epochs | 3 |" in told()
    assert "| epochs |" not in told(max_steps=5)
    assert "| max steps | 5 |" in told(max_steps=5)
