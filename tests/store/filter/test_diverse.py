"""The filter in one call: the same verdicts as pair by pair, with what each text repeats."""

import re
from fractions import Fraction
from typing import Any

import pytest

from errors import InputError
from store.filter.diverse import Diverse, keep_diverse
from store.filter.index import DiversityIndex
from tests.serving import ROOT

TEXTS = [
    "Write a letter to a friend about the sea.",
    "Write a letter to a friend about the lake.",
    "Sort a list of numbers.",
    "sort a list of numbers!",
    "把这封信改写得更正式一些。",
    "把这封信改写得更正式一点。",
]


def test_what_repeats_is_named_with_its_rule_and_score() -> None:
    result = keep_diverse(TEXTS)
    assert result.kept == [TEXTS[0], TEXTS[2], TEXTS[4]]
    assert [(r.item, r.rule, r.nearest) for r in result.rejected] == [
        (TEXTS[1], "rouge_l", TEXTS[0]),
        (TEXTS[3], "duplicate", TEXTS[2]),
        (TEXTS[5], "rouge_l", TEXTS[4]),
    ]
    assert [round(r.score, 3) for r in result.rejected] == [0.889, 1.0, 0.917]


def test_the_verdicts_are_the_indexs_own() -> None:
    index = DiversityIndex(Fraction("0.9"))
    kept = [text for n, text in enumerate(TEXTS) if index.admit(text, str(n)).kept]
    assert keep_diverse(TEXTS, threshold=0.9).kept == kept


@pytest.mark.parametrize("text", ["instruction", lambda row: row["instruction"]])
def test_rows_stay_what_they_are(text: Any) -> None:  # noqa: ANN401 - a field's name, or a function
    rows = [{"instruction": t, "n": n} for n, t in enumerate(TEXTS)]
    result = keep_diverse(iter(rows), text=text)
    assert result.kept == [rows[0], rows[2], rows[4]]
    assert [r.nearest for r in result.rejected] == [rows[0], rows[2], rows[4]]
    assert result.rejected[0].item is rows[1]


def test_what_repeats_a_foreign_text_names_it() -> None:
    result = keep_diverse(TEXTS[:3], against=["Sort a list of numbers, please."])
    gone = result.rejected[1]
    assert (gone.item, gone.rule) == (TEXTS[2], "against")
    assert (gone.score, gone.nearest) == (
        float(Fraction(10, 11)),
        "Sort a list of numbers, please.",
    )


def test_nothing_gives_nothing() -> None:
    assert keep_diverse([]) == Diverse([], [])


@pytest.mark.parametrize(
    ("items", "options", "told"),
    [
        ([{"prompt": "x"}], {}, r"items\[0\] is no text but .*: say where the text is"),
        (["x", None], {}, r"items\[1\] is no text but empty"),
        ([{"prompt": "x"}], {"text": "instruction"}, r"items\[0\] has no text 'instruction'"),
        (["x"], {"text": "instruction"}, r"items\[0\] has no text"),
        (["x"], {"threshold": 1.5}, "threshold"),
        (["x"], {"threshold": 0}, "threshold"),
    ],
)
def test_what_cannot_be_compared_is_named(
    items: list[object], options: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        keep_diverse(items, **options)


@pytest.mark.parametrize("page", ["README.md", "docs/library.md"])
def test_the_lines_that_people_are_shown_run(page: str) -> None:
    shown = (ROOT / page).read_text("utf-8")
    [code] = [c for c in re.findall(r"```python\n(.*?)```", shown, re.DOTALL) if "diverse" in c]
    found: dict[str, Any] = {"rows": [{"instruction": text} for text in TEXTS]}
    exec(code, found)  # noqa: S102 - the page's own lines
    assert len(found["result"].kept) == 3
