"""Dense vectors of texts, for finding related tasks: embedded without any network, or a provider's.

The embedded vectors are wordllama's 256 static dimensions, from the weights and the tokenizer that
lie in its package; it is never let near a download.
"""

import importlib.util
import logging
import os
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings

from errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_loading = threading.Lock()


def embeddings(name: str = "embedded") -> Embeddings:
    """Return the embedding model of this name: "embedded", or "openai:NAME".

    Raises:
        InputError: another provider, or no OPENAI_API_KEY.

    """
    if name == "embedded":
        return WordVectors()
    provider, _, model = name.partition(":")
    if provider != "openai" or not model:
        raise InputError(f"embedding model {name!r}: name it 'embedded' or 'openai:NAME'")
    if not os.environ.get("OPENAI_API_KEY"):
        raise InputError(f"OPENAI_API_KEY is not set: embedding model {name!r} needs it")
    from langchain_openai import OpenAIEmbeddings  # noqa: PLC0415 - takes over a second

    # Counting tokens first would download a vocabulary; the texts are short anyway.
    return OpenAIEmbeddings(model=model, check_embedding_ctx_length=False)


class WordVectors(Embeddings):
    """Unit vectors of 256 dimensions, loaded at the first use, by any thread.

    A text's vector depends on nothing but the text: not on those it is embedded together with.
    A text without a known token gets the zero vector.
    """

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text."""
        if not texts:
            return []
        with _loading:
            model = _load()
        vectors: NDArray[np.float32] = model.embed(texts, batch_size=1)
        return [_unit(vector) for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        """Return the text's vector."""
        return self.embed_documents([text])[0]


@cache
def _load() -> Any:  # noqa: ANN401 - wordllama has no types
    package = importlib.util.find_spec("wordllama")
    if package is None or package.origin is None:
        raise InputError("wordllama is not installed: pip install wordllama")
    log = logging.getLogger()
    level, handlers = log.level, log.handlers[:]
    from wordllama import WordLlama  # noqa: PLC0415 - takes a second

    # It sets up the process's logging at its import, which is not a library's to do.
    log.setLevel(level)
    log.handlers[:] = handlers
    # Its own search misses the tokenizer it brings along, so its folder is named as the cache.
    return WordLlama.load(cache_dir=Path(package.origin).parent, disable_download=True)


def _unit(vector: "NDArray[np.float32]") -> list[float]:
    length = float((vector @ vector) ** 0.5)
    scaled: list[float] = (vector / length if length else vector).tolist()
    return scaled
