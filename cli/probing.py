"""Whether every model of a run can be asked, before anything else is done."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from rich.console import Console

from asking.answers import AnswerLog
from asking.attempts import NONE_LOST, Attempts
from asking.budget import Cost
from asking.meter import Price
from cli.running import say
from errors import InputError
from models.answer import Answer
from models.chat import Endpoint
from models.prices import cost_usd
from models.probe import probe
from models.refusal import NotAnswered
from nodes.resources import open_endpoint
from nodes.roles import by_role
from nodes.settings import Settings
from nodes.spending import NOTHING, cost_of, with_answers
from nodes.state import Spent
from store.digest import digest
from store.journal.log import Answered, Journal

_PROMPT_TOKENS, _ANSWER_TOKENS = 64, 16
"""What asking for one word takes at most."""

_PROBES = "probes"
"""The name under which a journal holds the answers to probes."""


async def probed(settings: Settings) -> Spent:
    """See that the model of every role can be asked; return what that cost."""
    spent = NOTHING
    for settings_there in _different(by_role(settings).values()):
        spent = await probed_one(settings_there, spent)
    return spent


async def probed_one(settings: Settings, spent: Spent = NOTHING) -> Spent:
    """See that the settings' own model can be asked; return what was spent, that included."""
    return _with(spent, await _answer(settings), settings)


async def probed_once(asked: Iterable[Settings], journal: Journal, run: str) -> Spent:
    """See that each model can be asked, before the first answer to the run is in the journal.

    No model is asked twice, nor where a cap forbids it. Return what all probes cost so far.
    """
    log = AnswerLog(_PROBES, journal)
    is_begun = not await AnswerLog(run, journal).is_empty()
    spent = NOTHING
    for settings in _different(asked):
        key = digest([settings.model, settings.base_url])
        answer = await log.find(key)
        if answer is None and not is_begun and _affords(settings, spent):
            answer = await _answer(settings)
            if answer:
                await log.store(Answered(key, {"probed": settings.model}, answer))
        spent = _with(spent, answer, settings)
    return spent


def _different(asked: Iterable[Settings]) -> Iterable[Settings]:
    """Return the settings of each model at each address, once."""
    return {(one.model, one.base_url): one for one in asked}.values()


def _affords(settings: Settings, spent: Spent) -> bool:
    """Return whether the caps allow one more word."""
    tokens = _PROMPT_TOKENS, _ANSWER_TOKENS
    dollars = _price(settings)(*tokens) or 0.0
    return settings.caps.passed_by(cost_of(spent) + Cost(1, *tokens, dollars)) is None


async def _answer(settings: Settings) -> dict[str, Any] | None:
    """See that a model can be asked; return its answer as it is stored, None where none was due."""
    endpoint = open_endpoint(settings)
    try:
        answer = await _patiently(endpoint)
    finally:
        await endpoint.aclose()
    return asdict(answer) | NONE_LOST if answer else None


def _with(spent: Spent, answer: Mapping[str, Any] | None, settings: Settings) -> Spent:
    return with_answers(spent, [answer] if answer else [], _price(settings))


def _price(settings: Settings) -> Price:
    return partial(cost_usd, str(settings.model), base_url=settings.base_url)


async def _patiently(endpoint: Endpoint) -> Answer | None:
    """Probe, as patiently as a run asks where the endpoint is busy. Raises InputError."""
    attempts = Attempts(0)
    while True:
        try:
            return await probe(endpoint)
        except NotAnswered as failure:
            pause = attempts.pause(failure, 0)
            if pause is None:
                raise InputError(str(failure)) from failure
            say(Console(stderr=True), f"asked again in {pause:.3g} s: {failure.said}")
        await asyncio.sleep(pause)
