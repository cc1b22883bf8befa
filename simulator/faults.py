"""Faults: which one strikes a call, and what a good answer turns into.

Whether a call is struck follows from the simulator's seed, the request's identity and how often
that request was asked before: never from time or from other requests.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp
from random import Random
from typing import Literal

from simulator.words import FOREIGN

Fault = Literal[
    "429",
    "500",
    "503",
    "timeout",
    "cut",
    "truncated",
    "malformed",
    "schema",
    "empty",
    "language",
    "refusal",
    "huge",
    "long",
]

HUGE_CHARACTERS = 2_000_000
"""The length of an answer that goes on and on, whatever it may have."""

LONG = 30
"""How many times the last text of an answer is said that is longer than the others."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """An answer's text after a fault, why it ended, and the provider's refusal where it is one."""

    text: str
    finish_reason: str = "stop"
    refusal: str | None = None


def strike(faults: Mapping[str, float], seed: int, key: str, asked_before: int) -> str | None:
    """Return the fault that strikes this call, or None."""
    drawn = Random(f"fault {seed} {key} {asked_before}").random()
    for fault, share in faults.items():
        drawn -= share
        if drawn < 0:
            return fault
    return None


def latency(mean_s: float, sigma: float, seed: int, key: str, asked_before: int) -> float:
    """Return the seconds that this call takes: fixed, or log-normal with this mean."""
    drawn = Random(f"latency {seed} {key} {asked_before}").gauss(0, 1)
    return mean_s * exp(sigma * drawn - sigma * sigma / 2)


def spoil(fault: str | None, text: str) -> Spoilt:
    """Return what the answer turns into under a fault that leaves it a whole response."""
    if fault == "truncated":
        return Spoilt(text[: len(text) * 6 // 10], finish_reason="length")
    if fault == "refusal":
        return Spoilt("", refusal="I'm sorry, but I can't help with that.")
    return Spoilt(_SPOILING[fault](text) if fault in _SPOILING else text)


def cut_off(spoilt: Spoilt, most: int | None) -> Spoilt:
    """Return what is left of an answer that may have so many characters."""
    if most is None or len(spoilt.text) <= most:
        return spoilt
    return replace(spoilt, text=spoilt.text[:most], finish_reason="length")


def _long(text: str) -> str:
    """Return the answer with the last text of its last item said `LONG` times."""
    try:
        told = json.loads(text)
    except ValueError:
        return text
    for items in filter(None, (part for part in told.values() if isinstance(part, list))):
        last = list(items[-1])[-1]
        items[-1][last] = " ".join([items[-1][last]] * LONG)
    return json.dumps(told, ensure_ascii=False)


def _foreign(text: str) -> str:
    """Return the answer with every text in Russian; keys and counts stay."""
    draw = Random(text)

    def turned(value: object) -> object:
        if isinstance(value, dict):
            return {name: turned(part) for name, part in value.items()}
        if isinstance(value, list):
            return [turned(part) for part in value]
        length = max(3, len(str(value).split()))
        return " ".join(draw.choice(FOREIGN) for _ in range(length)).capitalize()

    try:
        return json.dumps(turned(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return str(turned(text))


def _huge(text: str) -> str:
    return text + " and so on" * (HUGE_CHARACTERS // 10)


_SPOILING = {
    "malformed": lambda text: text.replace('": "', '": ').replace('",', ","),
    "schema": lambda _: json.dumps({"result": {"status": "done", "count": 1}}),
    "empty": lambda _: "",
    "language": _foreign,
    "huge": _huge,
    "long": _long,
}
