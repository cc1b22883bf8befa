"""What every offline page has: data that cannot end its script, and a policy that loads nothing."""

import base64
import hashlib
import json
from functools import cache
from importlib import resources

LONGEST = 12_000
"""Characters of a text that a page holds."""

_ESCAPED = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def policy_of(*scripts: str) -> str:
    """Return the Content-Security-Policy of a page: these scripts of its own run, nothing loads."""
    known = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {known}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def as_script(value: object) -> str:
    """Return JSON in which nothing can end a script element or begin a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


def cut(text: str) -> str:
    """Return the text, or as much of it as a page holds, and how much more there is."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({len(text) - LONGEST:,} more characters)"


@cache
def own(name: str, package: str = "report") -> str:
    """Return a page's own script or style sheet, from a package's templates."""
    return (resources.files(package) / "templates" / name).read_text("utf-8")


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
