"""Base URLs as people paste them."""

import pytest

from errors import InputError
from models.urls import cleaned, query_of, shown_url


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        (" http://127.0.0.1:8000/v1\n", "http://127.0.0.1:8000/v1"),
        ("127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("localhost:11434/v1/", "http://localhost:11434/v1"),
        ("[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("vllm:8000/v1", "http://vllm:8000/v1"),
        ("api.example.com/v1", "https://api.example.com/v1"),
        ("http://h/v1/chat/completions", "http://h/v1"),
        ("http://h/v1/chat/completions/", "http://h/v1"),
        ("http://h/v1/completions", "http://h/v1"),
        ("http://h/v1/models", "http://h/v1"),
        ("https://h/v1/responses", "https://h/v1"),
        ('"https://h/v1"', "https://h/v1"),
        ("<https://h/v1>", "https://h/v1"),
        ("“https://h/v1”", "https://h/v1"),
        ("https://h/v1#top", "https://h/v1"),
        ("https://h/v1?api-version=1", "https://h/v1?api-version=1"),
        ("https://me:pw@h/v1/", "https://me:pw@h/v1"),
    ],
)
def test_what_is_meant_is_asked(pasted: str, meant: str) -> None:
    assert cleaned(pasted) == meant
    assert cleaned(meant) == meant


@pytest.mark.parametrize("url", ["", "http://", "ftp://h/v1", "http://h:99999/v1", "http://a b/v1"])
def test_what_is_no_url_is_shown_how_one_looks(url: str) -> None:
    with pytest.raises(InputError, match="http://HOST:PORT/v1"):
        cleaned(url)


def test_a_query_goes_with_every_request() -> None:
    assert query_of("https://h/v1?a=1&b=2") == ("https://h/v1", {"a": "1", "b": "2"})


def test_a_shown_url_has_no_login_and_no_values_in_its_query() -> None:
    url = "https://me:secret@host:8/v1?key=SECRET&api-version="
    assert shown_url(url) == "https://host:8/v1?key=***&api-version=***"
    assert shown_url("http://localhost:1/v1") == "http://localhost:1/v1"
    assert shown_url("") == ""
