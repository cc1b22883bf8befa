"""The page as a file: what it holds, and that nothing of others' text can run."""

import base64
import hashlib
import json
import re
import zlib
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from record import Record, record_of
from report import parsers
from report.analysis import Analysis, Measuring
from report.comparison import Comparison
from report.ending import write_report
from report.figures import figures
from report.figures.plot import label
from report.figures.trees import WHOLE
from report.measuring import analyse
from report.offline import as_script
from report.page import content_policy, page
from store.files.data_set import DataSet, Rejection, read_data_set
from store.files.tasks import TaskCounts, tasks_of_paths
from tests.report.samples import HOSTILE, hostile_folder, record, write_lines
from tests.running import SMALL, run_scripted

SEVEN_TENTHS = Fraction(7, 10)
MEASURING = Measuring(SEVEN_TENTHS, None)


class Elements(HTMLParser):
    """The elements of a page, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.attributes: list[str] = []
        self.scripts: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names[tag] += 1
        self.attributes += [name for name, _ in attrs]
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def told(text: str) -> dict[str, object]:
    """Return the data that a page holds."""
    found: dict[str, object] = json.loads(Elements(text).scripts[0])
    return found


def test_small_sets_are_shown_whole_beside_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.table.ROWS", 20)
    sizes = (4, 90, 30)
    sets = [
        DataSet(f"s{size}", "d", [Record(instruction=f"{size} {n}") for n in range(size)])
        for size in sizes
    ]
    found = told(page([analyse(data, MEASURING) for data in sets]))
    shown = found["rows"]
    assert isinstance(shown, list)
    assert Counter(row[0] for row in shown) == {0: 4, 1: 8, 2: 8}
    assert found["left_out"] == sum(sizes) - 20
    assert [row[3] for row in shown[:5]] == ["4 0", "4 1", "4 2", "4 3", "90 0"]


def test_hostile_texts_add_no_element_and_come_back_whole(tmp_path: Path) -> None:
    data = read_data_set(hostile_folder(tmp_path / "<script>x<"))
    harmless = DataSet("plain", "plain", [Record(instruction="Say hello")])
    found, plain = page([analyse(data, MEASURING)]), page([analyse(harmless, MEASURING)])
    elements, fewer = Elements(found), Elements(plain)
    assert elements.names["script"] == 3
    assert set(elements.names) == set(fewer.names)
    assert elements.names["img"] == elements.names["a"] == 0
    assert set(elements.attributes) == set(fewer.attributes)
    rows = told(found)["rows"]
    assert isinstance(rows, list)
    assert [row[3] for row in rows] == HOSTILE * 2


def test_only_the_pages_own_scripts_may_run(tmp_path: Path) -> None:
    found = page([analyse(read_data_set(hostile_folder(tmp_path / "x")), MEASURING)])
    allowed = re.findall(r"'sha256-([^']+)'", content_policy())
    _, packed, script = Elements(found).scripts
    scripts = [zlib.decompress(base64.b64decode(packed)).decode(), script]
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    assert [base64.b64encode(digest).decode() for digest in digests] == allowed
    policy = re.search(r'content="(default-src[^"]*)"', found)
    assert policy
    assert unescape(policy[1]) == content_policy()
    assert "'unsafe-inline'" not in content_policy().split("style-src")[0]
    assert "\r" not in script
    assert not re.search(r'(src|href)="', found[: found.index("<script")])


def test_a_page_is_small_beside_its_data() -> None:
    found = page([analyse(DataSet("d", "d", [Record(instruction="Say hello")]), MEASURING)])
    assert len(found.encode()) - len(Elements(found).scripts[0].encode()) < 2_200_000


@given(st.text())
def test_data_cannot_end_its_script(text: str) -> None:
    written = as_script([text])
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == [text]


@given(st.text())
def test_labels_hold_no_markup(text: str) -> None:
    found = label(text)
    assert not set("<>$\n") & set(found)
    assert len(text) > 60 or found.count("&") == sum(text.count(sign) for sign in "&<>$")


def test_long_texts_and_many_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.table.ROWS", 10)
    monkeypatch.setattr("report.offline.LONGEST", 100)
    records = [Record(instruction=f"{n} " + "x" * 1000) for n in range(25)]
    rejected = [Rejection(kind="record", rule="copy", text="y")] * 5
    shown = told(page([analyse(DataSet("d", "d", records, rejected), MEASURING)]))
    rows = shown["rows"]
    assert isinstance(rows, list)
    assert (len(rows), shown["left_out"]) == (10, 20)
    assert rows[0][3].endswith("… (902 more characters)")
    assert {row[2] for row in rows} == {"", "copy"}


def test_a_run_writes_its_report_without_spacy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsers, "find_spec", lambda _: None)
    run_scripted(tmp_path)
    write_report(tmp_path, SEVEN_TENTHS)
    found = (tmp_path / "report.html").read_text("utf-8")
    stats = json.loads((tmp_path / "stats.json").read_text())
    rows = told(found)["rows"]
    assert isinstance(rows, list)
    assert sum(row[2] == "" for row in rows) == stats["records"]
    assert Counter(row[2] for row in rows if row[2]) == stats["rejected_by_rule"]
    assert "need spaCy" in found
    assert write_report(tmp_path, SEVEN_TENTHS).read_text("utf-8") == found
    assert json.loads((tmp_path / "stats.json").read_text())["statistics"]["rouge_l_mean"] > 0


def test_a_run_without_records_has_a_page(tmp_path: Path) -> None:
    write_lines(tmp_path / "dataset.jsonl", [])
    (tmp_path / "stats.json").write_text("{}")
    write_report(tmp_path, SEVEN_TENTHS)
    assert told((tmp_path / "report.html").read_text("utf-8"))["figures"] == []


def test_a_tree_without_records_is_sized_by_tasks(tmp_path: Path) -> None:
    run_scripted(tmp_path, SMALL.model_copy(update={"tasks_only": True}))
    shown = told(page([analyse(read_data_set(tmp_path), MEASURING)]))
    drawn = shown["figures"]
    assert isinstance(drawn, list)
    trace = drawn[0]["traces"][0]
    assert (trace["type"], trace["values"][0]) == ("icicle", len(trace["ids"]))


def test_sets_stand_side_by_side(tmp_path: Path) -> None:
    sets = [
        read_data_set(write_lines(tmp_path / f"{n}.jsonl", [record("Say hello")] * (n + 1)))
        for n in range(2)
    ]
    shown = told(page([analyse(data, MEASURING) for data in sets]))
    rows, drawn = shown["rows"], shown["figures"]
    assert isinstance(rows, list)
    assert isinstance(drawn, list)
    assert [row[0] for row in rows] == [0, 1, 1]
    assert [trace["set"] for trace in drawn[0]["traces"]] == [0, 1]


def analysed(
    rows: list[dict[str, object]], pairs: list[tuple[str, str]] | None = None, chats: int = 0
) -> Analysis:
    data = DataSet("d", "d", [record_of(row) for row in rows], chats=chats)
    data = replace(data, tasks=tasks_of_paths(record.path for record in data.records))
    return replace(analyse(data, MEASURING), pairs=pairs)


def test_a_verbs_field_counts_all_its_objects() -> None:
    objects = [f"noun{n}" for n in range(7)] + ["noun0"] * 2
    found = analysed([record(f"do {n}") for n in range(9)], [("do", noun) for noun in objects])
    (burst,) = (figure for figure in figures([found]) if figure["kind"] == "sunburst")
    (trace,) = burst["traces"]
    assert trace["values"] == [9, 3, 1, 1, 1]
    assert trace["labels"][:2] == ["do", "noun0"]


def test_trees_side_by_side_stand_below_the_data_set() -> None:
    paths = [["A", "T"], ["B", "T"], ["A", "T"], ["A"], ["B", "U"]]
    found = analysed([record(f"text {n}", path=path) for n, path in enumerate(paths)])
    assert found.measures["branches"]["records"] == {"A": 3, "B": 2}
    (tree,) = (figure for figure in figures([found]) if figure["kind"] == "tree")
    (trace,) = tree["traces"]
    assert (trace["ids"][0], trace["parents"][0], trace["values"][0]) == (WHOLE, "", 5)
    assert trace["parents"].count("") == 1
    assert trace["parents"].count(WHOLE) == 2
    assert len(trace["marker"]["colors"]) == len(trace["customdata"]) == len(trace["ids"])


def test_odd_ids_of_tasks_join_nothing() -> None:
    tasks = [
        TaskCounts("whole", "One", "", 1, 0),
        TaskCounts("b", "Two", "", 1, 0),
        TaskCounts("c", "Sub", "b", 1, 0),
    ]
    data = DataSet("d", "d", [Record(instruction=t) for t in "abc"], tasks=tasks)
    found = analyse(data, MEASURING)
    (tree,) = (figure for figure in figures([found]) if figure["kind"] == "tree")
    (trace,) = tree["traces"]
    assert trace["labels"] == ["d", "One", "Two", "Sub"]
    places = dict(zip(trace["ids"], trace["labels"], strict=True))
    assert [places.get(above) for above in trace["parents"]] == [None, "d", "d", "Two"]


def test_a_task_without_records_is_still_seen() -> None:
    tasks = [
        TaskCounts("t0", "Root", "", kept=0, rejected=0),
        TaskCounts("t1", "Fruitful", "t0", kept=3, rejected=1),
        TaskCounts("t2", "Fruitless", "t0", kept=0, rejected=4),
    ]
    records = [record_of(record(text, "Fruitful")) for text in "abc"]
    found = analyse(DataSet("d", "d", records, tasks=tasks), MEASURING)
    (tree,) = (figure for figure in figures([found]) if figure["kind"] == "tree")
    (trace,) = tree["traces"]
    assert trace["values"] == [3.5, 3, 0.5]
    assert trace["customdata"] == [[0, 0, 5 / 8, 3], [3, 1, 1 / 4, 3], [0, 4, 1, 0]]


def test_what_the_filter_would_drop_is_marked() -> None:
    found = analysed([record("the very same words"), record("The very same words!")])
    rows = told(page([found]))["rows"]
    assert isinstance(rows, list)
    assert [row[9] for row in rows] == [0, 1]


def test_all_that_a_record_says_is_shown() -> None:
    said = ["Hello", "Good day", "A joke?", "No <b>", "Why?", "I am shy"]
    roles = ("user", "assistant") * 3
    messages = [{"role": role, "content": text} for role, text in zip(roles, said, strict=True)]
    more = {"messages": messages, "system": "Be brief", "reasoning": "Hm", "score": 0.25}
    talk = Record(instruction=said[0], output=said[-1], more=more)
    pair = Record(instruction="Sum up", output="Good", more={"rejected_output": "Bad", "system": 1})
    rows = told(page([analyse(DataSet("d", "d", [talk, pair]), MEASURING)]))["rows"]
    assert isinstance(rows, list)
    assert rows[0][10] == [
        ["Assistant", "Good day"],
        ["User", "A joke?"],
        ["Assistant", "No <b>"],
        ["User", "Why?"],
        ["System prompt", "Be brief"],
        ["Thought before the output", "Hm"],
        ["Judge's score", "0.25"],
    ]
    assert rows[1][10] == [["A worse output", "Bad"]]


def test_what_is_cut_off_is_told() -> None:
    found = analysed([{"instruction": "word " * 10_001}, {"instruction": "word " * 10_000}])
    assert "Of 1 instructions only the first 10,000 words count" in found.measures["notes"][-1]


def test_chats_are_told() -> None:
    found = analysed([{"instruction": "alone"}], chats=1)
    assert "chats" in found.measures["notes"][-1]


def test_a_comparison_comes_first_and_its_texts_are_texts() -> None:
    data = DataSet("plain", "plain", [Record(instruction="Say hello")])
    rows = [(HOSTILE[4], "1"), ("theirs", "2")]
    compared = Comparison(HOSTILE[1], ["", "mean"], [("records", rows)], [HOSTILE[2]])
    found = page([analyse(data, MEASURING)], [compared], HOSTILE[3])
    assert Elements(found).names["script"] == 3
    assert Elements(found).names["img"] == 0
    texts = unescape(found)
    places = [texts.index(f">{text}<") for text in (HOSTILE[1], "records", HOSTILE[4], "theirs")]
    assert places == sorted(places)
    assert places[-1] < texts.index('aria-label="In short"')
    assert f"<title>{HOSTILE[3]}" in texts
