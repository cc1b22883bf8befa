"""Ollama, by its own protocol; by OpenAI's it is openai:NAME with a base URL."""

from functools import partial

from models.providers.langchain import open_langchain
from models.providers.provider import Provider
from models.request import Traits

OLLAMA = Provider(
    open=partial(open_langchain, usual_url="http://127.0.0.1:11434"),
    traits=Traits(fields={"max_tokens": "num_predict"}),
)
