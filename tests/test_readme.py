"""The READMEs, English and Chinese: their commands work, and are the same in both."""

import gc
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer

from cli.main import app, main
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.scripted import reply, serve
from tests.report.samples import record, write_lines
from tests.serving import ROOT, Server

READMES = ("README.md", "README.zh.md")
SMALL = "--depth 1 --breadth 3 --per-task 2 --out runs/demo"
"""What is added to the run whose endpoint is there; all other runs are dry."""

ENDPOINT = "http://127.0.0.1:8000/v1"
SERVER = "http://127.0.0.1:2024"

each_readme = pytest.mark.parametrize("name", READMES)


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(name: str, language: str = "") -> list[str]:
    """Return the text of the code blocks in this language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text_of(name), re.MULTILINE | re.DOTALL)
    return [block for written, block in found if written == language]


def commands(name: str, program: str) -> list[str]:
    """Return the lines that call a program, without their comments."""
    lines = "".join(blocks(name)).replace("\\\n", " ").splitlines()
    return [re.sub(r"\s+#.*", "", line) for line in lines if line.startswith(f"{program} ")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder that holds the data which the commands name."""
    monkeypatch.chdir(tmp_path)
    for variable in ("EXPLORE_MODEL", "EXPLORE_BASE_URL", "EXPLORE_DATABASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for file in ("data.jsonl", "more.jsonl", "other-data.jsonl"):
        write_lines(tmp_path / file, [record("Say hello"), record("Say goodbye at once")])
    write_lines(tmp_path / "test.jsonl", [{"question": "Say hello"}])
    chat = [{"role": "user", "content": "Say hello"}]
    write_lines(tmp_path / "logs.jsonl", [{"body": {"messages": chat}}])
    (tmp_path / "train.csv").write_text("question,answer\nSay hello,x\nName a tree,y\n")
    table = pa.table({"messages": [chat, chat], "topic": ["a", "b"]})
    pq.write_table(table, tmp_path / "chats.parquet")
    return tmp_path


def solved(system: str, request: str, seed: int) -> str:
    """Answer with records that the domain `math` takes."""
    answer = re.sub(r'"input": "[^"]*"', '"input": ""', reply(system, request, seed))
    return answer.replace("An output", r"\\boxed{3}, an output")


@each_readme
def test_every_command_works(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = commands(name, "explore-instruct")
    assert len(told) > 8
    with FakeOpenAI(serve(solved)) as endpoint:
        for command in told:
            words = shlex.split(command.replace(ENDPOINT, endpoint.url))
            if words[1] == "sweep":
                words.append("--dry-run")
            if words[1] == "run":
                words += shlex.split(SMALL) if endpoint.url in words else ["--dry-run"]
            monkeypatch.setattr(sys, "argv", words)
            with pytest.raises(SystemExit) as ended:
                main()
            assert not ended.value.code, command
    made = {path.name for path in folder.iterdir()}
    assert made >= {"kept.jsonl", "rejected.jsonl", "kept.parquet", "clean.csv", "report.html"}


@each_readme
def test_every_target_and_extra_exists(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = re.findall(r"`make ([^`]+)`", text_of(name))
    targets = {t for line in named for t in line.split()}
    targets |= {command.split()[1] for command in commands(name, "make")}
    assert targets >= {"demo", "test", "serve", "check"}
    assert not {t for t in targets if not re.search(rf"^{t}:", makefile, re.MULTILINE)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = set(re.findall(r"[\w-]+", ",".join(re.findall(r"'\.\[(.+?)\]'", text_of(name)))))
    assert extras >= {"local", "analysis"}
    assert extras <= set(project["optional-dependencies"])


def _options(command: Any) -> Iterator[str]:  # noqa: ANN401 - typer's own classes
    for parameter in command.params:
        yield from parameter.opts
    for inner in getattr(command, "commands", {}).values():
        yield from _options(inner)


@each_readme
def test_every_option_exists(name: str) -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text_of(name)))
    assert len(named) > 20
    assert named <= set(_options(typer.main.get_command(app)))


@each_readme
def test_every_link_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text_of(name))
    files = [link for link in links if "://" not in link]
    assert set(READMES) - {name} <= set(files)
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_both_say_the_same() -> None:
    english, chinese = READMES
    for program in ("explore-instruct", "make", "pip", "export"):
        assert commands(chinese, program) == commands(english, program)
    for sign in (r"^#+ ", r"^\| ", r"^!\["):
        found = [len(re.findall(sign, text_of(name), re.MULTILINE)) for name in READMES]
        assert found[0] == found[1], f"lines that begin with {sign}"
    code = [[re.sub(r"#.*", "", block) for block in blocks(name, "python")] for name in READMES]
    assert code[0] == code[1]
    names = [set(re.findall(r"`([A-Za-z_][\w.-]+)`", text_of(name))) for name in READMES]
    assert names[0] == names[1]
    figures = [set(re.findall(r"\d[\d,.]*\d", text_of(name))) for name in READMES]
    assert figures[0] == figures[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with FakeOpenAI(serve()) as endpoint:
        asked = {"EXPLORE_MODEL": "openai:fake", "EXPLORE_BASE_URL": endpoint.url}
        served = Server(tmp_path_factory.mktemp("server"), {**asked, "OPENAI_API_KEY": "sk-test"})
        served.start()
        yield served
        served.stop()


@pytest.mark.slow
@each_readme
def test_the_sdks_example_works(
    name: str, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = (block for block in blocks(name, "python") if "langgraph_sdk" in block)
    exec(example.replace(SERVER, server.url), {})  # noqa: S102 - the project's own example
    gc.collect()  # a connection that the example left open fails the test here
    told = capsys.readouterr().out
    assert "custom" in told
    assert "__interrupt__" in told
