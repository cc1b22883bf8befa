"""Draws the state machine into docs/graph.md, from the graph itself: python -m graph.drawing."""

from pathlib import Path

from graph.app import graph

FILE = Path(__file__).parent.parent / "docs" / "graph.md"
FENCE = "```"


def drawing() -> str:
    """Return the text of docs/graph.md."""
    machine = graph.get_graph().draw_mermaid(with_styles=False)
    return (
        "# The state machine\n\n"
        "Drawn from the code by `python -m graph.drawing`; the tests check that it is up to date.\n"
        f"Each file in `nodes/` says what its node does.\n\n{FENCE}mermaid\n{machine}{FENCE}\n"
    )


if __name__ == "__main__":
    FILE.write_text(drawing(), "utf-8")
