"""The embedded vectors, and the names of others."""

import socket

import numpy as np
import pytest

from errors import InputError
from models.embeddings import embeddings

TEXTS = ["rewrite a sentence politely", "rewrite a text in a polite tone", "solve an equation", ""]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_near_in_meaning_is_near_and_every_text_has_its_own_unit_vector() -> None:
    model = embeddings()
    vectors = np.array(model.embed_documents(TEXTS))
    assert vectors.shape == (4, 256)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0], atol=1e-5)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > far + 0.2
    assert [model.embed_query(text) for text in TEXTS] == vectors.tolist()
    assert model.embed_documents([]) == []


@pytest.mark.parametrize("name", ["cohere:x", "openai:", "nonsense"])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=name):
        embeddings(name)


def test_a_providers_vectors_want_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(InputError, match="OPENAI_API_KEY is not set"):
        embeddings("openai:text-embedding-3-small")
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert "OpenAIEmbeddings" in type(embeddings("openai:text-embedding-3-small")).__name__
