"""The page in a real browser: it is loaded, searched and clicked through, and nothing runs."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from graph.server.reported import served_policy
from record import Record
from report.analysis import Measuring
from report.measures.questions import LEAST, LONGEST
from report.measuring import analyse, analyse_all
from report.page import page
from store.files.data_set import DataSet, Rejection, read_data_set
from store.files.tasks import tasks_of_paths
from tests.report.measures.measured import asked
from tests.report.samples import HOSTILE, Letters, hostile_folder
from words import clip

selenium = pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver import Chrome, ChromeOptions  # noqa: E402 - it may be absent
from selenium.webdriver.chrome.service import Service  # noqa: E402 - as above
from selenium.webdriver.common.by import By  # noqa: E402 - as above
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402 - as above

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MEASURING = Measuring(Fraction(7, 10), None)
ASKING = replace(MEASURING, embeddings=Letters(), questions=asked(HOSTILE))
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]

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


@pytest.fixture
def opened(browser: Chrome, tmp_path: Path) -> Iterator[Callable[..., Chrome]]:
    def go(
        *sets: DataSet, width: int = 1280, scheme: str = "light", how: Measuring = MEASURING
    ) -> Chrome:
        path = tmp_path / "report.html"
        path.write_text(page(analyse_all(sets, how)), encoding="utf-8")
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        browser.get(path.as_uri())
        WebDriverWait(browser, 10).until(drawn)
        return browser

    logged(browser)
    yield go
    assert logged(browser) == []


def many(size: int) -> DataSet:
    records = [
        Record(
            instruction=f"Write about topic {n}",
            task=f"Task {n % 7}",
            path=("Root", f"Task {n % 7}"),
        )
        for n in range(size)
    ]
    rejected = [Rejection(kind="record", rule="rouge_l", text=f"Repeat {n}") for n in range(9)]
    return DataSet("many", "many", records, rejected)


def drawn(browser: Chrome) -> bool:
    """Return whether Plotly was unpacked and every figure drawn."""
    script = "return [...document.querySelectorAll('.plot')].every((plot) => plot.innerHTML)"
    return bool(browser.execute_script(script))


def logged(browser: Chrome) -> list[str]:
    """Return what the console says, and forget it."""
    return [entry["message"] for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]


def count(browser: Chrome) -> str:
    return browser.find_element(By.ID, "count").text


def until(browser: Chrome, told: str) -> None:
    WebDriverWait(browser, 10).until(lambda found: count(found).startswith(told))


def rows(browser: Chrome) -> list[str]:
    script = "return [...document.querySelectorAll('#all .row')].map((row) => row.innerText)"
    found: list[str] = browser.execute_script(script)
    return found


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_figure_is_drawn_and_nothing_is_too_wide(
    opened: Callable[..., Chrome], tmp_path: Path, width: int, scheme: str
) -> None:
    sets = read_data_set(hostile_folder(tmp_path / "x")), many(50)
    browser = opened(*sets, width=width, scheme=scheme, how=ASKING)
    plots = browser.find_elements(By.CSS_SELECTOR, ".plot")
    assert len(plots) >= 5
    assert all(plot.find_elements(By.CSS_SELECTOR, "svg.main-svg") for plot in plots)
    browser.execute_script("document.querySelectorAll('details').forEach((d) => d.open = true)")
    lines = """
        return [...document.querySelectorAll(".questions td:last-child")].map((cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return range.getClientRects().length;
        });
    """
    assert browser.execute_script(lines) == [1] * 2 * LEAST
    wide = "return document.documentElement.scrollWidth <= window.innerWidth"
    assert browser.execute_script(wide)


def test_search_and_filters_choose_rows(opened: Callable[..., Chrome]) -> None:
    browser = opened(many(700))
    assert count(browser) == "709 of 709 rows"
    browser.find_element(By.ID, "search").send_keys("TOPIC 69")
    until(browser, "11 of")
    assert len(rows(browser)) == 11
    browser.find_element(By.ID, "search").clear()
    browser.find_element(By.ID, "search").send_keys(" ")
    Select(browser.find_element(By.ID, "task")).select_by_visible_text("Task 3")
    until(browser, "100 of")
    assert "Task 3" in rows(browser)[0]
    Select(browser.find_element(By.ID, "task")).select_by_index(0)
    Select(browser.find_element(By.ID, "rule")).select_by_visible_text("rejected: rouge_l")
    until(browser, "9 of")
    assert rows(browser)[0].startswith("Repeat 0")
    Select(browser.find_element(By.ID, "rule")).select_by_value("kept")
    until(browser, "700 of")


def test_only_rows_in_sight_are_drawn(opened: Callable[..., Chrome]) -> None:
    browser = opened(many(20_000))
    assert 5 < len(rows(browser)) < 50
    browser.execute_script("arguments[0].scrollTop = 1e9", browser.find_element(By.ID, "rows"))
    WebDriverWait(browser, 10).until(lambda b: any(r.startswith("Repeat 8") for r in rows(b)))
    assert len(rows(browser)) < 50


def test_rows_stay_in_their_order_and_keep_the_focus(opened: Callable[..., Chrome]) -> None:
    browser = opened(many(2_000))
    places = "return [...document.querySelectorAll('#all > *')].map((row) => +row.ariaPosInSet)"

    def scrolled(top: int, first: int) -> list[int]:
        browser.execute_script("arguments[0].scrollTop = arguments[1]", all_rows, top)
        WebDriverWait(browser, 10).until(lambda b: first in b.execute_script(places))
        found: list[int] = browser.execute_script(places)
        return found

    all_rows = browser.find_element(By.ID, "rows")
    focused = browser.find_elements(By.CSS_SELECTOR, "#all .row")[3]
    browser.execute_script("arguments[0].focus()", focused)
    down = scrolled(68 * 900, 901)
    assert down[0] == 4
    assert down == sorted(down)
    up = scrolled(68 * 890, 891)
    assert up == sorted(up)
    assert browser.switch_to.active_element == focused
    names = "return [...document.querySelectorAll('#all > *')].map((row) => row.role)"
    assert set(browser.execute_script(names)) == {"listitem"}


def test_many_siblings_in_the_tree_are_seen(opened: Callable[..., Chrome]) -> None:
    leaves = [(f"Root {n % 20}", f"Task {n}") for n in range(400)]
    records = [Record(instruction=f"Do {n}", path=path) for n, path in enumerate(leaves)]
    browser = opened(DataSet("d", "d", records, tasks=tasks_of_paths(leaves)))
    fields = """
        return [...document.querySelectorAll(".icicle path.surface")].map((field) =>
          [field.getBBox().height, parseFloat(getComputedStyle(field).strokeWidth)]);
    """
    found: list[list[float]] = browser.execute_script(fields)
    assert len(found) == 421
    assert all(height > 2 * border for height, border in found)


def test_a_row_opens_with_its_neighbour(opened: Callable[..., Chrome]) -> None:
    browser = opened(many(20))
    browser.find_elements(By.CSS_SELECTOR, "#all .row")[2].click()
    detail = browser.find_element(By.ID, "detail")
    assert "Write about topic 2" in detail.text
    assert "Nearest neighbour, 0.75\nWrite about topic 0" in detail.text
    assert "Root › Task 2" in detail.text
    browser.find_element(By.ID, "close").click()
    assert not detail.is_displayed()


def test_a_conversation_opens_turn_by_turn_and_is_searched(opened: Callable[..., Chrome]) -> None:
    said = ["Good morning", "Hello", "Tell a joke", "I know none"]
    roles = ("user", "assistant") * 2
    messages = [{"role": role, "content": text} for role, text in zip(roles, said, strict=True)]
    more = {"messages": messages, "reasoning": "They want to laugh"}
    talk = Record(instruction=said[0], output=said[-1], more=more)
    browser = opened(DataSet("talks", "talks", [*many(3).records, talk]))
    browser.find_element(By.ID, "search").send_keys("a joke")
    until(browser, "1 of 4")
    browser.find_element(By.CSS_SELECTOR, "#all .row").click()
    shown = browser.find_element(By.ID, "fields").text.split("\n")
    assert shown[:8] == [
        *("Instruction", "Good morning", "Assistant", "Hello", "User", "Tell a joke"),
        *("Output", "I know none"),
    ]
    assert shown[8:10] == ["Thought before the output", "They want to laugh"]


def test_hostile_texts_are_shown_and_do_nothing(
    opened: Callable[..., Chrome], tmp_path: Path
) -> None:
    browser = opened(read_data_set(hostile_folder(tmp_path / "x")), how=ASKING)
    assert browser.title == "x: data report"
    cells = "document.querySelectorAll('.questions td:first-child')"
    script = f"return [...{cells}].map((cell) => cell.textContent)"
    least = browser.execute_script(script)
    assert len(least) == LEAST
    assert {*least} <= {clip(text, LONGEST) for text in HOSTILE}
    for place, text in enumerate(HOSTILE):
        script = "document.querySelectorAll('#all .row')[arguments[0]].click()"
        browser.execute_script(script, place)
        shown = browser.execute_script(
            "return [...document.querySelectorAll('#fields dd')].map((e) => e.textContent)"
        )
        assert text in shown
        browser.find_element(By.ID, "close").click()
    foreign = (
        "return document.querySelectorAll("
        "'a, img, iframe, .plot b, #all b, #fields dd *, .questions td *').length"
    )
    assert browser.execute_script(foreign) == 0
    assert browser.execute_script("return document.querySelectorAll('script').length") == 3
    labels = browser.execute_script(
        "return [...document.querySelectorAll('.plot text')].map((e) => e.textContent).join(' ')"
    )
    assert "<img" in labels or "<script>" in labels
    assert browser.title == "x: data report"


def test_a_served_page_works_under_the_servers_policy(browser: Chrome, tmp_path: Path) -> None:
    written = page([analyse(read_data_set(hostile_folder(tmp_path / "x")), MEASURING)]).encode()

    class Served(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", served_policy())
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    logged(browser)
    with ThreadingHTTPServer(("127.0.0.1", 0), Served) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        browser.get(f"http://127.0.0.1:{server.server_port}/report")
        browser.find_element(By.ID, "search").send_keys("emoji\n")
        until(browser, "2 of")
        WebDriverWait(browser, 10).until(drawn)
        assert browser.find_elements(By.CSS_SELECTOR, ".plot svg")
        assert browser.execute_script("return window.origin") == "null"
        server.shutdown()
    assert [told for told in logged(browser) if "favicon" not in told] == []


def test_the_page_opens_with_the_answer_and_the_tree(
    opened: Callable[..., Chrome], tmp_path: Path
) -> None:
    browser = opened(read_data_set(hostile_folder(tmp_path / "x")))
    tops = """
        return [".tiles", "#trees .plot", "details", "#figures .plot", "#search"].map(
          (chosen) => document.querySelector(chosen).getBoundingClientRect().top);
    """
    assert (places := browser.execute_script(tops)) == sorted(places)
    assert places[1] < 450, "the tree is in sight at once"
    table = browser.find_element(By.CSS_SELECTOR, "table.measures")
    assert not table.is_displayed()
    browser.find_element(By.TAG_NAME, "summary").click()
    assert "ROUGE-L with the nearest other" in table.text


UNUSABLE = [
    ("delete window.DecompressionStream", "an old browser"),
    ("window.atob = () => '?'", "a damaged page"),
    ("window.TextDecoder = null; Response.prototype.text = async () => 'x'", "another Plotly"),
]


@pytest.mark.parametrize("fault", [fault for fault, _ in UNUSABLE], ids=[i for _, i in UNUSABLE])
def test_without_plotly_all_else_works(browser: Chrome, tmp_path: Path, fault: str) -> None:
    path = tmp_path / "report.html"
    path.write_text(page([analyse(many(50), MEASURING)]), encoding="utf-8")
    first = {"source": fault}
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", first)
    try:
        browser.get(path.as_uri())
        told = browser.find_element(By.ID, "undrawn")
        WebDriverWait(browser, 10).until(lambda _: told.is_displayed())
        assert not browser.find_elements(By.CSS_SELECTOR, ".plot")
        browser.find_element(By.ID, "search").send_keys("topic 49")
        until(browser, "1 of")
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
        logged(browser)


def test_the_policy_stops_what_gets_in_all_the_same(browser: Chrome, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    written = page([analyse(many(5), MEASURING)])
    path.write_text(written.replace("</main>", "<script>document.title='run'</script></main>"))
    browser.get(path.as_uri())
    assert browser.title == "many: data report"
    assert "Content Security Policy" in logged(browser)[0]
