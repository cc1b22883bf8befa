"""The page that asks raters: one file without outside resources, and without data.

What it shows is fetched by its script, which puts all foreign text on the screen as text.
"""

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from training.rating.ratings import LONGEST_NAME


@cache
def page() -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("training.rating"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("rate.html").render(
        longest_name=LONGEST_NAME,
        style=Markup(_own("rate.css")),  # noqa: S704 - it holds no foreign text
        script=Markup(_own("rate.js")),  # noqa: S704 - as above
    )


@cache
def _own(name: str) -> str:
    return (resources.files("training.rating") / "templates" / name).read_text("utf-8")


def _hash(name: str) -> str:
    digest = hashlib.sha256(_own(name).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src {_hash('rate.js')}; style-src {_hash('rate.css')}; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer of the server says: the page's own script and style are used, nothing else."""
