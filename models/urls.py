"""The base URL of an endpoint: whether it is usable, and how it is shown without its password."""

from urllib.parse import unquote, urlsplit

from errors import InputError


def check_url(url: str) -> None:
    """Raise InputError where this is not the URL of an endpoint."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputError(
            f"base URL {url!r} is not one: give it as http://HOST:PORT/v1 or https://HOST/v1"
        )


def without_password(url: str) -> str:
    """Return the URL without the user name and password in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def login_of(url: str) -> tuple[str, str] | None:
    """Return the user name and password in the URL, or None where it has neither."""
    parts = urlsplit(url)
    if not (parts.username or parts.password):
        return None
    return unquote(parts.username or ""), unquote(parts.password or "")
