"""Semantic recall: the tasks elsewhere in the tree whose meaning is nearest to a given one.

A dense FAISS index behind langchain-community's store. It only suggests: the exploration state
names what it finds, so that the model does not propose it again. Admission never depends on it.
"""

import warnings
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings

if TYPE_CHECKING:
    from langchain_community.vectorstores import FAISS


class TaskRecall:
    """Task names and reasons by meaning; ids go in, ids come out."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self._store: FAISS | None = None
        self._texts: dict[str, str] = {}

    def add(self, task_id: str, text: str) -> None:
        """Add a task by the text that says what it is."""
        self._texts[task_id] = text
        if self._store is None:
            self._store = _empty_store(self._embeddings, len(self._embeddings.embed_query(text)))
        self._store.add_texts([text], ids=[task_id], metadatas=[{"task": task_id}])

    def remove(self, task_id: str) -> None:
        """Forget a task."""
        if self._store is not None and self._texts.pop(task_id, None) is not None:
            self._store.delete([task_id])

    def related(self, task_id: str, most: int, leave_out: set[str]) -> list[str]:
        """Return up to `most` ids nearest in meaning to a known task, nearest first."""
        if self._store is None or task_id not in self._texts:
            return []
        found = self._store.similarity_search(self._texts[task_id], k=most + len(leave_out) + 1)
        ids = [document.metadata["task"] for document in found]
        return [i for i in ids if i != task_id and i not in leave_out][:most]


def _empty_store(embeddings: Embeddings, width: int) -> Any:  # noqa: ANN401 - the store is untyped
    import faiss  # noqa: PLC0415 - costs a quarter of a second, so only when a run needs it

    with warnings.catch_warnings():
        # The package announces its sunset at import; this is the one place that imports it.
        warnings.simplefilter("ignore", DeprecationWarning)
        from langchain_community.docstore.in_memory import InMemoryDocstore  # noqa: PLC0415
        from langchain_community.vectorstores import FAISS  # noqa: PLC0415

        return FAISS(embeddings, faiss.IndexFlatL2(width), InMemoryDocstore(), {})
