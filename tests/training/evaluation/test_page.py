"""The page of a comparison: hostile texts are text, nothing loads, and in a browser it is used."""

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.training.evaluation.samples import compared
from training.evaluation.contestant import Answer
from training.evaluation.mathematics import Graded, Solved, math_results
from training.evaluation.page import page
from training.evaluation.questions import ExamQuestion
from training.evaluation.tally import pairwise_results

HOSTILE = "</script><script>window.hit = 1</script><img src=x onerror=window.hit=1> {{ 7 * 7 }}"
PAIRS = [
    compared(0, "a", "a", kind="rewriting", a="The sea.", b=HOSTILE),
    compared(1, "b", "b", kind=HOSTILE, a="", b="A long answer. " * 2_000),
    compared(2, "a", "b", kind="rewriting"),
    compared(3, None, "tie", kind="rewriting"),
]
SOLVED = [
    Solved(
        ExamQuestion(0, "1 + 1?", "", "Algebra", "2"),
        {"a": Graded(Answer("2"), "right"), "b": Graded(Answer("3"), "wrong")},
    )
]


def shown(pairs: bool = True, solved: bool = True) -> str:  # noqa: FBT001, FBT002 - the parts
    results: dict[str, Any] = {"a": HOSTILE, "b": "B's name", "judge": HOSTILE}
    if pairs:
        results["pairwise"] = pairwise_results(PAIRS, 5, 0)
    if solved:
        results["math"] = math_results(SOLVED, 1, 0)
    results["held_out"] = {"records": 3, "a": 1.5, "b": 1.75, "difference": -0.25,
                           "interval": (-0.5, -0.1)}  # fmt: skip
    return page(results, PAIRS if pairs else [], SOLVED if solved else [])


@pytest.mark.parametrize(("pairs", "solved"), [(True, True), (True, False), (False, True)])
def test_what_is_compared_is_text_and_nothing_loads(pairs: bool, solved: bool) -> None:  # noqa: FBT001
    text = shown(pairs, solved)
    assert "<script>window" not in text
    assert "<img" not in text
    assert not re.findall(r"<[^>]*(?:src|href)=", text)
    assert "default-src 'none'" in unescape(text)
    data = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert data
    rows = json.loads(data[1])["rows"]
    assert [row["part"] for row in rows] == ["pair"] * 4 * pairs + ["math"] * solved


def test_the_figures_stand_at_the_top() -> None:
    text = shown()
    for figure in ("50.0%", "1 : 2 : 1", "-0.250", "Mathematics, A", "1 question could not be",
                   "1 question is not compared", "of 2 decided questions",
                   "over 3 records; lower"):  # fmt: skip
        assert figure in unescape(text)


@pytest.mark.parametrize(("winners", "is_told"), [(("a", "b"), True), (("a", "a"), False)])
def test_a_judge_that_goes_by_the_order_is_told(
    winners: tuple[Literal["a"], Literal["a", "b"]],
    is_told: bool,  # noqa: FBT001 - a case
) -> None:
    pairs = [compared(number, *winners) for number in range(4)]
    results = {"a": "A", "b": "B", "judge": "J", "pairwise": pairwise_results(pairs, 4, 0)}
    assert (
        "the winner stays the same in 0% of the questions" in page(results, pairs, [])
    ) == is_told


BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@pytest.fixture
def browser() -> Iterator[Any]:
    selenium = pytest.importorskip("selenium.webdriver", reason="needs selenium")
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415 - it may be absent

    options = selenium.ChromeOptions()
    options.binary_location = BROWSER or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = selenium.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.mark.slow
@pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs chromium and chromium-driver")
def test_it_is_searched_and_filtered_in_a_browser(browser: Any, tmp_path: Path) -> None:  # noqa: ANN401
    path = tmp_path / "report.html"
    path.write_text(shown(), encoding="utf-8")
    browser.get(path.as_uri())

    def cards(script: str = "") -> int:
        browser.execute_script(script)
        return int(browser.execute_script("return document.querySelectorAll('.card').length"))

    choose = "{0}.value = '{1}'; {0}.dispatchEvent(new Event('change'));"
    assert cards() == 5
    assert cards(choose.format("part", "math")) == 1
    assert cards(choose.format("part", "")) == 5
    assert cards(choose.format("outcome", "win")) == 1
    assert cards(choose.format("outcome", "swayed")) == 1
    assert cards(choose.format("outcome", "undecided")) == 1
    assert cards(choose.format("outcome", "right wrong")) == 1
    assert cards(choose.format("outcome", "")) == 5
    assert cards(choose.format("type", "rewriting")) == 3
    assert cards(choose.format("type", "")) == 5
    assert cards("search.value = 'the SEA'; search.dispatchEvent(new Event('input'));"
                 "type.dispatchEvent(new Event('change'));") == 1  # fmt: skip
    assert HOSTILE in browser.execute_script("return document.querySelector('.card').innerText")
    assert browser.execute_script("return window.hit") is None
    for width in (360, 1280):
        screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        size = "return [document.documentElement.scrollWidth, innerWidth]"
        wide, seen = browser.execute_script(size)
        assert wide <= seen
    assert browser.get_log("browser") == []
