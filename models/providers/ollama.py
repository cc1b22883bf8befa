"""Ollama, by its own protocol; by OpenAI's it is openai:NAME with a base URL."""

from models.providers.langchain import open_langchain
from models.providers.provider import Provider
from models.request import Traits

OLLAMA = Provider(open=open_langchain, traits=Traits(fields={"max_tokens": "num_predict"}))
