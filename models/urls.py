"""The base URL of an endpoint: as people paste it, whether it is usable, and how it is shown."""

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

from errors import InputError
from words import QUOTES

_PAGES = re.compile(r"/(chat/completions|completions|responses|embeddings|models)/*$")
_SECRET = re.compile(r"//[^/?#]*@")


def cleaned(url: str) -> str:
    """Return the base URL that is meant by a URL as it was pasted.

    Without blanks and quotes around it, with the scheme that is missing (http for this machine and
    for addresses in numbers), and without the page of a protocol (`/chat/completions`).

    Raises:
        InputError: it is no URL of an endpoint.

    """
    text = url.strip(f"{QUOTES}<> \t\r\n")
    if "://" not in text:
        text = f"{'http' if _is_near(text) else 'https'}://{text}"
    check_url(text)
    parts = urlsplit(text)
    return parts._replace(path=_PAGES.sub("", parts.path).rstrip("/"), fragment="").geturl()


def check_url(url: str) -> None:
    """Raise InputError where this is not the URL of an endpoint."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(c.isspace() for c in url):
        raise InputError(
            f"base URL {_SECRET.sub('//', url)!r} is not one: give it as http://HOST:PORT/v1 or "
            "https://HOST/v1"
        )


def _is_near(text: str) -> bool:
    """Return whether an address without a scheme is of this machine, or one in numbers."""
    host = urlsplit(f"//{text}").hostname or ""
    try:
        return bool(ip_address(host))
    except ValueError:
        return "." not in host


def without_password(url: str) -> str:
    """Return the URL without the user name and password in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def shown_url(url: str) -> str:
    """Return the URL as it may be shown and stored: no login, no values of its query."""
    parts = urlsplit(without_password(url))
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    return parts._replace(query="&".join(f"{name}=***" for name in names)).geturl()


def login_of(url: str) -> tuple[str, str] | None:
    """Return the user name and password in the URL, or None where it has neither."""
    parts = urlsplit(url)
    if not (parts.username or parts.password):
        return None
    return unquote(parts.username or ""), unquote(parts.password or "")


def query_of(url: str) -> tuple[str, dict[str, str]]:
    """Return the URL without its query, and the query's parts, which every request carries."""
    parts = urlsplit(url)
    return parts._replace(query="").geturl(), dict(parse_qsl(parts.query))
