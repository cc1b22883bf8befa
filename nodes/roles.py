"""Roles: which model explores, which one writes and which one judges, each at its own address.

A role that names no model or base URL takes the run's; but a model of another provider is never
asked at the run's base URL, which would get that provider's key.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

from models.endpoint import choose
from models.providers.table import provider_of
from models.urls import cleaned
from search.step import Operation

if TYPE_CHECKING:
    from nodes.settings import Settings

Role = Literal["explore", "write", "judge"]
ROLES: tuple[Role, ...] = get_args(Role)


def role_of(operation: Operation) -> Role:
    """Return the role that a step's operation belongs to."""
    return "write" if operation == "generate" else "explore"


def as_role(settings: "Settings", role: Role) -> "Settings":
    """Return the settings with the model and the base URL that this role is asked at.

    A judge is not to be creative: it is asked at temperature 0.
    """
    named: str | None = getattr(settings, f"{role}_model")
    base_url: str | None = getattr(settings, f"{role}_base_url")
    if base_url is None and (named is None or _provider(named) == _provider(settings.model)):
        base_url = settings.base_url
    at = {"model": named or settings.model, "base_url": base_url}
    return settings.model_copy(update=at | ({"temperature": 0.0} if role == "judge" else {}))


def by_role(settings: "Settings") -> "dict[Role, Settings]":
    """Return the settings of each role that a run of these settings asks."""
    explores, writes = settings.kind.grows_tree, not settings.tasks_only
    judges = writes and settings.judge_model is not None
    needed = zip(ROLES, (explores, writes, judges), strict=True)
    return {role: as_role(settings, role) for role, is_needed in needed if is_needed}


def with_addresses(settings: "Settings", environ: Mapping[str, str]) -> "Settings":
    """Return the settings with the base URL of every role that names a model of another provider.

    It is what `models.endpoint.choose` finds for that model: the environment's, or the provider's
    own. Base URLs that were named are cleaned. Raises InputError for one that is none.
    """
    found: dict[str, str | None] = {}
    for role in ROLES:
        named, base_url = (getattr(settings, f"{role}_{part}") for part in ("model", "base_url"))
        if base_url is None and named is not None and as_role(settings, role).base_url is None:
            base_url = choose(named, None, environ).base_url
        found[f"{role}_base_url"] = cleaned(base_url) if base_url else None
    return settings.model_copy(update=found)


def _provider(model: str | None) -> str:
    """Return the provider of PROVIDER:NAME; a name alone speaks OpenAI's protocol."""
    provider, is_named, _ = (model or "").partition(":")
    return provider if is_named or provider_of(provider).in_process else "openai"
