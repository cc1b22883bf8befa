"""Two models and a judge behind one endpoint: what they say, and what a comparison leaves."""

import json
from pathlib import Path
from random import Random
from typing import Any

from simulator.comparing import comparing_answer
from simulator.judging import Skill
from simulator.truth import spoilt
from tests.cli.filtering import write_lines
from tests.doubles.fake_openai import FakeOpenAI, FakeReply

ROOT = Path(__file__).parents[3]
MAIN = "from cli.main import main; main()"
FILES = ("answers-a.jsonl", "answers-b.jsonl", "verdicts.jsonl", "results.json", "report.html")
SKILL = Skill(wrong=0.4, position_bias=0.3)
SIZES = {"part": 1, "whole": 3}
NOWHERE = "http://127.0.0.1:9/v1"


def answer(request: dict[str, Any], skill: Skill = SKILL) -> FakeReply:
    said = [message["content"] for message in request["messages"]]
    key = json.dumps([said, request["seed"], request["model"]])
    return FakeReply(content=comparing_answer(request["messages"], key, skill) or "")


def pair_words(url: str, questions: Path) -> list[str]:
    at = ["--base-url", url, "--against-base-url", url, "--judge-base-url", url]
    named = ["--model", "openai:a", "--against", "openai:b", "--judge-model", "openai:judge"]
    return [*named, *at, "--questions", str(questions)]


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def questions_asked(models: FakeOpenAI, since: int = 0) -> int:
    """Return how many questions were asked, the probes left out."""
    requests = models.requests[since:]
    return sum("Say yes." not in str(request["messages"]) for request in requests)


def written(path: Path, wrong: float, size: int, seed: int) -> Path:
    """Write answers to so many questions, of which a share holds a mistake."""
    draw = Random(seed)
    rows = [
        {
            "instruction": f"What is {n}?",
            "output": spoilt(f"It is {n}.") if draw.random() < wrong else f"It is {n}.",
        }
        for n in range(size)
    ]
    return write_lines(path, rows)
