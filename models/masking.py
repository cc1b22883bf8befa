"""Secrets masked in texts that are shown or stored: API keys, and passwords in URLs."""

import os
import re
from collections.abc import Iterable, Mapping

_MASK = "***"
_KEY = re.compile(r"\b(?:(?:sk|pk|rk|gsk|xai|csk|nvapi|pplx|hf|r8)[-_]|AIza|eyJ)[\w.*-]{5,}[\w*-]")
"""What only keys look like."""

_AFTER_WORDS = re.compile(
    r"(?P<words>(?<![a-z])(?:key|bearer|token)[-_ =:'\"]+)(?P<key>[\w.*+/-]{5,}[\w*+/-])",
    re.IGNORECASE,
)
"""What may be a key after such words, if it holds a digit or an asterisk; else it is a word."""

_LOGIN = re.compile(r"\b(?P<words>Basic )(?=[A-Za-z0-9+/]+[A-Z0-9+/=])[A-Za-z0-9+/]{6,}={0,2}")
"""A user's name and password as HTTP sends them."""

_PASSWORD = re.compile(r"://[^/@:]*:([^/@]+)@")
_KEY_VARIABLE = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)S?$")


def mask_keys(text: str) -> str:
    """Return the text with every key of the environment masked, and everything like a key."""
    text = _KEY.sub(_MASK, mask_secrets(text, secrets_of(os.environ)))
    text = _LOGIN.sub(rf"\g<words>{_MASK}", text)
    return _AFTER_WORDS.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    is_key = any(c.isdigit() or c == "*" for c in found["key"])
    return found["words"] + _MASK if is_key else found[0]


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
