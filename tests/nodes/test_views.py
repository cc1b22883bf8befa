"""What was known at earlier heads: a resumed run rebuilds its planned calls from there."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from nodes.resources import Resources, open_endpoint
from nodes.settings import Settings
from store.exploration import Exploration
from store.journal.log import GENESIS, Entry, Journal
from tests.store.samples import LetterEmbeddings, begin, task

SETTINGS = Settings(model="scripted:x")


@pytest.fixture
def resources(tmp_path: Path) -> Iterator[Resources]:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}")
    yield Resources(journal, open_endpoint, LetterEmbeddings())
    journal.close()


def known(exploration: Exploration) -> tuple[list[str], int, list[tuple[str, str]]]:
    names = [exploration.tree.task(one).name for one in exploration.tree.admitted()]
    return names, exploration.rejections.total(), list(exploration.rejected_names("t0"))


def test_each_head_is_seen_as_it_was(resources: Resources) -> None:
    heads = [resources.journal.commit(GENESIS, [begin(), task(0, None, "writing")])]
    rejection = {"kind": "task", "rule": "rouge_l", "text": "mail!", "task": "t0"}
    for entries in (
        [task(1, 0, "mail")],
        [Entry("rejection", rejection), task(2, 0, "poem")],
        [task(3, 0, "speech")],
    ):
        heads.append(resources.journal.commit(heads[-1], entries))

    async def seen() -> list[tuple[str, object]]:
        views = resources.views([heads[0], heads[2], heads[3]], SETTINGS)
        return [(head, known(exploration)) async for head, exploration in views]

    assert asyncio.run(seen()) == [
        (head, known(resources.view(head, SETTINGS))) for head in (heads[0], heads[2], heads[3])
    ]


def test_no_head_is_no_view(resources: Resources) -> None:
    async def seen() -> list[str]:
        return [head async for head, _ in resources.views([], SETTINGS)]

    assert asyncio.run(seen()) == []
