"""The table of all providers: from the PROVIDER of PROVIDER:NAME to its facts.

A new provider is a new file beside this one and a row here. A provider of LangChain's without a row
has no facts of its own.
"""

from models.providers.embedded import EMBEDDED
from models.providers.google import CLAUDE_ON_VERTEX, GEMINI
from models.providers.langchain import LANGCHAIN
from models.providers.mistral import MISTRAL
from models.providers.ollama import OLLAMA
from models.providers.openai import OPENAI
from models.providers.provider import Provider

PROVIDERS: dict[str, Provider] = {
    "embedded": EMBEDDED,
    "google_anthropic_vertex": CLAUDE_ON_VERTEX,
    "google_genai": GEMINI,
    "google_vertexai": GEMINI,
    "mistralai": MISTRAL,
    "ollama": OLLAMA,
    "openai": OPENAI,
}


def provider_of(model: str) -> Provider:
    """Return the facts of the provider of PROVIDER:NAME; PROVIDER alone will do."""
    return PROVIDERS.get(model.partition(":")[0], LANGCHAIN)
