"""The drawing in the docs is the graph as it is."""

from graph.app import graph
from graph.drawing import FILE, drawing
from graph.routing import WAYS


def test_the_drawing_is_up_to_date() -> None:
    assert FILE.read_text("utf-8") == drawing(), "draw it anew: python -m graph.drawing"


def test_every_way_out_of_select_has_its_name() -> None:
    drawn = {(e.data, e.target) for e in graph.get_graph().edges if e.source == "select"}
    assert {(str(way), node) for way, node in drawn} == {(str(w), n) for w, n in WAYS.items()}
    assert set(WAYS.values()) == {"lookahead", "backtrack", "generate", "review", "finish"}


def test_every_setting_is_described_has_a_default_and_bounds() -> None:
    schema = graph.get_context_jsonschema()
    assert schema
    for name, field in schema["properties"].items():
        kinds = [field, *field.get("anyOf", [])]
        bounds = {"minimum", "exclusiveMinimum", "maxLength", "maxItems", "maxProperties", "enum"}
        assert field["description"], name
        assert "default" in field, name
        assert any(bounds & kind.keys() or kind.get("type") == "boolean" for kind in kinds), name
    assert schema["properties"]["threshold"]["langgraph_nodes"] == ["filter"]
    prompts = {n: f for n, f in schema["properties"].items() if f.get("langgraph_type") == "prompt"}
    assert {n: f["langgraph_nodes"] for n, f in prompts.items()} == {
        f"{node}_prompt": [node] for node in ("lookahead", "backtrack", "generate")
    }
    assert "required" not in schema


def test_what_goes_in_and_what_comes_out_is_described() -> None:
    given = graph.get_input_jsonschema()
    assert list(given["properties"]) == given["required"] == ["domain"]
    assert {"head", "counts", "tree"} <= graph.get_output_jsonschema()["properties"].keys()
