import pytest

from store.quality.placeholder import placeholder


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dear [Name],", "[Name]"),
        ("Sincerely,\n[Your Name]", "[Your Name]"),
        ("Call [insert phone number here] today", "[insert phone number here]"),
        ("the [name of product] is new", "[name of product]"),
        ("[Recipient's name]", "[Recipient's name]"),
        ("on <insert date here>", "<insert date here>"),
        ("Hello {{first_name}}!", "{{first_name}}"),
        ("Room XXX, 20XX", "XXX"),
        ("since 20XX", "20XX"),
        ("尊敬的[姓名]：", "[姓名]"),
        ("日期：【请填写日期】", "【请填写日期】"),
        ("XX公司诚聘", "XX"),
        ("某某先生", "某某"),
    ],
)
def test_open_places_are_found(text: str, found: str) -> None:
    assert placeholder(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "x lies in [0, 1] or [a, b]",
        "names[name] and data['name']",
        "print([name])",
        "rows = [name for name in names]",
        "See [the company website](https://example.org)",
        "- [ ] buy milk\n- [x] call Ann",
        "He said [sic] nothing [1], [2].",
        "<title>Home</title> <address>Main Street</address>",
        "Use `[name]` here.",
        "```\nDear [Name]\n```",
        r"\frac{{a}}{{b}}",
        "{{1, 2}, {3}}",
        "xxx",
        "the vector [x y z]",
        "550e8400-XXXX-4XXX",
        "Super long yaxxxes",
    ],
)
def test_other_brackets_are_not(text: str) -> None:
    assert placeholder(text) is None
