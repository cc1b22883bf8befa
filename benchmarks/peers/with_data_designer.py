"""NVIDIA DataDesigner: a structured column over a seed data set of prompts.

It takes a system prompt and one request, so the demonstrations between them are left out.
"""

import json
import os
from pathlib import Path

from benchmarks.peers.measured import PARALLEL, TIMEOUT_S, Prompt, measure

os.environ["NEMO_TELEMETRY_ENABLED"] = "false"

import data_designer.config as dd
import pandas as pd
from data_designer.interface import DataDesigner
from pydantic import BaseModel


class Record(BaseModel):
    """A record."""

    instruction: str
    input: str
    output: str


class Records(BaseModel):
    """What is answered."""

    records: list[Record]


def run(url: str, prompts: list[Prompt], folder: Path) -> list[str | None]:
    rows = [
        {"number": number, "user": messages[-1]["content"]}
        for number, messages in enumerate(prompts)
    ]
    provider = dd.ModelProvider(name="simulator", endpoint=url, api_key="none")
    model = dd.ModelConfig(
        alias="writer",
        model="simulated",
        provider="simulator",
        skip_health_check=True,
        inference_parameters=dd.ChatCompletionInferenceParams(
            temperature=0.8, max_parallel_requests=PARALLEL, timeout=TIMEOUT_S
        ),
    )
    builder = dd.DataDesignerConfigBuilder(model_configs=[model])
    builder.with_seed_dataset(dd.DataFrameSeedSource(df=pd.DataFrame(rows)))
    builder.add_column(
        dd.LLMStructuredColumnConfig(
            name="answer",
            system_prompt=prompts[0][0]["content"],
            prompt="{{ user }}",
            model_alias="writer",
            output_format=Records,
        )
    )
    designer = DataDesigner(artifact_path=folder / "work", model_providers=[provider])
    made = designer.create(builder, num_records=len(prompts)).load_dataset()
    answered = {
        row["number"]: json.dumps(row["answer"], default=list) for row in made.to_dict("records")
    }
    return [answered.get(number) for number in range(len(prompts))]


if __name__ == "__main__":
    measure(run, "data-designer")
