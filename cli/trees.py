"""Draws a task tree for people (text), programs (json) and documents (mermaid).

A tree comes as networkx node-link data: nodes with id, name, depth, status, kept and rejected,
edges from parent to child. Every drawing is returned whole, without a final line break.
"""

import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from rich.cells import cell_len

from words import one_line, several

NodeLink = Mapping[str, Any]
Key = TypeVar("Key")

NAME_COLUMN = 72  # cells; the counts stand no farther right, however long a name is
MERMAID_TASKS = 400  # Mermaid refuses a chart of more than 500 edges, or of 50,000 characters
FINISHED = {"", "complete", "depth"}  # statuses that need no remark


def lines(
    roots: Iterable[Key], children: Callable[[Key], Sequence[Key]]
) -> Iterator[tuple[str, Key]]:
    """Yield every task in depth-first pre-order, with the box-drawing characters before it."""
    waiting = [("", "", root) for root in reversed(list(roots))]
    while waiting:
        lead, indent, task = waiting.pop()
        yield lead, task
        below = [(f"{indent}├─ ", f"{indent}│  ", child) for child in children(task)]
        below[-1:] = [(f"{indent}└─ ", f"{indent}   ", child) for _, _, child in below[-1:]]
        waiting += reversed(below)


def trail(names: Iterable[str]) -> str:
    """Return a task's path as a person reads it: the names from the root, on one line."""
    return " › ".join(map(one_line, names))  # noqa: RUF001 — the mark of a path, not a comparison


def draw_text(tree: NodeLink, *, ids: bool = False) -> str:
    """Return one line a task: its place, records kept, rejections, and its status if unfinished.

    `ids` puts every task's id before its name.
    """
    nodes = {node["id"]: node for node in tree["nodes"]}
    children = _children(tree)
    drawn = [
        (lead + (f"{task} " if ids else "") + one_line(nodes[task]["name"]), nodes[task])
        for lead, task in lines(_roots(tree), lambda task: children[task])
    ]
    kept, rejected = (sum(n.get(key, 0) for n in nodes.values()) for key in ("kept", "rejected"))
    counted = {"records": "kept", "rejected": "rejected"} if rejected else {"records": "kept"}
    rows = [("", list(counted), "")]
    for name, node in drawn:
        status = node.get("status", "")
        counts = [f"{node.get(key, 0):,}" for key in counted.values()]
        rows.append((name, counts, "" if status in FINISHED else status))
    counted_in_all = f"{several(kept, 'record')} kept, {several(rejected, 'record')} rejected"
    total = f"{several(len(nodes), 'task')}, {counted_in_all}"
    return "\n".join([*_aligned(rows), "", total])


def draw_json(tree: NodeLink) -> str:
    """Return the node-link data itself, indented."""
    return json.dumps(tree, ensure_ascii=False, indent=2)


def draw_mermaid(tree: NodeLink) -> str:
    """Return a Mermaid flowchart, each task with its number of records.

    Of a tree too large for Mermaid the upper levels are drawn, whole levels only; the tasks at
    the cut say how many lie below them.
    """
    deepest = _levels_that_fit(tree)
    nodes = [node for node in tree["nodes"] if node["depth"] <= deepest]
    names = {node["id"]: f"n{position}" for position, node in enumerate(nodes)}
    below = _below(tree)
    chart = ["flowchart LR"]
    for node in nodes:
        label = [_mermaid_text(node["name"]), several(node.get("kept", 0), "record")]
        if node["depth"] == deepest and below[node["id"]]:
            label.append(f"{several(below[node['id']], 'task')} below")
        chart.append(f'    {names[node["id"]]}["{"<br/>".join(label)}"]')
    arrows = ((edge["source"], edge["target"]) for edge in tree["edges"])
    chart += (f"    {names[a]} --> {names[b]}" for a, b in arrows if b in names)
    return "\n".join(chart)


DRAWINGS: Mapping[str, Callable[[NodeLink], str]] = {
    "text": draw_text,
    "json": draw_json,
    "mermaid": draw_mermaid,
}


def _children(tree: NodeLink) -> Mapping[str, Sequence[str]]:
    children: defaultdict[str, list[str]] = defaultdict(list)
    for edge in tree["edges"]:
        children[edge["source"]].append(edge["target"])
    return children


def _roots(tree: NodeLink) -> list[str]:
    targets = {edge["target"] for edge in tree["edges"]}
    return [node["id"] for node in tree["nodes"] if node["id"] not in targets]


def _below(tree: NodeLink) -> Mapping[str, int]:
    """Return how many tasks lie below each task."""
    children = _children(tree)
    below: Counter[str] = Counter()
    for _, task in reversed(list(lines(_roots(tree), lambda task: children[task]))):
        below[task] = sum(1 + below[child] for child in children[task])
    return below


def _levels_that_fit(tree: NodeLink) -> int:
    """Return the depth down to which the tree has at most MERMAID_TASKS tasks."""
    levels = Counter(node["depth"] for node in tree["nodes"])
    drawn = 0
    for depth in sorted(levels):
        drawn += levels[depth]
        if drawn > MERMAID_TASKS:
            return int(depth) - 1
    return max(levels, default=0)


def _mermaid_text(text: str) -> str:
    """Return text that means nothing to Mermaid, Markdown or HTML: symbols as `#code;`.

    Letters (with their marks), digits, spaces and commas stay; Mermaid turns a code back into
    its character when it draws.
    """
    return "".join(
        c if c.isalnum() or c in " ," or unicodedata.category(c).startswith("M") else f"#{ord(c)};"
        for c in one_line(text)
    )


def _aligned(rows: Iterable[tuple[str, Sequence[str], str]]) -> Iterator[str]:
    """Yield lines with the counts right-aligned in columns (widths in terminal cells)."""
    table = list(rows)
    width = min(max(cell_len(name) for name, _, _ in table), NAME_COLUMN)
    widths = [max(map(len, column)) for column in zip(*(row[1] for row in table), strict=True)]
    for name, counts, note in table:
        padded = name + " " * (width - cell_len(name))
        cells = [count.rjust(w) for count, w in zip(counts, widths, strict=True)]
        yield "  ".join([padded, *cells, note]).rstrip()
