"""What a provider's file states about it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from models.chat import Endpoint
from models.request import Traits


@dataclass(frozen=True, slots=True)
class Address:
    """Which model to open: PROVIDER:NAME, where it is served, and how long to wait for an answer.

    `base_url` None means the provider's own.
    """

    model: str
    base_url: str | None
    timeout_s: float

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
