"""`import`: a run's folder from a task tree of the original implementation."""

import asyncio
import os
from pathlib import Path

import typer

from cli.checks import exact
from cli.report import report_of
from cli.running import config_of
from graph.database import Place, new_thread
from graph.local import open_run
from graph.planting import original_domain, original_entries
from nodes.settings import Settings
from store.files.folder import REJECTED, create
from store.files.original import read_original
from store.files.pruning import Pruned, prune
from words import several


def import_original(tree_folder: Path, out: Path, prune_threshold: float | None) -> None:
    """Make a run's folder from a tree of the original implementation, whole or pruned by names."""
    tree, pruned = read_original(tree_folder), list[Pruned]()
    unpruned = sum(1 for _ in tree.records())
    if prune_threshold is not None:
        tree, pruned = prune(tree, exact(prune_threshold))
    domain = original_domain(tree, tree_folder.name)
    depth = max(1, *(task.depth for task in tree.tasks))
    settings = Settings(depth=min(depth + 1, 8))
    thread = new_thread(os.environ)
    place = Place.of(out, thread, os.environ)
    create(out, config_of(domain, settings, thread))

    async def plant() -> int:
        async with open_run(out, settings, place=place) as run:
            await run.plant(domain, original_entries(tree, settings.standards.threshold, pruned))
            await run.export()
            return int((await run.values())["counts"]["records"])

    records = asyncio.run(plant())
    report_of(out, settings.threshold)
    typer.echo(f"{several(len(tree.tasks), 'task')} and {several(records, 'record')} in {out}")
    if pruned:
        gone = len(pruned) + sum(task.below for task in pruned)
        left = several(unpruned - records, "record")
        typer.echo(f"{several(gone, 'task')} pruned, and {left} with them: see {out / REJECTED}")
    typer.echo(f"go on with: explore-instruct run --from {out}")
