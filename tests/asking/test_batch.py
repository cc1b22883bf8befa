"""Pieces side by side: in their order, few at once, and alone where they do not fit."""

import asyncio
from contextlib import aclosing

import pytest

from asking.batch import in_turn, together


async def pieces(ahead: int, room: int) -> tuple[list[tuple[int, int]], int]:
    """Return what comes of ten pieces that end in the reverse order, and how many were begun.

    A piece begins beside others only where `room` allows; the last two never do.
    """
    begun: list[int] = []

    async def work(piece: int) -> int:
        for _ in range(20 - piece):
            await asyncio.sleep(0)
        return piece * piece

    def begin(piece: int, is_alone: bool) -> asyncio.Task[int] | None:  # noqa: FBT001 - as it is called
        if piece > 7 or not (is_alone or room):
            return None
        begun.append(piece)
        return asyncio.create_task(work(piece))

    async with aclosing(in_turn(range(10), begin, ahead=ahead)) as turns:
        return [pair async for pair in turns], len(begun)


@pytest.mark.parametrize(("ahead", "room"), [(1, 1), (3, 1), (50, 1), (3, 0)])
async def test_what_comes_of_pieces_comes_in_their_order(ahead: int, room: int) -> None:
    found, begun = await pieces(ahead, room)
    assert found == [(piece, piece * piece) for piece in range(8)]
    assert begun == 8


async def test_where_one_raises_the_others_come_to_their_end() -> None:
    ended: list[int] = []

    async def work(piece: int) -> None:
        await asyncio.sleep(0)
        if piece == 0:
            raise ValueError("no")
        await asyncio.sleep(0)
        ended.append(piece)

    def begin(piece: int, _: object) -> asyncio.Task[None]:
        return asyncio.create_task(work(piece))

    async def all_of_them() -> None:
        async with aclosing(in_turn(range(4), begin, ahead=4)) as turns:
            async for _ in turns:
                pass

    with pytest.raises(ValueError, match="no"):
        await all_of_them()
    assert ended == [1, 2, 3]
    with pytest.raises(ValueError, match="no"):
        await together(work(piece) for piece in range(3))
    assert ended == [1, 2, 3, 1, 2]
