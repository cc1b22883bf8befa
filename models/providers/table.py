"""The table of all providers: from the PROVIDER of PROVIDER:NAME to its facts.

To add a provider, add a file beside this one and a row here. A provider of LangChain's that has no
facts of its own needs no row.
"""

from models.providers import embedded, google, langchain, mistral, ollama, openai
from models.providers.provider import Provider

PROVIDERS: dict[str, Provider] = {
    "embedded": embedded.EMBEDDED,
    "google_anthropic_vertex": google.CLAUDE_ON_VERTEX,
    "google_genai": google.GEMINI,
    "google_vertexai": google.GEMINI,
    "mistralai": mistral.MISTRAL,
    "ollama": ollama.OLLAMA,
    "openai": openai.OPENAI,
}


def provider_of(model: str) -> Provider:
    """Return the facts of the provider of PROVIDER:NAME, or of PROVIDER alone."""
    return PROVIDERS.get(model.partition(":")[0], langchain.LANGCHAIN)
