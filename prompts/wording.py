"""The wording that lies in files: templates, and a demonstration of a request for subtasks.

A template that names a variable it is not given raises.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Path(__file__).parent / "templates"
_DEMONSTRATIONS = Path(__file__).parent / "demonstrations"

_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701  plain text for a model, never HTML
    trim_blocks=True,
    lstrip_blocks=True,
)

Operation = Literal["lookahead", "backtrack"]


def fill(template: str, **values: Any) -> str:  # noqa: ANN401  whatever a template names
    """Return the template filled in; raises jinja2's UndefinedError for a missing variable."""
    return _environment.get_template(template).render(values).strip()


@cache
def subtask_demonstration(language: str) -> dict[str, Any]:
    """Return the demonstration in a language that has templates, "en" or "zh".

    It is a request for subtasks of another domain (operation, domain, task, reason, path), the
    `criterion` that splits the task there, and the `answer`.
    """
    content = (_DEMONSTRATIONS / f"{language}.yaml").read_text("utf-8")
    demonstration: dict[str, Any] = yaml.safe_load(content)
    return demonstration


def wording_version(*, conversations: bool = False, apart: bool = False) -> str:
    """Return the version of the templates and demonstrations that ask for subtasks and records.

    The templates of conversations, and those of requests apart from their outputs, count for the
    runs alone that use them.
    """
    return _version_with("conversations" if conversations else "requests" if apart else "")


def version_of(folder: str) -> str:
    """Return the version of the templates in this folder below the templates."""
    return _version(sorted((_TEMPLATES / folder).iterdir()))


def _version(files: list[Path]) -> str:
    """Return twelve hexadecimal digits of the hash of the files."""
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


@cache
def _version_with(folder: str) -> str:
    """Return the version of the usual files, together with those of a folder unless it is ""."""
    own = sorted([*_TEMPLATES.glob("*.j2"), *_DEMONSTRATIONS.iterdir()])
    return _version([*own, *(sorted((_TEMPLATES / folder).iterdir()) if folder else [])])
