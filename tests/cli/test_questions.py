"""`analyze --questions`, as a person runs it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.embeddings import COVERS
from tests.cli.conftest import Call
from tests.report.samples import HOSTILE, record, write_lines
from tests.report.test_page import Elements

TREES = ["Name three trees that grow in cold places", "Write a poem about trees"]


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(Path("a.jsonl"), map(record, TREES))


def told() -> dict[str, Any]:
    (found,) = json.loads(Path("a.json").read_text())["sets"]
    questions: dict[str, Any] = found["questions"]
    return questions


Rows = list[dict[str, str]]


def csv(rows: Rows) -> Path:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    Path("q.csv").write_text("\n".join(lines))
    return Path("q.csv")


def as_list(rows: Rows) -> Path:
    Path("q.json").write_text(json.dumps(rows))
    return Path("q.json")


def parquet(rows: Rows) -> Path:
    Path("data").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), "data/q.parquet")
    return Path()


def lines(rows: Rows) -> Path:
    return write_lines(Path("q.jsonl"), rows)


def run_folder(rows: Rows) -> Path:
    Path("run").mkdir()
    write_lines(Path("run/dataset.jsonl"), rows)
    return Path("run")


@pytest.mark.parametrize("form", [lines, as_list, csv, parquet, run_folder])
def test_questions_may_be_any_data(call: Call, form: Callable[[Rows], Path]) -> None:
    rows = [{"instruction": text} for text in [TREES[0], "Solve the equation"]]
    assert call("analyze", "a.jsonl", "--questions", form(rows), "--json", "a.json") == 0
    found = told()
    assert [found[name] for name in ("covered", "count", "cosine")] == [1, 2, COVERS]


def test_a_question_is_the_instruction_with_its_input(call: Call) -> None:
    write_lines(Path("q.jsonl"), [{"instruction": "Rewrite it.", "input": TREES[1]}])
    write_lines(Path("a.jsonl"), [record("Rewrite it.", input=TREES[1])])
    words = ["--questions", "q.jsonl", "--questions-cosine", "1", "--json", "a.json"]
    assert call("analyze", "a.jsonl", *words) == 0
    assert told()["share"] == 1


def test_a_field_of_ones_own(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    write_lines(Path("q.jsonl"), [{"frage": TREES[0]}])
    assert call("analyze", "a.jsonl", "--questions", "q.jsonl") == 2
    assert "(--questions-field names another field)" in capsys.readouterr().err
    words = ["--questions", "q.jsonl", "--questions-field", "frage", "--json", "a.json"]
    assert call("analyze", "a.jsonl", *words) == 0
    assert told()["covered"] == 1


def test_the_page_the_table_and_the_json_say_the_same(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(Path("q.jsonl"), [{"question": text} for text in [*TREES, *HOSTILE]])
    words = ["--questions", "q.jsonl", "--html", "a.html", "--json", "a.json"]
    assert call("analyze", "a.jsonl", *words) == 0
    found = told()
    share = f"{found['share']:.1%}"
    shown = f"{share} ({found['covered']} of {found['count']} at cosine {COVERS})"
    table = capsys.readouterr().out
    assert re.search(rf"^Questions covered +{re.escape(shown)}$", table, re.MULTILINE)
    page = Path("a.html").read_text("utf-8")
    assert f"<td>{shown}</td>" in page
    assert f"<b>{share}</b>" in page
    assert "Questions covered against cosine" in page
    assert "Questions covered least" in page
    elements = Elements(page)
    assert elements.names["img"] == elements.names["a"] == 0
    assert len(elements.scripts) == 3
    assert "&lt;!--&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--questions", "none.jsonl"], "none.jsonl: No such file or directory: name a file"),
        (["--questions", "empty.jsonl"], "empty.jsonl holds no records: name a file with some"),
        (["--questions", "blank.jsonl"], "blank.jsonl holds no question: name a file with some"),
        (["--questions", "norun"], "norun holds no question"),
        (["--questions", "nothing"], "nothing"),
        (["--questions", "page.html"], "page.html is HTML or XML"),
        (["--questions", "broken.jsonl"], "broken.jsonl, line 2"),
        (["--questions", "number.jsonl"], "number.jsonl, line 1"),
        (["--questions", "q.jsonl", "--questions-field", "none"], "'none'"),
        (["--questions", "q.jsonl", "--html", "q.jsonl"], "q.jsonl is read"),
        (["--questions", "norun", "--json", "norun/dataset.jsonl"], "is read"),
        (["--questions-cosine", "0.6"], "--questions-cosine 0.6 needs questions: name them with"),
        (["--questions-field", "x"], "--questions-field x needs questions: name them with"),
        *(
            (
                ["--questions", "q.jsonl", "--questions-cosine", value],
                f"cosine {float(value)}: give",
            )
            for value in ("0", "-0.5", "1.01", "nan", "inf")
        ),
        (["--questions-cosine", "2"], "--questions-cosine 2.0: give a number above 0"),
    ],
)
def test_what_cannot_be_used_is_named_before_anything_is_read(
    call: Call, capsys: pytest.CaptureFixture[str], words: list[str], named: str
) -> None:
    write_lines(Path("q.jsonl"), [{"question": "Name a tree"}])
    write_lines(Path("blank.jsonl"), [{"question": " "}, {"question": "\n"}])
    write_lines(Path("number.jsonl"), [{"question": 5}])
    Path("empty.jsonl").write_text("")
    Path("broken.jsonl").write_text('{"question": "Name a tree"}\n{"question"\n')
    Path("page.html").write_text("<!doctype html><p>Not found")
    Path("nothing").mkdir()
    Path("norun").mkdir()
    write_lines(Path("norun/dataset.jsonl"), [])
    before = sorted(Path().rglob("*"))
    assert call("analyze", "not-read.jsonl", *words) == 2
    told = capsys.readouterr().err
    assert named in told
    assert "not-read" not in told
    assert len(told.splitlines()) == 1
    assert sorted(Path().rglob("*")) == before
