"""`export`: a run's records in a format that training tools read."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast, get_args

import typer

from cli.checks import check_places, exact
from cli.foreign import take_in
from cli.requests import ExportRequest
from cli.signals import end_on_kill
from errors import InputError
from record import Record, row_of, score_of
from store.files.data_set import read_records
from store.files.folder import CONFIG, DATASET, RUN_FILES, existing, read_config, read_stats
from store.files.forms import check_suffix
from store.filter.index import DiversityIndex
from store.formats.format import UNKNOWN, CardFacts, FileFormat, FolderFormat, Row
from store.formats.reasoning import Where, has_reasoning, with_reasoning
from store.formats.selection import sample, split
from store.formats.table import FORMATS
from training.hyperparameters import Hyperparameters
from training.recipes.recipe import CONFIG as RECIPE_CONFIG
from training.recipes.table import RECIPES, write_recipe
from words import several

SEED = 0
"""Samples and splits are always drawn the same way."""


def export_records(wanted: ExportRequest) -> None:
    """Write the records of a run, all or a sample, in one part or split in two."""
    _check(wanted)
    end_on_kill()
    read: Iterable[Record] = read_records(existing(wanted.folder, DATASET))
    steps: list[str] = []
    if wanted.min_score is not None:
        read, step = _good(list(read), wanted.min_score)
        steps.append(step)
    records: Iterable[Row] = map(row_of, read)
    form = FORMATS[wanted.form] if wanted.form else None
    if isinstance(form, FileFormat) and form.needs:
        records = _having(list(records), form.needs, wanted)
    if wanted.against:
        records, step = _unlike(records, wanted, wanted.against)
        steps.append(step)
    if wanted.size is not None:
        records = sample(list(records), wanted.size, SEED)
        steps.append(f"A sample of {several(len(records), 'record')}, balanced over the tasks.")
    parts: dict[str, Iterable[Row]] = {"train": records}
    if wanted.share is not None:
        training, validation = split(records, wanted.share, SEED)
        parts = {"train": training, "validation": validation}
        steps.append("The validation split holds whole branches of the task tree.")
        if leaked := _repeats(training, validation, _threshold(wanted.folder)):
            step = f"{several(leaked, 'record')} of the validation split repeat one of the training"
            typer.echo(f"{step}: see explore-instruct filter --against")
            steps.append(f"{step}.")
    thoughts = _Thoughts(wanted.reasoning)
    parts = {name: map(thoughts.place, rows) for name, rows in parts.items()}
    _write(wanted, parts, steps)
    thoughts.tell()


def _write(wanted: ExportRequest, parts: Mapping[str, Iterable[Row]], steps: Sequence[str]) -> None:
    """Write the parts in the format, or the one part of a recipe, and say where they are."""
    form = FORMATS[wanted.form] if wanted.form else None
    if isinstance(form, FolderFormat):
        config, stats = read_config(wanted.folder), read_stats(wanted.folder)
        facts = CardFacts(config, stats, wanted.license or UNKNOWN, steps)
        for name, size in form.write(wanted.out, parts, facts).items():
            typer.echo(f"{several(size, 'record')} in {wanted.out}, split {name}")
    elif wanted.recipe:
        written = write_recipe(wanted.recipe, wanted.out, parts["train"], _told(wanted))
        typer.echo(f"{several(written, 'example')} and {RECIPE_CONFIG} in {wanted.out}")
        typer.echo(f"start it there: {RECIPES[wanted.recipe].command}")
    elif form:
        for out, rows in zip(_places(wanted), parts.values(), strict=True):
            typer.echo(f"{several(form.write(out, rows), 'record')} in {out}")


class _Thoughts:
    """Puts the records' reasoning where a person wants it, and says how much was left out."""

    def __init__(self, where: str) -> None:
        self._where = cast("Where", where)
        self._left_out = 0

    def place(self, row: Row) -> Row:
        """Return the record with its reasoning in its place."""
        self._left_out += self._where == "none" and has_reasoning(row)
        return with_reasoning(row, self._where)

    def tell(self) -> None:
        """Say how many records lost their reasoning."""
        if self._left_out:
            of = several(self._left_out, "record")
            typer.echo(f"the reasoning of {of} left out: --reasoning inline or field keeps it")


def _having(records: Sequence[Row], part: str, wanted: ExportRequest) -> list[Row]:
    """Return the records that have the part; say how many have not."""
    kept = [record for record in records if record.get(part)]
    if not kept:
        raise InputError(
            f"{wanted.folder}: no record has a {part}, which --format {wanted.form} needs: "
            "export in another format"
        )
    if left_out := len(records) - len(kept):
        typer.echo(f"{several(left_out, 'record')} left out: without a {part}")
    return kept


def _places(wanted: ExportRequest) -> list[Path]:
    """Return what is written: a folder, or a file for each part."""
    if wanted.share is None or isinstance(FORMATS.get(wanted.form or ""), FolderFormat):
        return [wanted.out]
    return [wanted.out, wanted.out.with_stem(f"{wanted.out.stem}-validation")]


def _told(wanted: ExportRequest) -> Hyperparameters:
    return Hyperparameters(base=wanted.base) if wanted.base else Hyperparameters()


def _check(wanted: ExportRequest) -> None:
    if (wanted.form is None) == (wanted.recipe is None):
        raise InputError("name what to write: one of --format and --recipe")
    for what, name, table in (("format", wanted.form, FORMATS), ("recipe", wanted.recipe, RECIPES)):
        if name is not None and name not in table:
            raise InputError(f"{what} {name!r} is unknown: name one of {', '.join(table)}")
    _check_options(wanted)
    form = FORMATS[wanted.form] if wanted.form else None
    for out in _places(wanted):
        if isinstance(form, FileFormat) and form.suffixes:
            check_suffix(out, f"the format {wanted.form}", form.suffixes)
        place = out.resolve()
        if place.name in RUN_FILES and (place.parent / CONFIG).is_file():
            raise InputError(f"{out} is a file of a run: name another with --out")
    check_places(wanted.against or [], _places(wanted))


def _check_options(wanted: ExportRequest) -> None:
    """Raise InputError for an option that means nothing beside the format or recipe."""
    if wanted.base and not wanted.recipe:
        raise InputError(f"--base {wanted.base} stands in a recipe: name one with --recipe")
    if wanted.recipe and wanted.share is not None:
        raise InputError("--split: a recipe has no validation split, so leave it out")
    if wanted.reasoning not in get_args(Where):
        raise InputError(f"reasoning {wanted.reasoning!r} is unknown: name none, inline or field")
    if wanted.form == "preference" and wanted.reasoning != "none":
        raise InputError("--reasoning: rejected answers have none, so leave it out of preferences")
    folders = [name for name, form in FORMATS.items() if isinstance(form, FolderFormat)]
    if wanted.license and wanted.form not in folders:
        named = " or ".join(folders)
        raise InputError(f"--license stands in a data card: export --format {named}, or leave it")


def _good(records: Sequence[Record], least: float) -> tuple[list[Record], str]:
    """Return the records of at least this score, and how many others there are.

    Raises InputError where none is left.
    """
    scores = [score_of(record) for record in records]
    kept = [r for r, s in zip(records, scores, strict=True) if s is not None and s >= least]
    unscored = scores.count(None)
    below = f"{several(len(records) - len(kept) - unscored, 'record')} below {least:g}"
    left_out = f"{below}, {unscored:,} without a score" if unscored else below
    if not kept:
        raise InputError(
            f"--min-score {least:g} leaves no record ({left_out}): lower it, or leave it out"
        )
    typer.echo(f"left out by --min-score: {left_out}")
    return kept, f"Records that a judge scored {least:g} or higher; left out: {left_out}."


def _unlike(
    given: Iterable[Row], wanted: ExportRequest, against: Sequence[Path]
) -> tuple[list[Row], str]:
    """Return the records that repeat no foreign text, by the run's threshold, and how many do."""
    threshold = _threshold(wanted.folder)
    foreign = DiversityIndex(exact(threshold))
    take_in(foreign, against, wanted.against_field, "--against-field names another field")
    records = list(given)
    verdicts = foreign.judge_many([record["instruction"] for record in records])
    kept = [record for record, verdict in zip(records, verdicts, strict=True) if verdict.kept]
    left_out = several(len(records) - len(kept), "record")
    typer.echo(f"{left_out} left out: too near to --against")
    names = ", ".join(path.name for path in against)
    return kept, f"Without {left_out} whose ROUGE-L with a text of {names} reaches {threshold:g}."


def _repeats(training: Iterable[Row], validation: Sequence[Row], threshold: float) -> int:
    """Return how many records for validation repeat one for training, by the run's threshold."""
    known = DiversityIndex(exact(threshold))
    for record in training:
        known.add(record["instruction"], record["id"])
    verdicts = known.judge_many([record["instruction"] for record in validation])
    return sum(not verdict.kept for verdict in verdicts)


def _threshold(folder: Path) -> float:
    threshold = read_config(folder)["settings"].get("threshold", 0.7)
    if not isinstance(threshold, (int, float)):
        raise InputError(f"{folder}/config.yaml: threshold {threshold!r} is no number")
    return float(threshold)
