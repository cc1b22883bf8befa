"""Data sets for the report's tests, hostile ones among them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from langchain_core.embeddings import Embeddings

HOSTILE = [
    "<script>document.title = 'run'</script>",
    "</script><script>document.title = 'run'</script>",
    "<!--<script>",
    "]]><img src=x onerror=\"document.title = 'run'\">",
    '<a href="javascript:document.title = 1">press</a> me',
    "javascript:document.title='run'",
    "\"quotes\" 'single' `back` \\ \\u003c {{ 7 * 7 }} {% raw %} ${document.title}",
    "اكتب قصيدة عن البحر \u202e ltr \u2066 mixed",
    "Write 🎉 emoji 👩‍👩‍👧 and \u0001 \u2028 \u2029 signs",
    "x" * 10_000,
    "%{label} <b>bold</b> $x^2$ &lt;b&gt; &amp;",
    "-0 __proto__ constructor toString",
]


def record(text: str, task: str = "Root", **more: object) -> dict[str, Any]:
    return {
        "id": text[:5],
        "instruction": text,
        "input": "",
        "output": f"About {text}",
        "task": task,
        "path": ["Root", task] if task != "Root" else ["Root"],
    } | more


def rejection(text: str, **more: object) -> dict[str, Any]:
    return {
        "kind": "record",
        "rule": "rouge_l",
        "score": 0.8,
        "nearest_id": "r0",
        "nearest_text": text[::-1],
        "text": text,
        "task": "Root",
        "why": None,
    } | more


def write_lines(path: Path, values: Iterable[object]) -> Path:
    lines = [json.dumps(value, ensure_ascii=False) for value in values]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    return path


def hostile_folder(folder: Path) -> Path:
    """Make a run's folder whose every text and name is hostile."""
    folder.mkdir()
    write_lines(folder / "dataset.jsonl", [record(t, task=t[:200]) for t in HOSTILE])
    told = [rejection(t, rule=f"<b>{n % 3}", why=t, task=t[:200]) for n, t in enumerate(HOSTILE)]
    write_lines(folder / "rejected.jsonl", told)
    names = ["Root", *(t[:200] for t in HOSTILE)]
    nodes = [
        {"id": f"<t{n}>", "name": name, "depth": min(n, 1), "kept": 1, "rejected": n}
        for n, name in enumerate(names)
    ]
    edges = [{"source": "<t0>", "target": node["id"]} for node in nodes[1:]]
    (folder / "tree.json").write_text(json.dumps({"nodes": nodes, "edges": edges}))
    stats = {"records": len(HOSTILE), "calls": 20, "prompt_tokens": 100, "model": HOSTILE[0]}
    (folder / "stats.json").write_text(json.dumps(stats))
    return folder


class Letters(Embeddings):
    """Texts as counts of their letters a to d, of length 1; other texts are unknown."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        counted = [[float(text.count(letter)) for letter in "abcd"] for text in texts]
        return [[n / (sum(m * m for m in row) ** 0.5 or 1) for n in row] for row in counted]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]
