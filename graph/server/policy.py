"""What a caller of the server may ask for: models, endpoints, and how much.

The server holds the operator's keys, so a caller never names a file, a model or a base URL that
the operator did not allow: the key could be sent to a stranger's host. What is refused is an
InputError that names the field, the value and what is allowed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from errors import InputError
from graph.server.studio import Context
from models.endpoint import Choice, choose
from models.urls import without_password
from nodes.roles import ROLES
from nodes.settings import Settings
from nodes.state import Input
from problems import problems_of, shown
from prompts.domain import preset_names

MAX_TASKS = 10_000
MAX_RECORDS = 200_000
MAX_DOMAIN_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator allows; `default` is the model for callers who name none."""

    default: Choice
    models: frozenset[str]
    base_urls: frozenset[str]
    max_tasks: int = MAX_TASKS
    max_records: int = MAX_RECORDS
    max_domain_bytes: int = MAX_DOMAIN_BYTES

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Policy":
        """Return the policy that the environment's EXPLORE_… variables state.

        Raises InputError for a limit that is not a positive whole number.
        """
        return cls(
            default=choose(None, None, environ),
            models=_listed(environ, "EXPLORE_ALLOWED_MODELS"),
            base_urls=frozenset(map(_address, _listed(environ, "EXPLORE_ALLOWED_BASE_URLS"))),
            max_tasks=_number(environ, "EXPLORE_MAX_TASKS", MAX_TASKS),
            max_records=_number(environ, "EXPLORE_MAX_RECORDS", MAX_RECORDS),
            max_domain_bytes=_number(environ, "EXPLORE_MAX_DOMAIN_BYTES", MAX_DOMAIN_BYTES),
        )

    def choice(self, settings: Settings, environ: Mapping[str, str]) -> Choice:
        """Return the model and the base URL that these settings come to.

        Raises InputError for one that the operator did not allow.
        """
        for part in ("", *(f"{role}_" for role in ROLES)):
            model, base_url = (getattr(settings, f"{part}{name}") for name in ("model", "base_url"))
            if model is not None:
                self._check_model(f"{part}model", model)
            if base_url is not None:
                self._check_base_url(f"{part}base_url", base_url)
        if settings.extra_body:
            raise InputError("extra_body: only who runs this server sets it: leave it out")
        return choose(settings.model, settings.base_url, environ)

    def check_size(self, settings: Settings) -> None:
        """Raise InputError where the settings ask for more than the server gives."""
        expected = settings.expected
        if expected.tasks > self.max_tasks:
            size, lower = _size(settings)
            raise InputError(
                f"{size} may reach {expected.tasks} tasks; this server allows {self.max_tasks}: "
                f"lower {lower}"
            )
        if expected.records > self.max_records:
            asked = _limit(settings)
            others = "" if settings.kind.is_open_ended else ", depth or breadth"
            raise InputError(
                f"{asked}: up to {expected.records} records on {expected.tasks} tasks; this server "
                f"allows {self.max_records}: lower {asked}{others}"
            )

    def check_tree(self, tasks: int, settings: Settings) -> None:
        """Raise InputError for a tree that edits made larger than the server gives."""
        records = tasks * (settings.per_task or 0)
        if tasks > self.max_tasks or records > self.max_records:
            raise InputError(
                f"the tree has {tasks} tasks; this server allows {self.max_tasks}, and "
                f"{self.max_records} records: prune some, or lower per_task"
            )

    def check_domain(self, domain: object) -> None:
        """Raise InputError for an input's `domain` that is missing, of no use, or too large."""
        names = preset_names()
        if isinstance(domain, str) and domain in names:
            return
        if not isinstance(domain, Mapping):
            unknown = f"no preset is named {shown(domain)}; " if isinstance(domain, str) else ""
            raise InputError(
                f"domain: {unknown}give a preset's name ({', '.join(names)}) or a domain file's "
                "content as an object"
            )
        size = len(json.dumps(domain).encode())
        if size > self.max_domain_bytes:
            raise InputError(
                f"domain: {size} bytes; this server allows {self.max_domain_bytes}: "
                "give fewer or shorter seeds, examples and topics"
            )

    def _check_model(self, field: str, model: str) -> None:
        allowed = self.models | {name for name in (self.default.model,) if name}
        if model not in allowed:
            raise InputError(f"{field}: {shown(model)} is not allowed here; {_allowed(allowed)}")

    def _check_base_url(self, field: str, base_url: str) -> None:
        own = self.default.base_url
        allowed = self.base_urls | {_address(url) for url in (own,) if url}
        if _address(base_url) not in allowed:
            instead = _allowed(self.base_urls)
            raise InputError(f"{field}: {shown(base_url)} is not allowed here; {instead}")


def refused_settings(given: Mapping[str, Any]) -> str | None:
    """Return what in a context is no setting, or cannot be its value; None where all can be.

    Settings that do not fit each other are refused by the run, which knows them all.
    """
    unknown = next((shown(name) for name in given if name not in Settings.model_fields), None)
    if unknown:
        return f"context: unknown field {unknown}; known: {', '.join(Settings.model_fields)}"
    try:
        Context.model_validate(given)
    except ValidationError as error:
        return f"context, {problems_of(error, Settings)}"
    return None


def refused_input(given: object) -> str | None:
    """Return what in an input cannot be used: it holds the `domain` alone. None if all can."""
    if given is None:
        return None
    if not isinstance(given, Mapping):
        return f'input: {shown(given)} is no object: give one such as {{"domain": "rewriting"}}'
    unknown = [shown(name) for name in given if name not in Input.__annotations__]
    names = ", ".join(unknown)
    return (
        f"input: unknown {names}; known: domain. Settings belong into `context`" if names else None
    )


def _size(settings: Settings) -> tuple[str, str]:
    """Return what decides how many tasks a run has, as a person named it, and what to lower."""
    if settings.kind.is_open_ended:
        limit = _limit(settings)
        return f"{limit} {getattr(settings, limit)}", limit
    wide = ",".join(map(str, settings.limits.breadth))
    return f"depth {settings.depth} with breadth {wide}", "depth or breadth"


def _limit(settings: Settings) -> str:
    """Return which setting decides how many records a run writes."""
    if not settings.kind.is_open_ended:
        return "per_task" if settings.records is None else "records"
    named = (name for name in ("records", "max_tokens", "max_calls") if getattr(settings, name))
    return next(named, "records")


def _address(url: str) -> str:
    return url.strip().rstrip("/")


def _listed(environ: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(part.strip() for part in environ.get(name, "").split(",") if part.strip())


def _allowed(allowed: frozenset[str]) -> str:
    names = ", ".join(sorted(map(without_password, allowed)))
    return f"allowed: {names}, or leave it out" if names else "leave it out"


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or int(text) < 1:
        raise InputError(f"{name} is {text!r}: give a whole number, 1 or more")
    return int(text)
