"""One text, one hash and one seed for any plain JSON value."""

import hashlib
import json


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, all in ASCII.

    ASCII, because a model may answer NUL characters and lone surrogates, which SQL text refuses.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def seed_of(*parts: object) -> int:
    """Return a sampling seed below 2^31 that depends on these parts alone."""
    return int(digest([str(part) for part in parts])[:8], 16) & 0x7FFFFFFF
