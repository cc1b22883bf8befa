"""Runs of the real graph against the simulator, both in one event loop: no process to wait for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from simulator import Options
from simulator.server import serve


@dataclass(frozen=True, slots=True)
class Served:
    """A simulator in the running event loop; `url` is the base URL to give to a client."""

    url: str

    async def counts(self) -> dict[str, Any]:
        async with httpx.AsyncClient() as client:
            response = await client.get(f"{self.url.removesuffix('/v1')}/counts")
        told: dict[str, Any] = response.json()
        return told


@asynccontextmanager
async def served(options: Options) -> AsyncIterator[Served]:
    runner, port = await serve(options, 0)
    try:
        yield Served(f"http://127.0.0.1:{port}/v1")
    finally:
        await runner.cleanup()
