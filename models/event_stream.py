"""Placeholder until the merge."""

import json
from typing import Any


def is_event_stream(body: str) -> bool:
    """Return whether the body is an event stream."""
    return body.lstrip().startswith(("data:", "event:", ":"))


def completion_of(body: str) -> dict[str, Any]:
    """Return the answer that the stream is of."""
    texts, last = [], {}
    for line in body.splitlines():
        if line.startswith("data:") and line[5:].strip() != "[DONE]":
            last = json.loads(line[5:])
            texts += [c["delta"].get("content") or "" for c in last["choices"]]
    return {"choices": [{"message": {"content": "".join(texts)}}]} | {"usage": last.get("usage")}
