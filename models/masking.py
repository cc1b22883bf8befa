"""Secrets masked in texts that are shown or stored: API keys, and passwords in URLs."""

import os
import re
from collections.abc import Iterable, Mapping

_MASK = "***"
_KEY_SHAPE = re.compile(r"\b(?:sk|pk|gsk|xai|key|Bearer)[-_ ][\w.*-]{6,}")
_PASSWORD = re.compile(r"://[^/@:]*:([^/@]+)@")
_KEY_VARIABLE = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)S?$")


def mask_keys(text: str) -> str:
    """Return the text with every key of the environment masked, and everything like a key."""
    return _KEY_SHAPE.sub(_MASK, mask_secrets(text, secrets_of(os.environ)))


def mask_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return the text with each of these secrets masked."""
    for secret in secrets:
        text = text.replace(secret, _MASK)
    return text


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """Return the keys in the environment and the passwords in its URLs, longest first."""
    found = set()
    for name, value in environ.items():
        if _KEY_VARIABLE.search(name):
            found.update({value, *(part.strip() for part in value.split(","))})
        elif name.endswith("_URL") and (password := _PASSWORD.search(value)):
            found.add(password[1])
    return sorted((s for s in found if len(s) >= 6), key=lambda secret: (-len(secret), secret))
