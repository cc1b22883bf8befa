"""What a connection takes from the environment: keys, certificates and proxies.

All of it is checked before anything is sent, since the clients' own errors name neither the
variable nor the fix. No key is ever shown.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from errors import InputError
from models.urls import shown_url, without_password
from words import QUOTES

_CERTIFICATES = {"SSL_CERT_FILE": Path.is_file, "SSL_CERT_DIR": Path.is_dir}
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_PROXY_SCHEMES = {"http", "https", "socks4", "socks5", "socks5h"}


def key_in(environ: Mapping[str, str], variable: str) -> str:
    """Return the key that the variable holds, "" where it holds none.

    Raises:
        InputError: it holds what no key has: quotes, spaces or line breaks in it, other letters.

    """
    key = environ.get(variable, "").strip()
    if not key:
        return ""
    if set(key) & set(QUOTES):
        raise InputError(f"{variable} holds quotation marks: set it to the key without them")
    if any(c.isspace() or not c.isprintable() for c in key):
        raise InputError(
            f"{variable} holds a space or a line break in the key: set it to the key on one line"
        )
    if not key.isascii():
        raise InputError(f"{variable} holds letters that no key has: copy the key once more")
    return key


def check_connections(environ: Mapping[str, str]) -> None:
    """Raise InputError for certificates or a proxy in the environment that cannot be used."""
    for variable, exists in _CERTIFICATES.items():
        named = environ.get(variable)
        if named and not exists(Path(named)):
            raise InputError(
                f"{variable} names {named}, which is not there: unset it, or name the certificates"
            )
    for variable in _PROXIES:
        for name in (variable, variable.lower()):
            if (proxy := environ.get(name)) and not _is_proxy(proxy):
                raise InputError(
                    f"{name} is no proxy's URL: give it as http://HOST:PORT, or unset it"
                )


def _is_proxy(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in _PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def proxy_for(url: str) -> str | None:
    """Return the environment's proxy on the way to the URL, without its password, or None."""
    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    is_used = proxy and not proxy_bypass(parts.netloc.rpartition("@")[2])
    return without_password(proxy) if proxy and is_used else None


def connection_advice(url: str, words: str) -> str:
    """Return what a person can do where nothing answers at the URL; `words` are the error's."""
    where = f" at {shown_url(url)}" if url else ""
    words = words.lower()
    if "wrong_version_number" in words or "record layer" in words:
        return f"nobody speaks TLS{where}: give the base URL with http://"
    if "mismatch" in words or "not valid for" in words:
        return (
            f"the certificate{where} is of another host: give the base URL with the host it names"
        )
    if "certificate" in words:
        return (
            f"the certificate{where} is not trusted: name the file of the authority that signed it "
            "in SSL_CERT_FILE"
        )
    if url and (proxy := proxy_for(url)):
        host = urlsplit(url).hostname
        return (
            f"no answer{where} through the proxy {proxy} of the environment: set NO_PROXY={host} "
            "to go without it"
        )
    return f"the endpoint{where} cannot be reached: see that it runs and check the base URL"
