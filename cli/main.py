"""The terminal: arguments in, exit codes out.

Exit codes: 0 done, 1 the run failed, 2 bad usage or input, 130 interrupted. Every command imports
what it needs when it runs, so that `--help` is quick.
"""

import sys
import traceback
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import spell_out, with_settings
from errors import ExploreInstructError, InputError

app = typer.Typer(
    name="explore-instruct",
    help="Explore a domain as a tree of tasks, and write diverse instruction-tuning data for it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")]
RESUMED = ("records", "max_calls", "max_tokens", "max_usd", "max_minutes")
"""Settings that a run may change when it is resumed."""

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
@with_settings()
def run(
    domain: Annotated[
        str | None, typer.Argument(metavar="DOMAIN", help="A preset's name or a YAML file.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The run's folder; none: runs/DOMAIN-TIME.")
    ] = None,
    from_: Annotated[
        Path | None, typer.Option("--from", help="Go on from another run's tree and records.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it will take.")] = False,
    as_json: AsJson = False,
    settings: Mapping[str, Any],
) -> None:
    """Explore a domain and write its data."""
    from cli.run import RunRequest, start  # noqa: PLC0415 - see the module's text

    start(RunRequest(domain, out, from_, settings, dry_run=dry_run, as_json=as_json))


@app.command()
@with_settings(*RESUMED)
def resume(folder: RunFolder, *, as_json: AsJson = False, settings: Mapping[str, Any]) -> None:
    """Go on with a run that was interrupted, paused, or stopped by a cap that is now larger."""
    from cli.resume import go_on  # noqa: PLC0415

    go_on(folder, settings, as_json=as_json)


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
    from cli.import_tree import import_original  # noqa: PLC0415

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
    from cli.filter import FilterRequest, filter_files  # noqa: PLC0415

    filter_files(
        FilterRequest(
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


def main() -> None:
    """Run the command line and end the process with its exit code.

    `--debug` may stand anywhere; all errors the project raises are shown in a line or two.
    """
    words = spell_out([word for word in sys.argv[1:] if word != "--debug"])
    try:
        code = app(words, standalone_mode=False) or 0
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    except typer.TyperException as error:
        code = _failed(_words(error), 2)
    except ExploreInstructError as error:
        code = _failed(str(error), 2 if isinstance(error, InputError) else 1)
    except Exception as error:  # noqa: BLE001 - a person is spared the traceback of a defect too
        message = f"{type(error).__name__}: {error}".splitlines()[0]
        code = _failed(f"internal error: {message} (--debug shows where)", 1)
    sys.exit(code)


def _words(error: typer.TyperException) -> str:
    message = getattr(error, "format_message", error.__str__)()
    context = getattr(error, "ctx", None)
    command = f" {context.info_name}" if context and context.parent else ""
    return message and f"{message} (see explore-instruct{command} --help)"  # "": the help was shown


def _failed(message: str, code: int) -> int:
    if "--debug" in sys.argv:
        traceback.print_exc()
    if message:
        typer.echo(f"explore-instruct: {message}", err=True)
    return code
