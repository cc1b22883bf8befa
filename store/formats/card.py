"""The data card of a folder for the Hugging Face Hub: what is in it and where it comes from.

It is opened by the YAML that the Hub reads. Names and descriptions come from a person's domain
file; in the card they are text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from store.formats.format import CardFacts
from words import primary_language

COLUMNS = {
    "id": "its name, unique in the data set",
    "instruction, input, output": "what is asked, with which text (or none), and the answer",
    "task, path, depth": "the task it was written for, the tasks from the root to it, their number",
    "model": "what wrote it",
    "nearest_id, nearest_rouge_l": "the nearest instruction kept before it, and their ROUGE-L",
    "call": "the call to the model that brought it",
    "messages": "of a conversation all turns; instruction and output are its first and last",
    "system": "the system prompt",
    "reasoning": "what the model thought before it wrote the record",
    "rejected_output": "an output that was found worse",
}
ABOUT = (
    "Instructions, inputs and outputs that a language model wrote for a tree of tasks, made with "
    "[Explore-Instruct](https://arxiv.org/abs/2310.09168). No person has checked them."
)
IMPORTED = (
    "The records were imported as they were: no model was asked for them here, and no filter has "
    "compared them with each other."
)
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&$])")


def card(counts: Mapping[str, int], facts: CardFacts) -> str:
    """Return the card of splits with so many records each; where the model ran is left out."""
    domain, imported = facts.config["domain"], not facts.stats.get("calls")
    title, about = (plain(str(domain.get(key, ""))) for key in ("task", "description"))
    settings = {key: value for key, value in facts.config["settings"].items() if key != "base_url"}
    parts = [
        f"---\n{_yaml(_front_matter(counts, domain, facts.license_id, imported=imported))}---",
        f"# {title}",
        about,
        ABOUT,
        "## Records",
        table([("split", "records"), *((name, f"{size:,}") for name, size in counts.items())]),
        table([("column", "what"), *COLUMNS.items()]),
        "## Where they come from",
        IMPORTED if imported else "",
        table([("", ""), *_provenance(facts.stats)]),
        "\n".join(f"- {plain(step)}" for step in facts.steps),
        "" if imported else f"The run's settings:\n\n~~~yaml\n{_yaml(settings)}~~~",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def plain(text: str) -> str:
    """Return the text on one line, in Markdown that shows it as it is."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _front_matter(
    counts: Mapping[str, int], domain: Mapping[str, Any], license_id: str, *, imported: bool
) -> dict[str, Any]:
    language = primary_language(str(domain.get("language", "en")))
    total = sum(counts.values())
    files = [{"split": name, "path": f"data/{name}-*.parquet"} for name in counts]
    return {
        "license": license_id,
        **({} if imported else {"language": ["multilingual" if language == "mul" else language]}),
        "pretty_name": str(domain.get("task", "")),
        "task_categories": ["text-generation"],
        "size_categories": [next((name for size, name in _SIZES if total < size), "n>1M")],
        "tags": ["synthetic", "instruction-tuning", "explore-instruct"],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _provenance(stats: Mapping[str, Any]) -> list[tuple[str, str]]:
    named = {
        "model": "model",
        "prompts' version": "prompt_version",
        "tasks": "tasks",
        "records in all": "records",
        "proposals rejected": "rejected",
        "strategy": "strategy",
        "calls": "calls",
        "tokens of prompts": "prompt_tokens",
        "tokens of answers": "completion_tokens",
    }
    of_calls = ("strategy",) if not stats.get("calls") else ()
    return [
        (name, plain(str(stats[key])))
        for name, key in named.items()
        if stats.get(key) and key not in of_calls
    ]


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Return a table of two columns; the first row is its head."""
    lines = [f"| {name} | {value} |" for name, value in rows]
    return "\n".join([lines[0], "| --- | --- |", *lines[1:]])


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
