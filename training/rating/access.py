"""Who may rate: the token in the page's address, and the checks on where a request comes from.

The token is a person's own and a comparison's. It stays the same after a restart, so that a page
that is open on a phone goes on.
"""

import hmac
import os
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from secrets import token_bytes
from urllib.parse import urlsplit

from platformdirs import user_state_path

SECRET_BYTES = 32


def token_for(comparison: str) -> str:
    """Return the token of a comparison, 128 bits in hex."""
    return hmac.digest(_secret(), comparison.encode(), "sha256").hex()[:32]


def refusal(headers: Mapping[str, str], token: str, named_host: str) -> str | None:
    """Return why a request for data is refused, None where it comes from the page.

    A page of another site does not know the token. Its script may still get here under a name of
    its own (DNS rebinding), so the host must be an address or a name of this machine.
    """
    host = headers.get("Host", "")
    if not _is_own(host, named_host):
        return f"the host {host[:60]!r} is not this page's: open the address that `rate` printed"
    origin = headers.get("Origin")
    if origin is not None and _host_of(origin) != host:
        return "the request comes from another page"
    given = headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode()):
        return "the address is not the whole one: open the address that `rate` printed"
    return None


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _is_own(host: str, named_host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    own = socket.gethostname().lower()
    if name in {"localhost", named_host.lower(), own, f"{own}.local"}:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _secret() -> bytes:
    """Return the person's secret, made at the first use; one for now where it cannot be kept."""
    made = token_bytes(SECRET_BYTES)
    try:
        path = user_state_path("explore-instruct", ensure_exists=True) / "rate.secret"
        _write_new(path, made)
        kept = path.read_bytes()
    except OSError:
        return made
    return kept if len(kept) == SECRET_BYTES else made


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that the person alone may read, unless it is there."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(content)
