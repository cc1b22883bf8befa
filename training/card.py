"""The model card of a training: what the model is, what it was trained on, and how.

Texts in it come from a person's files; in the card they are text.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from record import Record
from store.formats.card import plain, table
from training.curve import PICTURE
from training.folder import ADAPTER, Training
from training.hyperparameters import Hyperparameters
from words import duration, several

_HIDDEN = ("base_url", "extra_body")
"""Settings of a run that say where a model runs; they stay here."""

ABOUT = (
    "Trained with Explore-Instruct on the data below; the loss was taken on the answers alone. "
    "`explore-instruct evaluate` says what it is worth beside another model."
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the data comes from: its name, how many records of how many, and what is known of them.

    `run` holds what a run's folder says of itself: domain, strategy, settings.
    """

    source: str
    records: Sequence[Record]
    steps: Sequence[str] = ()
    run: Mapping[str, Any] = field(default_factory=dict)

    @property
    def writers(self) -> dict[str, int]:
        """The models that wrote the records, and how many each."""
        return dict(Counter(record.model or "unknown" for record in self.records).most_common())


def card(name: str, training: Training, data: Provenance, outcome: Mapping[str, Any]) -> str:
    """Return the card of a model; `outcome` is what training.json says of its training."""
    told = training.told
    parts = [
        f"---\n{_yaml(_front_matter(told.public_base, data))}---",
        f"# {plain(name)}",
        ABOUT,
        f"![training loss]({PICTURE})",
        _table(_result(outcome)),
        "## Data",
        _table(_data(training, data)),
        "\n".join(f"- {plain(step)}" for step in data.steps),
        _settings("The run's settings", data.run.get("settings")),
        "## Training",
        _table(_told(told)),
        f"`{ADAPTER}/` holds what LoRA trained; the model here has it merged in."
        if told.method == "lora"
        else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _front_matter(base: str, data: Provenance) -> dict[str, Any]:
    is_name = "/" in base and not base.startswith((".", "/", "~"))
    return {
        **({"base_model": base} if is_name else {}),
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["explore-instruct", "trl", "sft", "synthetic-data"]
        if data.run
        else ["trl", "sft"],
    }


def _result(outcome: Mapping[str, Any]) -> list[tuple[str, str]]:
    steps, seconds = outcome["steps"], outcome["seconds"]
    return [
        ("steps", f"{steps:,}"),
        ("loss of the first and the last step", f"{outcome['first']:.3f}, {outcome['last']:.3f}"),
        ("trained on", f"{outcome['device']}, {duration(seconds)}"),
        ("versions", ", ".join(f"{name} {of}" for name, of in outcome["versions"].items())),
    ]


def _data(training: Training, data: Provenance) -> list[tuple[str, str]]:
    files = [(f"SHA-256 of {plain(file.name)}", f"`{file.sha256}`") for file in training.data]
    writers = [f"{plain(model)} ({several(n, 'record')})" for model, n in data.writers.items()]
    domain = data.run.get("domain") or {}
    known = {"domain": domain.get("task"), "strategy": data.run.get("strategy")}
    return [
        ("source", plain(data.source)),
        *files,
        ("records", f"{len(data.records):,}"),
        *((what, plain(str(value))) for what, value in known.items() if value),
        ("written by", ", ".join(writers)),
    ]


def _told(told: Hyperparameters) -> list[tuple[str, str]]:
    named = {key: value for key, value in told.as_json().items() if value is not None}
    if told.max_steps is not None:
        del named["epochs"]
    return [(key.replace("_", " "), plain(str(value))) for key, value in named.items()]


def _settings(title: str, settings: Mapping[str, Any] | None) -> str:
    shown = {key: value for key, value in (settings or {}).items() if not key.endswith(_HIDDEN)}
    return f"{title}:\n\n~~~yaml\n{_yaml(shown)}~~~" if shown else ""


def _table(rows: Sequence[tuple[str, str]]) -> str:
    return table([("", ""), *rows])


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
