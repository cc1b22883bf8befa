"""A provider is one row of the table: the rows that are there, and one that a test adds."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage

from models.answer import Answer
from models.chat import Endpoint, endpoint_of
from models.endpoint import endpoint
from models.prices import cost_usd
from models.providers.provider import Address, Provider
from models.providers.table import PROVIDERS, provider_of
from models.request import Traits
from tests.models.asked import Answering, asked


class ToyChat(Answering):
    """A chat model that answers with the settings it got, and ends with a word of its own."""

    toy: str
    dice: int = 0
    temperature: float = 0.0
    max_tokens: int = 0

    def reply_to(self, messages: list[BaseMessage]) -> AIMessage:
        text = f"{self.toy} {self.dice} {self.temperature} {self.max_tokens} {len(messages)}"
        return AIMessage(text, response_metadata={"finish_reason": "WOUND_DOWN"})


def open_toy(address: Address, traits: Traits) -> Endpoint:
    return endpoint_of(ToyChat(toy=address.name), address.model, traits)


TOY = Provider(
    open=open_toy,
    traits=Traits(
        fields={"seed": "dice"},
        refused=frozenset({"temperature"}),
        finish_reasons={"wound_down": "length"},
    ),
    price_list="openai",
)


async def test_a_new_provider_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "toy", TOY)
    answer = await asked(endpoint("toy:gpt-4.1-mini"))
    text = "gpt-4.1-mini 7 0.0 50 2"
    assert answer == Answer(text, "length", 5, len(text) // 4, "toy:gpt-4.1-mini", estimated=True)
    price = cost_usd("toy:gpt-4.1-mini", 1000, 1000)
    assert price
    assert price == cost_usd("openai:gpt-4.1-mini", 1000, 1000)


@pytest.mark.parametrize(
    ("model", "max_retries"),
    [("google_genai:x", 1), ("google_vertexai:x", 1), ("mistralai:x", 0), ("anthropic:x", 0)],
)
def test_langchains_clients_ask_once(
    model: str, max_retries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str, dict[str, Any]]] = []

    def open_model(name: str, **settings: Any) -> ToyChat:  # noqa: ANN401 - LangChain's
        opened.append((name, settings))
        return ToyChat(toy=name)

    monkeypatch.setattr("langchain.chat_models.init_chat_model", open_model)
    endpoint(model, timeout_s=9)
    assert opened == [(model, {"timeout": 9, "max_retries": max_retries})]


@pytest.mark.parametrize(
    ("provider", "fields"),
    [
        ("anthropic", {}),
        ("google_anthropic_vertex", {"max_tokens": "max_output_tokens"}),
        ("google_genai", {"max_tokens": "max_output_tokens"}),
        ("google_vertexai", {"max_tokens": "max_output_tokens"}),
        ("mistralai", {"seed": "random_seed"}),
        ("ollama", {"max_tokens": "num_predict"}),
    ],
)
def test_settings_go_by_the_clients_names(provider: str, fields: dict[str, str]) -> None:
    assert provider_of(provider).traits.fields == fields
