"""What a person asks a command for: every field is an argument or an option of the command.

Nothing here is slow to import, so that `--help` is quick.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.teams import RayOption, WorkersOption

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")]
RunFolder = Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder.")]
Threshold = Annotated[
    float, typer.Option(help="ROUGE-L F1 at or above which a text repeats another.")
]


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a person asked `run` for, beside the settings that were named."""

    domain: Annotated[
        str | None, typer.Argument(metavar="DOMAIN", help="A preset's name or a YAML file.")
    ] = None
    out: Annotated[Path | None, typer.Option(help="The run's folder; none: runs/DOMAIN-TIME.")] = (
        None
    )
    source: Annotated[
        Path | None, typer.Option("--from", help="Go on from another run's tree and records.")
    ] = None
    agreement: Annotated[
        int | None,
        typer.Option(metavar="K", help="Keep what most of K answers agree on; K is odd, 3 to 15."),
    ] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it will take.")] = False
    as_json: AsJson = False


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What a person asked `export` for: a format or a recipe.

    `size` None is all, `share` None no validation.
    """

    folder: RunFolder
    out: Annotated[
        Path, typer.Option(help="The file to write; huggingface and recipes: the folder.")
    ]
    form: Annotated[
        str | None,
        typer.Option(
            "--format", help="alpaca, messages, sharegpt, preference, parquet or huggingface."
        ),
    ] = None
    recipe: Annotated[
        str | None,
        typer.Option(help="Data and configuration for a trainer: trl, axolotl or llama-factory."),
    ] = None
    base: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="The recipe's base model; none: one of 7B to change."),
    ] = None
    size: Annotated[
        int | None,
        typer.Option("--sample", min=1, help="Only so many records, balanced over the tasks."),
    ] = None
    share: Annotated[
        float | None,
        typer.Option("--split", help="Hold out this share, whole branches, as FILE-validation."),
    ] = None
    against: Annotated[
        list[Path] | None, typer.Option(help="Leave out what repeats these texts, as a test set.")
    ] = None
    against_field: Annotated[
        str | None, typer.Option(help="Their field, as for filter's --field.")
    ] = None
    min_score: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Only records that a judge gave this score, or more."),
    ] = None
    license: Annotated[str | None, typer.Option(help="For the data card, as cc-by-4.0.")] = None
    reasoning: Annotated[
        str,
        typer.Option(
            metavar="none|inline|field", help="What the model thought; inline: in <think>."
        ),
    ] = "none"


@dataclass(frozen=True, slots=True)
class FilterRequest:
    """What a person asked `filter` for."""

    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="IN...", help="JSON Lines, JSON lists, CSV, TSV or Parquet; globs."),
    ]
    out: Annotated[Path, typer.Option(help="Where the kept rows go, as they are.")]
    rejected: Annotated[
        Path | None, typer.Option(help="Where the rejected go: line, rule, score, nearest line.")
    ] = None
    field: Annotated[
        str | None,
        typer.Option(
            help="The field that is compared, as messages.1.content; none: by the rows' shape."
        ),
    ] = None
    threshold: Threshold = 0.7
    scope: Annotated[
        str, typer.Option(help="all, or a FIELD: rows are compared where it is the same.")
    ] = "all"
    against: Annotated[
        list[Path] | None, typer.Option(help="Texts that must not be repeated, as a test set.")
    ] = None
    against_field: Annotated[str | None, typer.Option(help="Their field; none: as --field.")] = None
    semantic_threshold: Annotated[
        float | None, typer.Option(help="Also reject at this cosine of embeddings, as 0.9.")
    ] = None
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Reject broken rows instead of stopping.")
    ] = False
    workers: WorkersOption = None
    ray: RayOption = None
    as_json: AsJson = False


@dataclass(frozen=True, slots=True)
class AnalyzeRequest:
    """What a person asked `analyze` for."""

    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATA...",
            help="Runs' folders, JSON Lines, JSON lists, CSV, TSV or Parquet, side by side.",
        ),
    ]
    html: Annotated[Path | None, typer.Option(help="Write the report, one offline page.")] = None
    json: Annotated[Path | None, typer.Option(help="Write all measures.")] = None
    field: Annotated[
        str | None, typer.Option(help="What stands for the instruction; none: by the rows' shape.")
    ] = None
    questions: Annotated[
        Path | None, typer.Option(help="People's questions: the share that the data covers.")
    ] = None
    questions_cosine: Annotated[
        float | None,
        typer.Option(
            help="Cosine of embeddings at which a record covers a question; none: 0.5, as measured."
        ),
    ] = None
    questions_field: Annotated[
        str | None, typer.Option(help="Their field; none: by the rows' shape.")
    ] = None
    threshold: Threshold = 0.7
    spacy_model: Annotated[
        str | None, typer.Option(help="The spaCy model for verbs and nouns; none: an English one.")
    ] = None
    floor: Annotated[
        float | None,
        typer.Option(
            help="Highest ROUGE-L is told from here on; none: all, above --sample-above from 0.5."
        ),
    ] = None
    sample_above: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="With more records mean overlaps are sampled, with an error."
        ),
    ] = 50_000
    workers: WorkersOption = None
    ray: RayOption = None


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """What a person asked `judge` for, beside the settings that were named."""

    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATA...", help="Runs' folders, JSON Lines, JSON lists, CSV, TSV or Parquet."
        ),
    ]
    out: Annotated[Path, typer.Option(help="Where the rows go, each with its score.")]
    rubric: Annotated[
        str | None,
        typer.Option(
            help="A preset, or a YAML file with `rubric`; none: the run's domain, or the usual one."
        ),
    ] = None
    gold: Annotated[
        str | None,
        typer.Option(help="A FIELD of labels to compare with, or FIELD=VALUE of a good record."),
    ] = None
    field: Annotated[
        str | None, typer.Option(help="What stands for the instruction; none: by the rows' shape.")
    ] = None
    as_json: AsJson = False


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """What a person asked `sweep` for."""

    file: Annotated[
        Path,
        typer.Argument(
            metavar="SWEEP.yaml", help="Domains, strategies, seeds, models, settings and caps."
        ),
    ]
    out: Annotated[
        Path | None, typer.Option(help="The folder of all runs; none: runs/ and the file's name.")
    ] = None
    workers: WorkersOption = None
    ray: RayOption = None
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say which runs there are and what they take.")
    ] = False
    as_json: AsJson = False
