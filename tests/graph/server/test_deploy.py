"""What a deployment is made of: its image, and the variables that docs/deploy.md explains."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pathspec
import pytest

from tests.serving import ROOT

SOURCES = ("cli", "graph", "nodes", "search", "asking", "models", "prompts", "store", "report")


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory: pytest.TempPathFactory) -> str:
    written = tmp_path_factory.mktemp("image") / "Dockerfile"
    command = [sys.executable, "-m", "langgraph_cli", "dockerfile", str(written)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return written.read_text("utf-8")


@pytest.mark.slow
def test_the_image_has_the_packages_of_postgresql(dockerfile: str) -> None:
    [line] = [line for line in dockerfile.splitlines() if "checkpoint-postgres" in line]
    assert not set(line) & set("<>|;&$*"), "a shell reads this line"
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split("[<>=~]", text)[0] for text in extra["optional-dependencies"]["postgres"]}
    assert wanted <= {re.split("[<>=~]", word)[0] for word in shlex.split(line)}


def test_the_image_has_the_sources_and_no_secrets() -> None:
    ignored = pathspec.PathSpec.from_lines(
        "gitignore", (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    )
    left_out = (".env", ".env.local", "sub/.env", "a.pem", ".explore/explore.db", "runs/a/run.db")
    assert all(map(ignored.match_file, (*left_out, ".git/config", ".venv/bin/python")))
    named = json.loads((ROOT / "langgraph.json").read_text("utf-8"))
    needed = [named["auth"]["path"], named["http"]["app"], named["checkpointer"]["path"]]
    needed += ["pyproject.toml", "README.md", "LICENSE", "langgraph.json", "words.py"]
    needed += [str(p.relative_to(ROOT)) for name in SOURCES for p in (ROOT / name).rglob("*.*")]
    kept = [name for name in needed if "__pycache__" not in Path(name).parts]
    assert not [name for name in kept if ignored.match_file(name.removeprefix("./"))]


def test_every_variable_is_explained() -> None:
    used = {
        name
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"EXPLORE_[A-Z_]+[A-Z]", path.read_text("utf-8"))
    }
    explained = re.findall(
        r"^\| `(EXPLORE_[A-Z_]+)`", (ROOT / "docs/deploy.md").read_text(), re.MULTILINE
    )
    assert used == set(explained)
