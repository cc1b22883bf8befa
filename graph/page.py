"""The report page of the server: the tree and the counts, with all text of a model escaped."""

from html import escape
from typing import Any

from graph.exported import Exported

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
ul { list-style: none; padding-left: 1.2rem; border-left: 1px solid #ccc }
small { color: #666 }
"""


def page(exported: Exported, domain: str) -> str:
    """Return the page, one HTML file that loads nothing."""
    figures = ", ".join(f"{number} {name}" for name, number in exported.counts.items())
    nodes = exported.tree["nodes"]
    title = escape(domain)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style><h1>{title}</h1><p>{figures}</p>{_branches(nodes)}</html>"
    )


def _branches(nodes: list[dict[str, Any]]) -> str:
    """Return nested lists for nodes in pre-order."""
    parts: list[str] = []
    open_lists = 0
    for node in nodes:
        level = node["depth"] + 1
        parts.append("<ul>" * (level - open_lists) + "</ul>" * (open_lists - level))
        open_lists = level
        figures = f"{node['kept']} kept, {node['rejected']} rejected, {node['status']}"
        parts.append(
            f'<li title="{escape(node["reason"])}">{escape(node["name"])} '
            f"<small>{escape(figures)}</small></li>"
        )
    return "".join(parts) + "</ul>" * open_lists
