"""What the nodes work with is closed, whatever happens."""

import asyncio
from pathlib import Path
from threading import Event
from weakref import WeakSet

import pytest
from langchain_core.language_models import BaseChatModel

from errors import InputError
from final_answer import agreement
from final_answer.agreement import is_readable
from models.chat import Endpoint
from models.embeddings import embeddings
from nodes.resources import Resources
from nodes.settings import Settings
from store.journal.log import Journal
from tests.doubles.scripted import ScriptedChat


async def test_a_model_that_fails_while_it_is_closed_keeps_no_other_open(tmp_path: Path) -> None:
    begun, given_up, closed = Event(), Event(), []

    def fail() -> BaseChatModel:
        begun.set()
        given_up.wait()
        raise InputError("no weights")

    async def disconnect(chat: BaseChatModel) -> None:
        closed.append(chat)

    connects = {"a:failing": fail, "b:other": ScriptedChat, "c:failing": fail}
    journal = Journal(f"sqlite:///{tmp_path / 'x.db'}")
    resources = Resources(
        journal,
        lambda settings: Endpoint(settings.model or "", connects[settings.model or ""], disconnect),
        embeddings(),
    )
    first, other, last = (resources.endpoint(Settings(model=name)) for name in connects)
    await other.chat()
    for failing in (first, last):
        begun.clear()
        asking = asyncio.create_task(failing.chat())
        await asyncio.to_thread(begun.wait)
        asking.cancel()
    given_up.set()
    with pytest.raises(InputError, match="no weights"):
        await resources.aclose()
    assert len(closed) == 1


async def test_the_last_one_that_closes_ends_the_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodes.resources._opened", WeakSet())

    def opened(name: str) -> Resources:
        journal = Journal(f"sqlite:///{tmp_path / name}")
        return Resources(journal, lambda _: Endpoint("", ScriptedChat), embeddings())

    one, other = opened("one.db"), opened("other.db")
    assert is_readable(r"\boxed{x^2}")
    await one.aclose()
    assert agreement._open
    await other.aclose()
    assert not agreement._open
