"""The words that latent tasks and records are made of, read from words.yaml."""

from pathlib import Path
from typing import Any

import yaml

_READ: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf-8"))


def _words(name: str) -> list[str]:
    return [word.strip() for word in _READ[name].split(",")]


VERBS = _words("verbs")
SYNONYMS = _words("synonyms")
"""Of the verbs, in their order."""
MODIFIERS = _words("modifiers")
NOUNS = _words("nouns")
READERS = _words("readers")
PEOPLE = _words("people")
PLACES = _words("places")
SUBJECTS = _words("subjects")
DETAILS = _words("details")
FOREIGN = _words("foreign")
CLAUSES: list[list[str]] = [_READ[c] for c in ("openings", "middles", "endings", "asides")]
"""Of instructions."""
SENTENCES: list[str] = _READ["sentences"]
"""Of inputs and outputs."""
