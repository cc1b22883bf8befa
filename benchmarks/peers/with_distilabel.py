"""distilabel: text generation over a list of prompts, in a pipeline of two steps."""

import os
from pathlib import Path

from benchmarks.peers.measured import PARALLEL, TIMEOUT_S, Prompt, measure

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}

from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import ChatGeneration


def run(url: str, prompts: list[Prompt], folder: Path) -> list[str | None]:
    rows = [{"number": number, "messages": prompt} for number, prompt in enumerate(prompts)]
    model = OpenAILLM(
        model="simulated",
        base_url=url,
        api_key="none",
        timeout=TIMEOUT_S,
        generation_kwargs={"temperature": 0.8, "max_new_tokens": 2000},
    )
    with Pipeline(name="peer", cache_dir=folder / "work") as pipeline:
        load = LoadDataFromDicts(data=rows, batch_size=PARALLEL)
        write = ChatGeneration(llm=model, input_batch_size=PARALLEL)
        load >> write
    made = pipeline.run(use_cache=False)["default"]["train"]
    answered = {row["number"]: row["generation"] for row in made}
    return [answered.get(number) for number in range(len(prompts))]


if __name__ == "__main__":
    measure(run, "distilabel")
