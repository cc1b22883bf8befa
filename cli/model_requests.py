"""What a person asks the commands about models for, as cli/requests.py has those about data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.requests import AsJson


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What a person asked `train` for; `learning_rate` None is the method's own."""

    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA", help="A run's folder, JSON Lines, a JSON list, CSV, TSV or Parquet."
        ),
    ]
    base: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            help="A folder, a model of the Hugging Face Hub, or embedded:smollm2-135m.",
        ),
    ]
    out: Annotated[Path, typer.Option(help="The folder for the model, its curve and its card.")]
    method: Annotated[
        str, typer.Option(metavar="lora|full", help="An adapter, merged in, or all weights.")
    ] = "lora"
    epochs: Annotated[int, typer.Option(min=1, help="How often each record is seen.")] = 3
    max_steps: Annotated[
        int | None, typer.Option(min=1, help="So many steps, in place of --epochs.")
    ] = None
    learning_rate: Annotated[
        float | None, typer.Option(help="The highest; none: 2e-5 for full, 2e-4 for lora.")
    ] = None
    batch_size: Annotated[
        int, typer.Option(min=1, help="Examples a step, however many fit into memory at once.")
    ] = 8
    max_length: Annotated[
        int, typer.Option(min=8, help="Tokens of an example at most; the rest is cut off.")
    ] = 2048
    reasoning: Annotated[
        str,
        typer.Option(
            metavar="none|inline|field", help="What the model thought; inline: in <think>."
        ),
    ] = "none"
    seed: Annotated[int, typer.Option(help="The same seed, the same training.")] = 0
    against: Annotated[
        Path | None, typer.Option(help="Questions of an evaluation, which the data must not hold.")
    ] = None
    against_field: Annotated[
        str | None, typer.Option(help="Their field; none: by the rows' shape.")
    ] = None
    allow_overlap: Annotated[
        bool, typer.Option("--allow-overlap", help="Train on records that repeat a question, too.")
    ] = False
    drop_overlap: Annotated[
        bool, typer.Option("--drop-overlap", help="Leave out records that repeat a question.")
    ] = False
    as_json: AsJson = False


@dataclass(frozen=True, slots=True)
class EvaluateRequest:
    """What a person asked `evaluate` for, beside the settings that were named."""

    model: Annotated[
        str | None, typer.Option(help="A: PROVIDER:NAME, a model's folder, or a file of answers.")
    ] = None
    base_url: Annotated[str | None, typer.Option(help="Where A is asked.")] = None
    against: Annotated[str | None, typer.Option(help="B, the same.")] = None
    against_base_url: Annotated[
        str | None, typer.Option(help="Where B is asked; --base-url is A's.")
    ] = None
    questions: Annotated[
        Path | None,
        typer.Option(help="What both are asked; none: what two files of answers answer."),
    ] = None
    math: Annotated[
        Path | None, typer.Option(help="Problems with known answers: the accuracy on them.")
    ] = None
    held_out: Annotated[
        Path | None, typer.Option(help="Records that no folder was trained on: its loss on them.")
    ] = None
    out: Annotated[Path | None, typer.Option(help="The folder of all that comes of it.")] = None
    answer_tokens: Annotated[
        int, typer.Option(min=1, max=100_000, help="Tokens of an answer at most.")
    ] = 1_024
    ratings: Annotated[
        list[Path] | None, typer.Option(help="Ratings that `rate` wrote: what people say.")
    ] = None
    verdicts: Annotated[
        Path | None, typer.Option(help="With --ratings: the --out of the judge's verdicts.")
    ] = None
    as_json: AsJson = False


@dataclass(frozen=True, slots=True)
class RateRequest:
    """What a person asked `rate` for."""

    a: Annotated[Path, typer.Argument(metavar="A", help="A's answers: records of any form.")]
    b: Annotated[Path, typer.Argument(metavar="B", help="B's answers to the same questions.")]
    out: Annotated[Path, typer.Option(help="Where the ratings go; a file that is begun goes on.")]
    rater: Annotated[
        str | None, typer.Option(metavar="NAME", help="The only rater; none: the page asks.")
    ] = None
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 lets a phone in.")
    ] = "127.0.0.1"
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65_535, help="Its port; none: 8765, or another free one."),
    ] = None
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False
