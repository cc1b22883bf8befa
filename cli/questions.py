"""Reads people's questions, whose share that data covers is measured."""

from math import isfinite
from pathlib import Path

from errors import InputError
from models.embeddings import COVERS, embeddings
from report.analysis import Questions
from report.vectors import embedded, text_of
from store.files.data_set import read_data_set


def read_questions(
    path: Path | None, cosine: float | None = None, field: str | None = None
) -> Questions | None:
    """Return the questions of any data that `analyze` reads, None where no file is named.

    Raises InputError for a cosine outside (0, 1], for a file that holds no question, and for what
    says something of questions where none are named.
    """
    if cosine is not None and not (isfinite(cosine) and 0 < cosine <= 1):
        raise InputError(
            f"--questions-cosine {cosine}: give a number above 0 and at most 1, such as {COVERS}"
        )
    if path is None:
        for option, value in (("cosine", cosine), ("field", field)):
            if value is not None:
                raise InputError(
                    f"--questions-{option} {value} needs questions: name them with --questions FILE"
                )
        return None
    data = read_data_set(path, field, option="--questions-field")
    texts = [text for record in data.records if (text := text_of(record)).strip()]
    if not texts:
        raise InputError(f"--questions {path} holds no question: name a file with some")
    vectors = embedded(texts, embeddings())
    return Questions(str(path), texts, vectors, COVERS if cosine is None else cosine)
