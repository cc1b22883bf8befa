"""Embedding models, which find related tasks: the embedded one, or a provider's.

The embedded vectors are wordllama's, static and of 256 dimensions. Its weights and its tokenizer
come with its package; nothing is downloaded.
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

COVERS = 0.5
"""The cosine of embedded vectors from which on a text is about what a question asks.

Found on real questions: 208 of brainstorming, 166 of generation, 94 of rewriting, 500 of
mathematics and 4,535 of programming. At .5 at most 5 % of the questions of one kind have a text of
another kind that is as near, but for mathematics and programming, which share topics (21 % and
12 %). Another question of their own kind is as near to 37, 41, 26, 86 and 100 %. At .45 up to 12 %
are near to another kind; at .55 the shares of their own kind fall to 22, 27, 15, 78 and 99 %.
`python -m benchmarks.cosine` measures it.
"""

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
    """The embedded model: unit vectors of 256 dimensions. It loads at the first use, in any thread.

    A text's vector depends on the text alone, not on the other texts of its batch. A text without
    a known token gets the zero vector.
    """

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text."""
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

    # Its import changes the logging of the whole process: undo that.
    log.setLevel(level)
    log.handlers[:] = handlers
    # By itself it does not find the tokenizer in its package, so its folder is named as the cache.
    return WordLlama.load(cache_dir=Path(package.origin).parent, disable_download=True)


def _unit(vector: "NDArray[np.float32]") -> list[float]:
    length = float((vector @ vector) ** 0.5)
    scaled: list[float] = (vector / length if length else vector).tolist()
    return scaled
