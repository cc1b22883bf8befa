"""Whether every model of a run can be asked, before anything else is done."""

import asyncio
from dataclasses import asdict
from functools import partial

from rich.console import Console

from asking.attempts import NONE_LOST, Attempts
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
from nodes.spending import NOTHING, with_answers
from nodes.state import Spent


async def probed(settings: Settings) -> Spent:
    """See that the model of every role can be asked; return what that cost."""
    spent = NOTHING
    addresses = {(one.model, one.base_url): one for one in by_role(settings).values()}
    for settings_there in addresses.values():
        spent = await probed_one(settings_there, spent)
    return spent


async def probed_one(settings: Settings, spent: Spent = NOTHING) -> Spent:
    """See that the settings' own model can be asked; return what was spent, that included."""
    endpoint = open_endpoint(settings)
    try:
        answer = await _patiently(endpoint)
    finally:
        await endpoint.aclose()
    price = partial(cost_usd, str(settings.model), base_url=settings.base_url)
    return with_answers(spent, [asdict(answer) | NONE_LOST] if answer else [], price)


async def _patiently(endpoint: Endpoint) -> Answer | None:
    """Probe as patiently as a run asks; an answer that may have been billed is not asked for again.

    Raises InputError where the endpoint goes on failing.
    """
    attempts = Attempts(0)
    while True:
        try:
            return await probe(endpoint)
        except NotAnswered as failure:
            pause = None if failure.lost else attempts.pause(failure, 0)
            if pause is None:
                raise InputError(str(failure)) from failure
            say(Console(stderr=True), f"asked again in {pause:.3g} s: {failure.said}")
        await asyncio.sleep(pause)
