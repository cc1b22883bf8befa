"""The spaCy parser that several tests share."""

import pytest

from report.parsers import open_parser
from report.verb_noun import Parser


@pytest.fixture(scope="package")
def parser() -> Parser:
    pytest.importorskip("spacy", reason="needs the extra `analysis`")
    found = open_parser()
    assert found is not None
    return found
