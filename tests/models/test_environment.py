"""What the environment holds for a connection is checked before anything is sent."""

from pathlib import Path

import pytest

from errors import InputError
from models.endpoint import endpoint
from models.environment import check_connections, connection_advice, key_in, proxy_for

URL = "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("“sk-abcdef123456”", "quotation marks"),  # typographic, as word processors write them
        ('"sk-abcdef123456"', "quotation marks"),
        ("sk-abc\ndef-123456", "a line break"),
        ("sk-abc def-123456", "a space"),
        ("sk-абвгд-123456", "letters that no key has"),
        ("sk-abc\u200bdef", "a line break"),
    ],
)
def test_what_no_key_holds_is_named_without_the_key(key: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        key_in({"MY_API_KEY": key}, "MY_API_KEY")
    assert "MY_API_KEY" in str(refused.value)
    assert "abc" not in str(refused.value)


def test_blanks_around_a_key_do_not_matter() -> None:
    assert key_in({"K": " sk-abc\n"}, "K") == "sk-abc"
    assert not key_in({}, "K")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SSL_CERT_FILE", "/no/such/cacert.pem", "SSL_CERT_FILE names /no/such/cacert.pem"),
        ("SSL_CERT_DIR", "/no/such", "SSL_CERT_DIR names /no/such"),
        ("HTTPS_PROXY", "proxy.example:3128", "HTTPS_PROXY is no proxy's URL"),
        ("http_proxy", "http://:3128", "http_proxy is no proxy's URL"),
        ("ALL_PROXY", "ftp://proxy", "http://HOST:PORT"),
    ],
)
def test_an_unusable_environment_is_named(variable: str, value: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_connections({variable: value})


def test_a_usable_environment_passes(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    check_connections(
        {"SSL_CERT_FILE": str(tmp_path / "ca.pem"), "https_proxy": "socks5h://me:pw@proxy:1080"}
    )


def test_an_endpoint_is_not_opened_in_an_unusable_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/cacert.pem")
    with pytest.raises(InputError, match="SSL_CERT_FILE"):
        endpoint("openai:x", URL)


def test_a_proxy_on_the_way_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://me:secret@proxy:3128")
    monkeypatch.setenv("no_proxy", "other")
    advice = connection_advice(URL, "refused")
    assert "through the proxy http://proxy:3128" in advice
    assert "NO_PROXY=127.0.0.1" in advice
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert proxy_for(URL) is None
    assert "see that it runs" in connection_advice(URL, "refused")


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("CERTIFICATE_VERIFY_FAILED: self-signed", "SSL_CERT_FILE"),
        ("CERTIFICATE_VERIFY_FAILED: Hostname mismatch, certificate is not valid for 'a'", "host"),
        ("certificate is not valid for '127.0.0.1'", "another host"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "with http://"),
    ],
)
def test_what_is_wrong_with_tls_is_told(words: str, fix: str) -> None:
    assert fix in connection_advice("https://host/v1", words)
