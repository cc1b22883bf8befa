"""A judge on the server: what a caller may name, and what comes of it."""

import json

import pytest
from langgraph_sdk.client import LangGraphClient

from tests.graph.server.driving import DOMAIN, SMALL, explore, page
from tests.serving import Server

pytestmark = pytest.mark.slow

JUDGED = SMALL | {"judge_model": "openai:fake", "revise": True}
RUBRIC = {"knotty": "It is about a knot.", "safe": "Nobody comes to harm."}


async def test_each_record_was_judged_by_the_callers_rubric(
    server: Server, alice: LangGraphClient
) -> None:
    thread, result = await explore(alice, DOMAIN | {"rubric": RUBRIC}, JUDGED)
    assert result["spent"]["roles"]["judge"]["calls"] > 0
    rows = [json.loads(line) for line in (await page(server, thread, "dataset.jsonl")).splitlines()]
    assert len(rows) == result["counts"]["records"] > 0
    assert {row["score"] for row in rows} == {0.8}
    told = (await page(server, thread, "rejected.jsonl")).splitlines()
    whys = [row["why"] for row in map(json.loads, told) if row["rule"] == "judge"]
    assert {why.partition(":")[0] for why in whys} <= {*RUBRIC}
    report = await page(server, thread, "report")
    assert b"Judged records" in report


@pytest.mark.parametrize(
    ("context", "rubric", "told"),
    [
        (SMALL | {"judge_model": "openai:other"}, RUBRIC, "judge_model: 'openai:other'"),
        (SMALL | {"judge_base_url": "http://evil.example/v1"}, RUBRIC, "judge_base_url: "),
        (JUDGED, {}, "rubric: there is no criterion"),
        (JUDGED, {"done": 3}, "rubric: done: 3 is no sentence"),
    ],
)
async def test_what_cannot_be_judged_so_is_refused_in_a_line(
    alice: LangGraphClient, context: dict[str, object], rubric: object, told: str
) -> None:
    _, result = await explore(alice, DOMAIN | {"rubric": rubric}, context)
    assert told in result["__error__"]["message"]
