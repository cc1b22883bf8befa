"""One server for all tests of this folder, and a model that they may script."""

from collections.abc import AsyncIterator, Iterator

import pytest
from langgraph_sdk.client import LangGraphClient

from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.scripted import serve
from tests.graph.server.driving import ALICE, environ
from tests.serving import Server


@pytest.fixture(scope="package")
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(serve()) as endpoint:
        yield endpoint


@pytest.fixture(scope="package")
def server(model: FakeOpenAI, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    served = Server(tmp_path_factory.mktemp("server"), environ(model.url))
    served.start()
    yield served
    served.stop()


@pytest.fixture
async def alice(server: Server) -> AsyncIterator[LangGraphClient]:
    async with server.client(ALICE) as client:
        yield client
