import json
import re
import unicodedata
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cli import trees
from cli.trees import DRAWINGS, draw_mermaid, draw_text
from words import one_line

# Any code point, lone surrogates too: what a model answers is not chosen by us.
anything = st.lists(st.integers(0, 0x10FFFF), max_size=12).map(lambda cs: "".join(map(chr, cs)))


def tree_of(*tasks: tuple[str, str | None, dict[str, Any]]) -> dict[str, Any]:
    """Return node-link data of (name, parent's name, attributes); names serve as ids."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for name, parent, attributes in tasks:
        depth = 0 if parent is None else graph.nodes[parent]["depth"] + 1
        graph.add_node(name, name=name, depth=depth, parent=parent, **attributes)
        if parent is not None:
            graph.add_edge(parent, name)
    data: dict[str, Any] = nx.node_link_data(graph, edges="edges")
    return data


SMALL = tree_of(
    ("Rewriting", None, {"status": "complete", "kept": 2}),
    ("Tone", "Rewriting", {"status": "saturated", "kept": 1200}),
    ("改写", "Tone", {"status": "depth", "kept": 7}),
    ("Length", "Rewriting", {"status": "open", "kept": 0}),
)


def test_text_draws_the_tree_with_aligned_counts_and_unfinished_states() -> None:
    assert draw_text(SMALL).split("\n") == [
        "            records",
        "Rewriting         2",
        "├─ Tone       1,200  saturated",
        "│  └─ 改写        7",
        "└─ Length         0  open",
        "",
        "4 tasks, 1,209 records kept, 0 records rejected",
    ]


def test_text_has_a_column_of_rejections_where_there_are_any() -> None:
    tree = tree_of(("R", None, {"kept": 1, "rejected": 12}))
    assert draw_text(tree).split("\n") == [
        "   records  rejected",
        "R        1        12",
        "",
        "1 task, 1 record kept, 12 records rejected",
    ]


def test_text_of_a_tree_without_counts_and_of_no_tree() -> None:
    assert "1 task, 0 records kept" in draw_text(tree_of(("R", None, {})))
    assert "0 tasks" in draw_text(tree_of())


def test_a_very_long_name_does_not_push_the_other_counts_away() -> None:
    drawn = draw_text(tree_of(("R", None, {}), ("x" * 300, "R", {}))).split("\n")
    assert len(drawn[1]) == trees.NAME_COLUMN + len("  records")
    assert drawn[2] == f"└─ {'x' * 300}        0"


def test_json_is_the_node_link_data_itself() -> None:
    drawn = DRAWINGS["json"](SMALL)
    assert json.loads(drawn) == SMALL
    assert "改写" in drawn
    assert nx.is_arborescence(nx.node_link_graph(json.loads(drawn), edges="edges"))


def test_mermaid_draws_tasks_and_edges() -> None:
    assert draw_mermaid(SMALL).split("\n") == [
        "flowchart LR",
        '    n0["Rewriting<br/>2 records"]',
        '    n1["Tone<br/>1,200 records"]',
        '    n2["改写<br/>7 records"]',
        '    n3["Length<br/>0 records"]',
        "    n0 --> n1",
        "    n0 --> n3",
        "    n1 --> n2",
    ]


@given(names=st.lists(anything, max_size=5, unique=True))
def test_mermaid_labels_hold_any_name_and_nothing_that_means_something(names: list[str]) -> None:
    tree = tree_of(("root", None, {}), *((name, "root", {}) for name in names if name != "root"))
    chart = draw_mermaid(tree).split("\n")[1:]
    labels = [m[1] for line in chart if (m := re.fullmatch(r' {4}n\d+\["(.*)<br/>.*"\]', line))]
    arrows = [line for line in chart if re.fullmatch(r" {4}n\d+ --> n\d+", line)]
    assert len(labels) == len(tree["nodes"])
    assert len(labels) + len(arrows) == len(chart)
    for node, label in zip(tree["nodes"], labels, strict=True):
        assert re.sub(r"#(\d+);", lambda m: chr(int(m[1])), label) == one_line(node["name"])
        assert re.fullmatch(r"(?:#\d+;|[^\x00-\x1f\x7f#;])*", label)
        assert not re.search(r"""["'`\[\]{}()<>&|%*_~\\:]""", label)


@pytest.mark.parametrize(
    "name", ['say "hi"', "a[0]", "<b>x</b>", "1. end", "two\nlines", "style:#x;"]
)
def test_mermaid_escapes_what_it_would_read_itself(name: str) -> None:
    label = draw_mermaid(tree_of((name, None, {}))).split("\n")[1]
    assert not set('"[]<>.\n:') & set(label[len('    n0["') : -len('<br/>0 records"]')])


def test_mermaid_folds_the_levels_that_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MERMAID_TASKS", 3)
    chart = draw_mermaid(SMALL)
    assert '["Tone<br/>1,200 records<br/>1 task below"]' in chart
    assert '["Length<br/>0 records"]' in chart
    assert "改写" not in chart
    assert chart.count("-->") == 2


@given(name=anything)
def test_text_keeps_every_name_on_its_line(name: str) -> None:
    drawn = draw_text(tree_of((name, None, {"kept": 5})))
    assert len(drawn.splitlines()) == 4
    line = drawn.splitlines()[1]
    assert line.endswith("5")
    assert not any(unicodedata.category(c).startswith("C") for c in line)
    assert cell_len(line) == cell_len(drawn.splitlines()[0])


def test_a_tree_deeper_than_python_recurses_is_drawn() -> None:
    tree = tree_of(*((f"t{i}", f"t{i - 1}" if i else None, {}) for i in range(2000)))
    assert "2,000 tasks" in draw_text(tree)
    assert "1,600 tasks below" in draw_mermaid(tree)
