"""Google: Gemini through its own API or Vertex AI, and Claude on Vertex AI."""

from functools import partial

from models.providers.langchain import open_langchain
from models.providers.provider import Provider
from models.request import Traits

_TRAITS = Traits(fields={"max_tokens": "max_output_tokens"})

# Gemini's clients count the first attempt as a retry.
GEMINI = Provider(
    open=partial(open_langchain, max_retries=1, key_variable="GOOGLE_API_KEY"),
    traits=_TRAITS,
    price_list="google",
)
CLAUDE_ON_VERTEX = Provider(open=open_langchain, traits=_TRAITS)
