"""The grammar that the embedded model answers by."""

import json

from models.providers.embedded import compact_grammar


def test_the_grammar_holds_the_schema_and_no_line_breaks_of_its_own() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    head, _, body = compact_grammar(schema).partition("start: %json ")
    assert head == "%llguidance {}\n"
    read = json.loads(body)
    assert read.pop("x-guidance")["whitespace_flexible"] is False
    assert read == schema
