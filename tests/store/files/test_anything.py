"""Whatever a file holds, it is read, or refused in a line: never a crash."""

import gzip
import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import InputError
from store.files.data_set import read_data_set
from store.files.shapes import KNOWN, asked_in
from store.files.values import value_at
from tests.store.files.reading import rows_in

PIECES = [b"instruction", b"text,a", b'"instruction": "x"', b"sep=;", "改".encode(), b"x" * 99]
PIECES += [
    b"\n",
    b"\r\n",
    b"\r",
    b'"',
    b'""',
    b",",
    b";",
    b"\t",
    b"{",
    b"[",
    b"}",
    b"]",
    b"1",
    b" ",
]
PIECES += [b"\0", b"\xff", b"\xef\xbb\xbf", b"PAR1", b"\x1f\x8b", b"ARROW1", b"<", b"PK\x03\x04"]
CONTENT = st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=12).map(b"".join)

NAMES = st.sampled_from([*sorted(KNOWN), "role", "from", "content", "value", "parts", "user", "id"])
WORDS = st.sampled_from(
    ["user", "assistant", "system", "x", "", "\n\nHuman: a\n\nAssistant: b", "[1]"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
ROWS = st.dictionaries(NAMES, VALUES, max_size=4)
QUICK = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(content=CONTENT, pack=st.sampled_from([bytes, gzip.compress]))
def test_any_file(
    content: bytes, pack: Callable[[bytes], bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "data"
    path.write_bytes(pack(content))
    for read in (rows_in, read_data_set):
        try:
            read(path)
        except InputError as error:
            assert len(str(error).splitlines()) == 1  # noqa: PT017 - not every file is refused


@QUICK
@given(row=ROWS, field=st.none() | st.lists(NAMES | st.just("0"), max_size=3).map(".".join))
def test_any_row_as_filter_and_analyze_see_it(
    row: dict[str, object], field: str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    try:
        text = asked_in(row, field).text
    except ValueError:
        text = None
    path = tmp_path_factory.mktemp("any") / "data"
    path.write_text(json.dumps(row) + "\n")
    try:
        (record,) = read_data_set(path, field).records
    except InputError:
        return
    assert record.instruction == text
    if field is not None and not isinstance(value_at(row, field), (list, dict)):
        assert text == value_at(row, field)
