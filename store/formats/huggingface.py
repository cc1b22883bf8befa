"""A data set as a folder that Hugging Face's `load_dataset` reads: Parquet files and a card."""

import re
from collections.abc import Mapping
from pathlib import Path

from errors import InputError
from store.files.replacing import is_draft, replacing_folder
from store.files.writing import write_text
from store.formats.card import card
from store.formats.format import CardFacts, Rows
from store.formats.parquet import write_parquet

CARD = "README.md"
_LICENSE = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")


def write_folder(out: Path, splits: Mapping[str, Rows], facts: CardFacts) -> dict[str, int]:
    """Write the splits, by their names, and their card; return how many records each has.

    Raises InputError for a folder that is in use, for a licence that is no identifier of the Hub's
    kind, and for splits without any record, which `load_dataset` does not read.
    """
    if not _LICENSE.fullmatch(facts.license_id):
        raise InputError(f"license {facts.license_id!r}: give an identifier such as cc-by-4.0")
    if out.exists() and (not out.is_dir() or not all(map(is_draft, out.iterdir()))):
        raise InputError(f"{out} holds something already: name another folder with --out")
    try:
        with replacing_folder(out.resolve()) as made:
            (made / "data").mkdir()
            counts = {
                name: write_parquet(made / "data" / f"{name}-00000-of-00001.parquet", rows)
                for name, rows in splits.items()
            }
            if not any(counts.values()):
                raise InputError(f"there is no record to put into {out}: load_dataset needs some")
            write_text(made / CARD, card(counts, facts))
    except OSError as error:
        raise InputError(f"{out} cannot be made: {error.strerror}") from error
    return counts
