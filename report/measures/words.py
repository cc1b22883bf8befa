"""How long the texts are."""

from dataclasses import asdict
from functools import partial
from typing import Any

from record import PARTS
from report.analysis import Analysis
from report.counting import lengths
from report.measure import Measure, Measures, Row


def _lengths(found: Analysis) -> dict[str, Any]:
    texts = {part: [getattr(r, part) for r in found.data.records] for part in PARTS}
    return {part: asdict(lengths(texts[part])) for part in PARTS}


def _words(part: str, measures: Measures) -> str:
    found = measures["words"][part]
    if not found["longest"]:
        return ""
    median = f"{found['median']:,.1f}".removesuffix(".0")
    return f"{found['mean']:,.1f} / {median} / {found['longest']:,}"


WORDS = Measure(
    "words",
    _lengths,
    rows=[
        Row(f"Words in an {part}", partial(_words, part), "Mean / median / longest.")
        for part in PARTS
    ],
)
