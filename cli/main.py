"""The terminal: arguments in, exit codes out.

Exit codes: 0 done, 1 the run failed, 2 bad usage or input, 130 interrupted. Every command imports
what it needs when it runs, so that `--help` is quick.
"""

import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.model_requests import EvaluateRequest, RateRequest, TrainRequest
from cli.options import spell_out, with_fields, with_settings
from cli.requests import (
    AnalyzeRequest,
    AsJson,
    ExportRequest,
    FilterRequest,
    JudgeRequest,
    RunFolder,
    RunRequest,
    SweepRequest,
)
from errors import ExploreInstructError, InputError
from problems import shown

app = typer.Typer(
    name="explore-instruct",
    help="Explore a domain as a tree of tasks, and write diverse instruction-tuning data for it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

RESUMED = (
    "strategy", "records", "max_calls", "max_tokens", "max_usd", "max_minutes", "model", "base_url",
    "explore_model", "explore_base_url", "write_model", "write_base_url",
    "judge_model", "judge_base_url", "judge_threshold", "revise",
    "extra_body", "timeout", "parallel", "requests_per_minute", "tokens_per_minute",
)  # fmt: skip
"""Settings that a run may change when it is resumed."""

JUDGING = (
    "judge_model", "judge_base_url", "judge_threshold", "max_calls", "max_tokens", "max_usd",
    "max_minutes", "extra_body", "timeout", "parallel", "requests_per_minute", "tokens_per_minute",
    "seed",
)  # fmt: skip
"""Settings that `judge` has."""

EVALUATING = tuple(name for name in JUDGING if name != "judge_threshold")
"""Settings that `evaluate` has."""


_INVALID = "Input should be "
"""How typer begins what is wrong with a value, which it does not name."""


def _version(value: bool) -> None:  # noqa: FBT001 - typer's own signature
    if value:
        typer.echo(version("explore-instruct"))
        raise typer.Exit


@app.callback()
def _options(
    *,
    _: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show an error's traceback.")] = False,
) -> None:
    """Explore a domain as a tree of tasks, and write diverse instruction-tuning data for it."""


@app.command()
@with_settings()
@with_fields(RunRequest)
def run(request: RunRequest, *, settings: Mapping[str, Any]) -> None:
    """Explore a domain and write its data."""
    from cli.run import start  # noqa: PLC0415 - see the module's text

    start(request, settings)


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
@with_fields(ExportRequest)
def export(request: ExportRequest) -> None:
    """Write a run's records in a format that training tools read."""
    from cli.export import export_records  # noqa: PLC0415

    export_records(request)


@app.command("filter")
@with_fields(FilterRequest)
def filter_(request: FilterRequest) -> None:
    """Keep the rows of any data that do not repeat an earlier one; exact, in any language."""
    from cli.filter import filter_files  # noqa: PLC0415

    filter_files(request)


@app.command()
@with_fields(AnalyzeRequest)
def analyze(request: AnalyzeRequest) -> None:
    """Measure how diverse data is: verb-noun pairs, ROUGE-L, coverage of the tasks."""
    from cli.analyze import analyze_data  # noqa: PLC0415

    analyze_data(request)


@app.command()
@with_settings(*JUDGING)
@with_fields(JudgeRequest)
def judge(request: JudgeRequest, *, settings: Mapping[str, Any]) -> None:
    """Have a model score any data by a rubric, and compare it with labels that exist."""
    from cli.judge import judge_data  # noqa: PLC0415

    judge_data(request, settings)


@app.command()
@with_fields(TrainRequest)
def train(request: TrainRequest) -> None:
    """Train a model on any data, on this machine: by TRL, the loss on the answers alone."""
    from cli.train import train_model  # noqa: PLC0415

    train_model(request)


@app.command()
@with_settings(*EVALUATING)
@with_fields(EvaluateRequest)
def evaluate(request: EvaluateRequest, *, settings: Mapping[str, Any]) -> None:
    """Compare two models: in pairs by a judge, on mathematics, by their loss, by people."""
    from cli.evaluate import evaluate_models  # noqa: PLC0415

    evaluate_models(request, settings)


@app.command()
@with_fields(RateRequest)
def rate(request: RateRequest) -> None:
    """Let people compare two models' answers on a page of their own browser, blind."""
    from cli.rate import rate_answers  # noqa: PLC0415

    rate_answers(request)


@app.command()
@with_fields(SweepRequest)
def sweep(request: SweepRequest) -> None:
    """Make many runs, strategies by domains by seeds by models, and compare them."""
    from cli.sweep import sweep_runs  # noqa: PLC0415

    sweep_runs(request)


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
        code = _failed(_words(error, words), 2)
    except ExploreInstructError as error:
        code = _failed(str(error), 2 if isinstance(error, InputError) else 1)
    except Exception as error:  # noqa: BLE001 - a person is spared the traceback of a defect too
        message = f"{type(error).__name__}: {error}".splitlines()[0]
        code = _failed(f"internal error: {message} (--debug shows where)", 1)
    sys.exit(code)


def _words(error: typer.TyperException, given: Sequence[str]) -> str:
    """Return what a person reads of wrong usage, with the value that an option was given."""
    message = getattr(error, "format_message", error.__str__)()
    if _INVALID in message:
        message = message.partition(", unable to parse")[0].replace(_INVALID, "it should be ")
        names = getattr(getattr(error, "param", None), "opts", ())
        spelt = [part for word in given for part in word.split("=", 1)]
        values = [value for name, value in pairwise(spelt) if name in names]
        message += f", not {shown(values[-1])}" if values else ""
    context = getattr(error, "ctx", None)
    command = f" {context.info_name}" if context and context.parent else ""
    return message and f"{message} (see explore-instruct{command} --help)"  # "": the help was shown


def _failed(message: str, code: int) -> int:
    if "--debug" in sys.argv:
        traceback.print_exc()
    if message:
        typer.echo(f"explore-instruct: {message}", err=True)
    return code
