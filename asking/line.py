"""A line to a model: where its questions go, and what asking it takes."""

from dataclasses import dataclass

from asking.allowance import Rates
from asking.calls import Channel


@dataclass(frozen=True, slots=True)
class Line:
    """How a model is asked: its channel, and what asking it takes."""

    channel: Channel
    rates: Rates
