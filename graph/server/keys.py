"""The keys of EXPLORE_API_KEY: who may use the server, and by what name each caller is known."""

import hmac
from collections.abc import Mapping
from hashlib import sha256

ANYONE = "anyone"
"""The caller's name where no key is asked for."""

MISSING = "a key of this server is needed: send it as the header x-api-key"


def keys_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys that open the server; none means that everybody may use it."""
    parts = environ.get("EXPLORE_API_KEY", "").split(",")
    return tuple(part.strip() for part in parts if part.strip())


def caller_of(given: str | None, keys: tuple[str, ...]) -> str | None:
    """Return the name of the caller who sent this key, None where it opens nothing.

    The name is a digest of the key. Every key is compared, each in constant time.
    """
    if not keys:
        return ANYONE
    sent = (given or "").strip().encode()
    fits = [hmac.compare_digest(sent, key.encode()) for key in keys]
    return f"key-{sha256(sent).hexdigest()[:16]}" if any(fits) else None
