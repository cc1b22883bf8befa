"""Bespoke Curator: an LLM block over a list of prompts, structured output by pydantic."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.peers.measured import PARALLEL, TIMEOUT_S, Prompt, measure

_litellm = find_spec("litellm")
_bundled = Path(_litellm.origin).parent if _litellm and _litellm.origin else Path()
os.environ |= {
    "TIKTOKEN_CACHE_DIR": str(_bundled / "litellm_core_utils" / "tokenizers"),  # no network needed
    "TELEMETRY_ENABLED": "false",
    "CURATOR_DISABLE_CACHE": "true",
    "CURATOR_DISABLE_RICH_DISPLAY": "1",
    "OPENAI_API_KEY": "none",
}

from bespokelabs import curator
from pydantic import BaseModel


class Record(BaseModel):
    """A record."""

    instruction: str
    input: str
    output: str


class Records(BaseModel):
    """What is answered."""

    records: list[Record]


class Writer(curator.LLM):  # type: ignore[misc] # not installed here
    """Asks each prompt as it stands."""

    def prompt(self, row: dict[str, Any]) -> Prompt:
        """Return the messages."""
        messages: Prompt = row["messages"]
        return messages

    def parse(self, row: dict[str, Any], response: Records) -> dict[str, Any]:
        """Return the answer's text under the row's number."""
        return {"number": row["number"], "text": response.model_dump_json()}


def run(url: str, prompts: list[Prompt], folder: Path) -> list[str | None]:
    os.environ["OPENAI_BASE_URL"] = url  # named to it, it would probe the endpoint first
    writer = Writer(
        model_name="gpt-4o-mini",  # known to it as one that takes a schema
        backend="openai",
        response_format=Records,
        backend_params={
            "api_key": "none",
            "max_concurrent_requests": PARALLEL,
            "max_requests_per_minute": 1_000_000,
            "max_tokens_per_minute": 1_000_000_000,
            "request_timeout": TIMEOUT_S,
            "require_all_responses": False,
        },
    )
    rows = [{"number": number, "messages": prompt} for number, prompt in enumerate(prompts)]
    made = writer(rows, str(folder / "work")).dataset
    answered = {row["number"]: row["text"] for row in made}
    return [answered.get(number) for number in range(len(prompts))]


if __name__ == "__main__":
    measure(run, "bespokelabs-curator")
