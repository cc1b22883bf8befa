"""The terminal: arguments in, exit codes out.

Exit codes: 0 done, 1 the run failed, 2 bad usage or input, 130 interrupted. Every command imports
what it needs when it runs, so that `--help` is quick.
"""

import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from errors import ExploreInstructError, InputError

app = typer.Typer(
    name="explore-instruct",
    help="Explore a domain as a tree of tasks, and write diverse instruction-tuning data for it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")]
Records = Annotated[
    str | None, typer.Option(metavar="N", help="Records in all, spread over the tasks.")
]
MaxCalls = Annotated[str | None, typer.Option(metavar="N", help="Calls to the model at most.")]
MaxTokens = Annotated[
    str | None, typer.Option(metavar="N", help="Tokens at most, prompts included.")
]
MaxUsd = Annotated[str | None, typer.Option(metavar="F", help="Dollars at most, at list prices.")]
MaxMinutes = Annotated[str | None, typer.Option(metavar="N", help="No call starts after so long.")]
RunFolder = Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder.")]


def _version(value: bool) -> None:  # noqa: FBT001 - typer's own signature
    if value:
        typer.echo(version("explore-instruct"))
        raise typer.Exit


@app.callback()
def _options(
    *,
    _: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_version, is_eager=True),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show an error's traceback.")] = False,
) -> None:
    """Explore a domain as a tree of tasks, and write diverse instruction-tuning data for it."""


@app.command()
def run(  # noqa: PLR0917 - the options of the command line, all named
    domain: Annotated[
        str | None, typer.Argument(metavar="DOMAIN", help="A preset's name or a YAML file.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The run's folder; none: runs/DOMAIN-TIME.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="PROVIDER:NAME, embedded, or embedded:FILE.gguf.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="An OpenAI-compatible endpoint: vLLM, Ollama, OpenRouter …")
    ] = None,
    strategy: Annotated[
        str | None, typer.Option(help="explore, or self-instruct (the paper's baseline).")
    ] = None,
    from_: Annotated[
        Path | None, typer.Option("--from", help="Go on from another run's tree and records.")
    ] = None,
    depth: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Levels of subtasks below the root; none: 2, or as --breadth has numbers.",
        ),
    ] = None,
    breadth: Annotated[
        str | None,
        typer.Option(
            metavar="N,N", help="Subtasks of a task, a number for each depth; none: 6,4,3,2."
        ),
    ] = None,
    frontier: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="Open tasks expanded in one step (4); 1: strict depth-first."
        ),
    ] = None,
    per_task: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="Records wanted for every task (10, or as --records needs)."
        ),
    ] = None,
    records: Records = None,
    threshold: Annotated[
        str | None,
        typer.Option(metavar="F", help="ROUGE-L at or above which a text repeats another (0.7)."),
    ] = None,
    semantic_threshold: Annotated[
        str | None,
        typer.Option(metavar="F", help="Also reject at this cosine of embeddings, as 0.9."),
    ] = None,
    scope: Annotated[
        str | None, typer.Option(help="Compare instructions within the run or task (run).")
    ] = None,
    parallel: Annotated[
        str | None, typer.Option(metavar="N", help="Calls in flight at once (8).")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(metavar="N", help="Where all sampling seeds come from (0).")
    ] = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_usd: MaxUsd = None,
    max_minutes: MaxMinutes = None,
    *,
    tasks_only: Annotated[bool, typer.Option("--tasks-only", help="Explore only.")] = False,
    review: Annotated[bool, typer.Option("--review", help="Edit the tree before records.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it will take.")] = False,
    as_json: AsJson = False,
) -> None:
    """Explore a domain and write its data."""
    from cli.run import Request, start  # noqa: PLC0415 - see the module's text

    numbers = _numbers(breadth)
    options = {
        "model": model,
        "base_url": base_url,
        "strategy": strategy,
        "depth": depth if depth or not numbers else len(numbers),
        "breadth": numbers,
        "frontier": frontier,
        "per_task": per_task,
        "records": records,
        "threshold": threshold,
        "semantic_threshold": semantic_threshold,
        "scope": scope,
        "parallel": parallel,
        "seed": seed,
        "max_calls": max_calls,
        "max_tokens": max_tokens,
        "max_usd": max_usd,
        "max_minutes": max_minutes,
        "tasks_only": tasks_only,
        "review": review,
    }
    given = {name: value for name, value in options.items() if value is not None}
    start(Request(domain, out, from_, given, dry_run=dry_run, as_json=as_json))


@app.command()
def resume(  # noqa: PLR0917 - the options of the command line, all named
    folder: RunFolder,
    records: Records = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_usd: MaxUsd = None,
    max_minutes: MaxMinutes = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Go on with a run that was interrupted, paused, or stopped by a cap that is now larger."""
    from cli.run import go_on  # noqa: PLC0415

    options = {
        "records": records,
        "max_calls": max_calls,
        "max_tokens": max_tokens,
        "max_usd": max_usd,
        "max_minutes": max_minutes,
    }
    given = {name: value for name, value in options.items() if value is not None}
    go_on(folder, given, as_json=as_json)


@app.command()
def tree(
    folder: RunFolder,
    form: Annotated[str, typer.Option("--format", help="text, json or mermaid.")] = "text",
) -> None:
    """Print the task tree of a run."""
    from cli.trees import DRAWINGS  # noqa: PLC0415
    from store.files.folder import read_tree  # noqa: PLC0415

    draw = DRAWINGS.get(form)
    if draw is None:
        raise InputError(f"format {form!r} is unknown: name one of {', '.join(DRAWINGS)}")
    typer.echo(draw(read_tree(folder)))


@app.command("import")
def import_(
    tree_folder: Annotated[
        Path, typer.Argument(metavar="TREE_DIR", help="tree_meta_info.json and a file per task.")
    ],
    out: Annotated[Path, typer.Option(help="The run's folder to make.")],
    prune_threshold: Annotated[
        float | None,
        typer.Option(help="Leave out tasks whose names repeat another's so far (paper: 0.7)."),
    ] = None,
) -> None:
    """Import a task tree of the original implementation as a run's folder."""
    from cli.run import import_original  # noqa: PLC0415

    import_original(tree_folder, out, prune_threshold)


@app.command()
def export(  # noqa: PLR0917 - the options of the command line, all named
    folder: RunFolder,
    form: Annotated[
        str, typer.Option("--format", help="alpaca, messages, sharegpt, parquet or huggingface.")
    ],
    out: Annotated[Path, typer.Option(help="The file to write; huggingface: the folder.")],
    sample: Annotated[
        int | None, typer.Option(min=1, help="Only so many records, balanced over the tasks.")
    ] = None,
    split: Annotated[
        float | None, typer.Option(help="Hold out this share, whole branches, as FILE-validation.")
    ] = None,
    against: Annotated[
        list[Path] | None, typer.Option(help="Leave out what repeats these texts, as a test set.")
    ] = None,
    against_field: Annotated[str, typer.Option(help="Their field.")] = "instruction",
    license_: Annotated[
        str | None, typer.Option("--license", help="For the data card, as cc-by-4.0.")
    ] = None,
) -> None:
    """Write a run's records in a format that training tools read."""
    from cli.data import ExportRequest, export_records  # noqa: PLC0415

    wanted = (folder, form, out, sample, split, against or [], against_field, license_)
    export_records(ExportRequest(*wanted))


@app.command("filter")
def filter_(  # noqa: PLR0917 - the options of the command line, all named
    inputs: Annotated[
        list[Path], typer.Argument(metavar="IN...", help="JSON Lines, JSON lists or Parquet.")
    ],
    out: Annotated[Path, typer.Option(help="Where the kept rows go, as they are.")],
    rejected: Annotated[
        Path | None, typer.Option(help="Where the rejected go: line, rule, score, nearest line.")
    ] = None,
    field: Annotated[str, typer.Option(help="The field that is compared.")] = "instruction",
    threshold: Annotated[
        float, typer.Option(help="ROUGE-L F1 at or above which a text repeats another.")
    ] = 0.7,
    scope: Annotated[
        str, typer.Option(help="all, or a FIELD: rows are compared where it is the same.")
    ] = "all",
    against: Annotated[
        list[Path] | None, typer.Option(help="Texts that must not be repeated, as a test set.")
    ] = None,
    against_field: Annotated[
        str | None, typer.Option(help="Their field; none: as --field.")
    ] = None,
    semantic_threshold: Annotated[
        float | None, typer.Option(help="Also reject at this cosine of embeddings, as 0.9.")
    ] = None,
    *,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Reject broken rows instead of stopping.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Keep the rows of any data that do not repeat an earlier one; exact, in any language."""
    from cli.filter import Wanted, filter_files  # noqa: PLC0415

    filter_files(
        Wanted(
            inputs=inputs,
            out=out,
            rejected=rejected,
            field=field,
            threshold=threshold,
            scope=scope,
            against=against or [],
            against_field=against_field,
            semantic_threshold=semantic_threshold,
            skip_bad=skip_bad,
            as_json=as_json,
        )
    )


@app.command()
def analyze(  # noqa: PLR0917 - the options of the command line, all named
    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATA...",
            help="Runs' folders, JSON Lines, JSON lists or Parquet, shown side by side.",
        ),
    ],
    html: Annotated[Path | None, typer.Option(help="Write the report, one offline page.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write all measures.")] = None,
    field: Annotated[
        str | None, typer.Option(help="What stands for the instruction, if it has another name.")
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="ROUGE-L F1 at or above which a text repeats another.")
    ] = 0.7,
    spacy_model: Annotated[
        str | None, typer.Option(help="The spaCy model for verbs and nouns; none: an English one.")
    ] = None,
) -> None:
    """Measure how diverse data is: verb-noun pairs, ROUGE-L, coverage of the tasks."""
    from cli.analyze import AnalyzeRequest, analyze_data  # noqa: PLC0415

    analyze_data(AnalyzeRequest(data, html, json, field, threshold, spacy_model))


@app.command()
def domains() -> None:
    """List the presets."""
    from prompts.domain import presets  # noqa: PLC0415

    for name, about in presets().items():
        typer.echo(f"{name:<16} {about}")


def _numbers(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"--breadth {text!r} is no list of numbers: give one for each depth, as in 6,4"
        ) from None


def main() -> None:
    """Run the command line and end the process with its exit code.

    `--debug` may stand anywhere; all errors the project raises are told in a line or two.
    """
    words = [word for word in sys.argv[1:] if word != "--debug"]
    try:
        code = app(words, standalone_mode=False) or 0
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    except typer.TyperException as error:
        code = _failed(_words(error), 2)
    except ExploreInstructError as error:
        code = _failed(str(error), 2 if isinstance(error, InputError) else 1)
    except Exception as error:  # noqa: BLE001 - a person is spared the traceback of a defect too
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        code = _failed(f"internal error: {told} (--debug shows where)", 1)
    sys.exit(code)


def _words(error: typer.TyperException) -> str:
    told = getattr(error, "format_message", error.__str__)()
    context = getattr(error, "ctx", None)
    command = f" {context.info_name}" if context and context.parent else ""
    return told and f"{told} (see explore-instruct{command} --help)"  # no words: the help was told


def _failed(message: str, code: int) -> int:
    if "--debug" in sys.argv:
        traceback.print_exc()
    if message:
        typer.echo(f"explore-instruct: {message}", err=True)
    return code
