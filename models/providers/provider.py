"""What a provider's file states about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.chat import Endpoint
from models.request import Traits

TIMEOUT_S = 600.0
"""Seconds that an answer may take: many requests may queue up at a slow server."""


@dataclass(frozen=True, slots=True)
class Address:
    """Which model to open: PROVIDER:NAME, where it is served, and how it is asked.

    Attributes:
        model: PROVIDER:NAME.
        base_url: where it is served; None means the provider's own address.
        timeout_s: seconds that an answer may take.
        extra_body: fields that a person adds to the body of every request.

    """

    model: str
    base_url: str | None = None
    timeout_s: float = TIMEOUT_S
    extra_body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """NAME alone."""
        return self.model.partition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """All facts of a provider; a row of `models.providers.table`.

    Attributes:
        open: returns the endpoint of a model, not yet connected, or raises InputError where it
            cannot be used (no key, no package, a wrong name).
        traits: what holds for all models of the provider.
        price_list: what genai-prices calls the provider; None where it has the same name there.
        in_process: its models run in this process: they are free, and there is nothing to probe.

    """

    open: Callable[[Address, Traits], Endpoint]
    traits: Traits = field(default_factory=Traits)
    price_list: str | None = None
    in_process: bool = False
