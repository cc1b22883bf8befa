"""The page in a real browser: rated by keyboard, the process killed in the middle, two raters."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from math import isclose
from pathlib import Path

import pytest

from tests.training.rating.samples import HOSTILE, pairs, rows_of, written
from tests.training.rating.test_outcome import alpha_by_hand
from training.pairs import Pair
from training.rating.outcome import alpha, read_rated

selenium = pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver import ActionChains, Chrome, ChromeOptions  # noqa: E402 - it may be absent
from selenium.webdriver.chrome.service import Service  # noqa: E402 - as above
from selenium.webdriver.common.by import By  # noqa: E402 - as above
from selenium.webdriver.common.keys import Keys  # noqa: E402 - as above
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402 - as above

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
COMMAND = [sys.executable, "-c", "from cli.main import main; main()", "rate"]
ASKED = [*pairs(12), *(Pair(text, text, text, f"{text}!") for text in HOSTILE)]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (BROWSER and DRIVER), reason="needs a browser: Debian's chromium and chromium-driver"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = BROWSER or ""
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


class Command:
    """The command `rate`, as a process that can be killed and started again."""

    def __init__(self, folder: Path, asked: list[Pair] = ASKED) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        self.out = folder / "ratings.jsonl"
        self._words = [*written(folder, asked), "--out", self.out, "--port", port, "--no-open"]
        self._environment = {**os.environ, "XDG_STATE_HOME": str(folder)}
        self._process: subprocess.Popen[str] | None = None

    def start(self, *more: str) -> tuple[str, str]:
        """Return the page's address, and what was told before it."""
        self._process = subprocess.Popen(
            [*COMMAND, *map(str, self._words), *more],
            stderr=subprocess.PIPE, text=True, env=self._environment,
        )  # fmt: skip
        told: list[str] = []
        for line in self._process.stderr or ():
            if line.startswith("The page: "):
                return line.removeprefix("The page: ").strip(), "".join(told)
            told.append(line)
        raise AssertionError("".join(told))

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()
        assert self._process.stderr
        self._process.stderr.close()


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    made = Command(tmp_path)
    yield made
    made.kill()


def settled(browser: Chrome, count: str = "") -> None:
    """Wait until the page takes a key again, at this question."""
    script = "return ['main', '#count'].map((part) => document.querySelector(part))"

    def is_settled(page: Chrome) -> bool:
        main, shown = page.execute_script(script)
        return main.get_attribute("aria-busy") == "false" and count in {"", shown.text}

    WebDriverWait(browser, 20).until(is_settled)


def press(browser: Chrome, *keys: str) -> None:
    for key in keys:
        ActionChains(browser).send_keys(key).perform()
        settled(browser)


def begin(browser: Chrome, name: str) -> None:
    settled(browser)
    browser.find_element(By.ID, "rater").send_keys(name, Keys.ENTER)
    settled(browser, f"1 of {len(ASKED)}")


def text_of(browser: Chrome, name: str) -> str:
    return str(browser.find_element(By.ID, name).text)


def logged(browser: Chrome) -> list[str]:
    """Return what the console says, and forget it."""
    return [entry["message"] for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]


def test_twenty_pairs_by_keyboard_with_a_kill_in_the_middle(
    browser: Chrome, command: Command
) -> None:
    address, _ = command.start()
    browser.get(address)
    begin(browser, "Ann")
    press(browser, *"12312312")
    assert len(rows_of(command.out)) == 8

    command.kill()
    ActionChains(browser).send_keys("3").perform()
    WebDriverWait(browser, 10).until(lambda page: "Not saved yet" in text_of(page, "trouble"))
    with command.out.open("a") as file:
        file.write('{"comparison": "')  # what a crash in the middle of a line would leave
    again, told = command.start()
    assert again == address
    assert "ended in a half-written line, which is cut off" in told
    assert "holds 8 ratings: they go on" in told
    settled(browser, "10 of 20")
    assert len(rows_of(command.out)) == 9, "what was not saved is sent again"
    assert not browser.find_element(By.ID, "trouble").is_displayed()

    command.kill()
    command.start()
    browser.refresh()
    settled(browser, "10 of 20")
    press(browser, *"12312312312")
    assert "Thank you, Ann." in text_of(browser, "done")
    assert len(rows_of(command.out)) == 20

    press(browser, Keys.BACKSPACE)
    assert text_of(browser, "count") == "20 of 20"
    before = browser.find_element(By.CSS_SELECTOR, "[aria-pressed=true]").get_attribute
    assert before("data-choice") == "tie"
    press(browser, "1")
    assert "Thank you" in text_of(browser, "done")
    assert [row["question"] for row in rows_of(command.out)].count(
        rows_of(command.out)[-1]["question"]
    ) == 2

    browser.find_element(By.ID, "other").click()
    begin(browser, "Bo")
    press(browser, *"11223311223311223311")
    rated = read_rated([command.out])
    assert {name: len(said) for name, said in rated.by_rater.items()} == {"Ann": 20, "Bo": 20}
    value, _ = alpha(rated)
    assert value is not None
    assert isclose(value, alpha_by_hand(rated), abs_tol=1e-12)
    assert {*map(len, (rated.majority, ASKED))} == {20}


def test_hostile_texts_are_shown_as_texts(browser: Chrome, command: Command) -> None:
    address, _ = command.start("--rater", "Ann")
    logged(browser)
    browser.get(address)
    settled(browser, "1 of 20")
    script = "return [...document.querySelectorAll('.text')].map((box) => box.textContent)"
    seen = {}
    for _ in ASKED:
        question, given, *answers = browser.execute_script(script)
        assert given in {question, ""}
        seen[question] = {*answers}
        inside = "return document.querySelectorAll('.text *, img, svg, iframe').length"
        assert browser.execute_script(inside) == 0
        press(browser, "2")
    for text in HOSTILE:
        shown = text.replace("\r\n", "\n")
        shown = shown.replace("\0", "\ufffd").replace("\x1b", "\ufffd").replace("\x07", "\ufffd")
        assert seen[shown] == {shown, f"{shown}!"}
    assert browser.title == "Which answer is better?"
    assert logged(browser) == []


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_is_too_wide_and_buttons_fit_a_finger(
    browser: Chrome, command: Command, width: int
) -> None:
    screen = {"width": width, "height": 780, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    address, _ = command.start("--rater", "Ann")
    browser.get(address)
    settled(browser, "1 of 20")
    wide = "return document.documentElement.scrollWidth <= window.innerWidth"
    sizes = """
        return [...document.querySelectorAll("footer button")].map((button) => {
          const box = button.getBoundingClientRect();
          return [box.height, box.width, window.innerHeight - box.bottom];
        });
    """
    for _ in ASKED:
        assert browser.execute_script(wide)
        for height, breadth, below in browser.execute_script(sizes):
            assert height >= 44
            assert breadth >= 44
            assert below >= 0
        press(browser, "2")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_an_address_without_its_token_is_told(browser: Chrome, command: Command) -> None:
    address, _ = command.start()
    browser.get("about:blank")
    browser.get(address.partition("#")[0])
    WebDriverWait(browser, 10).until(lambda page: "not the whole one" in text_of(page, "trouble"))
    assert not browser.find_element(By.ID, "pair").is_displayed()
    logged(browser)


def test_a_key_that_is_held_rates_one_question(browser: Chrome, command: Command) -> None:
    address, _ = command.start("--rater", "Ann")
    browser.get(address)
    settled(browser, "1 of 20")
    held = """
        for (const repeat of [false, true, true, true])
          dispatchEvent(new KeyboardEvent("keydown", {key: "1", repeat}));
        dispatchEvent(new KeyboardEvent("keydown", {key: "3"}));
    """
    browser.execute_script(held)
    settled(browser, "2 of 20")
    assert len(rows_of(command.out)) == 1
    press(browser, Keys.ARROW_RIGHT)
    assert text_of(browser, "count") == "2 of 20", "what is not rated is not passed over"
    press(browser, Keys.ARROW_LEFT, Keys.ARROW_RIGHT)
    assert text_of(browser, "count") == "2 of 20"
